"""The lab's pool, which `python -m xen_lab road` starts: two hosts with real Xen."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from simulated_pool import layout as layouts
from simulated_pool.supervision import Supervisor
from xen_lab.image import GUEST
from xen_lab.machine import Machine

from tests import records

MIB = 1024 * 1024
GUEST_MIB = 128
DISK_MIB = 16
READY = "GUEST-READY"
GUEST_S = 300.0
LOOK_S = 0.2
NUMBERS = itertools.count(10)


class Lab:
    """The pool and its two machines, as a client and as somebody in dom0 see them."""

    def __init__(self, folder: Path) -> None:
        self.layout = layouts.load(folder, hosts=0, forwarders=0, port_base=None)
        self.shared = folder.parent
        self.machines = {
            f"dom0-{number}": Machine(folder.parent.parent, number) for number in (1, 2)
        }
        self.supervisor = Supervisor(folder)
        session = XenAPI.Session(self.layout.url, ignore_ssl=True)
        session.xenapi.login_with_password("root", self.layout.secret("root"), "1.0", "lab")
        self.api: Any = session.xenapi

    def host(self, name: str) -> str:
        found: str = self.api.host.get_by_name_label(name)[0]
        return found

    def where(self, vm: str) -> Machine:
        """The machine that a VM runs on."""
        return self.machines[self.api.host.get_name_label(self.api.VM.get_resident_on(vm))]

    def new_vm(self, kind: str) -> "Guest":
        """A halted VM of the lab's guest with a disk and an interface."""
        number = next(NUMBERS)
        address = f"10.99.0.{number}"
        vm = self.api.VM.clone(
            self.api.VM.get_by_name_label("Other install media")[0], f"vm{number}"
        )
        self.api.VM.provision(vm)
        self.api.VM.set_domain_type(vm, kind)
        self.api.VM.set_memory_limits(vm, *[str(GUEST_MIB * MIB)] * 4)
        self.api.VM.set_PV_kernel(vm, f"{GUEST}/vmlinux")
        self.api.VM.set_PV_ramdisk(vm, f"{GUEST}/ramdisk")
        self.api.VM.set_PV_args(vm, f"console=hvc0 rdinit=/init address={address}/24")
        self.new_disk(vm, "0")
        network = self.api.network.get_all()[0]
        self.api.VIF.create(records.vif(vm, network))
        return Guest(self, vm, address)

    def new_disk(self, vm: str, position: str) -> str:
        """A VBD; the pool's storage is files, which nobody makes yet but this."""
        sr = self.api.pool.get_default_SR(self.api.pool.get_all()[0])
        vdi = self.api.VDI.create(records.vdi(sr, DISK_MIB * MIB))
        name = f"{self.api.SR.get_uuid(sr)}_{self.api.VDI.get_uuid(vdi)}.raw"
        file = self.layout.path("storage", "disks", name)
        with file.open("wb") as made:
            made.truncate(DISK_MIB * MIB)
        vbd: str = self.api.VBD.create(records.vbd(vm, vdi, position))
        return vbd


@dataclass
class Guest:
    """A VM of the lab, seen through the XenAPI and from the dom0 under it."""

    lab: Lab
    vm: str
    address: str

    def __getattr__(self, message: str) -> Callable[..., Any]:
        """A message of the class VM with this one as its first parameter."""
        call = getattr(self.lab.api.VM, message)
        return lambda *parameters: call(self.vm, *parameters)

    @property
    def state(self) -> str:
        return str(self.lab.api.VM.get_power_state(self.vm))

    @property
    def log(self) -> str:
        """The file of its console in dom0."""
        return f"/var/log/xen/console/guest-{self.lab.api.VM.get_name_label(self.vm)}.log"

    def boots(self) -> int:
        """How often it has come up on the host where it is."""
        said = self.lab.where(self.vm).output(f"grep -c {READY} {self.log} || true")
        return int(said.strip() or 0)

    def await_boot(self, number: int = 1) -> None:
        """Wait until its userland has come up for the ``number``-th time."""
        self.lab.where(self.vm).output(
            f"timeout {GUEST_S:.0f} sh -c 'until [ $(grep -c {READY} {self.log} || true) -ge"
            f" {number} ]; do sleep {LOOK_S}; done'"
        )

    def ask(self, *lines: str) -> list[str]:
        """What the guest answers, spoken to from its dom0."""
        text = "\\n".join(lines)
        command = f"printf '{text}\\n' | timeout 60 busybox nc -w 30 {self.address} 7"
        return self.lab.where(self.vm).output(command).splitlines()

    def type(self, text: str) -> None:
        """Type a line on its console."""
        domid = self.lab.api.VM.get_domid(self.vm)
        self.lab.where(self.vm).output(
            f"echo '{text}' > $(xenstore-read /local/domain/{domid}/console/tty)"
        )

    def await_state(self, wanted: str) -> None:
        """Wait by events until it has a power state."""
        token = ""
        deadline = time.monotonic() + GUEST_S
        while self.state != wanted:
            assert time.monotonic() < deadline, f"it is still {self.state}"
            token = self.lab.api.event_from([f"vm/{self.vm}"], token, 10.0)["token"]

    def remove(self) -> None:
        if self.state == "Suspended":
            self.resume(False, False)
        if self.state != "Halted":
            self.hard_shutdown()
        self.destroy()


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab(Path(os.environ["WARREN_LAB"]))


@pytest.fixture
def clean(lab: Lab) -> Iterator[Lab]:
    """The lab, in whose dom0s nothing of a VM is left afterwards."""
    yield lab
    for name, machine in lab.machines.items():
        left = machine.output(LEFTOVERS).split()
        assert not left, f"left on {name}: {left}"


LEFTOVERS = """
sleep 1
for path in /local/domain /xenops/domain; do xenstore-list $path 2>/dev/null | grep -v '^0$'; done
for kind in vbd vif; do xenstore-list /local/domain/0/backend/$kind 2>/dev/null; done
losetup --list --noheadings --output NAME,BACK-FILE
ls /sys/class/net | grep '^vif'
true
"""
"""What should not be there once no VM runs: domains, nodes, loop devices, interfaces."""
