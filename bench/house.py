"""The company under load: one team with its own channel per rep, contacts made up, databases prepared once.

What must stay true: a measurement has a database of its own; what is kept in ``.bench`` is made anew when the tables
or the import change.
"""

import hashlib
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import create_engine, insert, select, text

from bench.processes import ROOT, SCRATCH, command
from bot.db import migrate
from bot.db.models import Base
from bot.domain.name_words import tokens
from bot.domain.touch_line import read_line
from sandbox.config import ChannelSpec, Person
from sandbox.market import write_contacts
from sandbox.workdays import working_day

REPS = 16
SEED = 7
HOURS = "mon-fri 9:00-17:00"
CHUNK = 2000


def reps() -> list[Person]:
    """The reps as members of the workspace."""
    return [
        Person(name=f"Rep{n}", email=f"rep{n}@brightpath.example", real_name=f"Rep{n} Bench", tz="UTC")
        for n in range(1, REPS + 1)
    ]


def channels() -> list[ChannelSpec]:
    """A channel for each team, and the one for all."""
    return [ChannelSpec("inbound"), *(ChannelSpec(f"inbound-{n}") for n in range(1, REPS + 1))]


def at_work(now: datetime) -> datetime:
    """The first ten o'clock from ``now`` at which the reps work; aware UTC."""
    return datetime.combine(working_day(now.date() + timedelta(days=1), ["US"]), time(10), UTC)


def shape() -> str:
    """A short word for the code that fills a database."""
    digest = hashlib.sha256()
    files = [*(ROOT / "migrations/versions").glob("*.py"), *(ROOT / "bot/db/models").glob("*.py")]
    files += [ROOT / "bot/domain/name_words.py", ROOT / "bot/intake/contact_rows.py", ROOT / "sandbox/market.py"]
    files += [*(ROOT / "bot/service").glob("bulk_*.py"), Path(__file__)]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:10]


async def prepared(contacts: int) -> Path:
    """A SQLite file with the company and ``contacts`` contacts, imported by ``handraiser import``; made once."""
    kept = SCRATCH / f"contacts-{contacts}-{shape()}.db"
    if kept.exists():
        return kept
    SCRATCH.mkdir(exist_ok=True)
    for old in SCRATCH.glob(f"contacts-{contacts}-*"):
        old.unlink()
    new, file, people = kept.with_suffix(".new"), SCRATCH / f"contacts-{contacts}.csv", SCRATCH / "people.csv"
    new.unlink(missing_ok=True)
    write_people(people)
    write_contacts(file, contacts, SEED)
    env = {"DATABASE_URL": f"sqlite:///{new}", "PLAYBOOK": str(ROOT / "playbook.yaml")}
    await command(env, "bot", "migrate")
    await command(env, "bot", "people", "import", str(people))
    await command(env, "bot", "import", str(file))
    with closing(sqlite3.connect(new)) as raw:
        raw.execute("UPDATE teams SET inbound_channel = '#' || lower(name)")
        raw.commit()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file.unlink()
    new.rename(kept)
    return kept


def write_people(file: Path) -> None:
    """Our people as ``handraiser people import`` reads them."""
    rows = ["email,name,roles,team,timezone,country,hours"]
    rows += [f"{rep.email},{rep.real_name},mrr,Inbound-{n},UTC,US,{HOURS}" for n, rep in enumerate(reps(), 1)]
    file.write_text("\n".join([*rows, "boss@brightpath.example,Boss,admin,Office,UTC,US,"]) + "\n")


def sqlite_copy(kept: Path, folder: Path, name: str) -> str:
    """The url of a copy of a prepared file."""
    target = folder / f"{name}.db"
    shutil.copyfile(kept, target)
    return f"sqlite:///{target}"


def postgres_copy(kept: Path, url: str) -> None:
    """Fill an empty PostgreSQL database with the rows of a prepared file, as autovacuum would leave it."""
    migrate.upgrade(url)
    source, target = create_engine(f"sqlite:///{kept}"), create_engine(url)
    with source.connect() as reading, target.begin() as writing:
        writing.execute(text("SET session_replication_role = replica"))  # rows that point at later ones
        for table in Base.metadata.sorted_tables:
            writing.execute(table.delete())
            rows = reading.execute(select(table)).mappings()
            while chunk := rows.fetchmany(CHUNK):
                writing.execute(insert(table), [dict(row) for row in chunk])
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    source.dispose()
    target.dispose()


def contact_lines(kept: Path) -> list[tuple[str, str]]:
    """Everybody who can be told apart by name alone: (address, full name)."""
    with closing(sqlite3.connect(kept)) as raw:
        everybody = raw.execute("SELECT email, first_name || ' ' || last_name FROM contacts ORDER BY id").fetchall()
    words = [frozenset(spelling for word in name.split() for spelling in tokens(word)) for _, name in everybody]
    kinds = Counter(words)
    now = datetime.now(UTC)
    return [
        (email, name)
        for (email, name), own in zip(everybody, words, strict=True)
        if email
        and kinds[own] == 1
        and not any(len(own & other) > 1 and own != other for other in kinds)
        and read_line(f"{name} call no answer", now, "UTC").who.text == name
    ]


def addresses(kept: Path) -> list[str]:
    """Known addresses, in the order in which they came."""
    with closing(sqlite3.connect(kept)) as raw:
        rows = raw.execute("SELECT email FROM contacts WHERE email IS NOT NULL ORDER BY id").fetchall()
    return [email for (email,) in rows]
