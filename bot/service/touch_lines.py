"""From a typed line to a logged touch, or to the one thing that has to be asked first (process §6).

What must stay true: an ambiguous name becomes a choice, never a guess; whoever is added as new was asked for; what
was typed is kept under a draft before anything is asked.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_by_email, find_contacts
from bot.domain.commands import Actor, CompanyFacts, CorrectTouch, LogTouch, PersonFacts
from bot.domain.errors import UserError
from bot.domain.matching import normalise_email
from bot.domain.names import Candidate, Match, Nothing, decide, rank
from bot.domain.terms import Outcome, Source
from bot.domain.touch_answers import from_draft
from bot.domain.touch_line import read_line
from bot.domain.touch_pending import Ask, PendingTouch
from bot.domain.touch_vocabulary import IMPLIED
from bot.service.access import may_read_contacts
from bot.service.contacts import find_contact, save_contact
from bot.service.context import playbook
from bot.service.drafts import keep_draft
from bot.service.touch_correction import correct_touch
from bot.service.touch_places import settle_places
from bot.service.touch_promises import outside_work
from bot.service.touches import Logged, log_touch

MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """Not logged yet. ``kind``: what is asked; ``FORM`` where a form is needed, with ``sentence`` on top.

    ``draft``: under which key the touch waits. ``people``: who may be meant, best first; ``more`` fit as well.
    """

    kind: Ask
    draft: str
    pending: PendingTouch
    people: tuple[Candidate, ...] = ()
    more: bool = False
    sentence: str = ""
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Help:
    """They asked how it works."""


@dataclass(frozen=True, slots=True)
class EmptyForm:
    """Nothing was typed: they want the form."""


def touch_by_line(session: Session, actor: Actor, line: str, now: datetime) -> Logged | Asked | Help | EmptyForm:
    """Read ``line`` in the rep's zone and log it, or say what is to be asked."""
    draft = read_line(line, now, actor.timezone)
    if draft.wants_help:
        return Help()
    if draft.wants_form:
        return EmptyForm()
    day_starts = playbook(session).compliance.calls.default_from
    return go_on(session, actor, from_draft(draft, draft.text, day_starts, now, actor.timezone), now)


def go_on(session: Session, actor: Actor, pending: PendingTouch, now: datetime) -> Logged | Asked:
    """Take the next step with a touch: find out who is meant, ask the next question, or log it."""
    may_read_contacts(actor)
    if pending.contact_id is None:
        found = _find(session, actor, pending)
        if isinstance(found, Asked):
            return found
        pending = found
    pending = settle_places(session, actor, pending, now)
    question = pending.question
    if question is not None:
        kind = question.kind if question.options else Ask.FORM
        return Asked(kind, keep_draft(session, pending, actor), pending)
    try:
        logged = _log(session, pending.command(actor, now), now)
        logged = _first_only(logged, pending)
        return replace(logged, assumed=pending.assumed) if pending.assumed else logged
    except UserError as error:
        if error.field is None:
            raise
        fields = {error.field: error.sentence}
        return Asked(Ask.FORM, keep_draft(session, pending, actor), pending, sentence=error.sentence, fields=fields)


def _log(session: Session, command: LogTouch, now: datetime) -> Logged:
    """Log it; nothing is left of it where the promise of a call is refused. A callback out of hours is remarked on."""
    at = _callback_of(command)
    if at is None:
        return log_touch(session, command, now)
    with session.begin_nested():
        logged = log_touch(session, command, now)
    return _remarked(session, command.actor, logged, at)


def _callback_of(command: LogTouch) -> datetime | None:
    return command.follow_up_at if command.outcome is Outcome.CALLBACK else command.callback_at


def _remarked(session: Session, actor: Actor, logged: Logged, at: datetime | None) -> Logged:
    remarks = outside_work(session, actor, at) if at is not None and not logged.repeated else ()
    return replace(logged, warnings=(*logged.warnings, *remarks))


def choose_person(session: Session, actor: Actor, pending: PendingTouch, contact_id: UUID) -> PendingTouch:
    """The touch is about this person; words of the line that are not their name go into the note."""
    found = find_contacts(session, pending.who, actor.person_id, 4 * MOST_CHOICES) if pending.who else []
    meant = next((one for one in rank(pending.who, found) if one.candidate.id == contact_id), None)
    return _is(pending, contact_id, meant.unmatched if meant else ())


def _is(pending: PendingTouch, contact_id: UUID, unmatched: tuple[str, ...]) -> PendingTouch:
    note = " ".join(part for part in (" ".join(unmatched), pending.note) if part)
    return pending.with_(contact_id=contact_id, note=note)


def save_form(session: Session, actor: Actor, pending: PendingTouch, now: datetime) -> Logged:
    """Log or correct what a form holds. Raises ``UserError`` with the field that has to be mended."""
    if pending.contact_id is None and pending.new_name is None:
        raise UserError("Who was it? Type a name, a company or an e-mail address.", field="contact")
    if pending.channel is None and pending.outcome in IMPLIED:
        pending = pending.with_(channel=IMPLIED[pending.outcome])
    if pending.channel is None:
        raise UserError("How did you reach them?", field="channel")
    if pending.outcome is None:
        raise UserError("What came of it?", field="outcome")
    if (to_come := pending.to_come) is not None:
        raise UserError(f"When was it? “{to_come.about}” is still to come.", field="happened_at")
    if pending.contact_id is None:
        pending = pending.with_(contact_id=add_person(session, actor, pending, now))
    command = pending.with_(questions=()).command(actor, now)
    if pending.touch_id is not None:
        corrected = correct_touch(session, CorrectTouch(pending.touch_id, pending.version, command), now)
        return _remarked(session, actor, corrected, _callback_of(command))
    logged = _log(session, command, now)
    if logged.repeated and not _says_the_same(logged, command):
        # What was changed in the form since must not vanish in a friendly answer.
        raise UserError("I logged this line already, in other words. Press Change on that message instead.", "note")
    return _first_only(logged, pending)


def _first_only(logged: Logged, pending: PendingTouch) -> Logged:
    """Say that what the line said of somebody else is not logged."""
    if not pending.rest:
        return logged
    told = f"I logged {logged.contact_name} only; send the rest as a line of its own: /touch {pending.rest}"
    return replace(logged, effects=(*logged.effects, told))


def _says_the_same(logged: Logged, command: LogTouch) -> bool:
    names = ("contact_id", "channel", "outcome", "happened_at", "follow_up_at", "note", "said_by")
    return all(getattr(logged, name) == getattr(command, name) for name in names)


def add_person(session: Session, actor: Actor, pending: PendingTouch, now: datetime) -> UUID:
    """Add the person a form names as new, unless the address is known. The one who adds owns them."""
    name = " ".join((pending.new_name or "").split())
    email = normalise_email(pending.new_email or "")
    if pending.new_email and email is None:
        raise UserError("That is not an e-mail address.", field="new_email")
    if email is None and (address := normalise_email(name)):
        name, email = "", address
    first, _, last = name.partition(" ")
    person = PersonFacts(email=email, first_name=first, last_name=last)
    found = find_contact(session, person, CompanyFacts(name=pending.new_company), Source.OTHER, now)
    if found.new:
        save_contact(session, found, stage=found.stage, score=found.score, owner_id=actor.person_id)
    return found.id


def _find(session: Session, actor: Actor, pending: PendingTouch) -> PendingTouch | Asked:
    if not pending.who:
        sentence = "Who was it?" if pending.line else ""
        return Asked(Ask.FORM, keep_draft(session, pending, actor), pending, sentence=sentence)
    exactly = contact_by_email(session, pending.who)
    if exactly is not None:
        return _is(pending, exactly, ())
    ranked = rank(pending.who, find_contacts(session, pending.who, actor.person_id, 2 * MOST_CHOICES))
    decision = decide(ranked)
    if isinstance(decision, Match):
        return _is(pending, cast(UUID, decision.ranked.candidate.id), decision.ranked.unmatched)
    if isinstance(decision, Nothing):
        sentence = f"I know nobody called “{pending.who}”. Pick somebody, or add them as new."
        pending = pending.with_(new_name=pending.who)
        return Asked(Ask.FORM, keep_draft(session, pending, actor), pending, sentence=sentence)
    people = tuple(one.candidate for one in decision.options[:MOST_CHOICES])
    more = len(decision.options) > MOST_CHOICES
    return Asked(Ask.WHO, keep_draft(session, pending, actor), pending, people=people, more=more)
