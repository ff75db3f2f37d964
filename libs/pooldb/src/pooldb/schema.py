"""Tables of the pool database, and how an older one becomes the present one."""

import sqlite3
from collections.abc import Iterable

VERSION = 2

TABLES = """
create table rows (
    cls text not null, ref text primary key, created integer not null, modified integer not null,
    record text not null
);
create index rows_created on rows (created);
create table log (
    generation integer not null, cls text not null, ref text not null, created integer not null,
    deleted integer not null
);
create index log_generation on log (generation);
create table kv (ns text not null, key text not null, value text not null, primary key (ns, key));
create table facts (name text primary key, value integer not null);
insert into facts values ('generation', 0), ('log_begins', 0);
"""


# Roles were rows once; they are part of the program.
ROLES_GO = ("delete from rows where cls = 'role'", "delete from log where cls = 'role'")


class SchemaTooNew(Exception):
    """The database was written by a newer Warren than this one."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to VERSION under SQLite's write lock; whoever comes first does it."""
    connection.execute("begin immediate")
    try:
        (found,) = connection.execute("pragma user_version").fetchone()
        if found > VERSION:
            raise SchemaTooNew(
                f"the pool database has schema {found}, this program knows {VERSION}:"
                " upgrade Warren on this host"
            )
        if found < 1:
            _run(connection, TABLES.split(";"))
        if found < VERSION:
            _run(connection, ROLES_GO)
            connection.execute(f"pragma user_version = {VERSION}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


def _run(connection: sqlite3.Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(statement)
