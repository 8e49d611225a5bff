"""The table of limits: blocks, and the surfaces each may stand on (figures: `slack.md`, Slack's reference)."""

from __future__ import annotations

from typing import Any

from sandbox.blockkit.elements import (
    HOME,
    IN_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    MESSAGE,
    MODAL,
    SLACK_FILE,
    element,
)
from sandbox.blockkit.rich_text import RICH_TEXT
from sandbox.blockkit.rules import (
    ID,
    IMAGE_URL,
    URL,
    Check,
    Rule,
    anything,
    array,
    boolean,
    both,
    by_type,
    exactly_one,
    integer,
    number,
    one_of,
    plain,
    positive,
    shape,
    string,
    text,
)

EVERYWHERE = frozenset({MESSAGE, MODAL, HOME})
MESSAGES = frozenset({MESSAGE})
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
MOST_OF_A_KIND = {"table": 1, "data_visualization": 2}
MOST_MARKDOWN = 12_000
MOST_TITLE = 150


def _block(name: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    return shape({"type": one_of(name), **required}, {"block_id": ID, **(optional or {})})


def _text_or_fields(value: Any, at: str, check: Check) -> None:
    if not value.get("text") and not value.get("fields"):
        check.bad("missing required field: text", at)


def _in_context(value: Any, at: str, check: Check) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        element({"image"})(value, at, check)
    else:
        text(3000)(value, at, check)


RAW_TEXT = shape({"type": one_of("raw_text"), "text": string(3000)})
RAW_NUMBER = shape({"type": one_of("raw_number"), "value": number}, {"text": string(3000)})
CELL = by_type({"raw_text": RAW_TEXT, "rich_text": RICH_TEXT}, "table cell")
DATA_CELL = by_type({"raw_text": RAW_TEXT, "raw_number": RAW_NUMBER, "rich_text": RICH_TEXT}, "data table cell")

SERIES = shape(
    {
        "name": string(20),
        "data": array(shape({"label": string(20), "value": number}), 1, 20),
    }
)
AXES = shape(
    {"categories": array(string(20), 1, 20)},
    {"x_label": string(50), "y_label": string(50)},
)


def _points_match_categories(chart: Any, at: str, check: Check) -> None:
    if not isinstance(chart, dict) or check.problems:
        return
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) != len(categories):
        check.bad("categories must be unique", f"{at}/axis_config/categories")
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) != len(names):
        check.bad("series names must be unique", f"{at}/series")
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != sorted(categories):
            check.bad("a series needs exactly one point per category", f"{at}/series/{index}/data")


def _axis_chart(name: str) -> Rule:
    kind = shape({"type": one_of(name), "series": array(SERIES, 1, 6), "axis_config": AXES})
    return both(kind, _points_match_categories)


SEGMENT = shape({"label": string(20), "value": positive})
CHART = by_type(
    {
        **{name: _axis_chart(name) for name in ("bar", "line", "area")},
        "pie": shape({"type": one_of("pie"), "segments": array(SEGMENT, 1, 6)}),
    },
    "chart",
)


def _rows_alike(value: Any, at: str, check: Check) -> None:
    rows = value.get("rows")
    if isinstance(rows, list) and len({len(row) for row in rows if isinstance(row, list)}) > 1:
        check.bad("every row needs the same number of cells", f"{at}/rows")


def _has_content(card: Any, at: str, check: Check) -> None:
    if isinstance(card, dict) and not {"hero_image", "title", "actions", "body"} & card.keys():
        check.bad("must have at least one of: hero_image, title, actions, body", at)


_PICTURE = element({"image"})
CARD = both(
    _block(
        "card",
        {},
        {
            "hero_image": _PICTURE,
            "icon": _PICTURE,
            "title": text(MOST_TITLE),
            "subtitle": text(MOST_TITLE),
            "body": text(200),
            "actions": array(element({"button"}), 1, 25),
        },
    ),
    _has_content,
)
SOURCE = shape({"type": one_of("url"), "url": URL, "text": string(3000)})
TASK = _block(
    "task_card",
    {
        "task_id": string(255),
        "title": string(MOST_TITLE),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {"details": RICH_TEXT, "output": RICH_TEXT, "sources": array(SOURCE, 1, 50)},
)


BLOCKS: dict[str, tuple[Rule, frozenset[str]]] = {
    "section": (
        both(
            _block(
                "section",
                {},
                {
                    "text": text(3000),
                    "fields": array(text(2000), 1, 10),
                    "accessory": element(IN_SECTION),
                    "expand": boolean,
                },
            ),
            _text_or_fields,
        ),
        EVERYWHERE,
    ),
    "divider": (_block("divider", {}), EVERYWHERE),
    "header": (_block("header", {"text": plain(150)}, {"level": integer(1, 4)}), EVERYWHERE),
    "context": (_block("context", {"elements": array(_in_context, 1, 10)}), EVERYWHERE),
    "actions": (_block("actions", {"elements": array(element(IN_ACTIONS), 1, 25)}), EVERYWHERE),
    "image": (
        both(
            _block(
                "image",
                {"alt_text": string(2000)},
                {"image_url": IMAGE_URL, "slack_file": SLACK_FILE, "title": plain(2000)},
            ),
            exactly_one("image_url", "slack_file"),
        ),
        EVERYWHERE,
    ),
    "input": (
        _block(
            "input",
            {"label": plain(2000), "element": element(IN_INPUT)},
            {"dispatch_action": boolean, "hint": plain(2000), "optional": boolean},
        ),
        EVERYWHERE,
    ),
    "rich_text": (RICH_TEXT, EVERYWHERE),
    "video": (
        _block(
            "video",
            {"alt_text": string(2000), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
            {
                "author_name": string(49),
                "description": plain(199),
                "provider_icon_url": URL,
                "provider_name": string(199),
                "title_url": URL,
            },
        ),
        EVERYWHERE,
    ),
    "file": (_block("file", {"external_id": string(255), "source": one_of("remote")}), MESSAGES),
    "context_actions": (
        _block("context_actions", {"elements": array(element({"feedback_buttons", "icon_button"}), 1, 5)}),
        MESSAGES,
    ),
    "markdown": (_block("markdown", {"text": string(MOST_MARKDOWN)}), MESSAGES),
    "table": (
        both(
            _block(
                "table",
                {"rows": array(array(CELL, 1, 20), 1, 100)},
                {"column_settings": array(anything, 1, 20)},
            ),
            _rows_alike,
        ),
        MESSAGES,
    ),
    "data_table": (
        both(
            _block(
                "data_table",
                {"rows": array(array(DATA_CELL, 1, 20), 1, 101)},
                {
                    "caption": string(150),
                    "page_size": integer(1, 100),
                    "row_header_column_index": integer(0, 19),
                },
            ),
            _rows_alike,
        ),
        MESSAGES,
    ),
    "data_visualization": (
        _block("data_visualization", {"title": string(50), "chart": CHART}),
        MESSAGES,
    ),
    "plan": (_block("plan", {"title": string(MOST_TITLE)}, {"tasks": array(TASK, 1, 50)}), MESSAGES),
    "task_card": (TASK, MESSAGES),
    "alert": (
        _block("alert", {"text": text(3000)}, {"level": one_of("default", "info", "warning", "error", "success")}),
        frozenset({MODAL}),
    ),
    "card": (CARD, frozenset({MESSAGE, HOME})),
    "carousel": (_block("carousel", {"elements": array(CARD, 1, 10)}), frozenset({MESSAGE, HOME})),
}
