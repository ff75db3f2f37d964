"""A gateway without sockets: a dispatcher on a pool database of its own, and no broker."""

import asyncio
import json
import shutil
import xmlrpc.client
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pooldb
import pytest
from datamodel.objects import ref_of
from xapi import answers, encoding, sessions
from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.pool import Pool
from xmlrpc_fastapi.codec import response

assert answers.__all__, "the answers declare themselves when they are imported"

T = TypeVar("T")


class Gateway:
    def __init__(self, empty: Path, folder: Path) -> None:
        self.db = pooldb.connect(f"sqlite:///{shutil.copy(empty, folder)}")
        self._loop = asyncio.new_event_loop()
        self.dispatcher = self.run(self._dispatcher())

    async def _dispatcher(self) -> Dispatcher:
        return Dispatcher(Pool(self.db, None, ThreadPoolExecutor(1)))

    def run(self, awaited: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(awaited)

    def close(self) -> None:
        self._loop.close()

    def create(self, table: str, /, **values: Any) -> str:
        with self.db.transaction() as tx:
            return tx.create(table, values)

    def delete(self, cls: str, ref: str) -> None:
        with self.db.transaction() as tx:
            tx.delete(cls, ref)

    def login(self, name: str = "root", role: str | None = None) -> str:
        """Open a session, of the local superuser unless there is a role."""
        with self.db.transaction() as tx:
            return ref_of(sessions._open(tx, name, "test", superuser=role is None, roles=role))

    def answer(self, wire: str, session: str, *params: Any) -> tuple[Any, Any]:
        """Type and value of a call's result, not encoded yet; raises XenAPIError."""
        return self.run(self.dispatcher.call(wire, [session, *params], Caller()))

    def call(self, wire: str, session: str, *params: Any) -> Any:
        """A call's result as a client of JSON-RPC reads it; raises XenAPIError."""
        return decoded("json", *self.answer(wire, session, *params))


def decoded(protocol: str, type_: Any, value: Any) -> Any:
    """A result as a client reads it."""
    if protocol == "json":
        return json.loads(encoding.to_json(encoding.json_value(value)))
    read: Any = xmlrpc.client.loads(response(encoding.xml_value(type_, value)))
    return read[0][0]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new pool database, which takes longer to make than to copy."""
    path = tmp_path_factory.mktemp("xapi") / "pool.db"
    pooldb.connect(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def gateway(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    # Nobody else writes, so nobody is followed, by a thread that never ends.
    monkeypatch.setattr("xapi.pool.Follower", lambda db: None)
    gateway = Gateway(empty, tmp_path)
    yield gateway
    gateway.close()
