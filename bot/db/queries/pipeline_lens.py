"""From a question to what is looked at, and to a whole report (process §9).

What must stay true: whose facts count comes in as a ``Scope``, resolved in the service; nothing here asks who may see
what. A period is whole days of the zone that is given.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.queries.pipeline import Figures, figures
from bot.db.queries.pipeline_losses import Losses, losses
from bot.db.queries.pipeline_rows import RowPage, all_rows, row_page
from bot.db.queries.pipeline_sets import Lens
from bot.db.session import PlaybookInForce
from bot.domain.errors import Gone
from bot.domain.metrics import Number, Row, Scope
from bot.domain.metrics_defined import DEFINITIONS
from bot.domain.metrics_period import Period
from bot.domain.metrics_question import Question
from bot.playbook.schema import Segment


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a question, and those of the period before. ``about``: whose and from where; outside text."""

    question: Question
    about: str
    figures: Figures
    before: Figures
    zone: str
    now: datetime
    losses: tuple[Losses, ...] = ()
    """Why hands came to nothing, by source; only of the whole company."""
    with_rows: bool = True
    """Whether whoever asks may see the rows behind the numbers."""

    @property
    def empty(self) -> bool:
        """Nothing happened, neither in the period nor in the one before."""
        return not self.losses and not any(
            value.rows for found in (self.figures, self.before) for value in found.values()
        )


@dataclass(frozen=True, slots=True)
class NumberRows:
    """A page of the rows behind one number."""

    question: Question
    about: str
    number: Number
    page: RowPage
    zone: str


def report(session: Session, question: Question, scope: Scope, about: str, zone: str, now: datetime) -> Report:
    """All figures. Raises ``Gone`` for a segment that the playbook has no more."""
    now_seen = make_lens(session, question, question.period, scope, zone, now)
    before_seen = make_lens(session, question, question.period.before(), scope, zone, now)
    lost = losses(session, now_seen) if scope.everyone else ()
    return Report(question, about, figures(session, now_seen), figures(session, before_seen), zone, now, lost)


def number_rows(
    session: Session,
    question: Question,
    scope: Scope,
    about: str,
    number: Number,
    zone: str,
    now: datetime,
    offset: int,
) -> NumberRows:
    """A page of the rows behind a number."""
    lens = make_lens(session, question, question.period, scope, zone, now)
    return NumberRows(question, about, number, row_page(session, lens, DEFINITIONS[number], offset), zone)


def every_row(
    session: Session, question: Question, scope: Scope, number: Number, zone: str, now: datetime
) -> list[Row]:
    """All rows behind a number, for a file."""
    lens = make_lens(session, question, question.period, scope, zone, now)
    return list(all_rows(session, lens, DEFINITIONS[number]))


def make_lens(session: Session, question: Question, period: Period, scope: Scope, zone: str, now: datetime) -> Lens:
    """What is looked at. Raises ``Gone``."""
    starts_at, ends_at = period.instants(zone)
    return Lens(
        scope=scope,
        starts_at=starts_at,
        ends_at=ends_at,
        first_day=period.first,
        last_day=period.last,
        now=now,
        sqlite=session.get_bind().dialect.name == "sqlite",
        source=question.source,
        segment=_segment(session, question.segment_key),
    )


def _segment(session: Session, key: str | None) -> Segment | None:
    if key is None:
        return None
    in_force: PlaybookInForce = session.info["playbook"]
    segment = in_force.playbook.icp.segments.get(key)
    if segment is None:
        raise Gone("That segment is not in the playbook any more.")
    return segment
