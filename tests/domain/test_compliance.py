from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.compliance import (
    Allowed,
    Consented,
    Refused,
    Subject,
    Suppressed,
    Warned,
    domain_key,
    email_key,
    key_hash,
    may_touch,
    phone_key,
)
from bot.domain.places import candidate_zones, country_zones, phone_country
from bot.domain.terms import Channel
from bot.playbook.load import default_playbook, load_text

PLAYBOOK = default_playbook()
JANE = Subject(email="jane@mail.acme.com", phone="+12125550123", timezone="America/New_York", country="US")


def new_york(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)


NOON = new_york(2026, 6, 9, 12)


def ask(channel: Channel, subject: Subject, now: datetime = NOON, suppressions=(), book=PLAYBOOK):
    return may_touch(channel, subject, suppressions, book, now)


def test_a_call_at_noon_is_fine():
    assert ask(Channel.CALL, JANE) == Allowed()


@pytest.mark.parametrize(
    ("kind", "key", "covers", "stops"),
    [
        ("email", email_key("Jane@MAIL.acme.com"), "all", {"email", "call", "voicemail", "social", "meeting"}),
        ("email", email_key("jane@mail.acme.com"), "email", {"email"}),
        ("domain", domain_key("https://www.acme.com"), "email", {"email"}),
        ("domain", "mail.acme.com", "all", {"email", "call", "voicemail", "social", "meeting"}),
        ("phone", phone_key("+1 212 555-0123"), "call", {"call", "voicemail"}),
        ("phone", phone_key("+1 212 555-0124"), "all", set()),
        ("domain", domain_key("notacme.com"), "all", set()),
    ],
)
def test_a_suppression_stops_what_it_covers(kind, key, covers, stops):
    entry = Suppressed(kind, key_hash(kind, key), covers, "opted out")
    stopped = {channel.value for channel in Channel if isinstance(ask(channel, JANE, suppressions=[entry]), Refused)}
    assert stopped == stops


def test_a_refusal_says_why():
    entry = Suppressed("phone", key_hash("phone", phone_key("+12125550123")), "call", "asked not to be called")
    refused = ask(Channel.CALL, JANE, suppressions=[entry])
    assert refused == Refused("They are not to be called: asked not to be called.", for_good=True)


@pytest.mark.parametrize(
    ("channel", "kind", "key", "said"),
    [
        (Channel.CALL, "email", email_key("jane@mail.acme.com"), "They are not to be called: asked us."),
        (Channel.EMAIL, "email", email_key("jane@mail.acme.com"), "This address is not to be written to: asked us."),
        (Channel.CALL, "domain", "acme.com", "Nobody at their company is to be called: asked us."),
        (Channel.SOCIAL, "phone", phone_key("+12125550123"), "They are not to be contacted: asked us."),
    ],
)
def test_a_refusal_speaks_of_what_was_about_to_be_done(channel, kind, key, said):
    entry = Suppressed(kind, key_hash(kind, key), "all", "asked us.")
    assert ask(channel, JANE, suppressions=[entry]).reason == said


def test_calls_follow_the_clock_of_the_person_called():
    early = ask(Channel.CALL, JANE, new_york(2026, 6, 9, 7, 59))
    assert early == Refused(
        "It is 07:59 where they are (New York); calls are lawful from 08:00 to 21:00.", new_york(2026, 6, 9, 8)
    )
    assert ask(Channel.CALL, JANE, new_york(2026, 6, 9, 8)) == Allowed()
    late = ask(Channel.CALL, JANE, new_york(2026, 6, 9, 18))
    assert late == Warned("It is 18:00 where they are (New York), outside our calling hours.")
    night = ask(Channel.CALL, JANE, new_york(2026, 6, 9, 21))
    assert night.until == new_york(2026, 6, 10, 8)


def test_weekends_and_holidays_are_a_warning():
    assert ask(Channel.CALL, JANE, new_york(2026, 6, 13, 12)) == Warned("It is Saturday where they are.")
    assert ask(Channel.CALL, JANE, new_york(2026, 11, 26, 12)) == Warned("It is a public holiday in US.")


def test_the_area_code_tells_the_zone():
    assert candidate_zones(None, "+12125550123", "US") == ("America/New_York",)
    assert candidate_zones("Nowhere/Land", None, "DE") == ("Europe/Berlin", "Europe/Busingen")
    assert candidate_zones(None, None, None) == ()
    assert len(country_zones("US")) > 10
    assert phone_country("+4930901820") == "DE"


def test_an_unknown_place_counts_as_its_strictest_candidate():
    somewhere_in_the_us = replace(JANE, phone=None, timezone=None)
    verdict = ask(Channel.CALL, somewhere_in_the_us, new_york(2026, 6, 9, 12))
    assert isinstance(verdict, Refused)
    assert verdict.reason.startswith("It may be 0")
    assert verdict.until == datetime(2026, 6, 9, 18, tzinfo=UTC)  # 08:00 in Honolulu and Adak's hour behind it
    assert isinstance(ask(Channel.CALL, somewhere_in_the_us, verdict.until), Warned | Allowed)


def test_a_number_from_abroad_counts_as_both_places():
    abroad = replace(JANE, timezone=None, phone="+4915112345678")
    in_berlin_only = ask(Channel.CALL, abroad, datetime(2026, 6, 9, 9, tzinfo=UTC))  # 11:00 in Berlin, night in the US
    assert isinstance(in_berlin_only, Refused)
    assert in_berlin_only.reason.endswith("Their number is from DE, they themselves from US: I go by both.")
    assert in_berlin_only.until == datetime(2026, 6, 9, 18, tzinfo=UTC)  # 08:00 in Hawaii, 20:00 in Berlin
    assert isinstance(ask(Channel.CALL, abroad, in_berlin_only.until), Warned)
    assert ask(Channel.CALL, replace(abroad, timezone="America/New_York"), NOON) == Allowed()


def test_a_company_elsewhere_does_not_move_whom_the_number_places():
    in_berlin = Subject(phone="+4915112345678", company_country="US")
    assert ask(Channel.CALL, in_berlin, datetime(2026, 6, 9, 9, tzinfo=UTC)) == Allowed()
    assert len(candidate_zones(None, None, None, "US")) > 10


def test_nothing_known_is_said():
    verdict = ask(Channel.CALL, Subject(), datetime(2026, 6, 9, 20, tzinfo=UTC))
    assert isinstance(verdict, Warned)
    assert verdict.reason.startswith("We do not know where they are.")


def test_national_lists_are_obeyed_and_rechecked():
    assert "do-not-call list" in ask(Channel.CALL, replace(JANE, listed=True)).reason
    book = load_text("compliance:\n  do_not_call_countries: [US]\n")
    cold = replace(JANE, cold=True)
    assert "not checked in the last 31 days" in ask(Channel.CALL, cold, book=book).reason
    fresh = replace(cold, list_checked_at=NOON - timedelta(days=31))
    assert ask(Channel.CALL, fresh, book=book) == Allowed()
    stale = replace(cold, list_checked_at=NOON - timedelta(days=31, seconds=1))
    assert isinstance(ask(Channel.CALL, stale, book=book), Refused)
    assert ask(Channel.CALL, JANE, book=book) == Allowed()


def test_cold_mail_needs_consent_in_some_countries():
    german = Subject(email="jan@acme.de", country="DE", cold=True)
    assert "needs their consent first" in ask(Channel.EMAIL, german).reason
    assert ask(Channel.EMAIL, replace(german, cold=False)) == Allowed()
    assert ask(Channel.EMAIL, replace(german, consents=(Consented("opt_in"),))) == Allowed()
    assert isinstance(ask(Channel.EMAIL, replace(german, consents=(Consented("hearsay"),))), Refused)
    expired = Consented("opt_in", expires_at=NOON)
    assert isinstance(ask(Channel.EMAIL, replace(german, consents=(expired,))), Refused)
    withdrawn = Consented("opt_in", withdrawn_at=NOON)
    assert (
        ask(Channel.EMAIL, replace(german, cold=False, consents=(withdrawn,))).reason == "They withdrew their consent."
    )


def test_the_country_of_cold_mail_is_taken_from_address_and_phone():
    assert isinstance(ask(Channel.EMAIL, Subject(email="jan@acme.de", cold=True)), Refused)
    assert isinstance(ask(Channel.EMAIL, Subject(email="jan@acme.com", phone="+4930901820", cold=True)), Refused)
    assert isinstance(ask(Channel.EMAIL, Subject(email="jan@acme.com", cold=True)), Warned)
    assert ask(Channel.EMAIL, Subject(email="jan@acme.co.uk", cold=True)) == Allowed()


def test_three_mails_a_day_to_one_company_are_enough():
    tomorrow = NOON + timedelta(hours=12)
    full = replace(JANE, mails_to_domain=3, mail_day_ends_at=tomorrow)
    assert ask(Channel.EMAIL, full) == Refused("Today's 3 e-mails to this company's domain are sent.", tomorrow)
    assert ask(Channel.EMAIL, replace(full, email="jane@gmail.com")) == Allowed()
    assert isinstance(ask(Channel.EMAIL, replace(JANE, mails_from_mailbox=100)), Refused)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", None]),
    st.sampled_from(["US", "DE", "RU", "AU"]),
)
def test_no_call_is_let_through_outside_the_law_and_waiting_helps(now, timezone, country):
    subject = Subject(timezone=timezone, country=country)
    verdict = ask(Channel.CALL, subject, now)
    rules = PLAYBOOK.compliance.calls
    lawful = all(
        rules.legal_from <= now.astimezone(ZoneInfo(name)).time() < rules.legal_until
        for name in candidate_zones(timezone, None, country)
    )
    assert isinstance(verdict, Refused) != lawful
    if isinstance(verdict, Refused) and verdict.until:
        assert verdict.until > now
        assert not isinstance(ask(Channel.CALL, subject, verdict.until), Refused)
