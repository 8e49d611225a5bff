"""How text is read, whom it pings, and how what people type is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.text import as_typed, block_texts, escape, pings, readable, unescape

NAMES = {"U1": "Ada", "C1": "inbound"}


def names(some_id: str) -> str:
    return NAMES.get(some_id, "")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("*Ada* answered in _48 s_", "Ada answered in 48 s"),
        ("<@U1> in <#C1|inbound>", "@Ada in #inbound"),
        ("<https://acme.com|Acme> and <https://acme.com>", "Acme and https://acme.com"),
        ("<mailto:jane@acme.com|jane@acme.com>", "jane@acme.com"),
        ("<!date^1700000000^{date}|14 Nov>", "14 Nov"),
        ("<!here> &lt;!channel&gt; &amp;amp;", "@here <!channel> &amp;"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
    ],
)
def test_a_person_reads(raw: str, read: str) -> None:
    assert readable(raw, names) == read


@pytest.mark.parametrize("hostile", ["&lt;!channel&gt;", "&lt;@U1&gt;", "@channel", "<!date^1^x|y>", "<#C1>"])
def test_what_is_escaped_pings_nobody(hostile: str) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": hostile}}]
    assert pings(hostile, blocks) == (set(), False)


def test_mentions_ping_from_text_and_from_blocks_but_not_from_plain_text() -> None:
    assert pings("<@U1>", None) == ({"U1"}, False)
    assert pings("", [{"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]}]) == (set(), True)
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "user", "user_id": "U1"}]}],
    }
    assert pings("", [rich]) == ({"U1"}, False)
    assert pings("", [{"type": "header", "text": {"type": "plain_text", "text": "<!channel> <@U1>"}}]) == (set(), False)


@given(st.text())
def test_escaping_is_undone_and_never_pings(text: str) -> None:
    assert unescape(escape(text)) == text
    assert pings(escape(text), None) == (set(), False)
    assert readable(as_typed(text, {}, {}), names) == readable(escape(text), names)


def test_what_is_typed_is_sent_as_slack_sends_it() -> None:
    people, places = {"Ada": "U1", "Ada Lo": "U2"}, {"inbound": "C1"}
    sent = as_typed("@Ada see #inbound & jane@acme.com <now>", people, places)
    assert sent == "<@U1> see <#C1|inbound> &amp; <mailto:jane@acme.com|jane@acme.com> &lt;now&gt;"
    assert as_typed("@Ada Lo at acme.com, 3.15pm", people, places) == "<@U2> at <http://acme.com|acme.com>, 3.15pm"
    assert as_typed("https://acme.com/a?b=c&d", {}, {}) == "<https://acme.com/a?b=c&amp;d>"
    assert as_typed("ask @Ada", people, {}, labels=True) == "ask <@U1|Ada>"


def test_every_word_in_blocks_is_read_charts_and_tables_too() -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Claim"}}
    segments = [{"label": "calls", "value": 7}]
    cells = [{"type": "raw_text", "text": "Sam"}, {"type": "raw_number", "value": 3}]
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Hot*"}, "accessory": button},
        {"type": "data_visualization", "title": "Touches", "chart": {"type": "pie", "segments": segments}},
        {"type": "data_table", "caption": "Reps", "rows": [cells]},
    ]
    assert list(block_texts(blocks, names)) == ["Hot", "Claim", "Touches", "calls", "7", "Reps", "Sam", "3"]
