"""Every view, called with hostile state: whatever its strings hold, nothing pings, links or breaks.

The views are found, not listed: a new public function of ``bot/slack/views`` that returns a message or a view is
called too, its arguments built from their types with every string taken from the corpus.
"""

import importlib
import inspect
import pkgutil
import types
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import bot.slack.views
from bot.domain.metrics import Number, Value
from bot.domain.money import Money
from bot.playbook.load import default_text, load_text
from bot.playbook.schema import Playbook
from bot.slack.blocks import Post
from tests.hostile.corpus import ALL
from tests.hostile.judge import OUR_CHANNEL, problems_of_message, problems_of_view

OURS = "U0000OURS"
hostile = st.sampled_from(ALL)
moments = st.integers(1_577_836_800, 2_051_222_400).map(lambda second: datetime.fromtimestamp(second, UTC))
PLAYBOOK = load_text(default_text(), "default.yaml")
FIGURES = st.fixed_dictionaries(
    {
        number: st.builds(
            Value,
            rows=st.integers(0, 2_000_000),
            hits=st.just(0),
            money=st.lists(st.builds(Money, st.integers(0, 10**12), st.sampled_from(("EUR", "USD"))), max_size=2).map(
                tuple
            ),
            seconds=st.none() | st.integers(0, 10**7),
        )
        for number in Number
    }
)
NOT_FROM_OUTSIDE: dict[str, st.SearchStrategy[Any]] = {
    "slack_user_id": st.just(OURS),
    "timezone": st.just("Europe/Berlin"),
    "timezones": st.just(("Europe/Berlin", "America/New_York")),
    "zone": st.just("Europe/Berlin"),
    "place": st.sampled_from(
        ["round:1", "round:2", "dm:0190d3e5-0000-7000-8000-000000000001:1", "", "post", "rep", "manager:x:0"]
    ),
    "theirs": st.just(("America/New_York", "Asia/Kolkata")),
    "metadata": st.just("{}"),
    "hours": st.just({}),
    "country": st.sampled_from([None, "DE"]),
    "draft": st.just("00000000000000000000000000000000"),
    "offset": st.sampled_from([0, 7]),
    "page": st.sampled_from([0, 1]),
    "email": st.sampled_from([None, *(text for text in ALL if text.isprintable())]),
    "id": st.just("0190d3e5-0000-7000-8000-000000000002"),
    "value": st.just("voicemail"),
    "reasons": st.just(("Student", "Competitor")),
    "types": st.just(("new", "add_on", "renewal")),
    "causation_id": st.just("0190d3e5-0000-7000-8000-000000000003"),
    "result": st.just("lead"),
    "what": st.just("call"),
    "came": st.just("no_answer"),
    "intent": st.just("contact_me"),
    "state": st.sampled_from(["open", "waiting", "accepted", "held", "declined", "booked", "cancelled", "lost"]),
    "kind": st.sampled_from(["callback", "transfer"]),
    "sentence": st.just("Our own words."),
    "typed_note": st.none(),
    "which": st.just("anybody"),
    "seen": st.just("1234abcd"),
    "submit": st.sampled_from([None, "Give it all"]),
    "inbound_channel": st.sampled_from([None, OUR_CHANNEL]),
    "channel": st.sampled_from([None, OUR_CHANNEL, "#ae-jane"]),
    "video_link": st.sampled_from([None, "https://meet.example/jane"]),
    "undo": st.sampled_from(["", "0190d3e5-0000-7000-8000-000000000003"]),
    "figures": FIGURES,
    "before": FIGURES,
    "currency": st.sampled_from(("EUR", "USD")),
    "segment_key": st.sampled_from([None, "core"]),
}
"""What we make ourselves, by the name of the field or parameter."""
OUR_WORDS = {"late_post", "list_modal"}
"""Views of a text that another view made; it is escaped there."""
NEVER_EMPTY = {"people"}
"""Lists that the callers show only when there is something in them."""


def _views() -> Iterator[Any]:
    for module in pkgutil.iter_modules(bot.slack.views.__path__, "bot.slack.views."):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            returned = get_type_hints(function).get("return")
            is_view = returned is Post or get_origin(returned) is dict
            if not name.startswith("_") and name not in OUR_WORDS and function.__module__ == module.name and is_view:
                yield pytest.param(function, id=f"{module.name.rpartition('.')[2]}.{name}")


def _of(kind: Any, name: str = "") -> st.SearchStrategy[Any]:
    """Values of a type, with hostile strings."""
    either = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else ()
    chosen = any(isinstance(one, type) and issubclass(one, Enum) for one in either)  # a way to touch, or none
    chosen = chosen or get_origin(next(iter(get_args(kind)), None)) is tuple  # reasons with their counts
    if name in NOT_FROM_OUTSIDE and not chosen and (kind in (str, int) or not isinstance(kind, type)):
        return NOT_FROM_OUTSIDE[name]
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: hostile,
        int: st.integers(0, 2_000_000),
        float: st.floats(0, 1e7),
        bool: st.booleans(),
        datetime: moments,
        date: st.dates(date(2020, 1, 1), date(2035, 1, 1)),
        UUID: st.uuids(),
        Playbook: st.just(PLAYBOOK),
        Any: st.none(),
        type(None): st.none(),
    }
    if kind in simple:
        return simple[kind]
    if get_origin(kind) is not None:
        return _of_generic(kind, name)
    if hasattr(kind, "__dataclass_fields__"):
        hints = get_type_hints(kind)
        fields = {field: _of(hints[field], field) for field in kind.__dataclass_fields__}
        return st.builds(kind, **fields)
    ours = [one for one in vars(PLAYBOOK).values() if type(one) is kind]
    if ours:  # a part of the playbook: its words are the team's own
        return st.just(ours[0])
    if hasattr(kind, "model_fields"):
        return st.builds(kind, **{field: _of(info.annotation, field) for field, info in kind.model_fields.items()})
    return st.from_type(kind)


def _of_generic(kind: Any, name: str) -> st.SearchStrategy[Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Literal:
        return st.sampled_from(args)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_of(one, name) for one in args))
    if origin is tuple and not (len(args) == 2 and args[1] is ...):
        return st.tuples(*(_of(one) for one in args))
    if issubclass(origin, dict) or origin.__name__ == "Mapping":
        return st.dictionaries(_of(args[0]), _of(args[1]), max_size=3)
    if issubclass(origin, frozenset | set):
        return st.frozensets(_of(args[0]), max_size=3)
    if origin is Callable:
        return st.none()
    many = st.lists(_of(args[0]), min_size=1 if name in NEVER_EMPTY else 0, max_size=4)
    return many.map(tuple) if origin is tuple else many


def _judge(answer: Any) -> list[str]:
    ours = frozenset({OURS})
    if isinstance(answer, Post):
        return problems_of_message(answer.text, answer.blocks, ours)
    return problems_of_view(answer, ours)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("view", list(_views()))
def test_a_view_of_hostile_state(view: Callable[..., Any]) -> None:
    hints = get_type_hints(view)
    arguments = {name: _of(hints[name], name) for name in inspect.signature(view).parameters}

    @settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(st.fixed_dictionaries(arguments))
    def holds(given_state: dict[str, Any]) -> None:
        found = _judge(view(**given_state))
        assert not found, found[:3]

    holds()


def test_the_judge_finds_what_is_hostile() -> None:
    """Without any care in between, the corpus is found out."""
    for text in ("<!channel>", "<@U00002SBX>", "<http://evil.example|x>", "a\x00b", "\u202eevil"):
        block = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        assert problems_of_message(text, [block]), text
    linking = {"type": "section", "text": {"type": "mrkdwn", "text": "http://evil.example"}}
    assert problems_of_message("x", [linking])
