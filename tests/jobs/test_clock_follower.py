"""The business clock of the demo, followed by long poll (design, point 4)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from bot.clocks import ShiftedClock
from bot.jobs.clock_follower import ClockFollower
from tests.support.sales_floor import MONDAY_NOON

pytestmark = pytest.mark.anyio


class DemoClock:
    """The other side: a clock with a version, and answers that are no use."""

    def __init__(self) -> None:
        self.offset, self.version = 0.0, 1
        self.asked: list[str | None] = []
        self.broken: Iterator[Response] = iter(())

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.query_params.get("after"))
        nonsense = next(self.broken, None)
        return nonsense or JSONResponse({"offset_seconds": self.offset, "version": self.version})

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx2.AsyncClient]:
        app = Starlette(routes=[Route("/clock", self.answer)])
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
            yield client


URL = "http://demo.example/clock"


async def test_it_starts_where_the_clock_stands_without_a_jump() -> None:
    demo, clock = DemoClock(), ShiftedClock(lambda: MONDAY_NOON)
    demo.offset = 3600
    follower = ClockFollower(URL, clock, lambda: None)
    async with demo.client() as client:
        assert await follower.ask(client)

    assert not clock.held
    assert clock.now() == MONDAY_NOON + timedelta(hours=1)


async def test_a_jump_holds_the_clock_for_the_worker() -> None:
    woken: list[bool] = []
    demo, clock = DemoClock(), ShiftedClock(lambda: MONDAY_NOON)
    follower = ClockFollower(URL, clock, lambda: woken.append(clock.held))
    async with demo.client() as client:
        await follower.ask(client)
        demo.offset, demo.version = 300, 2
        await follower.ask(client)

    assert demo.asked == [None, "1"]
    assert woken == [False, True]
    assert (clock.now(), clock.target) == (MONDAY_NOON, MONDAY_NOON + timedelta(minutes=5))


async def test_without_a_worker_the_clock_simply_moves() -> None:
    demo, clock = DemoClock(), ShiftedClock(lambda: MONDAY_NOON)
    follower = ClockFollower(URL, clock)
    async with demo.client() as client:
        await follower.ask(client)
        demo.offset, demo.version = 300, 2
        await follower.ask(client)

    assert (clock.held, clock.now()) == (False, MONDAY_NOON + timedelta(minutes=5))


async def test_answers_of_no_use_change_nothing() -> None:
    demo, clock = DemoClock(), ShiftedClock(lambda: MONDAY_NOON)
    demo.broken = iter(
        [Response(status_code=500), Response("<html>"), JSONResponse([]), JSONResponse({"offset_seconds": "x"})]
    )
    follower = ClockFollower(URL, clock, lambda: None)
    async with demo.client() as client:
        assert [await follower.ask(client) for _ in range(5)] == [False, False, False, False, True]

    assert clock.now() == MONDAY_NOON


async def test_an_address_nobody_listens_at_is_tried_again_until_it_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.jobs.clock_follower.PAUSE", 0.05)
    stop = asyncio.Event()
    follower = ClockFollower("http://127.0.0.1:9/clock", ShiftedClock())
    with capture_logs() as logs:
        task = asyncio.create_task(follower.run(stop))
        async with asyncio.timeout(10):
            while len(logs) < 2:  # noqa: ASYNC110 — the log has no bell
                await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(task, 5)

    assert {line["event"] for line in logs} == {"clock_unreachable"}


@given(st.lists(st.integers(-1000, 100_000), max_size=8))
def test_it_never_goes_back(offsets: list[int]) -> None:
    clock = ShiftedClock(lambda: MONDAY_NOON)
    follower = ClockFollower(URL, clock, lambda: None)
    before = clock.now()
    for offset in offsets:
        follower.move(timedelta(seconds=offset))
        assert clock.now() >= before
        before = clock.now()
        clock.release()
        assert clock.now() >= before
        before = clock.now()
