"""One row of a file of cadences under way: cells to facts.

What must stay true: nothing is guessed: a day that can be read in two ways and an outcome that is no outcome are
refused; a reason says what to write instead and holds no address of a prospect.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.domain.cadence_underway import SoFar
from bot.domain.import_rows import Refused
from bot.domain.matching import fold, normalise_email
from bot.domain.step_rows import StepRow
from bot.domain.terms import Channel, Outcome
from bot.domain.touch_vocabulary import IMPLIED, PHRASES
from bot.intake.csv_days import CellError, read_day
from bot.intake.csv_reading import Row
from bot.intake.csv_rows import Headings

HEADINGS: Final = Headings(
    {
        "email": "contactemail email emailaddress workemail primaryemail prospectemail personemail leademail mail",
        "name": "contactname name fullname person prospect contact",
        "company": "company companyname account accountname organization organisation",
        "rep": "rep repemail owner owneremail contactowner sdr sdremail salesrep assignedto sender senderemail user",
        "started": "startedon started start startdate cadencestart sequencestart begunon begin enrolledon enrolled"
        " dateadded addedon day1",
        "cycle": "cycle cyclenumber round stepnumber step currentcycle currentstep",
        "email_on": "lastemailsenton lastemailsent lastemail lastemailon lastemaildate emailsenton lastsent"
        " lastmailsenton",
        "call_on": "lastcall lastcallon lastcalldate calledon lastcalloutcome",
        "outcome": "outcome calloutcome lastoutcome calldisposition disposition callresult result",
        "reason": "reason why whythem because",
        "notes": "notes note comment comments remarks",
    }
)
MEANING: Final = HEADINGS.meaning
NEEDED: Final = {
    "email": "the contact's e-mail (contact email)",
    "rep": "the rep's e-mail (rep)",
    "started": "the day it began (started on)",
}
_LONGEST: Final = 255
_LONGEST_NOTES: Final = 4_000
_CYCLE: Final = re.compile(r"(?:cycle|step|round)?\s*#?(\d{1,3})(?:\s*(?:of|/)\s*\d{1,3})?", re.IGNORECASE)
_DAY_AND_MORE: Final = re.compile(r"(\S+)[\s,;:–-]+(\S.*)")
_WORD: Final = re.compile(r"[^\W_]+")


def read_step(row: Row, places: Mapping[str, int], today: date) -> StepRow | Refused:
    """The row's facts, or why it is left out. ``today``: nothing that happened lies after it (UTC, a day's grace)."""
    cells = {fact: row.cells[place] for fact, place in places.items()}
    for fact, cell in cells.items():
        if len(cell) > (_LONGEST_NOTES if fact in ("notes", "reason") else _LONGEST):
            return Refused(row.line, f"{fact.replace('_', ' ')} has {len(cell):,} characters, which is too many")
    try:
        return _step(row.line, cells, today)
    except CellError as error:
        return Refused(row.line, str(error))


def _step(line: int, cells: Mapping[str, str], today: date) -> StepRow:
    email, rep = normalise_email(cells.get("email", "")), normalise_email(cells.get("rep", ""))
    if email is None or len(email) > _LONGEST:
        raise CellError("there is no valid e-mail address of the contact")
    if rep is None:
        raise CellError("there is no valid e-mail address of the rep")
    return StepRow(
        line=line,
        email=email,
        rep_email=rep,
        so_far=_so_far(cells, today),
        name=cells.get("name", ""),
        company=cells.get("company", ""),
        reason=cells.get("reason", ""),
        notes=cells.get("notes", ""),
    )


def _so_far(cells: Mapping[str, str], today: date) -> SoFar:
    started_on = read_day(cells.get("started", ""))
    if started_on is None:
        raise CellError("it has no day on which the cadence began")
    email_on = read_day(cells.get("email_on", ""))
    call_on, said = _call(cells.get("call_on", ""))
    outcome = _outcome(cells.get("outcome", "") or said)
    if outcome is not None and call_on is None:
        raise CellError("there is an outcome of a call, but no day of it (last call)")
    for what, day in (("began", started_on), ("last e-mail went out", email_on), ("last call was made", call_on)):
        if day is not None and day > today:
            raise CellError(f"the day it {what} is still to come" if what == "began" else f"the {what} in the future")
    for what, day in (("last e-mail", email_on), ("last call", call_on)):
        if day is not None and day < started_on:
            raise CellError(f"the {what} lies before the day it began")
    return SoFar(started_on, _cycle(cells.get("cycle", "")), email_on, call_on, outcome)


def _cycle(cell: str) -> int | None:
    """Read "2", "cycle 2", "2 of 4"."""
    if not cell:
        return None
    found = _CYCLE.fullmatch(cell)
    if found is None or int(found[1]) < 1:
        raise CellError(f"“{cell[:40]}” is no cycle; write a number from 1 on")
    return int(found[1])


def _call(cell: str) -> tuple[date | None, str]:
    """A day, or a day and the outcome in one cell: "2026-03-02 voicemail"."""
    try:
        return read_day(cell), ""
    except CellError:
        found = _DAY_AND_MORE.fullmatch(cell)
        if found is None:
            raise
        return read_day(found[1]), found[2]


def _outcome(cell: str) -> Outcome | None:
    """The outcome of a call, in the words that /touch knows."""
    if not cell:
        return None
    words = tuple(_WORD.findall(fold(cell).replace("'", "").replace("’", "")))
    meant = {term.outcome for phrase, term in PHRASES.get(words[0], ()) if phrase == words} if words else set()
    for outcome in meant:
        if outcome is not None and IMPLIED.get(outcome, Channel.CALL) in (Channel.CALL, Channel.MEETING):
            return outcome
    raise CellError(f"“{cell[:40]}” is no outcome of a call; write voicemail, no answer, busy or gatekeeper")
