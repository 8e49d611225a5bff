"""The benchmarks run and say something, on sizes that show nothing: figures are no matter of tests."""

import itertools
import json
from pathlib import Path

import pytest

from bench import alert, clicks, delivery, lists, pipeline, start, touch
from bench.figures import BEGIN, END, Figure, Part, facts, keep, placed, table
from bench.load import closed_loop, in_turn, percentile

pytestmark = pytest.mark.anyio


@pytest.mark.slow
async def test_touches_are_logged_beside_the_compared_apps() -> None:
    part = await touch.measure(touch.Size(contacts=120, rounds=1, seconds=0.3, databases=("SQLite",)))
    assert [one.what.startswith(("`/touch`", "…")) for one in part.figures] == [True, True]
    assert part.numbers["SQLite"]["touches"] > 0


@pytest.mark.slow
async def test_requests_come_out_as_alerts() -> None:
    size = alert.Size(contacts=120, large=0, rounds=1, one_by_one=2, bursts=1, seconds=0.3)
    part = await alert.measure(size)
    assert set(part.numbers["median"]) == {"forwarder", "json", "form"}
    assert part.numbers["bursts"]["json"][0]["leads"] > 0


@pytest.mark.slow
async def test_notices_are_counted_as_they_come() -> None:
    part = await delivery.measure(delivery.Size(notices=60, channels=30, contacts=120))
    assert (part.numbers["lost"], part.numbers["twice"]) == (0, 0)
    assert part.numbers["hot_seconds"] > 0


@pytest.mark.slow
async def test_every_rep_has_a_list() -> None:
    part = await lists.measure(lists.Size(lists.Company(2, 600), lists.Company(4, 1200)))
    assert (part.numbers["small"]["lines"], part.numbers["large"]["lines"]) == (2 * lists.EACH, 4 * lists.EACH)


@pytest.mark.slow
async def test_reps_click_through_their_lists() -> None:
    part = await clicks.measure(clicks.Size(reps=2, items=3, pause=0.05))
    assert part.numbers["updates"] > 0


@pytest.mark.slow
async def test_memory_is_weighed() -> None:
    part = await start.measure(start.Size(contacts=120, idle_seconds=0.1, demos=0, clone=False))
    assert 0 < part.numbers["uss"] <= part.numbers["rss"]


@pytest.mark.slow
async def test_reports_are_timed_over_a_year_that_is_made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pipeline, "SCRATCH", tmp_path)
    part = await pipeline.measure(pipeline.Size(touches=(600, 1200), rounds=1, databases=("SQLite",)))
    assert len(part.figures) == len(pipeline.ASKED) + 1
    assert all(one.value.startswith("**") for one in part.figures)


async def test_callers_in_a_closed_loop_count_what_was_refused() -> None:
    answers = itertools.cycle([True, False, True])

    async def call() -> bool:
        return next(answers)

    run = await closed_loop(1, 0.0, call)
    assert (len(run.waits), run.refused) == (0, 0)
    run = await closed_loop(3, 0.001, call)
    assert run.waits
    assert abs(len(run.waits) - 2 * run.refused) <= 3


def test_a_percentile_is_a_value_that_was_there() -> None:
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0
    assert in_turn(["a", "b", "c"], 4) == ["b", "c", "a"]


def test_the_table_is_kept_where_it_belongs(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"# Hello\n{BEGIN}\nold\n{END}\nBye\n")
    part = Part("x", [Figure("speed", "9", "8", "≥ 7", True), Figure("size", "1", "", "< 1", False)], {"n": 1}, "So.")
    about = facts(quick=False)
    keep([part], about, tmp_path, readme)
    text = readme.read_text()
    assert "old" not in text
    assert "| speed | 9 | 8 | ≥ 7 ✓ |" in text
    assert "| size | 1 |  | < 1 ✗ |" in text
    assert text.startswith("# Hello\n")
    assert text.endswith("Bye\n")
    assert json.loads((tmp_path / "results.json").read_text())["parts"][0]["numbers"] == {"n": 1}
    assert "- **x**: So." in (tmp_path / "RESULTS.md").read_text()


def test_a_readme_without_a_place_is_left_alone() -> None:
    assert placed("nothing here", "table") == "nothing here"
    assert "in a hurry" in table([], facts(quick=True))
