"""What is told once of a handoff: each step to the rep, what happened under the executive's post, reminders, the words
over a calendar file (process §7).

What must stay true: a step says who, what and what comes next; outside text is escaped.
"""

from collections.abc import Mapping

from slackblocks import Block as SlackBlock

from bot.db.queries.handoff_facts import HandoffCard
from bot.db.queries.invitations import CallFile
from bot.slack.blocks import NAME, Post, at, button, buttons, clean, esc, mention, post, say, section
from bot.slack.calendar_file import Guest, Invitation
from bot.slack.ids import Action
from bot.slack.views.handoff import call_line, short
from bot.slack.views.words import lasting

CANCEL = "CANCEL"
IN_TITLE = 50
"""Signs of a name in a call's title: four of them fit."""


def step_post(card: HandoffCard, what: str, by: str | None, reason: str, next_name: str | None, next_why: str) -> Post:
    """A step, in a sentence; after a "no" with the way to hand it to somebody else."""
    line = _said(card, what, esc(by or "Somebody"), f": {esc(reason, 400)}" if reason else "")
    if what != "declined":
        return say(line)
    offered = f" Next: {esc(next_why, 300)}" if next_name else " Nobody else is free for it now."
    label = f"Hand to {next_name}…" if next_name else "Hand off again…"
    blocks: list[SlackBlock] = [
        section(line + offered),
        buttons(button(label, Action.HANDOFF_OPEN, str(card.contact_id), style="primary")),
    ]
    return post(line + offered, blocks)


def _said(card: HandoffCard, what: str, by: str, why: str) -> str:
    executive = esc(card.ae.name) if card.ae else "Nobody"
    sentences: Mapping[str, str] = {
        "accepted": f"{by} accepted {short(card)}. {call_line(card)}",
        "unaccepted": f"{by} took the answer back: {short(card)} waits for it again.",
        "declined": f"{by} declined {short(card)}{why}. The lead is yours again.",
        "undeclined": f"{by} took the no back: {short(card)} stands with {executive} as it did. {call_line(card)}",
        "moved": f"{by} moved the intro call with {short(card)}{why}. {call_line(card)}",
        "cancelled": f"{by} cancelled the intro call with {short(card)}{why}. Agree on another time.",
        "reminded": f"{executive} has not answered for {short(card)} yet; I have reminded them.",
        "manager": f"{executive} has still not answered for {short(card)}; their manager decides now.",
        "given": f"{short(card)} goes to somebody else. {esc(why.removeprefix(': '), 500)}",
        "asked_again": f"{short(card)} raised a hand again{why}. {_ringing(card)} has it: no other lead opens.",
        "taken_back": f"{by} took {short(card)} back{why}.",
    }
    return sentences.get(what, f"{by}: {short(card)}{why}.")


def _ringing(card: HandoffCard) -> str:
    """The executive, and who covers for them, mentioned."""
    named = [one for one in (card.ae, card.cover) if one is not None]
    return " and ".join(mention(one.slack_user_id, one.name) for one in named) or "Somebody"


def handoff_reminder_post(card: HandoffCard) -> Post:
    """The executive is asked for an answer; so is who covers for them."""
    waited = lasting((card.now - card.created_at).total_seconds())
    return say(f"{_ringing(card)}, {short(card)} has been waiting for your answer for {waited}. {call_line(card)}")


def invitation_of(call: CallFile) -> Invitation:
    """The file of a call, for everybody who reads it: nothing of the contract stands in it.

    Names are cut and on one line, so that none hides the executive or the link, or adds a line of its own.
    """
    where = f"\nWhere: {call.place}" if call.place else ""
    return Invitation(
        method=call.method,
        uid=call.uid,
        sequence=call.sequence,
        made_at=call.now,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        summary=f"{clean(call.our_company, IN_TITLE)}: {_buyer(call, IN_TITLE)} and {clean(call.ae_name, IN_TITLE)}",
        description=f"A first conversation of {_buyer(call, NAME)} with {clean(call.ae_name, NAME)}.{where}",
        place=call.place,
        organiser=Guest(call.rep_name, call.rep_email),
        guests=_guests(call),
    )


def _buyer(call: CallFile, limit: int) -> str:
    company = clean(call.company or "", limit)
    return clean(call.contact_name, limit) + (f" ({company})" if company else "")


def _guests(call: CallFile) -> tuple[Guest, ...]:
    """Everybody in the call, once; a cancellation for the executive alone is to them alone.

    Who organises it is among them: a calendar takes an invitation only for somebody whom it names (Thunderbird).
    """
    executive = Guest(call.ae_name, call.ae_email)
    if call.only_ae:
        return (executive,)
    people = [Guest(call.rep_name, call.rep_email, accepted=True), executive]
    if call.contact_email:
        people.append(Guest(call.contact_name, call.contact_email))
    found: dict[str, Guest] = {}
    for one in people:
        found.setdefault(one.email.lower(), one)
    return tuple(found.values())


def file_name(call: CallFile) -> str:
    """What the file is called."""
    return "intro-call-cancelled.ics" if call.method == CANCEL else "intro-call.ics"


def file_words(call: CallFile) -> str:
    """What stands over the file."""
    when = at(call.starts_at, "{date_short} at {time}")
    if call.method == CANCEL:
        return f"The intro call with {esc(call.contact_name)} on {when} is off: this takes it out of calendars."
    changed = " It changes the entry that is there." if call.sequence else ""
    return f"The intro call with {esc(call.contact_name)}, {when}, for the calendar.{changed}"
