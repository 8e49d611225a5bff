"""What somebody chose for a line of their list, carried out: logged, put off or skipped.

What must stay true: a choice that is not complete is refused at its field; the note is kept with what came of the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from bot.db.queries.contacts import contact_candidate
from bot.domain.commands import Actor
from bot.domain.errors import Gone, UserError
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_pending import PendingTouch
from bot.service.context import playbook
from bot.service.touch_items import Settled, skip_line, snooze_line, take_line, touch_line
from bot.service.touch_list_days import day_ends, later_today, next_workday_begins
from bot.service.touches import NEEDS_TIME
from bot.slack.ids import Action, Block
from bot.slack.views.touch_form import touch_form
from bot.slack.views.touch_item import LATER, ON_DATE, SKIP, SOON, Just


@dataclass(frozen=True, slots=True)
class Given:
    """What a modal of a line holds."""

    list_id: UUID
    item_id: UUID
    position: int
    choice: str
    when: datetime | None
    note: str
    fact: str
    piece: str = ""

    @classmethod
    def read(cls, metadata: Mapping[str, Any], state: Mapping[str, Any]) -> "Given":
        """From a view's metadata and inputs. Raises ``Gone`` for a view this version does not know."""
        try:
            where = UUID(metadata["list"]), UUID(metadata["item"]), int(metadata["at"])
        except (KeyError, ValueError):
            raise Gone("This is too old. /today shows your list.") from None
        at = state.get(Action.ITEM_WHEN)
        return cls(
            *where,
            choice=str(state.get(Action.ITEM_CHOICE) or ""),
            when=datetime.fromtimestamp(int(at), UTC) if at else None,
            note=str(state.get(Action.ITEM_NOTE) or ""),
            fact=str(state.get(Action.ITEM_FACT) or ""),
            piece=str(state.get(Action.ITEM_PIECE) or ""),
        )


def settle(session: Session, actor: Actor, given: Given, now: datetime) -> Just:
    """Do what was chosen for a line. Raises ``UserError`` with the field."""
    kind, _, rest = given.choice.partition("|")
    if kind == LATER:
        done = snooze_line(session, actor, given.item_id, *_until(session, actor, rest, given.when, now), now)
    elif kind == SKIP:
        reasons = playbook(session).touch_list.skip_reasons
        place = int(rest) if rest.isdecimal() else len(reasons)
        if place >= len(reasons):
            raise UserError("Choose why it is skipped.", field=Block.CHOICE)
        done = skip_line(session, actor, given.item_id, reasons[place], now)
    else:
        return _logged(session, actor, given, rest, now)
    return Just(done.sentence, done.causation_id, given.position)


def _until(
    session: Session, actor: Actor, choice: str, when: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    """Until when, and when the rep's day ends."""
    ends = day_ends(session, actor, now)
    if choice == SOON:
        return later_today(session, now), ends
    if choice == ON_DATE:
        if when is None:
            raise UserError("Until when? Choose the date and time.", field=Block.FOLLOW_UP)
        return when, ends
    return next_workday_begins(session, actor, now), ends


def _logged(session: Session, actor: Actor, given: Given, choice: str, now: datetime) -> Just:
    channel, _, outcome = choice.partition("|")
    try:
        said = Channel(channel), Outcome(outcome)
    except ValueError:
        raise UserError("What came of it?", field=Block.CHOICE) from None
    if said[1] in NEEDS_TIME and given.when is None:
        raise UserError(NEEDS_TIME[said[1]], field=Block.FOLLOW_UP)
    done = touch_line(session, actor, given.item_id, *said, now, _note(session, given), given.when)
    if isinstance(done, Settled):
        return Just(done.sentence)
    words = f"{said[0].value.replace('email', 'e-mail')}, {said[1].value.replace('_', ' ')}"
    told = " ".join((f"Logged for {done.contact_name}: {words}.", *done.effects[:2]))
    return Just(told, done.causation_id, given.position)


def _note(session: Session, given: Given) -> str:
    """The rep's note, with what they sent along to read (process §5)."""
    pieces = playbook(session).library.pieces
    sent = next((one for one in pieces if given.piece and one.title[:150] == given.piece), None)
    return "\n".join(
        part for part in (given.note.strip(), f"Sent along: {sent.title}, {sent.url}" if sent else "") if part
    )


def referral_form(session: Session, actor: Actor, given: Given, now: datetime) -> dict[str, Any]:
    """Whom they named is asked in the form of a touch; logging it there settles the line."""
    line = take_line(session, actor, given.item_id)
    channel = Channel(given.choice.split("|")[1])
    pending = PendingTouch(
        contact_id=line.contact_id,
        channel=channel,
        outcome=Outcome.REFERRAL,
        note=_note(session, given),
        happened_at=now,
    )
    return touch_form(pending, contact_candidate(session, line.contact_id), now)


def id_of(value: str) -> UUID:
    """What a control of a list is about. Raises ``Gone``."""
    try:
        return UUID(value)
    except ValueError:
        raise Gone("This is too old. /today shows your list.") from None
