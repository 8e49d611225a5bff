"""Taking a lead, passing it on, giving it away, junking it, taking it up again (process §2)."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from bot.db.models import Assignment, AuditEntry, Lead
from bot.db.queries.people import responders
from bot.domain.commands import ClaimLead, DeclineLead, JunkLead, ReassignLead, ReopenLead
from bot.domain.errors import AlreadyTaken, Gone, NotAllowed, NotFound, UserError
from bot.domain.terms import Channel, Intent, LeadState, Role
from bot.service.claims import claim_lead, decline_lead, junk_lead, reassign_lead, reopen_lead
from bot.service.lead_changes import get_lead
from bot.service.responses import note_response
from tests.support.sales_floor import SUNDAY_NIGHT, SalesFloor


def claims(floor: SalesFloor, name: str, lead_id: UUID) -> object:
    return floor.does(claim_lead, ClaimLead(floor.actor(name), lead_id))


def test_a_claim_makes_it_yours_and_ends_the_ladder(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(seconds=10)
    claims(floor, "Bea", raised.lead_id)
    lead = floor.lead(raised.lead_id)

    assert (lead.state, floor.owner(raised.lead_id), lead.claimed_at) == (LeadState.CLAIMED, "Bea", floor.now)
    assert lead.first_response_at is None
    assert "alert_ladder" not in floor.dues(raised.lead_id)
    assert floor.card(raised.lead_id).owner_reason == ("Bea took it.",)


def test_the_second_is_told_who_and_when_in_their_own_zone(floor: SalesFloor) -> None:
    floor.hires("Carl", timezone="Europe/Berlin", hours="mon-fri 9:00-23:00")
    raised = floor.raises()
    floor.after(minutes=2, seconds=3)
    claims(floor, "Ada", raised.lead_id)
    floor.after(seconds=12)

    with pytest.raises(AlreadyTaken, match=r"^Ada took this at 13:02, 12 s before you\.$"):
        claims(floor, "Carl", raised.lead_id)


def test_claiming_twice_is_harmless(floor: SalesFloor) -> None:
    raised = floor.raises()
    claims(floor, "Ada", raised.lead_id)
    version = floor.lead(raised.lead_id).version
    claims(floor, "Ada", raised.lead_id)

    assert floor.lead(raised.lead_id).version == version


def test_of_two_clicks_at_once_one_wins(floor: SalesFloor) -> None:
    raised = floor.raises()
    actors = [floor.actor(name) for name in ("Ada", "Bea", "Mia")]
    gate, results = threading.Barrier(len(actors)), []

    def clicks(actor: object) -> None:
        gate.wait()
        try:
            floor.does(claim_lead, ClaimLead(actor, raised.lead_id))
            results.append("won")
        except AlreadyTaken:
            results.append("lost")

    threads = [threading.Thread(target=clicks, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["lost", "lost", "won"]


def test_who_may_claim(floor: SalesFloor) -> None:
    floor.hires("Mark", Role.MARKETING)
    raised = floor.raises()

    for name in ("Mark", "Max"):
        with pytest.raises(NotAllowed):
            claims(floor, name, raised.lead_id)


def test_the_accounts_own_ae_may_claim(floor: SalesFloor) -> None:
    floor.knows_account("Acme", "acme.example", owner_id=floor.people["Max"])
    raised = floor.raises()
    claims(floor, "Max", raised.lead_id)

    assert floor.lead(raised.lead_id).state is LeadState.CLAIMED


def test_a_held_lead_can_be_claimed_off_shift(floor: SalesFloor) -> None:
    floor.hires("Otto", on_call=True)
    floor.now = SUNDAY_NIGHT
    raised = floor.raises()
    claims(floor, "Otto", raised.lead_id)
    floor.after(minutes=3)

    assert "shift_start" not in floor.dues(raised.lead_id)
    assert floor.notices(raised.lead_id) == [("claim_idle", "person:Otto")]


def test_an_unknown_lead_is_not_found(floor: SalesFloor) -> None:
    with pytest.raises(NotFound):
        claims(floor, "Ada", uuid4())


def test_cant_take_it_passes_it_to_the_next_at_once(floor: SalesFloor) -> None:
    raised = floor.raises()
    done = floor.does(decline_lead, DeclineLead(floor.actor("Ada"), raised.lead_id, 1, "in a meeting"))

    assert done.sentence == "Bea has it now."
    assert floor.owner(raised.lead_id) == "Bea"
    assert floor.card(raised.lead_id).owner_reason[0] == "Ada can't take it: in a meeting."
    assert floor.cards(raised.lead_id)[-1] == ("inbound:team", "round:2")


def test_a_manager_who_passes_it_on_is_named_and_not_taken_for_the_owner(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(decline_lead, DeclineLead(floor.actor("Mia"), raised.lead_id, 1))
    assert floor.card(raised.lead_id).owner_reason[0] == "Mia says that Ada can't take it."


def test_the_last_ones_no_goes_to_the_manager(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(decline_lead, DeclineLead(floor.actor("Ada"), raised.lead_id, 1))
    done = floor.does(decline_lead, DeclineLead(floor.actor("Bea"), raised.lead_id, 2))

    assert "manager" in done.sentence
    assert floor.owner(raised.lead_id) is None
    assert ("person:Mia", "dm:Mia:2") in floor.cards(raised.lead_id)
    claims(floor, "Bea", raised.lead_id)  # changed her mind
    assert floor.owner(raised.lead_id) == "Bea"


def test_an_old_cards_button_says_who_has_it(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(minutes=3)

    with pytest.raises(Gone, match="Bea"):
        floor.does(decline_lead, DeclineLead(floor.actor("Ada"), raised.lead_id, 1))


def test_who_does_not_have_it_cannot_pass_it_on(floor: SalesFloor) -> None:
    raised = floor.raises()

    with pytest.raises(NotAllowed, match="Ada"):
        floor.does(decline_lead, DeclineLead(floor.actor("Bea"), raised.lead_id, 1))


def test_a_manager_gives_it_to_somebody_by_name(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(reassign_lead, ReassignLead(floor.actor("Mia"), raised.lead_id, floor.people["Max"], "knows them"))

    assert floor.owner(raised.lead_id) == "Max"
    assert floor.card(raised.lead_id).turns[-1].rule == "reassigned"
    assert floor.cards(raised.lead_id)[-1] == ("inbound:team", "round:2")


@pytest.mark.parametrize(
    ("who", "allowed"), [("Ada", True), ("Root", True), ("Mia", True), ("Bea", False), ("Max", False)]
)
def test_who_may_give_it_away_or_junk_it(floor: SalesFloor, who: str, allowed: bool) -> None:
    raised = floor.raises()
    commands = (
        (reassign_lead, ReassignLead(floor.actor(who), raised.lead_id, floor.people["Max"], "x")),
        (junk_lead, JunkLead(floor.actor(who), raised.lead_id, "Spam or test")),
    )
    for function, command in commands:
        if allowed:
            floor.does(function, command)
            # back to Ada for the next one
            floor.write(lambda session: setattr(session.get(Lead, raised.lead_id), "owner_id", floor.people["Ada"]))
        else:
            with pytest.raises(NotAllowed):
                floor.does(function, command)


def test_a_manager_of_another_team_is_not_asked(floor: SalesFloor) -> None:
    floor.hires("Moe", Role.MANAGER, team=False)
    raised = floor.raises()

    with pytest.raises(NotAllowed):
        floor.does(junk_lead, JunkLead(floor.actor("Moe"), raised.lead_id, "Spam or test"))


def test_junk_needs_a_reason_and_keeps_it(floor: SalesFloor) -> None:
    raised = floor.raises()
    with pytest.raises(UserError):
        floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, " "))
    floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, "Competitor"))
    lead = floor.lead(raised.lead_id)

    assert (lead.state, lead.close_reason, lead.closed_at) == (LeadState.JUNK, "Competitor", floor.now)
    with pytest.raises(Gone):
        claims(floor, "Bea", raised.lead_id)


def test_a_junked_lead_taken_up_again_keeps_its_clocks(floor: SalesFloor) -> None:
    raised = floor.raises()
    began = floor.lead(raised.lead_id)
    floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, "Spam or test"))
    floor.after(minutes=1)
    floor.does(reopen_lead, ReopenLead(floor.actor("Ada"), raised.lead_id, "it was real"))
    lead = floor.lead(raised.lead_id)

    assert (lead.state, lead.raised_at, lead.response_due_at) == (
        LeadState.OPEN,
        began.raised_at,
        began.response_due_at,
    )
    assert {"alert_ladder", "alert_manager", "response_sla"} <= floor.dues(raised.lead_id).keys()
    assert [move.after for move in floor.card(raised.lead_id).moves] == [LeadState.OPEN, LeadState.JUNK, LeadState.OPEN]


def test_two_open_leads_of_one_person_are_refused(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, "Spam or test"))
    assert floor.raises().result == "lead"

    with pytest.raises(UserError, match="another lead"):
        floor.does(reopen_lead, ReopenLead(floor.actor("Root"), raised.lead_id, "it was real"))


def test_an_answered_lead_given_away_stays_answered(floor: SalesFloor) -> None:
    raised = floor.raises()
    actor = floor.actor("Ada")
    floor.write(
        lambda session: note_response(
            session, get_lead(session, raised.lead_id), actor, Channel.CALL, floor.now, floor.now
        )
    )
    floor.does(reassign_lead, ReassignLead(actor, raised.lead_id, floor.people["Max"], ""))

    assert floor.lead(raised.lead_id).state is LeadState.RESPONDED
    assert floor.dues(raised.lead_id) == {}
    assert floor.cards(raised.lead_id)[-1] == ("person:Max", "dm:Max:2")
    with pytest.raises(AlreadyTaken, match="Ada answered this at 12:00"):
        claims(floor, "Bea", raised.lead_id)


def test_each_command_leaves_an_audit_entry(floor: SalesFloor) -> None:
    raised = floor.raises()
    claims(floor, "Ada", raised.lead_id)
    floor.does(decline_lead, DeclineLead(floor.actor("Ada"), raised.lead_id, 1))
    floor.does(junk_lead, JunkLead(floor.actor("Bea"), raised.lead_id, "Spam or test"))
    floor.does(reopen_lead, ReopenLead(floor.actor("Bea"), raised.lead_id, "real"))
    entries = floor.read(
        lambda session: session.execute(select(AuditEntry.command, AuditEntry.undo).order_by(AuditEntry.id)).all()
    )

    assert [entry.command for entry in entries] == ["claim_lead", "decline_lead", "junk_lead", "reopen_lead"]
    assert all(entry.undo["version"] for entry in entries)


def test_versions_only_rise_and_turns_are_all_kept(floor: SalesFloor) -> None:
    raised = floor.raises(intent=Intent.TRIAL_REQUEST)
    versions = [floor.lead(raised.lead_id).version]
    floor.after(minutes=3)
    versions.append(floor.lead(raised.lead_id).version)
    claims(floor, "Ada", raised.lead_id)
    versions.append(floor.lead(raised.lead_id).version)

    assert versions == sorted(set(versions))
    assert floor.count(Assignment) == 3
    assert floor.lead(raised.lead_id).claimed_at == floor.now
    assert floor.lead(raised.lead_id).raised_at == floor.now - timedelta(minutes=3)


def test_a_click_a_moment_later_is_told_so(floor: SalesFloor) -> None:
    raised = floor.raises()
    claims(floor, "Ada", raised.lead_id)

    with pytest.raises(AlreadyTaken, match=r"a moment before you\.$"):
        claims(floor, "Bea", raised.lead_id)


def test_a_junked_leads_reason_and_remark_are_kept(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.does(junk_lead, JunkLead(floor.actor("Ada"), raised.lead_id, "Competitor", "asks for our prices"))
    entry = floor.read(lambda session: session.scalars(select(AuditEntry)).one())

    assert floor.lead(raised.lead_id).close_reason == "Competitor: asks for our prices"
    assert entry.detail["reason"] == "Competitor"


def test_a_lead_is_not_given_to_somebody_slack_does_not_know(floor: SalesFloor) -> None:
    floor.hires("Zoe", Role.SDR, slack_user_id=None)
    raised = floor.raises()

    with pytest.raises(UserError, match="Zoe in Slack") as refused:
        floor.does(reassign_lead, ReassignLead(floor.actor("Mia"), raised.lead_id, floor.people["Zoe"], "x"))
    assert refused.value.field == "to"
    assert "Zoe" not in [one.name for one in floor.read(responders)]


def test_a_lead_taken_up_a_week_later_has_its_whole_ladder(floor: SalesFloor) -> None:
    raised = floor.raises()
    floor.after(minutes=11)  # both had it, and Mia was told
    floor.does(junk_lead, JunkLead(floor.actor("Mia"), raised.lead_id, "Spam or test"))
    floor.after(days=7)
    floor.does(reopen_lead, ReopenLead(floor.actor("Mia"), raised.lead_id, "it was real"))
    again, first = floor.now, floor.owner(raised.lead_id)
    floor.until(again + timedelta(minutes=3))
    passed_to = floor.owner(raised.lead_id)
    floor.until(again + timedelta(minutes=10))

    assert {first, passed_to} == {"Ada", "Bea"}
    assert [cause for _, _, cause in floor.alerts(raised.lead_id)].count("manager") == 2
    assert floor.cards(raised.lead_id)[-1] == ("person:Mia", f"dm:Mia:{floor.lead(raised.lead_id).round}")
