"""Cadences under way of a file, a slice at a time.

What must stay true: a plan goes on where the file says it stands, on the day the cadence gives; one live enrolment a
person and never two reps on one account, here as everywhere; a plan that moved on here is left as it is; people come
in as contacts of a list do (process §10), and what was done before is kept as touches once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Enrolment, Person, PersonRole, Touch
from bot.db.queries.enrolling import wanted, work_at
from bot.db.queries.plan_days import RepDays, days_of_reps
from bot.db.rows import put_all, put_once
from bot.domain.cadence import Course, Ended, PlanKind, cadence_shape, last_day
from bot.domain.cadence_underway import SoFar, cycle_of, over, take_up
from bot.domain.commands import Actor, CompanyFacts, PersonFacts
from bot.domain.drafts_mail import segment_of, variant_of
from bot.domain.enrolling import AccountWork, Wanted, next_round, objection
from bot.domain.import_rows import ContactRow, ImportContacts, Refused
from bot.domain.step_rows import ImportSteps, StepRow
from bot.domain.terms import SELLING, Channel, Outcome, Source
from bot.service import audit
from bot.service.contact_text import clean_lines
from bot.service.contacts_import import import_contacts
from bot.service.context import playbook, playbook_number
from bot.service.enrolment_courses import columns, course_of

IMPORTED = "imported"
_NOON = time(12)


@dataclass(slots=True)
class StepsImported:
    """What became of a slice."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    accounts_added: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: list[Refused] = field(default_factory=list)


class _LeftOutError(Exception):
    """A row is left out; the message is a plain sentence."""


def import_steps(session: Session, command: ImportSteps, now: datetime) -> StepsImported:
    """Carry a slice in: the people, the plans where they stand, and what was done before."""
    done = StepsImported()
    reps = _reps(session, command.rows)
    rows: list[StepRow] = []
    for row in command.rows:
        if row.rep_email in reps:
            rows.append(row)
        else:
            done.refused.append(Refused(row.line, f"{row.rep_email[:60]} is no rep here"))
    contacts = _contacts(session, rows, command.actor, now, done)
    known = [row for row in rows if row.line in contacts]
    taking = _Taking(session, known, contacts, reps, now)
    for row in known:
        try:
            result = taking.take(row)
        except _LeftOutError as error:
            done.refused.append(Refused(row.line, str(error)))
            continue
        done.added += result == "added"
        done.changed += result == "changed"
        done.unchanged += result == "unchanged"
    done.notes += taking.notes
    taking.keep_touches()
    return done


def finish_steps_import(
    session: Session, actor: Actor | None, now: datetime, name: str, counts: Mapping[str, int]
) -> None:
    """One line in the audit log for the file."""
    audit.record(session, "import_steps", actor, now, name[:255], {"file": name[:255], **counts})


def _reps(session: Session, rows: Iterable[StepRow]) -> dict[str, UUID]:
    found = session.execute(
        select(Person.email, Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(
            Person.email.in_({row.rep_email for row in rows}),
            Person.active.is_(True),
            PersonRole.role.in_(SELLING),
        )
    )
    return {row.email: row.id for row in found}


def _contacts(
    session: Session, rows: list[StepRow], actor: Actor | None, now: datetime, done: StepsImported
) -> Mapping[int, UUID]:
    """Who each row is about, found or made as a list of contacts makes them; refused ones with the reason."""
    given = []
    for row in rows:
        first, _, last = row.name.partition(" ")
        person = PersonFacts(email=row.email, first_name=first, last_name=last)
        given.append(ContactRow(row.line, person, CompanyFacts(name=row.company or None)))
    made = import_contacts(session, ImportContacts(tuple(given), Source.LIST, actor), now)
    done.accounts_added += made.accounts_added
    done.refused += [*made.refused, *made.duplicates]
    return made.contacts


class _Taking:
    """One slice at work."""

    def __init__(
        self,
        session: Session,
        rows: list[StepRow],
        contacts: Mapping[int, UUID],
        reps: Mapping[str, UUID],
        now: datetime,
    ) -> None:
        self._session, self._contacts, self._reps, self._now = session, contacts, reps, now
        self._rules = playbook(session)
        self._shape = cadence_shape(self._rules)
        self._people = wanted(session, list(contacts.values()))
        since = min((row.so_far.started_on for row in rows), default=now.date())
        self._days = days_of_reps(session, set(reps.values()), since)
        self._plans = _plans(session, contacts.values())
        self._accounts = sorted({one.account_id for one in self._people.values() if one.account_id is not None})
        self._works: dict[UUID, dict[UUID, AccountWork]] = {}
        self._touches: list[dict[str, Any]] = []
        self.notes: list[Refused] = []

    def take(self, row: StepRow) -> str:
        """Take a row up: "added", "changed" or "unchanged". Raises ``_LeftOutError``."""
        contact_id, rep = self._contacts[row.line], self._days[self._reps[row.rep_email]]
        them = self._people[contact_id]
        rep_days = replace(rep.days, country=them.subject.place)
        today = self._now.astimezone(ZoneInfo(rep.timezone)).date()
        same = next((one for one in self._plans.get(contact_id, ()) if one.started_on == row.so_far.started_on), None)
        if same is not None and (same.ended_at is not None or same.version > 1):
            return "unchanged"
        self._check_cycle(row.so_far)
        course = take_up(self._shape, rep_days, row.so_far)
        if isinstance(course, Ended):
            said = (row.so_far.call_outcome or Outcome.CONNECTED).value.replace("_", " ")
            raise _LeftOutError(f"their last call ended it ({said}); log that with /touch")
        if same is not None:
            if course_of(same) == course and same.person_id == rep.person_id:
                return "unchanged"
            self._put_right(same, rep, course)
            self._note_touches(row, contact_id, them, rep)
            return "changed"
        if over(self._shape, rep_days, course, today) is not None:
            last = last_day(self._shape, rep_days, course)
            raise _LeftOutError(f"its time was over on {last:%-d %b %Y}; enroll them anew if they may be")
        self._enrol(row, them, rep, course, today)
        self._note_touches(row, contact_id, them, rep)
        return "added"

    def _put_right(self, plan: Enrolment, rep: RepDays, course: Course) -> None:
        """The file was mended. The version stays the first: nobody here has moved the plan yet."""
        self._session.execute(
            update(Enrolment)
            .where(Enrolment.id == plan.id)
            .values(person_id=rep.person_id, **columns(course, 0))
            .execution_options(synchronize_session=False)
        )

    def _check_cycle(self, so_far: SoFar) -> None:
        if so_far.cycle is not None and so_far.cycle > self._shape.cycles:
            raise _LeftOutError(f"there is no cycle {so_far.cycle}: the playbook has {self._shape.cycles}")

    def _enrol(self, row: StepRow, them: Wanted, rep: RepDays, course: Course, today: date) -> None:
        work = self._work(them, rep)
        # A rest, a round or a full account do not speak against what is under way already.
        against = objection(them, work, self._rules, self._now, today, override=IMPORTED)
        if against is not None:
            raise _LeftOutError(f"the person {against.sentence}")
        reason = row.reason or ("" if row.so_far.last_email_on or row.so_far.last_call_on else row.notes)
        segment = segment_of(self._rules, them.industry, them.employees, them.account_country)
        put = put_once(
            self._session,
            Enrolment,
            id=new_id(),
            contact_id=them.contact_id,
            person_id=rep.person_id,
            account_id=them.account_id,
            kind=PlanKind.CADENCE.value,
            reason=clean_lines(reason),
            fact="",
            segment=segment,
            variant=variant_of(self._rules, them.contact_id, segment),
            round=next_round(them.past),
            version=1,
            playbook_version=playbook_number(self._session),
            **columns(course, 0),
        )
        if not put:
            raise _LeftOutError("the person is in a plan already")
        work.starts.append(row.so_far.started_on)
        for other, works in self._works.items():
            if other != rep.person_id and them.account_id in works:
                works[them.account_id].worked_by = rep.name
        if row.so_far.cycle is None and row.so_far.last_email_on is not None:
            cycle = cycle_of(self._shape, rep.days, row.so_far)
            self.notes.append(Refused(row.line, f"no cycle is given; by its days it is cycle {cycle}"))

    def _work(self, them: Wanted, rep: RepDays) -> AccountWork:
        """What goes on at the person's company, as the rep finds it."""
        if them.account_id is None:
            return AccountWork()
        if rep.person_id not in self._works:
            self._works[rep.person_id] = dict(work_at(self._session, self._accounts, rep.person_id))
        return self._works[rep.person_id][them.account_id]

    def _note_touches(self, row: StepRow, contact_id: UUID, them: Wanted, rep: RepDays) -> None:
        so_far = row.so_far
        made = []
        if so_far.last_email_on is not None:
            made.append((Channel.EMAIL, Outcome.SENT, so_far.last_email_on))
        if so_far.last_call_on is not None and so_far.call_outcome is not None:
            made.append((Channel.CALL, so_far.call_outcome, so_far.last_call_on))
        elif so_far.last_call_on is not None:
            self.notes.append(
                Refused(row.line, "the call has no outcome, so the plan counts it and the history does not")
            )
        newest = max(made, key=lambda one: one[2], default=None)
        for one in made:
            note = row.notes if one is newest else ""
            self._touches.append(_touch(contact_id, them.account_id, rep, *one, note, self._now))

    def keep_touches(self) -> None:
        """Write down what was done before, once however often the file comes."""
        ids = {touch["contact_id"] for touch in self._touches}
        there = {
            (row.contact_id, row.channel, row.local_date)
            for row in self._session.execute(
                select(Touch.contact_id, Touch.channel, Touch.local_date).where(Touch.contact_id.in_(ids))
            )
        }
        new = [one for one in self._touches if (one["contact_id"], one["channel"], one["local_date"]) not in there]
        put_all(self._session, Touch, new)
        for touch in new:
            at = touch["happened_at"]
            self._session.execute(
                update(Contact)
                .where(Contact.id == touch["contact_id"])
                .where(or_(Contact.last_touched_at.is_(None), Contact.last_touched_at < at))
                .values(last_touched_at=at)
                .execution_options(synchronize_session=False)
            )


def _plans(session: Session, contact_ids: Iterable[UUID]) -> dict[UUID, list[Enrolment]]:
    found: dict[UUID, list[Enrolment]] = {}
    statement = select(Enrolment).where(Enrolment.contact_id.in_(list(contact_ids))).with_for_update()
    for one in session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(one.contact_id, []).append(one)
    return found


def _touch(
    contact_id: UUID,
    account_id: UUID | None,
    rep: RepDays,
    channel: Channel,
    outcome: Outcome,
    on: date,
    note: str,
    now: datetime,
) -> dict[str, Any]:
    """A touch of before, at noon of the rep's day: files say no hour."""
    at = datetime.combine(on, _NOON, ZoneInfo(rep.timezone)).astimezone(UTC)
    return {
        "id": new_id(),
        "contact_id": contact_id,
        "account_id": account_id,
        "person_id": rep.person_id,
        "channel": channel,
        "outcome": outcome,
        "happened_at": min(at, now),
        "local_date": on,
        "note": clean_lines(note),
        "typed": IMPORTED,
        "logged_at": now,
        "version": 1,
    }
