"""What the database itself refuses, whatever the code does."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, StatementError

from bot.db.base import new_id
from bot.db.models import (
    Account,
    Alignment,
    Contact,
    Enrolment,
    Lead,
    LeadMove,
    LivingMessage,
    NameToken,
    OutboxItem,
    Person,
    SeenRequest,
    Suppression,
    TimeOff,
)
from bot.db.types import Timestamp
from bot.domain.terms import Intent, LeadState, Source
from bot.service.name_index import write_words

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ANY_ZONE = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 — hypothesis puts the zone on
    max_value=datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)


def add(database, *rows):
    def work(session):
        for row in rows:
            session.add(row)
            session.flush()

    database.write_now(work)


def refused(database, *rows):
    with pytest.raises(IntegrityError):
        add(database, *rows)


def person(name="ada"):
    return Person(id=new_id(), email=f"{name}@x.example", name=name, timezone="UTC", created_at=NOW)


def contact():
    return Contact(id=new_id(), created_at=NOW)


def lead(of, **more):
    return Lead(
        id=new_id(),
        contact_id=of.id,
        intent=Intent.CONTACT_ME,
        source=Source.CONTACT_FORM,
        hot=True,
        raised_at=NOW,
        received_at=NOW,
        **more,
    )


def item(key="k", **more):
    return OutboxItem(key=key, kind="alert", lane="C1", priority=1, notice={}, not_before=NOW, created_at=NOW, **more)


def test_a_person_has_one_open_lead(database):
    jane = contact()
    add(database, jane, lead(jane, state=LeadState.JUNK, closed_at=NOW), lead(jane))
    refused(database, lead(jane))


def test_a_closed_lead_has_its_date_and_an_open_one_has_none(database):
    jane, joe = contact(), contact()
    add(database, jane, joe)
    refused(database, lead(jane, state=LeadState.JUNK))
    refused(database, lead(joe, closed_at=NOW))


def test_a_claim_says_who_and_when(database):
    jane = contact()
    add(database, jane)
    refused(database, lead(jane, claimed_at=NOW))


def test_a_response_has_a_rep(database):
    jane = contact()
    add(database, jane)
    refused(database, lead(jane, first_response_at=NOW))


def test_a_lease_is_a_token_and_a_time_or_neither(database):
    add(database, item("whole", state="claimed", lease_token=new_id(), lease_until=NOW))
    refused(database, item("token alone", state="claimed", lease_token=new_id()))
    refused(database, item("time alone", lease_until=NOW))
    refused(database, item("claimed without", state="claimed"))
    refused(database, item("leased and ready", lease_token=new_id(), lease_until=NOW))


def test_a_notice_is_told_once(database):
    add(database, item())
    refused(database, item())


def test_outbox_numbers_only_grow_even_when_the_newest_is_gone(database):
    add(database, item("a"), item("b"))
    database.write_now(lambda session: session.execute(text("DELETE FROM outbox WHERE key = 'b'")))
    add(database, item("c"))
    rows = database.read_now(lambda session: session.execute(select(OutboxItem.key, OutboxItem.seq)).all())
    numbers = dict(rows)
    assert numbers["c"] > numbers["a"] + 1


def test_a_living_message_was_never_sent_ahead_of_what_it_shows(database):
    row = {"view": "lead_alert", "subject_id": "1", "place": "p", "address": "a", "priority": 1}
    refused(database, LivingMessage(**row, stale_version=1, sent_version=2))
    refused(database, LivingMessage(**row, ts="1.2"))


def test_one_live_enrolment_for_a_contact(database):
    jane, ada = contact(), person()

    def enrolment(**more):
        return Enrolment(contact_id=jane.id, person_id=ada.id, kind="cadence", started_on=date(2026, 3, 2), **more)

    add(database, jane, ada, enrolment(ended_at=NOW, end_reason="reply"), enrolment())
    refused(database, enrolment())
    refused(database, enrolment(ended_at=NOW))


def test_words_that_nobody_knows_are_refused(database):
    jane = contact()
    add(database, jane)
    jane_lead = lead(jane)
    add(database, jane_lead)
    for column in ("state", "intent", "source"):
        with pytest.raises(IntegrityError):
            database.write_now(
                lambda session, column=column: session.execute(text(f"UPDATE leads SET {column} = 'whatever'"))
            )
    move = LeadMove(lead_id=jane_lead.id, from_state=LeadState.OPEN, to_state=LeadState.CLAIMED, at=NOW)
    add(database, move)
    for column in ("from_state", "to_state"):
        with pytest.raises(IntegrityError):
            database.write_now(
                lambda session, column=column: session.execute(text(f"UPDATE lead_moves SET {column} = 'whatever'"))
            )


def test_nobody_is_aligned_with_or_covered_by_themselves(database):
    ada = person()
    add(database, ada)
    refused(database, Alignment(rep_id=ada.id, ae_id=ada.id, position=0))
    refused(
        database,
        TimeOff(person_id=ada.id, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 3), cover_id=ada.id),
    )
    refused(database, TimeOff(person_id=ada.id, starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 1)))


def test_a_name_points_at_a_person_or_a_company(database):
    refused(database, NameToken(token="jane"))


def test_a_word_stands_once_for_each_person_and_company(database):
    jane, acme = contact(), Account(id=new_id(), name="Acme", name_key="acme", created_at=NOW)
    add(database, jane, acme)
    add(database, NameToken(token="acme", contact_id=jane.id), NameToken(token="acme", account_id=acme.id))
    refused(database, NameToken(token="acme", contact_id=jane.id))
    refused(database, NameToken(token="acme", account_id=acme.id))
    words = [{"token": "acme", "contact_id": jane.id, "account_id": None}] * 2
    database.write_now(lambda session: write_words(session, words))
    assert database.read_now(lambda session: session.scalar(select(func.count()).select_from(NameToken))) == 2


def test_a_suppression_covers_what_we_know(database):
    refused(database, Suppression(kind="email", value_hash="h", covers="some", reason="r", created_at=NOW))


def test_rows_that_point_nowhere_are_refused(database):
    refused(database, Enrolment(contact_id=new_id(), person_id=new_id(), kind="cadence", started_on=date(2026, 3, 2)))


def test_a_person_with_work_behind_them_cannot_be_deleted(database):
    jane, ada = contact(), person()
    add(database, jane, ada)
    add(database, Enrolment(contact_id=jane.id, person_id=ada.id, kind="cadence", started_on=date(2026, 3, 2)))
    with pytest.raises(IntegrityError):
        database.write_now(lambda session: session.execute(text("DELETE FROM people")))


def test_a_read_cannot_write(database):
    with pytest.raises(Exception, match=r"readonly|read-only"):
        database.read_now(lambda session: session.execute(text("DELETE FROM people")))


def test_a_naive_time_is_refused_before_it_is_stored(database):
    with pytest.raises(StatementError, match="naive"):
        add(database, SeenRequest(key="k", at=NOW.replace(tzinfo=None)))


def test_a_time_comes_back_as_the_same_instant_in_utc(database):
    tokyo = timezone(timedelta(hours=9))
    add(database, SeenRequest(key="k", at=NOW.astimezone(tokyo)))
    (back,) = database.read_now(lambda session: session.scalars(select(SeenRequest.at)).all())
    assert back == NOW
    assert back.tzinfo is UTC


def test_times_are_compared_as_instants(database):
    add(database, SeenRequest(key="early", at=NOW), SeenRequest(key="late", at=NOW + timedelta(microseconds=1)))
    west = NOW.astimezone(timezone(timedelta(hours=-10)))
    found = database.read_now(
        lambda session: session.scalars(select(SeenRequest.key).where(SeenRequest.at > west)).all()
    )
    assert found == ["late"]


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
@given(when=ANY_ZONE)
def test_every_instant_survives_the_way_to_the_database_and_back(dialect, when):
    kind = Timestamp()
    back = kind.process_result_value(kind.process_bind_param(when, dialect), dialect)
    assert back == when
    assert back.tzinfo is UTC
