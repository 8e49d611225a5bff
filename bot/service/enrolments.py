"""Enrolling people in a cadence, and taking it back (process §3, §4).

What must stay true: one live enrolment a person; never two reps on one account; who is left out is named with the
reason; new cadences are spread so that a rep's days stay inside the band.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import AuditEntry, Enrolment
from bot.db.queries.actors import find_actor
from bot.db.queries.enrolling import wanted, work_at
from bot.db.queries.plan_days import RepDays, days_of_reps
from bot.db.rows import put_once
from bot.domain.cadence import PlanKind, begin, cadence_shape
from bot.domain.cadence_days import DAY
from bot.domain.commands import Actor, Undo
from bot.domain.drafts_mail import segment_of, variant_of
from bot.domain.enrolling import AccountWork, Begun, Enrolled, NotEnrolled, Wanted, Why, next_round, objection
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.flow import Flow
from bot.domain.terms import SELLING, Role
from bot.service.audit import record
from bot.service.contact_text import clean_lines
from bot.service.context import playbook, playbook_number
from bot.service.enrolment_changes import close_finished
from bot.service.enrolment_courses import BEGUN, Effect, columns, moved_on, take_away
from bot.service.enrolment_flow import check_leads_first, flow_of
from bot.service.lead_changes import manages

__all__ = ["Begun", "Enroll", "Enrolled", "close_finished", "enrol_named", "enroll", "take_back_enrolled"]

_AT_ONCE = 500
"""People looked at with one set of statements."""


@dataclass(frozen=True, slots=True)
class Enroll:
    """Put people into a rep's cadence.

    ``actor``: who asks; None for the command line. ``rep_id``: whose list, the actor's own if None. ``fact``: the
    one noted fact of the research. ``override``: why a rest is cut short, or an account gets more people.
    """

    actor: Actor | None
    contact_ids: Sequence[UUID]
    rep_id: UUID | None = None
    reason: str = ""
    fact: str = ""
    override: str = ""
    steady: bool = False
    """From a file: at the steady pace, however few they are."""


def enroll(session: Session, command: Enroll, now: datetime) -> Enrolled:
    """Enrol everybody who may be; the others are left out with their reason.

    Raises ``NotAllowed`` without a selling role, or for another rep's list without being manager or admin;
    ``NotFound`` for a rep who is none of us; ``UserError`` for a rep who never works or has overdue leads.
    """
    rep = _rep(session, command, now)
    if not command.override.strip():
        check_leads_first(session, rep, now)
    ids = list(dict.fromkeys(command.contact_ids))
    pressing = not command.steady and len(ids) <= playbook(session).pool.max_contacts_per_account
    work = _Enrolling(session, command, rep, flow_of(session, rep, now), pressing, now)
    for at in range(0, len(ids), _AT_ONCE):
        work.take(ids[at : at + _AT_ONCE])
    causation_id = new_id()
    record(
        session,
        "enroll",
        command.actor,
        now,
        str(rep.person_id),
        {"asked": len(ids), "begun": len(work.begun), "override": command.override},
        {"effects": [{"kind": BEGUN, "enrolment": str(one.enrolment_id), "version": 1} for one in work.begun]},
        entry_id=causation_id,
    )
    undo_until = now + playbook(session).touches.undo_for
    researched = bool(command.fact.strip())
    return Enrolled(
        causation_id, rep.person_id, rep.name, tuple(work.begun), tuple(work.left_out), undo_until, researched
    )


def take_back_enrolled(session: Session, command: Undo, now: datetime) -> str:
    """Take everybody out again who was enrolled at once; a sentence that says so.

    Raises ``Gone`` when its time is over or a first step was made, ``NotAllowed`` for others' doing, ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.command != "enroll" or not entry.undo:
        raise NotFound("There is nothing to take back here.")
    if entry.actor_id != command.actor.person_id and not command.actor.has(Role.ADMIN):
        raise NotAllowed("Only the one who enrolled them can take it back.")
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    if now - entry.at > playbook(session).touches.undo_for:
        raise Gone("It is too late to undo that. You can still end the plan on the person's card.")
    effects: list[Effect] = entry.undo["effects"]
    for effect in effects:
        if blocked := moved_on(session, effect):
            raise Gone(f"{blocked} It cannot be taken back now, but you can end the plan on the person's card.")
    for effect in effects:
        take_away(session, effect, now)
    entry.undone_at = now
    record(session, "undo", command.actor, now, entry.subject_id or "", causation_id=entry.id)
    return f"Taken back: {len(effects)} {'person is' if len(effects) == 1 else 'people are'} not in the cadence."


def enrol_named(session: Session, rep_id: UUID, contact_id: UUID, reason: str, now: datetime) -> Begun | NotEnrolled:
    """Start the cadence of somebody whom another one named (process §4: a referral starts the named person)."""
    command = Enroll(None, [contact_id], rep_id, reason)
    rep = _rep(session, command, now)
    work = _Enrolling(session, command, rep, flow_of(session, rep, now), True, now)
    work.take([contact_id])
    return work.begun[0] if work.begun else work.left_out[0]


def _rep(session: Session, command: Enroll, now: datetime) -> RepDays:
    """Whose list it is, if the one who asks may fill it."""
    actor = command.actor
    rep_id = command.rep_id or (actor.person_id if actor else None)
    if rep_id is None:
        raise UserError("Whose list? Name a rep.", field="rep")
    if actor is not None and not actor.has(*SELLING, Role.MANAGER, Role.ADMIN):
        raise NotAllowed("Reps, managers and admins enroll people. An admin can give you such a role.")
    others = actor is not None and rep_id != actor.person_id
    if actor is not None and others and not (actor.has(Role.ADMIN) or manages(session, actor, rep_id)):
        raise NotAllowed("You can enroll people on your own list. Their manager or an admin can do it for others.")
    rep = find_actor(session, person_id=rep_id)
    if rep is None:
        raise NotFound("That rep is not on the team any more.", field="rep")
    if not rep.has(*SELLING):
        if actor is not None and not others:
            raise UserError("You have no touch list of your own. Say whose: `/enroll jane doe for @rep`.", field="rep")
        raise UserError(f"{rep.name} has no touch list. Choose a rep, or give them the role sdr.", field="rep")
    since = now.date() - 2 * DAY
    return days_of_reps(session, [rep_id], since)[rep_id]


class _Enrolling:
    """One command at work: people looked at some hundred at a time, in their order."""

    def __init__(
        self, session: Session, command: Enroll, rep: RepDays, flow: Flow, pressing: bool, now: datetime
    ) -> None:
        self._session = session
        self._command = command
        self._rep = rep
        self._flow = flow
        self._pressing = pressing
        self._now = now
        self._rules = playbook(session)
        self.begun: list[Begun] = []
        self.left_out: list[NotEnrolled] = []

    def take(self, ids: Sequence[UUID]) -> None:
        """Enrol those of ``ids`` who may be."""
        people = wanted(self._session, ids)
        accounts = sorted({them.account_id for them in people.values() if them.account_id is not None})
        works = work_at(self._session, accounts, self._rep.person_id)
        for contact_id in ids:
            them = people.get(contact_id)
            if them is None:
                self.left_out.append(NotEnrolled(contact_id, "", Why.UNKNOWN, "is not in the database"))
                continue
            outcome = self._one(them, works[them.account_id] if them.account_id is not None else AccountWork())
            if isinstance(outcome, Begun):
                self.begun.append(outcome)
            else:
                self.left_out.append(outcome)

    def _one(self, them: Wanted, work: AccountWork) -> Begun | NotEnrolled:
        today = self._now.astimezone(ZoneInfo(self._rep.timezone)).date()
        against = objection(them, work, self._rules, self._now, today, self._command.override)
        if against is not None:
            actor = self._command.actor
            own = actor is not None and them.past is not None and them.past.live_with_id == actor.person_id
            said = "is in one of your plans already" if own and against.why is Why.ENROLLED else against.sentence
            return replace(against, sentence=said)
        days = replace(self._rep.days, country=them.subject.place)
        start = self._flow.place(days, work.starts, pressing=self._pressing)
        if start is None:
            return NotEnrolled(them.contact_id, them.name, Why.FULL, "has no day: the list is full for years")
        row_id = new_id()
        course = begin(cadence_shape(self._rules), days, start)
        if not put_once(self._session, Enrolment, **self._row(them), id=row_id, **columns(course, 0)):
            return NotEnrolled(them.contact_id, them.name, Why.ENROLLED, "is in a plan already")
        work.starts.append(start)
        return Begun(row_id, them.contact_id, them.name, them.account, start)

    def _row(self, them: Wanted) -> dict[str, Any]:
        segment = segment_of(self._rules, them.industry, them.employees, them.account_country)
        return {
            "contact_id": them.contact_id,
            "person_id": self._rep.person_id,
            "account_id": them.account_id,
            "kind": PlanKind.CADENCE.value,
            "reason": clean_lines(self._command.reason),
            "fact": clean_lines(self._command.fact),
            "segment": segment,
            "variant": variant_of(self._rules, them.contact_id, segment),
            "round": next_round(them.past),
            "version": 1,
            "playbook_version": playbook_number(self._session),
        }
