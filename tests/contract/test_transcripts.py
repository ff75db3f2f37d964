"""Warren's answers beside the recorded ones of the original server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Pool, running_pool
from tests.contract.replay import (
    ANY_KIND,
    LEFT_OUT,
    Client,
    Outcome,
    Replay,
    Tally,
    entries,
    outcome,
)

MIB = 1024 * 1024
STATES = (
    *("Halted", "Halted (domain_type pv)", "Running", "Running (domain_type pv)"),
    *("template", "snapshot", ""),
)


@pytest.fixture(scope="module")
def recorded_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of its own: the recordings change what other tests rely on."""
    with running_pool(tmp_path_factory.mktemp("recorded")) as pool:
        yield pool


@pytest.fixture
def client(recorded_pool: Pool) -> Iterator[Client]:
    client = Client(recorded_pool.layout.ports["xapi"], recorded_pool.password)
    yield client
    client.close()


def recorded_error(entry: dict[str, Any]) -> Outcome:
    if entry.get("error"):
        return Outcome(tuple(map(str, entry["error"])))
    if entry["result"] == LEFT_OUT:
        return Outcome(None, ANY_KIND)
    return Outcome(None, type(entry["result"]).__name__)


def judge(name: str, tally: Tally, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{name}: {tally}")
    assert not tally.unexplained, "\n".join(tally.unexplained[:40])


@pytest.mark.parametrize("name", ["errors", "errors_implicit"])
def test_errors(name: str, client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    replay = Replay(client, lambda cls, number, state: None)
    for entry in entries(name):
        replay.run(entry, recorded_error(entry))
    judge(name, replay.tally, capsys)


def test_expressions_and_roles(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    host = client.result("host.get_all")[0]
    objects = {
        "host": host,
        "pool": client.result("pool.get_all")[0],
        "VM": client.result("host.get_control_domain", host),
        "network": client.result("network.get_all")[0],
    }
    replay = Replay(client, lambda cls, number, state: objects.get(cls))
    for entry in entries("session_rbac"):
        if entry["request"]["protocol"] == "json2":
            replay.run(entry, outcome(entry["normalised"]))
    judge("session_rbac", replay.tally, capsys)


def make(client: Client, state: str) -> str:
    """A VM in a state of the recorded matrix."""
    template = client.result("VM.get_by_name_label", "Other install media")[0]
    vm: str = client.result("VM.clone", template, f"probe {state}")
    if state != "template":
        client.result("VM.provision", vm)
    client.result("VM.set_memory_limits", vm, 16 * MIB, *[128 * MIB] * 3)
    if "pv" in state:
        client.result("VM.set_domain_type", vm, "pv")
    if state.startswith("Running"):
        client.result("VM.start", vm, False, False)
    if state == "snapshot":
        return str(client.result("VM.snapshot", vm, "probe", []))
    return vm


def test_operations_in_every_state(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    host = client.result("host.get_all")[0]
    control_domain = client.result("host.get_control_domain", host)
    made: list[str] = []

    def provide(cls: str, number: str, state: str) -> str | None:
        if cls == "VM" and state not in STATES:
            return None if "destroyed" in state else str(control_domain)
        if cls == "VM":
            made.append(make(client, state or "Halted"))
            return made[-1]
        return str(host) if cls == "host" else None

    replay = Replay(client, provide)
    for entry in entries("lifecycle"):
        if "request" in entry and "state" in entry:
            replay.run(entry, outcome(entry["normalised"]))
    for vm in made:
        if client.call("VM.get_uuid", client.session, vm).get("result"):
            client.call("VM.hard_shutdown", client.session, vm)
            client.call("VM.destroy", client.session, vm)
    judge("lifecycle", replay.tally, capsys)
