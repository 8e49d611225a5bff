"""Who answers a raised hand: the account's people, else whose turn it is, else the next shift (process §2)."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from bot.db.models import Lead, Person
from bot.domain.terms import Intent, Role, Source, Stage
from bot.service.people import SlackUser, match_slack_users
from tests.support.sales_floor import SUNDAY_NIGHT, SalesFloor


def test_an_account_has_its_owner(floor: SalesFloor) -> None:
    floor.knows_account("Acme", "acme.example", owner_id=floor.people["Max"])
    raised = floor.raises()

    assert floor.owner(raised.lead_id) == "Max"
    assert floor.card(raised.lead_id).owner_reason == ("Max owns Acme.",)


def test_a_client_goes_to_its_csm_when_the_ae_is_away(floor: SalesFloor) -> None:
    floor.hires("Cleo")
    floor.knows_account(
        "Acme", "acme.example", stage=Stage.CLIENT, owner_id=floor.people["Max"], csm_id=floor.people["Cleo"]
    )
    floor.is_away("Max", floor.now.date(), floor.now.date())
    raised = floor.raises()

    assert floor.owner(raised.lead_id) == "Cleo"


def test_an_owner_off_shift_does_not_keep_a_hot_lead_waiting(floor: SalesFloor) -> None:
    night_owl = floor.hires("Nils", hours="mon-fri 20:00-23:00")
    floor.knows_account("Acme", "acme.example", owner_id=night_owl)
    hot = floor.raises()
    calm = floor.raises("joe@acme.example", intent=Intent.WEBINAR)

    assert floor.owner(hot.lead_id) == "Ada"
    assert "Nils is not on shift, and this cannot wait." in floor.card(hot.lead_id).owner_reason
    assert floor.owner(calm.lead_id) == "Nils"


def test_while_nobody_works_a_hot_lead_is_held_as_first_item_of_the_next_shift(floor: SalesFloor) -> None:
    floor.now = SUNDAY_NIGHT
    raised = floor.raises()
    lead = floor.lead(raised.lead_id)
    morning = SUNDAY_NIGHT.replace(day=2, hour=9)

    assert (lead.shift_held, lead.owner_id, lead.round) == (True, None, 0)
    assert lead.response_due_at == morning + timedelta(minutes=5)
    assert floor.cards(raised.lead_id) == []
    assert floor.dues(raised.lead_id)["shift_start"] == morning
    floor.until(morning)
    assert floor.owner(raised.lead_id) == "Ada"
    assert floor.cards(raised.lead_id) == [("inbound:team", "round:1")]
    assert floor.lead(raised.lead_id).raised_at == SUNDAY_NIGHT


def test_only_who_opted_in_is_paged_off_shift(floor: SalesFloor) -> None:
    floor.hires("Otto", on_call=True)
    floor.now = SUNDAY_NIGHT
    raised = floor.raises()

    assert floor.cards(raised.lead_id) == [("person:Otto", "dm:Otto:0")]
    assert floor.alerts(raised.lead_id) == [("Otto", 0, "on_call")]


def test_a_standard_lead_off_shift_is_due_in_the_first_hour_of_the_next(floor: SalesFloor) -> None:
    floor.now = SUNDAY_NIGHT
    raised = floor.raises(intent=Intent.WEBINAR)

    assert floor.lead(raised.lead_id).response_due_at == SUNDAY_NIGHT.replace(day=2, hour=10)


def test_a_standard_lead_goes_to_its_owner_and_is_due_in_24_hours(floor: SalesFloor) -> None:
    raised = floor.raises(intent=Intent.DOWNLOAD, source=Source.WHITEPAPER)

    assert floor.cards(raised.lead_id) == [("person:Ada", "dm:Ada:1")]
    assert floor.lead(raised.lead_id).response_due_at == floor.now + timedelta(hours=24)


def test_who_is_not_found_in_slack_is_left_out_of_the_turns(floor: SalesFloor) -> None:
    floor.hires("Abe", Role.MRR, slack_user_id=None)
    owners = [floor.owner(floor.raises(f"p{n}@acme.example").lead_id) for n in range(4)]
    last = floor.read(lambda session: session.scalars(select(Lead).order_by(Lead.id.desc()).limit(1)).one())

    assert owners == ["Ada", "Bea", "Ada", "Bea"]
    assert last.owner_reason == ["Left out, not found in Slack: Abe.", "Bea is next in turn, of 2 on shift."]


def test_an_account_owner_who_is_not_in_slack_does_not_keep_a_lead(floor: SalesFloor) -> None:
    owner_id = floor.hires("Abe", Role.AE, slack_user_id=None)
    floor.knows_account("Acme", "acme.example", owner_id=owner_id)
    raised = floor.raises(intent=Intent.DOWNLOAD)

    assert floor.owner(raised.lead_id) in {"Ada", "Bea"}
    assert "Abe owns Acme but is not found in Slack." in floor.card(raised.lead_id).owner_reason


def test_where_nobody_is_found_in_slack_the_manager_is_told_and_a_match_takes_it_up(floor: SalesFloor) -> None:
    floor.write(lambda session: session.execute(update(Person).where(_mrrs()).values(slack_user_id=None)))
    raised = floor.raises()
    assert floor.lead(raised.lead_id).shift_held
    assert floor.cards(raised.lead_id) == [("person:Mia", "dm:Mia:0")]
    assert "Left out, not found in Slack: Ada, Bea." in floor.card(raised.lead_id).owner_reason

    users = [SlackUser("UBEA", "bea@example.com")]
    floor.after(minutes=1)
    floor.write(lambda session: match_slack_users(session, users, floor.now))
    floor.until(floor.now)
    assert floor.owner(raised.lead_id) == "Bea"
    assert floor.cards(raised.lead_id)[-1] == ("inbound:team", "round:1")


def _mrrs() -> ColumnElement[bool]:
    return Person.name.in_(("Ada", "Bea"))
