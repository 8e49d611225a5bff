"""How far a touch list is: its lines counted by what became of them.

What must stay true: the question who replied is one line, done once nobody's answer is open; one statement, however
long the list.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from bot.db.models import TouchItem
from bot.db.rows import run
from bot.domain.touch_list import ItemKind

OPEN = ("open", "opened")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list is; the question who replied counts as one line in ``total`` and ``done``.

    ``opened``: drafts not marked sent yet. ``asked``: people whose answer is not known; ``replied``: who did answer,
    and whose answer is still to be noted.
    """

    total: int
    done: int
    open: int
    opened: int
    skipped: int
    put_off: int
    asked: int
    replied: int


_COUNTS = (
    select(TouchItem.kind, TouchItem.state, func.count().label("lines"))
    .where(TouchItem.list_id == bindparam("which"))
    .group_by(TouchItem.kind, TouchItem.state)
)


def progress(session: Session, list_id: UUID) -> Progress:
    """Count a list's lines."""
    counts = {(row.kind, row.state): row.lines for row in run(session, _COUNTS, which=list_id)}

    def some(*states: str, reply: bool = False) -> int:
        return sum(
            lines for (kind, state), lines in counts.items() if state in states and (kind == ItemKind.REPLY) is reply
        )

    asked, replied = some("open", reply=True), some("opened", reply=True)
    question = any(kind == ItemKind.REPLY for kind, _ in counts)
    total = sum(lines for (kind, _), lines in counts.items() if kind != ItemKind.REPLY)
    left = some(*OPEN)
    answered = question and not asked and not replied
    return Progress(
        total=total + question,
        done=total - left + answered,
        open=some("open"),
        opened=some("opened"),
        skipped=some("skipped"),
        put_off=some("snoozed"),
        asked=asked,
        replied=replied,
    )
