"""One row of people.csv: cells to facts (design, Names that stay: People).

What must stay true: an empty cell changes nothing; ``-`` clears hours, channel and aligned AEs; a reason says what
to write instead.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from bot.domain.import_rows import PersonRow, Refused
from bot.domain.matching import normalise_email
from bot.domain.people_facts import LONGEST, FactError, read_channel, read_country, read_hours, read_weight, read_zone
from bot.domain.terms import Role
from bot.intake.csv_reading import Row
from bot.intake.csv_rows import Headings

HEADINGS: Final = Headings(
    {
        "email": "email emailaddress",
        "name": "name fullname",
        "roles": "roles role",
        "team": "team teams",
        "timezone": "timezone tz",
        "country": "country",
        "hours": "hours workinghours",
        "weight": "weight",
        "aligned_aes": "alignedaes aes",
        "channel": "channel slackchannel",
        "manager": "manager",
    }
)
MEANING: Final = HEADINGS.meaning

_CLEAR: Final = "-"
_SEVERAL: Final = re.compile(r"[\s;|,]+")
_TEAMS: Final = re.compile(r"\s*[;|]\s*")
_YES: Final = frozenset(["yes", "y", "true", "1", "x"])
_NO: Final = frozenset(["no", "n", "false", "0"])


def read_person(row: Row, places: Mapping[str, int]) -> PersonRow | Refused:
    """Return the row's facts, or why it is left out."""
    cells = {fact: row.cells[place] for fact, place in places.items()}
    long = next((fact for fact, cell in cells.items() if len(cell) > LONGEST and fact != "aligned_aes"), None)
    if long:
        return Refused(row.line, f"{long} has {len(cells[long]):,} characters; at most {LONGEST} fit")
    try:
        return _person(row.line, cells)
    except FactError as error:
        return Refused(row.line, str(error).rstrip("."))


def _person(line: int, cells: Mapping[str, str]) -> PersonRow:
    email = _email(cells.get("email", ""))
    leads, led_by = _manager(cells.get("manager", ""))
    return PersonRow(
        line=line,
        email=email,
        name=cells.get("name") or None,
        roles=_roles(cells.get("roles", "")),
        teams=tuple(dict.fromkeys(name for name in _TEAMS.split(cells.get("team", "")) if name)) or None,
        timezone=read_zone(cells.get("timezone", "")),
        country=read_country(cells.get("country", "")),
        hours=_hours(cells.get("hours", "")),
        weight=read_weight(cells.get("weight", "")),
        aligned_aes=_aligned(cells.get("aligned_aes", ""), email),
        channel=_channel(cells.get("channel", "")),
        leads_own_teams=leads,
        led_by=led_by,
    )


def _email(cell: str) -> str:
    if not cell:
        raise FactError("there is no e-mail address")
    email = normalise_email(cell)
    if email is None or len(email) > LONGEST:
        raise FactError(f"“{cell[:60]}” is not an e-mail address")
    return email


def _roles(cell: str) -> frozenset[Role] | None:
    words = [word for word in _SEVERAL.split(cell.lower()) if word]
    known = [role.value for role in Role]
    for word in words:
        if word not in known:
            near = get_close_matches(word, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"use {', '.join(known)}"
            raise FactError(f"“{word[:40]}” is not a role; {hint}")
    return frozenset(Role(word) for word in words) or None


def _hours(cell: str) -> str | None:
    return "" if cell == _CLEAR else read_hours(cell)


def _aligned(cell: str, own: str) -> tuple[str, ...] | None:
    if cell == _CLEAR:
        return ()
    words = [word for word in _SEVERAL.split(cell) if word]
    emails = [normalise_email(word) for word in words]
    for word, email in zip(words, emails, strict=True):
        if email is None:
            raise FactError(f"aligned_aes holds “{word[:60]}”, which is not an e-mail address")
        if email == own:
            raise FactError("aligned_aes names this person themself")
    return tuple(dict.fromkeys(email for email in emails if email)) or None


def _channel(cell: str) -> str | None:
    return "" if cell == _CLEAR else read_channel(cell)


def _manager(cell: str) -> tuple[bool | None, str | None]:
    word = cell.casefold()
    if not word:
        return None, None
    if word in _YES or word in _NO:
        return word in _YES, None
    email = normalise_email(cell)
    if email is None:
        raise FactError(f"manager is “{cell[:60]}”; write yes, no, or the manager's e-mail address")
    return None, email
