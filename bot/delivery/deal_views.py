"""Which view shows what is told of intro calls, verdicts, deals and gaps (process §7, §8)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.deals import DealCard, deal_card
from bot.db.queries.handoff_facts import HandoffCard
from bot.db.queries.handoffs import handoff_card
from bot.db.queries.lull import lull_list
from bot.delivery.render import NoticeView, Told
from bot.domain.errors import NotFound
from bot.domain.handoff_stages import BEFORE_CALL
from bot.domain.notices import NoticeKind
from bot.slack.blocks import Post
from bot.slack.views.deal import deal_gone_post, deal_step_post
from bot.slack.views.lull import lull_post
from bot.slack.views.verdict import intro_call_soon_post, verdict_step_post, verdict_wanted_post


def _soon(session: Session, told: Told, now: datetime) -> Post | None:
    card = _handoff(session, told, now)
    if card is None or card.state not in BEFORE_CALL or card.meeting is None or card.meeting.state != "booked":
        return None
    if card.meeting.starts_at <= now:
        return None  # it could not be said in time
    to = next(
        (one for one in (card.ae, card.cover, card.rep) if one and str(one.id) == str(told.facts.get("to_id"))), None
    )
    return intro_call_soon_post(card, to)


def _wanted(session: Session, told: Told, now: datetime) -> Post | None:
    card = _handoff(session, told, now)
    return (
        verdict_wanted_post(card, str(told.facts.get("step", "")), str(told.facts.get("to_id", ""))) if card else None
    )


def _verdict(session: Session, told: Told, now: datetime) -> Post | None:
    card = _handoff(session, told, now)
    if card is None:
        return None
    facts = told.facts
    return verdict_step_post(
        card,
        str(facts.get("step", "")),
        str(facts.get("by", "Somebody")),
        str(facts.get("reason", "")),
        str(facts.get("what", "")),
        credit=bool(facts.get("credit")),
        is_open=bool(facts.get("open", True)),
    )


def _deal(session: Session, told: Told, now: datetime) -> Post | None:
    try:
        card: DealCard = deal_card(session, UUID(told.subject_id))
    except NotFound:
        taken_back = told.facts.get("what") == "begin_deal"
        by, name = str(told.facts.get("by", "Somebody")), str(told.facts.get("deal", ""))
        return deal_gone_post(by, name) if taken_back else None
    facts = told.facts
    step, by = str(facts.get("step", "")), str(facts.get("by", "Somebody"))
    return deal_step_post(card, step, by, str(facts.get("reason", "")), str(facts.get("what", "")))


def _lull(session: Session, told: Told, now: datetime) -> Post | None:
    return lull_post(lull_list(session, UUID(told.subject_id), now), str(told.facts.get("missed", "")))


def _handoff(session: Session, told: Told, now: datetime) -> HandoffCard | None:
    try:
        return handoff_card(session, UUID(told.subject_id), now)
    except NotFound:
        return None


DEAL_NOTICES: Final[Mapping[NoticeKind, NoticeView]] = {
    NoticeKind.INTRO_CALL_SOON: _soon,
    NoticeKind.VERDICT_WANTED: _wanted,
    NoticeKind.VERDICT_STEP: _verdict,
    NoticeKind.DEAL_STEP: _deal,
    NoticeKind.LULL: _lull,
}
"""Notices of this room, for ``make_renderer``."""
