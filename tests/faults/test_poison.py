"""A call kills each forwarder that takes it: it is given up, and the others' calls are run."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from broker.dead_letters import look
from broker.topology import POOL_VHOST

from broker import BrokerSettings
from tests.conftest import Pool
from tests.faults.test_kills import end_of

WIRE = "VM.update_allowed_operations"
FORWARDERS = ("forwarder-1", "forwarder-2")


class Restarted:
    """A forwarder that is started again each time that it dies, until it is told to stop."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._stop = threading.Event()
        self._process = subprocess.Popen(command)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while self._process.wait() and not self._stop.is_set():
            self._process = subprocess.Popen(self._command)

    def stop(self) -> None:
        self._stop.set()
        self._process.terminate()
        self._thread.join()


@pytest.fixture
def poisoned(pool: Pool) -> Iterator[None]:
    """The pool's only forwarder is one that the message kills."""
    for name in FORWARDERS:
        pool.supervisor.stop(name)
    settings = str(pool.layout.path("config", f"{FORWARDERS[0]}.json"))
    forwarder = Restarted(
        [sys.executable, "-m", "tests.faults.poisoned", WIRE, "--config", settings]
    )
    try:
        yield
    finally:
        forwarder.stop()
        for name in FORWARDERS:
            pool.supervisor.start(name)


@pytest.mark.usefixtures("poisoned")
def test_it_is_given_up_and_lies_with_the_dead_letters(pool: Pool) -> None:
    with pool.session() as api:
        vm = api.VM.get_all()[0]
        task = api.Async.VM.update_allowed_operations(vm)
        error = end_of(pool, task)["error_info"]
        assert error[0] == "INTERNAL_ERROR"
        assert "without progress" in error[1]
        api.VM.set_order(vm, "0")
    operator = BrokerSettings(
        addresses=(("127.0.0.1", pool.layout.ports["amqp"]),),
        vhost=POOL_VHOST,
        user="operator",
        password=pool.layout.secret("broker-operator"),
        name="tests",
    )
    (letter,) = [found for found in look(operator) if found.headers.get("task") == task]
    assert (letter.method, letter.reason) == (WIRE, error[1])
