"""``handraiser import --deals``: rows that are read, rows that are stored, the same file twice."""

from datetime import date

import pytest

from bot.db.models import Account, Contact, Enrolment, Opportunity
from bot.db.queries.deals import deal_card
from bot.domain.commands import LogTouch
from bot.domain.deal_commands import Lose, Win
from bot.domain.errors import UserError
from bot.domain.import_rows import ImportReport
from bot.domain.metrics import Number
from bot.domain.metrics_period import Span, unit_of
from bot.domain.metrics_question import Question
from bot.domain.money import Money
from bot.domain.opportunities import GUARD_WORDS, DealKind, Guard
from bot.domain.terms import Channel, Outcome, Stage
from bot.intake.csv_deals import import_deals_file
from bot.service.opportunities import lose, win
from bot.service.pipeline import results
from bot.service.touches import log_touch
from tests.deals.house import TODAY, Closing

EUROS = Money(1_250_000, "EUR")
HEAD = "company,contact email,ae,amount,currency,type,stage,expected close\n"
ACME = "Acme,jane@acme.example,erik@example.com,12.500,EUR,new,proposal,2026-06-30\n"
BETA = "Beta,,farah@example.com,1.5m,USD,add-on,qualified,30.06.2026\n"


def _imports(closing: Closing, text: str, **more: bool) -> ImportReport:
    return import_deals_file(closing.floor.database, text.encode(), lambda: closing.now, **more)


def test_deals_come_in_with_person_company_and_executive(closing: Closing) -> None:
    report = _imports(closing, HEAD + ACME + BETA)
    assert (report.added, report.refused, report.accounts_added) == (2, [], 2)
    acme, beta = closing.all(Opportunity)
    assert (acme.amount_cents, acme.currency, acme.kind, acme.state) == (1_250_000, "EUR", "new", "proposal")
    assert (beta.amount_cents, beta.currency, beta.kind, beta.state) == (150_000_000, "USD", "add_on", "qualified")
    assert acme.expected_close_on == beta.expected_close_on == date(2026, 6, 30)
    assert (acme.ae_id, beta.ae_id) == (closing.floor.people["Erik"], closing.floor.people["Farah"])
    jane = closing.contact()
    assert acme.contact_id == jane.id
    assert jane.stage is closing.account(acme.account_id).stage is Stage.OPPORTUNITY
    assert beta.contact_id is None
    assert closing.account(beta.account_id).name == "Beta"
    card = closing.floor.read(lambda session: deal_card(session, acme.id))
    assert card.guard.override == "imported at the proposal"
    assert [move.after for move in card.moves] == ["qualified", "proposal"]


def test_the_same_file_twice_changes_nothing_also_where_a_deal_moved_on_here(closing: Closing) -> None:
    _imports(closing, HEAD + ACME + BETA)
    acme = closing.all(Opportunity)[0]
    closing.floor.does(lose, Lose(closing.floor.actor("Erik"), acme.id, acme.version, "Price"))
    before = [(one.id, one.version, one.state) for one in closing.all(Opportunity)]
    counts = (closing.floor.count(Account), closing.floor.count(Contact))
    report = _imports(closing, HEAD + ACME + BETA)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert [(one.id, one.version, one.state) for one in closing.all(Opportunity)] == before
    assert (closing.floor.count(Account), closing.floor.count(Contact)) == counts


def test_imported_deals_are_no_pipeline_of_these_days_but_what_is_won_is_won(closing: Closing) -> None:
    """They were qualified before, elsewhere: the first month here must not look like the best one ever."""
    _imports(closing, HEAD + ACME)
    (acme,) = closing.all(Opportunity)
    guard = Guard(tuple(GUARD_WORDS))
    closing.floor.does(win, Win(closing.floor.actor("Erik"), acme.id, acme.version, DealKind.NEW, EUROS, guard=guard))
    root = closing.floor.actor("Root")
    asked = Question(unit_of(Span.MONTH, closing.now.date()))
    said = closing.floor.read(lambda session: results(session, root, asked, closing.now)).figures
    assert (said[Number.PIPELINE].rows, said[Number.CLOSED].money) == (0, (EUROS,))


def test_whoever_has_an_imported_deal_is_in_no_cadence(closing: Closing) -> None:
    closing.floor.raises("jane@acme.example", first_name="Jane", last_name="Doe", company="Acme")
    rep_id, jane = closing.floor.people["Ada"], closing.contact().id
    plan = Enrolment(contact_id=jane, person_id=rep_id, kind="cadence", started_on=TODAY, next_due_on=TODAY)
    closing.floor.write(lambda session: session.add(plan))
    _imports(closing, HEAD + ACME)
    (plan,) = closing.all(Enrolment)
    assert (plan.end_reason, plan.next_due_on) == ("conversation", None)


def test_a_row_that_says_something_new_changes_its_deal(closing: Closing) -> None:
    _imports(closing, HEAD + BETA)
    report = _imports(closing, HEAD + BETA.replace("1.5m", "2m").replace("qualified", "proposal"))
    assert (report.added, report.changed) == (0, 1)
    (beta,) = closing.all(Opportunity)
    assert (beta.amount_cents, beta.state) == (200_000_000, "proposal")
    assert closing.deal_history(beta.id)[-1] == ("qualified", "proposal", "imported")


def test_a_deal_that_was_closed_here_stays_closed(closing: Closing) -> None:
    _imports(closing, HEAD + BETA)
    (beta,) = closing.all(Opportunity)
    closing.floor.does(lose, Lose(closing.floor.actor("Farah"), beta.id, beta.version, "Price"))
    report = _imports(closing, HEAD + BETA.replace("1.5m", "2m"))
    assert (report.changed, report.unchanged) == (0, 1)
    assert "is lost here" in str(report)
    assert closing.deal(beta.id).amount_cents == 150_000_000


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (",,erik@example.com,5,,,,", "neither a company nor"),
        ("Acme,not an address,erik@example.com,5,,,,", "e-mail address is not valid"),
        ("Acme,,,5,,,,", "no e-mail address of the account executive"),
        ("Acme,,nobody@example.com,5,,,,", "nobody@example.com is no account executive here"),
        ("Acme,,ada@example.com,5,,,,", "ada@example.com is no account executive here"),
        ("Acme,,erik@example.com,,,,,", "how much is it"),
        ("Acme,,erik@example.com,12.500k,,,,", "times 1,000"),
        ("Acme,,erik@example.com,-5,,,,", "never below zero"),
        ("Acme,,erik@example.com,0,,,,", "a deal is worth more than nothing"),
        ("Acme,,erik@example.com,999999999999,,,,", "that is more than 1,000,000,000, the most a deal can be worth"),
        ("Acme,,erik@example.com,€5,USD,,,", "but the currency says USD"),
        ("Acme,,erik@example.com,5,QQQ,,,", "is no currency"),
        ("Acme,,erik@example.com,5,,gift,,", "is no type of business"),
        ("Acme,,erik@example.com,5,,,won,", "is won already; only open deals"),
        ("Acme,,erik@example.com,5,,,dreaming,", "is no stage here"),
        ("Acme,,erik@example.com,5,,,,03/04/2026", "which day"),
        ("Acme,,erik@example.com,5,,,,2026-02-30", "there is no day"),
        ("A" * 300 + ",,erik@example.com,5,,,,", "300 characters"),
    ],
)
def test_a_bad_row_is_named_with_line_and_reason_and_the_good_ones_go_in(closing: Closing, row: str, says: str) -> None:
    report = _imports(closing, HEAD + row + "\n" + BETA)
    assert report.added == 1
    (refused,) = report.refused
    assert refused.line == 2
    assert says in refused.reason


def test_days_that_can_be_read_in_one_way_are(closing: Closing) -> None:
    for number, written in enumerate(("2026-06-30T00:00:00Z", "6/30/2026", "30/6/2026", "30.6.2026")):
        _imports(closing, HEAD + f"Company {number},,erik@example.com,5,,,,{written}\n")
    assert {deal.expected_close_on for deal in closing.all(Opportunity)} == {date(2026, 6, 30)}


def test_two_deals_of_one_company_are_told_apart_by_their_id(closing: Closing) -> None:
    twice = "Acme,,erik@example.com,5\nAcme,,erik@example.com,7\n"
    report = _imports(closing, "company,contact email,ae,amount\n" + twice)
    assert (report.added, len(report.duplicates)) == (1, 1)
    assert "give both an id" in str(report)
    with_ids = "id,company,ae,amount\n1,Beta,erik@example.com,5\n2,Beta,erik@example.com,7\n"
    assert _imports(closing, with_ids).added == 2
    assert _imports(closing, with_ids).unchanged == 2


def test_a_dry_run_saves_nothing(closing: Closing) -> None:
    report = _imports(closing, HEAD + ACME, dry_run=True)
    assert report.added == 1
    assert closing.all(Opportunity) == []


@pytest.mark.parametrize("text", ["", "amount,ae\n5,erik@example.com\n", "company,amount\nAcme,5\n", "x,y\n1,2\n"])
def test_a_file_that_cannot_be_one_of_deals_is_refused_as_a_whole(closing: Closing, text: str) -> None:
    with pytest.raises(UserError):
        _imports(closing, text)


def test_a_currency_that_nobody_names_is_the_playbooks(closing: Closing) -> None:
    _imports(closing, "company,ae,amount\nAcme,erik@example.com,5\n")
    (deal,) = closing.all(Opportunity)
    assert deal.currency == closing.floor.database.playbook.metrics.hour_cost.currency


def test_people_who_are_known_are_not_doubled(closing: Closing) -> None:
    closing.hands_over()
    ada = closing.floor.actor("Ada")
    closing.floor.does(log_touch, LogTouch(ada, closing.contact().id, Channel.EMAIL, Outcome.OPTED_OUT, closing.now))
    _imports(closing, HEAD + ACME)
    (deal,) = closing.all(Opportunity)
    assert deal.contact_id == closing.contact().id
    assert closing.floor.count(Contact) == 1
    assert closing.floor.count(Account) == 1
