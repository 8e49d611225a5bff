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
from bot.db.queries.playbooks import newest_number
from bot.db.session import Database
from bot.db.threads import Urgency
from bot.domain.notices import Address, Notice, NoticeKind, Priority
from bot.domain.terms import Role
from bot.outbox.enqueue import tell
from bot.playbook.load import PlaybookError, default_text, fingerprint
from bot.service.playbooks import StorePlaybook, load_in_force, store_playbook

log = structlog.get_logger("playbook")

LOOK_EVERY = 3.0


class PlaybookWatch:
    """Puts the file in force when it changes, and follows what other processes put in force."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path
        self._seen: tuple[int, int] | None = None

    def begin(self, session: Session) -> None:
        """Put a playbook in force before anything is decided: the file, else what is stored, else the defaults.

        Raises ``PlaybookError`` where the file is invalid and nothing is stored.
        """
        stored = load_in_force(session)
        text = self._read()
        try:
            if text is not None:
                store_playbook(session, StorePlaybook(text, self._path.name, "start"), protocol_now())
            elif stored is None:
                store_playbook(session, StorePlaybook(default_text(), "default", "start"), protocol_now())
        except PlaybookError as error:
            if stored is None:
                raise
            self._refuse(session, text or "", error)
        self._database.in_force = load_in_force(session)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until ``stop``."""
        while not stop.is_set():
            with contextlib.suppress(DBAPIError):
                await self.look()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_EVERY)

    async def look(self) -> None:
        """Store a changed file; load a version somebody else stored."""
        if self._changed():
            await self._database.write(self._store, Urgency.JOB)
        number = await self._database.read(newest_number)
        if self._database.in_force is None or number != self._database.in_force.number:
            self._database.in_force = await self._database.read(load_in_force)
            log.info("playbook in force", number=number)

    def _store(self, session: Session) -> None:
        text = self._read()
        if text is None:
            return
        try:
            store_playbook(session, StorePlaybook(text, self._path.name, "file"), protocol_now())
        except PlaybookError as error:
            self._refuse(session, text, error)

    def _refuse(self, session: Session, text: str, error: PlaybookError) -> None:
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
                    key=f"playbook:{fingerprint(text)}:{admin}",
                    subject_id=str(admin),
                    priority=Priority.PERSON,
                    facts={"where": "playbook", "error": str(error)[:2000]},
                ),
            )

    def _read(self) -> str | None:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def _changed(self) -> bool:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return False
        seen = (stat.st_mtime_ns, stat.st_size)
        if seen == self._seen:
            return False
        self._seen = seen
        return True
