"""The disqualify guard: an organisation is given up on who decides there, or with evidence (process §4)."""

import pytest
from sqlalchemy import select

from bot.db.models import Account, Contact
from bot.domain.enrolling import Why
from bot.domain.errors import Gone, UserError
from bot.domain.terms import Outcome
from bot.service.given_up import GiveUp, give_up, organisation_of, take_up
from tests.cadence.desk import NOW, DeskHouse


def gives_up(desk: DeskHouse, **more) -> str:
    return desk.write(lambda session: give_up(session, GiveUp(desk.sam, desk.acme, **more), NOW))


def test_a_juniors_no_stops_only_them(desk: DeskHouse) -> None:
    desk.sets(Contact, desk.jane, title="Office assistant")
    desk.logs(Outcome.NOT_INTERESTED)
    with pytest.raises(UserError, match="Jane Doe stops only for themselves"):
        gives_up(desk, said_by_id=desk.jane)
    assert desk.enrolls(desk.knows("Tim", account=desk.acme, country="US")).begun


def test_a_no_that_is_not_logged_does_not_count(desk: DeskHouse) -> None:
    desk.sets(Contact, desk.jane, title="CEO")
    with pytest.raises(UserError, match="No no of theirs is logged"):
        gives_up(desk, said_by_id=desk.jane)
    desk.logs(Outcome.NOT_INTERESTED, said_by="her assistant")
    with pytest.raises(UserError, match="No no of theirs is logged"):
        gives_up(desk, said_by_id=desk.jane)


def test_the_no_of_who_decides_ends_everything_there(desk: DeskHouse) -> None:
    tim = desk.knows("Tim", account=desk.acme, country="US")
    desk.enrolls(tim)
    desk.sets(Contact, desk.jane, title="CEO")
    desk.logs(Outcome.NOT_INTERESTED)
    assert gives_up(desk, said_by_id=desk.jane) == (
        "Acme is given up: no of Jane Doe, who decides there. 1 plan there ended."
    )
    assert desk.plan(tim).end_reason == "not_a_fit"
    (left_out,) = desk.enrolls(desk.knows("Ruth", account=desk.acme, country="US")).left_out
    assert (left_out.why, left_out.sentence) == (Why.GIVEN_UP, "works at Acme, which was given up")
    with pytest.raises(Gone, match="given up already"):
        gives_up(desk, said_by_id=desk.jane)


def test_not_a_fit_takes_evidence_and_can_be_taken_back(desk: DeskHouse) -> None:
    with pytest.raises(UserError, match="What shows it"):
        gives_up(desk, not_a_fit="Competitor")
    gives_up(desk, not_a_fit="Competitor", evidence="They sell the same")
    shown = desk.database.read_now(lambda session: organisation_of(session, desk.jane))
    assert shown.given_up_reason == "not a fit: Competitor. They sell the same"
    assert desk.write(lambda session: take_up(session, desk.sam, desk.acme, NOW)) == "Acme can be worked again."
    assert (
        desk.database.read_now(
            lambda session: session.scalar(select(Account.given_up_at).where(Account.id == desk.acme))
        )
        is None
    )
    assert desk.enrolls().begun
