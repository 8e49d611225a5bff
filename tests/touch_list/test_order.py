"""What stands on the list, and in which order (process §3, §5, §10)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.business_time import work_week
from bot.domain.compliance import Refused, Warned
from bot.domain.touch_list import DueItem, ItemKind
from bot.domain.touch_list_order import Candidate, Held, Measure, RepDay, Wave, arrange, mail_target
from bot.domain.touch_list_windows import call_spans, local_day, mail_spans, working_spans
from bot.playbook.load import default_playbook
from tests.touch_list.office import MONDAY, berlin

RULES = default_playbook()
WEEK = work_week("mon-fri 8:00-17:00", "Europe/Berlin", "DE")
BERLIN, NEW_YORK, TOKYO = ("Europe/Berlin",), ("America/New_York",), ("Asia/Tokyo",)


def day(at: str = "07:30", wave: Wave = Wave.MORNING, evening: str | None = None) -> RepDay:
    return RepDay(
        now=berlin(MONDAY, at),
        timezone="Europe/Berlin",
        span=local_day("Europe/Berlin", MONDAY),
        shifts=working_spans(WEEK, MONDAY),
        evening_at=berlin(MONDAY, evening) if evening else None,
        wave=wave,
    )


def one(number: int, kind: ItemKind, zones: tuple[str, ...] = NEW_YORK, **more: object) -> Candidate:
    about = {name: more.pop(name) for name in ("due_at", "lead_id", "overdue_days") if name in more}
    return Candidate(DueItem(kind, UUID(int=number), "why", "step", **about), zones, **more)


def put(*candidates: Candidate, left: int = 100, overdue: bool = False, **more: object) -> list[int]:
    measure = Measure(left, {}, overdue)
    return [line.due.contact_id.int for line in arrange(candidates, more.pop("on", day()), measure, RULES).lines]


def test_the_order_is_that_of_the_process() -> None:
    given_kinds = [
        one(7, ItemKind.TASK),
        one(6, ItemKind.CALL),
        one(5, ItemKind.EMAIL),
        one(4, ItemKind.CALLBACK),
        one(3, ItemKind.LEAD),
        one(2, ItemKind.HOT),
        one(1, ItemKind.REPLY),
    ]
    assert put(*given_kinds) == [1, 2, 3, 4, 5, 6, 7]


def test_an_e_mail_whose_window_comes_later_stands_with_the_rest() -> None:
    assert put(one(1, ItemKind.EMAIL, TOKYO), one(2, ItemKind.CALL), one(3, ItemKind.EMAIL, NEW_YORK)) == [3, 2, 1]


def test_of_two_windows_the_one_that_closes_first_comes_first() -> None:
    assert put(one(1, ItemKind.EMAIL, NEW_YORK), one(2, ItemKind.EMAIL, BERLIN)) == [2, 1]


def test_calls_go_by_when_the_recipients_day_ends_and_wait_for_it_to_begin() -> None:
    candidates = [one(1, ItemKind.CALL, NEW_YORK), one(2, ItemKind.CALL, BERLIN), one(3, ItemKind.CALL, TOKYO)]
    lines = arrange(candidates, day(), Measure(9, {}, False), RULES).lines
    # Tokyo's business day ends at ten of Berlin, Berlin's work at 17, New York's day begins at 14.
    assert [line.due.contact_id.int for line in lines][:1] == [3]
    assert {line.due.contact_id.int: line.due_at for line in lines} == {3: None, 2: None, 1: berlin(MONDAY, "14:00")}


def test_a_plans_step_of_a_lead_stands_with_the_leads() -> None:
    follow_up = one(2, ItemKind.EMAIL, lead_id=UUID(int=99))
    assert put(one(1, ItemKind.CALLBACK), follow_up) == [2, 1]


def test_one_line_for_a_person_and_the_question_who_replied_beside_it() -> None:
    lines = put(one(1, ItemKind.CALL), one(1, ItemKind.CALLBACK), one(1, ItemKind.REPLY))
    assert lines == [1, 1]


def test_no_more_than_three_e_mails_to_one_company() -> None:
    candidates = [one(n, ItemKind.EMAIL, domain="acme.example") for n in range(5)] + [one(9, ItemKind.EMAIL)]
    arranged = arrange(candidates, day(), Measure(50, {"acme.example": 1}, False), RULES)
    assert len(arranged.lines) == 3
    assert arranged.held == {Held.COMPANY: 3}


def test_the_days_number_keeps_leads_and_plans_under_way_before_new_ones() -> None:
    candidates = [
        one(1, ItemKind.EMAIL, cold_first=True),
        one(2, ItemKind.EMAIL),
        one(3, ItemKind.EMAIL, lead_id=UUID(int=99)),
        one(4, ItemKind.EMAIL, overdue_days=3),
    ]
    assert set(put(*candidates, left=3)) == {2, 3, 4}
    assert set(put(*candidates, left=2)) == {3, 4}
    assert arrange(candidates, day(), Measure(0, {}, False), RULES).held == {Held.TARGET: 4}


def test_nobody_new_is_begun_while_the_reps_own_leads_are_overdue() -> None:
    new, known = one(1, ItemKind.EMAIL, cold_first=True), one(2, ItemKind.EMAIL)
    arranged = arrange([new, known], day(), Measure(9, {}, leads_overdue=True), RULES)
    assert [line.due.contact_id.int for line in arranged.lines] == [2]
    assert arranged.held == {Held.LEADS_FIRST: 1}


def test_what_the_gate_refuses_for_good_is_not_offered_and_what_waits_is() -> None:
    soon, tonight = berlin(MONDAY, "14:00"), berlin(MONDAY, "21:00")
    candidates = [
        one(1, ItemKind.EMAIL, verdict=Refused("opted out", for_good=True)),
        one(2, ItemKind.CALL, verdict=Refused("asleep", soon)),
        one(3, ItemKind.CALL, verdict=Refused("asleep", tonight)),
        one(4, ItemKind.EMAIL, verdict=Refused("no consent")),
        one(5, ItemKind.CALL, verdict=Warned("late")),
        one(6, ItemKind.HOT, verdict=Refused("asleep", tonight)),
    ]
    arranged = arrange(candidates, day(), Measure(9, {}, False), RULES)
    assert {line.due.contact_id.int for line in arranged.lines} == {2, 5, 6}
    assert arranged.held == {Held.GATE: 3}


def test_an_e_mail_that_fits_only_the_evening_waits_for_its_list() -> None:
    candidates = [one(1, ItemKind.EMAIL, BERLIN), one(2, ItemKind.EMAIL, NEW_YORK), one(3, ItemKind.CALL)]
    late = RepDay(
        berlin(MONDAY, "07:30"),
        "Europe/Berlin",
        local_day("Europe/Berlin", MONDAY),
        ((berlin(MONDAY, "09:00"), berlin(MONDAY, "18:00")),),
        berlin(MONDAY, "17:00"),
    )
    assert put(*candidates, on=late) == [2, 3]
    assert put(candidates[0], on=day(at="17:00", wave=Wave.EVENING)) == [1]


def test_without_an_evening_list_the_e_mail_is_not_lost() -> None:
    hours = RepDay(
        berlin(MONDAY, "07:30"),
        "Europe/Berlin",
        local_day("Europe/Berlin", MONDAY),
        ((berlin(MONDAY, "09:00"), berlin(MONDAY, "17:00")),),
        None,
    )
    assert put(one(1, ItemKind.EMAIL, BERLIN), on=hours) == [1]


def test_a_new_mailbox_ramps_up_by_working_days() -> None:
    book = RULES.touch_list
    friday = MONDAY - timedelta(days=3)
    found = [mail_target(RULES, WEEK, friday, friday + timedelta(days=n)) for n in (0, 3, 4)]
    assert found == [book.ramp_from, book.ramp_from + book.ramp_step, book.ramp_from + 2 * book.ramp_step]
    assert mail_target(RULES, WEEK, friday, friday + timedelta(days=365)) == book.target_emails_per_day
    assert mail_target(RULES, WEEK, None, friday) == book.target_emails_per_day


def test_windows_are_the_recipients_also_when_their_clocks_change() -> None:
    sunday = date(2026, 3, 29)
    spans = mail_spans(BERLIN, local_day("Europe/Berlin", sunday), RULES)
    assert spans[0] == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC))
    assert call_spans(BERLIN, local_day("Europe/Berlin", sunday), RULES) == ()


def test_an_unknown_place_counts_as_all_its_candidates() -> None:
    both = call_spans(("America/New_York", "America/Los_Angeles"), local_day("America/New_York", MONDAY), RULES)
    assert both == ((datetime(2026, 3, 2, 16, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC)),)


some = st.builds(
    one,
    st.integers(1, 40),
    st.sampled_from(list(ItemKind)),
    st.sampled_from((BERLIN, NEW_YORK, TOKYO, ())),
    overdue_days=st.integers(0, 9),
    domain=st.sampled_from((None, "a.example", "b.example")),
    cold_first=st.booleans(),
)


@given(st.lists(some, max_size=60), st.integers(0, 20), st.booleans(), st.sampled_from(("07:30", "12:00", "23:00")))
def test_whatever_is_due_the_measures_hold(candidates: list[Candidate], left: int, overdue: bool, at: str) -> None:
    arranged = arrange(candidates, day(at), Measure(left, {}, overdue), RULES)
    mails = [line.due for line in arranged.lines if line.due.kind is ItemKind.EMAIL]
    lines = Counter(line.due.contact_id for line in arranged.lines if line.due.kind is not ItemKind.REPLY)
    assert len(mails) <= left
    assert all(count == 1 for count in lines.values())
    ranks = [list(ItemKind).index(line.due.kind) for line in arranged.lines]
    assert ranks[: ranks.count(0)] == [0] * ranks.count(0)
    assert len({one.due.contact_id for one in candidates}) <= len(lines) + sum(arranged.held.values()) + ranks.count(0)
