"""The tables of the pool database, and how those of an older version are upgraded."""

from collections.abc import Iterable

from pooldb.engine import Engine

VERSION = 2

TABLES = """
create table rows (
    cls text not null, ref text primary key, created bigint not null, modified bigint not null,
    record text not null
);
create index rows_created on rows (created);
create table log (
    generation bigint not null, cls text not null, ref text not null, created bigint not null,
    deleted bigint not null
);
create index log_generation on log (generation);
create table kv (ns text not null, key text not null, value text not null, primary key (ns, key));
create table facts (name text primary key, value bigint not null);
insert into facts values ('generation', 0), ('log_begins', 0);
"""


# Roles were rows once; they are part of the program.
ROLES_GO = ("delete from rows where cls = 'role'", "delete from log where cls = 'role'")


class SchemaTooNew(Exception):
    """The database has the schema of a newer Warren."""


def migrate(engine: Engine) -> None:
    """Upgrade the database to VERSION in one transaction, unless another process has done so."""
    engine.begin()
    try:
        version = engine.version()
        if version > VERSION:
            raise SchemaTooNew(
                f"the pool database has schema {version}, this program knows {VERSION}:"
                " upgrade Warren on this host"
            )
        if version < 1:
            _run(engine, TABLES.split(";"))
        if version < VERSION:
            _run(engine, ROLES_GO)
            engine.set_version(VERSION)
    except BaseException:
        engine.undo()
        raise
    engine.commit()


def _run(engine: Engine, statements: Iterable[str]) -> None:
    for statement in statements:
        if statement.strip():
            engine.execute(statement)
