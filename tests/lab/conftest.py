"""The lab's pool, which `python -m xen_lab road` starts: two hosts with real Xen."""

import itertools
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from simulated_pool import layout as layouts
from simulated_pool.supervision import Supervisor
from xen_lab.image import GUEST, GUEST_ARGUMENTS
from xen_lab.machine import Machine

from tests import records

MIB = 1024 * 1024
GUEST_MIB, GUEST_LEAST_MIB, EMULATED_MIB = 128, 64, 256
DISK_MIB = 16
# A memory disk that dom0 has.
BLOCK_DEVICE = "/dev/ram0"
READY = "GUEST-READY"
GUEST_S = 300.0
# Clocks of emulated machines are slow, and so are questions.
CLOCK_S = 300.0
LOOK_S = 0.2
NUMBERS = itertools.count(10)


class Lab:
    """The pool and its two machines, as a client and as somebody in dom0 see them."""

    def __init__(self, folder: Path) -> None:
        self.layout = layouts.load(folder, hosts=0, forwarders=0, port_base=None)
        self.shared = folder.parent
        self.machines = {
            machine.name: machine
            for machine in (Machine(folder.parent.parent, number) for number in (1, 2))
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

    def await_end(self, task: str) -> str:
        """Wait until a task has ended; its status."""
        token = ""
        while (status := self.api.task.get_status(task)) in ("pending", "cancelling"):
            token = self.api.event_from([f"task/{task}"], token, 10.0)["token"]
        return str(status)

    def new_vm(self, kind: str, arguments: str = "", disk: str = "raw") -> "Guest":
        """A halted VM of the lab's guest with a disk and an interface.

        ``arguments`` are added to its kernel's.
        """
        number = next(NUMBERS)
        address = f"10.99.0.{number}"
        vm = self.api.VM.clone(
            self.api.VM.get_by_name_label("Other install media")[0], f"vm{number}"
        )
        self.api.VM.provision(vm)
        self.api.VM.set_domain_type(vm, kind)
        limits = (GUEST_LEAST_MIB, GUEST_MIB, GUEST_MIB, GUEST_MIB)
        self.api.VM.set_memory_limits(vm, *[str(limit * MIB) for limit in limits])
        self.api.VM.set_PV_kernel(vm, f"{GUEST}/vmlinux")
        self.api.VM.set_PV_ramdisk(vm, f"{GUEST}/ramdisk")
        self.api.VM.set_PV_args(vm, f"{GUEST_ARGUMENTS} {arguments}".strip())
        self.new_disk(vm, "0", disk)
        network = self.api.network.get_all()[0]
        mac = f"02:00:00:00:00:{number:02x}"
        self.api.VIF.create(records.vif(vm, network, MAC=mac))
        return Guest(self, vm, address)

    def new_bootable(self, kind: str) -> "Guest":
        """A VM whose disk has a file system with the lab's guest for a bootloader to find."""
        guest = self.new_vm(kind)
        disk = guest.get_VBDs()[0]
        guest.set_PV_bootloader("pygrub")
        guest.set_PV_kernel("")
        guest.set_PV_ramdisk("")
        guest.set_PV_args("")
        file = self.file(self.api.VBD.get_VDI(disk))
        self.machines["dom0-1"].output(
            BOOTABLE.format(file=file, guest=GUEST, said=GUEST_ARGUMENTS)
        )
        return guest

    def new_emulated(self) -> "Guest":
        """An emulated machine with the lab's guest on a CD."""
        guest = self.new_vm("hvm")
        size = EMULATED_MIB * MIB
        guest.set_memory_limits(str(size), str(size), str(size), str(size))
        guest.set_HVM_boot_params({"order": "d"})
        disc = self.new_vdi()
        self.machines["dom0-1"].output(f"cp {GUEST}/guest.iso {self.file(disc)}")
        self.api.VBD.create(records.vbd(guest.vm, disc, "3", mode="RO", type="CD"))
        return guest

    def new_disk(self, vm: str, position: str, kind: str = "raw") -> str:
        """A VBD; the pool's storage is files, which nobody makes yet but this.

        ``kind`` is ``raw``, ``qcow2`` or, for a block device of the hosts, ``block``.
        """
        vbd: str = self.api.VBD.create(records.vbd(vm, self.new_vdi(kind), position))
        return vbd

    def new_vdi(self, kind: str = "raw") -> str:
        sr = self.api.pool.get_default_SR(self.api.pool.get_all()[0])
        vdi = self.api.VDI.create(records.vdi(sr, DISK_MIB * MIB))
        name = f"{self.api.SR.get_uuid(sr)}_{self.api.VDI.get_uuid(vdi)}"
        file = self.layout.path("storage", "disks", f"{name}.{kind}")
        if kind == "qcow2":
            size = f"{DISK_MIB}M"
            subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(file), size], check=True)
        elif kind == "block":
            file.with_suffix(".raw").symlink_to(BLOCK_DEVICE)
        else:
            with file.open("wb") as made:
                made.truncate(DISK_MIB * MIB)
        return str(vdi)

    def file(self, vdi: str) -> Path:
        """The file of a disk."""
        uuid = self.api.VDI.get_uuid(vdi)
        return next(self.layout.path("storage", "disks", "x").parent.glob(f"*{uuid}*"))


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
        return self.boots_on(self.lab.where(self.vm).name)

    def boots_on(self, host: str) -> int:
        said = self.lab.machines[host].output(f"grep -c {READY} {self.log} 2>/dev/null || true")
        return int(said.strip() or 0)

    def run(self) -> None:
        """Start on the first host and come up."""
        boots = self.boots_on("dom0-1")
        self.start_on(self.lab.host("dom0-1"), False, False)
        self.await_boot(boots + 1)

    def elsewhere(self) -> str:
        """A host where it does not run."""
        here = self.get_resident_on()
        return next(host for host in self.lab.api.host.get_all() if host != here)

    def answers(self) -> bool:
        try:
            return bool(self.ask("count"))
        except subprocess.CalledProcessError:
            return False

    def is_heard(self) -> bool:
        """Whether it answers a few pings."""
        command = f"ping -q -c 3 -W 5 {self.address} >/dev/null && echo heard || true"
        return bool(self.lab.where(self.vm).output(command))

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

    def ahead(self) -> float:
        """By how many seconds its clock is ahead of ours."""
        return int(self.ask("time")[0]) - time.time()

    def await_answer(self, question: str, wanted: str) -> None:
        """Wait until it answers a question so."""
        deadline = time.monotonic() + GUEST_S
        while (said := self.ask(question)) != [wanted]:
            assert time.monotonic() < deadline, f"it still says {said}"
            time.sleep(LOOK_S)

    def await_nodes(self, folder: str, number: int) -> None:
        """Wait until it has written so many nodes into a folder of xenstore."""
        path = f"/local/domain/{self.lab.api.VM.get_domid(self.vm)}/{folder}"
        self.lab.where(self.vm).output(
            f"timeout {GUEST_S:.0f} sh -c 'until [ $(xenstore-list {path} | wc -l) -ge {number} ];"
            f" do sleep {LOOK_S}; done'"
        )

    def await_operation(self, operation: str) -> None:
        """Wait until the guest is being asked for something."""
        deadline = time.monotonic() + GUEST_S
        while operation not in self.get_current_operations().values():
            assert time.monotonic() < deadline, f"nobody does {operation}"
            time.sleep(LOOK_S)

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
    """The lab, in whose dom0s nothing of a VM is left afterwards that was not there before."""
    before = {name: _things(machine) for name, machine in lab.machines.items()}
    yield lab
    for name, machine in lab.machines.items():
        left = _things(machine) - before[name]
        assert not left, f"left on {name}: {left}"


def _things(machine: Machine) -> set[str]:
    return set(machine.output(LEFTOVERS).splitlines())


BOOTABLE = """
set -e
tree=$(mktemp -d)
mkdir -p $tree/boot/grub
cp {guest}/vmlinuz {guest}/ramdisk $tree/boot
cat > $tree/boot/grub/grub.cfg <<END
menuentry "the lab's guest" {{
    linux /boot/vmlinuz {said}
    initrd /boot/ramdisk
}}
END
truncate -s 64M {file}
mke2fs -q -t ext2 -d $tree {file}
rm -r $tree
"""
"""Puts a file system with kernel and configuration into a disk's file."""

LEFTOVERS = """
sleep 1
for path in /local/domain /xenops/domain; do xenstore-list $path 2>/dev/null | grep -v '^0$'; done
for kind in vbd vif; do xenstore-list /local/domain/0/backend/$kind 2>/dev/null; done
losetup --list --noheadings --output NAME,BACK-FILE
ls -d /sys/block/nbd*/pid 2>/dev/null
ls /sys/bus/xen-backend/devices
pgrep -f '[p]ygrub|[x]en-qemu'
[ $(pgrep -fc '[l]ibxen.helper') -le 2 ] || echo "more helpers than wait for a request"
ls /sys/class/net | grep '^vif'
true
"""
"""What should not be there once no VM runs: domains, nodes, loop devices, interfaces."""
