"""What a rep does with the lines of their list: open a draft, put off, skip, say who replied.

What must stay true: a list is worked by the rep it is for; a line that was settled meanwhile is told, never done twice;
whatever is done here can be taken back for as long as a touch can (process §5, §6).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from bot.db.models import Contact, TouchItem, TouchList
from bot.domain.commands import Actor, LogTouch
from bot.domain.counting import counted
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_list import ItemKind
from bot.service.audit import record
from bot.service.contact_text import WHOLE, clean_lines
from bot.service.context import playbook
from bot.service.enrolment_changes import ChangePlan, skip_step
from bot.service.stored import packed
from bot.service.touch_list_state import OPEN, drop_settled, lists_changed
from bot.service.touches import Logged, log_touch

SKIP, SNOOZE, NO_REPLY = "skip_item", "snooze_item", "no_reply"
"""Names of the commands in the audit log."""
OVER = "That list is over. /today shows today's."
_NEWER = aliased(TouchList)
_OVER = (
    exists()
    .where(_NEWER.person_id == TouchList.person_id, _NEWER.local_date > TouchList.local_date)
    .correlate(TouchList)
    .label("over")
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done, in a sentence, and by what it is taken back. ``already``: it had been settled before."""

    sentence: str
    causation_id: UUID | None = None
    already: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list as it stood when it was taken in hand."""

    id: UUID
    list_id: UUID
    contact_id: UUID
    kind: ItemKind
    state: str
    version: int
    enrolment_id: UUID | None
    due_at: datetime | None
    name: str

    @property
    def open(self) -> bool:
        """Whether it still waits."""
        return self.state in OPEN


def take_line(session: Session, actor: Actor, item_id: UUID) -> Line:
    """A line, locked until the commit.

    Raises ``NotFound``, ``NotAllowed`` for somebody else's list, ``Gone`` once the next day's is there.
    """
    row = session.execute(
        select(
            TouchItem.id,
            TouchItem.list_id,
            TouchItem.contact_id,
            TouchItem.kind,
            TouchItem.state,
            TouchItem.version,
            TouchItem.enrolment_id,
            TouchItem.due_at,
            TouchList.person_id,
            _OVER,
            Contact.first_name,
            Contact.last_name,
            Contact.email,
        )
        .join(TouchList, TouchList.id == TouchItem.list_id)
        .join(Contact, Contact.id == TouchItem.contact_id)
        .where(TouchItem.id == item_id)
        .with_for_update(of=TouchItem)
    ).first()
    if row is None:
        raise NotFound("That line is not on a list any more. /today shows what is.")
    if row.person_id != actor.person_id:
        raise NotAllowed("That is somebody else's list.")
    if row.over:
        raise Gone(OVER)
    name = f"{row.first_name} {row.last_name}".strip() or row.email or "somebody without a name"
    kind = ItemKind(row.kind)
    return Line(row.id, row.list_id, row.contact_id, kind, row.state, row.version, row.enrolment_id, row.due_at, name)


def still_waits(session: Session, actor: Actor, item_id: UUID, now: datetime) -> Line:
    """A line as it is once everything that settled it elsewhere is looked at. Raises what ``take_line`` raises."""
    line = take_line(session, actor, item_id)
    drop_settled(session, actor.person_id, line.list_id, now)
    return take_line(session, actor, item_id)


def own_list(session: Session, actor: Actor, list_id: UUID, *, over: bool = False) -> None:
    """Let only the rep themselves work a list, until the next day's is there; ``over``: also after that.

    Raises ``NotFound``, ``NotAllowed``, ``Gone``.
    """
    row = session.execute(select(TouchList.person_id, _OVER).where(TouchList.id == list_id)).first()
    if row is None:
        raise NotFound("That list is gone. /today shows today's.")
    if row.person_id != actor.person_id:
        raise NotAllowed("That is somebody else's list.")
    if row.over and not over:
        raise Gone(OVER)


def open_draft(session: Session, actor: Actor, item_id: UUID, now: datetime) -> None:
    """The draft was opened in the rep's mail: one of the batch that is marked sent together."""
    line = take_line(session, actor, item_id)
    if line.state == "open" and line.kind is not ItemKind.REPLY:
        _set(session, line.id, state="opened")
        lists_changed(session, [line.list_id], now)


def touch_line(
    session: Session,
    actor: Actor,
    item_id: UUID,
    channel: Channel,
    outcome: Outcome,
    now: datetime,
    note: str = "",
    follow_up_at: datetime | None = None,
) -> Logged | Settled:
    """Log what came of a line; the line is done by it. Raises what ``log_touch`` raises."""
    line = take_line(session, actor, item_id)
    if not line.open:
        return Settled(f"{line.name} was settled already.", already=True)
    key = f"line:{line.id}:{line.version}:{outcome}"
    command = LogTouch(
        actor, line.contact_id, channel, outcome, now, note=note, follow_up_at=follow_up_at, request_key=key
    )
    return log_touch(session, command, now)


def snooze_line(
    session: Session, actor: Actor, item_id: UUID, until: datetime, today_ends: datetime, now: datetime
) -> Settled:
    """Put a line off: within today it waits on this list, else it comes back on the list of that day."""
    line = take_line(session, actor, item_id)
    if not line.open:
        return Settled(f"{line.name} was settled already.", already=True)
    if until <= now:
        raise UserError("That time has passed. Choose a later one.", field="follow_up_at")
    if until < today_ends:
        _set(session, line.id, state="open", due_at=until)
    else:
        _set(session, line.id, state="snoozed", snoozed_until=until, handled_at=now)
    lists_changed(session, [line.list_id], now)
    return Settled(f"{line.name} is put off.", _note(session, SNOOZE, actor, line, now, {"until": until.isoformat()}))


def skip_line(session: Session, actor: Actor, item_id: UUID, reason: str, now: datetime) -> Settled:
    """Leave a line out, with one of the playbook's reasons; its plan goes on with the next step."""
    line = take_line(session, actor, item_id)
    if not line.open:
        return Settled(f"{line.name} was settled already.", already=True)
    if reason not in playbook(session).touch_list.skip_reasons:
        raise UserError("Choose one of the reasons for skipping.", field="choice")
    plan = None
    if line.enrolment_id is not None:
        plan = skip_step(session, ChangePlan(actor, line.enrolment_id, reason), now).effect
    _set(session, line.id, state="skipped", skip_reason=reason, handled_at=now)
    causation = _note(session, SKIP, actor, line, now, {"reason": reason}, plan)
    lists_changed(session, [line.list_id], now)
    return Settled(f"{line.name} is skipped: {reason}.", causation)


def who_replied(session: Session, actor: Actor, list_id: UUID, replied: Sequence[UUID], now: datetime) -> Settled:
    """Of the people written to, these replied (lines of the list); nobody else did, as far as the rep knows."""
    own_list(session, actor, list_id)
    rows = session.execute(
        select(TouchItem.id, TouchItem.version, TouchItem.state)
        .where(TouchItem.list_id == list_id, TouchItem.kind == ItemKind.REPLY.value, TouchItem.state == "open")
        .with_for_update()
    ).all()
    answered = {row.id for row in rows if row.id in set(replied)}
    silent = [row for row in rows if row.id not in answered]
    for row in rows:
        if row.id in answered:
            _set(session, row.id, state="opened")
    if silent:
        ids = [row.id for row in silent]
        values = {"state": "done", "handled_at": now, "version": TouchItem.version + 1}
        statement = update(TouchItem).where(TouchItem.id.in_(ids)).values(**values)
        session.execute(statement.execution_options(synchronize_session=False))
    undo = {"lines": [{"id": str(row.id), "state": row.state} for row in rows]}
    causation = record(session, NO_REPLY, actor, now, str(list_id), {"silent": len(silent)}, undo)
    lists_changed(session, [list_id], now)
    said = counted(len(answered), "person", "people") if answered else "Nobody"
    return Settled(f"{said} replied, {len(silent)} did not.", causation)


def keep_draft_of(session: Session, actor: Actor, item_id: UUID, subject: str, body: str, now: datetime) -> None:
    """The e-mail as the rep wants it."""
    line = take_line(session, actor, item_id)
    if not line.open:
        raise Gone(f"{line.name} was settled already.")
    _set(session, line.id, draft=made_draft(subject, body, now))
    lists_changed(session, [line.list_id], now)


def made_draft(subject: str, body: str, now: datetime) -> dict[str, Any]:
    """A draft as it is stored. Raises ``UserError`` for one without subject or text."""
    subject, body = clean_lines(subject, 255).replace("\n", " ").strip(), clean_lines(body, WHOLE).strip()
    if not subject:
        raise UserError("An e-mail needs a subject.", field="subject")
    if not body:
        raise UserError("There is no text in it.", field="body")
    return {"subject": subject, "body": body, "approved_at": now.isoformat()}


def turn_page(session: Session, actor: Actor, list_id: UUID, page: int, now: datetime) -> None:
    """Show another page of the list."""
    own_list(session, actor, list_id)
    turning = update(TouchList).where(TouchList.id == list_id).values(page=max(0, page))
    session.execute(turning.execution_options(synchronize_session=False))
    lists_changed(session, [list_id], now)


def _set(session: Session, item_id: UUID, **values: Any) -> None:
    session.execute(
        update(TouchItem)
        .where(TouchItem.id == item_id)
        .values(version=TouchItem.version + 1, **values)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session,
    command: str,
    actor: Actor,
    line: Line,
    now: datetime,
    detail: dict[str, Any],
    plan: dict[str, Any] | None = None,
) -> UUID:
    """Into the audit log, with what takes it back; ``plan``: the record of what became of the plan."""
    was = {"id": str(line.id), "state": line.state, "due_at": packed(line.due_at), "moved": command == SNOOZE}
    return record(session, command, actor, now, str(line.id), detail, {"plan": plan, "lines": [was]})
