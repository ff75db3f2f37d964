"""A host for the back end's contract: its ports, and what differs between hypervisors."""

import contextlib
import io
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xenops.types import (
    Disk,
    Vbd,
    VbdMode,
    VbdTy,
    Vif,
    Vm,
    VmAction,
    VmBuilderInfo,
    VmPvBoot,
    VmPvDirectBoot,
    VmPvInfo,
    VmSchedulerParams,
)
from xenopsd.__main__ import await_xen
from xenopsd.backend.devices import Devices
from xenopsd.backend.domains import Domains
from xenopsd.ports.pyxs.store import Store
from xenopsd.ports.simulated.hypervisor import SimulatedHypervisor
from xenopsd.ports.storage import DummyStorage
from xenopsd.tasks import RunningTask

MIB = 1024 * 1024
HOST_MIB = 2048


class Extras:
    """What xenopsd's journal keeps of VMs, in memory."""

    def __init__(self) -> None:
        self._extras: dict[str, dict[str, Any]] = {}

    def extra(self, vm: str) -> dict[str, Any]:
        return dict(self._extras.get(vm, {}))

    def set_extra(self, vm: str, extra: dict[str, Any]) -> None:
        self._extras[vm] = extra


@dataclass
class Backend:
    """``disturb`` makes a guest ignore requests, ``act`` has it do something by itself."""

    hypervisor: SimulatedHypervisor
    store: Store
    domains: Domains
    devices: Devices
    task: RunningTask = field(default_factory=lambda: RunningTask("task", "test"))

    def vm(self, memory_mib: int = 32, vcpus: int = 2) -> Vm:
        boot = VmPvBoot("Direct", VmPvDirectBoot(kernel="/boot/guest"))
        return Vm(
            id=str(uuid.uuid4()),
            name="guest",
            ssidref=0,
            xsdata={"vm-data/colour": "blue"},
            platformdata={"acpi": "1"},
            bios_strings={},
            ty=VmBuilderInfo("PVH", VmPvInfo(boot=boot)),
            suppress_spurious_page_faults=False,
            memory_static_max=memory_mib * MIB,
            memory_dynamic_max=memory_mib * MIB,
            memory_dynamic_min=memory_mib * MIB,
            vcpu_max=vcpus,
            vcpus=vcpus,
            scheduler_params=VmSchedulerParams(affinity=[]),
            on_crash=[VmAction.Shutdown],
            on_shutdown=[VmAction.Shutdown],
            on_reboot=[VmAction.Start],
            pci_msitranslate=True,
            pci_power_mgmt=False,
            has_vendor_device=False,
        )

    def disk(self, vm: Vm, name: str = "xvda", mode: VbdMode = VbdMode.ReadWrite) -> Vbd:
        return Vbd(id=(vm.id, name), mode=mode, backend=Disk("VDI", f"sr/{name}"), ty=VbdTy.Disk)

    def interface(self, vm: Vm, position: int = 0) -> Vif:
        return Vif(id=(vm.id, str(position)), position=position)

    def running(self, **wanted: Any) -> Vm:
        """A VM that runs."""
        vm = self.vm(**wanted)
        self.domains.create(vm)
        self.domains.build(vm)
        self.domains.survive(vm.id)
        self.domains.unpause(vm.id)
        return vm

    def domid(self, vm: Vm) -> int:
        return self.domains.get(vm.id).domid

    def disturb(self, vm: Vm, **behaviour: Any) -> None:
        self.hypervisor.call("behave", domid=self.domid(vm), **behaviour)

    def act(self, vm: Vm, action: str) -> None:
        self.hypervisor.call("act", domid=self.domid(vm), action=action)

    def memory_hash(self, vm: Vm) -> str:
        return str(self.hypervisor.call("memory_hash", domid=self.domid(vm))[0])

    def nodes(self) -> set[str]:
        """Every node that belongs to guests."""
        roots = ("/local/domain", "/xenops", "/vm", "/xapi", "/libxl")
        found = {path for root in roots for path, _ in self.store.tree(root)}
        return {path for path in found if not path.startswith("/local/domain/0/")} | {
            path for path in found if path.startswith("/local/domain/0/backend/")
        }

    def save(self, vm: Vm) -> bytes:
        """A suspend image, as bytes."""
        stream = io.BytesIO()
        self.domains.save_image(self.task, vm, stream)
        return stream.getvalue()

    def restore(self, vm: Vm, image: bytes) -> None:
        self.domains.restore_image(vm, io.BytesIO(image))


@contextlib.contextmanager
def simulated(folder: Path) -> Iterator[Backend]:
    """A simulated host of its own: Xen as a process, and a real xenstored."""
    socket = folder / "xen.sock"
    command = [sys.executable, "-m", "xenopsd.ports.simulated", "--state", str(folder)]
    command += ["--socket", str(socket), "--memory-mib", str(HOST_MIB)]
    process = subprocess.Popen(command)
    store = None
    try:
        hypervisor = SimulatedHypervisor(str(socket))
        await_xen(hypervisor)
        store = Store(str(folder / "xenstored" / "socket"))
        storage = DummyStorage(folder / "locks", "this host")
        yield Backend(
            hypervisor, store, Domains(hypervisor, store, Extras()), Devices(store, storage)
        )
    finally:
        if store is not None:
            store.close()
        process.terminate()
        process.wait()


Maker = Callable[[Path], "contextlib.AbstractContextManager[Backend]"]
HYPERVISORS: dict[str, Maker] = {"simulated": simulated}
"""Where the contract runs; a real Xen is one more."""
