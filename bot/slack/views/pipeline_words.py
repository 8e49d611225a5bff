"""How figures of ``/pipeline`` are said: a value, and how it compares with the one before.

What must stay true: a comparison is words, never a colour or an arrow alone; where there is nothing to compare, that is
said.
"""

from bot.db.queries.pipeline_lens import Report
from bot.domain.counting import counted
from bot.domain.metrics import Number, Unit, Value
from bot.domain.metrics_defined import DEFINITIONS
from bot.domain.money import Money
from bot.slack.views.words import lasting

NONE = "–"
ROW_WORDS = {
    Unit.COUNT: ("row", "rows"),
    Unit.MONEY: ("deal", "deals"),
    Unit.SECONDS: ("lead", "leads"),
    Unit.SHARE: ("row", "rows"),
}


def said(number: Number, value: Value) -> str:
    """A value: ``12``, ``12,500 EUR``, ``40 % (4 of 10)``, ``3 min 20 s``; a dash where there is none."""
    match DEFINITIONS[number].unit:
        case Unit.COUNT:
            return f"{value.rows:,}"
        case Unit.MONEY:
            return " + ".join(str(one) for one in value.money) if value.money else "0"
        case Unit.SHARE:
            return f"{percent(value)} % ({value.hits:,} of {value.rows:,})" if value.rows else NONE
        case Unit.SECONDS:
            return NONE if value.seconds is None else lasting(value.seconds)


def percent(value: Value) -> int:
    """Hits of a hundred rows, rounded; 0 where there are no rows."""
    return round(100 * value.hits / value.rows) if value.rows else 0


def change(number: Number, value: Value, before: Value) -> str:
    """How a value differs from the one before: ``3 more``, ``5 points less``, ``2 min faster``, ``the same``."""
    match DEFINITIONS[number].unit:
        case Unit.COUNT:
            return _more(value.rows - before.rows, f"{abs(value.rows - before.rows):,}")
        case Unit.MONEY:
            return _money_change(value, before)
        case Unit.SHARE:
            if not value.rows or not before.rows:
                return "nothing to compare"
            points = percent(value) - percent(before)
            return _more(points, counted(abs(points), "point"))
        case Unit.SECONDS:
            if value.seconds is None or before.seconds is None:
                return "nothing to compare"
            seconds = value.seconds - before.seconds
            return "the same" if seconds == 0 else f"{lasting(abs(seconds))} {'slower' if seconds > 0 else 'faster'}"


def _more(difference: int, words: str) -> str:
    return "the same" if difference == 0 else f"{words} {'more' if difference > 0 else 'less'}"


def _money_change(value: Value, before: Value) -> str:
    now, then = ({one.currency: one.cents for one in each.money} for each in (value, before))
    parts = [
        _more(cents, str(Money(abs(cents), currency)))
        for currency in sorted(now | then)
        if (cents := now.get(currency, 0) - then.get(currency, 0))
    ]
    return ", ".join(parts) or "the same"


def sentence(report: Report, number: Number) -> str:
    """A number as a sentence's part: ``12, 3 more than the week before``."""
    value, before = report.figures[number], report.before[number]
    words = change(number, value, before)
    period = report.question.period.before_words()
    if words == "nothing to compare":
        return f"{said(number, value)}, nothing to compare with in {period}"
    return f"{said(number, value)}, {words} {'as in' if words == 'the same' else 'than'} {period}"


def behind(number: Number, value: Value) -> str:
    """What stands behind a number: ``3 deals``, ``12 rows``."""
    return counted(value.rows, *ROW_WORDS[DEFINITIONS[number].unit])
