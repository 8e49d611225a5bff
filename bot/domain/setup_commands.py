"""Commands of the set-up: people, teams, alignment, time off (process, opening table).

What must stay true: facts stand here as they were written; the service reads them and names the field of what it
refuses. ``None`` of an id: something new. ``seen``: what the form showed (``service.setup_seen``), so that nobody's
change is overwritten unseen; empty where there was no form.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bot.domain.commands import Actor
from bot.domain.terms import Role


@dataclass(frozen=True, slots=True)
class SavePerson:
    """Add one of us, or change them. Empty texts mean the playbook's or Slack's.

    ``slack_user_id`` and ``slack_timezone``: as Slack knows them, where the person was picked there.
    """

    actor: Actor
    email: str
    name: str
    roles: frozenset[Role]
    team_ids: tuple[UUID, ...] = ()
    hours: str = ""
    timezone: str = ""
    country: str = ""
    weight: str = ""
    open_lead_cap: str = ""
    on_call: bool = False
    evening_wave: bool = False
    mailbox_began_on: date | None = None
    video_link: str = ""
    channel: str = ""
    slack_user_id: str | None = None
    slack_timezone: str | None = None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class DeactivatePerson:
    """Somebody leaves; what they did stays, what they own waits to be handed on."""

    actor: Actor
    person_id: UUID


@dataclass(frozen=True, slots=True)
class AlignExecutives:
    """The account executives a rep hands leads to, first choice first (process §7)."""

    actor: Actor
    rep_id: UUID
    ae_ids: tuple[UUID, ...]
    seen: str = ""


@dataclass(frozen=True, slots=True)
class SaveTeam:
    """Add a team, or change it. ``inbound_channel``: a Slack channel id; empty means the playbook's."""

    actor: Actor
    team_id: UUID | None
    name: str
    brand_name: str = ""
    postal_address: str = ""
    domain: str = ""
    manager_ids: tuple[UUID, ...] = ()
    inbound_channel: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class EnterTimeOff:
    """Days somebody is away, both inclusive, in their own zone, and who covers."""

    actor: Actor
    person_id: UUID
    starts_on: date | None
    ends_on: date | None
    cover_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class CancelTimeOff:
    """They are here after all."""

    actor: Actor
    time_off_id: UUID
