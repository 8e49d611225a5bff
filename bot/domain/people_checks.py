"""The rows of people.csv against each other and against who is set up already (process, opening table).

What must stay true: a refused row changes nothing, and neither does a row that leans on a refused one; who is named
may come later in the same file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from bot.domain.import_rows import KnownPerson, PersonRow, Refused
from bot.domain.terms import Role


@dataclass(frozen=True, slots=True)
class Checked:
    """Rows that may go in, and why the others may not."""

    rows: tuple[PersonRow, ...]
    refused: tuple[Refused, ...]
    duplicates: tuple[Refused, ...]
    missing: tuple[str, ...]
    """Names of active people who are not in the file; an import removes nobody."""


def check_people(
    rows: list[PersonRow], known: Mapping[str, KnownPerson], min_aligned: int, max_aligned: int
) -> Checked:
    """Check ``rows``; ``known`` is by normalised e-mail, the limits are the playbook's."""
    duplicates: list[Refused] = []
    good: dict[str, PersonRow] = {}
    for row in rows:
        if row.email in good:
            duplicates.append(Refused(row.line, f"{row.email} is on line {good[row.email].line} already"))
        else:
            good[row.email] = _settled(row, rows)
    missing = tuple(sorted(person.name for email, person in known.items() if email not in good))
    refused: dict[str, Refused] = {}
    while True:
        check = _Check(good, known, refused, (min_aligned, max_aligned))
        wrong = {email: why for email, row in good.items() if (why := next(check.problems(row), None))}
        if not wrong:
            break
        refused |= {email: Refused(good.pop(email).line, why) for email, why in wrong.items()}
    ordered = sorted(refused.values(), key=lambda one: one.line)
    return Checked(tuple(good.values()), tuple(ordered), tuple(duplicates), missing)


def _settled(row: PersonRow, rows: list[PersonRow]) -> PersonRow:
    """Read "my manager is me" as yes; a no gives way to others who name this person as their manager."""
    if row.led_by == row.email:
        return replace(row, led_by=None, leads_own_teams=True)
    if row.leads_own_teams is False and any(other.led_by == row.email for other in rows):
        return replace(row, leads_own_teams=None)
    return row


@dataclass(frozen=True, slots=True)
class _Check:
    good: Mapping[str, PersonRow]
    known: Mapping[str, KnownPerson]
    refused: Mapping[str, Refused]
    limits: tuple[int, int]

    def problems(self, row: PersonRow) -> Iterator[str]:
        if row.email not in self.known and not row.roles and not row.leads_own_teams:
            yield "somebody new needs a role; use " + ", ".join(Role)
        yield from self._of_teams(row)
        yield from self._of_alignment(row)

    def _of_teams(self, row: PersonRow) -> Iterator[str]:
        if row.teams is None and row.email not in self.known:
            if row.leads_own_teams:
                yield "manager says yes, but no team is named"
            if row.led_by:
                yield "a manager is named, but no team"
        if row.led_by:
            roles = self._roles(row.led_by)
            if roles is None:
                yield f"the manager {self._unknown(row.led_by)}"
            elif Role.MANAGER not in roles:
                yield f"{row.led_by} is named as manager but does not hold the role manager"

    def _of_alignment(self, row: PersonRow) -> Iterator[str]:
        if not row.aligned_aes:
            return
        for email in row.aligned_aes:
            roles = self._roles(email)
            if roles is None:
                yield f"the aligned AE {self._unknown(email)}"
            elif Role.AE not in roles:
                yield f"{email} is aligned as an AE but does not hold the role ae"
        least, most = self.limits
        if not least <= len(row.aligned_aes) <= most:
            yield f"aligned_aes names {len(row.aligned_aes)}; the playbook asks for {least} to {most}"

    def _roles(self, email: str) -> frozenset[Role] | None:
        """Return the roles somebody will hold after the import; None for somebody who is nowhere."""
        row, stored = self.good.get(email), self.known.get(email)
        if row is None and stored is None:
            return None
        held = row.roles if row and row.roles is not None else stored.roles if stored else frozenset()
        return held | {Role.MANAGER} if row and row.leads_own_teams else held

    def _unknown(self, email: str) -> str:
        if email in self.refused:
            return f"{email} is on line {self.refused[email].line}, which is refused"
        near = get_close_matches(email, [*self.good, *self.known], n=1, cutoff=0.8)
        return f"{email} is neither in this file nor set up" + (f"; did you mean {near[0]}?" if near else "")
