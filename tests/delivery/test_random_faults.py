"""Whatever goes wrong: every notice arrives, none twice, in order within channel and priority."""

import random
from typing import Any

import pytest

from bot.db.session import Database
from bot.domain.notices import Address, Priority
from tests.delivery.post_office import PostOffice, post_office

KINDS = ("lost_reply", "reset", "http_500", "rate_limited", "error")
METHODS = ("chat.postMessage", "chat.postMessage", "conversations.history", "conversations.list", "conversations.open")
PASSING = ("service_unavailable", "internal_error", "not_in_channel", "fatal_error")
PRIORITIES = (Priority.HOT, Priority.NORMAL)


def _fault(dice: random.Random) -> dict[str, Any]:
    return {
        "kind": dice.choice(KINDS),
        "method": dice.choice(METHODS),
        "times": dice.randint(1, 3),
        "seconds": 1,
        "error": dice.choice(PASSING),
    }


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_bad_day(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    async with post_office(database, deliverers=2) as office:
        sam = await office.add_person("Sam")
        places = {"#inbound": Address.channel("#inbound"), "dm": Address.person(sam)}
        told: dict[tuple[str, Priority], list[str]] = {(w, p): [] for w in places for p in PRIORITIES}
        for n in range(24):
            if dice.random() < 0.4:
                await office.slack.faults.arm(**_fault(dice))
            where, priority = dice.choice(list(places)), dice.choice(PRIORITIES)
            text = f"{priority.name} {n:02}"
            told[where, priority].append(text)
            await office.tell(text, places[where], priority)
            if dice.random() < 0.2:
                await office.run_out_leases()
        await office.drained()
        assert set(await office.states()) == {"sent"}
        for where in places:
            await _as_told(office, where, told)


async def _as_told(office: PostOffice, where: str, told: dict[tuple[str, Priority], list[str]]) -> None:
    stands = [text for text in await office.texts(in_=where) if not text.startswith("trouble")]
    for priority in PRIORITIES:
        assert [text for text in stands if text.startswith(priority.name)] == told[where, priority]
