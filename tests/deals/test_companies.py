"""A company's owner, customer success, strategic and partner: who may say so, what it changes, taking it back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.db.models import Account, AuditEntry
from bot.db.queries.companies import colleagues, company_card, find_companies
from bot.db.queries.lull import lull_list
from bot.domain.commands import Undo
from bot.domain.companies import ChangeCompany, CompanySaid, check_company, read_country, read_employees
from bot.domain.deal_commands import Win
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.money import Money
from bot.domain.opportunities import DealKind, DealState, Guard
from bot.domain.terms import Role
from bot.service.companies import CompanyChanged, change_company, undo_company
from bot.service.name_index import rewrite_account_words
from bot.service.opportunities import win
from tests.deals.house import Closing


@pytest.fixture
def acme(closing: Closing) -> UUID:
    """Erik's account."""
    account_id = closing.floor.knows_account("Acme", "acme.example", owner_id=closing.floor.people["Erik"])
    closing.floor.write(lambda session: rewrite_account_words(session, account_id, "Acme", "acme.example"))
    return account_id


def _says(closing: Closing, who: str, account_id: UUID, **said: Any) -> CompanyChanged:
    stored = closing.floor.read(lambda session: company_card(session, account_id)).said
    wanted = {name: getattr(stored, name) for name in CompanySaid.__dataclass_fields__} | said
    command = ChangeCompany(closing.floor.actor(who), account_id, stored.mark, CompanySaid(**wanted))
    changed: CompanyChanged = closing.floor.does(change_company, command)
    return changed


def test_an_executive_makes_their_account_strategic_and_their_gap_offers_it(closing: Closing, acme: UUID) -> None:
    cleo, erik = closing.floor.people["Cleo"], closing.floor.people["Erik"]
    done = _says(closing, "Erik", acme, strategic=True, csm_id=cleo, employees=1200, industry="Castings", country="DE")
    account = closing.account(acme)
    assert (account.strategic, account.csm_id, account.employees) == (True, cleo, 1200)
    assert done.sentence == (
        "Saved: Acme. Customer success manager: Cleo; strategic account: yes; industry: Castings; employees: 1200; "
        "country: DE."
    )
    offered = closing.floor.read(lambda session: lull_list(session, erik, closing.now))
    assert [one.name for one in offered.strategic] == ["Acme"]


def test_a_partner_is_offered_as_one(closing: Closing, acme: UUID) -> None:
    _says(closing, "Erik", acme, partner=True)
    erik = closing.floor.people["Erik"]
    offered = closing.floor.read(lambda session: lull_list(session, erik, closing.now))
    assert [one.name for one in offered.partners] == ["Acme"]


@pytest.mark.parametrize("who", ["Mia", "Root"])
def test_a_manager_of_theirs_and_an_admin_may_too(closing: Closing, acme: UUID, who: str) -> None:
    _says(closing, who, acme, owner_id=closing.floor.people["Farah"])
    assert closing.account(acme).owner_id == closing.floor.people["Farah"]


@pytest.mark.parametrize("who", ["Farah", "Ada", "Cleo", "Otto"])
def test_nobody_else_may(closing: Closing, acme: UUID, who: str) -> None:
    with pytest.raises(NotAllowed, match="Erik, whose account it is"):
        _says(closing, who, acme, strategic=True)
    assert not closing.account(acme).strategic


def test_an_account_without_owner_is_that_of_the_executive_with_a_deal_there(closing: Closing) -> None:
    deal = closing.deal(closing.has_deal("Erik", company="Bolt"))
    assert deal.account_id is not None
    with pytest.raises(NotAllowed, match="An executive with a deal"):
        _says(closing, "Farah", deal.account_id, partner=True)
    _says(closing, "Erik", deal.account_id, owner_id=closing.floor.people["Erik"], strategic=True)
    assert closing.account(deal.account_id).owner_id == closing.floor.people["Erik"]


def test_strategic_for_nobody_is_refused_beside_the_owner(closing: Closing, acme: UUID) -> None:
    with pytest.raises(UserError, match="Pick the owner") as refused:
        _says(closing, "Mia", acme, owner_id=None, strategic=True)
    assert refused.value.field == "owner_id"


def test_only_a_customer_success_manager_looks_after_customers(closing: Closing, acme: UUID) -> None:
    with pytest.raises(UserError, match="Farah is no customer success manager") as refused:
        _says(closing, "Erik", acme, csm_id=closing.floor.people["Farah"])
    assert refused.value.field == "csm_id"
    with pytest.raises(UserError, match="do not work here"):
        _says(closing, "Erik", acme, owner_id=uuid4())


def test_what_somebody_changed_meanwhile_is_not_overwritten(closing: Closing, acme: UUID) -> None:
    seen = closing.floor.read(lambda session: company_card(session, acme)).said
    _says(closing, "Mia", acme, partner=True)
    late = ChangeCompany(closing.floor.actor("Erik"), acme, seen.mark, CompanySaid(seen.owner_id, strategic=True))
    with pytest.raises(Gone, match="changed since you looked"):
        closing.floor.does(change_company, late)
    assert closing.account(acme).partner
    with pytest.raises(UserError, match="Nothing is different"):
        _says(closing, "Erik", acme)


def test_a_change_is_written_down_and_can_be_taken_back(closing: Closing, acme: UUID) -> None:
    done = _says(closing, "Erik", acme, owner_id=closing.floor.people["Farah"], strategic=True)
    (entry,) = closing.all(AuditEntry, AuditEntry.command == "change_company")
    assert (entry.actor_id, entry.subject_id) == (closing.floor.people["Erik"], str(acme))
    assert entry.detail["was"] == {"owner_id": str(closing.floor.people["Erik"]), "strategic": False}
    with pytest.raises(NotAllowed):
        closing.floor.does(undo_company, Undo(closing.floor.actor("Farah"), done.causation_id))
    undone = closing.floor.does(undo_company, Undo(closing.floor.actor("Erik"), done.causation_id))
    account = closing.account(acme)
    assert undone.sentence == "Taken back: Acme is as it was before."
    assert (account.owner_id, account.strategic) == (closing.floor.people["Erik"], False)
    with pytest.raises(Gone, match="already"):
        closing.floor.does(undo_company, Undo(closing.floor.actor("Erik"), done.causation_id))


def test_undo_ends_with_its_minutes_and_when_something_followed(closing: Closing, acme: UUID) -> None:
    erik = closing.floor.actor("Erik")
    first = _says(closing, "Erik", acme, partner=True)
    _says(closing, "Mia", acme, partner=False)
    with pytest.raises(Gone, match="has been changed since"):
        closing.floor.does(undo_company, Undo(erik, first.causation_id))
    later = _says(closing, "Erik", acme, partner=True)
    closing.floor.until(later.undo_until + timedelta(seconds=1))
    with pytest.raises(Gone, match="Undo works for"):
        closing.floor.does(undo_company, Undo(erik, later.causation_id))


def test_who_bought_tells_the_customer_success_manager_that_was_set_by_hand(closing: Closing) -> None:
    deal_id = closing.qualified()
    deal = closing.deal(deal_id)
    assert deal.account_id is not None
    _says(closing, "Erik", deal.account_id, csm_id=closing.floor.people["Cleo"])
    guard = Guard(("need", "decision_maker", "budget", "timing"))
    command = Win(closing.floor.actor("Erik"), deal_id, deal.version, DealKind.NEW, Money(100, "EUR"), guard=guard)
    closing.floor.does(win, command)
    assert ("deal_step", "won_csm", "Cleo") in closing.told("deal_step")
    account_id = deal.account_id
    card = closing.floor.read(lambda session: company_card(session, account_id))
    said = [(event.deal, event.changed, event.by) for event in card.events]
    assert said[:2] == [(DealState.WON, (), "Erik"), (DealState.PROPOSAL, (), "Erik")]
    assert (None, ("customer success manager",), "Erik") in said


def test_a_company_is_found_by_its_own_name_only(closing: Closing, acme: UUID) -> None:
    closing.floor.raises("jane@bolt.example", first_name="Acme", last_name="Doe", company="Bolt")
    found = closing.floor.read(lambda session: find_companies(session, "acme"))
    assert [(one.id, one.name) for one in found] == [(acme, "Acme")]
    for nothing in ("", "%", "  ", "acme nowhere"):
        assert closing.floor.read(lambda session, typed=nothing: find_companies(session, typed)) == ()


def test_colleagues_are_offered_by_how_their_names_begin(closing: Closing) -> None:
    def offered(typed: str, role: Role | None = None) -> list[str]:
        return [one.name for one in closing.floor.read(lambda session: colleagues(session, typed, role))]

    assert offered("er") == ["Erik"]
    assert offered("", Role.CSM) == ["Cleo"]
    assert offered("zz") == []
    assert len(offered("")) == len(closing.floor.people)


def test_no_account_is_changed_by_a_refused_command(closing: Closing, acme: UUID) -> None:
    before = closing.floor.read(lambda session: session.scalars(select(Account.owner_id)).all())
    with pytest.raises(UserError):
        _says(closing, "Erik", acme, csm_id=closing.floor.people["Ada"], partner=True)
    assert closing.floor.read(lambda session: session.scalars(select(Account.owner_id)).all()) == before
    assert closing.all(AuditEntry, AuditEntry.command == "change_company") == []


@pytest.mark.parametrize(
    ("typed", "count"), [("", None), ("1200", 1200), ("1,200", 1200), (" 10.000 ", 10000), ("0", 0), ("1 200", 1200)]
)
def test_a_number_of_employees_is_read(typed: str, count: int | None) -> None:
    assert read_employees(typed) == count


@pytest.mark.parametrize("typed", ["many", "12,5", "-3", "51-200", "9" * 10, "1e4", "٣٣"])
def test_what_is_no_number_of_employees_is_refused(typed: str) -> None:
    with pytest.raises(UserError, match="whole number"):
        read_employees(typed)


def test_a_country_is_read_by_name_or_code() -> None:
    assert [read_country(typed) for typed in ("Germany", "de", "UK", " ")] == ["DE", "DE", "GB", None]
    with pytest.raises(UserError, match="don't know that country"):
        read_country("Atlantis")


@given(st.booleans(), st.booleans(), st.none() | st.text(), st.none() | st.integers(0), st.none() | st.uuids())
def test_the_mark_tells_every_other_value_apart(
    strategic: bool, partner: bool, industry: str | None, employees: int | None, owner_id: UUID | None
) -> None:
    one = CompanySaid(owner_id, None, strategic, partner, industry, employees)
    assert one.mark == CompanySaid(owner_id, None, strategic, partner, industry, employees).mark
    assert one.mark != CompanySaid(owner_id, None, not strategic, partner, industry, employees).mark
    assert one.mark != CompanySaid(owner_id, uuid4(), strategic, partner, industry, employees).mark
    if strategic and owner_id is None:
        with pytest.raises(UserError):
            check_company(one)
    else:
        check_company(one)
