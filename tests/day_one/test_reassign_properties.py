"""Whatever somebody has and whoever gets it: nothing is left with the leaver, and counts equal the preview."""

from collections import Counter
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.db.models import AuditEntry
from bot.db.session import Database
from bot.domain.reassigning import Work, even_split
from tests.day_one.house import Branch, furnish_branch
from tests.support.databases import SqliteFiles, in_force


@given(
    weights=st.dictionaries(st.uuids(version=4), st.integers(1, 9), max_size=60),
    targets=st.lists(st.uuids(version=4), min_size=1, max_size=9, unique=True),
)
def test_no_share_is_further_from_an_even_one_than_the_largest_company(
    weights: dict[UUID, int], targets: list[UUID]
) -> None:
    split = even_split(targets, weights)
    shares: Counter[UUID] = Counter(dict.fromkeys(targets, 0))
    for group, weight in weights.items():
        shares[split.target(group)] += weight
    even, largest = sum(weights.values()) / len(targets), max(weights.values(), default=0)
    assert all(abs(share - even) <= largest for share in shares.values())


PIECES = st.lists(
    st.tuples(st.sampled_from(["lead", "hot", "plan", "task", "deal", "contact", "account"]), st.integers(0, 5)),
    min_size=1,
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(pieces=PIECES, takers=st.sets(st.sampled_from(["Bea", "Cem", "Zoe"]), min_size=1))
def test_nothing_is_left_with_the_leaver_and_counts_equal_the_preview(
    sqlite_files: SqliteFiles, tmp_path_factory: object, pieces: list[tuple[str, int]], takers: set[str]
) -> None:
    database = Database(sqlite_files.copy(tmp_path_factory.mktemp("house")))  # type: ignore[attr-defined]
    database.in_force = in_force()
    try:
        branch = furnish_branch(database)
        for place, (kind, firm) in enumerate(pieces):
            has(branch, kind, place, firm)
        wish = branch.wish("Ada", *sorted(takers), "Farah")
        before, shown = branch.owned("Ada"), branch.previews(wish)
        begun = branch.reassigns(wish)
        after = [branch.owned(name) for name in (*sorted(takers), "Farah")]
        assert branch.owned("Ada").total == 0
        assert {line.work: line.count for line in shown.lines} == {w: n for w, n in before.counts.items() if n}
        got = {work: sum(one.counts[work] for one in after) for work in Work}
        assert got == before.counts
        assert [(name, branch.owned(name).total) for name, _ in shown.shares] == list(shown.shares)
        assert sum(branch.one(AuditEntry, begun.job_id).detail["given"].values()) == shown.total
    finally:
        database.close()


def has(branch: Branch, kind: str, place: int, firm: int) -> None:
    contact = branch.knows(f"P{place}", f"Firm{firm}", owner="Ada" if kind == "contact" else None)
    match kind:
        case "lead" | "hot":
            branch.lead_of("Ada", contact, hot=kind == "hot")
        case "plan":
            branch.puts_into_plan("Ada", contact)
        case "task":
            branch.task_of("Ada", contact)
        case "deal":
            branch.deal_of("Ada", contact)
        case "account":
            branch.owns_company("Ada", contact)
        case _:
            return
