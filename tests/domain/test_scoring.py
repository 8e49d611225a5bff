from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.definitions import conditions_held
from bot.domain.months import add_months
from bot.domain.scoring import (
    ScoreFacts,
    ScoreLine,
    behaviour_lines,
    changed_lines,
    decay_due_at,
    decay_lines,
    is_junk,
    profile_lines,
    score,
    seniority,
)
from bot.domain.terms import Intent, ScorePart, Source
from bot.playbook.load import default_playbook, load_text

PLAYBOOK = default_playbook()
JANE = ScoreFacts(
    email="jane@acme.com",
    title="VP Operations",
    company_name="Acme",
    industry="Software",
    employees=220,
    country="us",
    intent=Intent.CONTACT_ME,
    source=Source.CONTACT_FORM,
)


def total(lines: list[ScoreLine]) -> int:
    return sum(line.points for line in lines)


def test_every_part_of_a_good_lead_is_explained():
    assert [(line.part, line.points, line.reason) for line in score(JANE, PLAYBOOK)] == [
        (ScorePart.DEMOGRAPHIC, 20, "Title: VP Operations (vice president)"),
        (ScorePart.FIRMOGRAPHIC, 15, "220 employees"),
        (ScorePart.FIRMOGRAPHIC, 10, "Industry: Software"),
        (ScorePart.FIRMOGRAPHIC, 5, "Country: US"),
        (ScorePart.BEHAVIOURAL, 30, "Asked: contact me"),
        (ScorePart.BEHAVIOURAL, 5, "Came by contact form"),
    ]


def test_nothing_known_is_no_points():
    assert score(ScoreFacts(), PLAYBOOK) == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("CEO", "c_level"),
        ("Chief Executive Officer", "c_level"),
        ("Vice President, Sales", "vp"),
        ("President", "c_level"),
        ("SVP Engineering", "vp"),
        ("Head of Growth", "director"),
        ("Managing Director", "c_level"),
        ("Geschäftsführerin", "c_level"),
        ("Executive Assistant to the CEO", "staff"),
        ("Product Owner", "staff"),
        ("Sales Manager", "manager"),
        ("Software Engineer", "staff"),
        ("Leiter Einkauf", "director"),
        ("Wizard", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_seniority_is_read_from_the_title(title, expected):
    assert seniority(title, PLAYBOOK) == expected


def test_free_mail_takes_points_but_is_no_junk():
    facts = replace(JANE, email="jane@gmail.com")
    lines = score(facts, PLAYBOOK)
    assert total(lines) == total(score(JANE, PLAYBOOK)) - 10
    assert is_junk(facts, lines, PLAYBOOK) is None


def test_disposable_addresses_and_competitors_are_junk():
    book = load_text("junk:\n  competitor_domains: [rival.com]\n  competitor_names: [Rival AG]\n")
    for facts, says in [
        (replace(JANE, email="x@mailinator.com"), "disposable"),
        (replace(JANE, email="x@sub.mailinator.com"), "disposable"),
        (replace(JANE, email="x@mail.rival.com"), "competitor"),
        (replace(JANE, company_domain="https://www.rival.com"), "competitor"),
        (replace(JANE, company_name="Rival"), "competitor"),
    ]:
        lines = score(facts, book)
        assert says in is_junk(facts, lines, book)
        assert total(lines) < 0


def test_a_very_low_score_is_junk():
    facts = ScoreFacts(email="kid@gmail.com", title="Student")
    assert is_junk(facts, score(facts, PLAYBOOK), PLAYBOOK) is None
    book = load_text("scoring:\n  junk_at: -30\n")
    assert is_junk(facts, score(facts, book), book) == "The score of -35 is at or below -30."


def test_an_auditor_is_no_intern():
    assert profile_lines(ScoreFacts(title="Internal Auditor"), PLAYBOOK) == []


facts_strategy = st.builds(
    ScoreFacts,
    email=st.sampled_from([None, "a@acme.com", "a@gmail.com", "a@mailinator.com"]),
    title=st.sampled_from([None, "CEO", "Student", "VP", "Clerk"]),
    industry=st.sampled_from([None, "software", "Mining"]),
    employees=st.none() | st.integers(0, 10**6),
    country=st.sampled_from([None, "US", "XX"]),
    intent=st.none() | st.sampled_from(Intent),
    source=st.none() | st.sampled_from(Source),
)


@given(facts_strategy, facts_strategy)
def test_a_ledger_is_mended_by_adding_lines_only(before, after):
    ledger = profile_lines(before, PLAYBOOK)
    wanted = profile_lines(after, PLAYBOOK)
    added = changed_lines(ledger, wanted)
    assert total(ledger) + total(added) == total(wanted)
    assert changed_lines(wanted, wanted) == []


@given(facts_strategy)
def test_every_line_has_points_and_a_reason(facts):
    assert all(line.points and line.reason for line in score(facts, PLAYBOOK))
    assert score(facts, PLAYBOOK) == profile_lines(facts, PLAYBOOK) + behaviour_lines(facts, PLAYBOOK)


def test_a_score_fades_each_month_until_the_floor():
    last = datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert decay_due_at(last, 0, PLAYBOOK) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert decay_due_at(last, 1, PLAYBOOK) == datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert decay_lines(40, 1, PLAYBOOK)[0].points == -5
    assert decay_lines(3, 2, PLAYBOOK) == [ScoreLine(ScorePart.BEHAVIOURAL, -3, "Nothing heard for 2 months")]
    assert decay_lines(0, 3, PLAYBOOK) == []
    assert decay_lines(-20, 3, PLAYBOOK) == []


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(-60, 60))  # noqa: DTZ001
def test_months_are_counted_by_the_calendar(at, months):
    later = add_months(at, months)
    assert (later.year * 12 + later.month) - (at.year * 12 + at.month) == months
    assert later.day <= at.day


def test_the_card_shows_which_conditions_hold():
    facts = {"score": 85, "firmographic": 30, "intent": "contact_me", "solution": " "}
    assert [held for _, held in conditions_held(PLAYBOOK.stages.marketing_qualified, facts)] == [
        True,
        True,
        True,
        False,
    ]
    contract = {"decision_maker_known": False, "problem": "Leads wait"}
    held = dict(conditions_held(PLAYBOOK.stages.sales_qualified, contract))
    assert held["Whether we know the senior decision maker"] is True
    assert held["When they want it"] is False
