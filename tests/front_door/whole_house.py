"""The whole product in one process, as `handraiser run` builds it, and people at their Slack around it.

A Monday morning at Brightpath: Sam (Berlin) and Ada (Stockholm) answer raised hands, Maya (New York) sleeps,
Lena leads them, Noor runs the bot.
"""

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

import httpx2
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.app import Parts, running
from bot.clocks import ShiftedClock
from bot.db.models import DueTime, OutboxItem
from bot.intake.csv_people import import_people_file
from bot.jobs.directory import Directory
from bot.outbox.claims import LIVE
from bot.settings import load_settings
from sandbox.driver import Person, PersonDriver, Seen, Workspace
from sandbox.ports import free_port
from sandbox.workdays import working_day

FORM_KEY = "front-door-key"
BERLIN = ZoneInfo("Europe/Berlin")
WEEK = timedelta(days=7)
LOOK_AGAIN = 0.2
"""Seconds after which the database is looked at again though Slack heard nothing new."""
COLUMNS = "email,name,roles,team,timezone,country,hours,aligned_aes,channel,manager"
AES = "erik@brightpath.example;farah@brightpath.example"
TEAM = [
    ("Sam Okafor", "mrr", "Inbound", "Europe/Berlin,DE", "mon-fri 8:00-17:00", AES, "", "lena@brightpath.example"),
    (
        "Ada Lindqvist",
        "mrr",
        "Inbound",
        "Europe/Stockholm,SE",
        "mon-fri 8:00-17:00",
        AES,
        "",
        "lena@brightpath.example",
    ),
    ("Maya Stone", "mrr", "Inbound", "America/New_York,US", "mon-fri 8:00-17:00", AES, "", "lena@brightpath.example"),
    ("Erik Lund", "ae", "Closing", "Europe/Oslo,NO", "mon-fri 8:00-16:00", "", "#ae-erik", "lena@brightpath.example"),
    ("Farah Haddad", "ae", "Closing", "Europe/Berlin,DE", "mon-fri 9:00-18:00", "", "#ae-farah", ""),
    ("Lena Gross", "manager", "Inbound;Closing", "Europe/Berlin,DE", "mon-fri 8:00-18:00", "", "", "yes"),
    ("Noor Rahmani", "admin", "Operations", "Europe/Amsterdam,NL", "mon-fri 9:00-17:30", "", "", ""),
]
STRANGER = ("Gus", "Gus Weber")
"""In the workspace, but none of ours."""
NAMES = {row[0].split(" ")[0]: row[0] for row in TEAM}
PEOPLE = "\n".join([COLUMNS, *(f"{row[0].split(' ')[0].lower()}@brightpath.example,{','.join(row)}" for row in TEAM)])


@dataclass
class WholeHouse:
    """What a test holds."""

    slack: Workspace
    parts: Parts
    site: httpx2.AsyncClient
    begins: datetime
    people: dict[str, PersonDriver] = field(default_factory=dict)

    @property
    def sam(self) -> PersonDriver:
        return self.slack.person("Sam")

    @property
    def ada(self) -> PersonDriver:
        return self.slack.person("Ada")

    @property
    def maya(self) -> PersonDriver:
        return self.slack.person("Maya")

    @property
    def lena(self) -> PersonDriver:
        return self.slack.person("Lena")

    @property
    def noor(self) -> PersonDriver:
        return self.slack.person("Noor")

    async def sends_form(self, intent: str = "contact_me", **fields: str) -> httpx2.Response:
        """Somebody on the website sends a form."""
        given = {
            "first_name": "Jane",
            "last_name": "O'Neill",
            "email": "jane@acme-castings.example",
            "title": "VP Operations",
            "company": "Acme Castings",
            "phone": "+49 30 901820",
            "country": "DE",
            "message": "Can somebody call me today?",
            "intent": intent,
            "nonce": uuid.uuid4().hex,
        } | fields
        answer = await self.site.post(f"/intake/form/{FORM_KEY}", data=given)
        assert answer.status_code < 400, answer.text
        return answer

    @property
    def gus(self) -> PersonDriver:
        return self.slack.person("Gus")

    async def opens(self, within: float = 20.0) -> None:
        """Wait until the door is open."""
        async with asyncio.timeout(within):
            while True:
                with contextlib.suppress(httpx2.TransportError):
                    if (await self.site.get("/readyz")).status_code == 200:
                        return
                await asyncio.sleep(0.02)

    async def knows_the_time(self, within: float = 20.0) -> None:
        """Wait until the bot has Slack's time: who joins before has their list of that morning made at once."""
        async with asyncio.timeout(within):
            while True:
                if self._has_slacks_time():
                    return
                await asyncio.sleep(0.02)

    async def all_is_told(self, within: float = 30.0) -> None:
        """Wait until the bot has nothing left to do now: it has Slack's time, what fell due is done and told.

        What is not there then will not come.
        """
        deadline = time.monotonic() + within
        while True:
            last = await self.slack.last()
            if self._has_slacks_time() and await self.parts.database.read(self._nothing_waits):
                return
            assert time.monotonic() < deadline, "the bot has not told everything"
            await self.slack.beyond(last, LOOK_AGAIN)

    def _has_slacks_time(self) -> bool:
        assert self.slack.server is not None
        assert isinstance(self.parts.clock, ShiftedClock)
        ahead = self.slack.server.sandbox.clock.state()["offset_seconds"] - self.parts.clock.offset.total_seconds()
        return abs(ahead) < 0.001 and not self.parts.clock.held

    def _nothing_waits(self, session: Session) -> bool:
        due = select(func.count()).select_from(DueTime).where(DueTime.due_at <= self.parts.clock.now())
        told = select(func.count()).select_from(OutboxItem).where(OutboxItem.state.in_(LIVE))
        return session.scalar(due) == session.scalar(told) == 0

    def owner(self, card: Seen) -> tuple[PersonDriver, PersonDriver]:
        """Who is up, by the mention on the card, and the other one who is on shift."""
        sam_is_up = f"<@{self.sam.id}>, you're up" in card.raw["text"]
        return (self.sam, self.ada) if sam_is_up else (self.ada, self.sam)


def monday(at: str = "10:00") -> datetime:
    """The next Monday, not today, that is a working day for Sam and Ada, at a time of Berlin.

    Counted from the real now: the sandbox's clock never goes back.
    """
    tomorrow = datetime.now(BERLIN).date() + timedelta(days=1)
    first = tomorrow + timedelta(days=-tomorrow.weekday() % 7)
    return datetime.combine(working_day(first, ["DE", "SE"], WEEK), time_of_day.fromisoformat(at), BERLIN)


@asynccontextmanager
async def whole_house(
    database_url: str,
    start: datetime | None = None,
    *,
    by_http: bool = False,
    limits: bool = False,
    empty: bool = False,
    **more: str,
) -> AsyncIterator[WholeHouse]:
    """The product, running, on a business clock that begins at ``start``, ten o'clock on a Monday if none is given.

    ``by_http``: Slack talks to it by signed HTTP instead of Socket Mode. ``limits``: Slack's rate limits are on.
    ``empty``: nobody is set up but the admin whom ADMIN_EMAIL names.
    """
    port = free_port()
    people = [
        Person(name, f"{name.lower()}@brightpath.example", full, tz="Europe/Berlin")
        for name, full in (*NAMES.items(), STRANGER)
    ]
    channels = ["inbound", "general", "ae-erik", "ae-farah"]
    events_url = f"http://127.0.0.1:{port}/slack/events" if by_http else None
    async with Workspace.start(
        people=people,
        channels=channels,
        manifest="manifest.yaml",
        team="Brightpath",
        events_url=events_url,
        limits_on=limits,
    ) as slack:
        begins = start or monday()
        await slack.clock.to(begins.isoformat())
        environment = {key.lower(): value for key, value in slack.env().items()}
        settings = load_settings(
            None,
            **({"slack_app_token": ""} | environment),
            database_url=database_url,
            port=port,
            playbook="playbook.yaml",
            intake_form_keys=FORM_KEY,
            admin_email="noor@brightpath.example",
            **more,
        )
        async with (
            running(settings, web=True, worker=True) as parts,
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, verify=False) as site,
        ):
            house = WholeHouse(slack, parts, site, begins)
            await house.knows_the_time()
            if not empty:
                report = await asyncio.to_thread(import_people_file, parts.database, PEOPLE.encode(), parts.clock.now)
                assert not report.refused, report.lines()
            await Directory(parts.database, parts.client, lambda: True).match()
            if not by_http:
                await slack.connected()
            await house.opens()
            yield house
