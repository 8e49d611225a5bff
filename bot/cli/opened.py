"""The database as commands use it: up to date, with the playbook in force."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.clocks import RealClock, ShiftedClock
from bot.db.migrate import is_current
from bot.db.session import Database
from bot.jobs.playbook_watch import PlaybookWatch
from bot.settings import Settings, SettingsError


@contextmanager
def opened(settings: Settings, *, playbook: bool = True) -> Iterator[Database]:
    """The database, with the ``playbook`` put in force. Raises `SettingsError` unless its tables are up to date."""
    database = Database(settings.database_url)
    try:
        if not is_current(database.reader):
            raise SettingsError(["The database's tables are not up to date. Run: handraiser migrate"])
        if playbook:
            database.write_now(PlaybookWatch(database, settings.playbook).begin)
        yield database
    finally:
        database.close()


def business_now(settings: Settings) -> Callable[[], datetime]:
    """The business clock; the sandbox's where ``CLOCK_URL`` names one. Raises `SettingsError` if that is away."""
    if not settings.clock_url:
        return RealClock().now
    from datetime import timedelta

    import httpx2

    try:
        offset = httpx2.get(settings.clock_url, timeout=5).raise_for_status().json()["offset_seconds"]
    except httpx2.HTTPError as error:
        raise SettingsError([f"The clock at CLOCK_URL does not answer ({type(error).__name__}). Start it."]) from error
    clock = ShiftedClock()
    clock.set_offset(timedelta(seconds=float(offset)))
    return clock.now
