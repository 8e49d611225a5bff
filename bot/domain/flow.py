"""Steady flow: on which day a new cadence begins, so that a rep's days stay inside the band (process §3, §5).

What must stay true: looking ahead over the whole cadence, no day gets more first and following e-mails than it may
have; many at once begin at the pace that comes to the day's target in the long run; two people of one account never
begin on the same day; a day's measure grows with a new mailbox.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date

from bot.domain.cadence import Shape, Step, ahead, begin
from bot.domain.cadence_days import DAY, Days
from bot.playbook.schema import Playbook

_HORIZON_DAYS = 800


class Flow:
    """A rep's e-mails in the days ahead, from ``first`` on, and room for more from ``opens`` on."""

    def __init__(
        self,
        shape: Shape,
        days: Days,
        rules: Playbook,
        mailbox_began_on: date | None,
        first: date,
        opens: date | None = None,
    ) -> None:
        self._shape = shape
        self._days = days
        self._rules = rules
        self._began = mailbox_began_on
        self._opens = opens or first
        self._load: Counter[date] = Counter()
        self._starts: Counter[date] = Counter()
        emails = sum(slot.step is Step.EMAIL for slot in shape.slots)
        self._pace = -(-rules.touch_list.target_emails_per_day // max(emails, 1))
        self._plans: dict[date, tuple[date, ...]] = {}

    def expects(self, started_on: date, emails: Iterable[date]) -> None:
        """Count a cadence that is there already, by its day 1 and the e-mails to come."""
        self._starts[started_on] += 1
        self._load.update(emails)

    def place(self, days: Days, taken: Collection[date], *, pressing: bool) -> date | None:
        """The first day on which one more cadence fits, and count it; None if there is none.

        ``days``: the rep's, with the recipient's holidays. ``taken``: day 1 of others at the account. ``pressing``:
        chosen by hand, the steady pace of new ones does not count.
        """
        day, end = self._opens, self._opens + _HORIZON_DAYS * DAY
        while day <= end:
            paced = pressing or self._starts[day] < self._pace
            if paced and day not in taken and self._load[day] < self.most(day) and days.allowed(day):
                emails = self._emails(day)
                if all(self._load[one] < self.most(one) for one in emails):
                    self._starts[day] += 1
                    self._load.update(emails)
                    return day
            day += DAY
        return None

    def most(self, day: date) -> int:
        """How many e-mails a day may have (process §5: a new mailbox ramps up)."""
        rules = self._rules.touch_list
        most = min(rules.max_emails_per_day, self._rules.compliance.emails_per_mailbox_per_day)
        if self._began is None or day < self._began:
            return most
        # No need to count further than the ramp goes.
        full = (most - rules.ramp_from) // rules.ramp_step + 1
        if (day - self._began).days > 7 * full:
            return most
        worked = self._days.number(self._began, day, (), working=True)
        return min(most, rules.ramp_from + rules.ramp_step * max(worked - 1, 0))

    def _emails(self, start: date) -> tuple[date, ...]:
        """The days of a cadence's e-mails, begun on ``start``."""
        known = self._plans.get(start)
        if known is None:
            course = begin(self._shape, self._days, start)
            known = tuple(day for step, _, day in ahead(self._shape, self._days, course) if step is Step.EMAIL)
            self._plans[start] = known
        return known
