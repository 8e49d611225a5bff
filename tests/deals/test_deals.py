"""Deals: proposal, won, lost, corrections, reopening; who may, what is told, what is taken back."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from bot.db.models import Account
from bot.db.queries.deals import deal_card
from bot.domain.commands import Undo
from bot.domain.deal_commands import ChangeDeal, Lose, Propose, ReopenDeal, Win
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.money import Money
from bot.domain.opportunities import DealKind, Guard
from bot.domain.terms import Stage
from bot.service.deal_changes import Dealt
from bot.service.deal_undo import undo_step
from bot.service.opportunities import change_deal, lose, propose, reopen_deal, win
from tests.deals.house import CLOSE_ON, Closing

ALL = Guard(("need", "decision_maker", "budget", "timing"))
MONEY = Money(1_500_000, "EUR")


def _propose(closing: Closing, deal_id: UUID, guard: Guard = ALL, who: str = "Erik") -> Dealt:
    command = Propose(closing.floor.actor(who), deal_id, closing.deal(deal_id).version, guard)
    return closing.floor.does(propose, command)


def _win(closing: Closing, deal_id: UUID, who: str = "Erik", **more: object) -> Dealt:
    facts = {"kind": DealKind.NEW, "money": MONEY, "guard": ALL} | more
    return closing.floor.does(win, Win(closing.floor.actor(who), deal_id, closing.deal(deal_id).version, **facts))


def _lose(closing: Closing, deal_id: UUID, reason: str = "Price", who: str = "Erik", remark: str = "") -> Dealt:
    command = Lose(closing.floor.actor(who), deal_id, closing.deal(deal_id).version, reason, remark)
    return closing.floor.does(lose, command)


def _reopen(closing: Closing, deal_id: UUID, reason: str = "they rang back", who: str = "Erik") -> Dealt:
    command = ReopenDeal(closing.floor.actor(who), deal_id, closing.deal(deal_id).version, reason)
    return closing.floor.does(reopen_deal, command)


def _change(closing: Closing, deal_id: UUID, who: str = "Erik", **more: object) -> Dealt:
    facts = {"kind": DealKind.NEW, "money": Money(1_250_000, "EUR"), "expected_close_on": CLOSE_ON} | more
    return closing.floor.does(
        change_deal, ChangeDeal(closing.floor.actor(who), deal_id, closing.deal(deal_id).version, **facts)
    )


def test_a_proposal_wants_the_guard_confirmed(closing: Closing) -> None:
    deal_id = closing.qualified()
    with pytest.raises(UserError, match="“There is a budget”, “We know when”") as refused:
        _propose(closing, deal_id, Guard(("need", "decision_maker")))
    assert refused.value.field == "override"
    _propose(closing, deal_id)
    assert closing.deal(deal_id).state == "proposal"
    assert closing.deal_history(deal_id)[-1] == ("qualified", "proposal", "")
    assert closing.told("deal_step") == [("deal_step", "proposal", "Ada")]


def test_an_override_needs_a_reason_and_stands_on_the_deal(closing: Closing) -> None:
    deal_id = closing.qualified()
    _propose(closing, deal_id, Guard(("need",), "their board meets tomorrow"))
    card = closing.floor.read(lambda session: deal_card(session, deal_id))
    assert card.guard == Guard(("need",), "their board meets tomorrow")
    assert "Not confirmed: decision maker, budget, timing; their board meets" in closing.deal_history(deal_id)[-1][2]


def test_winning_makes_a_client_and_tells_customer_success_what_was_promised(closing: Closing) -> None:
    deal_id = closing.qualified()
    account_id = closing.deal(deal_id).account_id
    closing.floor.write(
        lambda session: setattr(session.get_one(Account, account_id), "csm_id", closing.floor.people["Cleo"])
    )
    _propose(closing, deal_id)
    dealt = _win(closing, deal_id, promised="Live in May.")
    deal = closing.deal(deal_id)
    assert (deal.state, deal.amount_cents, deal.promised) == ("won", 1_500_000, "Live in May.")
    assert deal.closed_at == closing.now
    assert closing.is_client()
    assert ("deal_step", "won_csm", "Cleo") in closing.told("deal_step")
    assert ("deal_step", "won", "Ada") in closing.told("deal_step")
    assert "Cleo" in dealt.sentence


@pytest.mark.parametrize(("owner", "then"), [(None, "Erik"), ("Ada", "Erik"), ("Farah", "Farah")])
def test_a_client_is_theirs_who_sold_unless_another_executive_has_them(
    closing: Closing, owner: str | None, then: str
) -> None:
    deal_id = closing.qualified()
    account_id, people = closing.deal(deal_id).account_id, closing.floor.people
    before = people[owner] if owner else None
    closing.floor.write(lambda session: setattr(session.get_one(Account, account_id), "owner_id", before))
    won = _win(closing, deal_id)
    assert closing.account(account_id).owner_id == people[then]
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), won.causation_id))
    assert closing.account(account_id).owner_id == before


def test_won_without_a_proposal_passes_through_its_guard(closing: Closing) -> None:
    deal_id = closing.qualified()
    with pytest.raises(UserError, match="Not confirmed yet"):
        _win(closing, deal_id, guard=Guard())
    assert closing.deal(deal_id).state == "qualified"
    _win(closing, deal_id)
    assert [(before, after) for before, after, _ in closing.deal_history(deal_id)] == [
        (None, "qualified"),
        ("qualified", "proposal"),
        ("proposal", "won"),
    ]


def test_losing_needs_one_of_the_reasons_and_keeps_ones_own_words(closing: Closing) -> None:
    deal_id = closing.qualified()
    for wrong in ("", "bad luck"):
        with pytest.raises(UserError, match="Pick one"):
            _lose(closing, deal_id, wrong)
    _lose(closing, deal_id, "Price", remark="half of ours")
    assert closing.deal(deal_id).close_reason == "Price"
    assert closing.deal_history(deal_id)[-1] == ("qualified", "lost", "Price: half of ours")


@pytest.mark.parametrize("who", ["Ada", "Farah", "Otto", "Cleo"])
def test_nobody_else_moves_a_deal(closing: Closing, who: str) -> None:
    deal_id = closing.qualified()
    steps = (_propose, _win, _lose, _reopen, _change)
    for step in steps:
        with pytest.raises(NotAllowed, match="Only Erik"):
            step(closing, deal_id, who=who)


@pytest.mark.parametrize("who", ["Mia", "Root"])
def test_a_manager_of_theirs_and_an_admin_can(closing: Closing, who: str) -> None:
    deal_id = closing.qualified()
    _propose(closing, deal_id, who=who)
    _win(closing, deal_id, who=who)
    assert closing.deal(deal_id).state == "won"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(closing: Closing) -> None:
    deal_id = closing.qualified()
    seen = closing.deal(deal_id).version
    _propose(closing, deal_id, who="Mia")
    with pytest.raises(Gone, match="changed since"):
        closing.floor.does(lose, Lose(closing.floor.actor("Erik"), deal_id, seen, "Price"))


def test_a_correction_is_in_the_history(closing: Closing) -> None:
    deal_id = closing.qualified()
    with pytest.raises(UserError, match="Nothing is different"):
        _change(closing, deal_id)
    _change(closing, deal_id, money=Money(900_000, "USD"), expected_close_on=CLOSE_ON + timedelta(days=30))
    deal = closing.deal(deal_id)
    assert (deal.amount_cents, deal.currency) == (900_000, "USD")
    assert closing.deal_history(deal_id)[-1] == (
        "qualified",
        "qualified",
        "corrected: amount, currency, expected close",
    )


def test_a_past_day_that_was_expected_stays_but_no_new_one_is_past(closing: Closing) -> None:
    deal_id = closing.qualified()
    closing.floor.until(closing.now + timedelta(days=200))
    _change(closing, deal_id, money=Money(100, "EUR"))
    with pytest.raises(UserError, match="past"):
        _change(closing, deal_id, expected_close_on=date(2026, 7, 1))


def test_a_lost_deal_goes_on_where_it_was_with_a_reason(closing: Closing) -> None:
    deal_id = closing.qualified()
    _propose(closing, deal_id)
    _lose(closing, deal_id)
    with pytest.raises(UserError, match="say why"):
        _reopen(closing, deal_id, " ")
    _reopen(closing, deal_id)
    deal = closing.deal(deal_id)
    assert (deal.state, deal.closed_at, deal.close_reason) == ("proposal", None, None)
    _reopen(closing, deal_id, "the budget is gone")
    assert (closing.deal(deal_id).state, closing.deal(deal_id).proposal_at) == ("qualified", None)


def test_a_proposal_taken_back_is_not_called_a_deal_taken_up_again(closing: Closing) -> None:
    deal_id = closing.qualified()
    _propose(closing, deal_id)
    _reopen(closing, deal_id, "sent too early")
    assert closing.told("deal_step")[-1] == ("deal_step", "proposal_back", "Ada")
    _lose(closing, deal_id)
    _reopen(closing, deal_id)
    assert closing.told("deal_step")[-1] == ("deal_step", "reopened", "Ada")


def test_reopening_what_was_won_makes_them_a_client_no_more(closing: Closing) -> None:
    deal_id = closing.qualified()
    _win(closing, deal_id)
    assert closing.is_client()
    _reopen(closing, deal_id, "they withdrew")
    contact = closing.contact()
    assert contact.stage is closing.account(contact.account_id).stage is Stage.OPPORTUNITY


def test_a_client_by_another_deal_stays_one(closing: Closing) -> None:
    deal_id = closing.qualified()
    _win(closing, deal_id)
    account_id = closing.deal(deal_id).account_id
    other = closing.has_deal(company="Other")
    closing.floor.write(
        lambda session: setattr(session.get_one(type(closing.deal(other)), other), "account_id", account_id)
    )
    _win(closing, other)
    _reopen(closing, deal_id, "they withdrew")
    assert closing.account(account_id).stage is Stage.CLIENT


def _picture(closing: Closing, deal_id: UUID) -> tuple[object, ...]:
    deal, contact = closing.deal(deal_id), closing.contact()
    columns = ("state", "kind", "amount_cents", "currency", "expected_close_on", "proposal_at", "closed_at")
    more = ("close_reason", "next_step", "guard", "promised")
    stages = (contact.stage, closing.account(contact.account_id).stage)
    return (*(getattr(deal, name) for name in (*columns, *more)), *stages)


@pytest.mark.parametrize("step", [_propose, _win, _lose, _change, _reopen])
def test_each_step_can_be_taken_back(closing: Closing, step) -> None:
    deal_id = closing.qualified()
    if step is _reopen:
        _win(closing, deal_id)
    more = {"money": Money(5, "CHF")} if step is _change else {}
    before = _picture(closing, deal_id)
    dealt = step(closing, deal_id, **more)
    assert _picture(closing, deal_id) != before
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    assert _picture(closing, deal_id) == before
    assert closing.deal_history(deal_id)[-1][2] == "taken back"


def test_a_step_with_another_one_on_top_stays(closing: Closing) -> None:
    deal_id = closing.qualified()
    proposed = _propose(closing, deal_id)
    _win(closing, deal_id)
    with pytest.raises(Gone, match="changed since"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), proposed.causation_id))


def test_a_deal_that_is_not_there_says_so(closing: Closing) -> None:
    with pytest.raises(NotFound):
        closing.floor.does(propose, Propose(closing.floor.actor("Erik"), closing.floor.people["Erik"], 1, ALL))
