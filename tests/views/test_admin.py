"""The pages of ``/handraiser``: plain words, one of a thing, and the playbook's own limits."""

from typing import Any

import pytest

from bot.db.base import new_id
from bot.db.queries.health import Health
from bot.db.queries.people import PeoplePage, PersonLine
from bot.domain.terms import Role
from bot.playbook.load import default_text, load_text
from bot.slack.blocks import MESSAGE_BLOCKS, post, section
from bot.slack.views.admin import health_post, people_post

RULES = load_text(default_text(), "default.yaml").people
WELL: dict[str, Any] = {
    "workspace": "Brightpath",
    "contacts": 1,
    "accounts": 1,
    "open_leads": 1,
    "unanswered_hot": 1,
    "overdue_hot": 0,
    "overdue_others": 0,
    "longest_overdue": None,
    "waiting_notices": 1,
    "oldest_waiting": None,
    "dead_notices": 0,
    "trouble": (),
    "worker_silent": 10.0,
    "next_due": None,
    "people_without_slack": (),
    "playbook_since": None,
}


def test_one_of_a_thing_is_said_as_one() -> None:
    said = health_post(Health(**WELL)).text

    assert "1 open lead, 1 hot one without an answer" in said
    assert "1 contact at 1 account" in said
    assert "1 message on its way" in said
    assert said.startswith("All is well.")


@pytest.mark.parametrize(
    ("silent", "said"), [(None, "no worker has run yet"), (600.0, "the worker has not shown up for 10 min")]
)
def test_a_worker_that_is_not_there_is_warned_of(silent: float | None, said: str) -> None:
    shown = health_post(Health(**WELL | {"worker_silent": silent, "dead_notices": 1})).text

    assert said in shown
    assert "1 message could not be delivered" in shown


@pytest.mark.parametrize(
    ("hot", "others", "said"),
    [
        (1, 0, "1 hot lead is overdue; the longest wait is 12 min"),
        (2, 1, "2 hot leads and 1 other lead are overdue"),
        (0, 1, "1 lead is overdue"),
    ],
)
def test_all_is_not_well_while_leads_are_overdue(hot: int, others: int, said: str) -> None:
    late = {"overdue_hot": hot, "overdue_others": others, "longest_overdue": 720.0}
    shown = health_post(Health(**WELL | late)).text

    assert shown.startswith("Something needs a look.")
    assert said in shown


def test_the_number_of_aligned_aes_is_held_to_the_playbook() -> None:
    line = PersonLine(new_id(), "Ada", (Role.MRR,), ("Inbound",), "UTC", None, True, "U1", 1)
    page = PeoplePage((line,), 0, 1)

    assert "1 aligned AE; 2 to 5 are wanted" in str(people_post(page, RULES).blocks)
    assert "wanted" not in str(people_post(page, RULES.model_copy(update={"min_aligned_aes": 1})).blocks)


def test_a_message_says_how_much_it_leaves_out() -> None:
    shown = post("long", [section("a")] * (MESSAGE_BLOCKS + 1)).blocks

    assert "2 more parts left out for lack of room." in str(shown[-1])
