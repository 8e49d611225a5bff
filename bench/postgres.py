"""A PostgreSQL server that keeps what it says it keeps, as it comes: the tests' own is set to forget for speed."""

from contextlib import AbstractContextManager, closing

import psycopg

from tests.support.postgres import PostgresServer, postgres_server

AS_IT_COMES = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def durable_server() -> AbstractContextManager[PostgresServer]:
    """A server with PostgreSQL's own settings for durability and memory; it and its data are gone afterwards."""
    return postgres_server(AS_IT_COMES)


def new_database(server: PostgresServer, name: str) -> str:
    """The url of a new, empty database."""
    with closing(
        psycopg.connect(host=str(server.folder), user="postgres", dbname="postgres", autocommit=True)
    ) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return server.url(name)
