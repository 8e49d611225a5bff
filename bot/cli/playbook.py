"""Commands about the sales process: ``playbook check``, ``playbook show``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.playbook.schema import Playbook

playbook = typer.Typer(help="The sales process, as your playbook has it.", no_args_is_help=True)

PlaybookFile = Annotated[Path | None, typer.Argument(help="A playbook; PLAYBOOK where left out.", dir_okay=False)]


@playbook.command()
def check(file: PlaybookFile = None) -> None:
    """Say whether a playbook is valid; each problem with its line and the way out."""
    from bot.playbook.load import load_file

    path = file or _configured()
    load_file(path)
    typer.echo(f"{path} is valid.")


@playbook.command()
def show(
    section: Annotated[str, typer.Argument(help="Only what begins so, like inbound.ladder.")] = "",
    default: Annotated[bool, typer.Option("--default", help="The defaults, as a file to begin with.")] = False,
    stored: Annotated[bool, typer.Option("--stored", help="The version in force, from the database.")] = False,
) -> None:
    """Show every setting with its value and what it means."""
    from bot.playbook.load import default_text, describe, load_file

    if default:
        typer.echo(default_text(), nl=False)
        return
    shown = _stored() if stored else load_file(_configured())
    lines = [line for line in describe(shown) if line[0].startswith(section)]
    if not lines:
        raise typer.BadParameter(f"nothing in the playbook begins with {section}", param_hint="SECTION")
    for path, value, meaning in lines:
        typer.echo(f"{path} = {value}")
        typer.echo(f"    {meaning}")


def _configured() -> Path:
    from bot.settings import load_settings

    return load_settings().playbook


def _stored() -> "Playbook":
    from bot.cli.opened import opened
    from bot.service.playbooks import load_in_force
    from bot.settings import load_settings

    with opened(load_settings(), playbook=False) as database:
        in_force = database.read_now(load_in_force)
    if in_force is None:
        typer.echo("No playbook has been stored yet; handraiser run stores one.", err=True)
        raise typer.Exit(1)
    typer.echo(f"Version {in_force.number}")
    return in_force.playbook


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(playbook, name="playbook")
