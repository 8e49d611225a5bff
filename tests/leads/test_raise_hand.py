"""From an event to an owned lead (process §1, §2)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import func, select

from bot.db.models import Account, Contact, HandRaise, InboxEvent, Lead, NameToken, ScoreEntry
from bot.db.session import Database
from bot.domain.commands import CompanyFacts, RawEvent, RefuseEvent
from bot.domain.terms import Intent, LeadState, Source, Stage
from bot.service.hand_raises import raise_hand, refuse_event
from bot.service.inbox import content_key
from tests.support.sales_floor import SalesFloor


def test_a_stranger_who_asks_becomes_a_hot_lead_with_an_owner_and_a_card(floor: SalesFloor) -> None:
    raised = floor.raises(first_name="Jane", last_name="O’Neil", title="VP Sales", company="Acme Inc.")

    assert raised.result == "lead"
    card = floor.card(raised.lead_id)
    assert (card.name, card.title, card.company, card.message) == (
        "Jane O’Neil",
        "VP Sales",
        "Acme Inc.",
        "Please call me.",
    )
    assert card.hot
    assert card.state is LeadState.OPEN
    assert card.owner is not None
    assert card.owner.name == "Ada"
    assert "Ada is next in turn, of 2 on shift." in card.owner_reason
    assert card.contact_stage is Stage.LEAD
    assert floor.cards(raised.lead_id) == [("inbound:team", "round:1")]
    assert card.response_due_at == floor.now + timedelta(minutes=5)
    assert floor.dues(raised.lead_id) == {
        "alert_ladder": floor.now + timedelta(seconds=60),
        "alert_manager": floor.now + timedelta(minutes=10),
        "response_sla": floor.now + timedelta(minutes=5),
    }


def test_the_same_event_twice_is_one(floor: SalesFloor) -> None:
    first = floor.raises(key="evt-1")
    again = floor.raises(key="evt-1")

    assert again.result == "repeated"
    assert again.lead_id == first.lead_id
    assert (floor.count(Lead), floor.count(HandRaise), floor.count(InboxEvent)) == (1, 1, 1)
    assert floor.cards(first.lead_id) == [("inbound:team", "round:1")]


def test_the_score_is_the_sum_of_its_ledger(floor: SalesFloor) -> None:
    company = CompanyFacts("Acme", employees=200, industry="Software", country="DE")
    raised = floor.raises(title="VP Sales", company=company)
    card = floor.card(raised.lead_id)

    assert card.score == sum(line.points for line in card.score_lines) == sum(card.parts.values())
    # vp 20, 200 employees 15, software 10, DE 5, contact_me 30, contact_form 5
    assert card.score == 85
    assert dict(card.marketing_qualified)["Score of 30 or more"]


def test_a_title_learned_later_changes_the_score_by_new_lines_only(floor: SalesFloor) -> None:
    floor.raises(title=None, key="a")
    before = floor.count(ScoreEntry)
    raised = floor.raises(title="CEO", key="b", intent=Intent.NEWSLETTER, source=Source.NEWSLETTER)
    card = floor.card(raised.lead_id)

    assert floor.count(ScoreEntry) > before
    assert [line.points for line in card.score_lines if "CEO" in line.reason] == [25]
    assert card.score == sum(line.points for line in card.score_lines)
    floor.raises(title="CEO", key="c", intent=Intent.NEWSLETTER, source=Source.NEWSLETTER)
    assert [line.points for line in floor.card(raised.lead_id).score_lines if "CEO" in line.reason] == [25]


def test_a_throw_away_address_is_junk_and_nobody_is_alerted(floor: SalesFloor) -> None:
    raised = floor.raises("x@mailinator.com")

    assert raised.result == "junk"
    assert "disposable" in raised.explanation
    assert floor.lead(raised.lead_id).state is LeadState.JUNK
    assert floor.cards(raised.lead_id) == []
    assert floor.dues(raised.lead_id) == {}


def test_a_free_mail_address_is_no_company_and_no_junk(floor: SalesFloor) -> None:
    raised = floor.raises("jane.doe@gmail.com")

    assert raised.result == "lead"
    assert floor.card(raised.lead_id).account is None
    assert floor.count(Account) == 0


@pytest.mark.parametrize(
    "what", [{"intent": Intent.LIST, "source": Source.LIST}, {"intent": Intent.CONTACT_ME, "source": Source.LIST}]
)
def test_a_row_of_a_bought_list_is_a_prospect_and_a_lead_nowhere(floor: SalesFloor, what: dict[str, object]) -> None:
    raised = floor.raises(**what)

    assert raised.result == "prospect"
    assert floor.count(Lead) == 0
    assert floor.contact("jane@acme.example").stage is Stage.PROSPECT


def test_two_people_of_one_domain_share_an_account(floor: SalesFloor) -> None:
    floor.raises("jane@acme.example", company="Acme")
    floor.raises("joe@mail.acme.example", company="Something else")

    assert floor.count(Account) == 1
    assert floor.count(Contact) == 2


def test_a_company_is_recognised_by_a_name_spelled_alike(floor: SalesFloor) -> None:
    known = floor.knows_account("Müller & Söhne GmbH", industry="Logistics")
    raised = floor.raises("jane@gmail.com", company="Mueller und Soehne")
    spelled = floor.raises("joe@gmail.com", company="Müller and Söhne")

    assert floor.card(spelled.lead_id).account.id == known
    assert floor.count(Account) in (1, 2)  # "und" is not "and": a company of its own is the careful answer
    assert raised.result == "lead"


def test_a_company_with_another_domain_is_another_company(floor: SalesFloor) -> None:
    floor.knows_account("Acme", "acme.example")
    floor.raises("joe@acme-roofing.example", company="Acme")

    assert floor.count(Account) == 2


def test_what_we_know_is_not_overwritten_by_nothing_or_an_initial(floor: SalesFloor) -> None:
    floor.raises(first_name="Jane", last_name="Doe", title="CTO", key="a")
    floor.raises(first_name="", last_name="", title="", phone="+49 30 123456", key="b")
    floor.raises(first_name="J.", title="CEO", phone="nonsense", key="c")
    contact = floor.contact("jane@acme.example")

    assert (contact.first_name, contact.last_name, contact.title) == ("Jane", "Doe", "CEO")
    assert contact.phone == "+4930123456"


def test_a_number_that_cannot_be_read_is_kept_beside_the_event(floor: SalesFloor) -> None:
    raised = floor.raises(phone="ask for Jane")

    assert floor.card(raised.lead_id).raises[0].extra["phone"] == "ask for Jane"


def test_many_events_of_one_person_at_once_are_one_lead(floor: SalesFloor) -> None:
    commands = [floor.event(email, company="Acme") for email in ("jane@acme.example", "joe@acme.example") * 3]
    with ThreadPoolExecutor(len(commands)) as threads:
        results = list(
            threads.map(lambda one: floor.write(lambda session: raise_hand(session, one, floor.now)).result, commands)
        )

    assert sorted(results) == ["joined"] * 4 + ["lead"] * 2
    assert (floor.count(Lead), floor.count(Contact), floor.count(Account)) == (2, 2, 1)
    assert {floor.name(one) for one in floor.read(lambda session: session.scalars(select(Lead.owner_id)).all())} == {
        "Ada",
        "Bea",
    }


def test_somebody_without_an_address_is_known_again_by_number_and_name(floor: SalesFloor) -> None:
    first = floor.raises(None, phone="+1 415 555 2671", first_name="Jane", last_name="Doe")
    again = floor.raises(None, phone="(415) 555-2671", first_name="Jane", last_name="Doe")
    colleague = floor.raises(None, phone="415-555-2671", first_name="Joe", last_name="Roe")

    assert again.result == "joined"
    assert again.lead_id == first.lead_id
    assert colleague.result == "lead"


def test_people_are_found_by_the_words_of_their_name_and_company(floor: SalesFloor) -> None:
    floor.raises("zoe@acme.example", first_name="Zoë", last_name="d’Arcy", company="Acme")
    words = set(floor.read(lambda session: session.scalars(select(NameToken.token)).all()))

    assert {"zoe", "darcy", "acme"} <= words


def test_a_second_hot_event_joins_alerts_anew_and_resets_no_clock(floor: SalesFloor) -> None:
    first = floor.raises()
    began = floor.lead(first.lead_id)
    floor.after(seconds=30)
    again = floor.raises(message="Hello?")
    lead = floor.lead(first.lead_id)

    assert (again.result, again.lead_id) == ("joined", first.lead_id)
    assert (lead.raised_at, lead.response_due_at) == (began.raised_at, began.response_due_at)
    assert (lead.round, lead.owner_id) == (2, began.owner_id)
    assert floor.cards(first.lead_id) == [("inbound:team", "round:1"), ("inbound:team", "round:2")]
    assert len(floor.card(first.lead_id).raises) == 2
    # the step that waited goes on at its time
    assert floor.dues(first.lead_id)["alert_ladder"] == began.raised_at + timedelta(seconds=60)
    floor.until(began.raised_at + timedelta(minutes=3))
    assert floor.owner(first.lead_id) == "Bea"


def test_a_quiet_second_event_joins_without_a_new_post(floor: SalesFloor) -> None:
    first = floor.raises()
    again = floor.raises(intent=Intent.DOWNLOAD, source=Source.WHITEPAPER)

    assert again.result == "joined"
    assert floor.lead(first.lead_id).round == 1


def test_a_lead_that_could_wait_turns_hot(floor: SalesFloor) -> None:
    first = floor.raises(intent=Intent.WEBINAR, source=Source.WEBINAR)
    assert floor.cards(first.lead_id) == [("person:Ada", "dm:Ada:1")]
    floor.after(hours=1)
    floor.raises(intent=Intent.TRIAL_REQUEST)
    lead = floor.lead(first.lead_id)

    assert lead.hot
    assert lead.raised_at == floor.now - timedelta(hours=1)
    assert lead.response_due_at == floor.now + timedelta(minutes=5)
    assert ("inbound:team", "round:2") in floor.cards(first.lead_id)
    assert "alert_ladder" in floor.dues(first.lead_id)


def test_an_event_that_comes_late_counts_from_when_the_hand_was_raised(floor: SalesFloor) -> None:
    raised = floor.raises(occurred_at=floor.now - timedelta(minutes=2))
    future = floor.raises("joe@other.example", occurred_at=floor.now + timedelta(days=2))

    assert floor.lead(raised.lead_id).raised_at == floor.now - timedelta(minutes=2)
    assert floor.lead(future.lead_id).raised_at == floor.now


def test_hostile_text_is_kept_as_far_as_a_database_can(floor: SalesFloor) -> None:
    raised = floor.raises(
        first_name="<!channel>\x00" * 50_000,
        last_name="\u202e=cmd|' /C calc'!A0",
        title="x" * 10_000,
        company="Acme\n\x00*bold*",
        message="a\x00b" + "z" * 100_000,
        extra={"deep": {"a": [{"b\x00": float("inf")}] * 1000}, "n": "\x00"},
        timezone="Mars/Olympus",
        country="Atlantis",
        phone="call me maybe",
        linkedin="https://" + "l" * 5000,
    )
    card = floor.card(raised.lead_id)

    assert len(card.first_name) <= 255
    assert card.message.startswith("ab")
    assert card.phone is None


def test_a_refused_event_is_kept_once_with_its_reason(floor: SalesFloor) -> None:
    command = RefuseEvent(RawEvent("form", "refused:1", b"x"), "no way to answer")
    for _ in range(2):
        assert floor.does(refuse_event, command).result == "refused"
    rows = floor.read(lambda session: session.scalars(select(InboxEvent)).all())

    assert [(row.result, row.explanation) for row in rows] == [("refused", "no way to answer")]


def test_the_same_form_content_is_one_event_for_ten_minutes(floor: SalesFloor) -> None:
    def sends() -> str:
        def work(session: object) -> str:
            key = content_key(session, "form", "abc", floor.now)
            command = floor.event(key=key)
            command = replace(command, raw=replace(command.raw, sender="form"))
            return raise_hand(session, command, floor.now).result

        return floor.write(work)

    floor.now += timedelta(minutes=9)  # close to the end of a bucket
    assert sends() == "lead"
    floor.now += timedelta(minutes=9)
    assert sends() == "repeated"
    floor.now += timedelta(minutes=2)
    assert sends() == "joined"


def test_a_new_lead_takes_few_statements(floor: SalesFloor) -> None:
    floor.raises("warm@up.example")
    statements: list[str] = []
    engine = floor.database.writer

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    sql_event.listen(engine, "before_cursor_execute", count)
    try:
        floor.raises(first_name="Jane", last_name="Doe", title="CEO", company="Acme")
    finally:
        sql_event.remove(engine, "before_cursor_execute", count)

    assert len([one for one in statements if "pg_notify" not in one and not one.startswith("BEGIN")]) <= 20, statements


def test_every_event_says_what_became_of_it(floor: SalesFloor, database: Database) -> None:
    floor.raises(key="a")
    floor.raises(key="b")
    floor.raises("x@mailinator.com", key="c")
    floor.raises("n@acme.example", key="d", source=Source.LIST)
    rows = floor.read(
        lambda session: session.execute(
            select(InboxEvent.result, func.length(InboxEvent.explanation)).order_by(InboxEvent.event_key)
        ).all()
    )

    assert [row[0] for row in rows] == ["lead", "joined", "junk", "prospect"]
    assert all(row[1] for row in rows)


def test_an_unproven_sender_replaces_nothing_of_somebody_we_know(floor: SalesFloor) -> None:
    floor.raises(first_name="Jane", last_name="Doe", title="CFO", phone="+4930901820", timezone="Europe/Berlin")
    raised = floor.raises(
        first_name="Eve",
        last_name="Doe",
        title="Intern",
        phone="+4930999999",
        timezone="Asia/Tokyo",
        linkedin="https://www.linkedin.com/in/jane",
        proven=False,
    )
    jane, newest = floor.contact("jane@acme.example"), floor.card(raised.lead_id).raises[0]

    assert (jane.first_name, jane.title, jane.phone, jane.timezone) == ("Jane", "CFO", "+4930901820", "Europe/Berlin")
    assert jane.linkedin == "https://www.linkedin.com/in/jane"  # a gap
    assert newest.extra["said"] == {
        "first_name": "Eve",
        "title": "Intern",
        "phone": "+4930999999",
        "timezone": "Asia/Tokyo",
    }


def test_a_proven_sender_updates_somebody_we_know(floor: SalesFloor) -> None:
    floor.raises(first_name="Jane", title="CFO", phone="+4930901820")
    floor.raises(title="CEO", phone="+4930999999", proven=True)
    jane = floor.contact("jane@acme.example")

    assert (jane.title, jane.phone) == ("CEO", "+4930999999")
