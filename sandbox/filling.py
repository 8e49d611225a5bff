"""Fill the demo's database: `python -m sandbox.filling FOLDER`, with the bot's environment.

By the product's own command line, one command after the other in one process: starting Python takes longer than most
of them. Only what is over is written by hand (`past.py`). Says ``WORKED`` on a line of its own once the bot may start:
lists are made of work under way, and the bought list is nobody's work yet.
"""

import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.__main__ import app
from bot.cli.opened import business_now, opened
from bot.db.models import Contact, Person, Team, TeamMember
from bot.domain.commands import Actor, LogTouch
from bot.domain.setup_commands import SaveTeam
from bot.domain.terms import Channel, Outcome
from bot.service.actors import actor_by_id
from bot.service.setup_teams import save_team
from bot.service.touches import log_touch
from bot.settings import load_settings
from sandbox.market import PEOPLE_FILE, write_people
from sandbox.past import write_past
from sandbox.work_words import CALLBACKS
from sandbox.workdays import DAY, HOME_ZONE, working_day
from sandbox.worked import EXECUTIVES, HOST, OPENERS, WORKED, World, world, write_work

CONTACTS: Final = 5000
SEED: Final = 7
RAISED: Final = 260
"""Hands raised in the last two quarters, at most."""


COMPANY: Final = "Brightpath"
ADDRESS: Final = "Brightpath, Lindenhof 4, 10999 Berlin"


class FillingError(Exception):
    """A command failed; what it said is above."""


def fill(folder: Path) -> None:
    """Everything, in the order that a new customer would do it. Raises ``FillingError``."""
    settings = load_settings()
    now = business_now(settings)()
    made = world(CONTACTS, SEED, RAISED)
    write_work(folder, made, now.astimezone(HOME_ZONE).date(), SEED)
    write_people(folder / "contacts.csv", made.rest)
    command("migrate")
    command("people", "import", str(PEOPLE_FILE))
    command("import", str(folder / "our-segment.csv"))
    command("import", "--steps", str(folder / "steps.csv"))
    command("import", "--deals", str(folder / "deals.csv"))
    with opened(settings) as database:
        database.write_now(lambda session: set_up(session, now))
        database.write_now(lambda session: write_past(session, made, database.playbook, now, SEED))
        database.write_now(lambda session: promise(session, made, now))
    say(WORKED)
    command("import", str(folder / "contacts.csv"))


def set_up(session: Session, now: datetime) -> None:
    """What no file carries: the brand under the e-mails, and where intro calls take place."""
    admin = somebody(session, f"noor@{HOST}")
    for team in session.scalars(select(Team)):
        leads = select(TeamMember.person_id).where(TeamMember.team_id == team.id, TeamMember.manages.is_(True))
        brand = SaveTeam(admin, team.id, team.name, COMPANY, ADDRESS, HOST, tuple(session.scalars(leads)))
        save_team(session, brand, now)
    for email in EXECUTIVES:
        link = f"https://meet.brightpath.example/{email.partition('@')[0]}"
        session.execute(update(Person).where(Person.email == email).values(video_link=link))


def somebody(session: Session, email: str) -> Actor:
    """One of us, as the one who asks."""
    return actor_by_id(session, session.scalars(select(Person.id).where(Person.email == email)).one())


def promise(session: Session, made: World, now: datetime) -> None:
    """Some calls of this morning in which people asked to be called back tomorrow."""
    for number, opener in enumerate(OPENERS):
        actor = somebody(session, opener.email)
        tomorrow = working_day(now.astimezone(HOME_ZONE).date() + DAY, (opener.country,))
        for place in range(1 + number % 2):
            them = made.openers[opener.email][-1 - place]
            contact_id = session.scalars(select(Contact.id).where(Contact.email == them.email)).one()
            at = datetime.combine(tomorrow, time(10 + place, 30), ZoneInfo(actor.timezone)).astimezone(UTC)
            called = now - timedelta(minutes=30)
            note = CALLBACKS[place]
            log_touch(
                session,
                LogTouch(actor, contact_id, Channel.CALL, Outcome.CALLBACK, called, note=note, follow_up_at=at),
                now,
            )


def command(*words: str) -> None:
    """``handraiser words``. Raises ``FillingError``."""
    say(f"handraiser {' '.join(words)}")
    try:
        app(list(words), standalone_mode=False)
    except SystemExit as end:
        if end.code:
            raise FillingError(f"handraiser {' '.join(words)} failed.") from end


def say(line: str) -> None:
    """One line to whoever started this."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
