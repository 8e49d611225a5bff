"""A campaign goes out and many raise their hands at once, while Slack takes only so many messages."""

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import OutboxItem
from tests.front_door.whole_house import WholeHouse, whole_house

pytestmark = pytest.mark.anyio

NAMES = ["Amber", "Birch", "Cedar", "Dahlia", "Elder", "Fern", "Ginkgo", "Hazel", "Iris"]
SHORTEST_WAIT = 1.0
"""Seconds: the least that Slack asks for in ``Retry-After``."""


async def test_more_alerts_than_slack_takes_all_arrive_once_and_in_order(database_url: str) -> None:
    async with whole_house(database_url, limits=True) as house:
        await house.slack.limits(on=True, channel_per_second=0.5, channel_burst=2)  # less than the bot counts on
        await asyncio.gather(*(_raises_a_hand(house, name) for name in NAMES))
        await house.all_is_told(within=60)

        states, expected = await house.parts.database.read(_told)
        assert states == {"sent"}
        posted = [
            (message.get("metadata") or {})["event_payload"]["key"]
            for message in await house.slack.history("#inbound")
            if message["text"] and not message.get("thread_ts")
        ]
        assert posted == expected
        said = " ".join(message["text"] for message in await house.slack.history("#inbound"))
        assert [said.count(f"{name} Works") for name in NAMES] == [1] * len(NAMES)
        await _was_refused_and_waited(house)
        assert await house.slack.problems() == []


async def _raises_a_hand(house: WholeHouse, name: str) -> None:
    domain = f"{name.lower()}-works.example"
    await house.sends_form(first_name=name, email=f"{name.lower()}@{domain}", company=f"{name} Works", phone="")


def _told(session: Session) -> tuple[set[str], list[str]]:
    """The states of all there was to tell, and the keys of the channel's alerts in their order."""
    rows = session.execute(select(OutboxItem.key, OutboxItem.lane, OutboxItem.state).order_by(OutboxItem.seq)).all()
    return {row.state for row in rows}, [row.key for row in rows if row.lane.startswith("inbound:")]


async def _was_refused_and_waited(house: WholeHouse) -> None:
    """Slack did say 429, and after each the channel was left alone for as long as it asked."""
    channel = house.slack.channel_id("#inbound")
    calls = [call for call in await house.slack.calls("chat.postMessage") if call["args"]["channel"] == channel]
    waits = [later["at"] - call["at"] for call, later in pairwise(calls) if call["error"] == "ratelimited"]
    assert waits
    assert min(waits) >= SHORTEST_WAIT
