"""Our people and Slack's users: matched by e-mail; the first admin (process, opening table).

What must stay true: guests and people of other companies never become one of us; a timezone set by hand goes
before Slack's; whoever is deactivated in Slack is given nothing any more; matching again changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole
from bot.domain.business_time import zone
from bot.domain.errors import UserError
from bot.domain.matching import normalise_email
from bot.domain.terms import Role
from bot.playbook.schema.hours import HoursError
from bot.service import audit
from bot.service.changed_days import days_changed
from bot.service.context import playbook
from bot.service.greeting import greet_newcomers
from bot.service.people_import import new_person, nobody_administers
from bot.service.turns import take_up_held


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A member of the workspace as far as matching looks at them. ``tz`` is an IANA name."""

    id: str
    email: str | None
    tz: str | None = None
    is_guest: bool = False
    is_stranger: bool = False
    """Of another company, here by Slack Connect."""
    deleted: bool = False

    @property
    def outsider(self) -> bool:
        """Whether the process refuses them."""
        return self.is_guest or self.is_stranger


@dataclass(frozen=True, slots=True)
class Matched:
    """Names of people: newly matched, refused as guests or outsiders, gone from Slack, not in Slack."""

    matched: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unmatched: tuple[str, ...] = ()


def match_slack_users(session: Session, users: Iterable[SlackUser], now: datetime) -> Matched:
    """Give each active person their Slack user, found by e-mail, and Slack's timezone unless theirs was set by hand.

    A match once made holds by Slack's id, so that a changed address in Slack loses nobody.
    """
    by_id = {user.id: user for user in users}
    by_email: dict[str, SlackUser] = {}
    for known in by_id.values():
        address = normalise_email(known.email) if known.email and not known.deleted else None
        if address:
            by_email[address] = known
    taken = set(session.scalars(select(Person.slack_user_id).where(Person.slack_user_id.is_not(None))))
    became: dict[str, list[str]] = {}
    moved: list[UUID] = []
    for person in session.scalars(select(Person).where(Person.active.is_(True)).order_by(Person.id)):
        user = by_id.get(person.slack_user_id) if person.slack_user_id else by_email.get(person.email)
        zone_before = person.timezone
        became.setdefault(_match(person, user, taken), []).append(person.name)
        if person.timezone != zone_before:
            moved.append(person.id)
    named = {word: tuple(became.get(word, ())) for word in ("matched", "refused", "left", "unmatched")}
    if named["matched"] or named["left"]:
        counts = {word: len(names) for word, names in named.items()}
        audit.record(session, "match_slack_users", None, now, "", counts)
    session.flush()
    days_changed(session, moved, now)
    if named["matched"]:
        take_up_held(session, now)
    greet_newcomers(session, now)
    return Matched(**named)


def _match(person: Person, user: SlackUser | None, taken: set[str | None]) -> str:
    """Match one person; return what became of them."""
    if user is None:
        return "kept" if person.slack_user_id else "unmatched"
    if user.deleted:
        person.active = False
        return "left"
    if user.outsider:
        person.slack_user_id = person.dm_channel = None
        return "refused"
    word = "kept"
    if person.slack_user_id is None:
        if user.id in taken:
            return "unmatched"
        person.slack_user_id = user.id
        taken.add(user.id)
        word = "matched"
    _take_timezone(person, user)
    return word


def _take_timezone(person: Person, user: SlackUser) -> None:
    if person.timezone_overridden or not user.tz or user.tz == person.timezone:
        return
    try:
        person.timezone = zone(user.tz).key
    except HoursError:
        return  # Slack may know a zone that this machine's tables do not


def ensure_admin(session: Session, email: str, now: datetime) -> UUID | None:
    """Make the person with ``email`` (ADMIN_EMAIL) admin if nobody is; return their id, or None if somebody is.

    Raises ``UserError`` if it is not an address.
    """
    address = normalise_email(email)
    if address is None:
        raise UserError("ADMIN_EMAIL is not an e-mail address.")
    if not nobody_administers(session):
        return None
    person = session.scalars(select(Person).where(Person.email == address)).one_or_none()
    if person is None:
        person = new_person(address, None, playbook(session).people.timezone, now)
        session.add(person)
    person.active = True
    if all(held.role is not Role.ADMIN for held in person.roles):
        person.roles.append(PersonRole(role=Role.ADMIN))
    session.flush()
    audit.record(session, "first_admin", None, now, str(person.id))
    return person.id
