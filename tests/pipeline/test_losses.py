"""Why hands came to nothing, by source: counted without anybody's words, and shown to marketing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.db.base import new_id
from bot.db.models import Contact, Handoff, Lead
from bot.db.queries.pipeline_losses import Losses, bare_reason
from bot.db.session import Database
from bot.domain.errors import NotAllowed
from bot.domain.metrics import Number
from bot.domain.metrics_question import Question
from bot.domain.terms import Intent, LeadState, Role, Source, Stage
from bot.service.pipeline import results, rows_behind, send_rows
from bot.slack.views.pipeline import pipeline_post
from tests.pipeline.history import NOW
from tests.pipeline.test_roles import DAYS, Office

JUNK = "Student or private person"
VERDICT = "No budget"


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    made = Office(database)
    made.roles |= {"Noor": Role.ADMIN, "Gus": Role.MARKETING}
    database.write_now(lambda session: fill(session, made.ids["Sam"], made.ids["Erik"]))
    return made


def fill(session: Session, rep: UUID, ae: UUID) -> None:
    """Three junked webinar leads, one by its score, one demo request that was not qualified, one that goes on."""
    junked: list[tuple[Source, str]] = [
        (Source.WEBINAR, JUNK),
        (Source.WEBINAR, f"{JUNK}: Peter's cousin"),
        (Source.WEBINAR, "The score of -12 is at or below -10."),
        (Source.WHITEPAPER, "The address is a disposable one."),
    ]
    for source, reason in junked:
        raise_lead(session, rep, source, state=LeadState.JUNK, closed_at=NOW, close_reason=reason)
    open_lead = raise_lead(session, rep, Source.REFERRAL, state=LeadState.OPEN)
    session.execute(
        insert(Handoff).values(
            id=new_id(),
            lead_id=open_lead["id"],
            contact_id=open_lead["contact_id"],
            rep_id=rep,
            ae_id=ae,
            state="not_qualified",
            contract={},
            created_at=NOW,
            ended_at=NOW - timedelta(days=1),
            end_reason=VERDICT,
        )
    )


def raise_lead(session: Session, rep: UUID, source: Source, **more: Any) -> dict[str, Any]:
    contact_id, raised = new_id(), NOW - timedelta(days=2)
    session.execute(
        insert(Contact).values(
            id=contact_id,
            first_name="Jo",
            last_name="Doe",
            stage=Stage.PROSPECT,
            source=source,
            external_ids={},
            extra={},
            score=0,
            created_at=raised,
        )
    )
    lead = {"id": new_id(), "contact_id": contact_id, "intent": Intent.CONTACT_ME, "hot": False, "source": source}
    lead |= {"owner_id": rep, "raised_at": raised, "received_at": raised, "owner_reason": []}
    session.execute(insert(Lead).values(**lead, **more))
    return lead


def test_marketing_sees_the_whole_funnel_and_why_some_came_to_nothing(office: Office) -> None:
    found = office.database.read_now(lambda session: results(session, office.actor("Gus"), Question(DAYS), NOW))
    assert found.about == "everyone"
    assert found.figures[Number.LEADS].rows == 1
    assert found.losses == (
        Losses(True, Source.WEBINAR, ((JUNK, 2), ("The score is too low", 1))),
        Losses(True, Source.WHITEPAPER, (("The address is a disposable one", 1),)),
        Losses(False, Source.REFERRAL, ((VERDICT, 1),)),
    )
    shown = pipeline_post(found)
    assert f"webinar 3: {JUNK} 2, The score is too low 1" in shown.text
    assert f"referral 1: {VERDICT} 1" in shown.text
    assert "Peter" not in str(shown)
    assert "pipeline_rows" not in str(shown.blocks)
    assert "pipeline_number" not in str(shown.blocks)


def test_marketing_sees_one_source_alone(office: Office) -> None:
    asked = Question(DAYS, source=Source.WHITEPAPER)
    found = office.database.read_now(lambda session: results(session, office.actor("Gus"), asked, NOW))
    assert [one.source for one in found.losses] == [Source.WHITEPAPER]
    assert found.figures[Number.LEADS].rows == 0


def test_marketing_sees_nobodys_rows_and_nobodys_own_results(office: Office) -> None:
    gus, database = office.actor("Gus"), office.database
    with pytest.raises(NotAllowed, match="figures without names"):
        database.read_now(lambda session: rows_behind(session, gus, Question(DAYS), Number.LEADS, 0, NOW))
    with pytest.raises(NotAllowed, match="figures without names"):
        database.write_now(lambda session: send_rows(session, gus, Question(DAYS), Number.LEADS, NOW))
    for asked in (Question(DAYS, person_id=office.ids["Sam"]), Question(DAYS, team_id=office.inbound)):
        with pytest.raises(NotAllowed, match="company's figures"):
            database.read_now(lambda session, asked=asked: results(session, gus, asked, NOW))
    own = Question(DAYS, person_id=gus.person_id)
    assert database.read_now(lambda session: rows_behind(session, gus, own, Number.LEADS, 0, NOW)).page.rows == ()


def test_a_rep_is_shown_neither_the_whole_nor_what_came_to_nothing(office: Office) -> None:
    found = office.database.read_now(lambda session: results(session, office.actor("Sam"), Question(DAYS), NOW))
    assert (found.losses, found.with_rows) == ((), True)


def test_an_admin_sees_the_rows_too(office: Office) -> None:
    found = office.database.read_now(lambda session: results(session, office.actor("Noor"), Question(DAYS), NOW))
    assert found.with_rows
    assert len(found.losses) == 3


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("Spam: they said so: twice", "Spam"),
        ("Other: bots: Jane Doe", "Other: bots"),
        ("Some older reason: call Jane", "Some older reason"),
        ("The company is a competitor.", "The company is a competitor"),
        (None, "No reason given"),
    ],
)
def test_a_reason_stands_without_its_remark(stored: str | None, reason: str) -> None:
    assert bare_reason(stored, ("Spam", "Other", "Other: bots")) == reason
