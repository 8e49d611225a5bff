"""Everything about one person, for ``/lead``: stage, score with its parts, timeline, owner and why, tasks, gate.

What must stay true: outside text is handed on as it came; the timeline is read a page at a time, newest first, so
that the thousandth touch costs what the first does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, String, and_, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Consent,
    Contact,
    HandRaise,
    Lead,
    LeadAlert,
    LeadMove,
    Person,
    ScoreEntry,
    Task,
    Touch,
)
from bot.db.queries.gate import gate, gate_subject
from bot.db.queries.lead_facts import CardScoreLine, LeadCard
from bot.db.queries.leads import lead_card
from bot.db.queries.own_plans import PlanOnCard, plan_on_card
from bot.db.session import PlaybookInForce
from bot.domain.compliance import Verdict
from bot.domain.errors import NotFound
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel, ScorePart, Stage

PAGE: Final = 10
_TASKS: Final = 10
_SCORE_LINES: Final = 100


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened. ``kind``: touch, move, alert, raise or consent; ``what`` and ``came`` are its words.

    ``note`` is a rep's or outside text. ``remark``: corrected, or why.
    """

    at: datetime
    kind: str
    who: str | None
    what: str
    came: str | None
    note: str | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class CardTask:
    """Something one of us owes the person."""

    kind: str
    due_at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A person. ``lead``: their open lead, else the latest. ``offset``: where in the timeline this page begins."""

    contact_id: UUID
    name: str
    title: str | None
    email: str | None
    phone: str | None
    linkedin: str | None
    stage: Stage
    company: str | None
    industry: str | None
    employees: int | None
    country: str | None
    owner: str | None
    account_owner: str | None
    referred_by: str | None
    timezones: tuple[str, ...]
    score: int
    parts: Mapping[ScorePart, int]
    score_lines: tuple[CardScoreLine, ...]
    lead: LeadCard | None
    leads: int
    timeline: tuple[TimelineEntry, ...]
    more: bool
    offset: int
    tasks: tuple[CardTask, ...]
    may_call: Verdict
    may_write: Verdict
    now: datetime
    plan: PlanOnCard | None = None
    account_id: UUID | None = None


def contact_card(session: Session, contact_id: UUID, now: datetime, offset: int = 0) -> ContactCard:
    """Read one person's card, with the timeline's page from ``offset`` on. Raises ``NotFound``."""
    owner, account_owner = aliased(Person), aliased(Person)
    row = session.execute(
        select(Contact, Account, owner.name, account_owner.name)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(owner, owner.id == Contact.owner_id)
        .outerjoin(account_owner, account_owner.id == Account.owner_id)
        .where(Contact.id == contact_id)
    ).first()
    if row is None:
        raise NotFound("That person is not in the database any more.")
    contact: Contact = row[0]
    account: Account | None = row[1]
    country = contact.country or (account.country if account else None)
    lines = _score_lines(session, contact_id)
    lead, leads = _lead(session, contact_id, now)
    timeline = _timeline(session, contact_id, offset)
    in_force: PlaybookInForce = session.info["playbook"]
    may_call, may_write = gate(
        session, in_force.playbook, gate_subject(contact, account), now, Channel.CALL, Channel.EMAIL
    )
    return ContactCard(
        contact_id=contact_id,
        name=f"{contact.first_name} {contact.last_name}".strip() or contact.email or contact.phone or "No name",
        title=contact.title,
        email=contact.email,
        phone=contact.phone,
        linkedin=contact.linkedin,
        stage=contact.stage,
        company=account.name if account else None,
        industry=account.industry if account else None,
        employees=account.employees if account else None,
        country=country,
        owner=row[2],
        account_owner=row[3],
        referred_by=_referrer(session, contact),
        timezones=candidate_zones(
            contact.timezone, contact.phone, contact.country, account.country if account else None
        ),
        score=contact.score,
        parts={part: sum(line.points for line in lines if line.part is part) for part in ScorePart},
        score_lines=lines,
        lead=lead,
        leads=leads,
        timeline=tuple(timeline[:PAGE]),
        more=len(timeline) > PAGE,
        offset=offset,
        tasks=_tasks(session, contact_id),
        may_call=may_call,
        may_write=may_write,
        now=now,
        plan=plan_on_card(session, contact_id, now),
        account_id=contact.account_id,
    )


def _score_lines(session: Session, contact_id: UUID) -> tuple[CardScoreLine, ...]:
    rows = session.execute(
        select(ScoreEntry.part, ScoreEntry.points, ScoreEntry.reason, ScoreEntry.at)
        .where(ScoreEntry.contact_id == contact_id)
        .order_by(ScoreEntry.at.desc(), ScoreEntry.id.desc())
        .limit(_SCORE_LINES)
    )
    return tuple(CardScoreLine(*row) for row in rows)


def _lead(session: Session, contact_id: UUID, now: datetime) -> tuple[LeadCard | None, int]:
    row = session.execute(
        select(Lead.id, func.count().over().label("leads"))
        .where(Lead.contact_id == contact_id)
        .order_by(case((Lead.closed_at.is_(None), 0), else_=1), Lead.raised_at.desc())
        .limit(1)
    ).first()
    return (lead_card(session, row.id, now), row.leads) if row else (None, 0)


def _timeline(session: Session, contact_id: UUID, offset: int) -> list[TimelineEntry]:
    """One page and one entry more, which tells whether there is another page."""
    everything = union_all(*_events(contact_id)).subquery()
    rows = session.execute(
        select(everything).order_by(everything.c.at.desc(), everything.c.kind).limit(PAGE + 1).offset(offset)
    )
    return [TimelineEntry(*row) for row in rows]


def _events(contact_id: UUID) -> list[Select[Any]]:
    def entry(at: Any, kind: str, who: Any, what: Any, came: Any, note: Any, remark: Any) -> Select[Any]:
        texts = {"who": who, "what": what, "came": came, "note": note, "remark": remark}
        columns = [type_coerce(value, String).label(name) for name, value in texts.items()]
        return select(at.label("at"), literal(kind, String).label("kind"), *columns)

    none = literal(None, String)
    corrected = case((Touch.corrected_at.is_not(None), literal("corrected", String)), else_=none)
    of_lead = and_(Lead.contact_id == contact_id)
    return [
        entry(Touch.happened_at, "touch", Person.name, Touch.channel, Touch.outcome, Touch.note, corrected)
        .join(Person, Person.id == Touch.person_id)
        .where(Touch.contact_id == contact_id, Touch.undone_at.is_(None)),
        entry(LeadMove.at, "move", Person.name, LeadMove.to_state, LeadMove.from_state, none, LeadMove.reason)
        .select_from(LeadMove)
        .join(Lead, Lead.id == LeadMove.lead_id)
        .outerjoin(Person, Person.id == LeadMove.by_id)
        .where(of_lead),
        entry(LeadAlert.at, "alert", Person.name, LeadAlert.cause, none, none, none)
        .select_from(LeadAlert)
        .join(Lead, Lead.id == LeadAlert.lead_id)
        .outerjoin(Person, Person.id == LeadAlert.person_id)
        .where(of_lead),
        entry(HandRaise.raised_at, "raise", none, HandRaise.intent, HandRaise.source, HandRaise.message, none)
        .select_from(HandRaise)
        .join(Lead, Lead.id == HandRaise.lead_id)
        .where(of_lead),
        entry(Consent.given_at, "consent", none, Consent.basis, none, Consent.text, none).where(
            Consent.contact_id == contact_id
        ),
        entry(Consent.withdrawn_at, "consent_withdrawn", none, Consent.basis, none, none, none).where(
            Consent.contact_id == contact_id, Consent.withdrawn_at.is_not(None)
        ),
    ]


def _tasks(session: Session, contact_id: UUID) -> tuple[CardTask, ...]:
    rows = session.execute(
        select(Task.kind, Task.due_at, Person.name, Task.text)
        .join(Person, Person.id == Task.person_id)
        .where(Task.contact_id == contact_id, Task.done_at.is_(None))
        .order_by(Task.due_at)
        .limit(_TASKS)
    )
    return tuple(CardTask(*row) for row in rows)


def _referrer(session: Session, contact: Contact) -> str | None:
    named = contact.extra.get("referred_by")
    if not named:
        return None
    row = session.execute(select(Contact.first_name, Contact.last_name).where(Contact.id == UUID(named))).first()
    return f"{row.first_name} {row.last_name}".strip() if row else None
