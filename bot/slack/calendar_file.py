"""Calendar files (.ics) that real clients take: an invitation, its change, its cancellation (RFC 5545, RFC 5546).

What must stay true: a call keeps its UID for life and each change has a higher SEQUENCE, so that a client changes the
entry it has; times are UTC, so that no client needs our zones; the buyer reads it, so nothing of ours stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.slack.blocks import clean

if TYPE_CHECKING:
    from icalendar import Event, vCalAddress

PRODUCT = "-//Handraiser//Intro call//EN"
TEXT = 1000
NAME = 120
_NOT_IN_NAMES = str.maketrans({'"': "'", "^": None})


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody in the call. ``accepted``: they arranged it themselves."""

    name: str
    email: str
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A call as its file says it. ``method``: REQUEST or CANCEL; ``place`` is the video link, or empty.

    ``made_at``: when this version was made. ``guests``: everybody in the call, whoever organises it too; never empty,
    as a request is to somebody (RFC 5546 §3.2.2). Names and texts may be outside text; times are aware.
    """

    method: str
    uid: str
    sequence: int
    made_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    place: str
    organiser: Guest
    guests: tuple[Guest, ...]


def calendar_file(invitation: Invitation) -> bytes:
    """The file's bytes, with the line ends and folding the format wants."""
    from icalendar import Calendar  # a third of a second to load, and only a handoff needs it

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", invitation.method)
    calendar.add_component(_event(invitation))
    found: bytes = calendar.to_ical()
    return found


def _event(invitation: Invitation) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", _whole(invitation.made_at))
    event.add("dtstart", _whole(invitation.starts_at))
    event.add("dtend", _whole(invitation.ends_at))
    event.add("summary", clean(invitation.summary, NAME * 2))
    # Also where one person alone is uninvited: what does not know methods (khal) shows the call as alive otherwise.
    event.add("status", "CANCELLED" if invitation.method == "CANCEL" else "CONFIRMED")
    event.add("transp", "OPAQUE")
    if said := clean(invitation.description, TEXT, lines=True):
        event.add("description", said)
    if place := clean(invitation.place, TEXT):
        event.add("location", place)
        if place.startswith("https://"):
            event.add("url", place)
    event.add("organizer", _address(invitation.organiser), encode=False)
    for guest in invitation.guests:
        event.add("attendee", _attendee(guest), encode=False)
    return event


def _whole(moment: datetime) -> datetime:
    """UTC, to the second: clients know no parts of one."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _address(guest: Guest) -> vCalAddress:
    from icalendar import vCalAddress, vText

    address = vCalAddress(f"mailto:{clean(guest.email, 320)}")
    # A quote cannot stand in a parameter; RFC 6868 writes it and a caret with carets, which some clients show as they
    # are and others read twice, as a line end.
    address.params["CN"] = vText(clean(guest.name, NAME).translate(_NOT_IN_NAMES).strip() or guest.email)
    return address


def _attendee(guest: Guest) -> vCalAddress:
    from icalendar import vText

    address = _address(guest)
    address.params["CUTYPE"] = vText("INDIVIDUAL")
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED" if guest.accepted else "NEEDS-ACTION")
    if not guest.accepted:
        address.params["RSVP"] = vText("TRUE")
    return address
