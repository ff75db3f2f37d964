"""The first walk, driven by the unmodified XenAPI client: what the demo shows and checks."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import XenAPI

POLL_EVERY_S = 0.1
MIB = 1024 * 1024
TEMPLATE = "Other install media"


class StoryFailed(Exception):
    """The pool answered otherwise than the story expects."""


@dataclass
class Teller:
    """Shows the story: ``chapter`` announces a step, ``progress`` shows a task's fraction."""

    chapter: Callable[[str], None]
    progress: Callable[[float], None]


def tell(url: str, username: str, password: str, teller: Teller) -> None:
    """Create a VM, start it, migrate it live and shut it down again.

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
    teller.chapter("VM.start")
    api.VM.start(vm, False, False)
    source = api.VM.get_resident_on(vm)
    expect("power_state after start", api.VM.get_power_state(vm), "Running")

    target = next(host for host in api.host.get_all() if host != source)
    names = [api.host.get_name_label(host) for host in (source, target)]
    teller.chapter(f"Async.VM.pool_migrate from {names[0]} to {names[1]}")
    task = api.Async.VM.pool_migrate(vm, target, {"live": "true"})
    wait(api, task, teller)
    expect("resident_on after the migration", api.VM.get_resident_on(vm), target)
    expect("power_state after the migration", api.VM.get_power_state(vm), "Running")
    expect("VM in the target's resident_VMs", vm in api.host.get_resident_VMs(target), True)
    expect("VM in the source's resident_VMs", vm in api.host.get_resident_VMs(source), False)

    teller.chapter("VM.clean_shutdown")
    api.VM.clean_shutdown(vm)
    expect("power_state after the shutdown", api.VM.get_power_state(vm), "Halted")


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
