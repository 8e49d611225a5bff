"""``/pipeline`` on a made-up year of a team: how long a report takes, and how that grows with ten times the touches.

In this process, without Slack: reading both periods and making the message. The database is as the product opens it.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.figures import Figure, Part, ms, say
from bench.history import History, fill
from bench.house import shape
from bench.load import median
from bench.postgres import durable_server, new_database
from bench.processes import SCRATCH
from bot.db import migrate
from bot.db.queries.actors import find_actor
from bot.db.session import Database, PlaybookInForce
from bot.domain.metrics import Number
from bot.domain.metrics_question import Question
from bot.playbook.load import default_playbook
from bot.service.pipeline import results, rows_behind, understand
from bot.slack.views.pipeline import pipeline_post

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORST = 1.0
ASKED = (
    ("admin, this month", "boss", "this month"),
    ("admin, this quarter", "boss", "this quarter"),
    ("admin, a whole year", "boss", "last 365 days"),
    ("a team, this quarter", "boss", "team Team 0 this quarter"),
    ("a rep, this quarter", "rep", "this quarter"),
)
NOTE = (
    "a report of `/pipeline` (both periods, message included) over one made-up year of touches: nine tenths in "
    "cadences of nine touches, a tenth for leads; 10,000 touches a rep, a fifth as many AEs; two passes to warm up, "
    "then the median and the worst of the rest. Growth is the ratio of the medians at ten times the touches. SQLite as "
    "the product opens it (16 MB of cache, never analysed), PostgreSQL as it comes, after the ANALYZE of its own "
    "housekeeping."
)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    touches: tuple[int, ...] = (100_000, 1_000_000)
    rounds: int = 7
    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")


WHOLE = Size()
QUICK = Size(touches=(5_000, 20_000), rounds=2)


async def measure(size: Size) -> Part:
    """Each question at each size on each database."""
    part = Part("pipeline", note=NOTE)
    for name in size.databases:
        found: dict[int, dict[str, list[float]]] = {}
        for touches in size.touches:
            say(f"/pipeline over {touches:,} touches, {name} ...")
            with opened(name, touches) as database:
                os.sync()  # a database made a moment ago is written to the disk meanwhile
                found[touches] = timed(database, History(touches, NOW), size.rounds)
        part.figures += list(figures(name, found))
        part.numbers[name] = {str(touches): times for touches, times in found.items()}
    return part


def figures(name: str, found: dict[int, dict[str, list[float]]]) -> Iterator[Figure]:
    """A line for each question: the largest size, beside the smallest."""
    smallest, largest = min(found), max(found)
    for what in found[largest]:
        small, large = median(found[smallest][what]), median(found[largest][what])
        worst = max(found[largest][what])
        yield Figure(
            f"`/pipeline`, {what}, {largest:,} touches ({name})",
            f"**{ms(large)}**, worst {ms(worst)}",
            f"{ms(small)} at {smallest:,}: × {large / small:.1f}",
            "< 1 s",
            worst < WORST,
        )


def timed(database: Database, history: History, rounds: int) -> dict[str, list[float]]:
    """Seconds of each question, after two to warm up; and of a page of rows behind a number."""
    found: dict[str, list[float]] = {}
    for what, who, words in ASKED:
        person_id = history.boss if who == "boss" else history.reps[0]
        found[what] = _rounds(lambda person_id=person_id, words=words: _report(database, person_id, words), rounds)  # type: ignore[misc]
    found["a page of rows, a whole year"] = _rounds(lambda: _rows(database, history.boss), rounds)
    return found


def _rounds(call: Callable[[], Any], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds + 2):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times[2:]


def _report(database: Database, person_id: Any, words: str) -> None:
    def work(session: Any) -> None:
        actor = find_actor(session, person_id=person_id)
        assert actor is not None
        question = understand(session, actor, words, NOW)
        assert isinstance(question, Question)
        pipeline_post(results(session, actor, question, NOW))

    database.read_now(work)


def _rows(database: Database, person_id: Any) -> None:
    def work(session: Any) -> None:
        actor = find_actor(session, person_id=person_id)
        assert actor is not None
        question = understand(session, actor, "last 365 days", NOW)
        assert isinstance(question, Question)
        rows_behind(session, actor, question, Number.REPLIED, 40, NOW)

    database.read_now(work)


@contextmanager
def opened(name: str, touches: int) -> Iterator[Database]:
    """A database with a year of ``touches`` touches. The SQLite file is kept, the server is not."""
    with ExitStack() as stack:
        if name == "SQLite":
            folder = Path(tempfile.mkdtemp(prefix="hr-bench-"))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            shutil.copyfile(_kept(touches), folder / "history.db")
            url = f"sqlite:///{folder / 'history.db'}"
        else:
            url = new_database(stack.enter_context(durable_server()), "history")
            migrate.upgrade(url)
            fill(url, History(touches, NOW))
        database = Database(url)
        stack.callback(database.close)
        database.in_force = PlaybookInForce(1, default_playbook())
        yield database


def _kept(touches: int) -> Path:
    made_by = hashlib.sha256((Path(__file__).parent / "history.py").read_bytes()).hexdigest()[:6]
    kept = SCRATCH / f"history-{touches}-{shape()}-{made_by}.db"
    if not kept.exists():
        SCRATCH.mkdir(exist_ok=True)
        for old in SCRATCH.glob(f"history-{touches}-*"):
            old.unlink()
        new = kept.with_suffix(".new")
        new.unlink(missing_ok=True)
        migrate.upgrade(f"sqlite:///{new}")
        fill(f"sqlite:///{new}", History(touches, NOW))
        new.rename(kept)
    return kept
