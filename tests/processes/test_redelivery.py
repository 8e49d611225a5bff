"""Slack delivers an event, a click and a form a second time to the real process: each has its effect once."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.processes.town import Town, town

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
TAKEN = (200, 303)


@pytest.fixture(params=["socket", "signed http"])
def by_http(request: pytest.FixtureRequest) -> bool:
    """Slack's two ways to us."""
    return request.param == "signed http"


async def _open(place: Town, *, by_http: bool) -> None:
    if by_http:
        await place.start(SLACK_APP_TOKEN="")
        await place.slack.events_to(f"http://127.0.0.1:{place.port}/slack/events")
    else:
        await place.start()
        await place.slack.connected()
    await place.acquainted()
    await place.drained()


async def _twice(place: Town, name: str) -> None:
    """The latest delivery of this name came twice, and both are answered."""
    entries = await place.slack.deliveries(name, at_least=2)
    assert entries[-2].get("again"), entries
    assert entries[-1]["error"] is None, entries


async def test_what_comes_twice_has_its_effect_once(sqlite_url: str, tmp_path: Path, by_http: bool) -> None:
    async with town(sqlite_url, tmp_path) as place:
        await _open(place, by_http=by_http)
        sam = place.slack.person("Sam")

        await place.slack.faults.redeliver("events_api")
        await sam.opens_home()
        await _twice(place, "app_home_opened")
        await place.drained()
        assert len(await place.slack.calls("views.publish")) == 1
        assert [row.kind for row in place.outbox()] == ["app_home"]
        assert await sam.messages(in_="dm") == [], "nobody asked for anything"

        for who in ("Uma", "Vera"):
            assert await place.sends_form(who) in TAKEN
            await sam.sees(f"{who} Testperson", in_="#inbound")
        await place.drained()

        before = place.count("audit_log")
        for number, who in enumerate(("Uma", "Vera"), start=1):
            await place.slack.faults.redeliver("interactive")
            await sam.clicks("Claim", on=f"{who} Testperson", in_="#inbound")
            await _twice(place, "block_actions")
            assert place.count("audit_log") == before + number

        await sam.sees("Voicemail", in_="#inbound")
        await place.slack.faults.redeliver("interactive")
        await sam.clicks("Voicemail", on="Uma Testperson", in_="#inbound")
        await _twice(place, "block_actions")
        assert place.count("touches") == 1

        await sam.clicks("Meeting booked", on="Vera Testperson", in_="#inbound")
        await sam.sees("When is the meeting?", in_="modal")
        begins = datetime.fromisoformat(await place.slack.clock.now()) + timedelta(days=2)
        await sam.fills("When is the meeting?", begins, in_="modal")
        await place.slack.faults.redeliver("interactive")
        assert await sam.submits()
        await _twice(place, "view_submission")
        assert (place.count("touches"), place.count("meetings")) == (2, 1)
        assert await place.slack.faults.struck() == 5
        assert await sam.toasts() == []
        await place.drained()
        place.check("Uma", "Vera")
        assert await place.slack.problems() == []
