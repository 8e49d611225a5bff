"""Slack's budgets are the workspace's: whoever delivers holds an equal part while it is seen."""

from datetime import timedelta

from sqlalchemy import update

from bot.db.base import new_id
from bot.db.models import BudgetShare, LivingMessage
from bot.db.session import Database
from bot.delivery.budget import Budget, Limits
from bot.domain.notices import Priority
from bot.outbox.shares import LEASE, give_up_share, take_share
from tests.delivery.post_office import post_office


def test_a_share_is_held_while_it_is_seen_and_left_by_who_stops(database: Database) -> None:
    one, two = new_id(), new_id()
    assert database.write_now(lambda session: take_share(session, one)) == 1
    assert database.write_now(lambda session: take_share(session, two)) == 2
    assert database.write_now(lambda session: take_share(session, one)) == 2
    database.write_now(lambda session: give_up_share(session, two))
    assert database.write_now(lambda session: take_share(session, one)) == 1


def test_the_share_of_the_dead_goes_to_the_others(database: Database) -> None:
    one, dead = new_id(), new_id()
    for deliverer in (one, dead):
        database.write_now(lambda session, deliverer=deliverer: take_share(session, deliverer))
    late = update(BudgetShare).where(BudgetShare.deliverer_id == dead)
    database.write_now(lambda session: session.execute(late.values(seen_at=_earlier(session, dead))) and None)
    assert database.write_now(lambda session: take_share(session, one)) == 1


def _earlier(session, deliverer):
    return session.get_one(BudgetShare, deliverer).seen_at - LEASE - timedelta(seconds=1)


def test_two_processes_together_send_no_more_than_one_alone() -> None:
    limits = Limits(None, 0, 600.0, workspace_burst_seconds=0.1, kept_for_hot=0.0001)
    alone = _sent_in(Budget(limits), seconds=60)
    halves = []
    for _ in range(2):
        budget = Budget(limits)
        budget.divide(2)
        halves.append(_sent_in(budget, seconds=60))
    assert 590 <= alone <= 610
    assert sum(halves) <= alone + 10


def _sent_in(budget: Budget, seconds: int) -> int:
    sent, now = 0, 0.0
    while now < seconds:
        turn = budget.turn("C", Priority.NORMAL, now)
        sent += turn.granted
        now += max(turn.seconds, 0.001)
    return sent


async def test_a_card_slack_refuses_for_good_is_told_to_the_admins(database: Database) -> None:
    async with post_office(database) as office:
        await office.add_person("Ada")
        await office.slack.faults.error("chat.postMessage", "no_text", 1, channel=office.slack.channel_id("#inbound"))
        await office.set_state("card")
        living_id = await office.show()
        items = await office.quiet()
        assert [item.state for item in items] == ["dead", "sent"]
        assert items[1].notice["facts"]["given_up"] is True
        row = await database.read(lambda session: session.get_one(LivingMessage, living_id))
        assert row.ts is None
