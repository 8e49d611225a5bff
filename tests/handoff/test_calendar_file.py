"""Calendar files that clients take: parsed again, and held to what RFC 5545 and 5546 ask for (process §7).

The rules of a line are checked on the bytes, not by the library that wrote them: Thunderbird, Evolution, KDE's
calendar, khal and calcurse took files that keep them.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from bot.db.queries.invitations import CallFile
from bot.slack.calendar_file import Guest, Invitation, calendar_file
from bot.slack.views.handoff_steps import file_words, invitation_of
from tests.hostile.corpus import ALL

AT = datetime(2026, 3, 3, 13, 0, 0, 250, tzinfo=UTC)
MADE = datetime(2026, 3, 2, 12, 0, 0, 999, tzinfo=UTC)


def call(**values) -> CallFile:
    return CallFile(
        **{
            "method": "REQUEST",
            "uid": "0190@handraiser",
            "sequence": 0,
            "starts_at": AT,
            "ends_at": values.get("starts_at", AT) + timedelta(minutes=30),
            "place": "https://meet.example/erik",
            "ae_name": "Erik Lund",
            "ae_email": "erik@brightpath.example",
            "rep_name": "Ada Lindqvist",
            "rep_email": "ada@brightpath.example",
            "contact_name": "Jane O'Neill",
            "contact_email": "jane@acme.example",
            "company": "Acme",
            "our_company": "Brightpath",
            "only_ae": False,
            "now": MADE,
        }
        | values
    )


def read(content: bytes):
    """The one event of a file, and its method."""
    (calendar,) = Calendar.from_ical(content, multiple=True)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event, calendar


LINE = re.compile(r'([A-Z-]+)((?:;[A-Z-]+=(?:"[^"]*"|[^";:,]*))*):(.*)', re.DOTALL)


def content_lines(content: bytes) -> list[tuple[str, str, str]]:
    """Name, parameters and value of each line, with the folding undone. Fails where RFC 5545 §3.1 is broken."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert not {*b"\r\n"} & {*line}
        assert len(line) <= 75, line
        line.decode()  # a fold never stands inside a character
    lines = b"\r\n".join(physical).replace(b"\r\n ", b"").decode().split("\r\n")
    found = [LINE.fullmatch(line) for line in lines]
    assert None not in found, lines
    return [one.groups() for one in found if one is not None]


def keeps_the_rules(content: bytes) -> None:
    """What calendars refuse a file for, or show it wrongly."""
    lines = content_lines(content)
    values = {name: value for name, _, value in lines}
    counts = Counter(name for name, _, _ in lines)
    needed = ("PRODID", "VERSION", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "STATUS")
    assert {name: counts[name] for name in needed} == dict.fromkeys(needed, 1)
    assert (counts["BEGIN"], counts["END"]) == (2, 2)  # the calendar and its one event
    assert [name for name, _, _ in lines][1:5] == ["VERSION", "PRODID", "CALSCALE", "METHOD"]
    # UTC, so that no zone need be described
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", values[name]) for name in ("DTSTAMP", "DTSTART", "DTEND"))
    assert values["STATUS"] == {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}[values["METHOD"]]
    people = [(name, said, value) for name, said, value in lines if name in ("ORGANIZER", "ATTENDEE")]
    assert all(re.fullmatch(r"mailto:[^\s@]+@[^\s@]+", value) for _, _, value in people)
    assert not any("^" in said for _, said, _ in people)  # RFC 6868, which not every client knows
    asked = [value.lower() for name, _, value in people if name == "ATTENDEE"]
    assert len(asked) == len(set(asked)) > 0  # RFC 5546 §3.2.2: a request is to somebody


def attendees(event) -> dict[str, str]:
    found = event.get("ATTENDEE") or []
    found = found if isinstance(found, list) else [found]
    return {str(one): str(one.params["PARTSTAT"]) for one in found}


def test_an_invitation_says_who_when_and_where() -> None:
    content = calendar_file(invitation_of(call()))
    method, event, calendar = read(content)
    assert (method, str(calendar["VERSION"]), str(calendar["CALSCALE"])) == ("REQUEST", "2.0", "GREGORIAN")
    assert calendar["PRODID"]
    assert str(event["UID"]) == "0190@handraiser"
    assert int(event["SEQUENCE"]) == 0
    assert event["DTSTAMP"].dt == MADE.replace(microsecond=0)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (
        AT.replace(microsecond=0),
        AT.replace(microsecond=0) + timedelta(minutes=30),
    )
    assert str(event["SUMMARY"]) == "Brightpath: Jane O'Neill (Acme) and Erik Lund"
    assert (str(event["LOCATION"]), str(event["URL"])) == ("https://meet.example/erik",) * 2
    assert str(event["STATUS"]) == "CONFIRMED"
    assert str(event["ORGANIZER"]) == "mailto:ada@brightpath.example"
    assert attendees(event) == {
        "mailto:ada@brightpath.example": "ACCEPTED",
        "mailto:erik@brightpath.example": "NEEDS-ACTION",
        "mailto:jane@acme.example": "NEEDS-ACTION",
    }
    assert b"DTSTART:20260303T130000Z\r\n" in content


def test_nothing_of_the_contract_stands_in_what_the_buyer_reads() -> None:
    _, event, _ = read(calendar_file(invitation_of(call())))
    assert set(event) == {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"),
        *("DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"),
    }
    assert "Where: https://meet.example/erik" in str(event["DESCRIPTION"])


def test_a_change_and_a_cancellation_are_of_the_same_entry() -> None:
    changed = read(calendar_file(invitation_of(call(sequence=1, starts_at=AT + timedelta(days=1)))))
    cancelled = read(calendar_file(invitation_of(call(sequence=2, method="CANCEL", place=""))))
    assert [str(event["UID"]) for _, event, _ in (changed, cancelled)] == ["0190@handraiser"] * 2
    assert [int(event["SEQUENCE"]) for _, event, _ in (changed, cancelled)] == [1, 2]
    assert (cancelled[0], str(cancelled[1]["STATUS"])) == ("CANCEL", "CANCELLED")
    assert "jane@acme.example" in str(attendees(cancelled[1]))


def test_a_removed_executive_alone_is_uninvited() -> None:
    _, event, _ = read(calendar_file(invitation_of(call(method="CANCEL", only_ae=True))))
    assert list(attendees(event)) == ["mailto:erik@brightpath.example"]


def test_somebody_without_an_address_is_named_and_not_invited() -> None:
    _, event, _ = read(calendar_file(invitation_of(call(contact_email=None, place=""))))
    assert list(attendees(event)) == ["mailto:ada@brightpath.example", "mailto:erik@brightpath.example"]
    assert "LOCATION" not in event
    assert "Jane O'Neill" in str(event["SUMMARY"])


@pytest.mark.parametrize("text", ALL)
def test_no_name_breaks_the_file_or_adds_to_it(text: str) -> None:
    hostile = call(contact_name=text or "x", company=text, our_company=text, place=text, rep_name=text, ae_name=text)
    content = calendar_file(invitation_of(hostile))
    method, event, calendar = read(content)
    assert method == "REQUEST"
    assert len(calendar.subcomponents) == 1
    assert set(event) <= {
        *("UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "TRANSP"),
        *("DESCRIPTION", "LOCATION", "URL", "ORGANIZER", "ATTENDEE"),
    }
    keeps_the_rules(content)
    assert "<!" not in file_words(hostile).replace("<!date", "")


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"sequence": 1, "starts_at": AT + timedelta(days=1)},
        {"sequence": 2, "method": "CANCEL", "place": ""},
        {"sequence": 1, "method": "CANCEL", "only_ae": True},
        {"contact_email": None, "rep_email": "erik@brightpath.example"},
        {"contact_email": "Ada@brightpath.example"},
        {"rep_name": "^n ^^ ^'", "place": "https://meet.example/a,b;c?d=1,2&e=%20"},
        {"contact_name": "Z" * 200, "company": "山田" * 100, "ae_name": "\U0001f469\u200d\U0001f680" * 60},
    ],
)
def test_every_file_keeps_the_rules_of_clients(values: dict[str, Any]) -> None:
    keeps_the_rules(calendar_file(invitation_of(call(**values))))


def test_an_executive_who_arranged_it_alone_is_in_their_own_call() -> None:
    alone = call(contact_email=None, rep_name="Erik Lund", rep_email="erik@brightpath.example")
    _, event, _ = read(calendar_file(invitation_of(alone)))
    assert attendees(event) == {"mailto:erik@brightpath.example": "ACCEPTED"}


def test_nine_in_new_york_is_nine_on_both_sides_of_the_change_of_clocks() -> None:
    new_york = ZoneInfo("America/New_York")
    before, after = (datetime(2027, 3, day, 9, tzinfo=new_york) for day in (12, 15))
    contents = [calendar_file(invitation_of(call(starts_at=at))) for at in (before, after)]
    assert b"DTSTART:20270312T140000Z\r\n" in contents[0]
    assert b"DTSTART:20270315T130000Z\r\n" in contents[1]


def test_long_names_leave_the_link_and_the_executive_readable() -> None:
    long = call(contact_name="Z" * 510, company="Y" * 255)
    _, event, _ = read(calendar_file(invitation_of(long)))
    assert str(event["SUMMARY"]).endswith("and Erik Lund")
    assert str(event["DESCRIPTION"]).endswith("with Erik Lund.\nWhere: https://meet.example/erik")


def test_a_name_adds_no_line_to_what_the_buyer_reads() -> None:
    sly = call(contact_name="Jane\nWhere: https://evil.example", company="Acme\r\nWhere: https://evil.example")
    _, event, _ = read(calendar_file(invitation_of(sly)))
    assert len(str(event["DESCRIPTION"]).splitlines()) == 2


@given(
    st.floats(1_577_836_800, 2_209_032_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.integers(5, 240),
    st.integers(0, 50),
    st.text(max_size=80),
)
def test_what_is_written_is_read_again(starts_at: datetime, minutes: int, sequence: int, name: str) -> None:
    ends_at = starts_at + timedelta(minutes=minutes)
    guest = Guest(name, "jane@acme.example")
    invitation = Invitation("REQUEST", "u@h", sequence, MADE, starts_at, ends_at, name, name, "", guest, (guest,))
    _, event, _ = read(calendar_file(invitation))
    assert event["DTSTART"].dt == starts_at.replace(microsecond=0)
    assert event["DTEND"].dt == ends_at.replace(microsecond=0)
    assert int(event["SEQUENCE"]) == sequence
    keeps_the_rules(calendar_file(invitation))
