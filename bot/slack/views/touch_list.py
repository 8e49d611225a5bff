"""The rep's list of the day as one living message (process §5).

What must stay true: a page with its headings and buttons stays within Slack's limit of blocks; the message says how
far it is, what is held back and why; an empty day, a finished one and one that is over say so.
"""

from collections.abc import Mapping
from datetime import timedelta
from itertools import groupby

from slackblocks import Block as SlackBlock
from slackblocks import OverflowMenu

from bot.db.queries.touch_list import ListLine, ListState
from bot.domain.touch_list import ItemKind
from bot.domain.touch_list_order import Held, Wave
from bot.slack.blocks import (
    Post,
    at,
    button,
    buttons,
    context,
    divider,
    esc,
    header,
    option,
    post,
    section,
)
from bot.slack.choices import LineMore
from bot.slack.ids import Action
from bot.slack.views.words import local_times, spoken

HEADINGS = {
    ItemKind.HOT: "Hot leads",
    ItemKind.LEAD: "Leads",
    ItemKind.CALLBACK: "Callbacks",
    ItemKind.EMAIL: "E-mails",
    ItemKind.CALL: "Calls",
    ItemKind.TASK: "The rest",
}
HELD_BACK: Mapping[str, str] = {
    Held.TARGET: "past today's number of e-mails",
    Held.COMPANY: "to companies that have had today's e-mails",
    Held.LEADS_FIRST: "first e-mails, until your overdue leads are answered",
    Held.GATE: "that may not be sent or called today",
}
HELP = (
    ("/today", "your list of the day, as it stands"),
    ("/today next", "one person at a time, with the draft or the call card"),
    ("/today tomorrow", "read and approve tomorrow's drafts"),
)
WHY = 160


def help_post() -> Post:
    """What ``/today`` understands."""
    lines = [f"`{line}` – {text}" for line, text in HELP]
    plain = "; ".join(f"{line}: {text}" for line, text in HELP)
    return post(f"Your touch list. {plain}", [section("*Your touch list*\n" + "\n".join(lines))])


def touch_list_post(state: ListState) -> Post:
    """The list as it stands."""
    title = "Evening list" if state.wave is Wave.EVENING else "Touch list"
    heading = f"{title}, {state.local_date:%a %-d %b}"
    if state.over:
        said = f"{_far(state)}. This list is over; `/today` shows the one of today."
        return post(f"{heading}. {said}", [header(heading), section(said)])
    summary, held = _summary(state), _held(state)
    blocks: list[SlackBlock] = [header(heading), section(summary)]
    blocks += _controls(state)
    if held:
        blocks.append(context(held))
    for label, lines in groupby(state.lines, key=_heading):
        blocks += [context(f"*{label}*"), *(_line_block(line, state) for line in lines)]
    blocks += _pages(state)
    said = " ".join(_said(line, state) for line in state.lines)
    return post(" ".join(part for part in (f"{heading}.", summary, held, said) if part), blocks)


def finished(state: ListState) -> bool:
    """Whether nothing on it waits any more."""
    far = state.progress
    return not (far.open or far.opened or far.asked or far.replied)


def closing(state: ListState) -> str:
    """What is said when all is done: "Done. Tomorrow: 46."."""
    if state.tomorrow is None or state.next_day is None:
        return "Done."
    day = "Tomorrow" if state.next_day - state.local_date == timedelta(days=1) else f"{state.next_day:%A}"
    return f"Done. {day}: {state.tomorrow}."


def _summary(state: ListState) -> str:
    if state.progress.total == 0:
        coming = closing(state).removeprefix("Done.").strip()
        return f"Nothing is due today. {coming}".strip()
    return f"{_far(state)}. *{closing(state)}*" if finished(state) else f"{_far(state)}."


def _far(state: ListState) -> str:
    far = state.progress
    parts = [f"*{far.done} of {far.total}* done"]
    parts += [f"{count} {word}" for count, word in ((far.skipped, "skipped"), (far.put_off, "put off")) if count]
    parts += ["“Who replied?” is one of them"] if far.asked else []
    return ", ".join(parts)


def _held(state: ListState) -> str:
    known = [(state.held[reason], words) for reason, words in HELD_BACK.items() if state.held.get(reason)]
    return "Not on it: " + "; ".join(f"{count} {words}" for count, words in known) + "." if known else ""


def _controls(state: ListState) -> list[SlackBlock]:
    far, value = state.progress, str(state.list_id)
    row = []
    if not finished(state):
        row.append(button("Go on" if far.done else "Start", Action.LIST_START, value, style="primary"))
    if far.asked:
        row.append(button(f"Who replied? ({far.asked})", Action.LIST_REPLIES, value))
    if far.opened:
        row.append(button(f"Mark {far.opened} sent", Action.LIST_SENT, value))
    if state.tomorrow != 0:
        row.append(button("Tomorrow's drafts", Action.LIST_AHEAD, value))
    return [buttons(*row)] if row else []


def _pages(state: ListState) -> list[SlackBlock]:
    if state.pages <= 1:
        return []
    before = f"{state.list_id}|{state.page - 1}"
    after = f"{state.list_id}|{state.page + 1}"
    back = button("◀ Back", f"{Action.LIST_PAGE}_back", before) if state.page else None
    more = button("More ▶", f"{Action.LIST_PAGE}_more", after) if state.page + 1 < state.pages else None
    return [divider(), context(f"Page {state.page + 1} of {state.pages}"), buttons(back, more)]


def _heading(line: ListLine) -> str:
    if line.later is not None:
        return "Later today"
    if line.lead and line.kind in (ItemKind.EMAIL, ItemKind.CALL):
        return HEADINGS[ItemKind.LEAD]
    return HEADINGS.get(line.kind, HEADINGS[ItemKind.TASK])


def who(name: str, title: str | None, company: str | None) -> str:
    """Somebody in one line of mrkdwn."""
    return ", ".join(
        part for part in (f"*{esc(name)}*", esc(title, 80), f"*{esc(company)}*" if company else "") if part
    )


def _line_block(line: ListLine, state: ListState) -> SlackBlock:
    drafted = " · opened, not marked sent" if line.state == "opened" else ""
    text = f"{who(line.name, line.title, line.company)}{drafted}\n{_details(line, state)}"
    return section(text, accessory=_menu(line))


def _details(line: ListLine, state: ListState) -> str:
    doing = _doing(line)
    parts = [
        f"{doing}, {esc(line.step)}" if line.step else doing,
        esc(line.why, WHY),
        f"last {at(line.last.at, '{date_short}')} {spoken(line.last.channel, line.last.outcome)}" if line.last else "",
        f"{local_times(line.timezones, state.now)} there" if line.timezones else "place unknown",
        f"from {at(line.later, '{time}')}" if line.later else "",
        f"best before {at(line.until, '{time}')}" if line.until else "",
    ]
    return " · ".join(part for part in parts if part)


def _doing(line: ListLine) -> str:
    """E-mail, call or task; what to do instead of a call where no number is known."""
    if line.kind in (ItemKind.EMAIL, ItemKind.TASK):
        return "e-mail" if line.kind is ItemKind.EMAIL else "task"
    if line.phone:
        return "call"
    return "no phone number: e-mail or skip" if line.email else "no phone number, no e-mail address: skip"


def _said(line: ListLine, state: ListState) -> str:
    company = f", {esc(line.company, 60)}" if line.company else ""
    return f"{esc(line.name, 60)}{company}: {esc(line.step or line.why, 80)}."


def _menu(line: ListLine) -> OverflowMenu:
    labels = {
        LineMore.OPEN: "Open",
        LineMore.DONE: "Done…",
        LineMore.SNOOZE: "Put off…",
        LineMore.SKIP: "Skip…",
        LineMore.DETAILS: "Details",
    }
    return OverflowMenu(
        Action.LIST_LINE, [option(label, f"{choice}|{line.item_id}") for choice, label in labels.items()]
    )


def _one(text: str) -> tuple[str, list[SlackBlock]]:
    return text, [section(text)]
