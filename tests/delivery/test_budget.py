"""The budget: at most so many, a share for the hot, and nobody holds a place for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from bot.db.models import LivingMessage
from bot.db.session import Database
from bot.delivery.budget import PATIENCE, Budget, Limits, Method, Turn
from bot.domain.notices import Address, Notice, NoticeKind, Priority, View
from bot.outbox.claims import Retry
from bot.outbox.enqueue import tell
from tests.delivery.post_office import INBOUND, post_office

CHANNELS = ("C1", "C2", "C3")
asks = st.lists(
    st.tuples(
        st.floats(0, 0.7, allow_subnormal=False),
        st.sampled_from(CHANNELS),
        st.sampled_from((Priority.HOT, Priority.NORMAL)),
    ),
    max_size=60,
)


def _sent(budget: Budget, asked: list[tuple[float, str, Priority]]) -> list[tuple[float, str, Priority]]:
    """When each granted message goes out."""
    now, out = 100.0, []
    for pause, channel, priority in asked:
        now += pause
        turn = budget.turn(channel, priority, now)
        if turn.granted:
            out.append((now + turn.seconds, channel, priority))
    return out


def _at_most(times: list[float], rate: float, burst: float) -> None:
    """What one bucket let through may wait for another, never longer than ``PATIENCE``, and then go with newer ones."""
    times = sorted(times)
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= burst + rate * (times[last] - times[first] + PATIENCE) + 1e-6


@given(asks)
def test_no_span_of_time_sees_more_than_the_limits_allow(asked: list[tuple[float, str, Priority]]) -> None:
    limits = Limits(1.0, 3.0, 120.0, 2.0, 0.25)
    sent = _sent(Budget(limits), asked)
    for channel in CHANNELS:
        _at_most([at for at, where, _ in sent if where == channel], 1.0, 3.0)
    _at_most([at for at, _, _ in sent], 2.0, 4.0)


@given(st.lists(st.floats(0, 0.7, allow_subnormal=False), max_size=60))
def test_a_channel_alone_is_held_to_its_rate_exactly(pauses: list[float]) -> None:
    sent = _sent(Budget(Limits(1.0, 3.0, None)), [(pause, "C1", Priority.NORMAL) for pause in pauses])
    times = [at for at, _, _ in sent]
    for first in range(len(times)):
        for last in range(first, len(times)):
            assert last - first + 1 <= 3.0 + times[last] - times[first] + 1e-6


@given(asks)
def test_nobody_waits_longer_than_patience_and_a_refusal_takes_nothing(
    asked: list[tuple[float, str, Priority]],
) -> None:
    budget, now = Budget(Limits(1.0, 3.0, 120.0, 2.0, 0.25)), 0.0
    for pause, channel, priority in asked:
        now += pause
        turn = budget.turn(channel, priority, now)
        if turn.granted:
            assert turn.seconds <= PATIENCE
        else:
            assert turn.seconds > PATIENCE
            assert budget.turn(channel, priority, now) == turn
            assert budget.turn(channel, priority, now + turn.seconds - PATIENCE + 1e-6).granted
            return


@given(st.integers(0, 500))
def test_hot_alerts_have_their_share_whatever_else_wants_to_go(others: int) -> None:
    budget = Budget(Limits(None, 0, 600.0, 2.0, 0.1))
    for _ in range(others):
        budget.turn("C1", Priority.NORMAL, 0.0)
    assert [budget.turn("C1", Priority.HOT, 0.0).seconds for _ in range(2)] == [0.0, 0.0]


def test_hot_alerts_may_use_the_rest_too() -> None:
    budget = Budget(Limits(None, 0, 600.0, 2.0, 0.1))
    turns = [budget.turn("C1", Priority.HOT, 0.0) for _ in range(20)]
    assert all(turn.granted and turn.seconds == 0 for turn in turns)


def test_one_channel_waits_and_another_does_not() -> None:
    budget = Budget(Limits(1.0, 3.0, None))
    waits = [budget.turn("C1", Priority.NORMAL, 0.0).seconds for _ in range(5)]
    assert waits == pytest.approx([0, 0, 0, 1, 2])
    assert budget.turn("C2", Priority.NORMAL, 0.0).seconds == 0


async def test_many_threads_of_one_channel_leave_room_for_a_hot_alert_elsewhere(database: Database) -> None:
    """Eighty replies wait for one channel's budget; they hold neither leases nor the places of others."""
    async with post_office(database, limits=Limits(1.0, 3.0, None)) as office:
        await office.tell("root")
        [root] = await office.quiet()

        def eighty_cards(session: Session) -> None:
            for n in range(80):
                card = LivingMessage(
                    view=View.LEAD_ALERT,
                    subject_id=f"card {n}",
                    place="",
                    address=str(INBOUND),
                    priority=0,
                    channel=root.slack_channel,
                    ts=root.slack_ts,
                    sent_version=1,
                )
                session.add(card)
                session.flush()
                facts = {"text": f"reply {n}"}
                tell(session, Notice(NoticeKind.NUDGE, Address.under(card.id), f"r{n}", "x", Priority.PERSON, facts))

        await database.write(eighty_cards)
        await office.verdict_of(Retry)
        await office.tell("hot", Address.channel("#general"), Priority.HOT)
        await office.slack.person("Sam").sees("hot", in_="#general", within=4)
        assert all(item.attempts <= 1 for item in await office.items())
        assert len(await office.slack.calls("chat.postMessage")) < 20


def test_others_have_the_whole_budget_while_nothing_is_hot() -> None:
    budget, now, out = Budget(Limits(None, 0, 600.0, 2.0, 0.1)), 0.0, 0
    while now < 60.0:
        turn = budget.turn("C1", Priority.NORMAL, now)
        out += turn.granted
        now += max(turn.seconds, 0.001)
    assert 600 <= out <= 620 + 10 * PATIENCE


def test_what_hot_alerts_take_is_missing_to_the_others() -> None:
    budget = Budget(Limits(None, 0, 600.0, 2.0, 0.1))
    while budget.turn("C1", Priority.NORMAL, 0.0).granted:
        pass
    before = budget.turn("C1", Priority.NORMAL, 0.0).seconds
    assert budget.turn("C2", Priority.HOT, 0.0) == Turn(granted=True, seconds=0.0)
    assert budget.turn("C1", Priority.NORMAL, 0.0).seconds == pytest.approx(before + 0.1)


def test_updates_have_a_tier_of_their_own() -> None:
    budget, now, out = Budget(Limits(None, 0, 300.0, updates_a_minute=50.0)), 0.0, 0
    while now < 120.0:
        turn = budget.turn("C1", Priority.BULK, now, Method.UPDATE)
        out += turn.granted
        now += max(turn.seconds, 0.001)
    assert 100 <= out <= 110 + 50 / 60 * PATIENCE
    assert budget.turn("C1", Priority.NORMAL, now) == Turn(granted=True, seconds=0.0)


def test_a_hot_card_is_updated_while_lists_use_up_the_tier() -> None:
    budget = Budget(Limits(None, 0, None, updates_a_minute=50.0))
    while budget.turn("D1", Priority.BULK, 0.0, Method.UPDATE).granted:
        pass
    assert budget.turn("C1", Priority.HOT, 0.0, Method.UPDATE) == Turn(granted=True, seconds=0.0)
