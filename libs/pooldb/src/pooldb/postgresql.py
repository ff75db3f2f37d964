"""The pool database on a PostgreSQL server, for pools that have outgrown one machine."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from pooldb.engine import DatabaseError, DiskFull, Lost, Rows

CONNECT_TIMEOUT_S = 10
ASK_AGAIN_FOR_S, ASK_EVERY_S = 30.0, 0.2
# Less than clients wait for an answer.
FAIL_OVER_S = 45.0
KEEPALIVE_AFTER_S, KEEPALIVE_EVERY_S, KEEPALIVES_LOST = 10, 5, 3
OPTIONS = (
    f"-c tcp_keepalives_idle={KEEPALIVE_AFTER_S} -c tcp_keepalives_interval={KEEPALIVE_EVERY_S}"
    f" -c tcp_keepalives_count={KEEPALIVES_LOST} -c tcp_user_timeout=25s"
)
# The number of the advisory lock that the writer holds; any number would do.
TURN = 0x57617272656E


class PostgreSQL:
    """`pooldb.engine.Engine`; after a connection is lost, the next call opens a new one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = self._connect()
        self._transaction = ""

    def _connect(self) -> "psycopg.Connection[Any]":
        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=CONNECT_TIMEOUT_S,
                application_name="warren",
                # A server that vanished is noticed within half a minute. So does the server notice
                # a client that vanished: holding the lock, it would block all the others.
                keepalives_idle=KEEPALIVE_AFTER_S,
                keepalives_interval=KEEPALIVE_EVERY_S,
                keepalives_count=KEEPALIVES_LOST,
                options=OPTIONS,
            )
        except psycopg.Error as error:
            raise Lost(str(error)) from error

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        try:
            return self._connection.execute(_placed(statement), parameters)
        except psycopg.Error as error:
            raise self._failure(error) from error

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        try:
            self._connection.cursor().executemany(_placed(statement), list(parameters))
        except psycopg.Error as error:
            raise self._failure(error) from error

    def _failure(self, error: psycopg.Error) -> DatabaseError:
        if isinstance(error, psycopg.errors.DiskFull):
            return DiskFull(str(error))
        return Lost(str(error)) if self._connection.closed else DatabaseError(str(error))

    def begin(self) -> None:
        self._open("begin isolation level read committed")
        try:
            turn = self.execute("select pg_advisory_xact_lock(?), pg_current_xact_id()", (TURN,))
            row = turn.fetchone()
            assert row is not None
            self._transaction = str(row[1])
        except BaseException:
            self.undo()
            raise

    def commit(self) -> None:
        """Commit; if the connection is lost meanwhile, ask the server whether it was done.

        Raises DatabaseError, and not Lost, if nobody can say.
        """
        try:
            self.execute("commit")
        except DatabaseError as error:
            if not self._connection.closed:
                raise
            try:
                is_done = self._committed(self._transaction)
            except Lost as away:
                raise DatabaseError(str(away)) from away
            if not is_done:
                raise Lost(str(error)) from error

    def undo(self) -> None:
        try:
            self._connection.execute("rollback")
        except psycopg.Error:
            # When a connection ends, the server rolls back its transaction.
            self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self._open("begin isolation level repeatable read read only")
        try:
            yield
        finally:
            self.undo()

    def _open(self, begin: str) -> None:
        """Begin; a server that is away is waited for, as long as a fail-over takes."""
        deadline = time.monotonic() + FAIL_OVER_S
        while True:
            try:
                if self._connection.closed:
                    self._connection = self._connect()
                self.execute(begin)
                return
            except Lost:
                if time.monotonic() > deadline:
                    raise
            time.sleep(ASK_EVERY_S)

    def _committed(self, transaction: str) -> bool:
        """Whether a transaction was committed; raises DatabaseError if the server stays away."""
        deadline = time.monotonic() + ASK_AGAIN_FOR_S
        while True:
            try:
                self._connection = self._connect()
                asked = self.execute("select pg_xact_status(?::xid8)", (transaction,)).fetchone()
                if asked is not None and asked[0] != "in progress":
                    return bool(asked[0] == "committed")
            except DatabaseError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(ASK_EVERY_S)

    def version(self) -> int:
        self.execute("create table if not exists schema_version (version bigint not null)")
        row = self.execute("select version from schema_version").fetchone()
        return 0 if row is None else int(row[0])

    def set_version(self, version: int) -> None:
        self.execute("delete from schema_version")
        self.execute("insert into schema_version values (?)", (version,))

    def now(self) -> float:
        row = self.execute("select extract(epoch from clock_timestamp())").fetchone()
        assert row is not None
        return float(row[0])

    def close(self) -> None:
        self._connection.close()


def _placed(statement: str) -> str:
    """The statement with the driver's placeholders."""
    return statement.replace("?", "%s")
