"""Reps who click through their lists all at once: is the last line as fast as the first, and does Slack keep up?

Twenty people at the sandbox's Slack, by Socket Mode, its limits on; each logs one line after the other in the modal.
"""

import asyncio
import shutil
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from bench.figures import Figure, Part, ms, say
from bench.house import at_work
from bench.load import median, percentile
from bench.processes import ROOT, BenchError, answers, started
from bot.clocks import protocol_now
from bot.db import migrate
from bot.db.base import new_id
from bot.db.models import Account, Contact, Enrolment, Person, PersonRole
from bot.db.session import Database
from bot.domain.terms import Role
from sandbox.config import ChannelSpec
from sandbox.config import Person as Member
from sandbox.driver import Workspace
from sandbox.ports import free_port

TIER_A_MINUTE, TIER_BURST = 50, 10
ENDS = 3
"""How many lines at each end are compared."""
GROWS = 1.3
NOTE = (
    "{reps} reps with {items} lines each log one after the other in the modal, a line every {pause:g} s each, by "
    "Socket Mode on SQLite, the sandbox's limits on. A click is timed from the submission to what the rep sees then; "
    "first and last are the {ends} lines at each end of the list. Updates are counted from the first click until every "
    "message shows its end."
)


@dataclass(frozen=True)
class Size:
    """How much is measured; seconds between a rep's clicks."""

    reps: int = 20
    items: int = 64
    pause: float = 1.0


WHOLE = Size()
QUICK = Size(reps=3, items=8, pause=0.2)


@dataclass
class Clicks:
    """What was seen: seconds of each rep's clicks, the updates, and how long the last message was behind."""

    waits: list[list[float]] = field(default_factory=list)
    updates: int = 0
    refused: int = 0
    seconds: float = 0.0
    behind: float = 0.0


async def measure(size: Size) -> Part:
    """All reps at once."""
    note = NOTE.format(reps=size.reps, items=size.items, pause=size.pause, ends=ENDS)
    part = Part("clicks", note=note)
    say(f"{size.reps} reps click through {size.items} lines each ...")
    seen = await clicked(size)
    first = median([wait for waits in seen.waits for wait in waits[:ENDS]])
    last = median([wait for waits in seen.waits for wait in waits[-ENDS:]])
    slowest = percentile([wait for waits in seen.waits for wait in waits], 0.99)
    allowed = TIER_A_MINUTE * (seen.seconds + seen.behind) / 60 + TIER_BURST
    part.figures = [
        Figure(
            f"a click on the last of {size.items} lines, {size.reps} reps at once",
            f"median **{ms(last)}** = {last / first:.2f} ×, p99 of all {ms(slowest)}",
            f"the first lines: {ms(first)}",
            f"≤ {GROWS} ×",
            last <= GROWS * first,
        ),
        Figure(
            "… their lists in Slack meanwhile",
            f"**{seen.updates} updates**, {seen.refused} × 429 in {seen.seconds + seen.behind:.0f} s; the last message "
            f"was {seen.behind:.0f} s behind",
            f"the tier of `chat.update`: {allowed:.0f}",
            "within the tier",
            not seen.refused and seen.updates <= allowed,
        ),
    ]
    part.numbers = {
        "first": first,
        "last": last,
        "p99": slowest,
        "updates": seen.updates,
        "refused": seen.refused,
        "seconds": seen.seconds,
        "behind": seen.behind,
    }
    return part


async def clicked(size: Size) -> Clicks:
    """What comes of everybody clicking through their list."""
    members = [
        Member(name=f"Rep{n}", email=f"rep{n}@brightpath.example", real_name=f"Rep{n} Bench", tz="Europe/London")
        for n in range(1, size.reps + 1)
    ]
    async with AsyncExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        slack = await stack.enter_async_context(
            Workspace.start(
                people=members, channels=[ChannelSpec("inbound")], manifest=ROOT / "manifest.yaml", limits_on=True
            )
        )
        day = at_work(protocol_now()).date()
        url = f"sqlite:///{folder / 'bot.db'}"
        migrate.upgrade(url)
        fill(url, {one["real_name"]: one["id"] for one in slack.facts["members"]}, size, day)
        await slack.clock.to(f"{day}T07:00:00+00:00")
        port, log = free_port(0), folder / "bot.log"
        env = slack.env() | {"PORT": str(port), "DATABASE_URL": url, "PLAYBOOK": str(ROOT / "playbook.yaml")}
        process = await stack.enter_async_context(started(log, env, "bot", "run"))
        await answers(f"http://127.0.0.1:{port}/readyz", process, log)
        await slack.clock.to(f"{day}T10:00:00+00:00")
        return await _all_at_once(slack, [member.name for member in members], size)


async def _all_at_once(slack: Workspace, names: list[str], size: Size) -> Clicks:
    seen = Clicks()
    for name in names:
        await slack.person(name).sees(f"0 of {size.items} done", in_="dm", within=90)
    before, began = await slack.last(), time.perf_counter()
    works = (_works(slack, name, size, number / size.reps) for number, name in enumerate(names))
    seen.waits = list(await asyncio.gather(*works))
    seen.seconds = time.perf_counter() - began
    for name in names:
        await slack.person(name).sees(f"{size.items} of {size.items} done", in_="dm", within=120)
    seen.behind = time.perf_counter() - began - seen.seconds
    updates = await slack.calls("chat.update", after=before)
    seen.updates = sum(one["error"] is None for one in updates)
    seen.refused = len(updates) - seen.updates
    return seen


async def _works(slack: Workspace, name: str, size: Size, later: float) -> list[float]:
    """One rep's clicks; ``later``: which part of a pause they begin after the others, as no two click in step."""
    rep = slack.person(name)
    waits: list[float] = []
    await asyncio.sleep(later * size.pause)
    await rep.clicks("Start", in_="dm")
    for _ in range(size.items):
        await rep.picks("What came of it?", "No answer", in_="modal")
        began = time.perf_counter()
        await rep.submits()
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, size.pause - waits[-1]))
    if len(waits) != size.items:
        raise BenchError(f"{name} logged {len(waits)} of {size.items} lines.")
    return waits


def fill(url: str, slack_ids: dict[str, str], size: Size, day: date) -> None:
    """Reps with calls due on ``day``, each to another company."""
    database, now = Database(url), datetime(2026, 1, 1, tzinfo=UTC)

    def work(session: Any) -> None:
        for rep in range(1, size.reps + 1):
            rep_id = new_id()
            session.execute(
                insert(Person).values(
                    id=rep_id,
                    email=f"rep{rep}@brightpath.example",
                    name=f"Rep{rep} Bench",
                    slack_user_id=slack_ids[f"Rep{rep} Bench"],
                    timezone="Europe/London",
                    country="GB",
                    hours="mon-fri 8:00-18:00",
                    created_at=now,
                )
            )
            session.execute(insert(PersonRole).values(person_id=rep_id, role=Role.SDR))
            for line in range(size.items):
                _plan(session, rep_id, rep * 1000 + line, day, now)

    database.write_now(work)
    database.close()


def _plan(session: Any, rep_id: UUID, number: int, day: date, now: datetime) -> None:
    account_id, contact_id = new_id(), new_id()
    company = {"name": f"Company {number}", "name_key": f"company {number}", "domain": f"company{number}.example"}
    session.execute(insert(Account).values(id=account_id, **company, country="GB", created_at=now))
    session.execute(
        insert(Contact).values(
            id=contact_id,
            account_id=account_id,
            email=f"pat@company{number}.example",
            first_name="Pat",
            last_name=f"Larsen {number}",
            title="Head of Sales",
            phone=f"+44207946{number % 10000:04}",
            timezone="Europe/London",
            country="GB",
            external_ids={},
            extra={},
            created_at=now,
        )
    )
    mailed = day - timedelta(days=1)
    session.execute(
        insert(Enrolment).values(
            id=new_id(),
            contact_id=contact_id,
            person_id=rep_id,
            account_id=account_id,
            kind="cadence",
            reason="Grew a lot this year",
            fact="They opened a second plant",
            round=1,
            cycle=2,
            step="call",
            next_due_on=day,
            started_on=day - timedelta(days=7),
            last_email_on=mailed,
            state={},
            version=1,
        )
    )
