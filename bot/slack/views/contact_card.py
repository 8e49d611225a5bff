"""Everything that is known of one person, or of one of their leads: facts, score, timeline, what the gate says.

What must stay true: everything from outside is escaped; a score shows its parts, an owner the reason; a long history is
turned page by page, in place.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote as url_quote

from slackblocks import Block as SlackBlock
from slackblocks import Button

from bot.db.queries.contact_card import PAGE, ContactCard, TimelineEntry
from bot.db.queries.lead_facts import CardScoreLine, LeadCard
from bot.domain.compliance import Allowed, Refused, Verdict, Warned
from bot.domain.counting import counted
from bot.domain.handoff_stages import STEP_BACK
from bot.domain.sentences import stop
from bot.domain.terms import LeadState, ScorePart
from bot.slack.blocks import Post, at, bullet, button, buttons, context, cut, divider, esc, header, link, post, section
from bot.slack.blocks import quote as quoted
from bot.slack.ids import Action
from bot.slack.views.plan import plan_buttons, plan_line
from bot.slack.views.words import dialled, lasting, local_times, score_parts, worded

NOTE = 240
SCORE_LINES = 8
MOVES: Mapping[str, str] = {
    LeadState.OPEN: "open",
    LeadState.CLAIMED: "claimed",
    LeadState.RESPONDED: "answered",
    LeadState.RECYCLED: "put off",
    LeadState.JUNK: "junk",
}
CAUSES: Mapping[str, str] = {
    "manager": " as manager",
    "ladder": " as next in turn",
    "declined": " as next in turn",
    "on_call": ", on call",
    "claimed_idle": ", open again",
    "turned_hot": ", they asked again",
    "reassigned": " by a colleague",
    "reopened": ", taken up again",
    "given_back": ", given back",
}


def contact_post(card: ContactCard) -> Post:
    """Everything about one person."""
    blocks: list[SlackBlock] = [header(_title(card.name, card.company)), section(_facts(card))]
    if card.lead is not None:
        blocks += _lead(card.lead, card.leads)
    if card.plan is not None:
        blocks.append(section(plan_line(card.plan)))
    if card.tasks:
        tasks = [f"{worded(task.kind)} {at(task.due_at)}, {esc(task.who)}{_dash(task.text)}" for task in card.tasks]
        blocks.append(section(f"*Owed to them*\n{bullet(tasks)}"))
    blocks.append(section(_score(card.score, card.parts, card.score_lines)))
    blocks.append(divider())
    blocks.append(section(_timeline(card.timeline, card.offset)))
    said = [_verdict(what, verdict) for what, verdict in _ways(card) if not isinstance(verdict, Refused)]
    if said:
        blocks.append(context(*said))
    blocks.append(_controls(card))
    timeline = _timeline(card.timeline, card.offset)
    title = esc(_title(card.name, card.company), 200)
    return post(f"{stop(title)} {stop(_facts(card))} Score {card.score}. {timeline}", blocks)


def _controls(card: ContactCard) -> SlackBlock:
    newer = None
    if card.offset:
        newer = button("◀ Newer", f"{Action.LEAD_PAGE}_back", f"{card.contact_id}|{max(card.offset - PAGE, 0)}")
    older = None
    if card.more:
        older = button("Earlier ▶", f"{Action.LEAD_PAGE}_more", f"{card.contact_id}|{card.offset + len(card.timeline)}")
    hand_off = button("Hand off…", f"{Action.HANDOFF_OPEN}_card", str(card.contact_id))
    company = button("Company", f"{Action.COMPANY}_card", str(card.account_id)) if card.account_id else None
    give_up = button("Give up company…", Action.GIVE_UP, str(card.contact_id)) if card.company else None
    log = button("Log a touch", Action.LEAD_LOG, str(card.contact_id), style="primary")
    plan = plan_buttons(card.contact_id, card.stage, card.plan)
    return buttons(log, hand_off, *plan, _give_back(card.lead), company, give_up, newer, older)


def _give_back(lead: LeadCard | None) -> Button | None:
    """For a lead that somebody took."""
    if lead is None or lead.closed_at is not None or (lead.claimed_by is None and lead.first_response_at is None):
        return None
    return button("Give back…", f"{Action.GIVE_BACK}_card", str(lead.lead_id), describe="Give the lead back")


def lead_post(card: LeadCard) -> Post:
    """One lead with all that is known of it, from its alert."""
    blocks: list[SlackBlock] = [header(_title(card.name, card.company)), *_lead(card, 1)]
    blocks.append(section(_score(card.score, card.parts, card.score_lines[::-1])))
    entries = [TimelineEntry(one.at, "touch", one.by, one.channel, one.outcome, one.note, None) for one in card.touches]
    entries += [TimelineEntry(one.at, "move", one.by, one.after, one.before, None, one.reason) for one in card.moves]
    entries += [
        TimelineEntry(one.at, "alert", one.to.name if one.to else None, one.cause, None, None, None)
        for one in card.alerts
    ]
    entries += [TimelineEntry(one.at, "raise", None, one.intent, one.source, one.message, None) for one in card.raises]
    newest = sorted(entries, key=lambda one: one.at, reverse=True)[:10]
    blocks += [divider(), section(_timeline(newest, 0))]
    if said := [_verdict(what, verdict) for what, verdict in _ways(card)]:
        blocks.append(context(*said))
    blocks.append(
        buttons(
            button("Log a touch", Action.LEAD_LOG, str(card.contact_id), style="primary"),
            button("Hand off…", f"{Action.HANDOFF_OPEN}_card", str(card.contact_id)),
            _give_back(card),
            button("Whole card", f"{Action.LEAD_CHOOSE}_card", str(card.contact_id)),
        )
    )
    title = stop(esc(_title(card.name, card.company), 200))
    return post(f"{title} Score {card.score}. {_timeline(newest, 0)}", blocks)


def _title(name: str, company: str | None) -> str:
    return cut(f"{cut(name, 90)}, {company}" if company else name, 140)


def _facts(card: ContactCard) -> str:
    size = counted(card.employees, "person", "people") if card.employees is not None else None
    company = " · ".join(esc(part) for part in (card.company, card.industry, size, card.country) if part)
    phone = link(f"tel:{card.phone}", dialled(card.phone)) if card.phone else "no number"
    mail = link(f"mailto:{url_quote(card.email, safe='@')}", card.email) if card.email else "no e-mail address"
    phone = "" if card.phone and isinstance(card.may_call, Refused) else phone
    mail = "" if card.email and isinstance(card.may_write, Refused) else mail
    where = f"{local_times(card.timezones, card.now)} there" if card.timezones else "place unknown"
    lines = [
        " · ".join(part for part in (esc(card.title), f"*{worded(card.stage)}*") if part),
        company,
        " · ".join(part for part in (phone, mail, where) if part),
        *(_verdict(what, verdict) for what, verdict in _ways(card) if isinstance(verdict, Refused)),
    ]
    if card.owner or card.account_owner:
        owner = f"Contact of {esc(card.owner)}" if card.owner else ""
        account = f"account of {esc(card.account_owner)}" if card.account_owner else ""
        lines.append(" · ".join(part for part in (owner, account) if part))
    if card.referred_by:
        lines.append(f"Named by {esc(card.referred_by)}")
    return "\n".join(line for line in lines if line)


def _lead(lead: LeadCard, leads: int) -> list[SlackBlock]:
    hot = "hot, " if lead.hot else ""
    state = f"*Lead: {worded(lead.state)}* ({hot}{worded(lead.intent)} by {worded(lead.source)}, {at(lead.raised_at)})"
    if lead.state is not LeadState.OPEN and lead.close_reason:
        state += f": {esc(lead.close_reason)}"
    if leads > 1:
        state += f" · {leads} leads in all"
    owner = f"*Owner:* {esc(lead.owner.name) if lead.owner else 'nobody'}"
    if lead.owner_reason:
        owner += " – " + " ".join(esc(str(reason), 300) for reason in lead.owner_reason)
    lines = [state, owner, _answer(lead)]
    held = [f"{'✓' if holds else '✗'} {esc(label)}" for label, holds in lead.marketing_qualified]
    if held:
        lines.append("*Marketing-qualified:* " + " · ".join(held))
    blocks: list[SlackBlock] = [section("\n".join(line for line in lines if line))]
    if lead.message:
        blocks.append(quoted(lead.message, 1200))
    return blocks


def _answer(lead: LeadCard) -> str:
    if lead.first_response_at is not None and lead.response_wall_seconds is not None:
        who = f"{esc(lead.first_response_by.name)}, " if lead.first_response_by else ""
        on_shift = lead.response_on_shift_seconds
        shift = f" ({lasting(on_shift)} of it on shift)" if on_shift not in (None, lead.response_wall_seconds) else ""
        return f"*First response:* {who}after {lasting(lead.response_wall_seconds)}{shift}"
    if lead.closed_at is not None:
        return ""
    late = " · overdue" if lead.breached_at else ""
    return f"*First response due:* {at(lead.response_due_at)}{late}" if lead.response_due_at else ""


def _score(score: int, parts: Mapping[ScorePart, int], lines: Sequence[CardScoreLine]) -> str:
    text = f"*Score {score}*" + (f" = {score_parts(parts)}" if lines else "")
    reasons = [f"{line.points:+} {esc(line.reason)}" for line in lines[:SCORE_LINES]]
    if len(lines) > SCORE_LINES:
        reasons.append("and " + counted(len(lines) - SCORE_LINES, "earlier one", "earlier ones"))
    return text + ("\n" + " · ".join(reasons) if reasons else "\nNothing has been scored yet.")


def _timeline(entries: Sequence[TimelineEntry], offset: int) -> str:
    if not entries:
        return "*Timeline*\nNothing has happened yet." if not offset else "*Timeline*\nThat was all."
    return "*Timeline*\n" + "\n".join(_entry(one) for one in entries)


def _entry(one: TimelineEntry) -> str:
    who = f" by {esc(one.who)}" if one.who else ""
    when = at(one.at)
    match one.kind:
        case "touch":
            said = ", ".join(dict.fromkeys((worded(one.what), worded(one.came or ""))))
            remark = " (corrected)" if one.remark else ""
            return f"{when} · *{said}*{who}{remark}{_dash(one.note)}"
        case "move" if one.remark == STEP_BACK:
            return f"{when} · {MOVES.get(one.what, worded(one.what))} again: the step after it was taken back{who}"
        case "move":
            return f"{when} · {MOVES.get(one.what, worded(one.what))}{who}{_dash(one.remark)}"
        case "alert":
            return f"{when} · alert{f' to {esc(one.who)}' if one.who else ''}{CAUSES.get(one.what, '')}"
        case "raise":
            return f"{when} · raised a hand: {worded(one.what)}, {worded(one.came or '')}{_dash(one.note)}"
        case "consent":
            return f"{when} · consent: {esc(worded(one.what))}{_dash(one.note)}"
        case _:
            return f"{when} · withdrew consent: {esc(worded(one.what))}"


def _dash(note: str | None) -> str:
    return f" – {esc(note, NOTE)}" if note else ""


def _ways(card: ContactCard | LeadCard) -> list[tuple[str, Verdict]]:
    """What the gate says of calls and of e-mail; of a way that is not known only a no for good."""
    ways = (("Calls", card.phone, card.may_call), ("E-mail", card.email, card.may_write))
    return [
        (what, verdict) for what, way, verdict in ways if way or (isinstance(verdict, Refused) and verdict.for_good)
    ]


def _verdict(what: str, verdict: Verdict) -> str:
    match verdict:
        case Allowed():
            return f"{what}: fine now"
        case Warned():
            return f"{what}: {esc(verdict.reason, 400)}"
        case Refused():
            until = f" Again {at(verdict.until)}." if verdict.until else ""
            return f"*{what}: no.* {esc(verdict.reason, 400)}{until}"
