"""Changes of the set-up: who may make them, what was there before, and the way back.

What must stay true: every change stands in the audit log with what it takes to revert it; a change is taken back only
while nobody changed the same thing since, and by somebody who may make it now.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Alignment, AuditEntry, Person, PersonRole, Team, TeamMember, TimeOff
from bot.db.queries.setup import led_people
from bot.domain.commands import Actor, Undo
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.notices import View
from bot.domain.terms import SELLING, Role
from bot.outbox.enqueue import refresh
from bot.service.audit import record
from bot.service.changed_days import days_changed
from bot.service.cover import arm_covers
from bot.service.greeting import greet_newcomers
from bot.service.people_import import nobody_administers
from bot.service.turns import take_up_held

Facts = dict[str, Any]
PERSON, TEAM, TIME_OFF = "person", "team", "time_off"
_PERSON_FACTS = (
    "name",
    "timezone",
    "timezone_overridden",
    "country",
    "hours",
    "weight",
    "open_lead_cap",
    "on_call",
    "evening_wave",
    "mailbox_began_on",
    "video_link",
    "channel",
    "active",
)
_TEAM_FACTS = ("name", "brand_name", "postal_address", "domain", "inbound_channel")


@dataclass(frozen=True, slots=True)
class Changed:
    """What was changed, in a sentence, and what to know besides. ``causation_id``: what Undo takes; None: nothing."""

    sentence: str
    subject_id: UUID
    causation_id: UUID | None
    remarks: tuple[str, ...] = ()


def may_set_up(actor: Actor) -> None:
    """Let admins change the set-up. Raises ``NotAllowed``."""
    if not actor.has(Role.ADMIN):
        raise NotAllowed("Only admins change the set-up.")


def may_enter(session: Session, actor: Actor, person_id: UUID) -> None:
    """Let everybody enter their own time off, managers their teams', admins all. Raises ``NotAllowed``."""
    whose = led_people(session, actor)
    if whose is not None and person_id not in whose:
        raise NotAllowed("You can enter your own time off, and that of people whose team you lead.", field="who")


def one_at_a_time(session: Session) -> None:
    """Have changes of people wait for one another: two admins who remove each other would leave nobody.

    Holds the admins' rows until the commit; on SQLite writes are one at a time anyway.
    """
    held = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.ADMIN)
    session.execute(select(Person.id).where(held).order_by(Person.id).with_for_update(of=Person))


def still_administered(session: Session) -> None:
    """Refuse a change that leaves nobody who administers. Raises ``NotAllowed``."""
    session.flush()
    if nobody_administers(session):
        raise NotAllowed("They are the only admin. Make somebody else admin first.", field="roles")


def facts_of(session: Session, kind: str, subject_id: UUID) -> Facts | None:
    """A person, a team or days off as they are stored, as plain values; None if there is none."""
    session.flush()
    if kind == PERSON:
        return _person(session, subject_id)
    return _team(session, subject_id) if kind == TEAM else _time_off(session, subject_id)


def note_change(
    session: Session, command: str, actor: Actor, kind: str, subject_id: UUID, before: Facts | None, now: datetime
) -> UUID | None:
    """Write a change into the audit log and see to what follows from it; None if nothing changed."""
    after = facts_of(session, kind, subject_id)
    if after == before:
        return None
    was, is_ = before or {}, after or {}
    told = {name: [was.get(name), is_.get(name)] for name in {**was, **is_} if was.get(name) != is_.get(name)}
    undo = {"kind": kind, "subject": str(subject_id), "before": before, "after": after}
    entry = record(session, command, actor, now, str(subject_id), {"changed": told}, undo)
    _follow(session, actor, kind, subject_id, after or before or {}, now)
    return entry


def undo_change(session: Session, command: Undo, now: datetime) -> Changed:
    """Take a change of the set-up back.

    Raises ``Gone`` where it was changed again since, ``NotAllowed``, ``NotFound``.
    """
    entry = session.get(AuditEntry, command.causation_id, with_for_update=True)
    undo = (entry.undo if entry else None) or {}
    if entry is None or undo.get("kind") not in (PERSON, TEAM, TIME_OFF):
        raise NotFound("There is nothing to take back here.")
    kind, subject_id = str(undo["kind"]), UUID(undo["subject"])
    facts: Facts = undo["before"] or undo["after"] or {}
    if kind == TIME_OFF:
        may_enter(session, command.actor, UUID(facts["person_id"]))
    else:
        may_set_up(command.actor)
        one_at_a_time(session)
    if entry.undone_at is not None:
        raise Gone("That was taken back already.")
    if facts_of(session, kind, subject_id) != undo["after"]:
        raise Gone("Somebody changed it again since. Open it and change it by hand.")
    _restore(session, kind, subject_id, undo["before"])
    if kind == PERSON:
        still_administered(session)
    entry.undone_at = now
    causation = record(session, "undo", command.actor, now, str(subject_id), causation_id=entry.id)
    _follow(session, command.actor, kind, subject_id, facts, now)
    return Changed("Taken back.", subject_id, causation)


def _follow(session: Session, actor: Actor, kind: str, subject_id: UUID, facts: Facts, now: datetime) -> None:
    """Plans and lists come at other times, leads that wait may have somebody now, homes show it."""
    session.flush()
    homes = {actor.person_id}
    if kind in (PERSON, TIME_OFF):
        person_id = subject_id if kind == PERSON else UUID(facts["person_id"])
        homes.add(person_id)
        days_changed(session, [person_id], now)
        if kind == TIME_OFF:
            arm_covers(session, now)
        take_up_held(session, now)
        greet_newcomers(session, now)
    for person_id in homes:
        refresh(session, str(person_id), View.APP_HOME)


def _person(session: Session, person_id: UUID) -> Facts | None:
    person = session.get(Person, person_id, populate_existing=True)
    if person is None:
        return None
    teams = session.execute(select(TeamMember.team_id, TeamMember.manages).where(TeamMember.person_id == person_id))
    executives = session.scalars(
        select(Alignment.ae_id).where(Alignment.rep_id == person_id).order_by(Alignment.position)
    )
    return {name: _plain(getattr(person, name)) for name in _PERSON_FACTS} | {
        "roles": sorted(held.role.value for held in person.roles),
        "teams": {str(row.team_id): row.manages for row in sorted(teams, key=lambda row: row.team_id)},
        "aes": [str(ae_id) for ae_id in executives],
    }


def _team(session: Session, team_id: UUID) -> Facts | None:
    team = session.get(Team, team_id, populate_existing=True)
    if team is None:
        return None
    managers = session.scalars(
        select(TeamMember.person_id).where(TeamMember.team_id == team_id, TeamMember.manages.is_(True))
    )
    return {name: getattr(team, name) for name in _TEAM_FACTS} | {"managers": sorted(map(str, managers))}


def _time_off(session: Session, time_off_id: UUID) -> Facts | None:
    off = session.get(TimeOff, time_off_id, populate_existing=True)
    if off is None:
        return None
    return {name: _plain(getattr(off, name)) for name in ("person_id", "starts_on", "ends_on", "cover_id")}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def _restore(session: Session, kind: str, subject_id: UUID, facts: Facts | None) -> None:
    if kind == PERSON:
        _restore_person(session, subject_id, facts)
    elif kind == TEAM:
        _restore_team(session, subject_id, facts)
    elif facts is None:
        session.execute(delete(TimeOff).where(TimeOff.id == subject_id))
    else:
        values = _time_off_values(facts)
        if time_off_within(session, values["person_id"], values["starts_on"], values["ends_on"]) is not None:
            raise Gone("Other time off was entered for those days since. Remove that first.")
        session.add(TimeOff(id=subject_id, **values))
    session.flush()


def time_off_within(session: Session, person_id: UUID, first: date, last: date) -> TimeOff | None:
    """Time off of somebody that touches these days, if there is any; both are inclusive."""
    touching = (TimeOff.starts_on <= last, TimeOff.ends_on >= first)
    return session.scalars(select(TimeOff).where(TimeOff.person_id == person_id, *touching)).first()


def _time_off_values(facts: Facts) -> Facts:
    cover = facts["cover_id"]
    return {
        "person_id": UUID(facts["person_id"]),
        "starts_on": date.fromisoformat(facts["starts_on"]),
        "ends_on": date.fromisoformat(facts["ends_on"]),
        "cover_id": UUID(cover) if cover else None,
    }


def _restore_person(session: Session, person_id: UUID, facts: Facts | None) -> None:
    person = session.get_one(Person, person_id)
    if facts is None:  # somebody added: what they did meanwhile stays, so they stay too, but out of everything
        person.active = False
        return
    began = facts["mailbox_began_on"]
    values = {name: facts[name] for name in _PERSON_FACTS} | {
        "weight": Decimal(facts["weight"]),
        "mailbox_began_on": date.fromisoformat(began) if began else None,
    }
    for name, value in values.items():
        setattr(person, name, value)
    kept = [held for held in person.roles if held.role.value in facts["roles"]]
    missing = set(facts["roles"]) - {held.role.value for held in kept}
    person.roles = kept + [PersonRole(role=Role(role)) for role in sorted(missing)]
    session.flush()
    put_teams(session, person_id, {UUID(team): manages for team, manages in facts["teams"].items()})
    put_alignment(session, person_id, [UUID(ae_id) for ae_id in facts["aes"]])


def _restore_team(session: Session, team_id: UUID, facts: Facts | None) -> None:
    if facts is None:
        others = select(TeamMember.person_id).where(TeamMember.team_id == team_id, TeamMember.manages.is_(False))
        if session.scalar(others.limit(1)) is not None:
            raise Gone("People belong to this team by now. Give them another one first.")
        session.execute(delete(TeamMember).where(TeamMember.team_id == team_id))
        session.execute(delete(Team).where(Team.id == team_id))
        return
    team = session.get_one(Team, team_id)
    for name in _TEAM_FACTS:
        setattr(team, name, facts[name])
    session.flush()
    put_managers(session, team_id, [UUID(person_id) for person_id in facts["managers"]])


def put_teams(session: Session, person_id: UUID, teams: dict[UUID, bool]) -> None:
    """Make somebody's teams these, and whether they lead them; teams that are gone are left out."""
    there = set(session.scalars(select(Team.id).where(Team.id.in_(teams))))
    session.execute(delete(TeamMember).where(TeamMember.person_id == person_id))
    rows = [{"team_id": one, "person_id": person_id, "manages": teams[one]} for one in teams if one in there]
    if rows:
        session.execute(insert(TeamMember), rows)


def put_alignment(session: Session, rep_id: UUID, ae_ids: list[UUID]) -> None:
    """Make a rep's account executives these, in this order."""
    session.execute(delete(Alignment).where(Alignment.rep_id == rep_id))
    rows = [{"rep_id": rep_id, "ae_id": ae_id, "position": place} for place, ae_id in enumerate(ae_ids, 1)]
    if rows:
        session.execute(insert(Alignment), rows)


def put_managers(session: Session, team_id: UUID, manager_ids: list[UUID]) -> None:
    """Have these people lead a team. Who led it and sells stays in it; others leave it."""
    sells = select(PersonRole.person_id).where(PersonRole.role.in_(SELLING))
    led = set(
        session.scalars(select(TeamMember.person_id).where(TeamMember.team_id == team_id, TeamMember.manages.is_(True)))
    )
    stays = set(session.scalars(sells.where(PersonRole.person_id.in_(led - set(manager_ids)))))
    session.execute(
        delete(TeamMember).where(TeamMember.team_id == team_id, TeamMember.person_id.in_(led | set(manager_ids)))
    )
    rows = [{"team_id": team_id, "person_id": one, "manages": True} for one in dict.fromkeys(manager_ids)]
    rows += [{"team_id": team_id, "person_id": one, "manages": False} for one in sorted(stays)]
    if rows:
        session.execute(insert(TeamMember), rows)


def new_subject() -> UUID:
    """An id for something new, known before it is written."""
    return new_id()
