"""``/pipeline``: the five results, the funnel and the speed, in words, a table and charts (process §9).

What must stay true: whatever a chart or the table shows stands in the message's text too; what is shared carries no
controls and says who shared it, and whose results it holds.
"""

from collections.abc import Sequence
from typing import Any

from slackblocks import (
    AxisConfig,
    BarChart,
    Block,
    ColumnSettings,
    DataPoint,
    DataSeries,
    DataVisualizationBlock,
    ExternalSelectMenu,
    OptionGroup,
    RawText,
    StaticSelectMenu,
    TableBlock,
)

from bot.db.queries.pipeline_lens import Report
from bot.db.queries.pipeline_losses import Losses
from bot.domain.metrics import Number
from bot.domain.metrics_defined import DEFINITIONS, FUNNEL, OUTBOUND, RESULTS, SPEED
from bot.domain.metrics_question import EVERYONE, Kind, Name, NotUnderstood
from bot.slack.blocks import (
    Post,
    at,
    bullet,
    button,
    buttons,
    clean,
    confirm,
    context,
    esc,
    header,
    mention,
    option,
    plain,
    post,
    section,
)
from bot.slack.ids import Action
from bot.slack.views.pipeline_words import behind, change, said, sentence

PERIODS = (
    "This week",
    "Last week",
    "This month",
    "Last month",
    "This quarter",
    "Last quarter",
    "This year",
    "Last 30 days",
)
SAID = (
    Number.CLOSED,
    Number.CLOSE_RATE,
    Number.PIPELINE,
    Number.OPPORTUNITY_RATE,
    Number.DISCOVERY_CALLS,
    Number.INTRO_CALLS,
)
"""The five results, each in a sentence; calls held are two numbers, apart (process §9)."""
GROUPS = (("Results", RESULTS), ("Leads", FUNNEL), ("Outbound", OUTBOUND), ("First response", SPEED))
EXAMPLES = (
    "`/pipeline` – this month, all that you may see",
    "`/pipeline last week`, `/pipeline q2 2026`, `/pipeline last 30 days`, `/pipeline 1 mar to 15 mar`",
    "`/pipeline team Inbound last month`, `/pipeline sam`, `/pipeline me`",
    "`/pipeline source webinar`, `/pipeline segment core this quarter`",
)
CELL = 200
MOST_REASONS = 4
"""How many reasons of a source are named."""


def pipeline_post(report: Report) -> Post:
    """The results, for the one who asked, with all that can be done with them."""
    words = _in_words(report)
    if report.empty:
        return post(words, [*_head(report), section(_nothing(report)), *_controls(report, empty=True)])
    blocks: list[Block] = [*_head(report), *_results(report, with_rows=report.with_rows), _table(report)]
    return post(words, [*blocks, *_charts(report), *_losses(report), *_controls(report)])


def shared_post(report: Report, slack_user_id: str | None, name: str) -> Post:
    """The same for everybody in a channel, with who shared it; nothing to press."""
    by = f"Shared by {mention(slack_user_id, name)}: the results of {esc(report.about, 300)}, as of {at(report.now)}."
    if report.empty:
        return post(f"{by} {_in_words(report)}", [*_head(report), section(_nothing(report)), context(by)])
    blocks: list[Block] = [*_head(report), *_results(report, with_rows=False), _table(report), *_charts(report)]
    return post(f"{by}\n{_in_words(report)}", [*blocks, *_losses(report), context(by)])


def _head(report: Report) -> list[Block]:
    period = report.question.period
    against = f"against {period.before_words()}, {period.before().words()}"
    return [header(f"Pipeline, {period.words()}"), context(f"{_title(report.about)} · {against}")]


def _title(about: str) -> str:
    text = esc(about, 300)
    return text[:1].upper() + text[1:]


def _in_words(report: Report) -> str:
    period = report.question.period
    first = f"Pipeline, {period.words()}, {esc(report.about, 300)}, against {period.before().words()}."
    if report.empty:
        return f"{first} {_nothing(report)}"
    parts = [
        "; ".join(f"{DEFINITIONS[number].name} {_short(report, number)}" for number in numbers) + "."
        for _, numbers in GROUPS
    ]
    return "\n".join([first, *parts, *_lost_in_words(report)])


def _short(report: Report, number: Number) -> str:
    value, before = report.figures[number], report.before[number]
    words = change(number, value, before)
    return f"{said(number, value)} ({words})" if words != "nothing to compare" else said(number, value)


def _nothing(report: Report) -> str:
    before = report.question.period.before_words()
    return (
        f"Nothing to count yet: no leads, touches, handoffs or deals in these days, nor in {before}. Figures begin "
        "with the first raised hand or the first logged touch (`/touch help`). Or choose another period."
    )


def _results(report: Report, *, with_rows: bool) -> list[Block]:
    blocks: list[Block] = []
    for number in SAID:
        value = report.figures[number]
        text = f"*{DEFINITIONS[number].name}*: {sentence(report, number)}"
        if number is Number.CLOSED and value.rows:
            text += f"\n{_by_type(report)}"
        blocks.append(section(text, _rows_button(report, number) if with_rows and value.rows else None))
    return blocks


def _by_type(report: Report) -> str:
    kinds = (Number.CLOSED_NEW, Number.CLOSED_ADD_ON, Number.CLOSED_RENEWAL)
    parts = [
        f"{DEFINITIONS[number].name.removeprefix('Closed, ')} {said(number, report.figures[number])}"
        for number in kinds
        if report.figures[number].rows
    ]
    return f"{behind(Number.CLOSED, report.figures[Number.CLOSED])}: {', '.join(parts)}"


def _rows_button(report: Report, number: Number) -> Any:
    value = f"{number}|{report.question.encode()}"
    name = DEFINITIONS[number].name
    return button("Rows", f"{Action.PIPELINE_ROWS}_{number}", value, describe=f"Rows behind {name}")


def _table(report: Report) -> TableBlock:
    """The numbers that no sentence above says, each with the one before it."""
    period = report.question.period
    rows: list[list[Any]] = [[RawText(text) for text in ("Number", period.words(), period.before().words(), "Change")]]
    for _, numbers in GROUPS:
        for number in (one for one in numbers if one not in SAID):
            value, before = report.figures[number], report.before[number]
            cells = (DEFINITIONS[number].name, said(number, value), said(number, before), change(number, value, before))
            rows.append([RawText(clean(cell, CELL) or "–") for cell in cells])
    right = ColumnSettings(align="right")
    return TableBlock(rows, column_settings=[ColumnSettings(is_wrapped=True), right, right, right])


def _charts(report: Report) -> list[Block]:
    """Both funnels, where there is anything in them."""
    drawn = (("Leads, step by step", FUNNEL, "leads"), ("Outbound, step by step", OUTBOUND, "enrollments"))
    return [
        _chart(report, title, numbers, what)
        for title, numbers, what in drawn
        if any(found[number].rows for found in (report.figures, report.before) for number in numbers)
    ]


def _chart(report: Report, title: str, numbers: Sequence[Number], what: str) -> DataVisualizationBlock:
    period = report.question.period
    names = [DEFINITIONS[number].name for number in numbers]
    series = [
        DataSeries(name, [DataPoint(DEFINITIONS[number].name, found[number].rows) for number in numbers])
        for name, found in ((period.short(), report.figures), (period.before().short(), report.before))
    ]
    return DataVisualizationBlock(title, BarChart(series, AxisConfig(names, y_label=what)))


def _losses(report: Report) -> list[Block]:
    """Why hands came to nothing, by source, where that is known."""
    return [section(text) for text in _lost_in_words(report)]


def _lost_in_words(report: Report) -> list[str]:
    said = []
    for junk, title in ((True, "Put away as junk"), (False, "Not qualified")):
        lines = [_lost_of(one) for one in report.losses if one.junk is junk]
        if lines:
            said.append(f"{title}, by source:\n{bullet(lines)}")
    return said


def _lost_of(one: Losses) -> str:
    reasons = [f"{esc(reason, 60)} {count:,}" for reason, count in one.reasons[:MOST_REASONS]]
    rest = sum(count for _, count in one.reasons[MOST_REASONS:])
    reasons += [f"others {rest:,}"] if rest else []
    return f"{one.source.value.replace('_', ' ')} {one.total:,}: {', '.join(reasons)}"


def _controls(report: Report, *, empty: bool = False) -> list[Block]:
    question = report.question.encode()
    period = StaticSelectMenu(
        Action.PIPELINE_PERIOD,
        options=[option(words, words.casefold()) for words in PERIODS],
        placeholder=plain("Another period", 150),
    )
    who = ExternalSelectMenu(Action.PIPELINE_WHO, min_query_length=0, placeholder=plain("Team or person", 150))
    rows = StaticSelectMenu(
        Action.PIPELINE_NUMBER,
        option_groups=[
            OptionGroup(plain(title, 75), [option(DEFINITIONS[number].name, number) for number in numbers])
            for title, numbers in GROUPS
        ],
        placeholder=plain("Rows behind…", 150),
    )
    sure = confirm(
        "Share with everybody here?", f"Everybody in this channel will see: {clean(report.about, 200)}.", "Share", "No"
    )
    share = button("Share here", Action.PIPELINE_SHARE, question, confirm=sure)
    meaning = button("What the numbers mean", Action.PIPELINE_MEANING, question)
    first = buttons(period, who, rows if report.with_rows and not empty else None, block_id=f"pipeline~{question}")
    return [first, buttons(None if empty else share, meaning)]


def who_options(names: Sequence[Name], *, all_of_them: bool) -> list[dict[str, Any]]:
    """Teams and people as options of a menu; ``all_of_them``: with everybody at the head."""
    found = [option("All that I may see", EVERYONE)] if all_of_them else []
    found += [option(f"Team {one.text}" if one.kind is Kind.TEAM else one.text, _key(one)) for one in names]
    return [one._resolve() for one in found[:100]]


def _key(name: Name) -> str:
    return f"{'t' if name.kind is Kind.TEAM else 'p'}{name.key}"


def unknown_post(missed: NotUnderstood) -> Post:
    """Words that were not understood: what they may have meant, and what can be asked."""
    offers = [f"`/pipeline {esc(missed.period, 60)}`"] if missed.period else []
    offers += [f"`/pipeline {one.kind} {esc(one.text, 60)}`" for one in missed.offers]
    if missed.several and offers:
        first = f"“{esc(missed.words, 100)}” could be several. Which one? {' · '.join(offers)}"
    elif offers:
        first = f"I don't know “{esc(missed.words, 100)}”. Did you mean {' or '.join(offers)}?"
    else:
        first = f"I don't know “{esc(missed.words, 100)}”: no period, team, person, source or segment is called that."
    return _help(first)


def help_post() -> Post:
    """What can be asked."""
    return _help("Results, funnel and speed, for any days. A period is compared with the one before it.")


def _help(first: str) -> Post:
    return post(f"{first}\n{bullet(EXAMPLES)}", [section(first), section(bullet(EXAMPLES))])
