"""The form of a touch: shown from what is known so far, and read back in one place.

What must stay true: opening, refreshing and refusing the form loses nothing that was typed; a note longer than
Slack's input is kept whole beside it; a field's block id is the name of the fact, so that errors find it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from slackblocks import Block as SlackBlock
from slackblocks import (
    DateTimePicker,
    Element,
    EmailInput,
    ExternalSelectMenu,
    InputBlock,
    Option,
    PlainTextInput,
    StaticSelectMenu,
)

from bot.domain.names import Candidate
from bot.domain.terms import OUTCOMES, Channel, Outcome
from bot.domain.touch_draft import say as word
from bot.domain.touch_pending import CALLBACK, FOLLOW_UP, WANTS_SPEAKER, Elsewhere, PendingTouch
from bot.domain.touch_vocabulary import TIMED
from bot.slack.blocks import clean, context, cut, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.touch import person_labels

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
CHANNELS = (Channel.CALL, Channel.EMAIL, Channel.SOCIAL, Channel.MEETING)
_ASKS = {
    Outcome.CALLBACK: "When shall I remind you to call?",
    Outcome.NOT_NOW: "Until when?",
    Outcome.MEETING_BOOKED: "When is the meeting?",
    Outcome.OUT_OF_OFFICE: "When are they back?",
    Outcome.RESCHEDULED: "When is it now?",
}
_NEEDED = frozenset({Outcome.CALLBACK, Outcome.MEETING_BOOKED})


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
    return pending.with_(note=note, **{name: _fitting(pending, name) for name in FITS})


def _fitting(pending: PendingTouch, name: str) -> str | None:
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
    own = state.get(_outcome_action(channel))
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


def touch_form(
    pending: PendingTouch,
    person: Candidate | None,
    now: datetime,
    *,
    metadata: str = "",
    sentence: str = "",
    typed_note: str | None = None,
) -> dict[str, Any]:
    """The form, filled in with what is known.

    ``sentence``: safe mrkdwn that stands on top. ``typed_note``: what stands in the note field already.
    """
    changing = pending.touch_id is not None
    blocks: list[SlackBlock] = [section(sentence)] if sentence else []
    blocks.append(_person(pending, person))
    if pending.contact_id is None and pending.new_name is not None:
        blocks += _new_person(pending)
    channel = Channel.CALL if pending.channel is Channel.VOICEMAIL else pending.channel
    blocks.append(_channel(channel))
    blocks.append(_outcome(channel, pending.outcome))
    blocks += _by_outcome(pending, now)
    blocks.append(_happened(pending, now))
    blocks += _note(pending, typed_note)
    title = "Change a touch" if changing else "Log a touch"
    return modal(
        title, blocks, callback=Callback.TOUCH_FORM, submit="Change" if changing else "Log it", metadata=metadata
    )


def _input(
    label: str, element: Element, block_id: str, *, optional: bool = False, redraws: bool = False, hint: str = ""
) -> InputBlock:
    return InputBlock(
        plain(label, 150),
        element,
        dispatch_action=redraws,
        block_id=block_id,
        hint=plain(hint, 150) if hint else None,
        optional=optional,
    )


def _person(pending: PendingTouch, person: Candidate | None) -> InputBlock:
    chosen: Option | None = None
    if person is not None:
        chosen = option(person_labels([person])[0], str(person.id))
    elif pending.new_name:
        chosen = new_option(pending.new_name)
    menu = ExternalSelectMenu(
        Action.TOUCH_PERSON,
        initial_option=chosen,
        min_query_length=0,
        placeholder=plain("Type a name, a company or an e-mail address", 150),
    )
    return _input("Who was it?", menu, Block.CONTACT, redraws=True)


def new_option(name: str) -> Option:
    """ "Add as new", for a name nobody here has."""
    name = clean(name, FITS["new_name"])
    return option(f"Add “{cut(name, 50)}” as new contact", NEW + name)


def _new_person(pending: PendingTouch) -> list[SlackBlock]:
    email = EmailInput(Action.TOUCH_NEW_EMAIL, initial_value=_fitting(pending, "new_email"))
    company = _line(Action.TOUCH_NEW_COMPANY, pending, "new_company")
    return [
        _input("Their e-mail address", email, Block.NEW_EMAIL, optional=True, hint="So that we know them next time."),
        _input("Their company", company, Block.NEW_COMPANY, optional=True),
    ]


def _line(action: str, pending: PendingTouch, name: str) -> PlainTextInput:
    return PlainTextInput(action, initial_value=_fitting(pending, name), max_length=FITS[name])


def _channel(channel: Channel | None) -> InputBlock:
    options = [option(word(one).capitalize(), one.value) for one in CHANNELS]
    chosen = option(word(channel).capitalize(), channel.value) if channel else None
    menu = StaticSelectMenu(Action.TOUCH_CHANNEL, options, initial_option=chosen, placeholder=plain("Choose", 20))
    return _input("How?", menu, Block.CHANNEL, redraws=True)


def _outcome_action(channel: Channel | None) -> str:
    """Each channel's menu has its own id: Slack keeps what was chosen by id, and another menu is another choice."""
    return f"{Action.TOUCH_OUTCOME}_{channel.value if channel else 'any'}"


def _outcome(channel: Channel | None, outcome: Outcome | None) -> InputBlock:
    fitting = OUTCOMES[channel] if channel else tuple(dict.fromkeys(one for each in CHANNELS for one in OUTCOMES[each]))
    options = [option(word(one).capitalize(), one.value) for one in fitting]
    chosen = option(word(outcome).capitalize(), outcome.value) if outcome in fitting and outcome else None
    menu = StaticSelectMenu(
        _outcome_action(channel), options, initial_option=chosen, placeholder=plain("What came of it", 30)
    )
    return _input("What came of it?", menu, Block.OUTCOME, redraws=True)


def _by_outcome(pending: PendingTouch, now: datetime) -> list[SlackBlock]:
    outcome, blocks = pending.outcome, list[SlackBlock]()
    if outcome in TIMED and outcome is not None:
        picker = DateTimePicker(Action.TOUCH_FOLLOW_UP, _read_time(pending, FOLLOW_UP))
        hint = _elsewhere(pending, FOLLOW_UP)
        blocks.append(_input(_ASKS[outcome], picker, Block.FOLLOW_UP, optional=outcome not in _NEEDED, hint=hint))
    if outcome in WANTS_SPEAKER:
        said = _line(Action.TOUCH_SAID_BY, pending, "said_by")
        hint = "Empty: they themselves. Their own no ends the lead; somebody else's does not."
        blocks.append(_input("Who said no?", said, Block.SAID_BY, optional=True, hint=hint))
    if outcome is Outcome.REFERRAL:
        name = _line(Action.TOUCH_REFERRAL_NAME, pending, "referral_name")
        email = EmailInput(Action.TOUCH_REFERRAL_EMAIL, initial_value=_fitting(pending, "referral_email"))
        blocks.append(_input("Whom did they name?", name, Block.REFERRAL_NAME, optional=True))
        blocks.append(_input("That person's e-mail address", email, Block.REFERRAL_EMAIL, optional=True))
    if pending.callback_at is not None and outcome is not Outcome.CALLBACK:
        picker = DateTimePicker(Action.TOUCH_CALLBACK, _read_time(pending, CALLBACK))
        hint = _elsewhere(pending, CALLBACK) or "A callback promised beside it. Empty: none."
        blocks.append(_input("When shall I remind you to call back?", picker, Block.CALLBACK, optional=True, hint=hint))
    return blocks


def _happened(pending: PendingTouch, now: datetime) -> InputBlock:
    """When it was: now, unless the line says another time; empty where it names one that is still to come."""
    asked = pending.to_come
    picker = DateTimePicker(Action.TOUCH_HAPPENED, None if asked else _epoch(pending.happened_at or now))
    hint = f"You wrote “{cut(asked.about, 60)}”, and that is still to come." if asked else ""
    return _input("When was it?", picker, Block.HAPPENED, hint=hint)


def _read_time(pending: PendingTouch, fact: str) -> int | None:
    """A time to start from; none where it was said in a zone that is still to be found out."""
    return None if _elsewhere(pending, fact) else _epoch(getattr(pending, fact))


def _elsewhere(pending: PendingTouch, fact: str) -> str:
    said = next((one.words for one in pending.elsewhere if one.fact == fact), "")
    return f"You wrote “{cut(said, 60)}”. Pick it in your own time." if said else ""


def _note(pending: PendingTouch, typed_note: str | None) -> list[SlackBlock]:
    long = len(pending.note) > NOTE_MAX
    initial = typed_note if typed_note is not None else "" if long else pending.note
    field = PlainTextInput(Action.TOUCH_NOTE, initial_value=initial or None, multiline=True, max_length=NOTE_MAX)
    if not long:
        return [_input("Note", field, Block.NOTE, optional=True)]
    kept = context(f"Your note of {len(pending.note):,} characters is kept whole. It begins: {esc(pending.note, 300)}")
    return [_input("Add to the note", field, Block.NOTE, optional=True), kept]


def _epoch(moment: datetime | None) -> int | None:
    return int(moment.timestamp()) if moment else None


def person_options(people: list[Candidate], typed: str) -> list[dict[str, Any]]:
    """A typeahead's options: people, and adding the typed name as new."""
    labels = person_labels(people)
    options = [option(label, str(one.id)) for one, label in zip(people, labels, strict=True)][:99]
    if clean(typed, FITS["new_name"]):
        options.append(new_option(typed))
    found: list[dict[str, Any]] = [one._resolve() for one in options]
    return found
