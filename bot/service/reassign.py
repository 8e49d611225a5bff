"""Giving much work to others at once: a leaver's, a territory's (day-one needs).

What must stay true: nothing changes before somebody saw how much it is and of whom; a manager gives away only what is
in their teams, to people in them; it is carried out in slices, each a transaction of its own, and told when it is done.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.db.models import Team, TeamMember
from bot.db.queries.led_teams import teams_led_by
from bot.db.queries.reassign import Colleague, colleagues, count_work, list_work, owned_by, reps_of_team, weigh
from bot.domain.commands import Actor
from bot.domain.countries import country_code
from bot.domain.errors import NotAllowed, UserError
from bot.domain.reassigning import (
    CLOSING,
    MOST_TARGETS,
    PAGE,
    Preview,
    PreviewLine,
    Reassign,
    Scope,
    Split,
    Work,
    WorkLine,
    even_split,
)
from bot.domain.terms import SELLING, Role
from bot.service.audit import record
from bot.service.availability import absences
from bot.service.contact_text import clean_lines
from bot.service.due import fall_due

JOB = "reassign"
"""The due job that carries a reassignment out, slice by slice; its subject is the audit entry."""
COMMAND = "reassign"
NAMES = 5
"""How many names of a kind the preview begins with."""
FROM, COUNTRY, ACCOUNT_OWNER, TO, TEAM, WORKS, REASON = (
    "from",
    "country",
    "account_owner",
    "to",
    "team",
    "works",
    "reason",
)
"""Fields of the form that an error stands beside."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A checked reassignment: whose work, and who of ours can be given which."""

    scope: Scope
    giver: Colleague | None
    targets: tuple[Colleague, ...]
    works: tuple[Work, ...]
    reason: str

    def takers(self, work: Work) -> list[UUID]:
        """Who can be given a kind of work."""
        return [one.id for one in self.targets if work not in CLOSING or Role.AE in one.roles]


@dataclass(frozen=True, slots=True)
class Begun:
    """A reassignment on its way."""

    job_id: UUID
    total: int


def may_reassign(actor: Actor) -> None:
    """Let admins and managers. Raises ``NotAllowed``."""
    if not actor.has(Role.ADMIN, Role.MANAGER):
        raise NotAllowed("Managers and admins give much work away at once. A single lead: its menu, “Give back…”.")


def manager_of(actor: Actor) -> UUID | None:
    """Whose teams bound what ``actor`` may give away; None for admins."""
    return None if actor.has(Role.ADMIN) else actor.person_id


def plan(session: Session, command: Reassign, now: datetime) -> Planned:
    """Check a reassignment. Raises ``NotAllowed``, ``UserError`` beside the field that is wrong."""
    may_reassign(command.actor)
    if not command.works:
        raise UserError("Choose what to give away.", field=WORKS)
    reason = clean_lines(command.reason).strip()
    if not reason:
        raise UserError("A word on why, please: it is kept with each of them.", field=REASON)
    territory = _territory(command)
    if command.from_id is None and not territory.territory:
        raise UserError("Whose work is it? Choose somebody, or name a territory.", field=FROM)
    targets = _targets(session, command, now)
    known = colleagues(session, [command.from_id, *targets])
    giver = known.get(command.from_id) if command.from_id else None
    people = tuple(known[one] for one in targets if one in known)
    _check_people(session, command, giver, people)
    scope = replace(territory, from_id=command.from_id, to_ids=tuple(targets), manager_id=manager_of(command.actor))
    return Planned(scope, giver, people, tuple(work for work in Work if work in command.works), reason)


def _territory(command: Reassign) -> Scope:
    typed = " ".join((command.country or "").split())
    country = country_code(typed) if typed else None
    if typed and country is None:
        raise UserError(f"I know no country “{typed[:40]}”. Write its name or code.", field=COUNTRY)
    industry = " ".join((command.industry or "").split()) or None
    return Scope(country=country, industry=industry, account_owner_id=command.account_owner_id)


def _targets(session: Session, command: Reassign, now: datetime) -> list[UUID]:
    """The new owners by id: by name, or a team's reps who are on shift."""
    if command.team_id is None:
        found = list(dict.fromkeys(command.to_ids))
    else:
        found = reps_of_team(session, command.team_id)
        away = absences(session, found, now, command.actor.timezone)
        found = [one for one in found if one not in away and one != command.from_id]
        if not found:
            name = session.scalar(select(Team.name).where(Team.id == command.team_id)) or "that team"
            raise UserError(f"Nobody of {name} is on shift now. Choose people by name.", field=TEAM)
    if not found:
        raise UserError("Who gets it? Choose one or several, or a team.", field=TO)
    if len(found) > MOST_TARGETS:
        raise UserError(f"That is more than {MOST_TARGETS} people. Choose fewer.", field=TO)
    return found


def _check_people(session: Session, command: Reassign, giver: Colleague | None, people: tuple[Colleague, ...]) -> None:
    for field, missing in ((FROM, command.from_id is not None and giver is None), (TO, not people)):
        if missing:
            raise UserError("They are not in the database any more.", field=field)
    for one in people:
        if refused := _why_not(one, command):
            raise UserError(refused, field=TO)
    manager_id = manager_of(command.actor)
    if manager_id is None:
        return
    for field, some in ((FROM, [giver] if giver else []), (TO, list(people))):
        for one in some:
            if not _leads(session, manager_id, one.id):
                raise NotAllowed(f"{one.name} is not in your teams. An admin can do this.", field=field)


def _why_not(one: Colleague, command: Reassign) -> str | None:
    """Why somebody cannot be given work; None if they can."""
    if one.id == command.from_id:
        return f"{one.name} has it already. Choose somebody else."
    if not one.active or not one.roles.intersection(SELLING):
        return f"{one.name} can't be given work here. Choose a rep or an account executive."
    return None if one.in_slack else f"I can't find {one.name} in Slack, so they would not hear of it."


def _leads(session: Session, manager_id: UUID, person_id: UUID) -> bool:
    mine = teams_led_by(manager_id)
    theirs = exists().where(TeamMember.person_id == person_id, TeamMember.team_id.in_(mine))
    return bool(session.scalar(select(theirs)))


def preview(session: Session, command: Reassign, now: datetime) -> Preview:
    """What would happen, with counts and first names; changes nothing. Raises what ``plan`` raises.

    Raises ``UserError`` where there is nothing of it at all.
    """
    planned = plan(session, command, now)
    lines = []
    for work in planned.works:
        count = count_work(session, work, planned.scope)
        if count:
            first = tuple(list_work(session, work, planned.scope, 0, NAMES))
            lines.append(PreviewLine(work, count, first, not planned.takers(work)))
    if not lines:
        whose = f"{planned.giver.name} has nothing of that." if planned.giver else "Nothing of that lies there."
        raise UserError(f"{whose} Choose other kinds of work, or another territory.", field=WORKS)
    given = tuple(line.work for line in lines if not line.stays)
    scope = planned.scope
    fixed = replace(command, to_ids=scope.to_ids, team_id=None, works=given, reason=planned.reason)
    owner = (
        colleagues(session, [command.account_owner_id]).get(command.account_owner_id)
        if command.account_owner_id
        else None
    )
    under_way = 0
    if planned.giver is not None and Role.AE in planned.giver.roles:
        under_way = owned_by(session, planned.giver.id).under_way
    return Preview(
        fixed,
        planned.giver.name if planned.giver else None,
        owner.name if owner else None,
        tuple(lines),
        _shares(session, planned, given),
        under_way,
    )


def splits(session: Session, planned: Planned) -> dict[str, Split]:
    """Who gets which company: of work for anybody, and of work for account executives alone."""
    found: dict[str, Split] = {}
    for name, closing in (("any", False), ("closing", True)):
        works = [work for work in planned.works if (work in CLOSING) is closing and planned.takers(work)]
        if works:
            found[name] = even_split(planned.takers(works[0]), weigh(session, works, planned.scope))
    return found


def _shares(session: Session, planned: Planned, works: tuple[Work, ...]) -> tuple[tuple[str, int], ...]:
    shares = dict.fromkeys((one.id for one in planned.targets), 0)
    for name, split in splits(session, planned).items():
        some = [work for work in works if (work in CLOSING) is (name == "closing")]
        for group, weight in weigh(session, some, planned.scope).items():
            shares[split.target(group)] += weight
    return tuple((one.name, shares[one.id]) for one in planned.targets)


def page_of(session: Session, command: Reassign, work: Work, page: int, now: datetime) -> tuple[list[WorkLine], int]:
    """A page of the names behind a count of the preview, and how many there are."""
    scope = plan(session, command, now).scope
    return list_work(session, work, scope, page * PAGE, PAGE), count_work(session, work, scope)


def begin_reassign(session: Session, command: Reassign, now: datetime) -> Begun:
    """Have it carried out. Raises what ``plan`` raises, and ``UserError`` where nothing is left to give away."""
    planned = plan(session, command, now)
    works = [work for work in planned.works if planned.takers(work)]
    counts = {work.value: count_work(session, work, planned.scope) for work in works}
    total = sum(counts.values())
    if not total:
        raise UserError("There is nothing of it any more.", field=WORKS)
    detail: dict[str, Any] = {
        "scope": {name: _plain(value) for name, value in asdict(planned.scope).items()},
        "works": [work.value for work in works if counts[work.value]],
        "splits": {name: _packed(split) for name, split in splits(session, planned).items()},
        "reason": planned.reason,
        "expected": counts,
        "given": {},
        "shares": {},
        "from": {},
        "left": [],
        "cursor": [0, None],
    }
    subject = str(planned.giver.id) if planned.giver else ""
    job_id = record(session, COMMAND, command.actor, now, subject, detail)
    fall_due(session, JOB, str(job_id), "0", now)
    return Begun(job_id, total)


def _packed(split: Split) -> dict[str, Any]:
    return {"targets": [str(one) for one in split.targets], "bounds": list(split.bounds)}


def split_of(packed: Mapping[str, Any]) -> Split:
    """A split as ``begin_reassign`` kept it."""
    return Split(tuple(UUID(one) for one in packed["targets"]), tuple(packed["bounds"]))


def scope_of(packed: Mapping[str, Any]) -> Scope:
    """A scope as ``begin_reassign`` kept it."""
    ids = {name: UUID(packed[name]) if packed[name] else None for name in ("from_id", "account_owner_id", "manager_id")}
    to_ids = tuple(UUID(one) for one in packed["to_ids"])
    return Scope(**ids, country=packed["country"], industry=packed["industry"], to_ids=to_ids)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(one) for one in value]
    return str(value) if isinstance(value, UUID) else value
