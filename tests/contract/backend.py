"""A host for the back end's contract: its ports, and what differs between hypervisors."""

import contextlib
import dataclasses
import functools
import io
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from daemon.tasks import RunningTask
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
from xenopsd.backend.domains import Domains, Size, direct_boot
from xenopsd.ports.files import FileStorage
from xenopsd.ports.hotplug import LinuxHotplug, NoHotplug
from xenopsd.ports.memory import Unshared
from xenopsd.ports.storage import DummyStorage
from xenports.pyxs.store import Store
from xenports.simulated.hypervisor import SimulatedHypervisor

MIB = 1024 * 1024
HOST_MIB = 2048
# The lab's guest, which `deploy/lab` puts into its dom0.
GUEST, FILES = Path("/opt/warren/guest"), Path("/opt/warren/disks")
GUEST_MIB, GUEST_BOOT_S = 128, 180.0
XEN_KEEPS_KIB = 256
TYPED = {
    "poweroff": "poweroff -f\n",
    "reboot": "reboot -f\n",
    "crash": "echo c > /proc/sysrq-trigger\n",
}


class Extras:
    """What xenopsd's journal keeps of VMs, in memory."""

    def __init__(self) -> None:
        self._extras: dict[str, dict[str, Any]] = {}

    def extra(self, vm: str) -> dict[str, Any]:
        return dict(self._extras.get(vm, {}))

    def set_extra(self, vm: str, extra: dict[str, Any]) -> None:
        self._extras[vm] = extra

    def note_of_domain(self, vm: str, **facts: Any) -> None:
        self._extras[vm] = self.extra(vm) | facts


@dataclass
class Backend:
    """``disturb`` makes a guest ignore requests, ``act`` has it do something by itself.

    The hypervisor may keep ``slack_kib`` of memory to itself when a domain has gone.
    """

    hypervisor: Any
    store: Store
    domains: Domains
    devices: Devices
    task: RunningTask = field(default_factory=lambda: RunningTask("task", "test"))
    slack_kib: int = 0
    kind: str = "PVH"

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

    def create(self, vm: Vm) -> None:
        self.domains.create(self.task, vm, Size.of(vm))

    def running(self, **wanted: Any) -> Vm:
        """A VM that runs."""
        vm = self.vm(**wanted)
        self.create(vm)
        self.build(vm)
        self.domains.survive(vm.id)
        self.domains.unpause(vm.id)
        return vm

    def build(self, vm: Vm) -> None:
        boot = direct_boot(vm)
        assert boot is not None
        self.domains.build(vm, boot)

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

    def restore(self, vm: Vm, image: bytes | bytearray) -> None:
        self.domains.restore_image(vm, io.BytesIO(image))


@contextlib.contextmanager
def simulated(folder: Path) -> Iterator[Backend]:
    """A simulated host of its own: Xen as a process, and a real xenstored."""
    socket = folder / "xen.sock"
    command = [sys.executable, "-m", "xenports.simulated", "--state", str(folder)]
    command += ["--socket", str(socket), "--memory-mib", str(HOST_MIB)]
    process = subprocess.Popen(command)
    store = None
    try:
        hypervisor = SimulatedHypervisor(str(socket))
        await_xen(hypervisor)
        store = Store(str(folder / "xenstored" / "socket"))
        storage = DummyStorage(folder / "locks", "this host")
        yield Backend(
            hypervisor,
            store,
            Domains(hypervisor, store, Extras(), Unshared()),
            Devices(store, storage, NoHotplug()),
        )
    finally:
        if store is not None:
            store.close()
        process.terminate()
        process.wait()


class RealBackend(Backend):
    """Real Xen with the lab's guest, which is spoken to through its console."""

    def vm(self, memory_mib: int = 32, vcpus: int = 2) -> Vm:
        vm = super().vm(max(memory_mib, GUEST_MIB), vcpus)
        kernel, ramdisk = (str(GUEST / name) for name in ("vmlinux", "ramdisk"))
        direct = VmPvDirectBoot(kernel=kernel, ramdisk=ramdisk, cmdline="console=hvc0 rdinit=/init")
        info = VmBuilderInfo(self.kind, VmPvInfo(boot=VmPvBoot("Direct", direct)))
        return dataclasses.replace(vm, name=f"guest-{vm.id[:8]}", ty=info)

    def disk(self, vm: Vm, name: str = "xvda", mode: VbdMode = VbdMode.ReadWrite) -> Vbd:
        with (FILES / f"sr_{name}.raw").open("ab") as file:
            file.truncate(16 * MIB)
        return super().disk(vm, name, mode)

    def create(self, vm: Vm) -> None:
        self.domains.create(self.task, vm, Size.of(vm))

    def running(self, **wanted: Any) -> Vm:
        vm = super().running(**wanted)
        log = Path(f"/var/log/xen/console/guest-{vm.name}.log")
        deadline = time.monotonic() + GUEST_BOOT_S
        while not (log.exists() and "GUEST-READY" in log.read_text(errors="replace")):
            assert time.monotonic() < deadline, "the guest does not come up"
            time.sleep(0.05)
        return vm

    def disturb(self, vm: Vm, **behaviour: Any) -> None:
        self.hypervisor.pause(self.domid(vm))  # one that stands still obeys nobody

    def act(self, vm: Vm, action: str) -> None:
        console = self.store.read(f"/local/domain/{self.domid(vm)}/console/tty")
        assert console is not None
        Path(console).write_text(TYPED[action])

    def memory_hash(self, vm: Vm) -> str:
        return ""  # nobody can look into a real guest's memory that stands still

    def save(self, vm: Vm) -> bytes:
        with tempfile.TemporaryFile() as file:
            self.domains.save_image(self.task, vm, file)
            file.seek(0)
            return file.read()

    def restore(self, vm: Vm, image: bytes | bytearray) -> None:
        with tempfile.TemporaryFile() as file:
            file.write(image)
            file.seek(0)
            self.domains.restore_image(vm, file)


@contextlib.contextmanager
def real(folder: Path, kind: str = "PVH") -> Iterator[Backend]:
    """The Xen under this machine, which is its dom0."""
    from xenports.libxen.helpers import Helpers
    from xenports.libxen.hypervisor import LibxenHypervisor

    store = Store("/run/xenstored/socket")
    hypervisor = LibxenHypervisor(store, Helpers())
    FILES.mkdir(parents=True, exist_ok=True)
    rights = DummyStorage(folder / "locks", "this host")
    storage = FileStorage(FILES, rights, folder / "loops")
    domains = Domains(hypervisor, store, Extras(), Unshared())
    devices = Devices(store, storage, LinuxHotplug())
    yield RealBackend(hypervisor, store, domains, devices, slack_kib=XEN_KEEPS_KIB, kind=kind)
    store.close()


Maker = Callable[[Path], "contextlib.AbstractContextManager[Backend]"]
IS_DOM0 = Path("/proc/xen/capabilities").exists()
REAL: dict[str, Maker] = {"pvh": real, "pv": functools.partial(real, kind="PV")}
HYPERVISORS: dict[str, Maker] = REAL if IS_DOM0 else {"simulated": simulated}
"""Where the contract runs: on the Xen that there is, or else on the simulated one."""
