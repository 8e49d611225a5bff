from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.routing import Choice, Rep, Rule, Standing, choose_owner, present_turn, round_robin

START = datetime(2026, 6, 1, 9, tzinfo=UTC)


def rep(number: int, name: str = "", **facts) -> Rep:
    return Rep(UUID(int=number), name or f"Rep {number}", **facts)


def give(reps: dict[UUID, Rep], choice: Choice, at: datetime) -> None:
    """What the service stores."""
    if choice.person_id is not None and choice.turn is not None:
        reps[choice.person_id] = replace(reps[choice.person_id], turn=choice.turn, last_assigned_at=at)


weights = st.sampled_from([0.5, 1.0, 1.0, 1.0, 2.0, 3.0])
# Each step: who is on shift, and which of them may not take this lead for its skill.
histories = st.integers(2, 6).flatmap(
    lambda count: st.tuples(
        st.lists(weights, min_size=count, max_size=count),
        st.lists(
            st.tuples(
                st.sets(st.integers(0, count - 1)), st.booleans(), st.sets(st.integers(0, count - 1), max_size=1)
            ),
            min_size=1,
            max_size=60,
        ),
    )
)


@given(histories)
def test_nobody_of_equal_weight_is_ever_more_than_one_ahead(history):
    """Process §2: among reps eligible together since their last turn."""
    rep_weights, steps = history
    reps = {UUID(int=n): rep(n, weight=weight) for n, weight in enumerate(rep_weights)}
    ahead: dict[tuple[UUID, UUID], list[int]] = {}
    on_shift: set[int] = set(range(len(rep_weights)))
    for index, (toggled, special, unable) in enumerate(steps):
        if special:
            on_shift ^= toggled
        everybody = [replace(one, on_shift=one.id.int in on_shift) for one in reps.values()]
        passed_over = {UUID(int=n) for n in unable}
        eligible = {one.id for one in everybody if one.on_shift} - passed_over
        choice = round_robin(everybody, passed_over=passed_over)
        assert (choice.person_id in eligible) if eligible else (choice.person_id is None)
        give(reps, choice, START + timedelta(seconds=index))
        for a, b in combinations(reps, 2):
            if reps[a].weight != reps[b].weight:
                continue
            if not {a, b} <= eligible:
                ahead.pop((a, b), None)
                continue
            run = ahead.setdefault((a, b), [0])
            run.append(run[-1] + (choice.person_id == a) - (choice.person_id == b))
            assert max(run) - min(run) <= 1


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), min_size=2, max_size=5), st.integers(1, 80))
def test_shares_follow_the_weights(rep_weights, leads):
    reps = {UUID(int=n): rep(n, weight=weight) for n, weight in enumerate(rep_weights)}
    count = dict.fromkeys(reps, 0)
    for index in range(leads):
        choice = round_robin(list(reps.values()))
        count[choice.person_id] += 1
        give(reps, choice, START + timedelta(seconds=index))
    for one in reps.values():
        fair = leads * one.weight / sum(rep_weights)
        assert abs(count[one.id] - fair) <= one.weight * len(rep_weights)


def test_the_present_is_where_the_last_lead_was_given():
    reps = {UUID(int=n): rep(n, weight=w) for n, w in enumerate([1.0, 3.0])}
    assert present_turn(reps.values()) == 0
    for index in range(10):
        before = {one.id: one.turn for one in reps.values()}
        choice = round_robin(list(reps.values()))
        give(reps, choice, START + timedelta(seconds=index))
        assert present_turn(reps.values()) == before[choice.person_id]


def test_who_comes_back_after_weeks_is_not_flooded():
    reps = {UUID(int=n): rep(n) for n in range(3)}
    for index in range(30):
        there = [replace(one, on_shift=one.id.int != 2) for one in reps.values()]
        give(reps, round_robin(there), START + timedelta(seconds=index))
    got = []
    for index in range(6):
        choice = round_robin(list(reps.values()))
        got.append(choice.person_id.int)
        give(reps, choice, START + timedelta(minutes=1, seconds=index))
    assert sorted(got) == [0, 0, 1, 1, 2, 2]


def test_a_client_goes_to_its_account_executive_even_off_shift():
    ae = rep(1, "Ada", in_rotation=False, on_shift=False)
    choice = choose_owner([ae, rep(2)], Standing("Acme", is_client=True, owner_id=ae.id))
    assert (choice.person_id, choice.rule, choice.turn) == (ae.id, Rule.CLIENT_TEAM, None)
    assert choice.reason == ("Ada is the account executive of our client Acme.",)


def test_a_client_whose_ae_left_goes_to_customer_success():
    ae, csm = rep(1, "Ada", active=False), rep(2, "Cem", in_rotation=False)
    choice = choose_owner([ae, csm], Standing("Acme", is_client=True, owner_id=ae.id, csm_id=csm.id))
    assert choice.person_id == csm.id
    assert choice.reason == (
        "Ada is the account executive of our client Acme but is no longer active.",
        "Cem looks after our client Acme.",
    )


def test_an_owner_on_holiday_is_covered():
    owner, cover = rep(1, "Ada", away=True, cover_id=UUID(int=2)), rep(2, "Bo")
    choice = choose_owner([owner, cover], Standing("Acme", owner_id=owner.id))
    assert (choice.person_id, choice.rule) == (cover.id, Rule.COVER)


def test_an_owner_on_holiday_without_cover_leaves_it_to_the_round_robin():
    choice = choose_owner([rep(1, "Ada", away=True), rep(2, "Bo")], Standing("Acme", owner_id=UUID(int=1)))
    assert (choice.person_id, choice.rule) == (UUID(int=2), Rule.ROUND_ROBIN)
    assert choice.reason[0] == "Ada owns Acme but is away without a cover."


def test_who_passed_it_on_does_not_get_it_again():
    reps = [rep(1, "Ada"), rep(2, "Bo")]
    choice = choose_owner(reps, Standing("Acme", owner_id=UUID(int=1)), passed_over={UUID(int=1)})
    assert choice.person_id == UUID(int=2)
    assert choose_owner(reps, Standing(), passed_over={UUID(int=1), UUID(int=2)}).rule is Rule.NOBODY_LEFT


def test_nobody_on_shift_is_said():
    choice = choose_owner([rep(1, on_shift=False), rep(2, in_rotation=False)], Standing())
    assert (choice.person_id, choice.rule) == (None, Rule.NOBODY_ON_SHIFT)


def test_a_full_rep_is_spared_until_all_are_full():
    full = rep(1, "Ada", cap=5, open_leads=5)
    assert round_robin([full, rep(2, "Bo", turn=9.0, last_assigned_at=START)]).person_id == UUID(int=2)
    choice = round_robin([full])
    assert (choice.person_id, choice.rule) == (full.id, Rule.OVER_CAP)


def test_a_skill_is_preferred_and_its_lack_is_said():
    french = rep(1, "Ada", skills=frozenset({"french"}), turn=3.0, last_assigned_at=START)
    assert round_robin([french, rep(2)], frozenset({"french"})).person_id == french.id
    choice = round_robin([french, rep(2)], frozenset({"danish"}))
    assert choice.reason[0] == "Nobody on shift has the skill danish."
