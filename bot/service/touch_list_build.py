"""Building a rep's list: exactly one for each local date and wave (process §5).

What must stay true: the list's row is claimed before anything is written, so that two workers make one; statements
are counted for the list, never for its lines; what is due and left off is counted with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import TouchItem, TouchList
from bot.db.queries.due_work import due_enrolments
from bot.db.queries.gate_many import Asked, MailDay, company_domain_of, gate_many, mail_day
from bot.db.queries.touch_list_sources import (
    Known,
    Rep,
    known_people,
    lead_items,
    not_put_off,
    on_list,
    reply_items,
    task_items,
    working_week,
    works_by_list,
)
from bot.db.rows import put_all, put_once, run
from bot.domain.business_time import is_working_day
from bot.domain.compliance import Allowed, Refused, Verdict
from bot.domain.notices import Address, Priority, View
from bot.domain.places import candidate_zones
from bot.domain.terms import Channel
from bot.domain.touch_list import DueItem, ItemKind
from bot.domain.touch_list_order import Arranged, Candidate, Measure, RepDay, Wave, arrange, mail_target
from bot.domain.touch_list_windows import local_day, working_spans
from bot.outbox.enqueue import show
from bot.playbook.schema import Playbook
from bot.service.context import playbook
from bot.service.cover import desk_for
from bot.service.enrolments import close_finished
from bot.service.touch_list_times import evening_of

_LIST = select(TouchList.id).where(
    TouchList.person_id == bindparam("rep"),
    TouchList.local_date == bindparam("day"),
    TouchList.wave == bindparam("wave"),
)
_CHANNELS: Mapping[ItemKind, tuple[Channel, ...]] = {
    ItemKind.REPLY: (),
    ItemKind.HOT: (Channel.CALL, Channel.EMAIL),
    ItemKind.LEAD: (Channel.CALL, Channel.EMAIL),
    ItemKind.EMAIL: (Channel.EMAIL,),
    ItemKind.TASK: (Channel.SOCIAL,),
}
"""By which channels a kind of item touches somebody; by phone where it is not said."""


def build_list(session: Session, rep: Rep, day: date, wave: Wave, now: datetime) -> UUID | None:
    """Make the list of a local date and wave and have it shown; None where it is there already.

    An evening without anything to send makes no list. Whoever has no work that comes on lists gets no message of it.
    """
    rules = playbook(session)
    list_id = new_id()
    if wave is Wave.MORNING:
        if not _claim(session, list_id, rep, day, wave, now):
            return None
        close_finished(session, rep.id, day, now)
    elif list_of(session, rep.id, day, wave) is not None:
        return None
    arranged = arranged_for(session, rep, day, wave, now, rules)
    if wave is Wave.EVENING and (not arranged.lines or not _claim(session, list_id, rep, day, wave, now)):
        return None
    put_all(session, TouchItem, _rows(list_id, arranged))
    _finish(session, list_id, arranged, now)
    if arranged.lines or works_by_list(session, rep.id, day):
        show(session, View.TOUCH_LIST, str(list_id), Address.person(rep.id), priority=Priority.BULK)
    return list_id


def list_of(session: Session, person_id: UUID, day: date, wave: Wave) -> UUID | None:
    """The list of a rep, local date and wave, if it was made."""
    found: UUID | None = run(session, _LIST, rep=person_id, day=day, wave=wave.value).scalar()
    return found


def _claim(session: Session, list_id: UUID, rep: Rep, day: date, wave: Wave, now: datetime) -> bool:
    return put_once(
        session,
        TouchList,
        id=list_id,
        person_id=rep.id,
        local_date=day,
        wave=wave.value,
        built_at=now,
        page=0,
        held={},
        version=1,
    )


def _finish(session: Session, list_id: UUID, arranged: Arranged, now: datetime) -> None:
    values: dict[str, object] = {}
    if arranged.held:
        values["held"] = {reason.value: count for reason, count in arranged.held.items()}
    if not arranged.lines:
        values["finished_at"] = now
    if values:
        session.execute(update(TouchList).where(TouchList.id == list_id).values(**values))


def _rows(list_id: UUID, arranged: Arranged) -> list[dict[str, object]]:
    return [
        {
            "id": new_id(),
            "list_id": list_id,
            "position": position,
            "contact_id": line.due.contact_id,
            "kind": line.due.kind.value,
            "enrolment_id": line.due.enrolment_id,
            "lead_id": line.due.lead_id,
            "task_id": line.due.task_id,
            "step": line.due.step[:255],
            "why": line.due.why,
            "due_at": line.due_at if line.due.kind is not ItemKind.REPLY else line.due.due_at,
            "state": "open",
            "version": 1,
        }
        for position, line in enumerate(arranged.lines, 1)
    ]


def rep_day(rep: Rep, day: date, wave: Wave, now: datetime, rules: Playbook) -> RepDay:
    """A rep's day as the order of the list looks at it."""
    evening = evening_of(rep, day, rules)
    return RepDay(
        now=now,
        timezone=rep.timezone,
        span=local_day(rep.timezone, day),
        shifts=working_spans(working_week(rep, rules), day),
        evening_at=evening if evening is not None and evening > now else None,
        wave=wave,
    )


def arranged_for(session: Session, rep: Rep, day: date, wave: Wave, now: datetime, rules: Playbook) -> Arranged:
    """What stands on a list of ``day``, in order; reads only."""
    around = rep_day(rep, day, wave, now, rules)
    due, leads_overdue = _due(session, rep, day, around, now, rules)
    due = not_put_off(session, due, around.span[1])
    if wave is Wave.EVENING and (morning := list_of(session, rep.id, day, Wave.MORNING)) is not None:
        left_out = on_list(session, morning)
        due = [one for one in due if one.contact_id not in left_out]
    known = known_people(session, list({one.contact_id for one in due}))
    due = [one for one in due if one.contact_id in known]
    accounts = sorted({one.account_id for one in known.values() if one.account_id})
    mails = mail_day(session, rep.id, accounts, day, around.span)
    candidates = _candidates(session, due, known, mails, now, rules)
    target = mail_target(rules, working_week(rep, rules), rep.mailbox_began_on, day)
    measure = Measure(max(0, target - mails.from_mailbox), mails.to_domain, leads_overdue)
    return arrange(candidates, around, measure, rules)


def _due(
    session: Session, rep: Rep, day: date, around: RepDay, now: datetime, rules: Playbook
) -> tuple[list[DueItem], bool]:
    """Everything due, and whether the rep's own leads are overdue."""
    planned = list(due_enrolments(session, rep.id, day, now))
    late = any(one.lead_id is not None and one.overdue_days > 0 for one in planned)
    if around.wave is Wave.EVENING:
        return [one for one in planned if one.kind is ItemKind.EMAIL], late
    leads, tasks, waiting = _owed(session, rep.id, day, around.span[1], now)
    since = local_day(rep.timezone, _workday_before(rep, day, rules))[0]
    replies = reply_items(session, rep.id, day, since, around.span[0])
    return [*replies, *leads, *tasks, *planned], late or waiting


def _owed(
    session: Session, rep_id: UUID, day: date, until: datetime, now: datetime
) -> tuple[list[DueItem], list[DueItem], bool]:
    """Leads and promises of the rep and of whom they cover for; whether any of the rep's own leads is overdue."""
    leads: list[DueItem] = []
    tasks: list[DueItem] = []
    waiting = False
    for whose, name in desk_for(session, rep_id, day).items():
        theirs, late = lead_items(session, whose, now)
        owed = task_items(session, whose, until)
        said = f" You cover for {name}." if name else ""
        leads += [replace(one, why=one.why + said) for one in theirs] if said else theirs
        tasks += [replace(one, why=one.why + said) for one in owed] if said else owed
        waiting = waiting or (late and not name)
    return leads, tasks, waiting


def _workday_before(rep: Rep, day: date, rules: Playbook) -> date:
    before = day - timedelta(days=1)
    for _ in range(7):
        if is_working_day(working_week(rep, rules), before):
            break
        before -= timedelta(days=1)
    return before


def _candidates(
    session: Session,
    due: Sequence[DueItem],
    known: dict[UUID, Known],
    mails: MailDay,
    now: datetime,
    rules: Playbook,
) -> list[Candidate]:
    asked = {(one.contact_id, channel) for one in due for channel in channels_of(one.kind)}
    verdicts = gate_many(
        session,
        rules,
        [Asked(known[contact_id].whom, channel) for contact_id, channel in sorted(asked)],
        replace(mails, from_mailbox=0, to_domain={}),  # what today's measure leaves is the order's to decide
        now,
    )

    def verdict(one: DueItem) -> Verdict:
        return likeliest([verdicts[one.contact_id, channel] for channel in channels_of(one.kind)])

    return [_candidate(one, known[one.contact_id], verdict(one)) for one in due]


def channels_of(kind: ItemKind) -> tuple[Channel, ...]:
    """By which channels somebody may be touched, the likeliest first: a raised hand can be answered by either."""
    return _CHANNELS.get(kind, (Channel.CALL,))


def likeliest(said: Sequence[Verdict]) -> Verdict:
    """What the gate says of an item, from its channels in order: a no for good counts where each of them has one."""
    return next((each for each in said if not isinstance(each, Refused) or not each.for_good), *said[:1] or [Allowed()])


def _candidate(one: DueItem, known: Known, verdict: Verdict) -> Candidate:
    whom = known.whom
    return Candidate(
        due=one,
        zones=candidate_zones(whom.timezone, whom.phone, whom.country, whom.account_country),
        domain=company_domain_of(whom.email),
        cold_first=known.plan_kind == "cadence" and known.plan_cycle == 1 and not known.plan_mailed,
        verdict=verdict,
    )
