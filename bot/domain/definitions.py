"""Marketing-qualified and sales-qualified, read from the playbook (process §1).

What must stay true: a definition holds when all of its conditions hold; each is shown with its own answer.
"""

from collections.abc import Iterable, Mapping

from bot.playbook.schema import Condition


def conditions_held(conditions: Iterable[Condition], facts: Mapping[str, object]) -> list[tuple[str, bool]]:
    """Return (label, holds) for each condition. ``facts`` is keyed by the condition's fact; missing is unknown."""
    return [(condition.label, holds(condition, facts.get(condition.fact))) for condition in conditions]


def holds(condition: Condition, value: object) -> bool:
    """Whether one condition holds for a fact's value; None and blank text are unknown, False is known."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return False
    if condition.at_least is not None:
        return isinstance(value, int | float) and value >= condition.at_least
    if condition.one_of is not None:
        return str(value) in condition.one_of
    return True
