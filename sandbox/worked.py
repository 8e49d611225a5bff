"""Work under way at the made-up company, as files that the product imports: people, cadences where they stand, deals.

What must stay true: the same seed and day make the same files; no company has two reps or more people in a cadence
than the playbook's default wants; on the working day after ``today`` each rep's list is full, whatever weekday it is.
"""

import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

from sandbox.market import Company, Somebody, somebodies, write_people
from sandbox.work_words import DEAL_STEPS, FACTS_ON_CALLS, REASONS
from sandbox.workdays import DAY, is_working_day, working_day

WORKED: Final = "worked"
"""What `filling.py` says once the bot may start."""
HOST: Final = "brightpath.example"
EMAIL_DAYS: Final = (1, 6, 11, 16)
WINDOW: Final = 21
PER_COMPANY: Final = 3
SENIOR: Final = ("C suite", "Vp", "Head", "Director", "Founder", "Manager")
STEPS: Final = "contact email,rep,started on,cycle,last e-mail sent on,last call,outcome,reason,notes"
DEALS: Final = "company,contact email,ae,amount,currency,type,stage,expected close,next step,id"


@dataclass(frozen=True, slots=True)
class Opener:
    """A rep who opens accounts: where, and how many steps are due today, tomorrow and later, how many begin anew."""

    email: str
    country: str
    places: tuple[str, ...]
    today: int
    emails: int
    calls: int
    later: int
    fresh: int


OPENERS: Final = (
    Opener(f"lin@{HOST}", "GB", ("United Kingdom", "Ireland"), 5, 34, 24, 30, 8),
    Opener(f"tomasz@{HOST}", "PL", ("France", "Sweden"), 3, 14, 10, 12, 4),
    Opener(f"keisha@{HOST}", "US", ("United States",), 3, 16, 10, 12, 4),
    Opener(f"bea@{HOST}", "ES", ("Kenya", "United Arab Emirates"), 1, 5, 4, 4, 2),
)
EXECUTIVES: Final = tuple(f"{name}@{HOST}" for name in ("erik", "farah", "gabriel"))


@dataclass(slots=True)
class World:
    """Who of the market is what: in a plan, with an open deal, somebody of the past, or still unknown to everybody."""

    openers: dict[str, list[Somebody]] = field(default_factory=dict)
    deals: list[Somebody] = field(default_factory=list)
    inbound: list[Somebody] = field(default_factory=list)
    outbound: dict[str, list[Somebody]] = field(default_factory=dict)
    rest: list[Somebody] = field(default_factory=list)

    @property
    def worked(self) -> Iterator[Somebody]:
        """Everybody but the rest."""
        for people in (*self.openers.values(), self.deals, self.inbound, *self.outbound.values()):
            yield from people


def world(n: int, seed: int, past: int) -> World:
    """Share out ``n`` people, a company to one purpose. ``past``: raised hands of the past to have people for."""
    made = World({one.email: [] for one in OPENERS}, outbound={one.email: [] for one in OPENERS})
    wants = {one.email: one.today + one.emails + one.calls + one.later + one.fresh for one in OPENERS}
    for company, group in groupby(somebodies(n, seed), key=lambda one: one.company):
        people = list(group)
        opener = next((one for one in OPENERS if company.place[2] in one.places), None)
        senior = [one for one in people if one.seniority in SENIOR][:PER_COMPANY]
        if opener and len(made.openers[opener.email]) < wants[opener.email] and _fits(company) and senior:
            chosen, purpose = senior, made.openers[opener.email]
        elif opener and len(made.outbound[opener.email]) < past // 4 and senior:
            chosen, purpose = senior[:2], made.outbound[opener.email]
        elif opener is None and len(made.deals) < 12 and _fits(company) and senior:
            chosen, purpose = senior[:1], made.deals
        elif opener is None and len(made.inbound) < past:
            chosen, purpose = people[:1], made.inbound
        else:
            chosen, purpose = [], made.rest
        purpose += chosen
        made.rest += [one for one in people if one not in chosen]
    return made


def _fits(company: Company) -> bool:
    """Of the playbook's segment: there is a reference client to name in an e-mail."""
    return 50 <= company.employees <= 5000


@dataclass(frozen=True, slots=True)
class Stand:
    """How far a plan that began on ``started`` has come, with the step that is next."""

    started: date
    cycle: int
    email_on: date
    call_on: date | None
    step: str
    due_on: date


def stands(today: date, works: Callable[[date], bool]) -> list[Stand]:
    """Where plans stand tonight that began on any working day of the last weeks and of which no step was missed."""
    found = []
    for back in range(WINDOW):
        started = today - back * DAY
        if not works(started):
            continue
        done = [one for one in schedule(started, works) if one[2] <= today]
        coming = [one for one in schedule(started, works) if one[2] > today]
        if done and coming:
            mails = [one for one in done if one[0] == "email"]
            calls = [day for step, _, day in done if step == "call"]
            step, _, due_on = coming[0]
            found.append(Stand(started, mails[-1][1], mails[-1][2], max(calls, default=None), step, due_on))
    return found


def schedule(started: date, works: Callable[[date], bool]) -> list[tuple[str, int, date]]:
    """The steps of a plan with their days (process §4)."""
    steps: list[tuple[str, int, date]] = []
    last = started - DAY
    for cycle, nominal in enumerate(EMAIL_DAYS, 1):
        for step, day in (("email", started + timedelta(nominal - 1)), ("call", last)):
            day = max(day, last + DAY)
            while not works(day):
                day += DAY
            if (day - started).days < WINDOW:
                steps.append((step, cycle, day))
            last = day
    return steps


def write_work(folder: Path, made: World, today: date, seed: int) -> None:
    """Write ``our-segment.csv`` (contacts, some to be enrolled), ``steps.csv`` and ``deals.csv`` into ``folder``."""
    dice = random.Random(seed)  # noqa: S311 — a made-up market needs no secrets
    rows: list[Sequence[object]] = []
    enroll: dict[str, str] = {}
    for opener in OPENERS:
        people = list(made.openers[opener.email])
        enroll |= {one.email: opener.email for one in people[: opener.fresh]}
        rows += list(_steps(opener, people[opener.fresh :], today, dice))
    write_people(folder / "our-segment.csv", made.worked, enroll)
    _write(folder / "steps.csv", STEPS, rows)
    _write(folder / "deals.csv", DEALS, _deals(made.deals, today, dice))


def _steps(opener: Opener, people: Sequence[Somebody], today: date, dice: random.Random) -> Iterator[Sequence[object]]:
    def works(day: date) -> bool:
        return is_working_day(day, (opener.country,))

    tomorrow = working_day(today + DAY, (opener.country,))
    tonight, last_night = stands(today, works), stands(today - DAY, works)
    due = [one for one in tonight if one.due_on == tomorrow]
    wanted = (
        (opener.today, [one for one in last_night if one.due_on == today]),
        # After some holidays only calls are due, or only e-mails: then there are more of those.
        (opener.emails, [one for one in due if one.step == "email"] or due),
        (opener.calls, [one for one in due if one.step == "call"] or due),
        (opener.later, [one for one in tonight if one.due_on > tomorrow]),
    )
    left = iter(people)
    for many, kinds in wanted:
        for one in [person for _, person in zip(range(many), left, strict=False)]:
            if kinds:
                yield _step(one, opener, dice.choice(kinds), dice)


def _step(one: Somebody, opener: Opener, stand: Stand, dice: random.Random) -> Sequence[object]:
    outcome = dice.choice(tuple(FACTS_ON_CALLS)) if stand.call_on else ""
    note = dice.choice(FACTS_ON_CALLS[outcome]) if outcome else ""
    reason = REASONS[sum(one.company.domain.encode()) % len(REASONS)]
    call_on = stand.call_on or ""
    return one.email, opener.email, stand.started, stand.cycle, stand.email_on, call_on, outcome, reason, note


def _deals(people: Iterable[Somebody], today: date, dice: random.Random) -> Iterator[Sequence[object]]:
    for number, one in enumerate(people):
        amount = max(4, one.company.employees // 10) * dice.randrange(90, 130)
        stage = "proposal" if number % 3 == 0 else "qualified"
        kind = ("new", "new", "add_on", "renewal")[number % 4]
        closes = today + timedelta(dice.randrange(6, 75))
        ae = EXECUTIVES[number % len(EXECUTIVES)]
        next_step = DEAL_STEPS[number % len(DEAL_STEPS)]
        yield one.company.name, one.email, ae, amount, "USD", kind, stage, closes, next_step, f"D-{1000 + number}"


def _write(path: Path, headings: str, rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings.split(","))
        writer.writerows(rows)
