"""While somebody is away: their work is the cover's, said so, and both are told once."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bot.db.models import OutboxItem, Task, TimeOff, TouchItem, TouchList
from bot.db.queries.cover import cover_note
from bot.delivery.cover_views import COVER_NOTICES
from bot.delivery.render import Told
from bot.domain.commands import ClaimLead, LogTouch
from bot.domain.notices import NoticeKind
from bot.domain.reassigning import Work
from bot.domain.terms import Channel, Outcome
from bot.service.claims import claim_lead
from bot.service.cover import arm_covers, cover_of, desk_for
from bot.service.due import fall_due
from bot.service.touch_list_days import todays_list
from bot.service.touch_list_state import drop_settled
from bot.service.touches import log_touch
from tests.day_one.house import Branch

MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)


def whose(branch: Branch, name: str, day: date = MONDAY) -> list[str | None]:
    found = branch.read(lambda session: desk_for(session, branch.people[name], day))
    return [branch.name(one) for one in found]


def covering(branch: Branch, name: str) -> str | None:
    found = branch.read(lambda session: cover_of(session, branch.people[name], branch.now))
    return branch.name(found.cover_id) if found else None


def test_a_cover_who_goes_away_hands_on_what_they_cover(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    plan = branch.puts_into_plan("Ada", branch.knows("Tim"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.is_away("Bea", MONDAY, FRIDAY, cover="Cem")
    assert whose(branch, "Cem") == ["Cem", "Bea", "Ada"]
    assert whose(branch, "Bea") == []
    assert covering(branch, "Ada") == covering(branch, "Bea") == "Cem"
    found = lines(branch, "Cem")
    assert plan in {line.enrolment_id for line in found}
    (line,) = [line for line in found if line.why.endswith("You cover for Ada.")]
    cem, now = branch.people["Cem"], branch.now
    branch.write(lambda session: drop_settled(session, cem, line.list_id, now))
    assert branch.one(TouchItem, line.id).state == "open"
    assert lines(branch, "Bea") == []
    jane = line.contact_id
    task = branch.task_of("Ada", jane, due=-timedelta(minutes=5))
    branch.does(log_touch, LogTouch(branch.actor("Cem"), jane, Channel.CALL, Outcome.NO_ANSWER, now))
    assert branch.one(Task, task).done_at == now


def test_covers_that_cover_each_other_end_nowhere(branch: Branch) -> None:
    for name, cover in (("Ada", "Bea"), ("Bea", "Cem"), ("Cem", "Ada")):
        branch.is_away(name, MONDAY, FRIDAY, cover=cover)
    assert [whose(branch, name) for name in ("Ada", "Bea", "Cem")] == [[], [], []]
    assert covering(branch, "Ada") is None


def test_a_cover_who_is_away_without_one_covers_nobody_now(branch: Branch) -> None:
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.is_away("Bea", MONDAY, MONDAY)
    assert covering(branch, "Ada") is None


def lines(branch: Branch, name: str) -> list[TouchItem]:
    """The list of today, made on the spot."""
    list_id = branch.write(lambda session: todays_list(session, branch.actor(name), branch.now))
    return branch.all(TouchItem, TouchItem.list_id == list_id)


def text_of(branch: Branch, item: OutboxItem) -> str:
    told = Told(str(item.notice["subject_id"]), item.lane, item.notice["facts"])
    post: Any = branch.read(lambda session: COVER_NOTICES[NoticeKind(item.kind)](session, told, branch.now))
    return str(post.text)


def test_whose_work_somebody_does(branch: Branch) -> None:
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.is_away("Cem", MONDAY, MONDAY)
    assert whose(branch, "Bea") == ["Bea", "Ada"]
    assert whose(branch, "Ada") == []
    assert whose(branch, "Cem") == ["Cem"], "nobody covers: it waits"
    assert whose(branch, "Bea", FRIDAY + timedelta(days=1)) == ["Bea"]
    assert whose(branch, "Ada", FRIDAY + timedelta(days=1)) == ["Ada"]


def test_the_covers_list_holds_the_leads_and_promises_and_says_for_whom(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    branch.task_of("Ada", branch.knows("Tim"))
    branch.lead_of("Bea", branch.knows("Kim"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    found = lines(branch, "Bea")
    assert sorted(line.why.endswith("You cover for Ada.") for line in found) == [False, True, True]
    assert lines(branch, "Ada") == [], "nobody stands on two lists"


def test_a_covered_lead_stays_on_the_list_until_it_is_answered(branch: Branch) -> None:
    lead = branch.lead_of("Ada", branch.knows("Jane"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    (line,) = lines(branch, "Bea")
    bea, now = branch.people["Bea"], branch.now
    branch.write(lambda session: drop_settled(session, bea, line.list_id, now))
    assert branch.one(TouchItem, line.id).state == "open"
    branch.sets(type(branch.lead(lead)), lead, owner_id=branch.people["Cem"])
    branch.write(lambda session: drop_settled(session, bea, line.list_id, now))
    assert branch.one(TouchItem, line.id).state == "gone"


def rings(branch: Branch, task: UUID) -> OutboxItem:
    branch.write(lambda session: fall_due(session, "callback", str(task), "now", branch.now))
    branch.after(seconds=0)
    return branch.all_items("callback_due")[-1]


def test_a_callback_rings_the_cover_who_is_told_for_whom(branch: Branch) -> None:
    task = branch.task_of("Ada", branch.knows("Jane"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    rung = rings(branch, task)
    assert rung.lane == f"person:{branch.people['Bea']}"
    assert rung.notice["facts"] == {"covers_for": "Ada"}
    assert branch.one(Task, task).person_id == branch.people["Ada"], "it is still Ada's"


@pytest.mark.parametrize("gone", [{"active": False}, {"slack_user_id": None}])
def test_a_cover_who_cannot_be_reached_is_not_rung(branch: Branch, gone: dict[str, Any]) -> None:
    task = branch.task_of("Ada", branch.knows("Jane"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.has("Bea", **gone)
    assert rings(branch, task).lane == f"person:{branch.people['Ada']}"


def test_the_covers_call_keeps_the_promise(branch: Branch) -> None:
    contact = branch.knows("Jane")
    task = branch.task_of("Ada", contact, due=-timedelta(minutes=5))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.does(log_touch, LogTouch(branch.actor("Bea"), contact, Channel.CALL, Outcome.NO_ANSWER, branch.now))
    assert branch.one(Task, task).done_at == branch.now


def test_a_colleague_who_does_not_cover_keeps_no_promise_of_theirs(branch: Branch) -> None:
    contact = branch.knows("Jane")
    task = branch.task_of("Ada", contact, due=-timedelta(minutes=5))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    branch.does(log_touch, LogTouch(branch.actor("Cem"), contact, Channel.CALL, Outcome.NO_ANSWER, branch.now))
    assert branch.one(Task, task).done_at is None


def test_a_new_lead_of_an_account_comes_to_the_cover(branch: Branch) -> None:
    branch.owns_company("Ada", branch.knows("Jane", "Acme"))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    raised = branch.raises("tim@acme.example", company="Acme")
    assert branch.owner(raised.lead_id) == "Bea"
    assert "and Bea covers" in " ".join(branch.lead(raised.lead_id).owner_reason)


def test_the_cover_is_told_on_the_first_morning_and_whoever_is_back_on_theirs(branch: Branch) -> None:
    branch.lead_of("Ada", branch.knows("Jane"))
    contact = branch.knows("Tim")
    branch.task_of("Ada", contact, due=timedelta(days=30))
    branch.is_away("Ada", date(2026, 3, 7), date(2026, 3, 11), cover="Bea")
    branch.write(lambda session: arm_covers(session, branch.now))
    branch.until(datetime.fromisoformat("2026-03-09T07:29:00+00:00"))
    assert branch.told("cover_begins") == []
    branch.after(minutes=1)
    assert branch.told("cover_begins") == ["Bea"]
    said = text_of(branch, branch.all_items("cover_begins")[0])
    assert "You cover for *Ada* until Wed 11 Mar." in said
    assert "1 open lead: on your touch list" in said
    assert "1 open task or callback: on your touch list" in said
    call = LogTouch(branch.actor("Bea"), contact, Channel.CALL, Outcome.NO_ANSWER, branch.now)
    branch.does(log_touch, call)
    branch.until(datetime.fromisoformat("2026-03-12T07:31:00+00:00"))
    assert branch.told("cover_ends") == ["Ada"]
    said = text_of(branch, branch.all_items("cover_ends")[0])
    assert "*Bea* covered for you until Wed 11 Mar." in said
    assert "1 touch with your people" in said
    branch.write(lambda session: arm_covers(session, branch.now))
    branch.after(minutes=10)
    assert (len(branch.all_items("cover_begins")), len(branch.all_items("cover_ends"))) == (1, 1)


def test_time_off_that_was_removed_tells_nobody(branch: Branch) -> None:
    branch.is_away("Ada", date(2026, 3, 3), FRIDAY, cover="Bea")
    branch.write(lambda session: arm_covers(session, branch.now))
    branch.write(lambda session: session.query(TimeOff).delete())
    branch.after(days=8)
    assert branch.told("cover_begins") == branch.told("cover_ends") == []


def test_without_a_cover_there_is_no_note(branch: Branch) -> None:
    branch.is_away("Ada", MONDAY, FRIDAY)
    assert branch.write(lambda session: arm_covers(session, branch.now)) == 0


def test_who_covers_now_and_what_a_note_counts(branch: Branch) -> None:
    lead = branch.lead_of("Ada", branch.knows("Jane"))
    branch.does(claim_lead, ClaimLead(branch.actor("Ada"), lead))
    branch.is_away("Ada", MONDAY, FRIDAY, cover="Bea")
    covering = branch.read(lambda session: cover_of(session, branch.people["Ada"], branch.now))
    assert covering is not None
    assert (branch.name(covering.cover_id), covering.away) == ("Bea", "Ada")
    assert branch.read(lambda session: cover_of(session, branch.people["Cem"], branch.now)) is None
    (off,) = branch.all(TimeOff)
    note = branch.read(lambda session: cover_note(session, off.id, 3))
    assert note is not None
    assert (note.owned.counts[Work.LEADS], note.plans_move) == (1, True)
    assert branch.count(TouchList) == 0
