"""What App Home shows admins: what is missing in the set-up, who and what there is, how it runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.db.models import Alignment, Person, PersonRole, Team, TeamMember
from bot.db.queries.health import Health, health
from bot.domain.terms import SELLING, Role
from bot.playbook.schema import Playbook

NAMED = 6
UNNAMED = "Our company"
"""What ``texts.our_company`` of the playbook says as it comes."""
NEEDED = (Role.MRR, Role.AE, Role.MANAGER)
"""Without somebody in each of these roles a raised hand goes nowhere."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """One of us, or a team, that lacks something."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class SetupState:
    """The set-up. ``teamless``: who sells and belongs to no team; lists hold a few, the counts are of all."""

    people: int
    by_role: tuple[tuple[Role, int], ...]
    teams: int
    missing_roles: tuple[Role, ...]
    without_slack: tuple[Somebody, ...]
    without_role: tuple[Somebody, ...]
    teamless: tuple[Somebody, ...]
    unaligned: tuple[Somebody, ...]
    without_channel: tuple[Somebody, ...]
    unled: tuple[Somebody, ...]
    channels: tuple[tuple[str, str], ...]
    """Whose, and which: teams' own channels for hand raises."""
    inbound: str
    managers: str | None
    least_aligned: int
    most_aligned: int
    playbook_number: int | None
    health: Health
    no_company: bool = False
    """Whether the playbook still says what it came with instead of our company's name."""
    no_phone: bool = False
    without_address: tuple[str, ...] = ()
    """Teams whose e-mails carry no postal address."""


def setup_state(session: Session, now: datetime, rules: Playbook, number: int | None) -> SetupState:
    """The state of the set-up."""
    active = Person.active.is_(True)
    roles = session.execute(
        select(PersonRole.role, func.count())
        .join(Person, Person.id == PersonRole.person_id)
        .where(active)
        .group_by(PersonRole.role)
    )
    by_role = {row[0]: row[1] for row in roles}
    aligned = select(func.count()).where(Alignment.rep_id == Person.id).correlate(Person).scalar_subquery()
    in_team = exists().where(TeamMember.person_id == Person.id)
    led = exists().where(TeamMember.team_id == Team.id, TeamMember.manages.is_(True))
    sells = select(PersonRole.person_id).where(PersonRole.role.in_(SELLING))
    needs_leader = exists().where(TeamMember.team_id == Team.id, TeamMember.person_id.in_(sells))
    own = session.execute(
        select(Team.name, Team.inbound_channel)
        .where(Team.inbound_channel.is_not(None))
        .order_by(Team.name)
        .limit(NAMED)
    )
    return SetupState(
        people=session.scalars(select(func.count()).select_from(Person).where(active)).one(),
        by_role=tuple((role, by_role[role]) for role in Role if by_role.get(role)),
        teams=session.scalars(select(func.count()).select_from(Team)).one(),
        missing_roles=tuple(role for role in NEEDED if not by_role.get(role)),
        without_slack=_people(session, Person.slack_user_id.is_(None)),
        without_role=_people(session, ~exists().where(PersonRole.person_id == Person.id)),
        teamless=_people(session, _holds(Role.MRR, Role.SDR, Role.AE), ~in_team),
        unaligned=_people(session, _holds(Role.MRR, Role.SDR), aligned < rules.people.min_aligned_aes),
        without_channel=_people(session, _holds(Role.AE), Person.channel.is_(None)),
        unled=tuple(
            Somebody(*row)
            for row in session.execute(
                select(Team.id, Team.name).where(needs_leader, ~led).order_by(Team.name).limit(NAMED)
            )
        ),
        channels=tuple((row[0], str(row[1])) for row in own),
        inbound=rules.channels.inbound,
        managers=rules.channels.managers,
        least_aligned=rules.people.min_aligned_aes,
        most_aligned=rules.people.max_aligned_aes,
        playbook_number=number,
        health=health(session, now),
        no_company=rules.texts.our_company == UNNAMED,
        no_phone=not rules.texts.our_phone.strip(),
        without_address=tuple(
            session.scalars(
                select(Team.name)
                .where(func.coalesce(Team.postal_address, "") == "", needs_leader)
                .order_by(Team.name)
                .limit(NAMED)
            )
        ),
    )


def _holds(*roles: Role) -> Any:
    return exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(roles))


def _people(session: Session, *where: Any) -> tuple[Somebody, ...]:
    rows = session.execute(
        select(Person.id, Person.name)
        .where(Person.active.is_(True), *where)
        .order_by(Person.name, Person.id)
        .limit(NAMED)
    )
    return tuple(Somebody(*row) for row in rows)
