"""A PostgreSQL server that keeps what it says it keeps, as it comes: the tests' own is set to forget for speed."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from tests.support.postgres import PostgresServer

AS_IT_COMES = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


@contextmanager
def durable_server() -> Iterator[PostgresServer]:
    """A server with PostgreSQL's own settings for durability and memory; it and its data are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hr-bench-pg-"))
    server = PostgresServer(folder, AS_IT_COMES)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: PostgresServer, name: str) -> str:
    """The url of a new, empty database."""
    with closing(
        psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True)
    ) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return server.url(name)
