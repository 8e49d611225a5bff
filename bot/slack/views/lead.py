"""What ``/lead`` answers besides a card: how to use it, nobody, a choice of people, own open leads.

What must stay true: everything from outside is escaped; a long list is turned page by page, in place.
"""

from collections.abc import Sequence

from slackblocks import Block as SlackBlock

from bot.db.queries.companies import CompanyName
from bot.db.queries.own_leads import PAGE as OWN_PAGE
from bot.db.queries.own_leads import OwnLead, OwnLeads
from bot.domain.names import Candidate, NameQuery
from bot.slack.blocks import Post, at, button, buttons, context, esc, header, post, say, section
from bot.slack.ids import Action
from bot.slack.views.company import company_buttons
from bot.slack.views.touch import person_labels
from bot.slack.views.words import worded

HELP = (
    ("/lead jane doe", "her card: stage, score, timeline, owner and why"),
    ("/lead acme", "the people at Acme, and the company: whose it is, strategic or partner"),
    ("/lead jane@acme.com", "an address finds exactly one"),
    ("/lead 030 901820", "so does a phone number"),
    ("/lead", "your own open leads"),
)


def help_post() -> Post:
    """How to look people up, by example."""
    lines = [f"`{line}` – {text}" for line, text in HELP]
    text = "Type a name, a company, an address or a phone number"
    plain = "; ".join(f"{line}: {said}" for line, said in HELP)
    return post(f"{text}. {plain}", [section(f"*{text}*\n" + "\n".join(lines))])


def nobody_post(typed: str, companies: Sequence[CompanyName] = ()) -> Post:
    """Nobody fits what was typed; ``companies`` that do, although nobody there is known."""
    if companies:
        found = f"I know nobody at “{esc(typed)}” yet, only the company:"
        names = esc(", ".join(one.name for one in companies), 400)
        return post(f"{found} {names}", [section(found), *company_buttons(companies)])
    said = f"I know nobody called “{esc(typed)}”. Try fewer letters, the company, or the e-mail address."
    if NameQuery.read(typed).phone:
        said = f"I know nobody with the number {esc(typed)}. Try a name, the company, or the e-mail address."
    return post(said, [section(said)])


def colleague_post(name: str | None) -> Post:
    """One of us was typed, or somebody else in Slack."""
    who = f"{esc(name)} is one of us" if name else "That is somebody in this Slack"
    return say(
        f"{who}. `/lead` looks up people outside, by name, company, address or number; alone, your own open leads."
    )


def choice_post(typed: str, people: Sequence[Candidate], *, more: bool, companies: Sequence[CompanyName] = ()) -> Post:
    """Several may be meant; ``companies``: those that what was typed names."""
    labels = person_labels(list(people))
    said = f"Who do you mean by “{esc(typed)}”?" + (
        " There are more: type more of the name, or the address." if more else ""
    )
    answers = [
        button(label, f"{Action.LEAD_CHOOSE}_{place}", str(one.id))
        for place, (one, label) in enumerate(zip(people, labels, strict=True))
    ]
    return post(
        f"{said} {esc(', '.join(labels), 900)}", [section(said), buttons(*answers), *company_buttons(companies)]
    )


def own_leads_post(leads: OwnLeads) -> Post:
    """Own open leads, most pressing first."""
    if leads.total == 0:
        said = "You have no open leads. `/lead jane doe` shows a person's card."
        return post(said, [section(said)])
    lines = [_own(lead) for lead in leads.leads]
    blocks: list[SlackBlock] = [header("Your open leads")]
    for lead, line in zip(leads.leads, lines, strict=True):
        blocks.append(section(line, button("Card", f"{Action.LEAD_CHOOSE}_{len(blocks)}", str(lead.contact_id))))
    first = leads.offset + 1
    blocks.append(context(f"{first:,} to {leads.offset + len(lines):,} of {leads.total:,}"))
    blocks += _turn("own", leads.offset, len(lines), leads.total)
    return post(f"Your open leads ({leads.total:,}): " + "; ".join(lines), blocks)


def _own(lead: OwnLead) -> str:
    company = f", {esc(lead.company)}" if lead.company else ""
    state = "answered" if lead.answered else f"due {at(lead.response_due_at)}" if lead.response_due_at else "waiting"
    hot = "hot · " if lead.hot else ""
    return f"*{esc(lead.name)}*{company}\n{hot}{worded(lead.intent)} · {at(lead.raised_at)} · {state}"


def _turn(subject: str, offset: int, shown: int, total: int) -> list[SlackBlock]:
    before = max(offset - OWN_PAGE, 0)
    back = button("◀ Back", f"{Action.LEAD_PAGE}_back", f"{subject}|{before}") if offset else None
    on = button("More ▶", f"{Action.LEAD_PAGE}_more", f"{subject}|{offset + shown}") if offset + shown < total else None
    return [buttons(back, on)] if back or on else []
