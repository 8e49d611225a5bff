"""Looks at the database: there, up to date, staffed, of one workspace."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.db.migrate import is_current
from bot.db.models import Setting
from bot.db.queries.staffing import Colleague, staffing
from bot.db.session import is_sqlite, read_engine
from bot.doctor.check import Check, fail, ok, warn
from bot.domain.counting import counted
from bot.domain.terms import Role
from bot.playbook.schema import Playbook
from bot.service.workspace import KEY as WORKSPACE

NAME = "database"
MOST_NAMED = 5
REPS = frozenset({Role.MRR, Role.SDR})
_NEEDED = {
    Role.MRR: "nobody answers raised hands",
    Role.MANAGER: "nobody is told when a lead is left waiting",
    Role.ADMIN: "nobody is told when the set-up breaks",
}


def look_at_database(url: str, playbook: Playbook, team_id: str | None) -> Iterator[Check]:
    """Everything about the database; ``team_id`` is the token's workspace, where Slack said so."""
    if is_sqlite(url) and _missing(url):
        yield fail(NAME, f"There is no database at {make_url(url).database}.", "Run: handraiser migrate")
        return
    engine = read_engine(url)
    try:
        reached = _reach(engine)
        yield reached
        if reached.level == "ok":
            yield from _look_inside(engine, playbook, team_id)
    finally:
        engine.dispose()


def _missing(url: str) -> bool:
    path = make_url(url).database
    return bool(path) and path != ":memory:" and not Path(str(path)).exists()


def _reach(engine: Engine) -> Check:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return fail(NAME, f"The database does not answer: {why}", "Check DATABASE_URL, and that the database runs.")
    return ok(NAME, f"The database answers ({engine.dialect.name}).")


def _look_inside(engine: Engine, playbook: Playbook, team_id: str | None) -> Iterator[Check]:
    if not is_current(engine):
        yield fail("migrations", "The tables are not up to date with this release.", "Run: handraiser migrate")
        return
    yield ok("migrations", "The tables are up to date.")
    with Session(engine) as session:
        known = session.get(Setting, WORKSPACE)
        people = staffing(session)
    if known is not None and team_id is not None:
        yield same_workspace(known.value, team_id)
    yield from look_at_people(people, playbook)


def same_workspace(known: dict[str, str], team_id: str) -> Check:
    """One database serves one workspace."""
    if known["team_id"] == team_id:
        return ok("workspace", f"The database belongs to this workspace ({known['name']}).")
    return fail(
        "workspace",
        f"The database belongs to another workspace, {known['name']}.",
        "Use that workspace's token, or another DATABASE_URL.",
    )


def look_at_people(people: list[Colleague], playbook: Playbook) -> Iterator[Check]:
    """Whether the roles that the process leans on are filled, and reps have account executives to hand to."""
    name = "people"
    if not people:
        yield warn(
            name,
            "Nobody is set up.",
            "Set ADMIN_EMAIL and add people in the Home tab, or run: handraiser people import people.csv",
        )
        return
    held = frozenset[Role]().union(*(person.roles for person in people))
    unfilled = [
        f"no {role.upper() if role is Role.MRR else role} ({why})" for role, why in _NEEDED.items() if role not in held
    ]
    if unfilled:
        yield warn(
            name,
            f"There is {', '.join(unfilled)}.",
            "Give somebody the role: an admin in the Home tab, or people.csv imported again.",
        )
    else:
        yield ok(name, f"{counted(len(people), 'person is', 'people are')} set up, the roles that must be filled are.")
    low, high = playbook.people.min_aligned_aes, playbook.people.max_aligned_aes
    off = [person for person in people if person.roles & REPS and not low <= person.aligned_aes <= high]
    if off:
        counts = _some([f"{person.name} has {person.aligned_aes}" for person in off])
        yield warn(
            "alignment",
            f"A rep is aligned with {low} to {high} account executives: {counts}.",
            "Align them: an admin in the Home tab, or aligned_aes in people.csv imported again.",
        )
    strangers = [person.email for person in people if not person.in_slack]
    if strangers:
        yield warn(
            "slack users",
            f"Not found in Slack: {_some(strangers)}.",
            "Give them the e-mail address they have in Slack. Who was just added is matched within a minute.",
        )


def _some(words: list[str]) -> str:
    """The words with commas between them, no more than a few."""
    more = f" and {len(words) - MOST_NAMED} more" if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more
