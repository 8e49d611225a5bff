"""The pages say what is true."""

from pathlib import Path

from bot.playbook.reference import reference

ROOT = Path(__file__).parents[2]


def test_the_playbooks_reference_is_that_of_the_schema() -> None:
    assert (ROOT / "docs" / "playbook.md").read_text(encoding="utf-8") == reference(), "run: make docs"
