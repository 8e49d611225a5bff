"""Which view shows which notice: reads the state of the moment, hands it to the view."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clocks import Clock
from bot.db.models import Person
from bot.db.queries.actors import find_actor
from bot.db.queries.callbacks import callback_reminder
from bot.db.queries.home import home_state
from bot.db.queries.lead_facts import Somebody
from bot.db.queries.leads import LeadCard, lead_card
from bot.db.queries.touch_list import list_state
from bot.delivery.cover_views import COVER_NOTICES
from bot.delivery.deal_views import DEAL_NOTICES
from bot.delivery.handoff_views import HANDOFF_NOTICES, living_handoff
from bot.delivery.pipeline_views import PIPELINE_NOTICES
from bot.delivery.reassign_views import REASSIGN_NOTICES
from bot.delivery.render import Home, LivingView, NoticeView, Renderer, Told
from bot.domain.errors import NotFound
from bot.domain.notices import Address, NoticeKind, View
from bot.outbox.living import Living
from bot.slack.blocks import Post
from bot.slack.views import notices
from bot.slack.views.alert import alert_post
from bot.slack.views.greeting import greeting_post, welcome_post
from bot.slack.views.home import home_view
from bot.slack.views.touch import callback_post
from bot.slack.views.touch_list import touch_list_post


def make_renderer(clock: Clock) -> Renderer:
    """The product's views."""
    told: dict[NoticeKind, NoticeView] = {
        NoticeKind.NUDGE: _nudge,
        NoticeKind.CLAIM_IDLE: _claim_idle,
        NoticeKind.STANDARD_REMINDER: _reminder,
        NoticeKind.BREACH: _breach,
        NoticeKind.CALLBACK_DUE: _callback,
        NoticeKind.LATE_RESULT: lambda _session, told, _now: notices.late_post(str(told.facts.get("text", ""))),
        NoticeKind.ADMIN_WARNING: _warning,
        NoticeKind.WELCOME: _welcome,
        NoticeKind.GREETING: _greeting,
        **HANDOFF_NOTICES,
        **DEAL_NOTICES,
        **PIPELINE_NOTICES,
        **REASSIGN_NOTICES,
        **COVER_NOTICES,
    }
    living: dict[View, LivingView] = {
        View.LEAD_ALERT: _alert,
        View.APP_HOME: _home,
        View.HANDOFF: living_handoff,
        View.TOUCH_LIST: _touch_list,
    }
    return Renderer(clock, told, living)


def _alert(session: Session, standing: Living, now: datetime) -> Post | None:
    card = _card(session, standing.subject_id, now, whole=False)
    if card is None or _too_late(card, standing):
        return None
    return alert_post(card, standing.place, session.info["playbook"].playbook)


def _touch_list(session: Session, standing: Living, now: datetime) -> Post | None:
    state = list_state(session, UUID(standing.subject_id), now)
    return touch_list_post(state) if state else None


def _too_late(card: LeadCard, standing: Living) -> bool:
    """Whether a direct message that has not gone out yet is for somebody whose turn is over."""
    to, _, rest = standing.place.partition(":")
    person, _, turn = rest.partition(":")
    had_it = any(one.who is not None and str(one.who.id) == person for one in card.turns)
    return standing.ts is None and to == "dm" and turn != str(card.round) and had_it


def _home(session: Session, standing: Living, now: datetime) -> Home | None:
    actor = find_actor(session, person_id=UUID(standing.subject_id))
    if actor is None or actor.slack_user_id is None:
        return None
    return Home(actor.slack_user_id, home_view(actor, home_state(session, actor, now)))


def _nudge(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    if card is None or card.closed_at is not None or card.first_response_at is not None:
        return None
    owner, manager = _somebody(session, told.facts, "owner_id"), _somebody(session, told.facts, "manager_id")
    if told.facts.get("step") == "nudge" and (card.claimed_by is not None or not _is(owner, card.owner)):
        return None
    return notices.nudge_post(card, owner, manager, str(told.facts.get("step", "")))


def _claim_idle(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    if card is None or card.closed_at is not None or card.first_response_at is not None:
        return None
    claimed_by = _somebody(session, told.facts, "owner_id")
    return notices.claim_idle_post(card, claimed_by) if _is(claimed_by, card.claimed_by) else None


def _reminder(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    if card is None or card.closed_at is not None or card.first_response_at is not None:
        return None
    theirs = card.owner is not None and told.to == str(Address.person(card.owner.id))
    return notices.reminder_post(card) if theirs else None


def _breach(session: Session, told: Told, now: datetime) -> Post | None:
    card = _card(session, told.subject_id, now)
    return notices.breach_post(card, card.owner, str(told.facts.get("cause", ""))) if card else None


def _callback(session: Session, told: Told, now: datetime) -> Post | None:
    reminder = callback_reminder(session, UUID(told.subject_id), now)
    return callback_post(reminder, str(told.facts.get("covers_for", ""))) if reminder else None


def _warning(_session: Session, told: Told, _now: datetime) -> Post | None:
    where, error = str(told.facts.get("where", "")), str(told.facts.get("error", ""))
    return notices.warning_post(where, error, given_up=bool(told.facts.get("given_up")))


def _welcome(session: Session, told: Told, _now: datetime) -> Post | None:
    actor = find_actor(session, person_id=UUID(Address.parse(told.to).value))
    return welcome_post(actor) if actor else None


def _greeting(session: Session, told: Told, _now: datetime) -> Post | None:
    actor = find_actor(session, person_id=UUID(Address.parse(told.to).value))
    return greeting_post(actor) if actor and actor.roles else None


def _card(session: Session, lead_id: str, now: datetime, *, whole: bool = True) -> LeadCard | None:
    try:
        return lead_card(session, UUID(lead_id), now, whole=whole)
    except NotFound:
        return None


def _is(then: Somebody | None, now: Somebody | None) -> bool:
    """Whether it is still the same one: time may have passed between a notice and its telling, all at once at times."""
    return (then.id if then else None) == (now.id if now else None)


def _somebody(session: Session, facts: Mapping[str, Any], key: str) -> Somebody | None:
    person_id = facts.get(key)
    if not person_id:
        return None
    row = session.execute(
        select(Person.id, Person.name, Person.slack_user_id).where(Person.id == UUID(str(person_id)))
    ).first()
    return Somebody(row.id, row.name, row.slack_user_id) if row else None
