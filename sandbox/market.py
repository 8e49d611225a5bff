"""A made-up market: people and companies that do not exist, the same ones for the same seed.

What must stay true: every name is invented, every domain ends in ``.example``, every number is one kept for
fiction or cannot be assigned; a seed gives the same file, byte for byte.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from anyascii import anyascii

from sandbox.market_words import (
    COMPANY_ENDINGS,
    COMPANY_MIDDLES,
    COMPANY_STARTS,
    CULTURES,
    INDUSTRIES,
    KEYWORDS,
    PLACES,
    TECHNOLOGIES,
    TITLES,
)

_HEADINGS: Final = (
    "First Name,Last Name,Title,Company Name,Company Name for Emails,Email,Email Status,Seniority,Departments,"
    "Contact Owner,Work Direct Phone,Mobile Phone,Corporate Phone,Stage,# Employees,Industry,Keywords,"
    "Person Linkedin Url,Website,Company Linkedin Url,City,State,Country,Company Country,Technologies,"
    "Apollo Contact Id,Do Not Call"
)
APOLLO: Final = tuple(_HEADINGS.split(","))
PEOPLE_FILE: Final = Path(__file__).parent / "data" / "people.csv"
_PER_COMPANY: Final = 3.4
_SIZES: Final = (8, 14, 22, 35, 48, 60, 85, 120, 160, 220, 310, 450, 700, 1200, 2600, 5400, 12000)


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company."""

    name: str
    short: str
    domain: str
    industry: str
    employees: int
    place: tuple[str, str, str, str, str]
    """City, state, country, country calling code, culture of most of its people."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person at a company."""

    first: str
    last: str
    title: str
    seniority: str
    department: str
    company: Company
    email: str
    phone: str
    number: int


def write_contacts(path: Path | str, n: int, seed: int = 7) -> int:
    """Write ``n`` contacts in Apollo's columns, UTF-8; return how many companies they work for."""
    return write_people(path, somebodies(n, seed))


def write_people(path: Path | str, people: Iterable[Somebody], enroll: Mapping[str, str] | None = None) -> int:
    """Write these in Apollo's columns; return how many companies they work for.

    ``enroll``: e-mail of a contact to that of the rep into whose cadence they go, as one more column.
    """
    companies: set[str] = set()
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(APOLLO if enroll is None else (*APOLLO, "Enroll"))
        for person in people:
            companies.add(person.company.domain)
            more = () if enroll is None else (enroll.get(person.email, ""),)
            writer.writerow((*_cells(person), *more))
    return len(companies)


def somebodies(n: int, seed: int = 7) -> Iterator[Somebody]:
    """Yield ``n`` invented people, company by company."""
    dice = random.Random(seed)  # noqa: S311 — a made-up market needs no secrets
    domains: set[str] = set()
    made = 0
    while made < n:
        company = _company(dice, domains)
        staff = min(n - made, max(1, round(dice.expovariate(1 / _PER_COMPANY))), 14)
        locals_used: set[str] = set()
        for _ in range(staff):
            yield _somebody(dice, company, locals_used, made)
            made += 1


def _company(dice: random.Random, domains: set[str]) -> Company:
    industry = dice.choice(tuple(INDUSTRIES))
    start, middle, ending = dice.choice(COMPANY_STARTS), dice.choice(COMPANY_MIDDLES), dice.choice(INDUSTRIES[industry])
    place = dice.choice(PLACES)
    short = f"{start}{middle} {ending}"
    base = _ascii(f"{start}{middle}{ending}")
    domain, again = f"{base}.example", 2
    while domain in domains:
        # The same name at another place is another company, as it is out there.
        domain = f"{base}-{_ascii(place[0])}{again if again > 2 else ''}.example"
        again += 1
    if f"{base}.example" in domains:
        short = f"{short} {place[0]}"
    domains.add(domain)
    legal = dice.choice(COMPANY_ENDINGS[place[2]])
    return Company(f"{short} {legal}".strip(), short, domain, industry, dice.choice(_SIZES), place)


def _somebody(dice: random.Random, company: Company, used: set[str], number: int) -> Somebody:
    # Most people come from where the company is, and some from anywhere.
    culture = company.place[4] if dice.random() < 0.7 else dice.choice(tuple(CULTURES))
    firsts, lasts = CULTURES[culture]
    first, last = dice.choice(firsts), _last(dice, lasts)
    title, seniority, department = dice.choice(TITLES)
    local = f"{_ascii(first)}.{_ascii(last)}"
    free, again = local, 2
    while free in used:
        free, again = f"{local}{again}", again + 1
    used.add(free)
    return Somebody(
        first, last, title, seniority, department, company, f"{free}@{company.domain}", _phone(dice, company), number
    )


def _last(dice: random.Random, lasts: Sequence[str]) -> str:
    # Frequent names are frequent: the first of each list come up most.
    return lasts[min(int(dice.expovariate(1.0) * len(lasts) / 3), len(lasts) - 1)]


def _phone(dice: random.Random, company: Company) -> str:
    """Return a number from ranges kept for fiction (555-01xx, Ofcom's, the Bundesnetzagentur's), else none."""
    code = company.place[3]
    if code == "1":
        area = company.place[1].partition("|")[2]
        return f"+1 {area} 555 01{dice.randrange(100):02}"
    if code == "44":
        return f"+44 20 7946 0{dice.randrange(1000):03}"
    if code == "49":
        return f"+49 30 23125 {dice.randrange(1000):03}"
    if code == "33":
        return f"+33 1 99 00 {dice.randrange(100):02} {dice.randrange(100):02}"
    if code == "61":
        return f"+61 2 5550 {dice.randrange(10000):04}"
    return ""


def _cells(one: Somebody) -> tuple[str | int, ...]:
    company = one.company
    city, state, country, *_ = company.place
    slug = f"{_ascii(one.first)}-{_ascii(one.last)}-{one.number:06x}"
    dice = random.Random(one.number)  # noqa: S311
    return (
        one.first,
        one.last,
        one.title,
        company.name,
        company.short,
        one.email,
        "Verified" if dice.random() < 0.9 else "Guessed",
        one.seniority,
        one.department,
        "",
        one.phone if dice.random() < 0.7 else "",
        "",
        one.phone,
        "Cold",
        company.employees,
        company.industry,
        ", ".join(dice.sample(KEYWORDS, 3)),
        f"https://people.example/in/{slug}",
        f"https://www.{company.domain}",
        f"https://people.example/company/{company.domain.partition('.')[0]}",
        city,
        state.partition("|")[0],
        country,
        country,
        ", ".join(dice.sample(TECHNOLOGIES, 3)),
        f"ap{one.number:010x}",
        "true" if dice.random() < 0.01 else "false",
    )


def _ascii(text: str) -> str:
    return "".join(letter for letter in anyascii(text).lower() if letter.isalnum())
