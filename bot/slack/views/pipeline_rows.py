"""The rows behind a number of ``/pipeline`` in a modal, page by page; what the numbers mean (process §9)."""

import json
from datetime import datetime
from typing import Any

from slackblocks import Block

from bot.db.queries.pipeline_lens import NumberRows
from bot.db.queries.pipeline_rows import PAGE
from bot.domain.counting import counted
from bot.domain.metrics import Number, Row, Unit, Value
from bot.domain.metrics_defined import DEFINITIONS, FUNNEL, OUTBOUND, RESULTS, SPEED, Definition
from bot.domain.metrics_question import Question
from bot.domain.money import say_money
from bot.slack.blocks import at, bullet, button, buttons, context, divider, esc, modal, section
from bot.slack.ids import Action, Callback
from bot.slack.views.pipeline_words import said
from bot.slack.views.words import lasting

GROUPS = (("The five results", RESULTS), ("Leads", FUNNEL), ("Outbound", OUTBOUND), ("First response", SPEED))


def rows_modal(found: NumberRows, sentence: str = "") -> dict[str, Any]:
    """A page of rows. ``sentence``: something that was done meanwhile."""
    definition, page = DEFINITIONS[found.number], found.page
    what = f"{found.question.period.words()} · {esc(found.about, 300)}"
    blocks: list[Block] = [section(f"*{definition.name}* · {what}\n{definition.sentence}")]
    if sentence:
        blocks.append(section(f"*{sentence}*"))
    blocks += [section(_row(row, definition)) for row in page.rows]
    if page.total == 0:
        blocks.append(section("No rows: nothing of this happened in these days."))
    else:
        shown = f"{page.offset + 1} to {page.offset + len(page.rows)} of " if page.rows else "no more of "
        blocks.append(context(shown + counted(page.total, "row")))
    blocks += _controls(found)
    metadata = json.dumps({"question": found.question.encode(), "number": found.number, "offset": page.offset})
    return modal("Rows", blocks, callback=Callback.PIPELINE_ROWS, close="Close", metadata=metadata)


def _controls(found: NumberRows) -> list[Block]:
    page = found.page
    newer = button("◀ Back", f"{Action.PIPELINE_PAGE}_back", str(max(page.offset - PAGE, 0))) if page.offset else None
    later = page.offset + len(page.rows)
    older = button("More ▶", f"{Action.PIPELINE_PAGE}_more", str(later)) if 0 < later < page.total else None
    file = button("Send me these rows as CSV", Action.PIPELINE_FILE) if page.total else None
    return [buttons(newer, older, file)] if newer or older or file else []


def _row(row: Row, definition: Definition) -> str:
    name = f"*{esc(row.name) or 'No name'}*" + (f", {esc(row.company)}" if row.company else "")
    who = " → ".join(esc(one) for one in (row.rep, row.ae) if one)
    parts = [name, who, esc(row.source, 40).replace("_", " "), esc(row.what, 40).replace("_", " ")]
    if row.cents is not None and row.currency:
        parts.append(say_money(row.cents, esc(row.currency, 3)))
    if definition.unit is Unit.SHARE:
        parts.append("counts" if row.counts else "does not count")
    seconds = row.shift_seconds if definition.on_shift else row.seconds
    if seconds is not None:
        parts.append(f"{lasting(seconds)} on shift" if definition.on_shift else lasting(seconds))
    parts.append(at(row.at) if isinstance(row.at, datetime) else f"{row.at:%d %b %Y}")
    return " · ".join(part for part in parts if part)


def meaning_modal(numbers: tuple[Number, ...] = tuple(Number)) -> dict[str, Any]:
    """What each of the numbers means, in a sentence."""
    blocks: list[Block] = []
    for title, group in GROUPS:
        lines = [f"*{DEFINITIONS[one].name}*: {DEFINITIONS[one].sentence}" for one in group if one in numbers]
        if lines:
            blocks += [section(f"*{title}*\n{bullet(lines)}"), divider()]
    blocks.append(
        context(
            "A lead that got further has passed the steps before. A lead counts for its owner, and once handed off for "
            "the rep and the account executive of the handoff; a deal for both of its. Days are those of your own zone."
        )
    )
    return modal("What the numbers mean", blocks, callback=Callback.PIPELINE_MEANING, close="Close")


def file_name(question: Question, number: Number) -> str:
    """What the file of a number's rows is called."""
    return f"{number.value}_{question.period.first:%Y-%m-%d}_{question.period.last:%Y-%m-%d}.csv"


def file_words(question: Question, about: str, number: Number, value: Value) -> str:
    """What stands over the file: what it holds and what it adds up to; mrkdwn."""
    name = DEFINITIONS[number].name
    return (
        f"*{name}*, {question.period.words()}, {esc(about, 300)}: {counted(value.rows, 'row')}, "
        f"which make {said(number, value)}. {DEFINITIONS[number].sentence}"
    )
