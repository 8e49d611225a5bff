"""The whole product in one process, as `handraiser run` builds it, and people at their Slack around it.

A Monday morning at Brightpath: Sam (Berlin) and Ada (Stockholm) answer raised hands, Maya (New York) sleeps,
Lena leads them, Noor runs the bot.
"""

import asyncio
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx2

from bot.app import Parts, running
from bot.intake.csv_people import import_people_file
from bot.jobs.directory import Directory
from bot.settings import load_settings
from sandbox.driver import Person, PersonDriver, Seen, Workspace

FORM_KEY = "front-door-key"
MONDAY = "2026-11-30T10:00:00+01:00"
NIGHT = "2026-11-30T03:00:00+01:00"
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

    def owner(self, card: Seen) -> tuple[PersonDriver, PersonDriver]:
        """Who is up, by the mention on the card, and the other one who is on shift."""
        sam_is_up = f"<@{self.sam.id}>, you're up" in card.raw["text"]
        return (self.sam, self.ada) if sam_is_up else (self.ada, self.sam)


@asynccontextmanager
async def whole_house(database_url: str, start: str = MONDAY, **more: str) -> AsyncIterator[WholeHouse]:
    """The product, running, on a business clock that begins at ``start``."""
    people = [
        Person(name, f"{name.lower()}@brightpath.example", full, tz="Europe/Berlin")
        for name, full in (*NAMES.items(), STRANGER)
    ]
    channels = ["inbound", "general", "ae-erik", "ae-farah"]
    async with Workspace.start(people=people, channels=channels, manifest="manifest.yaml", team="Brightpath") as slack:
        await slack.clock.to(start)
        port = _free_port()
        environment = {key.lower(): value for key, value in slack.env().items()}
        settings = load_settings(
            None,
            **environment,
            database_url=database_url,
            port=port,
            playbook="playbook.yaml",
            intake_form_keys=FORM_KEY,
            admin_email="noor@brightpath.example",
            **more,
        )
        async with (
            running(settings, web=True, worker=True) as parts,
            httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as site,
        ):
            report = await asyncio.to_thread(import_people_file, parts.database, PEOPLE.encode(), parts.clock.now)
            assert not report.refused, report.lines()
            await Directory(parts.database, parts.client, lambda: True).match()
            await slack.connected()
            yield WholeHouse(slack, parts, site)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
