"""Giving much work to others at once: the preview, what is carried out, who may, who is told."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from bot.db.models import (
    Account,
    Assignment,
    AuditEntry,
    Contact,
    Enrolment,
    Handoff,
    Lead,
    Opportunity,
    Task,
    Team,
    TeamMember,
    TouchItem,
    TouchList,
)
from bot.domain.commands import ClaimLead, LogTouch
from bot.domain.errors import NotAllowed, UserError
from bot.domain.reassigning import Work
from bot.domain.terms import Channel, LeadState, Outcome
from bot.service.claims import claim_lead
from bot.service.reassign import begin_reassign
from bot.service.touch_list_days import todays_list
from bot.service.touches import log_touch
from tests.day_one.house import Branch


def a_life(branch: Branch) -> dict[str, UUID]:
    """What Ada has: two leads, one of them hot, a plan, a callback, people and a company."""
    jane, tim, kim = (branch.knows(name, owner="Ada") for name in ("Jane", "Tim", "Kim"))
    branch.sets(Account, branch.one(Contact, jane).account_id, owner_id=branch.people["Ada"])
    return {
        "hot": branch.lead_of("Ada", jane, hot=True),
        "cool": branch.lead_of("Ada", tim),
        "plan": branch.plan_of("Ada", kim),
        "task": branch.task_of("Ada", kim),
    }


def test_the_preview_counts_and_names_and_changes_nothing(branch: Branch) -> None:
    a_life(branch)
    shown = branch.previews(branch.wish("Ada", "Bea"))
    assert {line.work: line.count for line in shown.lines} == {
        Work.LEADS: 2,
        Work.PLANS: 1,
        Work.TASKS: 1,
        Work.CONTACTS: 3,
        Work.ACCOUNTS: 1,
    }
    assert [line.name for line in shown.lines[0].first] == ["Jane", "Tim"]
    assert (shown.giver, shown.total, shown.shares) == ("Ada", 8, (("Bea", 8),))
    assert branch.owned("Ada").total == 8


def test_a_leaver_leaves_nothing_behind_and_counts_equal_the_preview(branch: Branch) -> None:
    life = a_life(branch)
    shown = branch.previews(branch.wish("Ada", "Bea"))
    begun = branch.reassigns(branch.wish("Ada", "Bea"))
    assert begun.total == shown.total == branch.owned("Bea").total
    assert branch.owned("Ada").total == 0
    given = branch.one(AuditEntry, begun.job_id).detail["given"]
    assert given == {line.work.value: line.count for line in shown.lines}
    assert branch.owner(life["hot"]) == branch.owner(life["cool"]) == "Bea"
    assert branch.one(Enrolment, life["plan"]).person_id == branch.people["Bea"]
    assert branch.one(Task, life["task"]).person_id == branch.people["Bea"]


def test_each_assignment_is_kept_with_its_reason_and_clocks_stay(branch: Branch) -> None:
    life = a_life(branch)
    before = branch.lead(life["cool"])
    branch.reassigns(branch.wish("Ada", "Bea", reason="she leaves us"))
    after = branch.lead(life["cool"])
    (kept,) = branch.all(Assignment, Assignment.lead_id == life["cool"])
    assert (kept.rule, kept.reason) == ("reassigned", ["Root gave it to Bea: she leaves us."])
    assert (after.raised_at, after.response_due_at) == (before.raised_at, before.response_due_at)
    assert after.round == before.round + 1


def test_the_new_owner_is_told_once_and_a_hot_lead_alerts_anew(branch: Branch) -> None:
    life = a_life(branch)
    branch.reassigns(branch.wish("Ada", "Bea"))
    assert branch.told("reassigned") == ["Root"]
    assert branch.told("reassigned_share") == ["Ada", "Bea"]
    assert branch.cards(life["hot"]) == [("inbound:team", "round:2")]
    assert "alert_ladder" in branch.dues(life["hot"])
    assert branch.cards(life["cool"]) == [], "no ping for one that can wait"
    assert branch.alerts(life["cool"]) == [("Bea", 2, "reassigned")]


def test_a_hot_lead_that_was_answered_rings_nobody(branch: Branch) -> None:
    contact = branch.knows("Jane")
    lead = branch.lead_of("Ada", contact, hot=True)
    branch.does(log_touch, LogTouch(branch.actor("Ada"), contact, Channel.CALL, Outcome.CONNECTED, branch.now))
    branch.reassigns(branch.wish("Ada", "Bea"))
    assert (branch.owner(lead), branch.lead(lead).state) == ("Bea", LeadState.RESPONDED)
    assert branch.cards(lead) == []


def test_a_claimed_lead_opens_for_its_new_owner_with_its_history(branch: Branch) -> None:
    lead = branch.lead_of("Ada", branch.knows("Jane"))
    branch.does(claim_lead, ClaimLead(branch.actor("Ada"), lead))
    branch.reassigns(branch.wish("Ada", "Bea"))
    now = branch.lead(lead)
    assert (now.state, now.claimed_at, branch.owner(lead)) == (LeadState.OPEN, None, "Bea")
    assert [move.after for move in branch.card(lead).moves] == ["claimed", "open"]


def test_work_is_spread_evenly_and_companies_stay_whole(branch: Branch) -> None:
    for number in range(12):
        for name in ("Jane", "Tim"):
            contact = branch.knows(f"{name}{number}", f"Firm{number}", owner="Ada")
            branch.lead_of("Ada", contact)
    shown = branch.previews(branch.wish("Ada", "Bea", "Cem", "Zoe"))
    assert dict(shown.shares) == {"Bea": 16, "Cem": 16, "Zoe": 16}
    branch.reassigns(branch.wish("Ada", "Bea", "Cem", "Zoe"))
    assert [branch.owned(name).total for name in ("Bea", "Cem", "Zoe")] == [16, 16, 16]
    reps: dict[UUID, set[UUID]] = {}
    for contact in branch.all(Contact):
        reps.setdefault(contact.account_id, set()).add(contact.owner_id)
    for lead in branch.all(Lead):
        reps[branch.one(Contact, lead.contact_id).account_id].add(lead.owner_id)
    assert all(len(owners) == 1 for owners in reps.values())


def test_handoffs_and_deals_go_to_executives_alone(branch: Branch) -> None:
    branch.align("Bea", "Erik")
    waiting = branch.hands_off(branch.a_lead(by="Ada"), to="Erik", ae_reason="known").handoff_id
    deal = branch.deal_of("Erik", branch.knows("Dora"))
    shown = branch.previews(branch.wish("Erik", "Bea"))
    assert [(line.work, line.stays) for line in shown.lines] == [(Work.HANDOFFS, True), (Work.DEALS, True)]
    assert shown.total == 0
    with pytest.raises(UserError, match="nothing of it"):
        branch.does(begin_reassign, branch.wish("Erik", "Bea"))
    branch.reassigns(branch.wish("Erik", "Bea", "Farah"))
    assert branch.one(Opportunity, deal).ae_id == branch.people["Farah"]
    assert branch.handoff(waiting).state == "taken_back"
    (new,) = branch.all(Handoff, Handoff.ended_at.is_(None))
    assert (new.ae_id, new.state) == (branch.people["Farah"], "waiting")
    assert branch.owned("Erik").total == 0


def test_a_handoff_whose_call_does_not_fit_stays_and_is_named(branch: Branch) -> None:
    waiting = branch.hands_off(branch.a_lead(by="Ada"), to="Erik", ae_reason="known").handoff_id
    branch.has("Farah", hours="sat 9:00-10:00")
    begun = branch.reassigns(branch.wish("Erik", "Farah"))
    assert branch.handoff(waiting).ae_id == branch.people["Erik"]
    (left,) = branch.one(AuditEntry, begun.job_id).detail["left"]
    assert left.startswith("A handoff stays with Erik: Farah can't have a call then")


def test_a_territory_is_a_country_an_industry_or_an_owner(branch: Branch) -> None:
    berlin = branch.knows("Jane", country="DE", industry="Castings", owner="Ada")
    boston = branch.knows("Tim", country="US", industry="Castings", owner="Bea", account_owner="Bea")
    branch.lead_of("Ada", berlin)
    branch.lead_of("Bea", boston)
    branch.reassigns(branch.wish(None, "Cem", country="germany"))
    assert (branch.owned("Ada").total, branch.owned("Bea").total) == (0, 3)
    assert branch.owned("Cem").counts[Work.ACCOUNTS] == 1, "a company without an owner comes along"
    branch.reassigns(branch.wish(None, "Zoe", account_owner="Bea", industry="castings"))
    assert (branch.owned("Bea").total, branch.owned("Zoe").total) == (0, 3)


def test_what_a_new_owner_has_already_stays_with_them(branch: Branch) -> None:
    mine = branch.lead_of("Bea", branch.knows("Jane", country="DE"))
    branch.lead_of("Ada", branch.knows("Tim", country="DE"))
    branch.reassigns(branch.wish(None, "Bea", "Cem", country="DE", works=(Work.LEADS,)))
    assert branch.owner(mine) == "Bea"
    assert branch.alerts(mine) == []


def test_a_teams_reps_on_shift_are_found(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    branch.has("Cem", hours="sat 9:00-10:00")
    shown = branch.previews(branch.wish("Ada", team_id=branch.team_id))
    assert [name for name, _ in shown.shares] == ["Bea"], "Ada gives, Cem is off shift"


def test_a_manager_gives_away_what_is_in_their_teams(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane", country="DE"))
    branch.lead_of("Zoe", branch.knows("Tim", country="DE"))
    with pytest.raises(NotAllowed, match="Zoe is not in your teams"):
        branch.previews(branch.wish("Zoe", "Bea", by="Mia"))
    with pytest.raises(NotAllowed, match="Zoe is not in your teams"):
        branch.previews(branch.wish("Ada", "Zoe", by="Mia"))
    with pytest.raises(NotAllowed, match="Managers and admins"):
        branch.previews(branch.wish("Ada", "Bea", by="Bea"))
    shown = branch.previews(branch.wish(None, "Bea", by="Mia", country="DE", works=(Work.LEADS,)))
    assert shown.total == 1, "of a territory only what her teams have"
    branch.reassigns(branch.wish("Ada", "Bea", by="Mia"))
    assert branch.owned("Bea").total == 1


def test_a_team_a_manager_only_belongs_to_is_not_theirs_to_give_away(branch: Branch) -> None:
    (north,) = branch.all(Team, Team.name == "North")
    member = TeamMember(team_id=north.id, person_id=branch.people["Mia"], manages=False)
    branch.write(lambda session: session.add(member))
    branch.lead_of("Zoe", branch.knows("Tim", country="DE"))
    with pytest.raises(NotAllowed, match="Zoe is not in your teams"):
        branch.previews(branch.wish("Zoe", "Bea", by="Mia"))
    with pytest.raises(UserError, match="Nothing of that lies there"):
        branch.previews(branch.wish(None, "Bea", by="Mia", country="DE", works=(Work.LEADS,)))


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"reason": " "}, "reason", "A word on why"),
        ({"works": ()}, "works", "Choose what"),
        ({"country": "Atlantis"}, "country", "no country “Atlantis”"),
        ({"to_ids": ()}, "to", "Who gets it"),
    ],
)
def test_a_form_that_cannot_be_used_says_why_beside_the_field(
    branch: Branch, more: dict[str, Any], field: str, sentence: str
) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    with pytest.raises(UserError, match=sentence) as refused:
        branch.previews(replace(branch.wish("Ada", "Bea"), **more))
    assert refused.value.field == field


def test_who_cannot_be_given_work_is_refused(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    for name, sentence in (("Ada", "has it already"), ("Mia", "can't be given work"), ("Root", "can't be given")):
        with pytest.raises(UserError, match=sentence):
            branch.previews(branch.wish("Ada", name))
    branch.has("Bea", slack_user_id=None)
    with pytest.raises(UserError, match="can't find Bea in Slack"):
        branch.previews(branch.wish("Ada", "Bea"))
    with pytest.raises(UserError, match="Cem has nothing of that"):
        branch.previews(branch.wish("Cem", "Zoe"))
    with pytest.raises(UserError, match="Whose work is it"):
        branch.previews(branch.wish(None, "Zoe"))


def test_lines_of_todays_list_go_along(branch: Branch) -> None:
    life = a_life(branch)
    for name in ("Ada", "Bea"):
        branch.write(lambda session, who=name: todays_list(session, branch.actor(who), branch.now))
    branch.reassigns(branch.wish("Ada", "Bea"))
    lists = {branch.name(one.person_id): one.id for one in branch.all(TouchList)}
    open_ = [one for one in branch.all(TouchItem) if one.state == "open"]
    assert {one.list_id for one in open_} == {lists["Bea"]}
    assert {one.lead_id for one in open_ if one.lead_id} == {life["hot"], life["cool"]}
    contacts = [one.contact_id for one in open_]
    assert len(contacts) == len(set(contacts)), "nobody stands on a list twice"


def test_a_follow_up_plan_goes_with_its_lead(branch: Branch) -> None:
    contact = branch.knows("Jane")
    branch.lead_of("Ada", contact)
    call = LogTouch(branch.actor("Ada"), contact, Channel.CALL, Outcome.VOICEMAIL, branch.now)
    branch.does(log_touch, call)
    shown = branch.previews(branch.wish("Ada", "Bea"))
    assert [line.work for line in shown.lines] == [Work.LEADS]
    branch.reassigns(branch.wish("Ada", "Bea"))
    (plan,) = branch.all(Enrolment, Enrolment.ended_at.is_(None))
    assert (plan.person_id, branch.owned("Ada").total) == (branch.people["Bea"], 0)


def test_a_thousand_go_in_slices_that_a_restart_goes_on_with(branch: Branch) -> None:
    branch.has("Ada", slack_user_id=None, active=False)

    def work(session: Any) -> None:
        ada, now = branch.people["Ada"], branch.now
        session.add_all(
            Contact(first_name=f"P{number}", email=f"p{number}@x.example", owner_id=ada, created_at=now)
            for number in range(1000)
        )

    branch.write(work)
    begun = branch.reassigns(branch.wish("Ada", "Bea", "Cem"))
    slices = branch.count(AuditEntry, AuditEntry.causation_id == begun.job_id)
    assert slices == 5
    assert branch.owned("Bea").total + branch.owned("Cem").total == 1000
    assert abs(branch.owned("Bea").total - 500) <= 1
    assert branch.told("reassigned_share") == ["Bea", "Cem"], "who left hears nothing"


def test_work_may_be_claimed_while_slices_run(branch: Branch) -> None:
    """A lead that is not the leaver's any more when its slice comes stays where it is."""
    lead = branch.lead_of("Ada", branch.knows("Jane"))
    branch.does(begin_reassign, branch.wish("Ada", "Bea"))
    branch.does(claim_lead, ClaimLead(branch.actor("Cem"), lead))
    branch.after(seconds=0)
    assert branch.owner(lead) == "Cem"


def test_owned_counts_what_only_a_verdict_ends(branch: Branch) -> None:
    handoff = branch.hands_off(branch.a_lead(by="Ada"), to="Erik", ae_reason="known").handoff_id
    branch.answers(handoff)
    owned = branch.owned("Erik")
    assert (owned.total, owned.under_way) == (0, 1)


def test_nothing_goes_to_somebody_who_left_while_slices_ran(branch: Branch) -> None:
    lead = branch.lead_of("Ada", branch.knows("Jane"))
    begun = branch.does(begin_reassign, branch.wish("Ada", "Bea"))
    branch.has("Bea", active=False)
    branch.after(seconds=0)
    assert branch.owner(lead) == "Ada"
    detail = branch.one(AuditEntry, begun.job_id).detail
    assert detail["left"] == ["1 open lead stays with Ada: Bea is not on the team any more."]
    assert branch.told("reassigned") == ["Root"]
