"""The demo's data: whatever day it begins on, lists are full, the past is over, and a company is one rep's."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.db.base import new_id
from bot.db.models import Enrolment, Handoff, HandoffMove, Lead, LeadMove, Meeting, Opportunity, OpportunityMove, Touch
from bot.domain.cadence import cadence_shape
from bot.domain.terms import LeadState
from bot.playbook.load import default_playbook
from sandbox.market import Somebody
from sandbox.past import Past, days
from sandbox.past_rows import Known
from sandbox.workdays import DAY, HOME_ZONE, is_working_day, working_day
from sandbox.worked import EMAIL_DAYS, OPENERS, PER_COMPANY, WINDOW, World, schedule, stands, world, write_work

SEED = 7
some_day = st.dates(date(2026, 1, 1), date(2032, 12, 31))


@pytest.fixture(scope="module")
def made() -> World:
    return world(5000, SEED, 260)


def test_a_company_is_one_reps_and_has_few_in_a_cadence(made: World) -> None:
    groups = [*made.openers.values(), *made.outbound.values(), made.deals, made.inbound]
    companies = [{one.company.domain for one in group} for group in groups]
    assert sum(map(len, companies)) == len(set.union(*companies))
    per_company = Counter(one.company.domain for group in made.openers.values() for one in group)
    assert max(per_company.values()) <= PER_COMPANY <= default_playbook().pool.max_contacts_per_account
    assert len({one.email for one in [*made.worked, *made.rest]}) == 5000


def test_the_made_up_cadence_is_the_playbooks() -> None:
    cadence = default_playbook().cadence
    assert tuple(cadence.email_days) == EMAIL_DAYS
    assert cadence.window_days == WINDOW
    assert cadence_shape(default_playbook()).cycles == len(EMAIL_DAYS)


@given(some_day)
def test_no_two_steps_on_a_day_and_none_after_the_window(day: date) -> None:
    started = working_day(day, ("GB",))
    due = [step[2] for step in schedule(started, lambda one: is_working_day(one, ("GB",)))]
    assert due == sorted(set(due))
    assert due[0] == started
    assert (due[-1] - started).days < WINDOW


@given(some_day)
def test_there_is_something_to_do_on_the_next_working_day_whatever_day_it_is(day: date) -> None:
    for opener in OPENERS:
        country = (opener.country,)
        today = working_day(day, country)
        tomorrow = working_day(today + DAY, country)
        found = stands(today, lambda one, country=country: is_working_day(one, country))  # type: ignore[misc]
        assert any(one.due_on == tomorrow for one in found)
        assert all(one.started <= one.email_on <= today for one in found)


def test_the_same_day_makes_the_same_files(made: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    folders = [tmp_path_factory.mktemp("files") for _ in range(2)]
    for folder in folders:
        write_work(folder, made, date(2026, 11, 23), SEED)
    names = sorted(file.name for file in folders[0].iterdir())
    assert names == ["deals.csv", "our-segment.csv", "steps.csv"]
    assert all((folders[0] / name).read_bytes() == (folders[1] / name).read_bytes() for name in names)


@settings(max_examples=8, deadline=None)
@given(some_day)
def test_the_past_is_over(made: World, day: date) -> None:
    now = datetime.combine(day, time(10), HOME_ZONE).astimezone(UTC)
    past = lived(made, now)
    rows = past.rows.tables
    for model, names in (
        (Touch, ("happened_at", "logged_at")),
        (LeadMove, ("at",)),
        (Lead, ("raised_at", "first_response_at", "claimed_at", "closed_at")),
        (Handoff, ("created_at", "answered_at", "held_at", "ended_at")),
        (HandoffMove, ("at",)),
        (Meeting, ("ends_at",)),
        (Enrolment, ("ended_at",)),
        (Opportunity, ("qualified_at", "proposal_at", "closed_at")),
        (OpportunityMove, ("at",)),
    ):
        moments = [row[name] for row in rows[model] for name in names if row[name] is not None]
        assert moments
        assert max(moments) <= now
    assert all(row["ended_at"] for row in (*rows[Handoff], *rows[Enrolment]))


@settings(max_examples=8, deadline=None)
@given(some_day)
def test_each_history_ends_where_its_row_stands(made: World, day: date) -> None:
    past = lived(made, datetime.combine(day, time(10), HOME_ZONE).astimezone(UTC))
    rows = past.rows.tables
    for model, moves, key in ((Lead, LeadMove, "lead_id"), (Handoff, HandoffMove, "handoff_id")):
        assert _last(rows[moves], key) == {row["id"]: row["state"] for row in rows[model]}
    assert _last(rows[OpportunityMove], "opportunity_id") == {row["id"]: row["state"] for row in rows[Opportunity]}
    open_leads = [row for row in rows[Lead] if row["closed_at"] is None]
    assert {row["state"] for row in open_leads} <= {LeadState.RESPONDED}
    assert all(row["closed_at"] > row["raised_at"] for row in rows[Lead] if row["closed_at"])


def _last(moves: list[dict[str, object]], key: str) -> dict[object, object]:
    """The state that each thing's moves lead to, which follow each other without a gap."""
    found: dict[object, object] = {}
    for move in sorted(moves, key=lambda one: (one["at"], str(one["from_state"] or ""))):
        assert found.get(move[key]) == move["from_state"]
        found[move[key]] = move["to_state"]
    return found


def lived(made: World, now: datetime) -> Past:
    """The past as of a moment, without a database."""
    people = {f"{name}@brightpath.example": new_id() for name in NAMES}
    past = Past(people, default_playbook(), now, SEED)
    ids: dict[str, UUID] = {}

    def known(group: list[Somebody]) -> Iterator[Known]:
        return (Known(new_id(), ids.setdefault(one.company.domain, new_id()), one) for one in group)

    past.happen(known(made.inbound), {email: known(group) for email, group in made.outbound.items()})
    return past


NAMES = ("sam", "ada", "bea", "maya", "lin", "tomasz", "keisha", "erik", "farah", "gabriel")


@given(some_day)
def test_the_past_begins_with_the_last_quarter(day: date) -> None:
    found = list(days(datetime.combine(day, time(12), HOME_ZONE)))
    assert found[-1] < day
    assert timedelta(80) < day - found[0] < timedelta(190)
    assert found[0].month in (1, 4, 7, 10)


def test_nobody_of_the_market_is_left_out() -> None:
    small = world(400, random.Random(3).randrange(100), 20)
    assert len([*small.worked, *small.rest]) == 400
