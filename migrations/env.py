"""What Alembic runs: one history for SQLite and PostgreSQL.

What must stay true: a run is one transaction, on a connection of its own that ``bot.db.migrate`` made, and a second
run that begins meanwhile waits for the first.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.db import migrate, types
from bot.db.models import Base


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types by name, so that a migration imports ``bot.db.types`` and no model."""
    if kind != "type":
        return False
    if isinstance(item, types.Timestamp):
        written = "types.Timestamp()"
    elif item == types.Json:
        written = "types.Json"
    elif item == types.SortedText:
        written = "types.SortedText"
    else:
        return False
    autogen.imports.add("from bot.db import types")
    return written


def run() -> None:
    """Run the migrations on the connection that was handed in, else on one to ``DATABASE_URL``."""
    handed_in = context.config.attributes.get("connection")
    if handed_in is not None:
        run_on(handed_in)
        return
    with migrate.connection(migrate.url_of_environment()) as connection:
        run_on(connection)


def run_on(connection: Any) -> None:
    """Run the migrations in the transaction that Alembic opens on ``connection``."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=context.get_x_argument(as_dictionary=True).get("batch") != "no",  # new tables need none
        render_item=render_item,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        migrate.wait_for_others(connection)
        context.run_migrations()
        migrate.check_references(connection)


if context.is_offline_mode():
    raise SystemExit("Migrations read the database as they go, so they cannot be written out as SQL.")
run()
