"""The pool database's server and the broker are away for a while: calls wait, and do not fail."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from simulated_pool import layout as layouts
from simulated_pool import pool as pools

from tests import postgresql
from tests.conftest import FORWARDERS, Pool, make_vm
from tests.faults.test_kills import end_of

BROKER, DATABASE = "broker", "database"


class Fallible:
    """A pool of one host on PostgreSQL, whose parts can be away, and a VM that runs."""

    def __init__(self, pool: Pool, server: postgresql.Server) -> None:
        self.pool = pool
        self._server = server
        with pool.session() as api:
            self.vm = make_vm(api)
            api.VM.start(self.vm, False, False)

    @contextlib.contextmanager
    def away(self, parts: tuple[str, ...]) -> Iterator[None]:
        """They are away as the block begins, and come back while it goes on."""
        if BROKER in parts:
            self.pool.supervisor.stop("rabbitmq")
        if DATABASE in parts:
            self._server.stop()
        coming = threading.Thread(target=self._come_back, args=(parts,))
        coming.start()
        try:
            yield
        finally:
            coming.join()

    def _come_back(self, parts: tuple[str, ...]) -> None:
        if DATABASE in parts:
            self._server.start()
        if BROKER in parts:
            self.pool.supervisor.start("rabbitmq")


@pytest.fixture(scope="module")
def fallible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fallible]:
    folder: Path = tmp_path_factory.mktemp("away")
    with postgresql.running() as server:
        layout = layouts.load(
            folder,
            hosts=1,
            forwarders=FORWARDERS,
            port_base=None,
            database=server.new_database(),
        )
        try:
            pools.up(layout, lambda text: None)
            yield Fallible(Pool(layout), server)
        finally:
            pools.down(folder)


def log_in(fallible: Fallible, api: Any) -> None:
    with fallible.pool.session() as another:
        assert fallible.vm in another.VM.get_all()


def change_alone(fallible: Fallible, api: Any) -> None:
    """The gateway writes it itself."""
    api.VM.set_name_description(fallible.vm, "changed")
    assert api.VM.get_name_description(fallible.vm) == "changed"


def change_by_the_forwarder(fallible: Fallible, api: Any) -> None:
    api.VM.set_actions_after_crash(fallible.vm, "preserve")


def work_of_a_host(fallible: Fallible, api: Any) -> None:
    api.VM.pause(fallible.vm)
    api.VM.unpause(fallible.vm)
    assert api.VM.get_power_state(fallible.vm) == "Running"


def work_in_a_task(fallible: Fallible, api: Any) -> None:
    task = api.Async.VM.clean_reboot(fallible.vm)
    record = end_of(fallible.pool, task)
    assert record["status"] == "success", record["error_info"]


def read(fallible: Fallible, api: Any) -> None:
    assert fallible.vm in api.VM.get_all()


KINDS: tuple[Callable[[Fallible, Any], None], ...] = (
    *(log_in, change_alone, change_by_the_forwarder, work_of_a_host, work_in_a_task, read),
)


@pytest.mark.parametrize("parts", [(DATABASE,), (BROKER,), (DATABASE, BROKER)], ids="+".join)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_calls_wait_for_what_is_away(
    fallible: Fallible, kind: Callable[[Fallible, Any], None], parts: tuple[str, ...]
) -> None:
    with fallible.pool.session() as api, fallible.away(parts):
        kind(fallible, api)
