"""Watching the playbook: the file on disk, and the version in the database that all processes follow.

What must stay true: only a valid file becomes a version; an invalid one changes nothing and the admins are told
why, once per content.
"""

import asyncio
import contextlib
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import Person, PersonRole
from bot.db.queries.playbooks import newest_number, was_stored
from bot.db.session import Database, PlaybookInForce
from bot.db.threads import Urgency
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.terms import Role
from bot.outbox.enqueue import tell
from bot.playbook.load import PlaybookError, Problem, default_text, fingerprint
from bot.service.playbooks import StorePlaybook, load_in_force, store_playbook

log = structlog.get_logger("playbook")

LOOK_EVERY = 3.0


class PlaybookWatch:
    """Puts the file in force when it changes, and follows what other processes put in force."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._looked_at: int | None = None

    def begin(self, session: Session) -> None:
        """Put a playbook in force before anything is decided: the file, else what is stored, else the defaults.

        A file that is an older version of what is stored changes nothing: a restart must not take an edit back that
        was made elsewhere. Raises ``PlaybookError`` where the file is invalid and nothing is stored.
        """
        self._seen = self._stamp()
        stored = self._stored(session)
        try:
            text = self._read()
            if text is None and stored is None:
                text = default_text()
            if text is not None and not was_stored(session, fingerprint(text)):
                store_playbook(session, StorePlaybook(text, self._path.name, "start"), protocol_now())
        except PlaybookError as error:
            if stored is None:
                raise
            self._refuse(session, error)
        self._database.in_force = self._stored(session)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until ``stop``."""
        while not stop.is_set():
            with contextlib.suppress(DBAPIError):
                await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)

    async def look(self) -> None:
        """Store a changed file; load a version somebody else stored."""
        stamp = self._stamp()
        if stamp is not None and stamp != self._seen:
            await self._database.write(self._store, Urgency.JOB)
            self._seen = stamp
        number = await self._database.read(newest_number)
        if number != self._looked_at:
            self._looked_at = number
            loaded = await self._database.read(self._stored)
            if loaded is not None:
                self._database.in_force = loaded
                log.info("playbook in force", number=loaded.number)

    def _stored(self, session: Session) -> PlaybookInForce | None:
        """The stored version; the one in force where a newer release stored what this one cannot read."""
        try:
            return load_in_force(session)
        except PlaybookError as error:
            log.warning("stored playbook not understood: is this release older?", problems=len(error.problems))
            return self._database.in_force

    def _store(self, session: Session) -> None:
        try:
            text = self._read()
            if text is not None:
                store_playbook(session, StorePlaybook(text, self._path.name, "file"), protocol_now())
        except PlaybookError as error:
            self._refuse(session, error)

    def _refuse(self, session: Session, error: PlaybookError) -> None:
        log.warning("playbook refused", problems=len(error.problems))
        admins = session.scalars(
            select(Person.id)
            .join(PersonRole, PersonRole.person_id == Person.id)
            .where(PersonRole.role == Role.ADMIN, Person.active.is_(True))
        ).all()
        for admin in admins:
            tell(
                session,
                Notice(
                    kind=NoticeKind.ADMIN_WARNING,
                    to=Address.person(admin),
                    key=f"playbook:{fingerprint(str(error))}:{admin}",
                    subject_id=str(admin),
                    priority=Priority.PERSON,
                    facts={"where": "playbook", "error": str(error)[:2000]},
                ),
            )

    def _read(self) -> str | None:
        """The file's text; None if there is no file. Raises ``PlaybookError`` for one that is no text."""
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (UnicodeDecodeError, OSError) as error:
            fix = "Save it as UTF-8 text that this process may read."
            raise PlaybookError([Problem(1, "", f"the file cannot be read ({type(error).__name__})", fix)]) from error

    def _stamp(self) -> tuple[int, int] | None:
        """What changes when the file does."""
        try:
            stat = self._path.stat()
        except OSError:
            return None
        return (stat.st_mtime_ns, stat.st_size)
