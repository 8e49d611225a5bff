"""What cards say in their text, for notifications and screen readers: whole sentences, plain words."""

import re
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import pytest

from bot.db.models import Task
from bot.db.queries.callbacks import callback_reminder
from bot.db.queries.contact_card import contact_card
from bot.db.queries.home import home_state
from bot.db.session import Database
from bot.domain.commands import ClaimLead, CompanyFacts, DeclineLead, LogTouch
from bot.domain.terms import Channel, Outcome, Role, ScorePart
from bot.playbook.load import default_text, load_text
from bot.service.claims import claim_lead, decline_lead
from bot.service.touches import log_touch
from bot.slack.blocks import Post
from bot.slack.views.alert import alert_post
from bot.slack.views.contact_card import contact_post, lead_post
from bot.slack.views.home import home_view
from bot.slack.views.notices import breach_post, reminder_post
from bot.slack.views.touch import callback_post
from bot.slack.views.words import score_parts
from tests.support.sales_floor import SalesFloor

RULES = load_text(default_text(), "default.yaml")
DOUBLED = re.compile(r"(?<!\.)\.[”*\u200b]*\.(?!\.)")


@pytest.fixture
def floor(database: Database) -> SalesFloor:
    floor = SalesFloor(database)
    for name in ("Ada", "Bea"):
        floor.hires(name, Role.MRR)
    return floor


def test_no_text_has_a_doubled_full_stop(floor: SalesFloor) -> None:
    owner = floor.people["Ada"]
    floor.knows_account("Acme Inc.", "acme.example", owner_id=owner)
    raised = floor.raises(
        first_name="Sam",
        last_name="Jones Jr.",
        title="V.P.",
        phone="+493012345678",
        company=CompanyFacts(name="Acme Inc."),
        message="Please call me.",
    )
    lead_id = raised.lead_id
    assert lead_id is not None
    texts = [alert_post(floor.card(lead_id), "round:1", RULES).text]
    floor.does(decline_lead, DeclineLead(floor.actor("Ada"), lead_id, 1, "At the dentist."))
    card = floor.card(lead_id)
    texts += [" ".join(card.owner_reason), reminder_post(card).text, breach_post(card, card.owner, "rep").text]
    texts += [alert_post(card, "round:1", RULES).text, lead_post(card).text]
    floor.does(claim_lead, ClaimLead(floor.actor("Bea"), lead_id))
    texts.append(alert_post(floor.card(lead_id), "round:2", RULES).text)
    promise = LogTouch(
        floor.actor("Bea"),
        card.contact_id,
        Channel.CALL,
        Outcome.CALLBACK,
        floor.now,
        "At noon.",
        follow_up_at=floor.now + timedelta(days=1),
    )
    floor.does(log_touch, promise)
    texts.append(_page(floor, card.contact_id).text)
    (task,) = floor.read(lambda session: session.query(Task).all())
    reminder = floor.read(lambda session: callback_reminder(session, task.id, floor.now))
    texts.append(callback_post(reminder).text)
    for text in texts:
        assert not DOUBLED.search(text), text


@pytest.mark.parametrize("country", ["DE", None], ids=["by day", "where it may be night"])
def test_nothing_is_said_of_calls_where_there_is_no_number(floor: SalesFloor, country: str | None) -> None:
    raised = floor.raises(first_name="Jane", last_name="Doe", country=country)
    card = floor.card(cast(UUID, raised.lead_id))
    assert "no number" in str(_page(floor, card.contact_id).blocks)
    for shown in (lead_post(card), _page(floor, card.contact_id)):
        assert "Calls:" not in str(shown.blocks)
        assert "E-mail: fine now" in str(shown.blocks)


def test_an_alert_without_a_number_says_nothing_of_calls_by_night(floor: SalesFloor) -> None:
    nobody_knows_where = floor.raises(first_name="Jane", last_name="Doe")
    with_number = floor.raises("tim@acme.example", first_name="Tim", last_name="Bell", phone="+18005550199")
    silent, warned = (floor.card(cast(UUID, one.lead_id)) for one in (nobody_knows_where, with_number))
    assert "Don't call" not in alert_post(silent, "round:1", RULES).text
    assert "Don't call" in alert_post(warned, "round:1", RULES).text


def test_points_for_the_country_are_said_to_be_that_too() -> None:
    assert score_parts({ScorePart.FIRMOGRAPHIC: 5}) == "company and country +5"


def test_a_referral_to_follow_is_no_callback_on_the_home(floor: SalesFloor) -> None:
    raised = floor.raises(first_name="Jane", last_name="Doe")
    contact_id = floor.card(cast(UUID, raised.lead_id)).contact_id
    named = LogTouch(
        floor.actor("Ada"), contact_id, Channel.CALL, Outcome.REFERRAL, floor.now, referral_name="Tim Bell"
    )
    floor.does(log_touch, named)
    state = floor.read(lambda session: home_state(session, floor.actor("Ada"), floor.now))
    shown = str(home_view(floor.actor("Ada"), state))
    assert "People who were named to you" in shown
    assert "Callbacks you promised" not in shown


def test_a_callback_whose_time_is_past_is_overdue_on_the_home(floor: SalesFloor) -> None:
    raised = floor.raises(first_name="Jane", last_name="Doe")
    contact_id = floor.card(cast(UUID, raised.lead_id)).contact_id
    soon = floor.now + timedelta(hours=1)
    promised = LogTouch(floor.actor("Ada"), contact_id, Channel.CALL, Outcome.CALLBACK, floor.now, follow_up_at=soon)
    floor.does(log_touch, promised)

    def shown(now: datetime) -> str:
        return str(home_view(floor.actor("Ada"), floor.read(lambda s: home_state(s, floor.actor("Ada"), now))))

    assert "Callbacks you promised" in shown(floor.now)
    assert " · *overdue*" not in shown(floor.now)
    assert " · *overdue*" in shown(soon + timedelta(minutes=1))


def _page(floor: SalesFloor, contact_id: UUID) -> Post:
    return contact_post(floor.read(lambda session: contact_card(session, contact_id, floor.now)))
