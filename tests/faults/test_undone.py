"""Each atomic of each operation fails, in each way: the operation is undone, or it is at its end.

So does each call of a port in the middle of an atomic, and Xen and xenstore stay away for a while.
"""

import queue
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from daemon.queues import Item, Queues
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError
from xenops.extensions import Ended
from xenops.types import (
    Disk,
    Metadata,
    Network,
    PowerState,
    Task,
    Vbd,
    VbdMode,
    VbdTy,
    Vif,
    VifIpv4Configuration,
    VifLockedAddresses,
    VifLockingMode,
    VmAction,
    VmBuilderInfo,
    VmHvmInfo,
)
from xenopsd import checks

from broker import Delivery
from tests.contract.backend import MIB, Backend, simulated
from tests.faults.atomic_host import IMAGE, add_vm, frontend_of
from tests.faults.failing import AFTER, AWAY, BEFORE, CANCELLED, FailingHost, Fault, Faults

RUNNING, PAUSED = PowerState.Running, PowerState.Paused
HALTED, SUSPENDED = PowerState.Halted, PowerState.Suspended
MEDIUM = Disk("VDI", "sr/medium")
MEMORY = 8 * MIB
LOST_MAX = 400
OF_A_DOMAIN = re.compile(r"(/local/domain/|/xenops/domain/|/libxl/|/backend/\w+/|/domains/)\d+")
# What guests write when they please, and requests that they have heard.
PASSING = re.compile(r"/(control/shutdown|data/updated|memory/hold)$|^/local/domain/\d+/attr/vif\b")

FAULTS = {
    Fault(0, BEFORE): 1,
    Fault(0, AFTER, OSError): 1,
    Fault(0, CANCELLED): 1,
}
LOSSES = {Fault(0, BEFORE): 1, Fault(1, AFTER): 3, Fault(2, AWAY): 3}
"""How calls fail, which is the first to do so, and how many of the next do not."""


@dataclass(frozen=True)
class Operation:
    """A call, the state that it begins from and the one that it ends in.

    ``device``: the VBD or VIF that it is on, and what is done so that it can be.
    """

    wire: str
    begins: PowerState
    ends: PowerState
    params: Callable[[Metadata], dict[str, Any]] = lambda _: {}
    device: str | None = None
    prepare: tuple[str, ...] = ()
    unpause: bool = False
    kinds: tuple[str, ...] = ("HVM",)
    halts: bool = False
    """What cannot be undone, since the guest has gone, may end halted."""


def _disk(_: Metadata) -> dict[str, Any]:
    return {"suspend_vdi": Disk("VDI", IMAGE)}


LOCKED = VifLockingMode("Locked", VifLockedAddresses(ipv4=["10.0.0.1"], ipv6=[]))
STATIC = VifIpv4Configuration("Static4", (["10.0.0.1/24"], "10.0.0.254"))
OPERATIONS = {
    "start": Operation("VM.start", HALTED, RUNNING, lambda _: {"paused": False}),
    "start paused": Operation("VM.start", HALTED, PAUSED, lambda _: {"paused": True}),
    "resume": Operation("VM.resume", SUSPENDED, RUNNING, _disk, unpause=True),
    "resume paused": Operation("VM.resume", SUSPENDED, PAUSED, _disk),
    "clean shutdown": Operation("VM.shutdown", RUNNING, HALTED, lambda _: {"delay": 60.0}),
    "hard shutdown": Operation("VM.shutdown", PAUSED, HALTED, lambda _: {"delay": None}),
    "clean reboot": Operation("VM.reboot", RUNNING, RUNNING, lambda _: {"delay": 60.0}, halts=True),
    "suspend": Operation("VM.suspend", RUNNING, SUSPENDED, _disk),
    "pause": Operation("VM.pause", RUNNING, PAUSED),
    "unpause": Operation("VM.unpause", PAUSED, RUNNING),
    "set_vcpus": Operation("VM.set_vcpus", RUNNING, RUNNING, lambda _: {"vcpus": 1}),
    "set_memory": Operation(
        "VM.set_memory_dynamic_range",
        RUNNING,
        RUNNING,
        lambda _: {"minimum": 2 * MIB, "maximum": 4 * MIB},
    ),
    "VBD.plug": Operation("VBD.plug", RUNNING, RUNNING, device="xvdb", prepare=("VBD.unplug",)),
    "VBD.unplug": Operation(
        "VBD.unplug", RUNNING, RUNNING, lambda _: {"force": False}, device="xvdb"
    ),
    "VBD.unplug force": Operation(
        "VBD.unplug", RUNNING, RUNNING, lambda _: {"force": True}, device="xvdb"
    ),
    "VBD.insert": Operation(
        "VBD.insert",
        RUNNING,
        RUNNING,
        lambda _: {"disk": MEDIUM},
        device="xvdd",
        prepare=("VBD.eject",),
        kinds=("PVH", "HVM"),
    ),
    "VBD.eject": Operation("VBD.eject", RUNNING, RUNNING, device="xvdd", kinds=("PVH", "HVM")),
    "VIF.plug": Operation("VIF.plug", RUNNING, RUNNING, device="1", prepare=("VIF.unplug",)),
    "VIF.unplug": Operation("VIF.unplug", RUNNING, RUNNING, lambda _: {"force": False}, device="1"),
    "VIF.move": Operation(
        "VIF.move", RUNNING, RUNNING, lambda _: {"network": Network("Local", "br1")}, device="1"
    ),
    "VIF.set_carrier": Operation(
        "VIF.set_carrier", RUNNING, RUNNING, lambda _: {"carrier": False}, device="1"
    ),
    "VIF.set_locking_mode": Operation(
        "VIF.set_locking_mode", RUNNING, RUNNING, lambda _: {"locking_mode": LOCKED}, device="1"
    ),
    "VIF.set_ipv4_configuration": Operation(
        "VIF.set_ipv4_configuration",
        RUNNING,
        RUNNING,
        lambda _: {"ipv4_configuration": STATIC},
        device="1",
    ),
    "VIF.set_trunks": Operation(
        "VIF.set_trunks", RUNNING, RUNNING, lambda _: {"trunks": [7]}, device="1"
    ),
}
CALLED = [name for name in OPERATIONS if name not in ("start paused", "resume paused")]
CASES = [(name, kind) for name, operation in OPERATIONS.items() for kind in operation.kinds]


class Pool:
    """One host whose xenopsd is asked as by a forwarder, each operation to its end."""

    def __init__(self, backend: Backend, folder: Path, name: str = "this host") -> None:
        self.backend = backend
        self.failing = FailingHost(folder, name)
        self.host = self.failing.host
        self.queues = Queues(2)
        self.frontend = frontend_of(self.host, folder, self.queues, runner=self.failing.runner)
        self._operations = iter(range(1_000_000))
        self.free_kib = backend.hypervisor.free_kib()

    # --- asking -----------------------------------------------------------------------------

    def ask(self, wire: str, **params: Any) -> Any:
        """A question, answered at once."""
        return self._send(wire, {**params, "debug_info": "test"})

    def work(self, wire: str, vm: str, *, unpause: bool = False, **params: Any) -> Task:
        """An operation, to its end."""
        call = XENOPSD.request(wire, {**params, "debug_info": "test"}, "")
        surroundings = {"forget": False, "metadata": None, "unpause": unpause or None}
        said = self._send(
            "WORK.run", {"debug_info": "test", "id": vm, "call": call, **surroundings}
        )
        assert isinstance(said, Ended)
        return said.task

    def _send(self, wire: str, params: dict[str, Any]) -> Any:
        id_ = f"operation-{next(self._operations)}"
        replies: queue.Queue[Any] = queue.Queue()
        body = XENOPSD.request(wire, params, id_)
        self.frontend.server.handle(
            Delivery(wire, body, id_, {}, "", lambda: None, replies.put, lambda _: None)
        )
        return XENOPSD.read_reply(XENOPSD.method(wire), replies.get(timeout=60.0))

    def done(self, wire: str, vm: str, **params: Any) -> None:
        task = self.work(wire, vm, **params)
        assert task.state.tag == "Completed", (wire, task.state)

    # --- a VM -------------------------------------------------------------------------------

    def add(self, kind: str) -> Metadata:
        """A VM with two disks, a drive with a medium in it and two interfaces, which is off.

        The second ones come and go.
        """
        host = self.host
        metadata = host.journal.metadata(add_vm(host, self.backend))
        size = {f"memory_{name}": MEMORY for name in ("static_max", "dynamic_max", "dynamic_min")}
        vm = replace(metadata.vm, **size)
        if kind == "HVM":
            vm = replace(vm, ty=VmBuilderInfo("HVM", VmHvmInfo()))
        drive = Vbd(id=(vm.id, "xvdd"), mode=VbdMode.ReadOnly, backend=MEDIUM, ty=VbdTy.CDROM)
        other = replace(metadata.vbds[0], id=(vm.id, "xvdb"), backend=Disk("VDI", f"sr/b{vm.id}"))
        interface = Vif(id=(vm.id, "1"), position=1, backend=Network("Local", "br0"))
        metadata = replace(
            metadata,
            vm=vm,
            vbds=[*metadata.vbds, other, drive],
            vifs=[replace(metadata.vifs[0], backend=Network("Local", "br0")), interface],
        )
        host.journal.set_metadata(metadata)
        return metadata

    def bring(self, metadata: Metadata, operation: Operation) -> None:
        """Whatever a VM does now, as it is when the operation begins."""
        vm = metadata.vm.id
        if self.power(vm) is SUSPENDED:
            self.done("VM.resume", vm, id=vm, unpause=True, **_disk(metadata))
        self.host.drop_image(Disk("VDI", IMAGE))
        if self.power(vm) is not HALTED:
            self.done("VM.shutdown", vm, id=vm, delay=None)
        self.host.journal.set_metadata(metadata)
        if operation.begins is not HALTED:
            self.done("VM.start", vm, id=vm, paused=False)
            # A driver follows its target in its own time.
            self.backend.disturb(metadata.vm, balloon=None)
        if operation.begins is SUSPENDED:
            self.done("VM.suspend", vm, id=vm, **_disk(metadata))
        if operation.begins is PAUSED:
            self.done("VM.pause", vm, id=vm)
        for wire in operation.prepare:
            params = {"force": False} if wire.endswith("unplug") else {}
            self.done(wire, vm, id=(vm, operation.device), **params)

    def run(self, metadata: Metadata, operation: Operation) -> Task:
        vm = metadata.vm.id
        id_ = vm if operation.device is None else (vm, operation.device)
        params = operation.params(metadata)
        return self.work(operation.wire, vm, unpause=operation.unpause, id=id_, **params)

    def power(self, vm: str) -> PowerState:
        return self.host.domains.power_state(vm, self.host.domains.find(vm))

    @contextmanager
    def vm(self, kind: str) -> Iterator[Metadata]:
        """A VM, of which nothing is left."""
        metadata = self.add(kind)
        try:
            yield metadata
        except BaseException:
            self.host.journal.forget(metadata.vm.id)
            self.host.domains.destroy(metadata.vm.id)
            self.failing.models.running.clear()
            raise
        self.remove(metadata)

    def remove(self, metadata: Metadata) -> None:
        vm = metadata.vm.id
        self.bring(metadata, OPERATIONS["start"])
        self.ask("VM.remove", id=vm)
        assert self.backend.hypervisor.free_kib() == self.free_kib
        assert not [path for path in self.backend.nodes() if vm in path]
        assert not self.failing.memory.held
        assert not self.failing.models.running

    def settle(self, vm: str) -> None:
        """What is tried again every few seconds."""
        self.frontend.watcher.try_again()
        over = queue.Queue[None]()
        self.queues.push(vm, Item(lambda: over.put(None)))
        over.get(timeout=60.0)

    # --- how things are ---------------------------------------------------------------------

    def seen(self, vm: str) -> dict[str, Any]:
        """All that an operation may change, as values that can be compared."""
        domains = [one for one in self.backend.hypervisor.domains() if one.uuid == vm]
        domid = domains[0].domid if domains else 0
        record = self.host.journal.metadata(vm)
        extra = self.host.journal.extra(vm)
        told = self.ask("STATE.vm", id=vm)
        state = {
            name: told["state"][name]
            for name in ("power_state", "memory_target", "memory_limit", "vcpu_target")
        }
        models = self.failing.models
        return {
            "domains": [(one.paused, one.shutdown, one.memory_kib, one.max_kib) for one in domains],
            "free_kib": self.backend.hypervisor.free_kib(),
            "reservations": self.failing.memory.left(),
            "nodes": self._nodes(vm, domid),
            "request": self.host.domains.request(vm),
            "model": models.running.get(domid),
            "model stands still": domid in models.stopped,
            "images": sorted(path.name for path in (self.failing.folder / "images").iterdir()),
            "locks": sorted(path.name for path in (self.failing.folder.parent / "locks").iterdir()),
            "suspended": bool(extra.get("suspended")),
            "hardware": extra.get("hardware"),
            "record": record,
            "state": state,
            "vbds": told["vbds"],
            "vifs": [[vif, {**said, "device": None}] for vif, said in told["vifs"]],
        }

    def _nodes(self, vm: str, domid: int) -> dict[str, str]:
        """The nodes that are the VM's, without its domid."""
        roots = [f"/vm/{vm}", f"/xapi/{vm}"]
        if domid:
            roots += [f"/local/domain/{domid}", f"/xenops/domain/{domid}", f"/libxl/{domid}"]
            roots += [f"/local/domain/0/backend/{kind}/{domid}" for kind in ("vbd", "vif")]
        return {
            OF_A_DOMAIN.sub(r"\1N", path): OF_A_DOMAIN.sub(r"\1N", value).replace(str(domid), "N")
            for root in roots
            for path, value in self.backend.store.tree(root)
            if not PASSING.search(path)
        }


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    folder = tmp_path_factory.mktemp("pool") / "host"
    with simulated(folder) as backend:
        pool = Pool(backend, folder)
        yield pool
        pool.queues.close()


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is not as it was."""
    found: dict[str, Any] = {}
    for name, value in before.items():
        if after[name] == value:
            continue
        if isinstance(value, dict) and isinstance(after[name], dict):
            keys = {*value, *after[name]}
            found[name] = {
                key: (value.get(key), after[name].get(key))
                for key in keys
                if value.get(key) != after[name].get(key)
            }
        else:
            found[name] = (value, after[name])
    return found


def check(
    pool: Pool, metadata: Metadata, operation: Operation, task: Task, was: Any, *, late: bool
) -> bool:
    """Whether the operation was undone; else it is at its end, or was too far to be undone.

    ``late``: it was told to have failed before it was known which.
    """
    vm = metadata.vm.id
    assert vm not in pool.frontend.recovery.unsettled()
    now = pool.seen(vm)
    assert now["request"] is None
    assert not now["model stands still"]
    found = pool.power(vm)
    ended = {operation.ends} if task.state.tag == "Completed" or late else set()
    halted = {HALTED} if operation.halts and task.state.tag == "Failed" else set()
    if found not in ended | halted or (late and not differences(was, now)):
        assert not differences(was, now)
        return True
    assert len(now["domains"]) == (found in (RUNNING, PAUSED))
    assert not now["reservations"]
    if found in (HALTED, SUSPENDED):
        assert now["model"] is None
        assert not [name for name in now["locks"] if vm in name]
        assert now["free_kib"] == pool.free_kib
    if found is HALTED:
        assert not now["nodes"]
        assert not any(said["active"] for _, said in (*now["vbds"], *now["vifs"]))
    return False


def bring_all(pool: Pool, name: str, kind: str, faults: Faults, losses: dict[Fault, int]) -> int:
    """Have each of what may fail do so, in each way; how often that was."""
    operation = OPERATIONS[name]
    with pool.vm(kind) as metadata:
        return sum(
            fail_all(pool, operation, metadata, faults, loss, step) for loss, step in losses.items()
        )


def fail_all(
    pool: Pool, operation: Operation, metadata: Metadata, faults: Faults, loss: Fault, step: int
) -> int:
    """The same, in one way."""
    vm = metadata.vm.id
    pool.bring(metadata, operation)
    was: dict[str, Any] = {}
    for number in range(loss.number, LOST_MAX, step):
        was = was or pool.seen(vm)
        faults.arm(replace(loss, number=number))
        task = pool.run(metadata, operation)
        reached = faults.reached
        faults.arm(None)
        if loss.when == AWAY:
            pool.settle(vm)
        if not reached:
            assert task.state.tag == "Completed", "what failed once can be done again"
            return (number - loss.number) // step
        try:
            late = loss.when == AWAY
            undone = check(pool, metadata, operation, task, was, late=late)
        except AssertionError as error:
            said = f"{operation.wire}, {loss}, number {number}: {task.state}"
            raise AssertionError(said) from error
        if not undone:
            pool.bring(metadata, operation)
            was = {}
    raise AssertionError("there is no end")


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_an_atomic_that_fails_leaves_nothing_half_done(pool: Pool, name: str, kind: str) -> None:
    count = bring_all(pool, name, kind, pool.failing.atomics, FAULTS)
    print(f"{name} of a {kind} guest: {count} failures of {len(FAULTS)} kinds")


@pytest.mark.parametrize(("name", "kind"), [case for case in CASES if case[0] in CALLED])
def test_a_call_of_a_port_that_fails_leaves_nothing_half_done(
    pool: Pool, name: str, kind: str
) -> None:
    count = bring_all(pool, name, kind, pool.failing.calls, LOSSES)
    print(f"{name} of a {kind} guest: {count} failures of {len(LOSSES)} kinds")


def test_a_start_that_fails_is_not_tried_for_ever(pool: Pool) -> None:
    """What becomes of a VM when its guest halts is no matter of a domain that was half made."""
    with pool.vm("PVH") as metadata:
        vm = replace(metadata.vm, on_shutdown=[VmAction.Start])
        pool.host.journal.set_metadata(replace(metadata, vm=vm))
        pool.failing.atomics.arm(Fault(2, AFTER))
        task = pool.run(metadata, OPERATIONS["start"])
        assert task.state.tag == "Failed"
        assert pool.power(vm.id) is HALTED


def test_an_unplugged_disk_does_not_come_back_when_its_guest_reboots(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "REBOOT_LOOP_S", 0.0)
    with pool.vm("PVH") as metadata:
        vm = metadata.vm.id
        pool.bring(metadata, OPERATIONS["VBD.plug"])
        before = pool.host.domains.get(vm).domid
        pool.backend.act(metadata.vm, "reboot")
        pool.frontend.watcher.check(vm)
        pool.settle(vm)
        assert pool.host.domains.get(vm).domid != before
        plugged = [state["plugged"] for _, state in pool.seen(vm)["vbds"]]
        assert plugged == [True, False, True]


@pytest.mark.parametrize("action", ["poweroff", "reboot"])
def test_a_guest_that_has_ended_goes_although_a_hook_fails(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setattr(checks, "REBOOT_LOOP_S", 0.0)
    hook = pool.failing.folder / "hooks" / "vm-pre-shutdown" / "fails"
    hook.parent.mkdir(parents=True, exist_ok=True)
    with pool.vm("PVH") as metadata:
        vm = metadata.vm.id
        pool.bring(metadata, OPERATIONS["pause"])
        hook.write_text("#!/bin/sh\nexit 2\n")
        hook.chmod(0o755)
        try:
            pool.backend.act(metadata.vm, action)
            pool.frontend.watcher.check(vm)
            pool.settle(vm)
        finally:
            hook.unlink()
        assert pool.power(vm) is HALTED


def test_what_could_not_be_undone_is_undone_before_the_next_operation(pool: Pool) -> None:
    with pool.vm("PVH") as metadata:
        pool.bring(metadata, OPERATIONS["start"])
        pool.failing.calls.arm(Fault(6, AWAY))
        assert pool.run(metadata, OPERATIONS["start"]).state.tag == "Failed"
        assert pool.run(metadata, OPERATIONS["start"]).state.tag == "Failed"
        pool.failing.calls.arm(None)
        assert pool.run(metadata, OPERATIONS["start"]).state.tag == "Completed"


def test_a_device_that_cannot_be_unplugged_holds_no_memory(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise XenopsError("Device_detach_rejected", ("VBD", "51712", "it hangs"))

    with pool.vm("HVM") as metadata:
        pool.bring(metadata, OPERATIONS["hard shutdown"])
        with monkeypatch.context() as patch:
            patch.setattr(pool.host.devices, "_close", refuse)
            assert pool.run(metadata, OPERATIONS["hard shutdown"]).state.tag == "Completed"
