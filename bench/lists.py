"""The morning lists of a big company: seconds and memory until the last is in the outbox, on PostgreSQL.

The worker's own performer carries out the due times of all reps, as at 07:30; a small company beside a large one shows
what the cost grows with.
"""

import asyncio
import json
import resource
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, create_engine, func, insert, select, text

from bench.figures import Figure, Part, say
from bench.postgres import durable_server, new_database
from bench.processes import ROOT, BenchError, clean_environment
from bot.db import migrate
from bot.db.models import DueTime, OutboxItem, Person, PersonRole, TouchItem
from bot.db.session import Database, PlaybookInForce
from bot.domain.terms import Role
from bot.jobs.daily_lists import send_morning
from bot.jobs.perform import Performer
from bot.playbook.load import default_playbook
from bot.service.touch_list_times import MORNING_JOB

DAY = date(2026, 11, 18)
ZONE = "America/New_York"
MORNING = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)
"""07:30 where the reps are."""
EACH = 64
PEOPLE_AN_ACCOUNT = 4
GROWS = 1.3
NOTE = (
    "every rep has 64 plans due, half of them e-mails, half calls, each with another company; the worker's performer "
    "carries out the reps' due times one by one in a process of its own, on PostgreSQL as it comes, until each list "
    "with its lines and its message is committed to the outbox. Memory is the process's highest."
)


@dataclass(frozen=True)
class Company:
    """How big it is."""

    reps: int
    contacts: int


@dataclass(frozen=True)
class Size:
    """What is measured: the first is compared to the second."""

    small: Company = Company(100, 100_000)
    large: Company = Company(1000, 1_000_000)


WHOLE = Size()
QUICK = Size(Company(5, 2000), Company(20, 8000))


async def measure(size: Size) -> Part:
    """Both companies, one after the other."""
    part = Part("lists", note=NOTE)
    found = {}
    for company in (size.small, size.large):
        say(f"{company.reps:,} morning lists out of {company.contacts:,} contacts ...")
        with ExitStack() as stack:
            url = new_database(stack.enter_context(durable_server()), "lists")
            migrate.upgrade(url)
            fill(url, company)
            found[company.reps] = await built(url)
    small, large = found[size.small.reps], found[size.large.reps]
    each_small, each_large = small["seconds"] / size.small.reps, large["seconds"] / size.large.reps
    part.figures = [
        Figure(
            f"lists for {size.large.reps:,} reps × {EACH} items out of {size.large.contacts:,} contacts",
            f"**{large['seconds']:.1f} s**, {large['memory_mb']:.0f} MB; {each_large * 1000:.1f} ms a list",
            f"{size.small.reps:,} reps, {size.small.contacts:,} contacts: {small['seconds']:.1f} s, "
            f"{small['memory_mb']:.0f} MB; {each_small * 1000:.1f} ms a list",
            f"a list ≤ {GROWS} × with ten times the contacts",
            each_large <= GROWS * each_small,
        )
    ]
    part.numbers = {"small": small, "large": large}
    return part


async def built(url: str) -> dict[str, float]:
    """What a process that makes all lists of ``url`` says of it. Raises ``BenchError`` if it fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.lists", url),
        env=clean_environment(),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, complaint = await process.communicate()
    if process.returncode:
        raise BenchError(complaint.decode(errors="replace")[-3000:])
    said: dict[str, float] = json.loads(output.splitlines()[-1])
    return said


def fill(url: str, company: Company) -> None:
    """Reps, accounts, contacts and due plans, and the due time of each rep's list."""
    engine = create_engine(url)
    reps = [UUID(int=number) for number in range(1, company.reps + 1)]
    with engine.begin() as connection:
        _people(connection, reps)
        for statement in _MARKET:
            connection.execute(text(statement), {"contacts": company.contacts, "each": PEOPLE_AN_ACCOUNT})
        plans = {"due": company.reps * EACH, "reps": company.reps, "each": PEOPLE_AN_ACCOUNT, "day": DAY}
        connection.execute(text(_PLANS), plans | {"began": DAY - timedelta(days=7)})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _people(connection: Connection, reps: list[UUID]) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    people = [
        {
            "id": rep,
            "email": f"rep{rep.int}@brightpath.example",
            "name": f"Rep {rep.int}",
            "slack_user_id": f"U{rep.int}",
            "timezone": ZONE,
            "country": "US",
            "hours": "mon-fri 7:30-17:00",
            "created_at": now,
        }
        for rep in reps
    ]
    connection.execute(insert(Person), people)
    connection.execute(insert(PersonRole), [{"person_id": rep, "role": Role.SDR} for rep in reps])
    dues = [
        {
            "job": MORNING_JOB,
            "subject_id": str(rep),
            "slot": f"{DAY}@{MORNING.isoformat()}",
            "due_at": MORNING,
            "attempts": 0,
        }
        for rep in reps
    ]
    connection.execute(insert(DueTime), dues)


_ID = "('{kind}000000-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"
_ACCOUNT, _CONTACT, _PLAN = (_ID.replace("{kind}", kind) for kind in ("aa", "cc", "ee"))
_MARKET = (
    f"""INSERT INTO accounts (id, name, name_key, domain, country, stage, strategic, partner, created_at)
        SELECT {_ACCOUNT.format(number="n")}, 'Company ' || n, 'company ' || n, 'company' || n || '.example', 'US',
               'prospect', false, false, '2026-01-01'
        FROM generate_series(0, :contacts / :each - 1) AS n""",
    f"""INSERT INTO contacts (id, account_id, email, first_name, last_name, title, phone, timezone, country, stage,
                              source, external_ids, extra, score, created_at)
        SELECT {_CONTACT.format(number="n")}, {_ACCOUNT.format(number="(n / :each)")},
               'pat' || n || '@company' || (n / :each) || '.example', 'Pat', 'Larsen ' || n, 'Head of Sales',
               '+1212' || lpad((2000000 + n)::text, 7, '0'), '{ZONE}', 'US', 'prospect', 'list', '{{}}', '{{}}', 0,
               '2026-01-01'
        FROM generate_series(0, :contacts - 1) AS n""",
)
_PLANS = f"""
    INSERT INTO enrolments (id, contact_id, person_id, account_id, kind, reason, fact, round, cycle, step, next_due_on,
                            started_on, last_email_on, state, version)
    SELECT {_PLAN.format(number="n")}, {_CONTACT.format(number="(n * :each)")},
           ('00000000-0000-0000-0000-' || lpad(to_hex(n % :reps + 1), 12, '0'))::uuid,
           {_ACCOUNT.format(number="n")}, 'cadence', 'Grew a lot this year', 'They opened a second plant', 1, 2,
           CASE WHEN (n / :reps) % 2 = 0 THEN 'email' ELSE 'call' END, :day, :began, :began, '{{}}', 1
    FROM generate_series(0, :due - 1) AS n"""


async def _build(url: str) -> dict[str, float]:
    """Make every list that is due, as the worker does."""
    database = Database(url)
    database.in_force = PlaybookInForce(None, default_playbook())
    performer = Performer(database, {MORNING_JOB: send_morning}, lambda _due: MORNING)
    began = time.perf_counter()
    done = 0
    while (await performer.one(MORNING)).result != "nothing":
        done += 1
    seconds = time.perf_counter() - began
    with database.reader.connect() as connection:
        lines = connection.scalar(select(func.count()).select_from(TouchItem))
        told = connection.scalar(select(func.count()).select_from(OutboxItem))
        reps = connection.scalar(select(func.count()).select_from(Person))
    database.close()
    if not done == told == reps or lines != done * EACH:
        raise BenchError(f"{done} lists with {lines} lines, {told} messages for {reps} reps: not what was due.")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"lists": done, "lines": lines, "seconds": seconds, "memory_mb": memory}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_build(sys.argv[1]))) + "\n")
