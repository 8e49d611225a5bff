"""What ``/deal`` shows: sums that equal a recount, pages, who sees what, finding by name; and the lull list."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update

from bot.db.models import Account, Opportunity
from bot.db.queries.deals import PAGE, deal_card, find_deals, open_deals
from bot.db.queries.lull import lull_list
from bot.domain.commands import LogTouch
from bot.domain.errors import NotFound
from bot.domain.money import Money, sums
from bot.domain.terms import Channel, Outcome, Stage
from bot.service.touches import log_touch
from bot.slack.views.deal import deals_post
from tests.deals.house import TODAY, Closing

deal_facts = st.fixed_dictionaries(
    {
        "who": st.sampled_from(["Erik", "Farah"]),
        "cents": st.integers(0, 10**13),
        "currency": st.sampled_from(["EUR", "USD", "CHF"]),
        "state": st.sampled_from(["qualified", "proposal", "won", "lost"]),
    }
)


def _page(closing: Closing, who: str, offset: int = 0):
    actor = closing.floor.actor(who)
    return closing.floor.read(lambda session: open_deals(session, actor, TODAY, offset))


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(st.lists(deal_facts, max_size=18))
def test_the_sums_equal_a_recount_of_the_rows_on_all_pages(closing: Closing, deals: list[dict[str, object]]) -> None:
    closing.floor.write(lambda session: session.execute(delete(Opportunity)))
    for number, facts in enumerate(deals):
        closed = {"closed_at": closing.now} if facts["state"] in ("won", "lost") else {}
        closing.has_deal(company=f"Company {number}", **facts, **closed)
    for who, whose in (
        ("Erik", {"Erik"}),
        ("Farah", {"Farah"}),
        ("Mia", {"Erik", "Farah"}),
        ("Root", {"Erik", "Farah"}),
    ):
        counted = [one for one in deals if one["who"] in whose and one["state"] in ("qualified", "proposal")]
        first = _page(closing, who)
        assert first.total == len(counted)
        assert first.sums == sums(Money(one["cents"], one["currency"]) for one in counted)
        shown = [line for offset in range(0, len(counted), PAGE) for line in _page(closing, who, offset).lines]
        assert len({line.deal_id for line in shown}) == len(counted)
        assert sums(line.money for line in shown) == first.sums


def test_what_closes_soonest_comes_first_and_without_a_day_last(closing: Closing) -> None:
    days = [date(2026, 5, 1), None, date(2026, 4, 1)]
    for number, day in enumerate(days):
        closing.has_deal(company=f"Company {number}", expected_close_on=day)
    assert [line.company for line in _page(closing, "Erik").lines] == ["Company 2", "Company 0", "Company 1"]


def test_a_deal_that_should_be_closed_by_now_says_so(closing: Closing) -> None:
    closing.has_deal(expected_close_on=TODAY - timedelta(days=1))
    assert "was due" in str(deals_post(_page(closing, "Erik")).blocks)


def test_without_deals_it_says_how_one_begins(closing: Closing) -> None:
    assert "no open deals" in deals_post(_page(closing, "Erik")).text
    assert "/deal new" in deals_post(_page(closing, "Erik")).text
    assert "/deal new" not in deals_post(_page(closing, "Erik"), may_begin=False).text


@pytest.mark.parametrize(
    ("who", "sees"), [("Erik", True), ("Ada", True), ("Mia", True), ("Root", True), ("Farah", False), ("Otto", False)]
)
def test_everybody_sees_their_own_a_manager_those_of_the_team(closing: Closing, who: str, sees: bool) -> None:
    deal_id = closing.qualified()
    actor = closing.floor.actor(who)
    assert (_page(closing, who).total == 1) is sees
    assert bool(closing.floor.read(lambda session: find_deals(session, actor, "acme"))) is sees
    if sees:
        assert closing.floor.read(lambda session: deal_card(session, deal_id, actor)).company == "Acme"
        return
    with pytest.raises(NotFound):
        closing.floor.read(lambda session: deal_card(session, deal_id, actor))


def test_the_companys_csm_sees_its_deals(closing: Closing) -> None:
    deal_id = closing.qualified()
    account_id = closing.deal(deal_id).account_id
    assert _page(closing, "Cleo").total == 0
    closing.floor.write(
        lambda session: session.execute(
            update(Account).where(Account.id == account_id).values(csm_id=closing.floor.people["Cleo"])
        )
    )
    assert _page(closing, "Cleo").total == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [("acme", 1), ("ac", 1), ("jane", 1), ("jane doe", 1), ("DOE acme", 1), ("jane smith", 0), ("%", 0), ("", 0)],
)
def test_a_deal_is_found_by_company_or_person(closing: Closing, typed: str, found: int) -> None:
    closing.qualified()
    closing.has_deal(company="Borealis")
    erik = closing.floor.actor("Erik")
    assert len(closing.floor.read(lambda session: find_deals(session, erik, typed))) == found


def test_open_deals_are_found_before_closed_ones(closing: Closing) -> None:
    closing.has_deal(company="Borealis North", state="lost", closed_at=closing.now)
    closing.has_deal(company="Borealis South")
    erik = closing.floor.actor("Erik")
    names = [line.company for line in closing.floor.read(lambda session: find_deals(session, erik, "borealis"))]
    assert names == ["Borealis South", "Borealis North"]


def _account(closing: Closing, name: str, **values: object) -> UUID:
    return closing.floor.knows_account(name, owner_id=closing.floor.people["Erik"], **values)


def _lull(closing: Closing):
    return closing.floor.read(lambda session: lull_list(session, closing.floor.people["Erik"], closing.now))


def test_a_gap_offers_strategic_accounts_then_customers_then_partners_each_once(closing: Closing) -> None:
    _account(closing, "Partner", partner=True)
    _account(closing, "Client", stage=Stage.CLIENT)
    _account(closing, "All three", strategic=True, partner=True, stage=Stage.CLIENT)
    _account(closing, "Nothing")
    closing.floor.knows_account("Not Erik's", owner_id=closing.floor.people["Farah"], strategic=True)
    offer = _lull(closing)
    groups = [[one.name for one in group] for group in (offer.strategic, offer.customers, offer.partners)]
    assert groups == [["All three"], ["Client"], ["Partner"]]


def test_ten_strategic_accounts_those_nobody_spoke_to_for_longest_first(closing: Closing) -> None:
    for number in range(12):
        _account(closing, f"Account {number:02}", strategic=True, last_activity_at=closing.now - timedelta(days=number))
    _account(closing, "Never", strategic=True)
    names = [one.name for one in _lull(closing).strategic]
    assert names == ["Never", *(f"Account {number:02}" for number in range(11, 2, -1))]


def test_whoever_said_no_is_not_offered(closing: Closing) -> None:
    closing.hands_over()
    contact = closing.contact()

    def work(session) -> None:
        session.get_one(Account, contact.account_id).strategic = True
        session.get_one(Account, contact.account_id).owner_id = closing.floor.people["Erik"]

    closing.floor.write(work)
    assert _lull(closing).strategic[0].contact_id == contact.id
    for channel, outcome in ((Channel.CALL, Outcome.DO_NOT_CALL), (Channel.EMAIL, Outcome.OPTED_OUT)):
        command = LogTouch(closing.floor.actor("Ada"), contact.id, channel, outcome, closing.now)
        closing.floor.does(log_touch, command)
    assert _lull(closing).strategic[0].contact_id is None
