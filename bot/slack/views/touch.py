"""What ``/touch`` answers: the echo of what was logged, a choice, help; and a callback that is due.

What must stay true: what was understood is always said, with a way to change it and to take it back; what was
typed is shown whenever it was not logged.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from slackblocks import Block as SlackBlock
from slackblocks import Button

from bot.db.queries.callbacks import CallbackReminder
from bot.domain.compliance import Refused, Warned
from bot.domain.names import Candidate
from bot.domain.sentences import stop
from bot.domain.terms import Outcome
from bot.domain.touch_draft import TO_COME
from bot.domain.touch_draft import say as word
from bot.domain.touch_pending import Ask, PendingQuestion
from bot.service.touch_lines import Asked
from bot.service.touches import Logged
from bot.slack.blocks import (
    BUTTON_TEXT,
    Post,
    at,
    button,
    buttons,
    clean,
    context,
    cut,
    esc,
    link,
    modal,
    post,
    section,
)
from bot.slack.ids import Action, Callback
from bot.slack.views.words import dialled, lasting, spoken

SHOWN_NOTE = 500
FAR = timedelta(days=300)
"""What is further away than this is told with its year."""
UNTIL = frozenset({Outcome.NOT_NOW, Outcome.OUT_OF_OFFICE})

EXAMPLES = (
    ("/touch jane@acme.com call voicemail left msg about audit", "a call, with a note"),
    ("/touch jane doe connected, callback tue 15:00", "I remind you on Tuesday at 15:00, your time"),
    ("/touch jane vm, callback in 2 hours", "both are kept"),
    ("/touch acme no answer", "a company will do; I ask whom you mean"),
    ("/touch jane email sent case study", "an e-mail"),
    ("/touch jane call not now until march", "ends the lead for now; I remind you then"),
    ("/touch jane meeting booked thu 3pm ET", "another zone, if you name it; “their time” works, too"),
    ("/touch called jane yesterday 15:00, no answer", "a touch of yesterday"),
    ("/touch jane email referral to Tim Bell tim@acme.com", "Tim is added, with Jane as the reason"),
    ("/touch undo", "takes back what you logged last, a few minutes long"),
    ("/touch", "opens a form"),
)


_OPEN_QUESTIONS = {
    Ask.OUTCOME: "What came of it? The form has the rest of your line.",
    Ask.CHANNEL: "How was it: a call, an e-mail, something else?",
    Ask.WHEN: "When? Pick the time in the form; the rest of your line is there.",
    Ask.REFERRAL: "Whom did they name? The form has the rest of your line.",
}


def help_post() -> Post:
    """How to log a touch, by example."""
    lines = [f"`{line}` – {text}" for line, text in EXAMPLES]
    tail = (
        "I always say what I understood, with *Change* and *Undo*. On any message: *Log a touch* under “More actions”."
    )
    plain = "; ".join(f"{line}: {text}" for line, text in EXAMPLES)
    return post(
        f"Type who it was and what came of it, in any order. {plain}",
        [section("*Type who it was and what came of it*, then your note:"), section("\n".join(lines)), context(tail)],
    )


def local(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """A moment in the rep's own zone: "Tue 24 Nov 15:00"; with the year where that is far from ``now``."""
    if now is not None and abs(moment - now) > FAR:
        return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %Y %H:%M}"
    return f"{moment.astimezone(ZoneInfo(zone)):%a %-d %b %H:%M}"


def _sentence(logged: Logged, zone: str, now: datetime) -> str:
    who = f"*{esc(logged.contact_name)}*" + (f", {esc(logged.company)}" if logged.company else "")
    verb = "Changed" if logged.corrected else "I have that already. Logged" if logged.repeated else "Logged"
    parts = [f"{verb} for {who}: {spoken(logged.channel, logged.outcome)}."]
    if (now - logged.happened_at).total_seconds() > 60:
        parts.append(f"It was {local(logged.happened_at, zone, now)}.")
    if logged.note:
        parts.append(f"“{esc(cut(logged.note, SHOWN_NOTE), SHOWN_NOTE, lines=True)}”")
    if logged.follow_up_at is not None:
        label = "Until" if logged.outcome in UNTIL else word(logged.outcome).capitalize().replace("booked", "")
        parts.append(f"{label.strip()} {local(logged.follow_up_at, zone, now)} your time.")
    if logged.referral_name:
        parts.append(stop(f"They named {esc(logged.referral_name)}"))
    if logged.said_by:
        parts.append(stop(f"Said by {esc(logged.said_by)}"))
    return " ".join(parts)


def _remarks(logged: Logged) -> list[str]:
    lines = [f"Note: {esc(warning, 300)}" for warning in logged.warnings]
    lines += [esc(effect, 300) for effect in logged.effects]
    if logged.first_response:
        lines.insert(0, f"That was the first response, {lasting(logged.response_seconds)} after they asked.")
    if logged.assumed:
        lines.append("I took it so: " + "; ".join(esc(one, 200) for one in logged.assumed) + ".")
    return lines


def echo_blocks(logged: Logged, zone: str, now: datetime) -> tuple[str, list[SlackBlock]]:
    """The echo's words and blocks."""
    sentence, remarks = _sentence(logged, zone, now), _remarks(logged)
    change = button("Change", Action.TOUCH_CHANGE, str(logged.touch_id), describe="Change this touch")
    undo: Button | None = None
    if now < logged.undo_until:
        undo = button("Undo", Action.TOUCH_UNDO, str(logged.causation_id), describe="Take this touch back")
    blocks: list[SlackBlock] = [section(sentence)]
    if remarks:
        blocks.append(context("\n".join(remarks)))
    if undo is not None:  # the button cannot go away by itself
        blocks.append(context(f"Undo works until {logged.undo_until.astimezone(ZoneInfo(zone)):%H:%M}."))
    blocks.append(buttons(change, undo))
    return " ".join((sentence, *remarks)), blocks


def logged_post(logged: Logged, zone: str, now: datetime) -> Post:
    """What was logged, as it was understood, with Change and Undo. ``zone``: the rep's."""
    return post(*echo_blocks(logged, zone, now))


def logged_modal(logged: Logged, zone: str, now: datetime) -> dict[str, object]:
    """The same in the place of the form."""
    _, blocks = echo_blocks(logged, zone, now)
    return modal("Logged", blocks, callback=Callback.TOUCH_FORM, close="Close")


def undone_post(sentence: str, typed: str) -> Post:
    """What was taken back; the typed line is there to be used again."""
    return post(*_undone(sentence, typed))


def undone_modal(sentence: str, typed: str) -> dict[str, object]:
    """The same in the place of the form."""
    _, blocks = _undone(sentence, typed)
    return modal("Taken back", blocks, callback=Callback.TOUCH_FORM, close="Close")


def _undone(sentence: str, typed: str) -> tuple[str, list[SlackBlock]]:
    blocks: list[SlackBlock] = [section(esc(sentence, 300))]
    if typed:
        blocks.append(context(f"It said: {esc(typed, 2500, lines=True)}"))
    return f"{esc(sentence, 300)} It said: {esc(typed, 2500)}" if typed else esc(sentence, 300), blocks


def asked_post(asked: Asked) -> Post:
    """A question with its answers as buttons, and the way to the form."""
    asking = question(asked)
    answers = _answers(asked)
    other = (
        "Someone else…" if asked.kind is Ask.WHO else "Open the form" if asked.kind is Ask.FORM else "Something else…"
    )
    answers.append(_answer(len(answers), other, asked.draft, Ask.FORM, ""))
    labels = ", ".join(label for label, _ in _labels(asked))
    blocks: list[SlackBlock] = [section(asking), buttons(*answers)]
    typed = asked.pending.line
    if typed:
        blocks.append(context(f"You typed: {esc(typed, 2500, lines=True)}"))
    return post(f"{asking} {esc(labels, 600)} You typed: {esc(typed, 2500)}".strip(), blocks)


def question(asked: Asked) -> str:
    """What is asked, as safe mrkdwn."""
    pending, open_one = asked.pending, asked.pending.question
    about = f"“{esc(open_one.about, 120)}”" if open_one and open_one.about else "that"
    if asked.kind is Ask.SECOND and open_one is not None:
        return f"{about[:1].upper()}{about[1:]} and a callback: what shall I log?"
    if asked.kind is Ask.WHO:
        return f"Who do you mean by “{esc(pending.who)}”?" + (
            " There are more: type more of the name, or the address." if asked.more else ""
        )
    if asked.kind is Ask.BOOKING:
        return f"{about[:1].upper()}{about[1:]}: is a meeting booked?"
    if asked.kind is Ask.OUTCOME and open_one is not None:
        if len(open_one.options) == 1:
            return f"By {about}, did you mean *{esc(open_one.options[0].label)}*?"
        return "What came of it?" + (f" I was not sure about {about}." if open_one.about else "")
    if asked.kind is Ask.CHANNEL:
        said = f"{word(pending.outcome)}. " if pending.outcome else ""
        return f"{said[:1].upper()}{said[1:]}How was it?"
    if asked.kind is Ask.WHEN:
        return _why(open_one) + f"When is {about}?"
    if asked.sentence:
        return esc(asked.sentence, 300)
    if open_one is not None and open_one.why == TO_COME:
        return f"{about}: {TO_COME}"
    kind = open_one.kind if open_one else Ask.FORM
    return _why(open_one) + _OPEN_QUESTIONS.get(kind, "Something is missing. The form has the rest.")


def _why(open_one: PendingQuestion | None) -> str:
    return f"{esc(open_one.why, 200)} " if open_one and open_one.why else ""


def _answers(asked: Asked) -> list[Button]:
    return [
        _answer(place, label, asked.draft, asked.kind, value) for place, (label, value) in enumerate(_labels(asked))
    ]


def _labels(asked: Asked) -> list[tuple[str, str]]:
    if asked.kind is Ask.WHO:
        return [(label, str(one.id)) for one, label in zip(asked.people, person_labels(asked.people), strict=True)]
    open_one = asked.pending.question
    if open_one is None or asked.kind is Ask.FORM:
        return []
    labels = [(clean(option.label, BUTTON_TEXT), option.value) for option in open_one.options]
    return [(label[:1].upper() + label[1:], value) for label, value in labels]


def _answer(place: int, label: str, draft: str, kind: Ask, value: str) -> Button:
    return button(label, f"{Action.TOUCH_CHOOSE}_{place}", f"{draft}|{kind}|{value}")


def person_labels(people: tuple[Candidate, ...] | list[Candidate]) -> list[str]:
    """Names that tell people apart: with the company, and with the address where that is not enough."""
    plain = [_label(one) for one in people]
    return [
        _with_address(one, label) if plain.count(label) > 1 and one.email else label
        for one, label in zip(people, plain, strict=True)
    ]


def _with_address(one: Candidate, label: str) -> str:
    """The address tells them apart, so it stays whole; what stands before it gives way."""
    address = cut(one.email or "", BUTTON_TEXT)
    for before in (label, clean(f"{one.first_name} {one.last_name}", 45), ""):
        said = f"{before} ({address})" if before else address
        if len(said) <= BUTTON_TEXT:
            break
    return said


def _label(one: Candidate) -> str:
    name = clean(f"{one.first_name} {one.last_name}", 45)
    return ", ".join(part for part in (name or one.email or "no name", clean(one.company or "", 28)) if part)


def callback_post(reminder: CallbackReminder, covers_for: str = "") -> Post:
    """ "Call Jane Doe now": a callback that is due, with what was agreed, and the number if they may be called.

    ``covers_for``: the colleague who promised it and is away.
    """
    who = f"*{esc(reminder.contact_name)}*" + (f", {esc(reminder.company)}" if reminder.company else "")
    phone = f" · {link(f'tel:{reminder.phone}', dialled(reminder.phone))}" if reminder.phone else " · no number known"
    gate = ""
    opening = "Time to call"
    match reminder.may_call:
        case Refused() as refused:
            opening = "You wanted to get back to"
            until = f" Again {at(refused.until)}: I'll remind you then." if refused.until else ""
            phone, gate = "", f"*Don't call:* {esc(refused.reason, 300)}{until}"
        case Warned(reason):
            gate = f"*Before you call:* {esc(reason, 300)}"
    promised = f"You cover for {esc(covers_for)}, who promised this." if covers_for else ""
    blocks: list[SlackBlock] = [section(f"{opening} {who}{phone}")]
    if promised:
        blocks.append(context(promised))
    if reminder.note:
        blocks.append(section(f"“{esc(reminder.note, 1000, lines=True)}”"))
    if gate:
        blocks.append(section(gate))
    blocks.append(
        buttons(
            button("Log the call", Action.LEAD_LOG, str(reminder.contact_id), style="primary"),
            button("Who is that?", f"{Action.LEAD_CHOOSE}_card", str(reminder.contact_id)),
        )
    )
    parts = (stop(f"{opening} {who}{phone}"), promised, esc(reminder.note, 1000), gate)
    said = " ".join(part for part in parts if part)
    return post(said, blocks)
