"""The alert: one card for a raised hand, from the first ping until it is answered (process §2).

What must stay true: the card is a function of the lead's state and of where it stands; everything the card says
stands in its text too, for notifications and screen readers.
"""

import re
from urllib.parse import quote as url_quote

from slackblocks import Block as SlackBlock

from bot.db.queries.leads import LeadCard
from bot.domain.compliance import Allowed, Refused, Verdict, Warned
from bot.domain.counting import counted
from bot.domain.fill import fill
from bot.domain.sentences import stop
from bot.domain.terms import Channel, Intent, Outcome, Stage
from bot.playbook.schema import Playbook
from bot.slack.blocks import Post, at, button, buttons, clean, context, esc, fields, link, mention, post, quote, section
from bot.slack.ids import Action
from bot.slack.views.alert_folded import answered_line, closed_line, passed_on_line
from bot.slack.views.alert_menu import more
from bot.slack.views.given import given_now, unread
from bot.slack.views.words import dialled, lasting, local_times, score_parts, spoken

ASKS = {
    Intent.CONTACT_ME: "wants to talk to us",
    Intent.TRIAL_REQUEST: "wants to start a trial",
    Intent.DOWNLOAD: "downloaded something",
    Intent.WEBINAR: "signed up for a webinar",
    Intent.NEWSLETTER: "signed up for the newsletter",
    Intent.EVENT: "met us at an event",
    Intent.REFERRAL: "was referred to us",
    Intent.TOOL: "used one of our tools",
    Intent.SOCIAL: "reached out on social media",
}
ASKED_FOR = {
    Intent.TRIAL_REQUEST: "a trial",
    Intent.WEBINAR: "a seat in our webinar",
    Intent.DOWNLOAD: "something to read",
}
QUICK = (
    ("Connected", Channel.CALL, Outcome.CONNECTED),
    ("Voicemail", Channel.CALL, Outcome.VOICEMAIL),
    ("No answer", Channel.CALL, Outcome.NO_ANSWER),
    ("E-mail sent", Channel.EMAIL, Outcome.SENT),
    ("Meeting booked", Channel.CALL, Outcome.MEETING_BOOKED),
)
SOMETHING_ELSE = "else"
_LINKEDIN = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)*linkedin\.com(?:[/?#][^\s\\<>|]*)?)", re.IGNORECASE)
"""A profile's address: a host at or below LinkedIn's own, nothing before it."""


def alert_post(card: LeadCard, place: str, playbook: Playbook) -> Post:
    """The card as it stands at ``place``: ``round:<n>`` in the channel or ``dm:<person>:<n>``."""
    if _round_of(place) != card.round:
        return passed_on_line(card)
    if card.closed_at is not None:
        return closed_line(card)
    if card.first_response_at is not None:
        return answered_line(card)
    if card.claimed_by is not None:
        return _claimed(card, playbook)
    return _open(card, for_person=_person_of(place))


def _round_of(place: str) -> int:
    last = place.rpartition(":")[2]
    return int(last) if last.isdecimal() else 0


def _person_of(place: str) -> str | None:
    parts = place.split(":")
    return parts[1] if parts[0] == "dm" else None


def who(card: LeadCard) -> str:
    """Name, title and company in one line of mrkdwn."""
    title = f", {esc(card.title, 80)}" if card.title else ""
    company = f" at *{esc(card.company)}*" if card.company else ""
    return f"*{esc(card.name)}*{title}{company}"


def _asks(card: LeadCard) -> str:
    asks = ASKS.get(_intent(card), "raised a hand")
    return f"{asks} again" if len(card.raises) > 1 else asks


def _intent(card: LeadCard) -> Intent:
    """What they asked for last: later events join the lead (process §1)."""
    return card.raises[0].intent if card.raises else card.intent


def _words(card: LeadCard) -> str:
    """What they said last, in their own words; outside text."""
    return next((raised.message for raised in card.raises if raised.message), card.message)


def _open(card: LeadCard, for_person: str | None) -> Post:
    headline = f"{_call_to(card, for_person)}{who(card)} {_asks(card)}."
    blocks: list[SlackBlock] = [section(headline)]
    if words := _words(card):
        blocks.append(quote(words))
    blocks += _facts(card)
    blocks += _gate(*_verdicts(card))
    value = f"{card.lead_id}|{card.round}"
    blocks.append(
        buttons(
            button("Claim", Action.CLAIM, value, style="primary", describe=f"Claim {card.name}"),
            button("Can't take it", Action.DECLINE, value),
            more(card),
        )
    )
    return post(f"{headline} {_said(card)}", blocks)


def _call_to(card: LeadCard, for_person: str | None) -> str:
    if card.shift_held:
        return "Nobody is on shift, so this waits for the next one. "
    if for_person is not None and (card.owner is None or str(card.owner.id) != for_person):
        since = lasting((card.now - card.raised_at).total_seconds())
        return f"Nobody has answered for {since}. "
    return f"{mention(card.owner.slack_user_id, card.owner.name)}, you're up. " if card.owner else "Who takes this? "


def _facts(card: LeadCard) -> list[SlackBlock]:
    account = card.account
    parts = [f"*Source* {card.source.value.replace('_', ' ')}", f"*Score* {card.score} ({score_parts(card.parts)})"]
    if account is not None:
        known = [esc(account.industry, 80), counted(account.employees, "person", "people") if account.employees else ""]
        about = ", ".join(part for part in [*known, account.country or ""] if part)
        owned = f", owner {esc(account.owner.name)}" if account.owner else ""
        kind = "Client" if account.stage in (Stage.CLIENT, Stage.CHAMPION) else "Account"
        parts.append(f"*{kind}* {esc(account.name)}{f' ({about})' if about else ''}{owned}")
    parts.append(f"*Their time* {local_times(card.timezones, card.now)}")
    found: list[SlackBlock] = [fields(*parts)]
    if card.owner_reason:
        found.append(context("Why: " + " ".join(esc(line, 200) for line in card.owner_reason)))
    if card.touches:
        found.append(
            context("*Earlier* " + " · ".join(_touch(card, index) for index in range(min(3, len(card.touches)))))
        )
    return found


def _verdicts(card: LeadCard) -> tuple[Verdict, Verdict]:
    """What the gate says of a call and of an e-mail; where no number or address is known, only a no for good."""
    call, write = (
        said if way or (isinstance(said, Refused) and said.for_good) else Allowed()
        for way, said in ((card.phone, card.may_call), (card.email, card.may_write))
    )
    return call, write


def _gate(call: Verdict, write: Verdict) -> list[SlackBlock]:
    """What speaks against reaching them now, call and e-mail apart (process §10)."""
    said = [_against(verdict, what) for verdict, what in ((call, "call"), (write, "write"))]
    return [context(line) for line in said if line]


def _against(verdict: Verdict, what: str) -> str:
    match verdict:
        case Refused():
            until = f" Again {at(verdict.until)}." if verdict.until else ""
            return f"*Don't {what}:* {esc(verdict.reason, 400)}{until}"
        case Warned():
            return f"*Before you {what}:* {esc(verdict.reason, 400)}"
        case Allowed():
            return ""


def _touch(card: LeadCard, index: int) -> str:
    touch = card.touches[index]
    note = f" “{esc(touch.note, 80)}”" if touch.note else ""
    return f"{at(touch.at, '{date_short}')} {esc(touch.by)}: {spoken(touch.channel, touch.outcome)}{note}"


def _said(card: LeadCard) -> str:
    said = [stop(f"“{clean(_words(card), 300)}”") if _words(card) else ""]
    said.append(f"Score {card.score}, source {card.source.value.replace('_', ' ')}.")
    call, write = _verdicts(card)
    against = (_against(call, "call"), _against(write, "write"))
    return " ".join([*(esc(part, 500) for part in said if part), *(line for line in against if line)])


def _claimed(card: LeadCard, playbook: Playbook) -> Post:
    assert card.claimed_by is not None
    headline = f"{mention(card.claimed_by.slack_user_id, card.claimed_by.name)} has it: {who(card)} {_asks(card)}."
    blocks: list[SlackBlock] = [section(headline)]
    if said := _words(card):
        blocks.append(quote(said, 1000))
    blocks.append(section(_reach(card)))
    blocks += given_now(card)
    words = _first_words(card, playbook)
    if words and not isinstance(card.may_call, Refused):
        blocks.append(section(f"*First words* “{esc(words, 600)}”"))
    links = _research(card, playbook)
    if links:
        blocks.append(context("*Look up* " + " · ".join(links)))
    blocks += _facts(card)
    blocks += _gate(*(Allowed() if isinstance(one, Refused) else one for one in _verdicts(card)))
    blocks.append(
        buttons(
            *(
                button(label, f"{Action.OUTCOME}_{outcome}", f"{card.lead_id}|{channel}|{outcome}|{card.version}")
                for label, channel, outcome in QUICK
            ),
            button("Something else…", f"{Action.OUTCOME}_{SOMETHING_ELSE}", f"{card.lead_id}|{SOMETHING_ELSE}"),
            more(card),
        )
    )
    return post(f"{headline} {_said(card)}", blocks)


def _reach(card: LeadCard) -> str:
    """The ways to reach them that the gate lets through; for the others, why not."""
    lines = []
    call, write = _verdicts(card)
    if isinstance(call, Refused):
        lines.append(_against(call, "call"))
    elif card.phone:
        lines.append(f"*Call* {link('tel:' + card.phone, dialled(card.phone))}")
    if isinstance(write, Refused):
        lines.append(_against(write, "write"))
    elif card.email:
        lines.append(f"*Write* {link('mailto:' + url_quote(card.email, safe='@'), card.email)}")
    lines += [said] if (said := unread(card)) else []
    return "\n".join(lines) or "No phone number and no e-mail address were given."


def _first_words(card: LeadCard, playbook: Playbook) -> str | None:
    assert card.claimed_by is not None
    filled = fill(
        playbook.texts.first_words,
        {
            "first_name": clean(card.first_name, 60),
            "full_name": clean(card.name, 120),
            "title": clean(card.title or "", 80),
            "company": clean(card.company or "", 120),
            "rep_name": card.claimed_by.name,
            "rep_first_name": card.claimed_by.name.split(" ")[0],
            "our_company": playbook.texts.our_company,
            "our_phone": playbook.texts.our_phone,
            "asked_for": ASKED_FOR.get(_intent(card), "a call"),
            "booking_link": playbook.texts.booking_link,
        },
    )
    return None if filled.missing else filled.text


def _research(card: LeadCard, playbook: Playbook) -> list[str]:
    facts = {
        "company": url_quote(clean(card.company or "", 120)),
        "full_name": url_quote(clean(f"{card.first_name} {card.last_name}", 120)),
        "domain": url_quote((card.account.domain if card.account else None) or ""),
    }
    found = [(label, fill(address, facts)) for label, address in playbook.texts.research_links.items()]
    links = [link(filled.text, label) for label, filled in found if not filled.missing]
    if card.linkedin:
        links.insert(0, _profile(card.linkedin))
    return links


def _profile(address: str) -> str:
    """Their profile, linked only where it leads to LinkedIn; anything else is shown as it came."""
    known = _LINKEDIN.fullmatch(address.strip())
    return link(f"https://{known[1]}", "Their profile") if known else f"their profile: {esc(address)}"
