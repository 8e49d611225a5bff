"""Whose App Home is kept fresh, what fits into it and what it warns of; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clocks import protocol_now
from bot.db.models import AuditEntry, Lead, OutboxItem, Setting, TeamMember
from bot.db.queries.home import home_state
from bot.db.queries.home_team import TeamDay
from bot.db.session import Database, PlaybookInForce
from bot.domain.notices import Priority
from bot.domain.terms import Role
from bot.service.home_refresh import MOST_AT_ONCE, open_home, refresh_homes
from bot.slack.blocks import VIEW_BLOCKS
from bot.slack.views.home import home_view
from tests.handoff.house import HandoffHouse, open_house


@pytest.fixture
def house(database: Database) -> HandoffHouse:
    """Ada and Bea hand over to Erik and Farah; Mia leads them, Root administers."""
    return open_house(database)


def _a_while_after(session: Session) -> None:
    """The last sweep was long enough after all that happened."""
    session.get_one(Setting, "homes:swept").value = {"at": (protocol_now() + timedelta(minutes=1)).isoformat()}


@pytest.mark.parametrize("not_marked", [False, True])
def test_a_home_is_kept_fresh_only_for_who_looked_lately(house: HandoffHouse, not_marked: bool) -> None:
    for name in ("Ada", "Mia", "Bea"):
        house.write(lambda session, name=name: open_home(session, house.actor(name), house.now))
    house.write(lambda session: session.execute(update(OutboxItem).values(state="sent")) and None)

    def sweep() -> int:
        return house.write(lambda session: refresh_homes(session, house.now))

    assert sweep() == 0
    led_by_mia = update(TeamMember).where(TeamMember.person_id == house.people["Mia"])
    house.write(lambda session: session.execute(led_by_mia.values(manages=not not_marked)) and None)
    house.a_lead(by="Ada")
    assert sweep() >= 2  # Ada's, and Mia's, who leads her
    house.write(_a_while_after)
    assert sweep() == 0
    house.now += timedelta(days=2)
    house.touches(house.contact("jane@acme.example").id)
    assert sweep() == 0


def test_a_sweep_leaves_room_in_slacks_tier_for_those_who_look(house: HandoffHouse) -> None:
    root, reps = house.actor("Root"), [house.hires(f"Rep{number:02}", Role.SDR) for number in range(MOST_AT_ONCE + 5)]

    def everybody_looks_and_does_something(session: Session) -> None:
        for number, rep in enumerate(reps):
            open_home(session, replace(root, person_id=rep), house.now - timedelta(minutes=number))
            session.add(AuditEntry(actor_id=rep, command="log_touch", subject_id="", detail={}, at=house.now))
        session.execute(update(OutboxItem).values(state="sent"))

    house.write(everybody_looks_and_does_something)
    assert house.write(lambda session: refresh_homes(session, house.now)) == MOST_AT_ONCE
    waiting = select(OutboxItem.lane, OutboxItem.priority).where(OutboxItem.state == "ready")
    rows = house.read(lambda session: session.execute(waiting).all())
    assert {row.priority for row in rows} == {Priority.BULK}
    assert {row.lane for row in rows} == {f"person:{rep}" for rep in reps[:MOST_AT_ONCE]}, "who looked last"


def test_while_a_hot_lead_waits_its_minutes_are_counted_where_somebody_looks(house: HandoffHouse) -> None:
    for name in ("Ada", "Mia"):
        house.write(lambda session, name=name: open_home(session, house.actor(name), house.now))
    raised = house.raises()
    owner = house.owner(raised.lead_id)

    def sweep() -> int:
        house.write(_a_while_after)
        return house.write(lambda session: refresh_homes(session, house.now))

    house.write(lambda session: refresh_homes(session, house.now))
    house.now += timedelta(minutes=3)
    assert sweep() == (2 if owner == "Ada" else 1)
    state = house.read(lambda session: home_state(session, house.actor("Mia"), house.now))
    assert "waiting 3 min" in str(home_view(house.actor("Mia"), state))
    house.now += timedelta(hours=2)
    assert sweep() == 0


def test_a_home_of_many_roles_in_a_big_team_fits_slack(house: HandoffHouse) -> None:
    for number in range(40):
        house.hires(f"Rep{number:02}", Role.MRR if number % 2 else Role.AE)
    for number in range(12):
        house.raises(f"lead{number}@acme{number}.example")
    everything = frozenset(Role)
    actor = house.actor("Mia")
    wide = type(actor)(actor.person_id, actor.name, actor.timezone, everything, actor.slack_user_id)
    state = house.read(lambda session: home_state(session, wide, house.now))
    view = home_view(wide, state)

    assert len(view["blocks"]) < VIEW_BLOCKS
    assert state.team is not None
    assert (state.team.people, len(state.team.lines), state.team.hot_count) == (45, 12, 12)
    assert state.setup is not None
    assert "1 to 12 of 45 people" in str(view)
    house.has("Mia", home_page=99)
    last = house.read(lambda session: home_state(session, wide, house.now)).team
    assert last is not None
    assert (last.page, len(last.lines)) == (3, 9)


def team_of_mia(house: HandoffHouse) -> TeamDay:
    state = house.read(lambda session: home_state(session, house.actor("Mia"), house.now))
    assert state.team is not None
    return state.team


def test_managers_are_warned_of_reps_without_executives_and_of_a_full_month(house: HandoffHouse) -> None:
    house.hires("Solo", Role.MRR)
    for number in range(4):
        house.raises(f"lead{number}@acme{number}.example")
    assert (team_of_mia(house).unaligned, team_of_mia(house).full) == (("Solo",), ())
    rules = house.database.playbook
    capacity = rules.inbound.capacity.model_copy(update={"leads_per_mrr_month": 2, "warn_percent": 100})
    inbound = rules.inbound.model_copy(update={"capacity": capacity})
    house.database.in_force = PlaybookInForce(1, rules.model_copy(update={"inbound": inbound}))
    leads = house.read(lambda session: session.scalars(select(Lead.owner_id)).all())
    given = {house.name(one): leads.count(one) for one in leads}
    assert max(given.values()) >= 2
    assert dict(team_of_mia(house).full) == {name: count for name, count in given.items() if count >= 2}
    house.now += timedelta(days=31)
    assert team_of_mia(house).full == ()
