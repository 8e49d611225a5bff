"""Reads for the set-up by forms: a person, a team, days off, whom a menu offers.

What must stay true: each read is bounded, however many people there are; a typeahead offers what one menu holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.base import new_id
from bot.db.models import Alignment, Person, PersonRole, Setting, Team, TeamMember, TimeOff
from bot.db.queries.led_teams import teams_led_by
from bot.db.queries.reassign import Owned, owned_by
from bot.domain.commands import Actor
from bot.domain.errors import NotFound
from bot.domain.terms import Role

MENU = 100
TEAMS_PAGE = 15
OFF_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Pick:
    """Somebody, or a team, as one option of a menu."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OffLine:
    """Days somebody is away, both inclusive."""

    id: UUID
    name: str
    starts_on: date
    ends_on: date
    cover: str | None


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One of us as they are set up. ``hours``: None means the playbook's. ``teams``: with whether they lead it."""

    id: UUID
    name: str
    email: str
    slack_user_id: str | None
    active: bool
    roles: tuple[Role, ...]
    teams: tuple[tuple[Pick, bool], ...]
    timezone: str
    timezone_overridden: bool
    hours: str | None
    country: str | None
    weight: str
    open_lead_cap: int | None
    on_call: bool
    evening_wave: bool
    mailbox_began_on: date | None
    video_link: str | None
    channel: str | None
    """A channel's id, or a name that is not looked up yet."""
    aes: tuple[Pick, ...]
    off: tuple[OffLine, ...]
    owned: Owned


@dataclass(frozen=True, slots=True)
class TeamCard:
    """A team as it is set up."""

    id: UUID
    name: str
    brand_name: str | None
    postal_address: str | None
    domain: str | None
    inbound_channel: str | None
    managers: tuple[Pick, ...]
    people: int


@dataclass(frozen=True, slots=True)
class TeamsPage:
    """A page of teams, by name."""

    lines: tuple[TeamCard, ...]
    page: int
    total: int


def person_card(session: Session, person_id: UUID, today: date) -> PersonCard:
    """One of us, also somebody who left. Raises ``NotFound``."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("They are not set up here.")
    teams = session.execute(
        select(Team.id, Team.name, TeamMember.manages)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.person_id == person_id)
        .order_by(Team.name)
    )
    executive = aliased(Person)
    aes = session.execute(
        select(executive.id, executive.name)
        .join(Alignment, Alignment.ae_id == executive.id)
        .where(Alignment.rep_id == person_id)
        .order_by(Alignment.position)
    )
    same = ("id", "name", "email", "slack_user_id", "active", "timezone", "timezone_overridden", "hours", "country")
    rest = ("open_lead_cap", "on_call", "evening_wave", "mailbox_began_on", "video_link")
    return PersonCard(
        **{name: getattr(person, name) for name in (*same, *rest)},
        weight=f"{person.weight.normalize():f}",
        channel=_channel_id(session, person.channel),
        roles=tuple(sorted((held.role for held in person.roles), key=list(Role).index)),
        teams=tuple((Pick(row.id, row.name), row.manages) for row in teams),
        aes=tuple(Pick(row.id, row.name) for row in aes),
        off=coming_off(session, today, [person_id]),
        owned=owned_by(session, person_id),
    )


def unknown_person(name: str, email: str, slack_user_id: str, timezone: str) -> PersonCard:
    """Somebody of whom only what Slack says is known."""
    return PersonCard(
        id=new_id(),
        name=name,
        email=email,
        slack_user_id=slack_user_id,
        active=True,
        roles=(),
        teams=(),
        timezone=timezone,
        timezone_overridden=False,
        hours=None,
        country=None,
        weight="1",
        open_lead_cap=None,
        on_call=False,
        evening_wave=False,
        mailbox_began_on=None,
        video_link=None,
        channel=None,
        aes=(),
        off=(),
        owned=Owned({}),
    )


def _channel_id(session: Session, channel: str | None) -> str | None:
    """A channel's id where its name was looked up already."""
    if channel is None or not channel.startswith("#"):
        return channel
    known = session.get(Setting, "channels")
    return str(known.value.get(channel, channel)) if known is not None else channel


def coming_off(session: Session, today: date, people: Sequence[UUID] | None = None) -> tuple[OffLine, ...]:
    """Who is away now or will be, soonest first, ``OFF_SHOWN`` and one more; of ``people`` alone where given."""
    cover = aliased(Person)
    statement = (
        select(TimeOff.id, Person.name, TimeOff.starts_on, TimeOff.ends_on, cover.name.label("cover"))
        .join(Person, Person.id == TimeOff.person_id)
        .outerjoin(cover, cover.id == TimeOff.cover_id)
        .where(TimeOff.ends_on >= today, Person.active.is_(True))
        .order_by(TimeOff.starts_on, Person.name)
        .limit(OFF_SHOWN + 1)
    )
    if people is not None:
        statement = statement.where(TimeOff.person_id.in_(people))
    return tuple(OffLine(*row) for row in session.execute(statement))


def led_people(session: Session, actor: Actor) -> list[UUID] | None:
    """Whose time off somebody enters: None for everybody's (admins), else their own and their teams'."""
    if actor.has(Role.ADMIN):
        return None
    if not actor.has(Role.MANAGER):
        return [actor.person_id]
    led = teams_led_by(actor.person_id)
    theirs = session.scalars(select(TeamMember.person_id).where(TeamMember.team_id.in_(led)))
    return list({actor.person_id, *theirs})


def find_people(
    session: Session, typed: str, roles: Sequence[Role] = (), only: Sequence[UUID] | None = None
) -> list[Pick]:
    """Active people a word of whose name or address begins as typed; by name, as many as a menu holds."""
    statement = select(Person.id, Person.name).where(Person.active.is_(True))
    for word in typed.lower().split()[:4]:
        safe = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        name = func.lower(Person.name)
        statement = statement.where(
            or_(
                name.like(f"{safe}%", escape="\\"),
                name.like(f"% {safe}%", escape="\\"),
                Person.email.like(f"{safe}%", escape="\\"),
            )
        )
    if roles:
        statement = statement.where(exists().where(PersonRole.person_id == Person.id, PersonRole.role.in_(roles)))
    if only is not None:
        statement = statement.where(Person.id.in_(only))
    return [Pick(*row) for row in session.execute(statement.order_by(Person.name, Person.id).limit(MENU))]


def find_teams(session: Session, typed: str = "") -> list[Pick]:
    """Teams whose name holds what is typed; by name, as many as a menu holds."""
    safe = typed.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = func.lower(Team.name).like(f"%{safe}%", escape="\\")
    return [
        Pick(*row) for row in session.execute(select(Team.id, Team.name).where(like).order_by(Team.name).limit(MENU))
    ]


def teams_page(session: Session, page: int = 0) -> TeamsPage:
    """A page of teams with who leads them."""
    total = session.scalars(select(func.count()).select_from(Team)).one()
    teams = session.scalars(select(Team).order_by(Team.name).offset(page * TEAMS_PAGE).limit(TEAMS_PAGE)).all()
    return TeamsPage(tuple(_team_cards(session, teams)), page, total)


def team_card(session: Session, team_id: UUID) -> TeamCard:
    """One team. Raises ``NotFound``."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("That team is not there any more.")
    return _team_cards(session, [team])[0]


def _team_cards(session: Session, teams: Sequence[Team]) -> list[TeamCard]:
    ids = [team.id for team in teams]
    members = session.execute(
        select(TeamMember.team_id, TeamMember.manages, Person.id, Person.name)
        .join(Person, Person.id == TeamMember.person_id)
        .where(TeamMember.team_id.in_(ids), Person.active.is_(True))
        .order_by(Person.name)
    ).all()
    names = ("id", "name", "brand_name", "postal_address", "domain", "inbound_channel")
    return [
        TeamCard(
            **{name: getattr(team, name) for name in names},
            managers=tuple(Pick(row.id, row.name) for row in members if row.team_id == team.id and row.manages),
            people=sum(row.team_id == team.id and not row.manages for row in members),
        )
        for team in teams
    ]
