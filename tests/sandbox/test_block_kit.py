"""What Slack would refuse, the sandbox refuses: by the table of limits in `slack.md`."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.blockkit import check_blocks, check_options, check_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn("x"), **more}


def button(text: str = "Claim", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(text), **more}


def option(text: str = "Connected", value: str = "connected") -> dict[str, Any]:
    return {"text": plain(text), "value": value}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": "static_select", "options": [option()], **more}


def text_input(**more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Note"), "element": {"type": "plain_text_input", **more}}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("Touch"), "submit": plain("Save"), "blocks": list(blocks), **more}


def bars(labels: list[str], values: list[float], kind: str = "bar", **more: Any) -> dict[str, Any]:
    points = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    chart = {"type": kind, "series": [{"name": "Touches", "data": points}], "axis_config": {"categories": labels}}
    return {"type": "data_visualization", "title": "Touches", "chart": chart | more}


def pie(*values: float) -> dict[str, Any]:
    segments = [{"label": f"s{n}", "value": value} for n, value in enumerate(values)]
    return {"type": "data_visualization", "title": "Shares", "chart": {"type": "pie", "segments": segments}}


def table(rows: int, columns: int = 2) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * columns for _ in range(rows)]}


def data_table(rows: int, columns: int = 2, **more: Any) -> dict[str, Any]:
    cells = [[{"type": "raw_text", "text": "a"}, *[{"type": "raw_number", "value": 3}] * (columns - 1)]] * rows
    return {"type": "data_table", "caption": "Touches", "rows": cells, **more}


FINE = [
    [section(), {"type": "divider"}, {"type": "header", "text": plain("h" * 150)}],
    [section(text=mrkdwn("x" * 3000), fields=[mrkdwn("y" * 2000)] * 10, accessory=button())],
    [{"type": "section", "fields": [mrkdwn("only fields")]}],
    [actions(*[button(action_id=f"a{n}") for n in range(25)])],
    [actions(select(), {"type": "overflow", "options": [option()] * 5, "action_id": "more"})],
    [{"type": "context", "elements": [mrkdwn("c")] * 10}],
    [table(100, 20)],
    [data_table(101, 20, page_size=10, row_header_column_index=0)],
    [bars(["Mar", "Apr"], [1, 2]), pie(1, 2)],
    [{"type": "markdown", "text": "m" * 12_000}],
    [{"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a chart"}],
    [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}]}],
]

BAD = {
    "too many blocks": [section()] * 51,
    "a block that is not": [{"type": "sektion"}],
    "a section without words": [{"type": "section"}],
    "empty text": [section(text=mrkdwn(""))],
    "long section text": [section(text=mrkdwn("x" * 3001))],
    "long field": [section(fields=[mrkdwn("x" * 2001)])],
    "eleven fields": [section(fields=[mrkdwn("x")] * 11)],
    "long header": [{"type": "header", "text": plain("h" * 151)}],
    "a header in mrkdwn": [{"type": "header", "text": mrkdwn("h")}],
    "long block id": [section(block_id="b" * 256)],
    "one block id twice": [section(block_id="b"), section(block_id="b")],
    "long action id": [actions(button(action_id="a" * 256))],
    "one action id twice in a block": [actions(button(action_id="a"), button(action_id="a"))],
    "26 buttons": [actions(*[button(action_id=f"a{n}") for n in range(26)])],
    "no buttons": [actions()],
    "long button": [actions(button("b" * 76))],
    "long value": [actions(button(value="v" * 2001))],
    "long url": [actions(button(url="https://e.com/" + "u" * 3000))],
    "a url that is none": [actions(button(url="call me"))],
    "a style that is none": [actions(button(style="green"))],
    "a key that is none": [actions(button(colour="green"))],
    "a null": [section(accessory=None)],
    "eleven in context": [{"type": "context", "elements": [mrkdwn("c")] * 11}],
    "a button in context": [{"type": "context", "elements": [button()]}],
    "101 options": [actions(select(options=[option(value=str(n)) for n in range(101)]))],
    "no options": [actions(select(options=[]))],
    "options and groups": [actions(select(option_groups=[{"label": plain("g"), "options": [option()]}]))],
    "a long option": [actions(select(options=[option("o" * 76)]))],
    "a long option value": [actions(select(options=[option(value="v" * 151)]))],
    "an initial option not offered": [actions(select(initial_option=option("Busy", "busy")))],
    "eleven checkboxes": [actions({"type": "checkboxes", "options": [option()] * 11})],
    "eleven radio buttons": [actions({"type": "radio_buttons", "options": [option()] * 11})],
    "six in an overflow": [actions({"type": "overflow", "options": [option()] * 6})],
    "a long confirm": [actions(button(confirm={"title": plain("t" * 101), "text": plain("x")}))],
    "a confirm without text": [actions(button(confirm={"title": plain("t")}))],
    "101 rows": [table(101)],
    "21 columns": [table(1, 21)],
    "two tables": [table(1), table(1)],
    "102 rows of data": [data_table(102)],
    "a page of 101": [data_table(2, page_size=101)],
    "an empty cell": [{"type": "data_table", "rows": [[{"type": "raw_text", "text": ""}]]}],
    "three charts": [pie(1), pie(1), pie(1)],
    "seven segments": [pie(*range(1, 8))],
    "a segment of nothing": [pie(1, 0)],
    "a chart with a long title": [pie(1) | {"title": "t" * 51}],
    "21 categories": [bars([f"c{n}" for n in range(21)], [1] * 21)],
    "one category twice": [bars(["Mar", "Mar"], [1, 2])],
    "a point without its category": [bars(["Mar", "Apr"], [1, 2], axis_config={"categories": ["Mar", "May"]})],
    "a long label": [bars(["L" * 21], [1])],
    "too much markdown": [{"type": "markdown", "text": "m" * 6_001}] * 2,
    "an alert in a message": [{"type": "alert", "text": plain("x")}],
    "a file input in a message": [{"type": "input", "label": plain("l"), "element": {"type": "file_input"}}],
    "an image without words": [{"type": "image", "image_url": "https://example.com/a.png"}],
    "not a block": ["section"],
}


@pytest.mark.parametrize("blocks", FINE)
def test_what_slack_takes_passes(blocks: list[dict[str, Any]]) -> None:
    assert check_blocks(blocks) == []


@pytest.mark.parametrize("blocks", BAD.values(), ids=BAD.keys())
def test_what_slack_refuses_is_refused(blocks: list[dict[str, Any]]) -> None:
    problems = check_blocks(blocks)
    assert problems
    assert all(p.startswith("[ERROR] ") and "[json-pointer:/blocks" in p for p in problems)


@pytest.mark.parametrize("kind", ["table", "markdown", "data_visualization", "context_actions"])
@pytest.mark.parametrize("surface", ["modal", "home"])
def test_blocks_for_messages_only_stand_nowhere_else(kind: str, surface: str) -> None:
    blocks = {
        "table": table(1),
        "markdown": {"type": "markdown", "text": "m"},
        "data_visualization": pie(1),
        "context_actions": {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain("x")}],
        },
    }
    assert check_blocks([blocks[kind]], "message") == []
    assert "not supported" in check_blocks([blocks[kind]], surface)[0]


BAD_VIEWS = {
    "a long title": modal(section()) | {"title": plain("t" * 25)},
    "no title": {"type": "modal", "blocks": [section()]},
    "long submit": modal(section(), submit=plain("s" * 25)),
    "101 blocks": modal(*[section()] * 101),
    "long metadata": modal(section(), private_metadata="p" * 3001),
    "long callback id": modal(section(), callback_id="c" * 256),
    "an input and no submit": {"type": "modal", "title": plain("t"), "blocks": [text_input()]},
    "a long max_length": modal(text_input(max_length=3001)),
    "a home with a title": {"type": "home", "title": plain("t"), "blocks": [section()]},
    "a long initial value": modal(text_input(initial_value="v" * 3001)),
    "a card": modal({"type": "card"}),
    "no type": {"blocks": []},
    "no blocks": {"type": "modal", "title": plain("t")},
    "not a view": "modal",
}


@pytest.mark.parametrize("view", BAD_VIEWS.values(), ids=BAD_VIEWS.keys())
def test_views_slack_refuses_are_refused(view: Any) -> None:
    assert check_view(view)


def test_a_modal_may_hold_a_hundred_blocks_and_a_home_too() -> None:
    assert check_view(modal(*[section() for _ in range(99)], text_input(max_length=3000))) == []
    assert check_view({"type": "home", "blocks": [section() for _ in range(100)]}) == []


def test_what_has_no_id_is_given_one() -> None:
    blocks = [actions(button(), button())]
    assert check_blocks(blocks) == []
    first, second = blocks[0]["elements"]
    assert blocks[0]["block_id"]
    assert first["action_id"] != second["action_id"]


def test_typeahead_answers_hold_a_hundred_options() -> None:
    assert check_options({"options": [option(value=str(n)) for n in range(100)]}) == []
    assert check_options({"options": []}) == []
    assert check_options({"options": [option(value=str(n)) for n in range(101)]})
    assert check_options({})


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["section", "actions", "table"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "text", "elements", "rows", "chart", "options", "accessory", "block_id", "element"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_like)
def test_no_payload_however_odd_breaks_the_check(payload: Any) -> None:
    assert isinstance(check_blocks(payload), list)
    assert isinstance(check_view(payload), list)
    assert isinstance(check_options(payload), list)
