"""The rows behind a number as a file (process §9): read when it is sent, so that rows and sum are of one moment."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.queries.pipeline_lens import every_row
from bot.delivery.render import NoticeView, Told, Upload
from bot.domain.errors import UserError
from bot.domain.metrics import Number, Scope
from bot.domain.metrics_defined import DEFINITIONS, value_of
from bot.domain.metrics_question import Question
from bot.domain.notices import NoticeKind
from bot.slack.csv_file import rows_csv
from bot.slack.views.pipeline_rows import file_name, file_words


def _file(session: Session, told: Told, now: datetime) -> Upload | None:
    facts = told.facts
    try:
        question, scope = Question.decode(str(facts["question"])), Scope.decode(str(facts["scope"]))
        rows = every_row(session, question, scope, number := Number(str(facts["number"])), str(facts["zone"]), now)
    except (ValueError, KeyError, UserError):
        return None  # an older version asked, or the segment is gone: nobody would know what the rows are of
    name = file_name(question, number)
    value = value_of(DEFINITIONS[number], rows)
    return Upload(name, rows_csv(rows), name, file_words(question, str(facts.get("about", "")), number, value))


PIPELINE_NOTICES: Mapping[NoticeKind, NoticeView] = {NoticeKind.PIPELINE_FILE: _file}
