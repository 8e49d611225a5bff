"""A lead that somebody took is given back: to the rotation, or to the one before."""

from datetime import date
from uuid import UUID

import pytest

from bot.db.models import Assignment, Lead
from bot.domain.commands import ClaimLead, LogTouch
from bot.domain.errors import Gone, NotAllowed, UserError
from bot.domain.terms import Channel, LeadState, Outcome
from bot.service.claims import Done, claim_lead
from bot.service.lead_give_back import GiveBack, give_back_lead
from bot.service.touches import log_touch
from tests.day_one.house import Branch


def taken(branch: Branch, by: str = "Cem") -> UUID:
    """A hot lead of Ada's that somebody claimed."""
    lead = branch.lead_of("Ada", branch.knows("Jane"), hot=True)
    branch.write(
        lambda session: session.add(
            Assignment(lead_id=lead, person_id=branch.people["Ada"], rule="round_robin", reason=[], at=branch.now)
        )
    )
    branch.does(claim_lead, ClaimLead(branch.actor(by), lead))
    return lead


def gives_back(branch: Branch, lead: UUID, by: str = "Cem", *, before: bool = False, why: str = "too busy") -> Done:
    done: Done = branch.does(give_back_lead, GiveBack(branch.actor(by), lead, before, why))
    return done


def test_to_the_rotation_the_next_one_is_alerted_and_clocks_stay(branch: Branch) -> None:
    lead = taken(branch)
    before = branch.lead(lead)
    assert gives_back(branch, lead).sentence == "Bea has it now."
    after = branch.lead(lead)
    assert (branch.owner(lead), after.state, after.claimed_at) == ("Bea", LeadState.OPEN, None)
    assert (after.raised_at, after.response_due_at) == (before.raised_at, before.response_due_at)
    assert branch.alerts(lead)[-1] == ("Bea", after.round, "given_back")
    assert branch.cards(lead)[-1] == ("inbound:team", f"round:{after.round}")
    assert {"alert_ladder", "alert_manager"} <= set(branch.dues(lead))
    kept = branch.all(Assignment, Assignment.lead_id == lead)[-1]
    assert "Cem gave it back: too busy." in kept.reason
    assert [(move.before, move.after) for move in branch.card(lead).moves][-1] == ("claimed", "open")


def test_to_the_one_before(branch: Branch) -> None:
    lead = taken(branch)
    assert gives_back(branch, lead, before=True).sentence == "Ada has it again."
    assert branch.owner(lead) == "Ada"
    assert branch.alerts(lead)[-1][0] == "Ada"


def test_whoever_is_away_or_left_does_not_get_it_back(branch: Branch) -> None:
    lead = taken(branch)
    branch.is_away("Ada", date(2026, 3, 1), date(2026, 3, 6))
    with pytest.raises(UserError, match=r"Ada is on leave until Mon 9 Mar 09:00\. Give it to the rotation\."):
        gives_back(branch, lead, before=True)
    branch.has("Ada", active=False)
    with pytest.raises(UserError, match="Ada is not on the team any more"):
        gives_back(branch, lead, before=True)
    first = branch.lead_of("Cem", branch.knows("Tim"))
    branch.does(claim_lead, ClaimLead(branch.actor("Cem"), first))
    with pytest.raises(UserError, match="Nobody had it before"):
        gives_back(branch, first, before=True)


def test_an_answered_lead_stays_answered(branch: Branch) -> None:
    lead = taken(branch)
    contact = branch.lead(lead).contact_id
    branch.does(log_touch, LogTouch(branch.actor("Cem"), contact, Channel.CALL, Outcome.VOICEMAIL, branch.now))
    gives_back(branch, lead)
    after = branch.lead(lead)
    assert (after.state, branch.owner(lead), after.first_response_at) == (LeadState.RESPONDED, "Bea", branch.now)


def test_nobody_left_the_managers_are_told(branch: Branch) -> None:
    lead = taken(branch)
    gives_back(branch, lead)
    branch.does(claim_lead, ClaimLead(branch.actor("Bea"), lead))
    assert gives_back(branch, lead, "Bea").sentence == "Everybody on shift had it; I have told the manager."
    assert branch.owner(lead) is None
    assert branch.alerts(lead)[-1][0] == "Mia"


def test_who_may_and_when(branch: Branch) -> None:
    lead = taken(branch)
    with pytest.raises(NotAllowed, match="Only Cem"):
        gives_back(branch, lead, "Bea")
    with pytest.raises(UserError, match="A word on why"):
        gives_back(branch, lead, why=" ")
    untaken = branch.lead_of("Ada", branch.knows("Tim"))
    with pytest.raises(UserError, match="Nobody has taken it yet"):
        gives_back(branch, untaken, "Ada")
    branch.sets(Lead, untaken, state=LeadState.CLOSED, closed_at=branch.now)
    with pytest.raises(Gone, match="closed by now"):
        gives_back(branch, untaken, "Ada")
    assert gives_back(branch, lead, "Mia", before=True).owner_id == branch.people["Ada"]
