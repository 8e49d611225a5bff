"""Calendar months, for rules that speak of months (process §2 decay, §3 dormant).

What must stay true: a day that the target month does not have becomes its last day.
"""

import calendar
from datetime import datetime


def add_months(at: datetime, months: int) -> datetime:
    """Return the same day and time ``months`` calendar months later (or earlier, if negative)."""
    years, month = divmod(at.month - 1 + months, 12)
    year = at.year + years
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))
