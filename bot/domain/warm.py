"""What is loaded on first need, loaded ahead: so that nobody's first touch waits for it.

What must stay true: calling it changes nothing; whoever starts a process calls it off the event loop.
"""

from datetime import datetime

from bot.domain.business_time import is_holiday
from bot.domain.matching import company_domain, read_phone
from bot.domain.places import candidate_zones
from bot.domain.touch_line import read_line


def warm_up(now: datetime, country: str) -> None:
    """Load domain lists, phone and holiday tables, and the reader of lines. About a second; ``now`` is aware."""
    company_domain("somebody@mail.example.com")
    number = read_phone("+14155550123", country).e164
    candidate_zones(None, number, country)
    is_holiday(country, now.date())
    read_line("somebody@example.com connected, callback tomorrow 15:00", now, "UTC")
