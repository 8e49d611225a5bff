"""Telling people of a handoff: the executive's post, the rep's copy, the manager's question, steps, calendar files.

What must stay true: the executive is reached whatever their channel is; the rep hears each step by direct message
(process §7) unless it was their own; a calendar file is told once for each version of the call and each reader.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Handoff, LivingMessage, Meeting, Person, PersonRole
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.domain.terms import Role
from bot.outbox.enqueue import show, tell

POST, DIRECT, REP, MANAGER = "post", "dm", "rep", "manager"
"""Places of a handoff's living message: the executive's channel, their direct message where the channel fails, the
rep's copy, and ``manager:<person>:<when>``."""
REQUEST: Final = "REQUEST"
CANCEL: Final = "CANCEL"
Facts = Mapping[str, str | int | float | bool | None]


def post_handoff(session: Session, handoff: Handoff, now: datetime) -> None:
    """The post in the executive's channel, or to them where they have none, and the rep's copy."""
    assert handoff.ae_id is not None
    executive = session.execute(
        select(Person.name, Person.channel, Person.timezone).where(Person.id == handoff.ae_id)
    ).one()
    to = Address.channel(executive.channel) if executive.channel else Address.person(handoff.ae_id)
    show(session, View.HANDOFF, str(handoff.id), to, POST, Priority.PERSON)
    show(session, View.HANDOFF, str(handoff.id), Address.person(handoff.rep_id), REP, Priority.PERSON)
    if not executive.channel:
        day = now.astimezone(ZoneInfo(executive.timezone)).date()
        _tell_admins(session, handoff.ae_id, executive.name, day.isoformat())


def _tell_admins(session: Session, ae_id: UUID, name: str, day: str) -> None:
    """Once a day, while they have no channel."""
    admins = session.scalars(
        select(Person.id)
        .join(PersonRole, PersonRole.person_id == Person.id)
        .where(PersonRole.role == Role.ADMIN, Person.active.is_(True), Person.slack_user_id.is_not(None))
    ).all()
    for admin in admins:
        facts: Facts = {"where": f"handoffs:{name}", "error": "no_channel", "given_up": False}
        to, key = Address.person(admin), f"no_channel:{ae_id}:{day}:{admin}"
        tell(session, Notice(NoticeKind.ADMIN_WARNING, to, key, str(admin), Priority.NORMAL, dict(facts)))


def standing(session: Session, handoff_id: UUID, *places: str) -> UUID | None:
    """The living message of a handoff at the first of ``places`` where there is one."""
    rows = session.execute(
        select(LivingMessage.place, LivingMessage.id).where(
            LivingMessage.view == View.HANDOFF.value, LivingMessage.subject_id == str(handoff_id)
        )
    ).all()
    found = {row.place: row.id for row in rows}
    return next((found[place] for place in places if place in found), None)


def tell_rep(session: Session, handoff: Handoff, what: str, by_id: UUID | None, facts: Facts | None = None) -> None:
    """A step, by direct message to the rep, unless the rep took it."""
    if by_id != handoff.rep_id:
        _step(session, handoff, what, by_id, Address.person(handoff.rep_id), facts)


def tell_executive(
    session: Session, handoff: Handoff, what: str, by_id: UUID | None, facts: Facts | None = None
) -> None:
    """A step, under the post, unless the executive took it."""
    card = standing(session, handoff.id, DIRECT, POST)
    if card is not None and by_id != handoff.ae_id:
        _step(session, handoff, what, by_id, Address.under(card), facts)


def _step(session: Session, handoff: Handoff, what: str, by_id: UUID | None, to: Address, facts: Facts | None) -> None:
    said: dict[str, str | int | float | bool | None] = {"what": what, "by_id": str(by_id) if by_id else None}
    said |= facts or {}
    key = f"handoff:{handoff.id}:{what}:{handoff.version}:{to}"
    tell(session, Notice(NoticeKind.HANDOFF_STEP, to, key, str(handoff.id), Priority.PERSON, said))


def remind_executive(session: Session, handoff: Handoff, slot: str) -> None:
    """A line under the post that mentions the executive: updates ring nobody."""
    card = standing(session, handoff.id, DIRECT, POST)
    if card is not None:
        key = f"handoff_reminder:{handoff.id}:{slot}"
        to = Address.under(card)
        tell(session, Notice(NoticeKind.HANDOFF_REMINDER, to, key, str(handoff.id), Priority.PERSON))


def ask_manager(session: Session, handoff: Handoff, manager_id: UUID, now: datetime) -> None:
    """The question to a manager, as a new message each time it is asked."""
    place = f"{MANAGER}:{manager_id}:{int(now.timestamp())}"
    show(session, View.HANDOFF, str(handoff.id), Address.person(manager_id), place, Priority.PERSON)


def send_files(session: Session, handoff: Handoff, meeting: Meeting, method: str) -> None:
    """The calendar file under the executive's post and under the rep's copy, as the call stands now."""
    for place in ((DIRECT, POST), (REP,)):
        card = standing(session, handoff.id, *place)
        if card is not None:
            _file(session, handoff, meeting, method, Address.under(card))


def send_removal(session: Session, handoff: Handoff, meeting: Meeting) -> None:
    """A cancellation for an executive whose call somebody else takes: the others keep theirs, at the same UID."""
    card = standing(session, handoff.id, DIRECT, POST)
    if card is not None:
        _file(session, handoff, meeting, CANCEL, Address.under(card), only_ae=True)


def _file(
    session: Session, handoff: Handoff, meeting: Meeting, method: str, to: Address, *, only_ae: bool = False
) -> None:
    facts: dict[str, str | int | float | bool | None] = {
        "meeting_id": str(meeting.id),
        "method": method,
        "sequence": meeting.sequence,
        "ae_id": str(handoff.ae_id),
        "starts_at": meeting.starts_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "only_ae": only_ae,
    }
    key = f"calendar:{meeting.id}:{meeting.sequence}:{method}:{to}"
    tell(session, Notice(NoticeKind.CALENDAR_FILE, to, key, str(handoff.id), Priority.NORMAL, facts))
