"""Commands that serve: ``run``, ``web``, ``worker``."""

import typer


def _serve(*, web: bool, worker: bool) -> None:
    import asyncio
    import gc

    gc.disable()  # all that is imported stays; `serve` has it collected again once it is up

    from bot.settings import load_settings

    settings = load_settings()
    settings.require_slack()

    from bot.app import serve

    asyncio.run(serve(settings, web=web, worker=worker))


def run() -> None:
    """Serve it all in one process, for one machine.

    The tables are brought up to date first.
    """
    _serve(web=True, worker=True)


def web() -> None:
    """Serve Slack and the web: as many as you like, on PostgreSQL."""
    _serve(web=True, worker=False)


def worker() -> None:
    """Deliver and do what falls due: as many as you like, on PostgreSQL."""
    _serve(web=False, worker=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(web)
    app.command()(worker)
