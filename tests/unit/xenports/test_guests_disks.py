"""Block back ends with an NBD address: what the simulated guests do with them."""

import errno
import queue
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from xenports.hypervisor import SUSPEND
from xenports.simulated.disks import Disks
from xenports.simulated.guests import Guests
from xenports.simulated.machine import Machine, Refused
from xenports.simulated.marks import BLOCK, verify
from xenports.simulated.memory_store import MemoryStore
from xenports.simulated.nbd import Client, NbdGone, wire
from xenports.simulated.server import Server as Calls

from tests.unit.xenports.memory_nbd import Server, client

SIZE = 40 * 17 * BLOCK
ADDRESS = "nbd:unix:/run/disk.sock:exportname=disk"


@dataclass
class Host:
    """A machine with guests, whose NBD servers are in memory."""

    servers: dict[str, Server]
    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    machine: Machine = field(default_factory=lambda: Machine(1 << 21, seed=1))

    def __post_init__(self) -> None:
        (self.folder / "dom").mkdir(parents=True)
        (self.folder / "evtchn").touch()
        self.guests = Guests(self.machine, self.store, self.folder)
        self.guests.disks = Disks(self.machine, self._connect)
        self.calls = Calls(self.machine, self.guests)
        self.guests.listen()
        self.states: queue.Queue[tuple[str, str | None]] = queue.Queue()
        self.store.on_change("/local/domain/0/backend", self._note)

    def _connect(self, address: str) -> Client:
        if address not in self.servers:
            raise NbdGone(f"{address} is not there")
        self.connected = self.servers[address].anew()
        return client(self.connected)

    def _note(self, path: str) -> None:
        self.states.put((path, self.store.read(path)))

    def await_node(self, path: str, value: str | None) -> None:
        while self.store.read(path) != value:
            self.states.get(timeout=30)

    def domain(self, *, rate: float = 0.0) -> int:
        """A built domain that is paused."""
        domid = self.machine.create("vm", "pvh", 4096, 1)
        self.machine.populate(domid, 4096)
        self.machine.build(domid, "kernel")
        self.machine.find(domid).guest.disk_writes_per_s = rate
        return domid

    def plug(self, domid: int, address: str = ADDRESS, mode: str = "w") -> str:
        """The path of the back end, which is ready."""
        back = f"/local/domain/0/backend/vbd/{domid}/51712"
        front = f"/local/domain/{domid}/device/vbd/51712"
        nodes = {f"{back}/params": address, f"{back}/mode": mode, f"{back}/dev": "xvda"}
        nodes |= {f"{back}/online": "1", f"{front}/state": "1"}
        nodes |= {"/xapi/vm/private/vbd/51712/vdi-id": "VDI sr/vdi", f"{back}/state": "1"}
        self.store.write_all(nodes)
        return back

    def run(self, domid: int) -> None:
        self.machine.unpause(domid)
        self.guests.boot(domid)

    def call(self, name: str, **arguments: Any) -> Any:
        return self.calls._calls[name](**arguments)


@pytest.fixture
def server() -> Server:
    return Server(SIZE)


@pytest.fixture
def host(server: Server, tmp_path: Path) -> Iterator[Host]:
    made = Host({ADDRESS: server}, tmp_path)
    yield made
    made.store.remove("/local/domain/0/backend")


def plugged(host: Host, **how: Any) -> tuple[int, str]:
    domid = host.domain()
    back = host.plug(domid, **how)
    host.await_node(f"{back}/state", "2")
    host.run(domid)
    assert host.store.read(f"{back}/state") == "4"
    return domid, back


def at_first(host: Host, domid: int) -> Any:
    """What a guest found when it first looked at its disk."""
    host.call("verify_disk", domid=domid, device="xvda")
    [disk] = host.call("disks", domid=domid)
    return disk["at_first"]


def test_a_guest_writes_by_itself_while_it_runs(host: Host, server: Server) -> None:
    domid = host.domain(rate=1000.0)
    back = host.plug(domid)
    host.await_node(f"{back}/state", "2")
    assert not any(server.disk)
    host.run(domid)
    while len(host.call("ledger", disk="sr/vdi").flushed) < 10:
        pass  # nothing tells when it has
    assert host.call("verify_disk", domid=domid, device="xvda") == {"missing": [], "foreign": []}
    host.machine.pause(domid)
    host.call("disks", domid=domid)
    ledger = host.call("ledger", disk="sr/vdi")
    assert host.call("ledger", disk="sr/vdi") == ledger
    assert not verify(lambda at, n: bytes(server.disk[at : at + n]), SIZE, ledger)


def test_a_guest_does_what_tests_ask(host: Host, server: Server) -> None:
    domid, _ = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    assert not any(server.flushed)
    host.call("flush_disk", domid=domid, device="xvda")
    assert len(host.call("ledger", disk="sr/vdi").flushed) == 5
    host.guests.disks.write(domid, "xvda", 3 * BLOCK, bytearray(b"z" * 10))
    assert host.guests.disks.read(domid, "xvda", 3 * BLOCK, 10) == b"z" * 10
    [disk] = host.call("disks", domid=domid)
    assert (disk["device"], disk["disk"], disk["size"]) == ("xvda", "sr/vdi", SIZE)
    assert (disk["writes"], disk["flushes"], disk["pulled"]) == (6, 1, False)
    assert host.call("ledgers") == ["sr/vdi"]


@pytest.mark.parametrize("force", [False, True])
def test_a_disk_is_flushed_before_its_back_end_is_closed(
    host: Host, server: Server, force: bool
) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    front = f"/local/domain/{domid}/device/vbd/51712/state"
    request = {front: "6"} if force else {f"{back}/state": "5"}
    host.store.write_all({f"{back}/online": "0", **request})
    host.await_node(f"{back}/state", "6")
    assert server.flushed == server.disk and any(server.disk)
    assert host.store.read(front) == "6"
    assert host.call("disks", domid=domid) == []
    assert len(host.call("ledger", disk="sr/vdi").flushed) == 5


def test_a_disk_can_be_plugged_again(host: Host) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5)
    for _ in range(3):
        host.store.write_all({f"{back}/online": "0", f"{back}/state": "5"})
        host.await_node(f"{back}/state", "6")
        host.store.remove(back)
        host.plug(domid)
        host.await_node(f"{back}/state", "4")
        assert at_first(host, domid) == {"missing": [], "foreign": []}


def test_a_disk_that_is_paused_is_flushed_left_and_may_grow(host: Host, server: Server) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    first = host.connected
    host.store.write(f"{back}/pause", "1")
    host.await_node(f"{back}/pause-done", "1")
    assert first.left.is_set()
    assert server.flushed == server.disk and any(server.disk)
    server.disk += bytes(SIZE)
    server.flushed += bytes(SIZE)
    host.store.remove(f"{back}/pause")
    host.await_node(f"{back}/pause-done", "0")
    assert at_first(host, domid) == {"missing": [], "foreign": []}
    assert host.call("disks", domid=domid)[0]["size"] == 2 * SIZE
    host.call("write_marks", domid=domid, device="xvda", count=80)
    assert len(host.call("ledger", disk="sr/vdi").flushed) == 80


def test_a_paused_disk_can_be_unplugged(host: Host) -> None:
    _, back = plugged(host)
    host.store.write(f"{back}/pause", "1")
    host.await_node(f"{back}/pause-done", "1")
    host.store.write_all({f"{back}/online": "0", f"{back}/state": "5"})
    host.await_node(f"{back}/state", "6")


def test_a_disk_that_cannot_be_flushed_is_not_paused(host: Host) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    host.connected.refuse[wire.FLUSH] = errno.EIO
    host.store.write(f"{back}/pause", "1")
    host.await_node(f"{back}/pause-done", "0")
    assert not host.connected.left.is_set()
    assert not host.call("disks", domid=domid)[0]["pulled"]


def test_a_paused_disk_whose_server_does_not_come_back_is_pulled(host: Host) -> None:
    domid, back = plugged(host)
    host.store.write(f"{back}/pause", "1")
    host.await_node(f"{back}/pause-done", "1")
    host.servers.clear()
    host.store.remove(f"{back}/pause")
    host.await_node(f"{back}/pause-done", "0")
    assert host.call("disks", domid=domid)[0]["pulled"]


def test_a_server_that_is_not_there_is_told(host: Host) -> None:
    back = host.plug(host.domain(), address="nbd:unix:/nowhere:exportname=x")
    host.await_node(f"{back}/hotplug-status", "error")
    assert "/nowhere" in (host.store.read(f"{back}/error") or "")
    assert host.store.read(f"{back}/state") == "1"
    host.store.write_all({f"{back}/online": "0", f"{back}/state": "5"})
    assert host.store.read(f"{back}/state") == "6"


def test_a_pulled_disk_is_told_and_can_be_unplugged(host: Host, server: Server) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5)
    host.connected.hang_up()
    with pytest.raises(Refused, match="EIO"):
        host.call("write_marks", domid=domid, device="xvda", count=5)
    [disk] = host.call("disks", domid=domid)
    assert disk["pulled"]
    host.store.write_all({f"{back}/online": "0", f"{back}/state": "5"})
    host.await_node(f"{back}/state", "6")
    server.disk[:] = server.flushed
    host.store.remove(back)
    host.plug(domid)
    host.await_node(f"{back}/state", "4")
    assert at_first(host, domid) == {"missing": [], "foreign": []}
    assert not host.call("disks", domid=domid)[0]["pulled"]


def test_a_disk_whose_back_end_is_removed_is_closed(host: Host, server: Server) -> None:
    domid, back = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    host.machine.destroy(domid)
    host.guests.buried(domid)
    host.store.remove(back)
    assert host.call("disks", domid=domid) == []
    assert host.connected.left.wait(30)
    assert server.flushed == server.disk
    assert host.store.read(f"{back}/state") is None


def test_a_disk_that_is_only_read_is_not_written(host: Host, server: Server) -> None:
    domid, _ = plugged(host, mode="r")
    [disk] = host.call("disks", domid=domid)
    assert not disk["writable"]
    with pytest.raises(Refused, match="sr/vdi"):
        host.call("ledger", disk="sr/vdi")
    assert not any(server.disk)


def test_what_a_guest_knows_goes_with_its_memory(
    host: Host, server: Server, tmp_path: Path
) -> None:
    domid, _ = plugged(host)
    host.call("write_marks", domid=domid, device="xvda", count=5)
    host.call("write_marks", domid=domid, device="xvda", count=5, flush=False)
    assert host.guests.disks.remembered(domid) == b""
    host.machine.shutdown(domid, SUSPEND)
    known = host.guests.disks.remembered(domid)
    moved = Server(SIZE)
    moved.disk[:] = server.disk
    there = Host({ADDRESS: moved}, tmp_path / "there")
    new = there.domain(rate=7.0)
    there.guests.disks.remember(new, known)
    assert there.machine.find(new).guest.disk_writes_per_s == 0.0
    back = there.plug(new)
    there.await_node(f"{back}/state", "2")
    there.run(new)
    assert at_first(there, new) == {"missing": [], "foreign": []}
    there.call("write_marks", domid=new, device="xvda", count=5)
    ledger = there.call("ledger", disk="sr/vdi")
    assert len(ledger.flushed) == 15 and ledger.number == 15


def test_a_guest_without_such_disks_has_nothing_to_remember(host: Host) -> None:
    domid = host.domain()
    back = host.plug(domid, address="/dev/dummy/sr/vdi")
    assert host.store.read(f"{back}/state") == "2"
    assert host.guests.disks.remembered(domid) == b""
    assert host.call("disks", domid=domid) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda host: host.call("flush_disk", domid=1, device="xvda"),
        lambda host: host.call("verify_disk", domid=1, device="xvdb"),
        lambda host: host.call("ledger", disk="sr/other"),
    ],
)
def test_what_cannot_be_asked_is_refused(host: Host, call: Callable[[Host], Any]) -> None:
    domid, _ = plugged(host)
    host.machine.pause(domid)
    with pytest.raises(Refused):
        call(host)
