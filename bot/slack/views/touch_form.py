"""The form of a touch, shown from what is known so far; ``touch_form_input`` reads it back.

What must stay true: opening, refreshing and refusing the form loses nothing that was typed; a note longer than
Slack's input is kept whole beside it; a field's block id is the name of the fact, so that errors find it.
"""

from datetime import datetime
from typing import Any

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
from bot.domain.touch_pending import CALLBACK, FOLLOW_UP, WANTS_SPEAKER, PendingTouch
from bot.domain.touch_vocabulary import TIMED
from bot.slack.blocks import clean, context, cut, esc, modal, option, plain, section
from bot.slack.ids import Action, Block, Callback
from bot.slack.views.touch import person_labels
from bot.slack.views.touch_form_input import FITS, NEW, NOTE_MAX, fitting, outcome_action

CHANNELS = (Channel.CALL, Channel.EMAIL, Channel.SOCIAL, Channel.MEETING)
_ASKS = {
    Outcome.CALLBACK: "When shall I remind you to call?",
    Outcome.NOT_NOW: "Until when?",
    Outcome.MEETING_BOOKED: "When is the meeting?",
    Outcome.OUT_OF_OFFICE: "When are they back?",
    Outcome.RESCHEDULED: "When is it now?",
}
_NEEDED = frozenset({Outcome.CALLBACK, Outcome.MEETING_BOOKED})


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
    email = EmailInput(Action.TOUCH_NEW_EMAIL, initial_value=fitting(pending, "new_email"))
    company = _line(Action.TOUCH_NEW_COMPANY, pending, "new_company")
    return [
        _input("Their e-mail address", email, Block.NEW_EMAIL, optional=True, hint="So that we know them next time."),
        _input("Their company", company, Block.NEW_COMPANY, optional=True),
    ]


def _line(action: str, pending: PendingTouch, name: str) -> PlainTextInput:
    return PlainTextInput(action, initial_value=fitting(pending, name), max_length=FITS[name])


def _channel(channel: Channel | None) -> InputBlock:
    options = [option(word(one).capitalize(), one.value) for one in CHANNELS]
    chosen = option(word(channel).capitalize(), channel.value) if channel else None
    menu = StaticSelectMenu(Action.TOUCH_CHANNEL, options, initial_option=chosen, placeholder=plain("Choose", 20))
    return _input("How?", menu, Block.CHANNEL, redraws=True)


def _outcome(channel: Channel | None, outcome: Outcome | None) -> InputBlock:
    fitting = OUTCOMES[channel] if channel else tuple(dict.fromkeys(one for each in CHANNELS for one in OUTCOMES[each]))
    options = [option(word(one).capitalize(), one.value) for one in fitting]
    chosen = option(word(outcome).capitalize(), outcome.value) if outcome in fitting and outcome else None
    menu = StaticSelectMenu(
        outcome_action(channel), options, initial_option=chosen, placeholder=plain("What came of it", 30)
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
        email = EmailInput(Action.TOUCH_REFERRAL_EMAIL, initial_value=fitting(pending, "referral_email"))
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
