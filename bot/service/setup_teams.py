"""Teams, set up by a form: name, brand, who leads it, its channel for hand raises (process, opening table).

What must stay true: a team's name is its own; whoever leads a team is a manager.
"""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, PersonRole, Team
from bot.domain.errors import NotFound, UserError
from bot.domain.setup_commands import SaveTeam
from bot.domain.terms import Role
from bot.service.setup_changes import (
    TEAM,
    Changed,
    facts_of,
    may_set_up,
    new_subject,
    note_change,
    one_at_a_time,
    put_managers,
)
from bot.service.setup_seen import check_seen

_LONGEST = 255
_DOMAIN = re.compile(r"(?=.{4,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def save_team(session: Session, command: SaveTeam, now: datetime) -> Changed:
    """Add a team, or change it. Raises ``NotAllowed``, ``NotFound``, ``UserError`` with the field."""
    may_set_up(command.actor)
    one_at_a_time(session)
    team_id = command.team_id or new_subject()
    team = session.get(Team, team_id, with_for_update=True)
    if team is None and command.team_id is not None:
        raise NotFound("That team is not there any more.")
    before = facts_of(session, TEAM, team_id)
    check_seen(before, command.seen, "name")
    values = _values(session, command, team_id)
    managers = _managers(session, command.manager_ids)
    if team is None:
        session.add(Team(id=team_id, **values))
    else:
        for name, value in values.items():
            setattr(team, name, value)
    session.flush()
    put_managers(session, team_id, [person.id for person in managers])
    for person in managers:
        if all(held.role is not Role.MANAGER for held in person.roles):
            person.roles.append(PersonRole(role=Role.MANAGER))
    entry = note_change(session, "save_team", command.actor, TEAM, team_id, before, now)
    said = str(values["name"])
    if entry is None:
        return Changed(f"{said} is as before.", team_id, None)
    remarks = () if managers else ("Nobody leads it yet, so nobody hears when a lead is left waiting.",)
    return Changed(f"{said} is {'changed' if before else 'added'}.", team_id, entry, remarks)


def _values(session: Session, command: SaveTeam, team_id: UUID) -> dict[str, str | None]:
    name = command.name.strip()
    if not name:
        raise UserError("What is the team called?", field="name")
    others = session.scalars(select(Team.name).where(Team.id != team_id))
    if name.casefold() in {other.casefold() for other in others}:  # nobody could tell "Nordics" from "nordics"
        raise UserError("Another team has that name.", field="name")
    texts: dict[str, str] = {"name": name, "brand_name": command.brand_name, "postal_address": command.postal_address}
    for field, text in texts.items():
        if len(text.strip()) > _LONGEST:
            raise UserError(f"At most {_LONGEST} characters fit here.", field=field)
    domain = command.domain.strip().lower().removeprefix("https://").removeprefix("www.").rstrip("/")
    if domain and not _DOMAIN.fullmatch(domain):
        raise UserError("That is not a domain. Write it like brightpath.example.", field="domain")
    return {
        "name": name,
        "brand_name": command.brand_name.strip() or None,
        "postal_address": " ".join(command.postal_address.split()) or None,
        "domain": domain or None,
        "inbound_channel": command.inbound_channel.strip() or None,
    }


def _managers(session: Session, ids: tuple[UUID, ...]) -> list[Person]:
    people = {one.id: one for one in session.scalars(select(Person).where(Person.id.in_(ids), Person.active.is_(True)))}
    if len(people) < len(set(ids)):
        raise UserError("One of them is not on the team any more.", field="managers")
    return [people[one] for one in dict.fromkeys(ids)]
