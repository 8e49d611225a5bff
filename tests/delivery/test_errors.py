"""What Slack's answers, and the answers of whatever stands before it, say about a message."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.slack.client import make_client, make_session
from bot.slack.errors import FAILURES, Meaning, code_of, meaning_of, retry_after

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def _answering(answer: Answer) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/api/{method}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


async def _error_of(answer: Answer) -> Exception:
    async with _answering(answer) as url, make_session() as session:
        try:
            await make_client("xoxb-x", url, session).chat_postMessage(channel="C1", text="x")
        except FAILURES as error:
            return error
    raise AssertionError("no error")


def _page(status: int, body: str, kind: str, **headers: str) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=kind, headers=headers)

    return answer


JSON, HTML = "application/json", "text/html"


@pytest.mark.parametrize(
    ("answer", "meaning", "code"),
    [
        (_page(200, '{"ok":false,"error":"msg_too_long"}', JSON), Meaning.NEVER, "msg_too_long"),
        (_page(200, '{"ok":false,"error":"not_in_channel"}', JSON), Meaning.SETUP, "not_in_channel"),
        (_page(200, '{"ok":false,"error":"message_not_found"}', JSON), Meaning.GONE, "message_not_found"),
        (_page(200, '{"ok":false,"error":"fatal_error"}', JSON), Meaning.UNKNOWN, "fatal_error"),
        (_page(429, '{"ok":false,"error":"ratelimited"}', JSON), Meaning.LATER, "ratelimited"),
        (_page(500, "Internal Server Error", "text/plain"), Meaning.UNKNOWN, "http_500"),
        (_page(502, "<html>Bad gateway</html>", HTML), Meaning.UNKNOWN, "http_502"),
        (_page(503, "<html>Bad gateway</html>", JSON), Meaning.UNKNOWN, "http_503"),
        (_page(200, '{"ok":tr', JSON), Meaning.UNKNOWN, "http_200"),
        (_page(200, "<html>Sign in to this network</html>", HTML), Meaning.UNKNOWN, "http_200"),
        (_page(403, "<html>Not through this proxy</html>", HTML), Meaning.UNKNOWN, "http_403"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_an_answer_says_no_more_of_a_message_than_it_knows(answer: Answer, meaning: Meaning, code: str) -> None:
    error = await _error_of(answer)
    assert (meaning_of(error), code_of(error)) == (meaning, code)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("Wed, 21 Oct 2026", None)])
async def test_how_long_slack_asks_us_to_wait(header: str, seconds: float | None) -> None:
    error = await _error_of(_page(429, '{"ok":false,"error":"ratelimited"}', JSON, **{"Retry-After": header}))
    assert retry_after(error) == seconds


async def test_a_connection_that_breaks_says_nothing_and_one_that_never_was_says_no() -> None:
    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    assert meaning_of(await _error_of(cut)) is Meaning.UNKNOWN
    async with make_session() as session:
        with pytest.raises(FAILURES) as nobody:
            await make_client("xoxb-x", "http://127.0.0.1:9/api/", session).chat_postMessage(channel="C1", text="x")
    assert meaning_of(nobody.value) is Meaning.LATER
