"""The first walk, driven by the unmodified XenAPI client: what the demo shows and checks."""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import XenAPI
from xenports.simulated.hypervisor import SimulatedHypervisor

POLL_EVERY_S = 0.1
MIB = 1024 * 1024
TEMPLATE = "Other install media"
DISK = "xvda"
MARKS, MARKED_BYTES = 64, 8 * MIB
"""How many marks the guest writes, and the beginning of the disk, where these are."""


class StoryFailed(Exception):
    """The pool answered otherwise than the story expects."""


@dataclass
class Teller:
    """Shows the story: ``chapter`` announces a step, ``progress`` shows a task's fraction."""

    chapter: Callable[[str], None]
    progress: Callable[[float], None]
    xens: Mapping[str, SimulatedHypervisor] = field(default_factory=dict)
    """The hosts' Xens, by which the guest writes its disk; without them no bytes are shown."""


def tell(url: str, username: str, password: str, teller: Teller) -> None:
    """Create a VM, start it, migrate it live, take it back to a snapshot and shut it down.

    The guest writes its disk, and finds there what it wrote, if the ``teller`` has its Xen.

    Raises StoryFailed if what is read back is not what was asked for, XenAPI.Failure if a call is
    refused.
    """
    session = XenAPI.Session(url, ignore_ssl=True)
    teller.chapter(f"session.login_with_password as {username}")
    session.xenapi.login_with_password(username, password, "1.0", "warren-demo")
    try:
        _walk(session.xenapi, teller)
    finally:
        session.xenapi.logout()


def _walk(api: XenAPI.xapi_local, teller: Teller) -> None:
    vm = create_vm(api, teller)
    _start(api, vm, teller)
    source = api.VM.get_resident_on(vm)
    written = _write(api, vm, teller)

    target = next(host for host in api.host.get_all() if host != source)
    names = [api.host.get_name_label(host) for host in (source, target)]
    teller.chapter(f"Async.VM.pool_migrate from {names[0]} to {names[1]}")
    task = api.Async.VM.pool_migrate(vm, target, {"live": "true"})
    wait(api, task, teller)
    expect("resident_on after the migration", api.VM.get_resident_on(vm), target)
    expect("power_state after the migration", api.VM.get_power_state(vm), "Running")
    expect("VM in the target's resident_VMs", vm in api.host.get_resident_VMs(target), True)
    expect("VM in the source's resident_VMs", vm in api.host.get_resident_VMs(source), False)
    _read_back(api, vm, teller, "after the migration", written)

    if teller.xens:
        _there_and_back(api, vm, teller, written)
    _shut_down(api, vm, teller)


def _there_and_back(api: XenAPI.xapi_local, vm: str, teller: Teller, written: str) -> None:
    """Write more after a snapshot, and see that it is gone once the VM is back there."""
    teller.chapter("VM.snapshot while the guest runs")
    snapshot = api.VM.snapshot(vm, f"{api.VM.get_name_label(vm)}, before more was written", [])
    if _write(api, vm, teller) == written:
        raise StoryFailed("the guest wrote more, and its disk is as before")
    _shut_down(api, vm, teller)
    teller.chapter("VM.revert to the snapshot")
    api.VM.revert(snapshot)
    _forget(api, vm, teller)
    teller.chapter("VM.start, VM.unpause once the guest is told to write nothing by itself")
    api.VM.start(vm, True, False)
    _be_quiet(*_guest(api, vm, teller))
    api.VM.unpause(vm)
    _read_back(api, vm, teller, "after the revert", written)


def _start(api: XenAPI.xapi_local, vm: str, teller: Teller) -> None:
    teller.chapter("VM.start")
    api.VM.start(vm, False, False)
    expect("power_state after start", api.VM.get_power_state(vm), "Running")


def _shut_down(api: XenAPI.xapi_local, vm: str, teller: Teller) -> None:
    teller.chapter("VM.clean_shutdown")
    api.VM.clean_shutdown(vm)
    expect("power_state after the shutdown", api.VM.get_power_state(vm), "Halted")


# --- the guest's disk -----------------------------------------------------------------------


def _write(api: XenAPI.xapi_local, vm: str, teller: Teller) -> str:
    """Have the guest write its disk, and nothing by itself from then on; the disk's hash."""
    if not teller.xens:
        return ""
    xen, domid = _guest(api, vm, teller)
    _be_quiet(xen, domid)
    xen.call("write_marks", domid=domid, device=DISK, count=MARKS)
    found = _hash(xen, domid)
    teller.chapter(f"The guest writes {MARKS} marks on its disk: SHA-256 {found[:16]}…")
    return found


def _be_quiet(xen: SimulatedHypervisor, domid: int) -> None:
    xen.call("behave", domid=domid, disk_writes_per_s=0.0)


def _forget(api: XenAPI.xapi_local, vm: str, teller: Teller) -> None:
    """Have the hosts forget what was on the disk, which has older contents again."""
    (vbd,) = api.VM.get_VBDs(vm)
    vdi = api.VDI.get_record(api.VBD.get_VDI(vbd))
    disk = f"{api.SR.get_uuid(vdi['SR'])}/{vdi['location']}"
    for xen in teller.xens.values():
        xen.call("forget_disk", disk=disk)


def _read_back(api: XenAPI.xapi_local, vm: str, teller: Teller, when: str, written: str) -> None:
    if not teller.xens:
        return
    found = _hash(*_guest(api, vm, teller))
    teller.chapter(f"The guest reads its disk {when}: SHA-256 {found[:16]}…")
    expect(f"SHA-256 of the disk {when}", found, written)


def _guest(api: XenAPI.xapi_local, vm: str, teller: Teller) -> tuple[SimulatedHypervisor, int]:
    record = api.VM.get_record(vm)
    return teller.xens[api.host.get_name_label(record["resident_on"])], int(record["domid"])


def _hash(xen: SimulatedHypervisor, domid: int) -> str:
    _, found = xen.call("read_disk", domid=domid, device=DISK, offset=0, length=MARKED_BYTES)
    return hashlib.sha256(found).hexdigest()


def create_vm(api: XenAPI.xapi_local, teller: Teller) -> str:
    """Make a VM from the template ``Other install media``, with a disk and a network interface."""
    teller.chapter(f"VM.clone of the template {TEMPLATE!r}, VM.provision")
    template = api.VM.get_by_name_label(TEMPLATE)[0]
    vm: str = api.VM.clone(template, f"demo {time.strftime('%H:%M:%S')}")
    api.VM.set_memory_limits(vm, *[str(256 * MIB)] * 4)
    api.VM.set_PV_bootloader(vm, "")
    api.VM.provision(vm)

    teller.chapter("VDI.create, VBD.create, VIF.create")
    storage = api.pool.get_default_SR(api.pool.get_all()[0])
    disk = api.VDI.create(
        {
            "name_label": "demo disk",
            "name_description": "",
            "SR": storage,
            "virtual_size": str(1024 * MIB),
            "type": "user",
            "sharable": False,
            "read_only": False,
            "other_config": {},
        }
    )
    api.VBD.create(
        {
            "VM": vm,
            "VDI": disk,
            "userdevice": api.VM.get_allowed_VBD_devices(vm)[0],
            "bootable": True,
            "mode": "RW",
            "type": "Disk",
            "empty": False,
            "other_config": {},
            "qos_algorithm_type": "",
            "qos_algorithm_params": {},
        }
    )
    api.VIF.create(
        {
            "VM": vm,
            "network": api.network.get_all()[0],
            "device": api.VM.get_allowed_VIF_devices(vm)[0],
            "MAC": "",
            "MTU": "1500",
            "other_config": {},
            "qos_algorithm_type": "",
            "qos_algorithm_params": {},
        }
    )
    return vm


def wait(api: XenAPI.xapi_local, task: str, teller: Teller) -> None:
    """Show a task's progress to its end; raises StoryFailed unless it succeeds."""
    while (record := api.task.get_record(task))["status"] in ("pending", "cancelling"):
        teller.progress(record["progress"])
        time.sleep(POLL_EVERY_S)
    teller.progress(record["progress"])
    api.task.destroy(task)
    if record["status"] != "success":
        raise StoryFailed(f"{record['name_label']}: {record['status']} {record['error_info']}")


def expect(what: str, seen: object, wanted: object) -> None:
    if seen != wanted:
        raise StoryFailed(f"{what}: {seen!r} instead of {wanted!r}")
