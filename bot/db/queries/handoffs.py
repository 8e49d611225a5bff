"""Reads about handoffs: the card, a person's open ones, every earlier touch (process §7).

What must stay true: a card is read in a fixed number of queries, however long the history; a page of touches costs
the same wherever it begins.
"""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Contact,
    Handoff,
    HandoffMove,
    Lead,
    Meeting,
    Opportunity,
    Person,
    ScoreEntry,
    TimeOff,
    Touch,
)
from bot.db.queries.gate import gate, gate_subject
from bot.db.queries.handoff_facts import CardMeeting, CardOpportunity, CardStep, HandoffCard
from bot.db.queries.lead_facts import CardTouch, Somebody
from bot.db.session import PlaybookInForce
from bot.domain.definitions import conditions_held
from bot.domain.errors import NotFound
from bot.domain.handoff_stages import CALL_MOVED
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel, ScorePart
from bot.playbook.schema import Playbook

__all__ = ["CardMeeting", "CardOpportunity", "CardStep", "HandoffCard", "handoff_card"]

TOUCHES: Final = 5
TOUCH_PAGE: Final = 25
STEPS: Final = 30


def handoff_card(session: Session, handoff_id: UUID, now: datetime) -> HandoffCard:
    """Everything about one handoff. Raises ``NotFound``."""
    rep, executive = aliased(Person), aliased(Person)
    row = session.execute(
        select(Handoff, Lead, Contact, Account, rep, executive)
        .join(Lead, Lead.id == Handoff.lead_id)
        .join(Contact, Contact.id == Handoff.contact_id)
        .join(rep, rep.id == Handoff.rep_id)
        .outerjoin(executive, executive.id == Handoff.ae_id)
        .outerjoin(Account, Account.id == Handoff.account_id)
        .where(Handoff.id == handoff_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("That handoff is not there any more.")
    handoff, lead, contact, account = row[0], row[1], row[2], row[3]
    rules = _playbook(session)
    parts, away = _parts(session, contact.id), _time_off(session, row[5], now)
    touches, touch_count = _touches(session, contact.id, TOUCHES)
    whom = gate_subject(contact, account)
    may_call, may_write = gate(session, rules, whom, now, Channel.CALL, Channel.EMAIL)
    return HandoffCard(
        **_of_handoff(handoff),
        **_of_contact(contact, account),
        rep=somebody(row[4]),
        ae=somebody(row[5]) if row[5] is not None else None,
        ae_timezone=row[5].timezone if row[5] is not None else row[4].timezone,
        contract=_contract(handoff.contract, rules),
        sales_qualified=tuple(conditions_held(rules.stages.sales_qualified, handoff.contract)),
        source=lead.source,
        message=lead.message,
        parts=parts,
        touches=touches,
        touch_count=touch_count,
        steps=_steps(session, handoff.id),
        meeting=_meeting(session, handoff.id),
        opportunity=_opportunity(session, handoff.id),
        guard_wanted=tuple(rules.opportunities.proposal_guard),
        away_until=away.ends_on if away else None,
        cover=away.cover if away else None,
        may_call=may_call,
        may_write=may_write,
        now=now,
    )


def somebody(person: Any) -> Somebody:
    """One of us, as cards name them."""
    return Somebody(person.id, person.name, person.slack_user_id)


def _of_handoff(handoff: Handoff) -> dict[str, Any]:
    names = ("lead_id", "contact_id", "account_id", "kind", "state", "version", "ae_reason", "created_at")
    later = ("answered_at", "held_at", "ended_at", "end_reason")
    return {"handoff_id": handoff.id} | {name: getattr(handoff, name) for name in (*names, *later)}


def _of_contact(contact: Contact, account: Account | None) -> dict[str, Any]:
    country = account.country if account else None
    return {
        name: getattr(contact, name) for name in ("first_name", "last_name", "title", "email", "phone", "score")
    } | {
        "company": account.name if account else None,
        "contact_stage": contact.stage,
        "timezones": candidate_zones(contact.timezone, contact.phone, contact.country, country),
    }


def _contract(answers: dict[str, Any], rules: Playbook) -> tuple[tuple[str, str], ...]:
    """Questions of today's playbook with the answers; answers to questions of an older one stand last."""
    fields = {field.key: field.label for field in rules.handoff.contract}
    known = [(label, str(answers[key])) for key, label in fields.items() if answers.get(key)]
    older = [(key.replace("_", " "), str(said)) for key, said in answers.items() if key not in fields and said]
    return tuple(known + older)


def _parts(session: Session, contact_id: UUID) -> dict[ScorePart, int]:
    rows = session.execute(
        select(ScoreEntry.part, func.sum(ScoreEntry.points))
        .where(ScoreEntry.contact_id == contact_id)
        .group_by(ScoreEntry.part)
    )
    found = {part: int(points) for part, points in rows}
    return {part: found.get(part, 0) for part in ScorePart}


def _time_off(session: Session, person: Person | None, now: datetime) -> SimpleNamespace | None:
    """The time off that holds today for somebody, with its cover."""
    if person is None:
        return None
    today = now.astimezone(ZoneInfo(person.timezone)).date()
    row = session.execute(
        select(TimeOff.ends_on, Person.id, Person.name, Person.slack_user_id)
        .outerjoin(Person, Person.id == TimeOff.cover_id)
        .where(TimeOff.person_id == person.id, TimeOff.starts_on <= today, TimeOff.ends_on >= today)
        .order_by(TimeOff.ends_on.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    cover = Somebody(row.id, row.name, row.slack_user_id) if row.id is not None else None
    return SimpleNamespace(ends_on=row.ends_on, cover=cover)


def _touches(session: Session, contact_id: UUID, limit: int, offset: int = 0) -> tuple[tuple[CardTouch, ...], int]:
    shown = (Touch.contact_id == contact_id, Touch.undone_at.is_(None))
    rows = session.execute(
        select(Touch.id, Person.name, Touch.channel, Touch.outcome, Touch.happened_at, Touch.note)
        .join(Person, Person.id == Touch.person_id)
        .where(*shown)
        .order_by(Touch.happened_at.desc(), Touch.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    total = session.scalar(select(func.count()).select_from(Touch).where(*shown)) or 0
    return tuple(CardTouch(*row) for row in rows), total


def touch_page(session: Session, contact_id: UUID, offset: int = 0) -> tuple[tuple[CardTouch, ...], int]:
    """A page of earlier touches, newest first, and how many there are in all."""
    return _touches(session, contact_id, TOUCH_PAGE, offset)


def _steps(session: Session, handoff_id: UUID) -> tuple[CardStep, ...]:
    rows = session.execute(
        select(HandoffMove.from_state, HandoffMove.to_state, HandoffMove.at, Person.name, HandoffMove.reason)
        .outerjoin(Person, Person.id == HandoffMove.by_id)
        .where(HandoffMove.handoff_id == handoff_id)
        .order_by(HandoffMove.at.desc(), HandoffMove.id.desc())
        .limit(STEPS)
    ).all()
    return tuple(CardStep(*row) for row in rows[::-1])


def _meeting(session: Session, handoff_id: UUID) -> CardMeeting | None:
    moved = exists().where(HandoffMove.handoff_id == handoff_id, HandoffMove.reason.startswith(CALL_MOVED))
    row = session.execute(
        select(
            Meeting.id,
            Meeting.starts_at,
            Meeting.ends_at,
            Meeting.state,
            Meeting.place,
            Meeting.uid,
            Meeting.sequence,
            (Meeting.sequence > 0) & moved,
        )
        .where(Meeting.handoff_id == handoff_id)
        .order_by(Meeting.id.desc())
        .limit(1)
    ).first()
    return CardMeeting(*row) if row else None


def _opportunity(session: Session, handoff_id: UUID) -> CardOpportunity | None:
    names = tuple(name for name in CardOpportunity.__slots__)
    row = session.execute(
        select(*(getattr(Opportunity, name) for name in names))
        .where(Opportunity.handoff_id == handoff_id)
        .order_by(Opportunity.id.desc())
        .limit(1)
    ).first()
    return CardOpportunity(*row) if row else None


def _playbook(session: Session) -> Playbook:
    in_force: PlaybookInForce = session.info["playbook"]
    return in_force.playbook
