import re
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from bot.domain.terms import SOCIAL_OUTCOMES, Intent, Outcome, Source
from bot.playbook.load import (
    PlaybookError,
    default_playbook,
    default_text,
    describe,
    dump,
    fingerprint,
    load_file,
    load_text,
)
from bot.playbook.schema import Playbook, Section
from bot.playbook.schema.base import format_duration, parse_duration
from bot.playbook.schema.hours import parse_hours
from bot.playbook.schema.inbound import IntentName, SocialOutcomeName, SourceName
from bot.playbook.walk import section_of

REPOSITORY = Path(__file__).parents[2]


def problems(text: str) -> str:
    with pytest.raises(PlaybookError) as caught:
        load_text(text)
    return str(caught.value)


def test_the_playbook_a_team_edits_begins_as_the_defaults():
    assert load_file(REPOSITORY / "playbook.yaml") == default_playbook()
    assert (REPOSITORY / "playbook.yaml").read_text(encoding="utf-8") == default_text()


def test_the_defaults_are_those_of_the_process():
    book = default_playbook()
    assert book.inbound.first_response == timedelta(hours=24)
    ladder = book.inbound.ladder
    assert [ladder.dm_unseen, ladder.nudge, ladder.next_rep, ladder.manager] == [
        timedelta(seconds=60),
        timedelta(seconds=90),
        timedelta(minutes=3),
        timedelta(minutes=10),
    ]
    assert (book.cadence.cycles, book.cadence.email_days, book.cadence.window_days) == (4, (1, 6, 11, 16), 21)
    assert book.touch_list.morning_at == time(7, 30)
    assert (book.mix.existing_percent, book.mix.profile_percent, book.mix.explore_percent) == (70, 25, 5)
    cost = book.metrics.hour_cost
    assert round(cost.loaded_cost_cents / (cost.weeks * cost.days * cost.hours)) == 31746
    assert parse_hours(book.people.hours)


def test_what_a_team_leaves_out_keeps_its_default():
    book = load_text("inbound:\n  ladder:\n    nudge: 2m\n")
    assert book.inbound.ladder.nudge == timedelta(minutes=2)
    assert book.inbound.ladder.manager == timedelta(minutes=10)
    assert load_text("") == default_playbook()
    assert load_text("inbound:\n  # all commented out\n") == default_playbook()


def test_a_table_of_points_is_replaced_as_a_whole():
    assert load_text("scoring:\n  industries: {mining: 9}\n").scoring.industries == {"mining": 9}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cadence:\n  cycles: 9\n", "line 2, cadence.cycles: 9 is outside 3 to 5. Use a number from 3 to 5."),
        ("\ncadence:\n  cycels: 4\n", "line 3, cadence.cycels: nothing here has this name. Did you mean cycles?"),
        ("inboud: {}\n", "line 1, inboud: nothing here has this name. Did you mean inbound?"),
        ("touches:\n  undo_for: 10\n", "touches.undo_for: 10 has no unit. Say the unit: 10s, 10m, 10h or 10d"),
        ("touches:\n  undo_for: soon\n", "'soon' is not a length of time. Write it like 90s"),
        ("touch_list: {morning_at: 7.30}\n", "is not a time of day. Write hours and minutes"),
        ("cadence:\n  cycles: four\n", "'four' is not a whole number. Write a whole number"),
        ("touches: [1]\n", "touches: a list is not a section"),
        ("inbound:\n  hot_intents: contact_me\n", "'contact_me' is not a list"),
        ("inbound:\n  hot_intents: [contactme]\n", "'contactme' is not known here. Did you mean contact_me?"),
        ("scoring:\n  intents: {contct: 3}\n", "line 2, scoring.intents.contct: nothing here has this name."),
        (
            "touches:\n  undo_for: 5m\n  undo_for: 6m\n",
            "line 3, touches.undo_for: it stands here a second time, first on line 2",
        ),
        ("cadence:\n  cycles: 3\n", "cycles is 3 and email_days has 4. List 3 days in email_days, or set"),
        ("cadence:\n  email_days: [1, 11, 6, 16]\n", "day 6 (6) does not come after day 11 (11)"),
        ("cadence:\n  email_days: [1, 6, 11, 22]\n", "day 22 lies after the window of 21 days. Use days up to 21"),
        (
            "inbound:\n  ladder:\n    nudge: 30s\n",
            "inbound.ladder: The ladder: nudge (30s) does not come after dm_unseen (60s)",
        ),
        ("mix:\n  existing_percent: 60\n", "The shares add up to 90, not 100"),
        ("commission: {closed_percent: 60}\n", "The shares add up to 110, not 100"),
        ("compliance:\n  calls: {default_until: '22:00'}\n", "default calling hours do not lie within the legal"),
        ("compliance:\n  consent_countries: [Germany]\n", "'Germany' is not a country code"),
        ("channels: {inbound: inbound}\n", "'inbound' is not a channel name. Write it as in Slack, in quotes"),
        ("channels:\n  inbound: #inbound\n", "line 2, channels.inbound: nothing is not a text"),
        ("texts:\n  first_words: Hi {name}\n", "nothing fills {name}. Use only these: {asked_for}"),
        ("texts:\n  first_words: Hi {first_name\n", "a { or } stands alone in the text"),
        ("people: {hours: mon-fri}\n", "“mon-fri” needs days and times. Write it like: mon-fri 9:00-17:00."),
        (
            "mail:\n  templates:\n    x: {step: 1, purpose: time, segment: no, subject: s, body: b}\n",
            "not in icp.segments",
        ),
        ("mail:\n  templates:\n    x: {step: 9, purpose: time, subject: s, body: b}\n", "x.step: 9 is outside 1 to 7"),
        (
            "stages:\n  sales_qualified:\n    - {label: x, fact: score}\n",
            "this condition has no test. Give exactly one",
        ),
        ("metrics:\n  hour_cost: {hours: 0}\n", "0 is outside 0 to 24"),
        ("junk:\n  reasons: ['" + "x" * 76 + "']\n", "reasons[1]: it is too long. Keep it to 75 characters."),
        ("texts: {booking_link: 'javascript:x'}\n", "'javascript:x' is not a web address. Begin it with https"),
        ("library:\n  pieces: [{title: x, topic: y}]\n", "line 2, library.pieces[1].url: it is missing. Add it."),
        ("a: b: c\n", "line 1: YAML cannot read this"),
        ("a:\n\t- b\n", "line 2: YAML cannot read this: a tab stands where spaces belong. Indent with spaces."),
        ("- a\n", "this is a list, not a playbook"),
        ("a: &x 1\nb: *x\n", "line 2: *x points elsewhere"),
        ("a: 1\n---\nb: 1\n", "line 2: a second document begins"),
        ("[" * 50, "nested too deeply"),
        ("a: 1\nb: \x00", "line 2: there is a character YAML does not allow"),
        ("a" * 600_000, "more than 500000 characters"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_way_out(text, says):
    assert says in problems(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file():
    said = problems("touches:\n  undo_for: 1\nmix:\n  existing_percent: 1\ncadence:\n  cycels: 2\n")
    assert [int(line) for line in re.findall(r"line (\d+)", said)] == [2, 3, 6]


def test_a_missing_file_and_a_file_that_is_no_text_are_told(tmp_path):
    with pytest.raises(PlaybookError) as caught:
        load_file(tmp_path / "no.yaml")
    assert "there is no such file. Set PLAYBOOK to its path." in str(caught.value)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlaybookError) as caught:
        load_file(binary)
    assert "not UTF-8" in str(caught.value)


SCRAPS = ["inbound:", "\n", "  ", "ladder", ": ", "- ", "3", "{", "'", "\t"]


@given(st.text(max_size=200) | st.lists(st.sampled_from(SCRAPS)).map("".join))
def test_whatever_the_text_it_is_a_playbook_or_problems(text):
    try:
        assert isinstance(load_text(text), Playbook)
    except PlaybookError as error:
        assert error.problems  # noqa: PT017
        lines = text.count("\n") + 1
        assert all(1 <= problem.line <= lines + 1 and problem.fix for problem in error.problems)  # noqa: PT017


def test_a_dumped_playbook_reads_back_as_the_same():
    book = load_text("touches:\n  undo_for: 1h30m\ncompliance:\n  consent_countries: [NO]\n")
    assert load_text(dump(book)) == book


@given(st.integers(0, 10**7))
def test_durations_read_back_as_written(seconds):
    length = timedelta(seconds=seconds)
    assert parse_duration(format_duration(length)) == length


def test_the_playbook_cannot_be_changed_after_loading():
    with pytest.raises(ValidationError):
        default_playbook().cadence.cycles = 5


def test_every_field_says_what_it_is_and_where_the_process_says_so():
    def check(section: type[BaseModel]) -> int:
        count = 0
        for name, info in section.model_fields.items():
            assert re.search(r"\((§\d+(, §\d+)*|opening)\)", info.description or ""), f"{section.__name__}.{name}"
            inner = section_of(info.annotation)
            count += 1 + (check(inner) if inner else 0)
        return count

    assert check(Playbook) > 100
    for section in Section.__subclasses__():
        check(section)


def test_settings_are_listed_with_value_and_description():
    listed = {path: (value, about) for path, value, about in describe(default_playbook())}
    assert listed["inbound.ladder.nudge"][0] == "90s"
    assert listed["touch_list.morning_at"] == ("07:30", "When the morning list is there, in the rep's zone (§5).")
    assert listed["cadence.email_days"][0] == "1, 6, 11, 16"
    assert listed["junk.competitor_domains"][0] == "(none)"
    assert "contact_me: 30" in listed["scoring.intents"][0]


def test_the_fingerprint_tells_versions_apart():
    assert fingerprint("a: 1") == fingerprint("a: 1") != fingerprint("a: 2")


def test_the_playbooks_words_are_those_of_the_domain():
    assert set(IntentName.__args__) == set(Intent)
    assert set(SourceName.__args__) == set(Source)
    assert {Outcome(name) for name in SocialOutcomeName.__args__} == set(SOCIAL_OUTCOMES)
    assert set(default_playbook().scoring.intents) == set(Intent)
    assert set(default_playbook().scoring.sources) == set(Source)
