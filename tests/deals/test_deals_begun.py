"""Deals that began without a handoff: who may, whose they are, what follows, taking them back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest

from bot.db.models import Contact, Enrolment, Opportunity, OpportunityMove
from bot.db.queries.deal_begin import DealStart, deal_start
from bot.db.queries.deals import open_deals
from bot.domain.commands import Actor, AnswerHandoff, Undo
from bot.domain.deal_commands import BeginDeal, ChangeDeal
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.money import Money
from bot.domain.months import add_months
from bot.domain.opportunities import DealKind
from bot.domain.terms import Stage
from bot.service.deal_begin import begin_deal
from bot.service.deal_changes import Dealt
from bot.service.deal_undo import undo_step
from bot.service.handoffs import answer_handoff
from bot.service.opportunities import change_deal
from tests.deals.house import CLOSE_ON, TODAY, Closing

MONEY = Money(500_000, "EUR")


@pytest.fixture
def acme(closing: Closing) -> UUID:
    """A client that nobody owns."""
    return closing.floor.knows_account("Acme", "acme.example", stage=Stage.CLIENT)


def _begins(closing: Closing, who: str = "Erik", **more: Any) -> Dealt:
    facts = {"kind": DealKind.ADD_ON, "money": MONEY, "expected_close_on": CLOSE_ON} | more
    dealt: Dealt = closing.floor.does(begin_deal, BeginDeal(closing.floor.actor(who), **facts))
    return dealt


def _starts(closing: Closing, who: str, account_id: UUID | None, contact_id: UUID | None = None) -> DealStart:
    actor = closing.floor.actor(who)
    start: DealStart = closing.floor.read(lambda session: deal_start(session, actor, account_id, contact_id))
    return start


def test_an_add_on_begins_with_its_history_and_is_among_the_open_deals(closing: Closing, acme: UUID) -> None:
    dealt = _begins(closing, account_id=acme, next_step="Send the price list")
    assert dealt.deal_id is not None
    deal = closing.deal(dealt.deal_id)
    assert (deal.kind, deal.state, deal.amount_cents, deal.handoff_id) == ("add_on", "qualified", 500_000, None)
    assert (deal.ae_id, deal.rep_id, deal.next_step) == (closing.floor.people["Erik"], None, "Send the price list")
    assert closing.deal_history(dealt.deal_id) == [(None, "qualified", "began without a handoff")]
    assert dealt.sentence == "A deal: Acme, 5,000 EUR, an add-on."
    erik = closing.floor.actor("Erik")
    page = closing.floor.read(lambda session: open_deals(session, erik, TODAY))
    assert [line.name for line in page.lines] == ["Acme"]
    assert closing.account(acme).stage is Stage.CLIENT  # nobody falls back by a new deal


def test_person_and_company_become_an_opportunity_and_leave_the_cadence(closing: Closing) -> None:
    closing.floor.raises("jane@acme.example", first_name="Jane", last_name="Doe", company="Acme")
    contact = closing.contact()
    plan_id = uuid4()
    closing.floor.write(lambda session: session.add(_plan(closing, plan_id, contact.id)))
    dealt = _begins(closing, contact_id=contact.id, kind=DealKind.NEW)
    assert dealt.deal_id is not None
    deal, contact = closing.deal(dealt.deal_id), closing.contact()
    assert (deal.account_id, contact.stage) == (contact.account_id, Stage.OPPORTUNITY)
    (plan,) = closing.all(Enrolment, Enrolment.id == plan_id)
    assert (plan.end_reason, plan.next_due_on) == ("conversation", None)
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    (plan,) = closing.all(Enrolment, Enrolment.id == plan_id)
    assert (plan.ended_at, plan.next_due_on, closing.contact().stage) == (None, TODAY, Stage.LEAD)


def test_who_handed_them_over_lately_is_credited_and_hears_of_it(closing: Closing) -> None:
    handoff_id = closing.hands_over()
    ada, erik = closing.floor.people["Ada"], closing.floor.actor("Erik")
    closing.floor.does(answer_handoff, AnswerHandoff(erik, handoff_id, False, "No time this week"))
    dealt = _begins(closing, contact_id=closing.contact().id, kind=DealKind.NEW)
    deal = closing.deal(dealt.deal_id)
    assert (deal.rep_id, deal.lead_id) == (ada, closing.handoff(handoff_id).lead_id)
    assert dealt.sentence.endswith("It counts for Ada too, who handed them over.")
    assert closing.told("deal_step") == [("deal_step", "credited", "Ada")]
    again = _begins(closing, contact_id=closing.contact().id)
    assert closing.deal(again.deal_id).rep_id is None, "one handoff counts once"


def test_a_handoff_under_way_counts_by_its_verdict_alone(closing: Closing) -> None:
    handoff_id = closing.held()
    dealt = _begins(closing, "Farah", contact_id=closing.contact().id, kind=DealKind.NEW)
    assert closing.deal(dealt.deal_id).rep_id is None
    closing.qualifies(handoff_id)
    credited = [deal.handoff_id for deal in closing.all(Opportunity) if deal.rep_id is not None]
    assert credited == [handoff_id]


def test_a_no_is_not_taken_back_once_a_deal_was_begun_with_them(closing: Closing) -> None:
    handoff_id = closing.hands_over()
    erik = closing.floor.actor("Erik")
    declined = closing.floor.does(answer_handoff, AnswerHandoff(erik, handoff_id, False, "No time this week"))
    _begins(closing, contact_id=closing.contact().id, kind=DealKind.NEW)
    with pytest.raises(Gone, match="A deal with them was begun since"):
        closing.floor.does(undo_step, Undo(erik, declined.causation_id))
    assert closing.handoff(handoff_id).state == "declined"


def test_whose_lead_they_are_is_credited_until_the_company_is_dormant(closing: Closing) -> None:
    closing.floor.raises("jane@acme.example", first_name="Jane", last_name="Doe", company="Acme")
    jane = closing.contact().id
    dealt = _begins(closing, contact_id=jane, kind=DealKind.NEW)
    assert closing.deal(dealt.deal_id).rep_id == closing.floor.people["Ada"]
    closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    closing.floor.now = add_months(closing.floor.now, 7)
    late = _begins(closing, contact_id=jane, expected_close_on=closing.floor.now.date() + timedelta(days=30))
    assert closing.deal(late.deal_id).rep_id is None


def test_somebody_who_is_in_another_plan_by_now_keeps_it(closing: Closing) -> None:
    closing.floor.raises("jane@acme.example", first_name="Jane", last_name="Doe", company="Acme")
    contact = closing.contact()
    closing.floor.write(lambda session: session.add(_plan(closing, uuid4(), contact.id)))
    dealt = _begins(closing, contact_id=contact.id, kind=DealKind.NEW)
    closing.floor.write(lambda session: session.add(_plan(closing, uuid4(), contact.id)))
    with pytest.raises(Gone, match="cannot be taken back"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    assert len(closing.all(Opportunity)) == 1


def _plan(closing: Closing, plan_id: UUID, contact_id: UUID) -> Enrolment:
    rep_id = closing.floor.people["Ada"]
    return Enrolment(
        id=plan_id, contact_id=contact_id, person_id=rep_id, kind="cadence", started_on=TODAY, next_due_on=TODAY
    )


def test_it_is_taken_back_whole_while_nothing_followed(closing: Closing, acme: UUID) -> None:
    dealt = _begins(closing, account_id=acme)
    undone = closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), dealt.causation_id))
    assert undone.sentence == "Taken back: the deal is gone."
    assert (closing.all(Opportunity), closing.all(OpportunityMove)) == ([], [])
    again = _begins(closing, account_id=acme)
    assert again.deal_id is not None
    change = ChangeDeal(closing.floor.actor("Erik"), again.deal_id, 1, DealKind.RENEWAL, MONEY, CLOSE_ON)
    closing.floor.does(change_deal, change)
    with pytest.raises(Gone, match="changed since"):
        closing.floor.does(undo_step, Undo(closing.floor.actor("Erik"), again.causation_id))
    assert len(closing.all(Opportunity)) == 1


def test_a_manager_begins_one_for_an_executive_who_hears_of_it(closing: Closing, acme: UUID) -> None:
    dealt = _begins(closing, "Mia", account_id=acme, ae_id=closing.floor.people["Farah"])
    assert dealt.sentence.endswith("It is Farah's; I've told them.")
    assert closing.told("deal_step") == [("deal_step", "begun", "Farah")]
    closing.floor.does(undo_step, Undo(closing.floor.actor("Mia"), dealt.causation_id))
    assert closing.told("deal_step")[1:] == [("deal_step", "taken back", "Farah")]


def test_without_an_executive_a_manager_is_asked_whose_it_is(closing: Closing, acme: UUID) -> None:
    with pytest.raises(UserError, match="Whose deal is it") as refused:
        _begins(closing, "Mia", account_id=acme)
    assert refused.value.field == "ae_id"
    with pytest.raises(UserError, match="Ada is no account executive"):
        _begins(closing, "Root", account_id=acme, ae_id=closing.floor.people["Ada"])


@pytest.mark.parametrize("who", ["Ada", "Cleo"])
def test_reps_and_customer_success_hand_over_instead(closing: Closing, acme: UUID, who: str) -> None:
    with pytest.raises(NotAllowed, match="/handoff"):
        _begins(closing, who, account_id=acme)
    assert closing.all(Opportunity) == []


def test_nobody_begins_one_on_anothers_account_or_in_anothers_name(closing: Closing) -> None:
    farahs = closing.floor.knows_account("Bolt", owner_id=closing.floor.people["Farah"])
    with pytest.raises(NotAllowed, match="Bolt is Farah's account"):
        _begins(closing, account_id=farahs)
    with pytest.raises(NotAllowed, match="manager of Farah's team"):
        _begins(closing, account_id=farahs, ae_id=closing.floor.people["Farah"])
    with pytest.raises(NotAllowed, match="manager of Farah's team"):
        _begins(closing, "Otto", account_id=farahs, ae_id=closing.floor.people["Farah"])
    assert _begins(closing, "Mia", account_id=farahs, ae_id=closing.floor.people["Erik"]).deal_id is not None


def test_a_reps_account_is_no_hindrance(closing: Closing) -> None:
    adas = closing.floor.knows_account("Bolt", owner_id=closing.floor.people["Ada"])
    assert _begins(closing, account_id=adas).deal_id is not None


def test_what_does_not_fit_is_refused_beside_its_field(closing: Closing, acme: UUID) -> None:
    closing.floor.raises("tim@bolt.example", first_name="Tim", last_name="Bell", company="Bolt")
    tim = closing.contact("tim@bolt.example")
    refusals = [
        ("expected_close_on", {"expected_close_on": None}),
        ("expected_close_on", {"expected_close_on": TODAY - timedelta(days=1)}),
        ("contact", {"contact_id": tim.id}),
    ]
    for field, facts in refusals:
        with pytest.raises(UserError) as refused:
            _begins(closing, account_id=acme, **facts)
        assert refused.value.field == field
    for gone in ({"account_id": uuid4()}, {"contact_id": uuid4()}, {}):
        with pytest.raises(NotFound):
            _begins(closing, **gone)
    assert closing.all(Opportunity) == []


def test_the_form_knows_the_client_its_people_and_what_is_open(closing: Closing, acme: UUID) -> None:
    closing.floor.raises("jane@acme.example", first_name="Jane", last_name="Doe")
    jane = closing.contact()
    start = _starts(closing, "Erik", acme)
    assert (start.company, start.usual, start.chosen, start.open_deals) == ("Acme", DealKind.ADD_ON, jane.id, 0)
    assert [one.name for one in start.contacts] == ["Jane Doe"]
    assert start.ae is not None
    assert start.ae.name == "Erik"
    _begins(closing, contact_id=jane.id)
    by_person = _starts(closing, "Mia", None, jane.id)
    assert (by_person.account_id, by_person.open_deals, by_person.ae) == (acme, 1, None)


def test_a_company_of_hundreds_offers_those_touched_last_and_says_so(closing: Closing, acme: UUID) -> None:
    def hire(session: Any) -> None:
        for number in range(120):
            session.add(Contact(account_id=acme, first_name=f"P{number}", created_at=closing.now))
        session.add(Contact(account_id=acme, first_name="Zoe", created_at=closing.now, last_touched_at=closing.now))

    closing.floor.write(hire)
    start = _starts(closing, "Erik", acme)
    assert (start.contacts[0].name, len(start.contacts), start.more_contacts) == ("Zoe", 90, 31)


def test_two_who_begin_one_at_the_same_moment_share_no_credit(closing: Closing) -> None:
    floor = closing.floor
    actors = [floor.actor(who) for who in ("Erik", "Farah")]
    for number in range(5):
        email = f"jane@acme{number}.example"
        floor.raises(email, first_name="Jane", last_name="Doe", company=f"Acme {number}")
        jane, both = closing.contact(email).id, Barrier(2)

        def begins(actor: Actor, jane: UUID = jane, both: Barrier = both) -> None:
            facts: dict[str, Any] = {"kind": DealKind.NEW, "money": MONEY, "contact_id": jane}
            both.wait(10)
            floor.does(begin_deal, BeginDeal(actor, expected_close_on=CLOSE_ON, **facts))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(begins, actors))
        reps = [deal.rep_id for deal in closing.all(Opportunity, Opportunity.contact_id == jane)]
        assert (len(reps), reps.count(floor.people["Ada"])) == (2, 1)
