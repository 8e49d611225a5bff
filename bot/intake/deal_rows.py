"""One row of a deals file: cells to facts.

What must stay true: nothing is guessed: an amount or a day that can be read in two ways is refused; a reason says
what to write instead and holds no address of a prospect.
"""

from collections.abc import Mapping
from typing import Final

from bot.domain.deal_rows import DealRow
from bot.domain.errors import UserError
from bot.domain.import_rows import Refused
from bot.domain.matching import normalise_email
from bot.domain.money import Money, read_currency, read_worth
from bot.domain.opportunities import DealKind, DealState
from bot.intake.csv_days import CellError, read_day
from bot.intake.csv_reading import Row, heading_key
from bot.intake.csv_rows import Headings

HEADINGS: Final = Headings(
    {
        "company": "company companyname account accountname organization organisation associatedcompany",
        "email": "contactemail email contactemailaddress emailaddress primarycontactemail",
        "contact": "contact contactname name person associatedcontact",
        "ae": "ae aeemail owner owneremail dealowner opportunityowner accountexecutive",
        "amount": "amount value dealvalue dealamount amountincompanycurrency",
        "currency": "currency currencycode dealcurrency amountcurrency",
        "type": "type kind dealtype opportunitytype",
        "stage": "stage state status dealstage opportunitystage",
        "close": "expectedclose expectedcloseon expectedclosedate closedate closingdate",
        "next_step": "nextstep nextsteps",
        "number": "id dealid recordid opportunityid",
    }
)
MEANING: Final = HEADINGS.meaning
NEEDED: Final = {
    "company email": "company or contact email",
    "ae": "the account executive's e-mail (ae)",
    "amount": "amount",
}
_LONGEST: Final = 255
_LONGEST_STEP: Final = 2_000
_KINDS: Final[Mapping[str, DealKind]] = {
    **dict.fromkeys(("", "new", "newbusiness", "newcustomer", "newlogo"), DealKind.NEW),
    **dict.fromkeys(("addon", "upsell", "crosssell", "expansion", "existingbusiness"), DealKind.ADD_ON),
    **dict.fromkeys(("renewal", "renew"), DealKind.RENEWAL),
}
_STATES: Final[Mapping[str, DealState]] = {
    **dict.fromkeys(("", "open", "qualified", "qualifiedtobuy", "qualification", "discovery"), DealState.QUALIFIED),
    **dict.fromkeys(("proposal", "proposalsent", "proposalpricequote", "quote", "negotiation"), DealState.PROPOSAL),
    **dict.fromkeys(("won", "closedwon"), DealState.WON),
    **dict.fromkeys(("lost", "closedlost"), DealState.LOST),
}


def read_deal(row: Row, places: Mapping[str, int], currency: str, most: int) -> DealRow | Refused:
    """The row's facts, or why it is left out. ``currency``: taken where the row names none; ``most``: as in a form."""
    cells = {fact: row.cells[place] for fact, place in places.items()}
    for fact, cell in cells.items():
        if len(cell) > (_LONGEST_STEP if fact == "next_step" else _LONGEST):
            return Refused(row.line, f"{fact.replace('_', ' ')} has {len(cell):,} characters, which is too many")
    try:
        return _deal(row.line, cells, currency, most)
    except CellError as error:
        return Refused(row.line, str(error))
    except UserError as error:
        return Refused(row.line, f"{error.sentence[:1].lower()}{error.sentence[1:]}".rstrip("."))


def _deal(line: int, cells: Mapping[str, str], currency: str, most: int) -> DealRow:
    company, given = cells.get("company", ""), cells.get("email", "")
    email = normalise_email(given) if given else None
    if given and (email is None or len(email) > _LONGEST):
        raise CellError("the contact's e-mail address is not valid")
    if not company and email is None:
        raise CellError("it has neither a company nor a contact's e-mail address")
    ae = normalise_email(cells.get("ae", ""))
    if ae is None:
        raise CellError("there is no e-mail address of the account executive")
    return DealRow(
        line=line,
        company=company,
        email=email,
        contact=cells.get("contact", ""),
        ae_email=ae,
        money=_money(cells, currency, most),
        kind=_kind(cells.get("type", "")),
        state=_state(cells.get("stage", "")),
        expected_close_on=read_day(cells.get("close", "")),
        next_step=cells.get("next_step", ""),
        number=cells.get("number", ""),
    )


def _money(cells: Mapping[str, str], usual: str, most: int) -> Money:
    named = read_currency(cells["currency"]) if cells.get("currency") else None
    money = read_worth(cells.get("amount", ""), named or usual, most)
    if named is not None and money.currency != named:
        raise CellError(f"the amount is in {money.currency}, but the currency says {named}")
    return money


def _kind(cell: str) -> DealKind:
    kind = _KINDS.get(heading_key(cell))
    if kind is None:
        raise CellError(f"“{cell[:40]}” is no type of business; use new, add_on or renewal")
    return kind


def _state(cell: str) -> DealState:
    state = _STATES.get(heading_key(cell))
    if state is None:
        raise CellError(f"“{cell[:40]}” is no stage here; use qualified or proposal")
    if state in (DealState.WON, DealState.LOST):
        raise CellError(f"it is {state.value} already; only open deals are imported")
    return state
