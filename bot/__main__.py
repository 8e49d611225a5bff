"""The command ``handraiser``.

What must stay true: exit code 0 is done, 1 is a failed check or something that could not be done, told in sentences,
2 is a wrong use of the command. A traceback is shown for ``--debug`` alone.
"""

import sys
from typing import Annotated

import typer

from bot.cli import data, doctor, playbook, serve

app = typer.Typer(
    name="handraiser",
    help="A Slack bot that runs a specialised sales process where reps already are.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
serve.register(app)
data.register(app)
playbook.register(app)
doctor.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        from bot import __version__

        typer.echo(f"handraiser {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error came from.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Say which release this is.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run a command; the edge where errors become sentences."""
    try:
        app(prog_name="handraiser")
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        for line in _sentences(error):
            typer.echo(line, err=True)
        sys.exit(1)


def _sentences(error: Exception) -> list[str]:
    from sqlalchemy.exc import DBAPIError, OperationalError

    from bot.domain.errors import UserError
    from bot.playbook.load import PlaybookError
    from bot.settings import SettingsError

    if isinstance(error, SettingsError):
        return error.problems
    if isinstance(error, UserError):
        return [error.sentence]
    if isinstance(error, PlaybookError | FileNotFoundError):
        return [str(error)]
    if isinstance(error, OperationalError | DBAPIError):
        why = (str(error.orig).strip().splitlines() or ["it gave no reason"])[0]
        return [f"The database could not do it: {why}", "handraiser doctor looks at what may be wrong."]
    kind = type(error).__name__
    return [
        f"That did not work, and it should have ({kind}).",
        "Run it again as: handraiser --debug ..., and report it.",
    ]


if __name__ == "__main__":
    main()
