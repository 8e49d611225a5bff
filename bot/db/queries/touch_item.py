"""One line of a list with everything its card needs: the person, the plan, the gate, what was said before.

What must stay true: as many statements for the last line as for the first; the draft is the rep's own words where they
approved or changed it, the playbook's otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import (
    Account,
    Contact,
    Enrolment,
    Lead,
    Person,
    Team,
    TeamMember,
    Touch,
    TouchItem,
    TouchList,
)
from bot.db.queries.gate import Whom
from bot.db.queries.gate_many import Asked, gate_many, mail_day
from bot.db.queries.touch_list import Progress, progress
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.db.types import Timestamp
from bot.domain.compliance import Verdict
from bot.domain.drafts_mail import (
    ASKED_FOR,
    MailDraft,
    Occasion,
    make_draft,
    own_draft,
    segment_of,
)
from bot.domain.errors import NotFound
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_list import ItemKind
from bot.domain.touch_list_windows import local_day
from bot.playbook.schema import Playbook

SHOWN_TOUCHES = 3
_LOOKED_AT = 8
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EarlierTouch:
    """A touch before; the note is a rep's text."""

    at: datetime
    by: str
    channel: Channel
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True)
class ItemCard:
    """One line, as the rep works it. ``facts``: what the playbook's texts are filled in with.

    ``mail``: for an e-mail. ``fact``: the one noted fact; ``wants_fact``: a first touch without it (process §5).
    ``place``: which of the list's ``progress.total`` this one is, after what is done and what was left as it is.
    """

    item_id: UUID
    list_id: UUID
    version: int
    position: int
    kind: ItemKind
    state: str
    why: str
    step: str
    due_at: datetime | None
    contact_id: UUID
    name: str
    title: str | None
    company: str | None
    email: str | None
    phone: str | None
    linkedin: str | None
    timezones: tuple[str, ...]
    lead_id: UUID | None
    message: str
    enrolment_id: UUID | None
    fact: str
    wants_fact: bool
    facts: Mapping[str, str]
    mail: MailDraft | None
    earlier: tuple[EarlierTouch, ...]
    may_call: Verdict
    may_write: Verdict
    progress: Progress
    place: int
    now: datetime


def _of_team(column: Any) -> Any:
    """A fact of the rep's first team: the brand they write under."""
    return (
        select(column)
        .join(TeamMember, TeamMember.team_id == Team.id)
        .where(TeamMember.person_id == Person.id)
        .order_by(TeamMember.manages, Team.id)
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


_THEM = (
    Contact.id.label("contact_id"),
    Contact.first_name,
    Contact.last_name,
    Contact.title,
    Contact.email,
    Contact.phone,
    Contact.linkedin,
    Contact.timezone,
    Contact.country,
    Contact.stage,
    Contact.extra,
    Contact.account_id,
    Account.name.label("company"),
    Account.country.label("account_country"),
    Account.industry,
    Account.employees,
    Enrolment.id.label("enrolment_id"),
    Enrolment.kind.label("plan_kind"),
    Enrolment.cycle,
    Enrolment.step.label("plan_step"),
    Enrolment.segment,
    Enrolment.variant,
    Enrolment.fact,
    Enrolment.last_email_on,
    Enrolment.state.label("plan"),
    Lead.intent,
    Lead.message,
    Person.id.label("person_id"),
    Person.name.label("rep_name"),
    Person.timezone.label("rep_zone"),
    _of_team(Team.brand_name).label("brand"),
    _of_team(Team.postal_address).label("postal_address"),
)
"""What a card and a draft need to know of somebody, of their plan and of the rep."""
_THEIR_LEAD = and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None))
_UPTO = aliased(TouchItem)
_IS_REPLY = _UPTO.kind == ItemKind.REPLY.value
_LEFT_UPTO = (  # the question who replied is one line, however many answers are still to be noted
    select(func.sum(case((_IS_REPLY, 0), else_=1)) + func.max(case((_IS_REPLY, 1), else_=0)))
    .where(
        _UPTO.list_id == TouchItem.list_id,
        _UPTO.position <= TouchItem.position,
        or_(
            _UPTO.id == TouchItem.id,
            _UPTO.state == "opened",
            and_(
                _UPTO.state == "open",
                or_(_UPTO.due_at.is_(None), _UPTO.due_at <= bindparam("now", type_=Timestamp)),
            ),
        ),
    )
    .correlate(TouchItem)
    .scalar_subquery()
)
"""How many lines that are not done yet one has come to with this one; what makes sense later is not passed over."""
_CARD = (
    select(
        TouchItem.id,
        TouchItem.list_id,
        TouchItem.version,
        TouchItem.position,
        TouchItem.kind,
        TouchItem.state,
        TouchItem.why,
        TouchItem.step,
        TouchItem.due_at,
        TouchItem.lead_id,
        TouchItem.draft,
        _LEFT_UPTO.label("left_upto"),
        *_THEM,
    )
    .join(TouchList, TouchList.id == TouchItem.list_id)
    .join(Person, Person.id == TouchList.person_id)
    .join(Contact, Contact.id == TouchItem.contact_id)
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Enrolment, and_(Enrolment.contact_id == Contact.id, Enrolment.ended_at.is_(None)))
    .outerjoin(Lead, _THEIR_LEAD)
    .where(TouchItem.id == bindparam("which"))
)
_PLANNED = (
    select(*_THEM)
    .select_from(Enrolment)
    .join(Contact, Contact.id == Enrolment.contact_id)
    .join(Person, Person.id == bindparam("rep", type_=Uuid()))
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Lead, _THEIR_LEAD)
    .where(Enrolment.id == bindparam("which"))
)
_TOUCHES = (
    select(Touch.happened_at, Person.name, Touch.channel, Touch.outcome, Touch.note)
    .join(Person, Person.id == Touch.person_id)
    .where(Touch.contact_id == bindparam("contact"), Touch.undone_at.is_(None))
    .order_by(Touch.happened_at.desc())
    .limit(_LOOKED_AT)
)


def item_card(session: Session, item_id: UUID, now: datetime) -> ItemCard:
    """Read one line's card. Raises ``NotFound``."""
    row = run(session, _CARD, which=item_id, now=now).first()
    if row is None:
        raise NotFound("That line is not on a list any more. /today shows what is.")
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    earlier = [EarlierTouch(*one) for one in run(session, _TOUCHES, contact=row.contact_id)]
    may_call, may_write = _gate(session, row, now, rules)
    facts = _facts(session, row, rules, earlier, now)
    kind = ItemKind(row.kind)
    far = progress(session, row.list_id)
    return ItemCard(
        item_id=row.id,
        list_id=row.list_id,
        version=row.version,
        position=row.position,
        kind=kind,
        state=row.state,
        why=row.why,
        step=row.step,
        due_at=row.due_at,
        contact_id=row.contact_id,
        name=_name(row),
        title=row.title,
        company=row.company,
        email=row.email,
        phone=row.phone,
        linkedin=row.linkedin,
        timezones=candidate_zones(row.timezone, row.phone, row.country, row.account_country),
        lead_id=row.lead_id,
        message=row.message or "",
        enrolment_id=row.enrolment_id,
        fact=row.fact or "",
        wants_fact=row.plan_kind == "cadence" and row.last_email_on is None and not row.fact,
        facts=facts,
        mail=_draft(row, row.draft, rules, facts) if kind is ItemKind.EMAIL else None,
        earlier=tuple(earlier[:SHOWN_TOUCHES]),
        may_call=may_call,
        may_write=may_write,
        progress=far,
        place=min(far.done + row.left_upto, far.total),
        now=now,
    )


def _name(row: Any) -> str:
    return f"{row.first_name} {row.last_name}".strip() or row.email or row.phone or "No name"


def _gate(session: Session, row: Any, now: datetime, rules: Playbook) -> tuple[Verdict, Verdict]:
    whom = Whom(row.contact_id, row.email, row.phone, row.timezone, row.country, row.account_country, row.stage)
    today = now.astimezone(ZoneInfo(row.rep_zone)).date()
    accounts = [row.account_id] if row.account_id else []
    day = mail_day(session, row.person_id, accounts, today, local_day(row.rep_zone, today))
    verdicts = gate_many(session, rules, [Asked(whom, Channel.CALL), Asked(whom, Channel.EMAIL)], day, now)
    return verdicts[row.contact_id, Channel.CALL], verdicts[row.contact_id, Channel.EMAIL]


def planned_mail(
    session: Session, enrolment_id: UUID, rep_id: UUID, now: datetime
) -> tuple[str, str | None, str | None, MailDraft] | None:
    """The e-mail that a plan's next step sends, with the person's name, title and company; None if it is gone."""
    row = run(session, _PLANNED, which=enrolment_id, rep=rep_id).first()
    if row is None:
        return None
    in_force: PlaybookInForce = session.info["playbook"]
    earlier = [EarlierTouch(*one) for one in run(session, _TOUCHES, contact=row.contact_id)]
    facts = _facts(session, row, in_force.playbook, earlier, now)
    return _name(row), row.title, row.company, _draft(row, None, in_force.playbook, facts)


def _referrer(session: Session, extra: Mapping[str, Any] | None) -> str | None:
    named = (extra or {}).get("referred_by")
    if not named:
        return None
    row = session.execute(select(Contact.first_name, Contact.last_name).where(Contact.id == UUID(named))).first()
    return f"{row.first_name} {row.last_name}".strip() if row else None


def _facts(session: Session, row: Any, rules: Playbook, earlier: list[EarlierTouch], now: datetime) -> dict[str, str]:
    """What fills the playbook's texts; what is not known is left out, so that it is named."""
    segment = _segment(row, rules)
    known = rules.icp.segments.get(segment) if segment else None
    mailed = next((one for one in earlier if one.outcome is Outcome.SENT), None)
    facts = {
        "first_name": row.first_name,
        "full_name": f"{row.first_name} {row.last_name}".strip(),
        "title": row.title,
        "company": row.company,
        "rep_name": row.rep_name,
        "rep_first_name": row.rep_name.split(" ")[0],
        "our_company": row.brand or rules.texts.our_company,
        "our_phone": rules.texts.our_phone,
        "fact": row.fact,
        "segment": known.name if known else None,
        "credibility": known.credibility if known else None,
        "asked_for": ASKED_FOR.get(row.intent, "what we do") if row.intent else None,
        "email_sent_on": _day_of(mailed.at, row.rep_zone, now) if mailed else None,
        "booking_link": rules.texts.booking_link,
        "referrer": _referrer(session, row.extra),
    }
    return {name: value for name, value in facts.items() if value}


def _segment(row: Any, rules: Playbook) -> str | None:
    """The segment they were enrolled as, while the playbook has it; else the one they belong to now."""
    if row.segment in rules.icp.segments:
        return str(row.segment)
    return segment_of(rules, row.industry, row.employees, row.account_country)


def _day_of(at: datetime, zone: str, now: datetime) -> str:
    """A day as one says it on the phone: "Monday", with the date where a week has passed."""
    day: date = at.astimezone(ZoneInfo(zone)).date()
    ago = (now.astimezone(ZoneInfo(zone)).date() - day).days
    return f"{day:%A}" if ago < _WEEK.days else f"{day:%A, %-d %B}"


def plan_draft(plan: Mapping[str, Any] | None, step: str | None, cycle: int | None) -> dict[str, Any] | None:
    """The draft that was approved ahead for a step of a plan, if there is one."""
    kept = (plan or {}).get("draft")
    return kept if isinstance(kept, dict) and kept.get("for") == f"{step}:{cycle}" else None


def _draft(row: Any, own: dict[str, Any] | None, rules: Playbook, facts: Mapping[str, str]) -> MailDraft:
    kept = own or plan_draft(row.plan, row.plan_step, row.cycle)
    if kept:
        return own_draft(rules, row.email, kept["subject"], kept["body"])
    follow_up = row.plan_kind != "cadence"
    occasion = Occasion(row.cycle or 1, follow_up, _segment(row, rules), row.variant)
    return make_draft(rules, occasion, row.email, facts, row.postal_address)


_READY = (
    select(TouchItem.id)
    .where(
        TouchItem.list_id == bindparam("which"),
        TouchItem.position > bindparam("after"),
        or_(
            and_(TouchItem.kind == ItemKind.REPLY.value, TouchItem.state == "opened"),
            and_(
                TouchItem.kind != ItemKind.REPLY.value,
                TouchItem.state == "open",
                or_(TouchItem.due_at.is_(None), TouchItem.due_at <= bindparam("now", type_=Timestamp)),
            ),
        ),
    )
    .order_by(TouchItem.position)
    .limit(1)
)
_LATER = (
    select(TouchItem.id)
    .where(
        TouchItem.list_id == bindparam("which"),
        TouchItem.kind != ItemKind.REPLY.value,
        TouchItem.state == "open",
        TouchItem.due_at > bindparam("now", type_=Timestamp),
    )
    .order_by(TouchItem.due_at, TouchItem.position)
    .limit(1)
)


def next_line(session: Session, list_id: UUID, after: int, now: datetime) -> UUID | None:
    """The next open line after a position that makes sense now; None at the end of the list."""
    found: UUID | None = run(session, _READY, which=list_id, after=after, now=now).scalar()
    return found


def later_line(session: Session, list_id: UUID, now: datetime) -> UUID | None:
    """The first of those whose time is still to come."""
    found: UUID | None = run(session, _LATER, which=list_id, now=now).scalar()
    return found
