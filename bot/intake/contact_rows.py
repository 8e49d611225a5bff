"""One row of a contacts file: cells to facts (intake formats, CSV).

What must stay true: what a cell says is never made better by guessing; what cannot be used as a fact is kept in
``extra`` under its heading; reasons and notes hold no address and no number of a prospect.
"""

import re
from typing import Final

from bot.domain.business_time import zone
from bot.domain.commands import CompanyFacts, PersonFacts
from bot.domain.countries import country_code
from bot.domain.import_rows import ConsentFacts, ContactRow, Refused
from bot.domain.matching import company_domain, company_name_key, normalise_email, read_phone
from bot.intake.contact_columns import Columns
from bot.intake.contact_consent import ConsentRules, read_consent
from bot.intake.csv_days import CellError
from bot.intake.csv_reading import Row
from bot.playbook.schema.hours import HoursError

_LONGEST: Final = 255
_LONGEST_EXTRA: Final = 2_000
_MOST_EMPLOYEES: Final = 2**31 - 1
_NO: Final = frozenset(["", "no", "n", "false", "f", "0", "off", "-", "none", "null", "n/a"])
_YES: Final = frozenset(["yes", "y", "true", "t", "1", "on", "x"])
_SEVERAL: Final = re.compile(r"[;,|\s]+")
_NUMBER: Final = re.compile(r"\d+(?:[.,' ]\d{3})*(?!\d)")
_AS_TEXT: Final = re.compile(r'^(?:=?"(?P<quoted>[^"]*)"|[\'=](?P<marked>.*))$')
_SALESFORCE_ID: Final = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_SCIENTIFIC: Final = re.compile(r"[\d.,]+[eE]\+?\d+")
_NAMES: Final = {
    "first_name": "first name",
    "last_name": "last name",
    "name": "name",
    "title": "title",
    "company": "company name",
    "linkedin": "LinkedIn address",
    "industry": "industry",
    "owner": "owner",
    "enroll": "rep to enroll for",
    "account_owner": "account owner",
    "csm": "customer success manager",
}


class ContactReader:
    """Reads rows under one file's headings; phones without ``+`` are taken as of the row's country or ``country``."""

    def __init__(self, columns: Columns, country: str, consents: ConsentRules | None = None) -> None:
        self._columns = columns
        self._country = country
        self._consents = consents

    def read(self, row: Row) -> ContactRow | Refused:
        """Return the row's facts, or why it is left out."""
        return _Reading(self._columns, row, self._country, self._consents).result()


class _Reading:
    """One row while it is read; what is not taken as a fact ends up in ``extra``."""

    def __init__(self, columns: Columns, row: Row, country: str, consents: ConsentRules | None) -> None:
        self._columns = columns
        self._cells = row.cells
        self._line = row.line
        self._default_country = country
        self._consents = consents
        self._used: set[int] = set()
        self._notes: list[str] = []

    def result(self) -> ContactRow | Refused:
        unreadable = self._too_long() or self._neither_yes_nor_no("strategic", "partner")
        if unreadable:
            return Refused(self._line, unreadable)
        email = self._email()
        if email is None and self._columns.filled(self._cells, "email"):
            return Refused(self._line, "the e-mail address is not valid")
        try:
            consent = self._consent()
        except CellError as error:
            return Refused(self._line, str(error))
        first, last = self._names()
        country = self._country("country")
        person = PersonFacts(
            email=email,
            first_name=first,
            last_name=last,
            title=self._take("title") or None,
            phone=self._phone(country or self._default_country),
            linkedin=self._take("linkedin") or None,
            timezone=self._timezone(),
            country=country,
        )
        company = CompanyFacts(
            name=self._take("company") or None,
            domain=self._domain(),
            industry=self._take("industry") or None,
            employees=self._employees(),
            country=self._country("company_country"),
        )
        return self._unusable(person, company) or ContactRow(
            line=self._line,
            person=person,
            company=company,
            owner=self._take("owner"),
            enroll=self._take("enroll"),
            account_owner=self._take("account_owner"),
            csm=self._take("csm"),
            strategic=self._answer("strategic"),
            partner=self._answer("partner"),
            do_not_call=self._yes("do_not_call"),
            do_not_email=self._yes("do_not_email"),
            consent=consent,
            external_ids=self._ids(),
            extra=self._extra(),
            notes=tuple(self._notes),
        )

    def _unusable(self, person: PersonFacts, company: CompanyFacts) -> Refused | None:
        if person.email:
            return None
        if not person.first_name and not person.last_name:
            return Refused(self._line, "it has neither a name nor an e-mail address")
        if not (person.phone or company.domain or company_name_key(company.name or "")):
            return Refused(self._line, "there is only a name; give an e-mail address, a phone number or a company too")
        return None

    def _too_long(self) -> str | None:
        for fact, name in _NAMES.items():
            for place in self._columns.facts.get(fact, ()):
                if len(self._cells[place]) > _LONGEST:
                    return f"the {name} has {len(self._cells[place]):,} characters; at most {_LONGEST} fit"
        return None

    def _first(self, fact: str) -> tuple[int, str] | None:
        filled = self._columns.filled(self._cells, fact)
        return (filled[0], self._cells[filled[0]]) if filled else None

    def _take(self, fact: str) -> str:
        found = self._first(fact)
        if found is None:
            return ""
        self._used.add(found[0])
        return found[1]

    def _email(self) -> str | None:
        for place in self._columns.filled(self._cells, "email"):
            for part in _SEVERAL.split(self._cells[place]):
                email = normalise_email(part) if part else None
                if email and len(email) <= _LONGEST:
                    if normalise_email(self._cells[place]) == email:
                        self._used.add(place)
                    return email
        return None

    def _names(self) -> tuple[str, str]:
        first, last = self._take("first_name"), self._take("last_name")
        if first or last:
            return first, last
        whole = self._take("name")
        family, comma, given = (part.strip() for part in whole.partition(","))
        if comma and given:
            return given, family
        given, _, family = whole.partition(" ")
        return given, family

    def _country(self, fact: str) -> str | None:
        found = self._first(fact)
        code = country_code(found[1]) if found else None
        if found and code:
            self._used.add(found[0])
        return code

    def _timezone(self) -> str | None:
        found = self._first("timezone")
        if found is None:
            return None
        try:
            name = zone(found[1]).key
        except HoursError:
            self._notes.append("the timezone is not known and was kept as text")
            return None
        self._used.add(found[0])
        return name

    def _phone(self, country: str) -> str | None:
        """Take the first cell that is a number; the others stay as they came, in ``extra``."""
        for place in self._columns.filled(self._cells, "phone"):
            text = as_text(self._cells[place])
            phone = read_phone(text, country).e164
            if phone is None or (_SCIENTIFIC.fullmatch(text) and phone.endswith("000")):
                why = "lost digits in a spreadsheet" if _SCIENTIFIC.fullmatch(text) else "is not a phone number"
                self._notes.append(f"{self._columns.headings[place]} {why} and was kept as text")
                continue
            self._used.add(place)
            return phone
        return None

    def _domain(self) -> str | None:
        for place in self._columns.filled(self._cells, "domain"):
            domain = company_domain(self._cells[place])
            if domain and len(domain) <= _LONGEST:
                self._used.add(place)
                return domain
        return None

    def _employees(self) -> int | None:
        """Read "1,200", "51-200" (the lower end) or "10.000+"."""
        found = self._first("employees")
        number = _NUMBER.match(found[1].lstrip("~<> ")) if found else None
        digits = re.sub(r"\D", "", number[0])[:11] if number else ""
        if not found or not digits or not digits.isascii() or int(digits) > _MOST_EMPLOYEES:
            return None
        if found[1] == digits:
            self._used.add(found[0])
        return int(digits)

    def _yes(self, fact: str) -> bool:
        """Anything but a no is a yes: a wish to be left alone is not lost to its spelling (process §10)."""
        return any(self._cells[place].casefold() not in _NO for place in self._columns.filled(self._cells, fact))

    def _neither_yes_nor_no(self, *facts: str) -> str | None:
        """Why a row is refused: of what marks a company, only a plain answer counts."""
        for fact in facts:
            found = self._first(fact)
            if found and found[1].casefold() not in _NO | _YES:
                return f"“{found[1][:60]}” under {self._columns.headings[found[0]][:60]} is neither yes nor no"
        return None

    def _answer(self, fact: str) -> bool | None:
        """Yes, no, or None where the cell is empty."""
        cell = self._take(fact)
        return cell.casefold() in _YES if cell else None

    def _consent(self) -> ConsentFacts | None:
        if self._consents is None or not self._columns.has("consent_basis"):
            return None
        if not self._first("consent_basis"):
            if self._first("consent_given") or self._first("consent_expires"):
                self._notes.append("what it says of a consent has no basis and was kept as text")
            return None
        basis, given, expires = (self._take(f"consent_{part}") for part in ("basis", "given", "expires"))
        return read_consent(basis, given, expires, self._take("consent_text"), self._consents)

    def _ids(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for fact in ("id:apollo", "id:hubspot", "id:salesforce"):
            first = self._first(fact)
            if first is None or len(first[1]) > _LONGEST:
                continue
            if fact == "id:salesforce" and not _SALESFORCE_ID.fullmatch(first[1]):
                continue
            found[fact.partition(":")[2]] = first[1]
            self._used.add(first[0])
        return found

    def _extra(self) -> dict[str, str]:
        kept: dict[str, str] = {}
        for place, heading in self._columns.others:
            if self._cells[place]:
                kept[heading] = self._cells[place]
        for places in self._columns.facts.values():
            for place in places:
                if place not in self._used and self._cells[place]:
                    kept.setdefault(self._columns.headings[place], self._cells[place])
        for heading, cell in kept.items():
            if len(cell) > _LONGEST_EXTRA:
                kept[heading] = cell[:_LONGEST_EXTRA]
                self._notes.append(f"{heading[:60]} was cut to {_LONGEST_EXTRA:,} characters")
        return kept


def as_text(cell: str) -> str:
    """Take off what spreadsheets put around a number to keep it text: ``'+49…``, ``="030…"``."""
    found = _AS_TEXT.match(cell)
    return (found["quoted"] or found["marked"] or "").strip() if found else cell
