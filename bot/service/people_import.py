"""Our people from a file: who they are first, then how they belong together (process, opening table).

What must stay true: only what a row says is changed; nobody is removed; the rows were checked against each other
before (``domain.people_checks``).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Alignment, Person, PersonRole, Team, TeamMember
from bot.domain.commands import Actor
from bot.domain.import_rows import ImportPeople, KnownPerson, PersonRow
from bot.domain.terms import Role
from bot.outbox.enqueue import insert_once
from bot.service import audit
from bot.service.changed_days import days_changed
from bot.service.context import playbook
from bot.service.greeting import greet_newcomers
from bot.service.touch_list_times import arm_lists


@dataclass(frozen=True, slots=True)
class Imported:
    """The lines that added somebody, and those that changed something."""

    added: frozenset[int] = frozenset()
    changed: frozenset[int] = frozenset()

    def __or__(self, other: "Imported") -> "Imported":
        return Imported(self.added | other.added, self.changed | other.changed)


def known_people(session: Session) -> dict[str, KnownPerson]:
    """Return the active people by e-mail, with their roles."""
    people = session.scalars(select(Person).where(Person.active.is_(True)))
    return {one.email: KnownPerson(one.name, frozenset(held.role for held in one.roles)) for one in people}


def nobody_administers(session: Session) -> bool:
    """Whether no active person holds the role admin."""
    held = exists().where(PersonRole.person_id == Person.id, PersonRole.role == Role.ADMIN)
    return session.scalar(select(Person.id).where(Person.active.is_(True), held).limit(1)) is None


def import_people(session: Session, command: ImportPeople, now: datetime) -> Imported:
    """Add people and change what the rows say of them: facts, roles, the teams they belong to."""
    people = _people(session, [row.email for row in command.rows])
    teams = _teams(session, {name for row in command.rows for name in row.teams or ()})
    added: set[int] = set()
    changed: set[int] = set()
    other_days: list[UUID] = []
    for row in command.rows:
        person = people.get(row.email)
        if person is None:
            person = new_person(row.email, row.name, playbook(session).people.timezone, now)
            session.add(person)
            people[row.email] = person
            added.add(row.line)
        before = _days_of(person)
        if _tell(person, row) | _give_roles(person, row):
            changed.add(row.line)
        if row.line not in added and _days_of(person) != before:
            other_days.append(person.id)
    days_changed(session, other_days, now)
    session.flush()
    members = _members(session, [person.id for person in people.values()])
    for row in command.rows:
        person_id = people[row.email].id
        if _join(session, person_id, row, members.get(person_id, {}), teams):
            changed.add(row.line)
    return Imported(frozenset(added), frozenset(changed))


def align_people(session: Session, command: ImportPeople, now: datetime) -> Imported:
    """Align reps with their AEs, and teams with those who lead them; everybody named is there by now."""
    named = {row.email for row in command.rows}
    named |= {email for row in command.rows for email in (*(row.aligned_aes or ()), row.led_by) if email}
    ids = {email: person.id for email, person in _people(session, list(named)).items()}
    changed = {
        row.line
        for row in command.rows
        if _align(session, ids[row.email], row, ids) | _put_under(session, ids[row.email], row, ids)
    }
    return Imported(changed=frozenset(changed))


def finish_people_import(session: Session, actor: Actor | None, now: datetime, done: Imported) -> UUID:
    """Write into the audit log that people were imported."""
    arm_lists(session, now)
    greet_newcomers(session, now)
    counts = {"added": len(done.added), "changed": len(done.changed - done.added)}
    return audit.record(session, "import_people", actor, now, "", counts)


def new_person(email: str, name: str | None, timezone: str, now: datetime) -> Person:
    """Return somebody of whom only the address is known; the name is made from it where there is none."""
    from_address = email.partition("@")[0].replace(".", " ").replace("_", " ").title()
    return Person(
        id=new_id(),
        email=email,
        name=name or from_address,
        timezone=timezone,
        timezone_overridden=False,
        skills=[],
        weight=Decimal(1),
        on_call=False,
        turn=0.0,
        active=True,
        created_at=now,
        roles=[],
    )


def _people(session: Session, emails: list[str]) -> dict[str, Person]:
    return {person.email: person for person in session.scalars(select(Person).where(Person.email.in_(emails)))}


def _tell(person: Person, row: PersonRow) -> bool:
    """Take over the facts that the row gives; whoever is listed is active."""
    given: dict[str, Any] = {
        "name": row.name,
        "timezone": row.timezone,
        "timezone_overridden": True if row.timezone else None,
        "country": row.country,
        "weight": row.weight,
        "active": True,
    }
    wanted = {fact: said for fact, said in given.items() if said is not None}
    if row.hours is not None:
        wanted["hours"] = row.hours or None
    if row.channel is not None:
        wanted["channel"] = row.channel or None
    changes = {fact: said for fact, said in wanted.items() if getattr(person, fact) != said}
    for fact, said in changes.items():
        setattr(person, fact, said)
    return bool(changes)


def _days_of(person: Person) -> tuple[str | None, ...]:
    """What somebody's working days hang on."""
    return person.hours, person.timezone, person.country


def _give_roles(person: Person, row: PersonRow) -> bool:
    held = {one.role for one in person.roles}
    wanted = set(row.roles) if row.roles is not None else set(held)
    if row.leads_own_teams:
        wanted.add(Role.MANAGER)
    if wanted == held:
        return False
    person.roles = [one for one in person.roles if one.role in wanted] + [
        PersonRole(role=role) for role in sorted(wanted - held)
    ]
    return True


def _teams(session: Session, names: set[str]) -> dict[str, UUID]:
    """Find the teams by name; make those that are new."""
    if not names:
        return {}
    values = [{"id": new_id(), "name": name} for name in sorted(names)]
    session.connection().execute(insert_once(session, Team), values)
    return dict(session.execute(select(Team.name, Team.id).where(Team.name.in_(names))).all())


def _members(session: Session, ids: list[UUID]) -> dict[UUID, dict[UUID, bool]]:
    """Return for each person the teams they belong to, and whether they lead them."""
    found: dict[UUID, dict[UUID, bool]] = {}
    for one in session.scalars(select(TeamMember).where(TeamMember.person_id.in_(ids))):
        found.setdefault(one.person_id, {})[one.team_id] = one.manages
    return found


def _join(session: Session, person_id: UUID, row: PersonRow, stored: dict[UUID, bool], teams: dict[str, UUID]) -> bool:
    """Make the memberships what the row says. Teams that somebody leads stay theirs until ``manager`` says no."""
    leads = row.leads_own_teams
    kept = {team: manages and leads is not False for team, manages in stored.items()}
    own = [teams[name] for name in row.teams] if row.teams is not None else list(kept)
    wanted = {team: manages for team, manages in kept.items() if manages or team in own}
    wanted |= {team: bool(leads) or wanted.get(team, False) for team in own}
    if wanted == stored:
        return False
    session.execute(delete(TeamMember).where(TeamMember.person_id == person_id))
    if wanted:
        values = [{"team_id": team, "person_id": person_id, "manages": manages} for team, manages in wanted.items()]
        session.execute(insert(TeamMember), values)
    return True


def _align(session: Session, rep_id: UUID, row: PersonRow, ids: dict[str, UUID]) -> bool:
    if row.aligned_aes is None:
        return False
    wanted = [ids[email] for email in row.aligned_aes]
    stored = session.scalars(select(Alignment.ae_id).where(Alignment.rep_id == rep_id).order_by(Alignment.position))
    if stored.all() == wanted:
        return False
    session.execute(delete(Alignment).where(Alignment.rep_id == rep_id))
    if wanted:
        values = [{"rep_id": rep_id, "ae_id": ae_id, "position": place} for place, ae_id in enumerate(wanted, 1)]
        session.execute(insert(Alignment), values)
    return True


def _put_under(session: Session, person_id: UUID, row: PersonRow, ids: dict[str, UUID]) -> bool:
    """Have the person whom ``manager`` names lead the teams that this person belongs to."""
    if row.led_by is None:
        return False
    leader = ids[row.led_by]
    own = select(TeamMember.team_id).where(TeamMember.person_id == person_id, TeamMember.manages.is_(False))
    led = select(TeamMember.team_id).where(TeamMember.person_id == leader, TeamMember.manages.is_(True))
    missing = session.scalars(own.where(TeamMember.team_id.not_in(led))).all()
    if not missing:
        return False
    session.execute(delete(TeamMember).where(TeamMember.person_id == leader, TeamMember.team_id.in_(missing)))
    session.execute(insert(TeamMember), [{"team_id": team, "person_id": leader, "manages": True} for team in missing])
    return True
