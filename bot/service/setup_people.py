"""People of ours, set up by forms: add, change, deactivate, align (process, opening table).

What must stay true: the form takes what people.csv takes, by the same checks; somebody always administers.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Person, Team
from bot.db.queries.reassign import owned_by
from bot.domain.errors import NotAllowed, NotFound, UserError
from bot.domain.import_rows import ImportPeople, PersonRow
from bot.domain.matching import normalise_email
from bot.domain.people_checks import check_people
from bot.domain.people_facts import FactError, read_channel, read_country, read_hours, read_weight, read_zone
from bot.domain.setup_commands import AlignExecutives, DeactivatePerson, SavePerson
from bot.domain.terms import Role
from bot.playbook.schema.people import People
from bot.service.context import playbook
from bot.service.people_import import align_people, import_people, known_people
from bot.service.setup_changes import (
    PERSON,
    Changed,
    facts_of,
    may_set_up,
    note_change,
    one_at_a_time,
    still_administered,
)
from bot.service.setup_seen import check_seen

_HIGHEST_CAP = 100_000
_LONGEST_LINK = 500
_LONGEST = 255
_LINE = 1
"""A form is a file of one row."""


def save_person(session: Session, command: SavePerson, now: datetime) -> Changed:
    """Add somebody, or change what is known of them. Raises ``NotAllowed``, ``UserError`` with the field."""
    may_set_up(command.actor)
    one_at_a_time(session)
    known = known_as(session, command.slack_user_id, command.email)
    before = facts_of(session, PERSON, known.id) if known else None
    check_seen(before, command.seen, "name")
    row = _row(session, command, known.email if known else None)
    extra = _extra(command)
    _import(session, row, now)
    person = session.scalars(select(Person).where(Person.email == row.email)).one()
    for name, value in extra.items():
        setattr(person, name, value)
    person.country = row.country
    _place(session, person, command)
    still_administered(session)
    entry = note_change(session, "save_person", command.actor, PERSON, person.id, before, now)
    if entry is None:
        return Changed(f"{person.name} is as before.", person.id, None)
    word = "added" if before is None else "changed" if before["active"] else "back"
    return Changed(f"{person.name} is {word}.", person.id, entry, _remarks(session, person, playbook(session).people))


def known_as(session: Session, slack_user_id: str | None, email: str) -> Person | None:
    """Who it is, by their Slack user, else by address."""
    if slack_user_id:
        by_id = session.scalars(select(Person).where(Person.slack_user_id == slack_user_id)).first()
        if by_id is not None:
            return by_id
    return session.scalars(select(Person).where(Person.email == normalise_email(email))).first()


def _row(session: Session, command: SavePerson, known_email: str | None) -> PersonRow:
    """The form as a row of people.csv. Raises ``UserError``."""
    email = known_email or normalise_email(command.email)
    if email is None or len(email) > _LONGEST:
        raise UserError("Slack shows me no e-mail address of theirs, and I know people by it.", field="who")
    if not command.roles:
        raise UserError("Pick at least one role.", field="roles")
    if not command.name.strip():
        raise UserError("What is their name?", field="name")
    found = {row.id: row.name for row in session.execute(select(Team.id, Team.name))}
    return PersonRow(
        line=_LINE,
        email=email,
        name=command.name.strip()[:_LONGEST],
        roles=command.roles,
        teams=tuple(found[team] for team in command.team_ids if team in found),
        timezone=_fact("timezone", read_zone, command.timezone),
        country=_fact("country", read_country, command.country),
        hours=_fact("hours", read_hours, command.hours) or "",
        weight=_fact("weight", read_weight, command.weight or "1"),
        channel=_fact("channel", read_channel, command.channel) or "",
    )


def _fact(field: str, read: Any, text: str) -> Any:
    said = text.strip()
    if len(said) > _LONGEST:
        raise UserError(f"At most {_LONGEST} characters fit here.", field=field)
    try:
        return read(said)
    except FactError as error:
        sentence = str(error)
        raise UserError(f"{sentence[:1].upper()}{sentence[1:]}.".replace("?.", "?"), field=field) from None


def _extra(command: SavePerson) -> dict[str, Any]:
    """What people.csv has no column for."""
    cap = command.open_lead_cap.strip()
    if cap and not (cap.isdecimal() and 1 <= int(cap) <= _HIGHEST_CAP):
        raise UserError("Write a whole number, like 40, or nothing for no cap.", field="open_lead_cap")
    link = command.video_link.strip()
    if link and (not link.startswith("https://") or len(link) > _LONGEST_LINK or len(link.split()) > 1):
        raise UserError("A video link begins with https://.", field="video_link")
    return {
        "open_lead_cap": int(cap) if cap else None,
        "on_call": command.on_call,
        "evening_wave": command.evening_wave,
        "mailbox_began_on": command.mailbox_began_on,
        "video_link": link or None,
    }


def _import(session: Session, row: PersonRow, now: datetime) -> None:
    """As a file of one row would be. Raises ``UserError``."""
    rules = playbook(session).people
    checked = check_people([row], known_people(session), rules.min_aligned_aes, rules.max_aligned_aes)
    if checked.refused:
        reason = checked.refused[0].reason
        raise UserError(f"{reason[:1].upper()}{reason[1:]}.", field="aes" if row.aligned_aes else "roles")
    import_people(session, ImportPeople((row,)), now)
    session.flush()


def _place(session: Session, person: Person, command: SavePerson) -> None:
    """Their Slack user and zone, at once instead of when people are matched next."""
    if not command.timezone.strip():
        person.timezone_overridden = False
        if command.slack_timezone:
            with suppress(FactError):  # Slack may know a zone that this machine's tables do not
                person.timezone = read_zone(command.slack_timezone) or person.timezone
    if command.slack_user_id and person.slack_user_id != command.slack_user_id:  # new in Slack, with an address of old
        person.slack_user_id, person.dm_channel = command.slack_user_id, None


def _remarks(session: Session, person: Person, rules: People) -> tuple[str, ...]:
    """What is still missing for what they do."""
    facts = facts_of(session, PERSON, person.id) or {}
    roles, found = set(facts["roles"]), []
    if roles & {Role.MRR, Role.SDR} and len(facts["aes"]) < rules.min_aligned_aes:
        found.append(f"A rep hands leads to {rules.min_aligned_aes} to {rules.max_aligned_aes} account executives.")
    if Role.AE in roles and not person.channel:
        found.append("Without a channel of their own, handoffs reach them as direct messages.")
    if not facts["teams"] and roles - {Role.ADMIN, Role.MARKETING}:
        found.append("They belong to no team yet.")
    if Role.MANAGER in roles and not any(facts["teams"].values()):
        found.append("They lead no team yet: a team's form says who leads it.")
    return tuple(found)


def deactivate_person(session: Session, command: DeactivatePerson, now: datetime) -> Changed:
    """Take somebody out of everything; what they own is named. Raises ``NotAllowed``, ``NotFound``."""
    may_set_up(command.actor)
    one_at_a_time(session)
    person = session.get(Person, command.person_id, with_for_update=True)
    if person is None or not person.active:
        raise NotFound("They are not on the team any more.")
    if person.id == command.actor.person_id:
        raise NotAllowed("You cannot deactivate yourself. Another admin can.")
    before = facts_of(session, PERSON, person.id)
    person.active = False
    still_administered(session)
    entry = note_change(session, "deactivate_person", command.actor, PERSON, person.id, before, now)
    owned = owned_by(session, person.id)
    remarks = (f"Still theirs: {owned.said()}.",) if owned.anything else ()
    return Changed(f"{person.name} is deactivated.", person.id, entry, remarks)


def align_executives(session: Session, command: AlignExecutives, now: datetime) -> Changed:
    """Set a rep's account executives, first choice first. Raises ``UserError`` with the field."""
    may_set_up(command.actor)
    one_at_a_time(session)
    rep = session.get(Person, command.rep_id)
    if rep is None or not rep.active:
        raise NotFound("They are not on the team any more.")
    if len(set(command.ae_ids)) < len(command.ae_ids):
        raise UserError("Somebody is picked twice.", field="ae_2")
    if rep.id in command.ae_ids:
        raise UserError("Nobody hands leads to themself.", field="ae_1")
    executives = session.execute(select(Person.id, Person.email, Person.name).where(Person.id.in_(command.ae_ids)))
    emails, names = {}, {}
    for ae_id, email, name in executives:
        emails[ae_id], names[ae_id] = email, name
    rules = playbook(session).people
    before = facts_of(session, PERSON, rep.id)
    check_seen(before, command.seen, "ae_1")
    row = PersonRow(_LINE, rep.email, aligned_aes=tuple(emails[one] for one in command.ae_ids if one in emails))
    if command.ae_ids:
        checked = check_people([row], known_people(session), rules.min_aligned_aes, rules.max_aligned_aes)
        if checked.refused:
            wanted = f"{rules.min_aligned_aes} to {rules.max_aligned_aes}"
            few = not rules.min_aligned_aes <= len(row.aligned_aes or ()) <= rules.max_aligned_aes
            reason = f"Pick {wanted} account executives." if few else f"{checked.refused[0].reason}."
            raise UserError(reason, field="ae_1")
    align_people(session, ImportPeople((replace(row, teams=None),)), now)
    entry = note_change(session, "align_executives", command.actor, PERSON, rep.id, before, now)
    if entry is None:
        return Changed("As before.", rep.id, None)
    said = ", ".join(names[one] for one in command.ae_ids if one in names)
    return Changed(f"{rep.name} hands leads to {said or 'nobody yet'}.", rep.id, entry)
