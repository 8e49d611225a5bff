"""What one look at the install found."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding matters: work goes on with a ``warn``, not with a ``fail``."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """A finding in a sentence, and the way to mend it where there is something to mend."""

    name: str
    level: Level
    sentence: str
    mend: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self)


def ok(name: str, sentence: str) -> Check:
    """All is well."""
    return Check(name, Level.OK, sentence)


def warn(name: str, sentence: str, mend: str) -> Check:
    """Something is missing that work can go on without."""
    return Check(name, Level.WARN, sentence, mend)


def fail(name: str, sentence: str, mend: str) -> Check:
    """Work cannot go on like this."""
    return Check(name, Level.FAIL, sentence, mend)
