"""``handraiser doctor``."""

from typing import Annotated

import typer

MARKS = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One object a line, for machines.")] = False,
) -> None:
    """Say what is wrong with this install, and how to mend it.

    Looks at settings, Slack, database, people and playbook; changes nothing.
    """
    import asyncio

    if asyncio.run(_examine(as_json=as_json)):
        raise typer.Exit(1)


async def _examine(*, as_json: bool) -> int:
    import json

    from bot.doctor import examine

    counts = {"ok": 0, "warn": 0, "fail": 0}
    async for check in examine():
        counts[check.level] += 1
        if as_json:
            typer.echo(json.dumps(check.as_dict()))
            continue
        typer.echo(f"{MARKS[check.level]}  {check.sentence}")
        if check.mend:
            typer.echo(f"      {check.mend}")
    if not as_json:
        typer.echo(_closing(counts["fail"], counts["warn"]))
    return counts["fail"]


def _closing(failed: int, warned: int) -> str:
    if failed:
        return f"\n{failed} to mend before Handraiser can work." + (f" {warned} to look at." if warned else "")
    return f"\nReady to work; {warned} to look at." if warned else "\nAll is well."


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)
