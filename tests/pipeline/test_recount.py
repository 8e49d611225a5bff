"""What ``/pipeline`` says is what a recount says, of the rows and of the history itself; on both databases."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.base import new_id
from bot.db.queries.pipeline import figures
from bot.db.queries.pipeline_rows import all_rows, row_page
from bot.db.queries.pipeline_sets import Lens
from bot.db.session import Database
from bot.domain.metrics import Number, Scope
from bot.domain.metrics_defined import DEFINITIONS, FUNNEL, OUTBOUND, value_of
from bot.domain.terms import LeadState, Role, Source
from bot.playbook.schema import Segment
from tests.pipeline.history import FIRST, NOW, SOURCES, History, days, histories, put
from tests.pipeline.recount import Recount

SEGMENTS = (
    Segment(name="Steel", industries=("steel",), credibility="x"),
    Segment(name="Large", employees_from=50, credibility="x"),
    Segment(name="Small Germans", countries=("DE",), employees_to=50, credibility="x"),
    Segment(name="Any", credibility="x"),
)
RANDOM = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@st.composite
def seen(draw: Any, sqlite: bool) -> tuple[History, Lens]:
    """A history, and what is looked at of it."""
    made = draw(histories())
    whole = (FIRST.date(), FIRST.date() + timedelta(days=62))
    first, last = draw(st.sampled_from([whole, whole, tuple(sorted((draw(days), draw(days))))]))
    who, teams = list(made.people), list(made.teams)
    one = st.sampled_from(who).map(lambda person: Scope(people=(person,)))
    more = [Scope(), Scope(teams=(teams[0],)), Scope(teams=tuple(teams)), Scope(people=(who[1],), teams=(teams[0],))]
    scope = draw(st.just(Scope(everyone=True)) | one | one | st.sampled_from(more))
    lens = Lens(
        scope=scope,
        starts_at=datetime.combine(first, time(), UTC),
        ends_at=datetime.combine(last + timedelta(days=1), time(), UTC),
        first_day=first,
        last_day=last,
        now=NOW,
        sqlite=sqlite,
        source=draw(st.none() | st.none() | st.sampled_from(SOURCES)),
        segment=draw(st.none() | st.none() | st.sampled_from(SEGMENTS)),
    )
    return made, lens


def test_every_figure_is_a_recount_of_the_history_and_of_the_rows_behind_it(database: Database) -> None:
    def check(session: Any, made: History, lens: Lens) -> None:
        said = figures(session, lens)
        assert dict(said) == dict(Recount(made, lens).numbers())
        assert set(said) == set(Number)
        for number, value in said.items():
            rows = list(all_rows(session, lens, DEFINITIONS[number]))
            assert len({row.id for row in rows}) == len(rows)
            assert value_of(DEFINITIONS[number], rows) == value, number
        for funnel in (FUNNEL, OUTBOUND):
            counts = [said[number].rows for number in funnel]
            assert counts == sorted(counts, reverse=True)

    @RANDOM
    @given(seen(database.sqlite))
    def holds(drawn: tuple[History, Lens]) -> None:
        made, lens = drawn
        database.write_now(lambda session: put(session, made))
        database.read_now(lambda session: check(session, made, lens))

    holds()


@pytest.mark.parametrize(("state", "leads"), [("qualified", 1), ("declined", 0), ("taken_back", 0)])
def test_a_lead_is_its_account_executives_while_the_handoff_stands(database: Database, state: str, leads: int) -> None:
    made = _many_leads(1)
    rep, ae = list(made.people)
    lead = made.leads[0]
    known = {name: lead[name] for name in ("contact_id", "account_id")}
    made.handoffs = [
        known | {"id": new_id(), "lead_id": lead["id"], "rep_id": rep, "ae_id": ae, "state": state, "held_at": None}
    ]
    made.handoffs[0] |= {"created_at": NOW, "ended_at": NOW}
    database.write_now(lambda session: put(session, made))
    for person, counted in ((rep, 1), (ae, leads)):
        lens = Lens(Scope(people=(person,)), FIRST, NOW, FIRST.date(), NOW.date(), NOW, database.sqlite)
        said = database.read_now(lambda session, lens=lens: figures(session, lens))
        assert said[Number.LEADS].rows == counted


def test_pages_together_are_all_rows(database: Database) -> None:
    made = _many_leads(25)
    lens = Lens(Scope(everyone=True), FIRST, NOW, FIRST.date(), NOW.date(), NOW, database.sqlite)
    database.write_now(lambda session: put(session, made))

    def check(session: Any) -> None:
        definition = DEFINITIONS[Number.LEADS]
        whole = list(all_rows(session, lens, definition))
        pages = [row_page(session, lens, definition, offset, 7) for offset in range(0, 28, 7)]
        assert [row for page in pages for row in page.rows] == whole
        assert {page.total for page in pages} == {len(whole)} == {25}

    database.read_now(check)


def test_each_row_of_a_count_counts_in_its_file_and_of_a_share_only_the_hits(database: Database) -> None:
    lens = Lens(Scope(everyone=True), FIRST, NOW, FIRST.date(), NOW.date(), NOW, database.sqlite)
    database.write_now(lambda session: put(session, _many_leads(3)))
    for number, hits in ((Number.LEADS, 3), (Number.OPPORTUNITY_RATE, 0)):
        found = database.read_now(lambda session, number=number: list(all_rows(session, lens, DEFINITIONS[number])))
        assert (len(found), sum(row.counts for row in found)) == (3, hits)


def _many_leads(many: int) -> History:
    """Leads of one moment, so that only their ids put them in order; a rep and an account executive."""
    made = History(people={new_id(): Role.MRR, new_id(): Role.AE})
    made.contacts = [{"id": new_id(), "account_id": None, "source": Source.WEBINAR}]
    made.leads = [
        {
            "id": new_id(),
            "contact_id": made.contacts[0]["id"],
            "account_id": None,
            "state": LeadState.CLOSED,
            "closed_at": NOW,
            "source": Source.WEBINAR,
            "owner_id": None,
            "raised_at": FIRST,
        }
        for _ in range(many)
    ]
    return made
