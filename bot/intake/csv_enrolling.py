"""Enrolling people of a contacts file, once the file is in (process §3).

What must stay true: whoever is left out is named by line with the reason; a rep who cannot be found stops nobody
else; a file's second run enrols nobody twice.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person
from bot.db.session import Database
from bot.domain.commands import Actor
from bot.domain.errors import UserError
from bot.domain.import_rows import ContactRow, ImportReport, Refused
from bot.domain.matching import fold
from bot.intake.slices import Slices
from bot.service.enrolments import Enroll, enroll

_YES = frozenset(["yes", "y", "true", "t", "1", "x", "on"])
_NO = frozenset(["no", "n", "false", "f", "0", "off", "-"])
_AT_ONCE = 100
"""People enrolled in one transaction, so that others can write in between."""


class FileEnrolling:
    """Notes who of a file goes into whose cadence, and enrols them at the end. ``rep``: for rows that name none."""

    def __init__(self, database: Database, rep: str, actor: Actor | None) -> None:
        self._database = database
        self._rep = rep.strip()
        self._actor = actor
        self._wanted: dict[str, dict[UUID, int]] = {}
        if self._rep:
            self._found(self._rep)  # a wrong name is told before the file is read

    def note(self, rows: Iterable[ContactRow], contacts: Mapping[int, UUID]) -> None:
        """Remember the rows that went in and are to be enrolled."""
        for row in rows:
            said = row.enroll.strip()
            if said.casefold() in _NO:
                continue
            rep = (row.owner or self._rep) if said.casefold() in _YES else said or self._rep
            if rep and row.line in contacts:
                self._wanted.setdefault(rep, {}).setdefault(contacts[row.line], row.line)

    def carry_out(
        self, slices: Slices, report: ImportReport, file_name: str, clock_now: Callable[[], datetime]
    ) -> None:
        """Enrol them, some at a time; a dry run only counts."""
        for rep, people in self._wanted.items():
            try:
                rep_id = self._found(rep)
                if report.dry_run:
                    report.enrolled += len(people)
                else:
                    self._enroll(slices, report, rep_id, people, f"from the list {file_name}".strip(), clock_now)
            except UserError as error:
                report.warnings.append(f"Nobody was enrolled for {rep[:60]}: {error.sentence}")
        report.not_enrolled.sort(key=lambda one: one.line)

    def _enroll(
        self,
        slices: Slices,
        report: ImportReport,
        rep_id: UUID,
        people: Mapping[UUID, int],
        reason: str,
        clock_now: Callable[[], datetime],
    ) -> None:
        ids = list(people)
        for at in range(0, len(ids), _AT_ONCE):
            some = ids[at : at + _AT_ONCE]
            command = Enroll(self._actor, some, rep_id, reason, steady=True)
            done = slices.write(len(some), partial(enroll, command=command, now=clock_now()))
            report.enrolled += len(done.begun)
            report.not_enrolled += [Refused(people[one.contact_id], one.sentence) for one in done.left_out]

    def _found(self, rep: str) -> UUID:
        """The person whom an e-mail or a name means. Raises ``UserError`` where there is none, or several."""

        def look(session: Session) -> list[UUID]:
            people = session.execute(select(Person.id, Person.email, Person.name).where(Person.active.is_(True))).all()
            by_email = [one.id for one in people if one.email.casefold() == rep.casefold()]
            return by_email or [one.id for one in people if fold(one.name) == fold(rep)]

        found = self._database.read_now(look)
        if len(found) != 1:
            raise UserError(f"“{rep[:60]}” is {'none' if not found else 'more than one'} of us.", field="rep")
        return found[0]
