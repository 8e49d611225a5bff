"""Numbers that the pages say are those of the default playbook and of the code."""

from datetime import timedelta

import pytest

from bot.delivery.budget import Limits
from bot.jobs import housekeeping
from bot.outbox.claims import LEASE
from bot.playbook.load import default_playbook
from tests.docs.test_docs import PAGES

RULES = default_playbook()
LIMITS = Limits()


def minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


SAID = {
    "sdr": [
        f"at {RULES.touch_list.morning_at:%-H:%M} of your own clock",
        f"from {RULES.touch_list.prepare_at:%H:%M}: read",
        f"after {RULES.touch_list.email_after:%H:%M} of their day",
        f"inside {RULES.cadence.window_days} days",
        f"rest {RULES.cadence.recycle_days} days",
        f"for {minutes(RULES.touches.undo_for)} minutes",
    ],
    "mrr": [
        f"after {RULES.inbound.ladder.dm_unseen.seconds} seconds you get a direct message",
        f"after {RULES.inbound.ladder.nudge.seconds} seconds a nudge",
        f"after {minutes(RULES.inbound.ladder.next_rep)} minutes the next rep",
        f"after {minutes(RULES.inbound.ladder.manager)} minutes your manager",
        f"Claimed and no call for {minutes(RULES.inbound.ladder.claimed_idle)} minutes",
        f"{RULES.inbound.follow_up.touches} touches in {RULES.inbound.follow_up.working_days} working days",
    ],
    "ae": [
        f"after {minutes(RULES.handoff.remind_after)} minutes of your working time",
        f"after {minutes(RULES.handoff.manager_after) // 60} hours your manager decides",
        f"and {minutes(min(RULES.handoff.intro_call.remind_before))} minutes before",
        f"during the last {RULES.pool.dormant_months} months is credited",
        f"works for {minutes(RULES.touches.undo_for)} minutes",
    ],
    "manager": [
        f"nobody has answered for {minutes(RULES.inbound.ladder.manager)} minutes",
        f"nobody answered for {minutes(RULES.handoff.manager_after) // 60} hours",
        f"without a verdict for {RULES.handoff.requalify_manager_after.days} days",
    ],
    "operations": [
        f"one message a second to a channel, {LIMITS.workspace_a_minute:g} a minute in all",
        f"{LIMITS.updates_a_minute:g} updates",
        f"{LIMITS.homes_a_minute:g} Home tabs a minute",
        f"remembered for {housekeeping.KEEP_REQUESTS.days} days",
        f"delivered messages for {housekeeping.KEEP_NOTICES.days}",
        f"what the clock did for {housekeeping.KEEP_TICKS.days}",
        f"emptied after {housekeeping.KEEP_RAW.days} days",
        f"{LEASE.seconds} seconds, when its leases run out",
    ],
}


@pytest.mark.parametrize(("page", "phrase"), [(page, phrase) for page, phrases in SAID.items() for phrase in phrases])
def test_a_number_on_a_page_is_the_products(page: str, phrase: str) -> None:
    assert phrase in " ".join(PAGES[f"docs/{page}.md"].split())
