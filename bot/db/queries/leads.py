"""Reads about leads: everything an alert card and ``/lead`` show (process §1, §2).

What must stay true: outside text is handed on as it came, to be escaped where it is rendered; a card is read in a
fixed number of queries, however long the history. Each statement is built once: building costs more than running.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Assignment,
    Contact,
    HandRaise,
    Lead,
    LeadAlert,
    LeadMove,
    Person,
    ScoreEntry,
    Touch,
)
from bot.db.queries.gate import gate, gate_subject
from bot.db.queries.lead_facts import (
    CardAccount,
    CardAlert,
    CardMove,
    CardRaise,
    CardScoreLine,
    CardTouch,
    CardTurn,
    LeadCard,
    Somebody,
)
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.domain.definitions import conditions_held
from bot.domain.errors import NotFound
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel, ScorePart
from bot.playbook.schema import Playbook

__all__ = ["LeadCard", "lead_card"]

Statement = Select[*tuple[Any, ...]]

TOUCHES = 5
HISTORY = 20
_SAME = (
    *("version", "state", "hot", "intent", "source", "message", "raised_at", "received_at", "owned_at"),
    *("shift_held", "seen_at", "claimed_at", "response_due_at", "first_response_at", "round", "closed_at"),
    *("response_on_shift_seconds", "breached_at", "breach_cause", "close_reason"),
)
"""Columns of a lead that stand on its card as they are."""
_LEAD = ("id", "owner_id", "owner_reason", "claimed_by_id", "first_response_by_id", *_SAME)
_PERSON = ("first_name", "last_name", "title", "email", "phone", "linkedin", "score")
_CONTACT = ("id", "country", "stage", "timezone", *_PERSON)
_ACCOUNT = ("id", "name", "domain", "industry", "employees", "country", "stage")
_OWNER = ("id", "name", "slack_user_id")


@lru_cache(maxsize=1)
def _lead() -> Statement:
    account_owner = aliased(Person)
    parts = ((Lead, _LEAD), (Contact, _CONTACT), (Account, _ACCOUNT), (account_owner, _OWNER))
    return (
        select(*(getattr(model, name) for model, names in parts for name in names))
        .join(Contact, Contact.id == Lead.contact_id)
        .outerjoin(Account, Account.id == Lead.account_id)
        .outerjoin(account_owner, account_owner.id == Account.owner_id)
        .where(Lead.id == bindparam("lead"))
    )


def lead_card(session: Session, lead_id: UUID, now: datetime, *, whole: bool = True) -> LeadCard:
    """Everything about one lead. Raises ``NotFound``.

    Not ``whole``: what its card in Slack shows; that has nothing of the history while the lead is in its first round.
    """
    lead, contact, account, owner_of_account = _columns(session, lead_id)
    past = whole or lead.round > 1 or lead.closed_at is not None
    alerts, moves, turns = _history(session, lead_id) if past else ((), (), ())
    wanted = {lead.owner_id, lead.claimed_by_id, lead.first_response_by_id}
    wanted |= {one.person_id for one in (*alerts, *turns)} | {one.by_id for one in moves}
    people = _people(session, wanted)
    lines = _score_lines(session, contact.id)
    parts = {part: sum(line.points for line in lines if line.part is part) for part in ScorePart}
    touches, touch_count = _touches(session, contact.id)
    rules, raises = _playbook(session), _raises(session, lead_id)
    may_call, may_write = gate(session, rules, gate_subject(contact, account), now, Channel.CALL, Channel.EMAIL)
    return LeadCard(
        **_of_lead(lead, people),
        **_of_contact(contact),
        account=_account(account, owner_of_account),
        timezones=candidate_zones(
            contact.timezone, contact.phone, contact.country, account.country if account else None
        ),
        score_lines=lines,
        parts=parts,
        marketing_qualified=_marketing_qualified(rules, lead, contact, parts, raises),
        touches=touches,
        touch_count=touch_count,
        raises=raises,
        alerts=tuple(CardAlert(people.get(one.person_id), one.round, one.at, one.cause) for one in alerts),
        moves=tuple(_move(one, people) for one in moves),
        turns=tuple(CardTurn(people.get(one.person_id), one.rule, tuple(one.reason), one.at) for one in turns),
        may_call=may_call,
        may_write=may_write,
        now=now,
    )


def _columns(session: Session, lead_id: UUID) -> tuple[Any, Any, Any, Any]:
    """The lead, the contact, the account and its owner, each with its columns as attributes; None where there is none.

    Objects of the session would cost as much as three more queries.
    """
    row = run(session, _lead(), lead=lead_id).first()
    if row is None:
        raise NotFound("That lead is not there any more.")
    values = iter(row)
    lead, contact, account, owner = (
        SimpleNamespace(**{name: next(values) for name in names}) for names in (_LEAD, _CONTACT, _ACCOUNT, _OWNER)
    )
    return lead, contact, account if account.id else None, owner if owner.id else None


def _of_lead(lead: Any, people: Mapping[UUID | None, Somebody]) -> dict[str, Any]:
    wall = lead.first_response_at - lead.raised_at if lead.first_response_at else None
    return {
        "lead_id": lead.id,
        "owner": people.get(lead.owner_id),
        "owner_reason": tuple(lead.owner_reason),
        "claimed_by": people.get(lead.claimed_by_id),
        "first_response_by": people.get(lead.first_response_by_id),
        "response_wall_seconds": int(wall.total_seconds()) if wall is not None else None,
    } | {name: getattr(lead, name) for name in _SAME}


def _of_contact(contact: Any) -> dict[str, Any]:
    return {
        "contact_id": contact.id,
        "contact_country": contact.country,
        "contact_stage": contact.stage,
    } | {name: getattr(contact, name) for name in _PERSON}


def _account(account: Any, owner: Any) -> CardAccount | None:
    if account is None:
        return None
    who = Somebody(owner.id, owner.name, owner.slack_user_id) if owner else None
    return CardAccount(**vars(account), owner=who)


@lru_cache(maxsize=1)
def _named() -> Statement:
    return select(Person.id, Person.name, Person.slack_user_id).where(
        Person.id.in_(bindparam("people", expanding=True))
    )


def _people(session: Session, ids: set[UUID | None]) -> dict[UUID | None, Somebody]:
    rows = run(session, _named(), people=[one for one in ids if one])
    return {row.id: Somebody(row.id, row.name, row.slack_user_id) for row in rows}


@lru_cache(maxsize=3)
def _latest(model: type[LeadAlert] | type[LeadMove] | type[Assignment]) -> Statement:
    return (
        select(model.__table__)
        .where(model.lead_id == bindparam("lead"))
        .order_by(model.at.desc(), model.id.desc())
        .limit(HISTORY)
    )


def _history(session: Session, lead_id: UUID) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    """Alerts, moves and turns, the latest ones, oldest first."""
    alerts, moves, turns = (
        run(session, _latest(model), lead=lead_id).all()[::-1] for model in (LeadAlert, LeadMove, Assignment)
    )
    return alerts, moves, turns


def _move(row: Any, people: Mapping[UUID | None, Somebody]) -> CardMove:
    by = people.get(row.by_id)
    return CardMove(row.from_state, row.to_state, row.at, by.name if by else None, row.reason)


@lru_cache(maxsize=1)
def _scored() -> Statement:
    return (
        select(ScoreEntry.part, ScoreEntry.points, ScoreEntry.reason, ScoreEntry.at)
        .where(ScoreEntry.contact_id == bindparam("contact"))
        .order_by(ScoreEntry.at, ScoreEntry.id)
    )


def _score_lines(session: Session, contact_id: UUID) -> tuple[CardScoreLine, ...]:
    rows = run(session, _scored(), contact=contact_id)
    return tuple(CardScoreLine(*row) for row in rows)


@lru_cache(maxsize=1)
def _touched() -> Statement:
    return (
        select(Touch.id, Person.name, Touch.channel, Touch.outcome, Touch.happened_at, Touch.note, func.count().over())
        .join(Person, Person.id == Touch.person_id)
        .where(Touch.contact_id == bindparam("contact"), Touch.undone_at.is_(None))
        .order_by(Touch.happened_at.desc(), Touch.id.desc())
        .limit(TOUCHES)
    )


def _touches(session: Session, contact_id: UUID) -> tuple[tuple[CardTouch, ...], int]:
    rows = run(session, _touched(), contact=contact_id).all()
    return tuple(CardTouch(*row[:6]) for row in rows), rows[0][6] if rows else 0


@lru_cache(maxsize=1)
def _raised() -> Statement:
    return (
        select(HandRaise.intent, HandRaise.source, HandRaise.message, HandRaise.raised_at, HandRaise.extra)
        .where(HandRaise.lead_id == bindparam("lead"))
        .order_by(HandRaise.raised_at.desc(), HandRaise.id.desc())
        .limit(HISTORY)
    )


def _raises(session: Session, lead_id: UUID) -> tuple[CardRaise, ...]:
    rows = run(session, _raised(), lead=lead_id)
    return tuple(CardRaise(*row) for row in rows)


def _playbook(session: Session) -> Playbook:
    in_force = session.info.get("playbook")
    if not isinstance(in_force, PlaybookInForce):
        raise TypeError("the session was opened without a playbook")
    return in_force.playbook


def _marketing_qualified(
    rules: Playbook, lead: Any, contact: Any, parts: Mapping[ScorePart, int], raises: Sequence[CardRaise]
) -> tuple[tuple[str, bool], ...]:
    facts: dict[str, object] = {part.value: points for part, points in parts.items()}
    facts |= {
        "score": contact.score,
        "intent": lead.intent.value,
        "source": lead.source.value,
        "email": contact.email,
        "phone": contact.phone,
        "solution": next((one.extra["solution"] for one in raises if one.extra.get("solution")), None),
    }
    return tuple(conditions_held(rules.stages.marketing_qualified, facts))
