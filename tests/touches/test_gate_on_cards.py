"""The gate on everything that offers a way to reach somebody: where it refuses, there is its reason and no way."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from bot.db.base import new_id
from bot.db.models import Account, Consent, Contact, Task
from bot.db.queries.callbacks import callback_reminder
from bot.db.queries.contact_card import contact_card
from bot.db.queries.leads import lead_card
from bot.domain.compliance import Refused, Verdict
from bot.domain.terms import Channel, Outcome, ScorePart, Stage
from bot.slack.views.alert import alert_post
from bot.slack.views.contact_card import contact_post, lead_post
from bot.slack.views.touch import callback_post
from tests.touches.house import NOW, House

NIGHT = NOW.replace(hour=22, minute=30)
"""23:30 in Berlin."""
MORNING = NOW + timedelta(days=1)
EVENING = NOW.replace(hour=18)
"""19:00 in Berlin: lawful, not usual."""


def change_jane(house: House, **values: Any) -> None:
    house.write(lambda session: session.execute(update(Contact).where(Contact.id == house.jane).values(**values)))


def claimed(house: House, now: datetime = NOW) -> tuple[UUID, str]:
    """A claimed lead of Jane, who asked to be contacted, and all its card says."""
    change_jane(house, stage=Stage.LEAD)
    lead_id = house.open_lead(claimed_at=NOW, claimed_by_id=house.sam.person_id)
    return lead_id, shown(house, lead_id, now)


def shown(house: House, lead_id: UUID, now: datetime = NOW) -> str:
    card = house.read(lambda session: lead_card(session, lead_id, now))
    return str(alert_post(card, "round:1", house.database.playbook))


def lead_page(house: House, now: datetime = NOW) -> str:
    return str(contact_post(house.read(lambda session: contact_card(session, house.jane, now))))


def reminder(house: House, now: datetime) -> str:
    house.log(Outcome.CALLBACK, follow_up_at=MORNING)
    (task,) = house.all(Task, Task.done_at.is_(None))
    return str(callback_post(house.read(lambda session: callback_reminder(session, task.id, now))))


def test_who_may_be_reached_is_linked(house: House) -> None:
    _, card = claimed(house)
    for text in (card, lead_page(house), reminder(house, MORNING)):
        assert "tel:+4930123456" in text
    assert "mailto:jane@acme.com" in card
    assert "mailto:jane@acme.com" in lead_page(house)


def test_who_must_not_be_called_has_no_number_anywhere(house: House) -> None:
    lead_id, _ = claimed(house)
    house.log(Outcome.CALLBACK, follow_up_at=MORNING)
    (task,) = house.all(Task)
    house.log(Outcome.DO_NOT_CALL, now=NOW + timedelta(minutes=1))
    house.write(lambda session: session.execute(update(Task).values(done_at=None)))
    reopened = {"first_response_at": None, "first_response_by_id": None, "state": "claimed"}
    house.write(lambda session: session.execute(update(lead_table()).values(**reopened)))
    call = str(callback_post(house.read(lambda session: callback_reminder(session, task.id, MORNING))))
    for text in (shown(house, lead_id, MORNING), lead_page(house, MORNING), call):
        assert "asked not to be called" in text
        assert "tel:" not in text
        assert "30 123456" not in text


def lead_table() -> Any:
    from bot.db.models import Lead

    return Lead


@pytest.mark.parametrize("place", ["alert", "page", "callback"])
def test_at_night_there_they_are_called_from_no_card(house: House, place: str) -> None:
    text = {
        "alert": lambda: claimed(house, NIGHT)[1],
        "page": lambda: lead_page(house, NIGHT),
        "callback": lambda: reminder(house, NIGHT),
    }[place]()
    assert "It is 23:30 where they are" in text
    assert "Again <!date^" in text
    assert "tel:" not in text


def test_a_reminder_of_somebody_who_asked_not_to_be_called_since_is_no_time_to_call(house: House) -> None:
    house.log(Outcome.CALLBACK, follow_up_at=MORNING)
    house.log(Outcome.DO_NOT_CALL, by=house.ada)
    (task,) = house.all(Task, Task.done_at.is_(None))
    text = callback_post(house.read(lambda session: callback_reminder(session, task.id, MORNING))).text
    assert text.startswith("You wanted to get back to")
    assert "They are not to be called: asked not to be called." in text
    assert "remind you" not in text


def test_what_only_custom_is_against_is_said_and_left_to_the_rep(house: House) -> None:
    _, card = claimed(house, EVENING)
    for text in (card, lead_page(house, EVENING), reminder(house, EVENING)):
        assert "outside our calling hours" in text
        assert "tel:+4930123456" in text


def test_who_opted_out_of_mail_is_written_to_from_no_card(house: House) -> None:
    lead_id, _ = claimed(house)
    house.log(Outcome.OPTED_OUT, Channel.EMAIL)
    reopened = {"first_response_at": None, "first_response_by_id": None, "state": "claimed"}
    house.write(lambda session: session.execute(update(lead_table()).values(**reopened)))
    for text in (shown(house, lead_id), lead_page(house)):
        assert "opted out of e-mail" in text
        assert "mailto:" not in text
        assert "tel:" in text


def test_somebody_cold_in_a_country_that_asks_for_consent_is_refused_by_every_card_alike(house: House) -> None:
    """Their country is known from the company only, and they never asked."""
    change_jane(house, country=None, timezone=None, phone=None)
    house.write(lambda session: session.execute(update(Account).where(Account.id == house.acme).values(country="DE")))
    lead_id = house.open_lead()
    of_lead = house.read(lambda session: lead_card(session, lead_id, NOW))
    of_person = house.read(lambda session: contact_card(session, house.jane, NOW))
    logged = house.log(Outcome.SENT, Channel.EMAIL)
    assert isinstance(of_lead.may_write, Refused)
    assert of_lead.may_write == of_person.may_write
    assert of_lead.may_call == of_person.may_call
    assert logged.warnings == (of_lead.may_write.reason,)


def test_consent_is_seen_by_every_card(house: House) -> None:
    values = {"id": new_id(), "contact_id": house.jane, "basis": "opt_in", "given_at": NOW}
    house.write(lambda session: session.execute(insert(Consent).values(**values)))
    lead_id = house.open_lead()
    may_write: Verdict = house.read(lambda session: lead_card(session, lead_id, NOW)).may_write
    assert may_write == house.read(lambda session: contact_card(session, house.jane, NOW)).may_write
    assert house.log(Outcome.SENT, Channel.EMAIL).warnings == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/login",
        "https://linkedin.com.evil.example/in/jane",
        "https://evil.example/linkedin.com/in/jane",
        "https://linkedin.com@evil.example/in/jane",
        "https://notlinkedin.com/in/jane",
        "https://evil.example\\.linkedin.com/in/jane",
        "https://linkedin.com\\@evil.example",
        "javascript:alert(1)//linkedin.com/in/jane",
    ],
)
def test_an_address_that_does_not_lead_to_linkedin_is_no_link(house: House, address: str) -> None:
    change_jane(house, linkedin=address)
    _, card = claimed(house)
    assert "Their profile" not in card
    assert not re.search(r"<[^>|]*(evil|notlinkedin|javascript)", card)


@pytest.mark.parametrize(
    "address",
    ["https://www.linkedin.com/in/jane-doe", "https://de.linkedin.com/in/jane-doe?x=1", "linkedin.com/in/jane-doe"],
)
def test_a_profile_is_linked(house: House, address: str) -> None:
    change_jane(house, linkedin=address)
    _, card = claimed(house)
    assert f"<https://{address.removeprefix('https://')}|Their profile>" in card


@pytest.mark.parametrize(("lines", "said"), [(9, "and 1 earlier one"), (10, "and 2 earlier ones")])
def test_one_is_one_and_two_are_two(house: House, lines: int, said: str) -> None:
    from bot.db.queries.lead_facts import CardScoreLine

    card = house.read(lambda session: contact_card(session, house.jane, NOW))
    scored = replace(card, score_lines=(CardScoreLine(ScorePart.BEHAVIOURAL, 1, "x", NOW),) * lines, employees=1)
    text = contact_post(scored).text + str(contact_post(scored).blocks)
    assert f"{said}'" in text or f"{said}\n" in text
    assert "1 person" in text


def test_everything_about_a_lead_says_both_verdicts(house: House) -> None:
    lead_id, _ = claimed(house)
    text = str(lead_post(house.read(lambda session: lead_card(session, lead_id, NIGHT))))
    assert "*Calls: no.*" in text
    assert "E-mail: fine now" in text
