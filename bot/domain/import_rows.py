"""Rows of a file as plain facts, and the commands that carry them in (design, Names that stay: People, Contacts).

What must stay true: a row says only what its cells said; an empty cell is None or "" and changes nothing. A row
that cannot be used is a ``Refused`` with its line and a plain sentence, never an exception.
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from bot.domain.commands import Actor, CompanyFacts, PersonFacts
from bot.domain.counting import counted
from bot.domain.terms import Role, Source


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is left out. ``line`` counts the file's lines from 1, as editors do."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """On what ground somebody may be written to. Times are aware UTC; no end means it does not run out."""

    basis: str
    given_at: datetime
    expires_at: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One person of a contacts file. The e-mail is normalised, the phone is E.164."""

    line: int
    person: PersonFacts
    company: CompanyFacts
    owner: str = ""
    """E-mail or name of one of us, as it stood there."""
    enroll: str = ""
    """Whose cadence they go into: e-mail or name of one of us, or yes for the owner's; as it stood there."""
    account_owner: str = ""
    """Whose the company is: e-mail or name of one of us, as it stood there."""
    csm: str = ""
    """Who looks after the company as a customer; as it stood there."""
    strategic: bool | None = None
    """Whether the company is one of its owner's strategic accounts; None where the row says nothing."""
    partner: bool | None = None
    do_not_call: bool = False
    do_not_email: bool = False
    consent: ConsentFacts | None = None
    external_ids: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """What the reader of the report should know of this row."""


@dataclass(frozen=True, slots=True)
class ImportContacts:
    """A slice of a contacts file. Rows of a bought list are prospects and leads nowhere (process §1).

    ``settled`` are accounts and contacts that earlier rows of the same file spoke of: where rows of one file disagree
    on somebody the first one counts, so that the file's second run changes nothing.
    """

    rows: tuple[ContactRow, ...]
    source: Source
    actor: Actor | None = None
    settled: Set[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One of us, as people.csv says. None: the cell was empty, keep what is stored. "": clear it (a cell of ``-``)."""

    line: int
    email: str
    name: str | None = None
    roles: frozenset[Role] | None = None
    teams: tuple[str, ...] | None = None
    timezone: str | None = None
    country: str | None = None
    hours: str | None = None
    weight: Decimal | None = None
    aligned_aes: tuple[str, ...] | None = None
    channel: str | None = None
    leads_own_teams: bool | None = None
    """``manager`` said yes or no: this person leads the teams of the row."""
    led_by: str | None = None
    """``manager`` named somebody by e-mail: that person leads the teams of the row."""


@dataclass(frozen=True, slots=True)
class ImportPeople:
    """The rows of people.csv, checked against each other."""

    rows: tuple[PersonRow, ...]
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """What the checks need to know of somebody who is set up already."""

    name: str
    roles: frozenset[Role]


@dataclass(slots=True)
class ImportReport:
    """What became of a file: every row is counted once as added, changed, unchanged, duplicate or refused."""

    what: str
    """The singular: "contact" or "person"."""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: list[Refused] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[Refused] = field(default_factory=list)
    """Rows that went in, with something to know about them."""
    warnings: list[str] = field(default_factory=list)
    """About the file as a whole."""
    accounts_added: int = 0
    enrolled: int = 0
    not_enrolled: list[Refused] = field(default_factory=list)
    """Rows that went in and were to be enrolled, with the reason why they were not."""
    dry_run: bool = False

    @property
    def rows(self) -> int:
        """How many rows the file had."""
        return self.added + self.changed + self.unchanged + len(self.duplicates) + len(self.refused)

    @property
    def clean(self) -> bool:
        """Whether every row went in."""
        return not self.refused

    def lines(self, most: int = 20) -> Iterator[str]:
        """Write the report for a terminal; of each kind of remark at most ``most`` are listed."""
        opening = "Nothing was saved (dry run). " if self.dry_run else ""
        added = counted(self.accounts_added, "new company", "new companies")
        companies = f", {added}" if self.accounts_added else ""
        yield (
            f"{opening}{counted(self.rows, 'row')}: {self.added} added, {self.changed} changed, "
            f"{self.unchanged} unchanged, {len(self.duplicates)} repeated, {len(self.refused)} refused{companies}."
        )
        if self.enrolled or self.not_enrolled:
            would = "would be " if self.dry_run else ""
            yield f"{counted(self.enrolled, 'person', 'people')} {would}enrolled, {len(self.not_enrolled)} not."
        yield from self.warnings
        yield from _listed("Refused", self.refused, most)
        yield from _listed("Repeated (the first row counts)", self.duplicates, most)
        yield from _listed("Not enrolled", self.not_enrolled, most)
        yield from _listed("Worth knowing", self.notes, most)

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _listed(title: str, remarks: list[Refused], most: int) -> Iterable[str]:
    if not remarks:
        return
    yield f"{title}:"
    yield from (f"  {remark}" for remark in remarks[:most])
    if len(remarks) > most:
        yield f"  … and {len(remarks) - most} more"
