"""One line of a list with everything its card needs: the person, the plan, the gate, what was said before.

What must stay true: as many statements for the last line as for the first; the draft is the rep's own words where they
approved or changed it, the playbook's otherwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.db.models import Account, Contact, Enrolment, Lead, Person, TouchItem, TouchList
from bot.db.queries.gate import Whom
from bot.db.queries.gate_many import Asked, gate_many, mail_day
from bot.db.queries.touch_list_progress import Progress, progress
from bot.db.queries.touch_mail import THEIR_LEAD, THEM, EarlierTouch, draft_of, earlier_touches, facts_of, name_of
from bot.db.rows import run
from bot.db.session import PlaybookInForce
from bot.db.types import Timestamp
from bot.domain.compliance import Verdict
from bot.domain.drafts_mail import MailDraft
from bot.domain.errors import NotFound
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel
from bot.domain.touch_list import ItemKind
from bot.domain.touch_list_windows import local_day
from bot.playbook.schema import Playbook

SHOWN_TOUCHES = 3


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
        *THEM,
    )
    .join(TouchList, TouchList.id == TouchItem.list_id)
    .join(Person, Person.id == TouchList.person_id)
    .join(Contact, Contact.id == TouchItem.contact_id)
    .outerjoin(Account, Account.id == Contact.account_id)
    .outerjoin(Enrolment, and_(Enrolment.contact_id == Contact.id, Enrolment.ended_at.is_(None)))
    .outerjoin(Lead, THEIR_LEAD)
    .where(TouchItem.id == bindparam("which"))
)


def item_card(session: Session, item_id: UUID, now: datetime) -> ItemCard:
    """Read one line's card. Raises ``NotFound``."""
    row = run(session, _CARD, which=item_id, now=now).first()
    if row is None:
        raise NotFound("That line is not on a list any more. /today shows what is.")
    in_force: PlaybookInForce = session.info["playbook"]
    rules = in_force.playbook
    earlier = earlier_touches(session, row.contact_id)
    may_call, may_write = _gate(session, row, now, rules)
    facts = facts_of(session, row, rules, earlier, now)
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
        name=name_of(row),
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
        mail=draft_of(row, row.draft, rules, facts) if kind is ItemKind.EMAIL else None,
        earlier=tuple(earlier[:SHOWN_TOUCHES]),
        may_call=may_call,
        may_write=may_write,
        progress=far,
        place=min(far.done + row.left_upto, far.total),
        now=now,
    )


def _gate(session: Session, row: Any, now: datetime, rules: Playbook) -> tuple[Verdict, Verdict]:
    whom = Whom(row.contact_id, row.email, row.phone, row.timezone, row.country, row.account_country, row.stage)
    today = now.astimezone(ZoneInfo(row.rep_zone)).date()
    accounts = [row.account_id] if row.account_id else []
    day = mail_day(session, row.person_id, accounts, today, local_day(row.rep_zone, today))
    verdicts = gate_many(session, rules, [Asked(whom, Channel.CALL), Asked(whom, Channel.EMAIL)], day, now)
    return verdicts[row.contact_id, Channel.CALL], verdicts[row.contact_id, Channel.EMAIL]
