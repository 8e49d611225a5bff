"""The e-mail that a plan's next step sends: what fills the playbook's texts, and the draft.

What must stay true: the draft is the rep's own words where they approved or changed it, the playbook's otherwise; what
is not known is left out of the facts, so that it is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid, and_, bindparam, select
from sqlalchemy.orm import Session

from bot.db.models import Account, Contact, Enrolment, Lead, Person, Team, TeamMember, Touch
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.domain.drafts_mail import ASKED_FOR, MailDraft, Occasion, make_draft, own_draft, segment_of
from bot.domain.terms import Channel, Outcome
from bot.playbook.schema import Playbook

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


THEM = (
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
THEIR_LEAD = and_(Lead.contact_id == Contact.id, Lead.closed_at.is_(None))
_PLANNED = (
    select(*THEM)
    .select_from(Enrolment)
    .join(Contact, Contact.id == Enrolment.contact_id)
    .join(Person, Person.id == bindparam("rep", type_=Uuid()))
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Lead, THEIR_LEAD)
    .where(Enrolment.id == bindparam("which"))
)
_TOUCHES = (
    select(Touch.happened_at, Person.name, Touch.channel, Touch.outcome, Touch.note)
    .join(Person, Person.id == Touch.person_id)
    .where(Touch.contact_id == bindparam("contact"), Touch.undone_at.is_(None))
    .order_by(Touch.happened_at.desc())
    .limit(_LOOKED_AT)
)


def earlier_touches(session: Session, contact_id: UUID) -> list[EarlierTouch]:
    """The last touches of somebody, newest first."""
    return [EarlierTouch(*one) for one in run(session, _TOUCHES, contact=contact_id)]


def name_of(row: Any) -> str:
    """What somebody is called, by whatever is known of them."""
    return f"{row.first_name} {row.last_name}".strip() or row.email or row.phone or "No name"


def planned_mail(
    session: Session, enrolment_id: UUID, rep_id: UUID, now: datetime
) -> tuple[str, str | None, str | None, MailDraft] | None:
    """The e-mail that a plan's next step sends, with the person's name, title and company; None if it is gone."""
    row = run(session, _PLANNED, which=enrolment_id, rep=rep_id).first()
    if row is None:
        return None
    in_force: PlaybookInForce = session.info["playbook"]
    earlier = earlier_touches(session, row.contact_id)
    facts = facts_of(session, row, in_force.playbook, earlier, now)
    return name_of(row), row.title, row.company, draft_of(row, None, in_force.playbook, facts)


def _referrer(session: Session, extra: Mapping[str, Any] | None) -> str | None:
    named = (extra or {}).get("referred_by")
    if not named:
        return None
    row = session.execute(select(Contact.first_name, Contact.last_name).where(Contact.id == UUID(named))).first()
    return f"{row.first_name} {row.last_name}".strip() if row else None


def facts_of(session: Session, row: Any, rules: Playbook, earlier: list[EarlierTouch], now: datetime) -> dict[str, str]:
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


def draft_of(row: Any, own: dict[str, Any] | None, rules: Playbook, facts: Mapping[str, str]) -> MailDraft:
    """The e-mail to a row of ``THEM``; ``own``: as the rep changed it on a line."""
    kept = own or plan_draft(row.plan, row.plan_step, row.cycle)
    if kept:
        return own_draft(rules, row.email, kept["subject"], kept["body"])
    follow_up = row.plan_kind != "cadence"
    occasion = Occasion(row.cycle or 1, follow_up, _segment(row, rules), row.variant)
    return make_draft(rules, occasion, row.email, facts, row.postal_address)
