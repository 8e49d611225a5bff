"""Commands that change what is stored: ``migrate``, ``people import``, ``import``."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from bot.domain.import_rows import ImportReport

people = typer.Typer(help="Our own people.", no_args_is_help=True)


def _there(file: Path) -> Path:
    if str(file) == "-":
        return Path("/dev/stdin")
    if not file.exists() or file.is_dir():
        raise typer.BadParameter(f"There is no file “{file}”.")
    return file


CsvFile = Annotated[Path, typer.Argument(help="A CSV file, UTF-8; - reads a pipe.", callback=_there)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, change nothing.")]


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say whether the tables are up to date.")] = False,
) -> None:
    """Bring the database's tables up to date.

    Safe to repeat, and to run twice at once.
    """
    from bot.db import migrate as migrations
    from bot.settings import load_settings

    url = load_settings().database_url
    if not check:
        migrations.upgrade(url)
    at, head = migrations.current(url), migrations.head()
    if at != head:
        typer.echo(f"The tables are at {at or 'nothing'}, this release wants {head}. Run: handraiser migrate")
        raise typer.Exit(1)
    typer.echo(f"The tables are up to date ({head}).")


@people.command("import")
def import_people(file: CsvFile, dry_run: DryRun = False) -> None:
    """Add and change people from people.csv.

    Rows with problems are named and left out; repeating changes nothing.
    """
    from bot.intake.csv_people import import_people_file

    _import(import_people_file, file, dry_run=dry_run)


def import_contacts(
    file: CsvFile,
    source: Annotated[str, typer.Option(help="Where these contacts come from.")] = "list",
    deals: Annotated[bool, typer.Option("--deals", help="The file holds open deals, not contacts.")] = False,
    steps: Annotated[bool, typer.Option("--steps", help="The file holds cadences under way, not contacts.")] = False,
    enroll: Annotated[
        str, typer.Option(help="E-mail of the rep into whose cadence they go; a column “Enroll” may name another.")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Add and change contacts from a CSV file, or open deals with --deals, or cadences under way with --steps.

    The columns of Apollo, HubSpot and Salesforce are understood, and plain ones.
    Rows with problems are named and left out; repeating changes nothing. Nobody on a list is a lead.
    """
    from bot.domain.terms import Source
    from bot.intake.csv_contacts import import_contacts_file
    from bot.intake.csv_deals import import_deals_file
    from bot.intake.csv_steps import import_steps_file

    if deals and steps:
        raise typer.BadParameter("A file holds deals or steps, not both.", param_hint="--deals, --steps")
    if deals or steps:
        _import(import_deals_file if deals else import_steps_file, file, dry_run=dry_run)
        return
    if source not in set(Source):
        raise typer.BadParameter(f"{source} is no source. Use one of: {', '.join(Source)}.", param_hint="--source")
    _import(import_contacts_file, file, dry_run=dry_run, source=Source(source), enroll=enroll)


def _import(work: "Callable[..., ImportReport]", file: Path, **options: Any) -> None:
    from bot.cli.opened import business_now, opened
    from bot.settings import load_settings

    settings = load_settings()
    with opened(settings) as database:
        report = work(database, file, business_now(settings), **options)
    for line in report.lines():
        typer.echo(line)
    if not report.clean:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(migrate)
    app.add_typer(people, name="people")
    app.command("import")(import_contacts)
