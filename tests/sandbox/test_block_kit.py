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


def number_input(**more: Any) -> dict[str, Any]:
    element = {"type": "number_input", "is_decimal_allowed": False, **more}
    return {"type": "input", "label": plain("Seats"), "element": element}


def rich_input(**more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain("Note"), "element": {"type": "rich_text_input", **more}}


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


def rich(*elements: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **more}]}


def words(text: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": text, **more}


def picker(kind: str, **more: Any) -> dict[str, Any]:
    return actions({"type": kind, **more})


def confirmed(**more: Any) -> dict[str, Any]:
    return actions(button(confirm={"title": plain("Junk it?"), "text": plain("Really?"), **more}))


def groups(count: int) -> list[dict[str, Any]]:
    return [{"label": plain(f"g{n}"), "options": [option(value=str(n))]} for n in range(count)]


def feedback() -> dict[str, Any]:
    good, bad = ({"text": plain(word), "value": word} for word in ("good", "bad"))
    return {"type": "feedback_buttons", "positive_button": good, "negative_button": bad}


def context_actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context_actions", "elements": list(elements)}


def bin_button(**more: Any) -> dict[str, Any]:
    return {"type": "icon_button", "icon": "trash", "text": plain("Delete"), **more}


def series(count: int) -> dict[str, Any]:
    points = [{"label": "Mar", "value": 1}]
    many = [{"name": f"s{n}", "data": points} for n in range(count)]
    return bars(["Mar"], [1], series=many)


def card(**more: Any) -> dict[str, Any]:
    return {"type": "card", "title": mrkdwn("Jane"), **more}


def task(**more: Any) -> dict[str, Any]:
    return {"type": "task_card", "task_id": "t1", "title": "Look her up", "status": "complete", **more}


LINK = {"type": "link", "url": "https://example.com", "text": "the site"}
ONLY_IN_MESSAGES: dict[str, dict[str, Any]] = {
    "table": table(1),
    "data_table": data_table(2),
    "markdown": {"type": "markdown", "text": "m"},
    "data_visualization": pie(1),
    "context_actions": context_actions(bin_button()),
    "plan": {"type": "plan", "title": "The plan", "tasks": [task()]},
    "task_card": task(details=rich(words()), sources=[{"type": "url", "url": "https://e.com", "text": "E"}]),
}

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
    [rich(words(style={"bold": True}), LINK, {"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "wave"})],
    [rich({"type": "broadcast", "range": "here"}, {"type": "date", "timestamp": 1_800_000_000, "format": "{date}"})],
    [rich({"type": "rich_text_section", "elements": [words()]}, kind="rich_text_list", style="bullet", indent=1)],
    [rich(words(), LINK, kind="rich_text_preformatted")],
    [{"type": "table", "rows": [[rich(words())]]}],
    [picker("datepicker", initial_date="2028-02-29"), picker("timepicker", initial_time="23:59")],
    [actions(select() | {"options": [option(value=str(n)) for n in range(100)]})],
    [actions({"type": "static_select", "option_groups": groups(100)})],
    [context_actions(*[bin_button(action_id=f"a{n}") for n in range(4)], feedback())],
    [confirmed(confirm=plain("c" * 30), deny=plain("d" * 30), text=mrkdwn("t" * 300), style="danger")],
    [series(6)],
    [card(subtitle=mrkdwn("s" * 150), body=mrkdwn("b" * 200), actions=[button()])],
    [{"type": "carousel", "elements": [card() for _ in range(10)]}],
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
    "101 option groups": [actions({"type": "static_select", "option_groups": groups(101)})],
    "six in context_actions": [context_actions(*[bin_button(action_id=f"a{n}") for n in range(6)])],
    "an ordinary button in context_actions": [context_actions(button())],
    "feedback without words": [context_actions(feedback() | {"positive_button": {"value": "good"}})],
    "a long confirm text": [confirmed(text=plain("t" * 301))],
    "a long confirm button": [confirmed(confirm=plain("c" * 31))],
    "a long deny button": [confirmed(deny=plain("d" * 31))],
    "seven series": [series(7)],
    "two series of one name": [bars(["Mar"], [1], series=[{"name": "s", "data": [{"label": "Mar", "value": 1}]}] * 2)],
    "a month that is none": [picker("datepicker", initial_date="2026-99-99")],
    "a day that is none": [picker("datepicker", initial_date="2027-02-29")],
    "a date in other digits": [picker("datepicker", initial_date="٢٠٢٦-٠١-٣١")],
    "an hour that is none": [picker("timepicker", initial_time="24:00")],
    "a minute that is none": [picker("timepicker", initial_time="12:60")],
    "a timezone that is none": [picker("timepicker", timezone="Mars/Olympus")],
    "a moment in milliseconds": [picker("datetimepicker", initial_date_time=1_800_000_000_000)],
    "a number in a plain table": [{"type": "table", "rows": [[{"type": "raw_number", "value": 3, "text": "3"}]]}],
    "a part of rich text that is none": [rich(words(), kind="rich_text_box")],
    "a section in a list of none": [rich(words(), kind="rich_text_list", style="bullet")],
    "a list without a style": [rich({"type": "rich_text_section", "elements": [words()]}, kind="rich_text_list")],
    "a leaf of rich text that is none": [rich({"type": "video", "url": "https://example.com"})],
    "rich text that says nothing": [rich(words(""))],
    "rich text with a style that is none": [rich(words(style={"blink": True}))],
    "rich text in mrkdwn": [rich(mrkdwn("x"))],
    "a link without a url": [rich({"type": "link", "text": "here"})],
    "a link that runs a script": [rich({"type": "link", "url": "javascript:alert(1)"})],
    "a mention in preformatted text": [rich({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted")],
    "a ring for nobody": [rich({"type": "broadcast", "range": "team"})],
    "a date that is a word": [rich({"type": "date", "timestamp": "today", "format": "{date}"})],
    "rich text in a cell that says nothing": [{"type": "data_table", "rows": [[rich(words(""))]]}],
    "an empty card": [{"type": "card", "subtitle": mrkdwn("only below")}],
    "a card with a long title": [card(title=mrkdwn("t" * 151))],
    "a card with a long body": [card(body=mrkdwn("b" * 201))],
    "a card with a menu": [card(actions=[select()])],
    "a card with a colour": [card(color="red")],
    "a card with an icon without words": [card(icon={"type": "image", "image_url": "https://e.com/a.png"})],
    "an empty carousel": [{"type": "carousel", "elements": []}],
    "eleven cards": [{"type": "carousel", "elements": [card()] * 11}],
    "a section in a carousel": [{"type": "carousel", "elements": [section()]}],
    "a task with a state that is none": [task(status="almost")],
    "a task without an id": [{"type": "task_card", "title": "t", "status": "complete"}],
    "a plan of sections": [{"type": "plan", "title": "p", "tasks": [section()]}],
}


@pytest.mark.parametrize("blocks", FINE)
def test_what_slack_takes_passes(blocks: list[dict[str, Any]]) -> None:
    assert check_blocks(blocks) == []


@pytest.mark.parametrize("blocks", BAD.values(), ids=BAD.keys())
def test_what_slack_refuses_is_refused(blocks: list[dict[str, Any]]) -> None:
    problems = check_blocks(blocks)
    assert problems
    assert all(p.startswith("[ERROR] ") and "[json-pointer:/blocks" in p for p in problems)


@pytest.mark.parametrize("kind", ONLY_IN_MESSAGES)
@pytest.mark.parametrize("surface", ["modal", "home"])
def test_blocks_for_messages_only_stand_nowhere_else(kind: str, surface: str) -> None:
    assert check_blocks([ONLY_IN_MESSAGES[kind]], "message") == []
    assert "not supported" in check_blocks([ONLY_IN_MESSAGES[kind]], surface)[0]


@pytest.mark.parametrize("block", [card(), {"type": "carousel", "elements": [card()]}], ids=lambda block: block["type"])
def test_cards_stand_in_messages_and_the_home_but_in_no_modal(block: dict[str, Any]) -> None:
    assert check_blocks([block], "message") == check_blocks([block], "home") == []
    assert "not supported" in check_blocks([block], "modal")[0]


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
    "a card": modal(card()),
    "long close": modal(section(), close=plain("c" * 25)),
    "an initial value longer than its input": modal(text_input(initial_value="v" * 11, max_length=10)),
    "an input that must be longer than it may be": modal(text_input(min_length=11, max_length=10)),
    "two that want the focus": modal(text_input(focus_on_load=True), text_input(focus_on_load=True)),
    "an initial number that is none": modal(number_input(initial_value="three")),
    "a smallest number above the largest": modal(number_input(min_value="4", max_value="3")),
    "an alert level that is none": modal({"type": "alert", "text": plain("x"), "level": "loud"}),
    "an initial rich text that says nothing": modal(rich_input(initial_value=rich(words("")))),
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


def test_an_input_may_be_filled_to_its_brim_and_one_may_have_the_focus() -> None:
    full = text_input(initial_value="v" * 10, min_length=10, max_length=10, focus_on_load=True)
    others = [text_input(focus_on_load=False), number_input(initial_value="3", min_value="3", max_value="3")]
    assert check_view(modal(full, *others, rich_input(initial_value=rich(words())), close=plain("c" * 24))) == []


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


KINDS = [
    "section",
    "actions",
    "table",
    "rich_text",
    "rich_text_section",
    "rich_text_list",
    "text",
    "link",
    "card",
    "carousel",
]
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(KINDS),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "text",
                    "elements",
                    "rows",
                    "chart",
                    "options",
                    "accessory",
                    "block_id",
                    "element",
                    "url",
                    "actions",
                ]
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
