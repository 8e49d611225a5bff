"""What the form of a touch holds, read back, and a touch with what the form says.

What must stay true: what the form did not show stays as it was; whatever does not fit a field stands whole in the note.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.touch_pending import Elsewhere, PendingTouch
from bot.slack.blocks import cut
from bot.slack.ids import Action

NOTE_MAX = 3000
"""Slack's own limit for an input; longer notes are kept whole beside it."""
FITS = {
    "new_name": 100,
    "new_email": 254,
    "new_company": 200,
    "said_by": 200,
    "referral_name": 200,
    "referral_email": 254,
}
"""How many characters each field holds; the whole of what is longer goes into the note."""
NEW = "new:"


class FormInput(BaseModel):
    """What a form holds, as it was given. ``person``: a contact's id, or ``new:`` and a name."""

    model_config = ConfigDict(frozen=True)

    person: str | None = None
    new_email: str | None = None
    new_company: str | None = None
    channel: Channel | None = None
    outcome: Outcome | None = None
    happened_at: datetime | None = None
    follow_up_at: datetime | None = None
    callback_at: datetime | None = None
    said_by: str | None = None
    referral_name: str | None = None
    referral_email: str | None = None
    note: str = ""

    @classmethod
    def read(cls, state: Mapping[str, Any]) -> "FormInput":
        """From a view's inputs by action id. Only what the form showed is set."""
        channel = Channel(state[Action.TOUCH_CHANNEL]) if state.get(Action.TOUCH_CHANNEL) else None
        given: dict[str, Any] = {"channel": channel, "outcome": _chosen_outcome(state, channel)}
        for name, action in _FIELDS.items():
            if action in state:
                given[name] = _moment(state[action]) if name.endswith("_at") else state[action] or None
        return cls.model_validate({**given, "note": given.get("note") or ""})

    def on(self, base: PendingTouch) -> PendingTouch:
        """``base`` with what the form says now. Minutes stay as they were read if nobody changed the time."""
        given = {name: getattr(self, name) for name in self.model_fields_set & set(PendingTouch.model_fields)}
        for name in ("happened_at", "follow_up_at", "callback_at"):
            if name in given:
                given[name] = _unless_same(given[name], getattr(base, name))
        if base.to_come is not None and self.outcome is Outcome.CALLBACK and self.follow_up_at is None:
            given["follow_up_at"] = base.callback_at  # what is still to come is when they are to be called
        if len(base.note) > NOTE_MAX:
            given["note"] = "\n".join(part for part in (base.note, self.note) if part)
        person = self.person or ""
        new = person.startswith(NEW)
        given["contact_id"] = UUID(person) if person and not new else None
        given["new_name"] = person.removeprefix(NEW) if new else None
        asked = tuple(one for one in (base.to_come,) if one is not None and self.happened_at is None)
        return _fitted(base, base.with_(**given, questions=asked, elsewhere=_left(base, given)))


def _left(base: PendingTouch, given: dict[str, Any]) -> tuple[Elsewhere, ...]:
    """The times in other zones that the form has not answered."""
    return tuple(one for one in base.elsewhere if given.get(one.fact) is None)


def _fitted(base: PendingTouch, pending: PendingTouch) -> PendingTouch:
    """``pending`` with nothing longer than its field; what was too long in ``base`` stands whole in the note."""
    whole = [getattr(base, name) or "" for name in FITS if len(getattr(base, name) or "") > FITS[name]]
    note = "\n".join(part for part in (pending.note, *(one for one in whole if one not in pending.note)) if part)
    return pending.with_(note=note, **{name: fitting(pending, name) for name in FITS})


def fitting(pending: PendingTouch, name: str) -> str | None:
    """A fact, cut to what its field holds."""
    value = getattr(pending, name)
    return cut(value, FITS[name]) if value else None


_FIELDS = {
    "person": Action.TOUCH_PERSON,
    "new_email": Action.TOUCH_NEW_EMAIL,
    "new_company": Action.TOUCH_NEW_COMPANY,
    "happened_at": Action.TOUCH_HAPPENED,
    "follow_up_at": Action.TOUCH_FOLLOW_UP,
    "callback_at": Action.TOUCH_CALLBACK,
    "said_by": Action.TOUCH_SAID_BY,
    "referral_name": Action.TOUCH_REFERRAL_NAME,
    "referral_email": Action.TOUCH_REFERRAL_EMAIL,
    "note": Action.TOUCH_NOTE,
}


def _chosen_outcome(state: Mapping[str, Any], channel: Channel | None) -> Outcome | None:
    """What is chosen in the channel's own menu, or in the menu before it if the channel can have that too."""
    own = state.get(outcome_action(channel))
    menus = [value for action, value in state.items() if action.startswith(f"{Action.TOUCH_OUTCOME}_") and value]
    for value in (own, *menus):
        if value and (channel is None or Outcome(value) in OUTCOMES[channel]):
            return Outcome(value)
    return None


def _moment(given: Any) -> datetime | None:
    return datetime.fromtimestamp(int(given), UTC) if given else None


def _unless_same(given: datetime | None, before: datetime | None) -> datetime | None:
    """The picker knows no seconds."""
    if given is not None and before is not None and abs((given - before).total_seconds()) < 60:
        return before
    return given


def outcome_action(channel: Channel | None) -> str:
    """Each channel's menu has its own id: Slack keeps what was chosen by id, and another menu is another choice."""
    return f"{Action.TOUCH_OUTCOME}_{channel.value if channel else 'any'}"
