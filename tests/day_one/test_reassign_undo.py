"""Taking a reassignment back: all of it, while nobody acted on it and its time is not over."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from bot.db.models import Account, AuditEntry, Contact, Enrolment, Opportunity, PersonRole, Task
from bot.domain.commands import ClaimLead, LogTouch, Undo
from bot.domain.errors import Gone, NotAllowed, NotFound
from bot.domain.terms import Channel, LeadState, Outcome
from bot.jobs.perform import carry_out, take
from bot.jobs.schedule import DUE_JOBS
from bot.service.claims import claim_lead
from bot.service.reassign import begin_reassign
from bot.service.reassign_undo import undo_reassign
from bot.service.touches import log_touch
from tests.day_one.house import Branch
from tests.day_one.test_reassign import a_life


def takes_back(branch: Branch, job_id: UUID, by: str = "Root") -> str:
    said: str = branch.does(undo_reassign, Undo(branch.actor(by), job_id))
    branch.after(seconds=0)
    return said


def test_everything_is_its_former_owners_again(branch: Branch) -> None:
    life = a_life(branch)
    deal = branch.deal_of("Erik", branch.knows("Dora"))
    before = branch.owned("Ada").counts
    plan = branch.one(Enrolment, life["plan"])
    ada = branch.reassigns(branch.wish("Ada", "Bea", "Cem"))
    erik = branch.reassigns(branch.wish("Erik", "Farah"))
    for begun in (ada, erik):
        assert takes_back(branch, begun.job_id) == "I am taking it back, and tell you when it is done."
    assert branch.owned("Ada").counts == before
    assert branch.owned("Bea").total == branch.owned("Cem").total == branch.owned("Farah").total == 0
    assert branch.one(Opportunity, deal).ae_id == branch.people["Erik"]
    again = branch.one(Enrolment, life["plan"])
    assert (again.person_id, again.next_due_on, again.step) == (plan.person_id, plan.next_due_on, plan.step)
    assert branch.told("reassign_undone") == ["Ada", "Bea", "Cem", "Erik", "Farah", "Root", "Root"]
    assert branch.one(AuditEntry, ada.job_id).detail["taken_back"] == ada.total


def test_a_handoff_goes_back_with_its_call(branch: Branch) -> None:
    branch.hands_off(branch.a_lead(by="Ada"), to="Erik", ae_reason="known")
    begun = branch.reassigns(branch.wish("Erik", "Farah"))
    takes_back(branch, begun.job_id)
    assert (branch.owned("Erik").total, branch.owned("Farah").total) == (1, 0)


def test_a_claim_comes_back_too(branch: Branch) -> None:
    lead = branch.lead_of("Ada", branch.knows("Jane"), hot=True)
    branch.does(claim_lead, ClaimLead(branch.actor("Ada"), lead))
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    takes_back(branch, begun.job_id)
    now = branch.lead(lead)
    assert (branch.owner(lead), now.state, branch.name(now.claimed_by_id)) == ("Ada", LeadState.CLAIMED, "Ada")
    assert set(branch.dues(lead)) & {"claimed_ladder"}


def test_once_somebody_acted_it_is_refused_and_nothing_moves(branch: Branch) -> None:
    life = a_life(branch)
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    branch.does(claim_lead, ClaimLead(branch.actor("Bea"), life["cool"]))
    with pytest.raises(Gone, match="Bea claimed a lead"):
        takes_back(branch, begun.job_id)
    assert (branch.owned("Ada").total, branch.owned("Bea").total) == (0, begun.total)


def test_a_touch_that_moved_a_plan_stands_in_the_way(branch: Branch) -> None:
    life = a_life(branch)
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    contact = branch.one(Enrolment, life["plan"]).contact_id
    branch.does(log_touch, LogTouch(branch.actor("Bea"), contact, Channel.EMAIL, Outcome.SENT, branch.now))
    with pytest.raises(Gone, match="1 plan has moved on"):
        takes_back(branch, begun.job_id)


def test_a_task_that_is_done_stands_in_the_way(branch: Branch) -> None:
    task = branch.task_of("Ada", branch.knows("Jane"))
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    branch.sets(Task, task, done_at=branch.now)
    with pytest.raises(Gone, match="1 task is done"):
        takes_back(branch, begun.job_id)


def test_its_time_is_over_after_ten_minutes_and_it_is_done_once(branch: Branch) -> None:
    branch.knows("Jane", owner="Ada")
    late = branch.reassigns(branch.wish("Ada", "Bea"))
    branch.after(minutes=11)
    with pytest.raises(Gone, match="Undo works for 10 minutes"):
        takes_back(branch, late.job_id)
    begun = branch.reassigns(branch.wish("Bea", "Ada"))
    takes_back(branch, begun.job_id)
    with pytest.raises(Gone, match="taken back already"):
        takes_back(branch, begun.job_id)


def test_others_doing_and_what_is_not_done_yet_are_not_taken_back(branch: Branch) -> None:
    branch.knows("Jane", owner="Ada")
    begun = branch.does(begin_reassign, branch.wish("Ada", "Bea"))
    with pytest.raises(NotFound):
        branch.does(undo_reassign, Undo(branch.actor("Root"), begun.job_id))
    branch.after(seconds=0)
    with pytest.raises(NotAllowed):
        takes_back(branch, begun.job_id, by="Mia")


def test_what_somebody_gave_on_meanwhile_stays(branch: Branch) -> None:
    company = branch.one(Contact, branch.knows("Jane", owner="Ada")).account_id
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    (contact,) = branch.all(Contact)
    branch.sets(Contact, contact.id, owner_id=branch.people["Cem"])
    takes_back(branch, begun.job_id)
    assert branch.owners(Contact) == ["Cem"]
    assert branch.one(Account, company).owner_id is None
    assert branch.one(AuditEntry, begun.job_id).detail["taken_back"] == 0


class _KilledError(Exception):
    """The process is gone before its commit."""


def goes_on(branch: Branch, *, killed: bool) -> bool:
    """One due thing is done, or the process is killed over it; whether there was one."""

    def work(session: Any) -> bool:
        row = take(session, branch.now, DUE_JOBS.keys())
        if row is None:
            return False
        carry_out(session, row, DUE_JOBS, branch.now)
        if killed:
            raise _KilledError
        return True

    try:
        return bool(branch.write(work))
    except _KilledError:
        return True


def test_a_kill_in_every_slice_loses_and_doubles_nothing_either_way(branch: Branch) -> None:
    for number in range(450):
        branch.knows(f"P{number}", owner="Ada")
    begun = branch.does(begin_reassign, branch.wish("Ada", "Bea", "Cem"))
    while goes_on(branch, killed=True) and goes_on(branch, killed=False):
        pass
    assert branch.owned("Bea").total + branch.owned("Cem").total == 450
    assert branch.one(AuditEntry, begun.job_id).detail["given"] == {"contacts": 450}
    assert branch.told("reassigned_share") == ["Ada", "Bea", "Cem"]
    branch.does(undo_reassign, Undo(branch.actor("Root"), begun.job_id))
    while goes_on(branch, killed=True) and goes_on(branch, killed=False):
        pass
    assert branch.owned("Ada").total == 450
    assert branch.one(AuditEntry, begun.job_id).detail["taken_back"] == 450
    assert len(branch.all_items("reassign_undone")) == len(set(branch.told("reassign_undone"))) == 4


def test_a_manager_who_is_none_any_more_takes_nothing_back(branch: Branch) -> None:
    branch.knows("Jane", owner="Ada")
    begun = branch.reassigns(branch.wish("Ada", "Bea", by="Mia"))
    mia = branch.people["Mia"]
    branch.write(lambda session: session.execute(delete(PersonRole).where(PersonRole.person_id == mia)) and None)
    with pytest.raises(NotAllowed, match="Managers and admins"):
        takes_back(branch, begun.job_id, by="Mia")
