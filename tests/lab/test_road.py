"""Messages of the XenAPI that end in real Xen, seen from the client and from within the guest."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from xen_lab.machine import Machine

from tests import records
from tests.lab.conftest import CLOCK_S, MIB, Guest, Lab

LISTENER = Path(__file__).with_name("listener.py")
KINDS = ("pvh", "pv")


@pytest.fixture(scope="module", params=KINDS)
def kept(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Guest]:
    """A VM of each kind that tests may leave running, since a guest's boot takes long here."""
    guest = lab.new_vm(request.param)
    yield guest
    guest.remove()


@pytest.fixture
def running(kept: Guest) -> Guest:
    """A VM that runs and answers, on whichever host."""
    if kept.state != "Running" or not kept.answers():
        if kept.state != "Halted":
            kept.hard_shutdown()
        kept.run()
    return kept


@contextmanager
def listening(machine: Machine, address: str) -> Iterator[dict[str, Any]]:
    """What a peer of the guest notices meanwhile, once the block has ended."""
    command = machine.ssh("python3", str(LISTENER), address)
    heard: dict[str, Any] = {}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "listening"
        yield heard
        said, _ = process.communicate("enough\n", timeout=200)
        heard.update(json.loads(said))


def failure(call: Any, *params: Any) -> list[str]:
    with pytest.raises(XenAPI.Failure) as caught:
        call(*params)
    return list(caught.value.details)


def test_a_guest_starts_pauses_and_stops(running: Guest) -> None:
    assert int(running.ask("count")[0]) > 0
    running.pause()
    assert running.state == "Paused"
    running.unpause()
    assert int(running.ask("count")[0]) > 0
    running.clean_shutdown()
    assert running.state == "Halted"


def test_a_guest_reboots(running: Guest) -> None:
    domid, boots = running.get_domid(), running.boots()
    running.clean_reboot()
    running.await_boot(boots + 1)
    assert running.get_domid() != domid
    running.hard_reboot()
    running.await_boot(boots + 2)


def test_a_guest_that_reboots_or_stops_by_itself_is_obeyed(running: Guest) -> None:
    boots = running.boots()
    running.type("reboot -f")
    running.await_boot(boots + 1)
    assert running.state == "Running"
    running.type("poweroff -f")
    running.await_state("Halted")


def test_a_suspended_guest_goes_on_where_it_was(running: Guest) -> None:
    before = int(running.ask("count")[0])
    running.suspend()
    assert running.state == "Suspended"
    there = running.elsewhere()
    running.resume_on(there, False, False)
    assert int(running.ask("count")[0]) > before
    assert running.get_resident_on() == there


@pytest.mark.parametrize("kind", KINDS)
def test_vcpus_come_and_go_while_it_runs(clean: Lab, kind: str) -> None:
    guest = clean.new_vm(kind)
    guest.set_VCPUs_max("2")
    guest.set_VCPUs_at_startup("2")
    guest.run()
    assert guest.ask("cpus") == ["2"]
    guest.set_VCPUs_number_live("1")
    guest.await_answer("cpus", "1")
    assert clean.api.VM_metrics.get_VCPUs_number(guest.get_metrics()) == "1"
    guest.set_VCPUs_number_live("2")
    # A guest's user land takes a new one into use, which is udev's work elsewhere.
    guest.type("until echo 1 > /sys/devices/system/cpu/cpu1/online; do sleep 1; done 2>/dev/null")
    guest.await_answer("cpus", "2")
    guest.remove()


def test_memory_changes_while_it_runs(running: Guest) -> None:
    running.set_memory_dynamic_range(str(96 * MIB), str(96 * MIB))
    metrics = running.get_metrics()
    token = ""
    while int(running.lab.api.VM_metrics.get_memory_actual(metrics)) > 100 * MIB:
        token = running.lab.api.event_from([f"vm/{running.vm}"], token, 5.0)["token"]
    running.set_memory_dynamic_range(str(128 * MIB), str(128 * MIB))


@pytest.mark.parametrize("kind", ["raw", "qcow2", "block"])
def test_a_disk_keeps_what_is_written(clean: Lab, kind: str) -> None:
    guest = clean.new_vm("pvh", disk=kind)
    guest.run()
    assert guest.ask("keep what-was-written") == ["what-was-written"]
    guest.clean_shutdown()
    guest.run()
    assert guest.ask("kept") == ["what-was-written"]
    guest.remove()


def test_a_medium_is_inserted_and_ejected(running: Guest) -> None:
    api = running.lab.api
    drive = api.VBD.create(records.drive(running.vm, "3"))
    assert running.ask("blocks") == ["xvda "]
    api.VBD.insert(drive, running.lab.new_vdi())
    running.await_answer("blocks", "xvda xvdd ")
    api.VBD.eject(drive)
    running.await_answer("blocks", "xvda ")


def test_devices_come_and_go_while_it_runs(running: Guest) -> None:
    api = running.lab.api
    vbd = running.lab.new_disk(running.vm, "1")
    api.VBD.plug(vbd)
    assert api.VBD.get_currently_attached(vbd)
    api.VBD.unplug(vbd)
    assert not api.VBD.get_currently_attached(vbd)
    network = api.network.get_all()[0]
    vif = api.VIF.create(records.vif(running.vm, network, "1"))
    api.VIF.plug(vif)
    assert api.VIF.get_currently_attached(vif)
    api.VIF.unplug(vif)
    assert not api.VIF.get_currently_attached(vif)


@pytest.mark.parametrize("kind", KINDS)
def test_a_guest_starts_with_its_clock_ahead(clean: Lab, kind: str) -> None:
    guest = clean.new_vm(kind)
    guest.add_to_platform("timeoffset", "3600")
    guest.run()
    assert abs(guest.ahead() - 3600) < CLOCK_S
    guest.remove()


def test_a_disabled_interface_passes_nothing_on(running: Guest) -> None:
    api = running.lab.api
    vif = next(vif for vif in running.get_VIFs() if api.VIF.get_device(vif) == "0")
    assert running.answers()
    api.VIF.set_locking_mode(vif, "disabled")
    assert not running.is_heard()
    api.VIF.set_locking_mode(vif, "unlocked")
    assert running.answers()


def test_a_running_guest_migrates(running: Guest) -> None:
    """It keeps its counter, its disk and, where it moves live, its open connections."""
    api, there = running.lab.api, running.elsewhere()
    here = running.lab.where(running.vm)
    boots = running.boots_on(api.host.get_name_label(there))
    assert running.ask("keep what-was-written", "kept") == ["what-was-written"] * 2
    before = int(running.ask("count")[0])
    with listening(here, running.address) as heard:
        running.pool_migrate(there, {"live": "true"})
    assert api.VM.get_resident_on(running.vm) == there
    assert heard["grew"]
    assert int(running.ask("count")[0]) > before
    assert running.ask("kept") == ["what-was-written"]
    assert running.boots() == boots, "it was not booted there"
    print(f"\nmigration: the guest's peer heard {heard}")


def test_two_guests_migrate_at_once_in_both_directions(clean: Lab) -> None:
    guests = [clean.new_vm("pvh") for _ in range(2)]
    hosts = [clean.host("dom0-1"), clean.host("dom0-2")]
    for guest, host in zip(guests, hosts, strict=True):
        guest.start_on(host, False, False)
    for guest in guests:
        guest.await_boot()
    tasks = [
        clean.api.Async.VM.pool_migrate(guest.vm, host, {"live": "true"})
        for guest, host in zip(guests, reversed(hosts), strict=True)
    ]
    for task in tasks:
        assert clean.await_end(task) == "success", clean.api.task.get_error_info(task)
    for guest, host in zip(guests, reversed(hosts), strict=True):
        assert guest.get_resident_on() == host
        assert int(guest.ask("count")[0]) > 0
        guest.remove()


@pytest.mark.parametrize("kind", KINDS)
def test_a_guest_boots_the_kernel_of_its_disk(clean: Lab, kind: str) -> None:
    guest = clean.new_bootable(kind)
    guest.run()
    assert int(guest.ask("count")[0]) > 0
    guest.clean_shutdown()
    guest.destroy()


@pytest.mark.parametrize("garbage", [b"", b"\xff" * 4096, bytes(range(256)) * 4096])
def test_a_disk_without_a_kernel_is_refused(clean: Lab, garbage: bytes) -> None:
    guest = clean.new_bootable("pvh")
    with clean.file(clean.api.VBD.get_VDI(guest.get_VBDs()[0])).open("r+b") as file:
        file.write(garbage or bytes(1024 * 1024))
    assert failure(guest.start, False, False)[0] == "BOOTLOADER_FAILED"
    assert guest.state == "Halted"
    guest.destroy()


def test_a_guest_that_ignores_the_request_is_stopped_at_last(clean: Lab) -> None:
    """Asked alone it may go on for ever; its administrator need not wait for it."""
    guest = clean.new_vm("pvh", arguments="ignore")
    guest.run()
    asked = clean.api.Async.VM.clean_shutdown(guest.vm)
    guest.await_operation("clean_shutdown")
    clean.api.task.cancel(asked)
    assert clean.await_end(asked) == "cancelled"
    assert guest.state == "Running"
    assert int(guest.ask("count")[0]) > 0
    guest.set_shutdown_delay("5")
    guest.shutdown()
    assert guest.state == "Halted"
    guest.destroy()


def test_a_guest_that_floods_xenstore_harms_nobody_else(clean: Lab) -> None:
    hostile, other = clean.new_vm("pv"), clean.new_vm("pv")
    hostile.run()
    hostile.type("flood &")
    hostile.await_nodes("data/flood", 100)
    other.run()
    other.clean_reboot()
    other.await_boot(2)
    other.remove()
    assert hostile.state == "Running"
    hostile.remove()


def test_a_guest_that_crashes_at_once_stays_off(clean: Lab) -> None:
    guest = clean.new_vm("pvh")
    guest.set_actions_after_crash("restart")
    guest.run()
    guest.type("echo c > /proc/sysrq-trigger")
    guest.await_state("Halted")
    guest.destroy()


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"PV_kernel": "/etc/hostname"}, "is not"),
        ({"PV_kernel": "/nowhere"}, "/nowhere"),
        ({"PV_ramdisk": "/nowhere"}, "/nowhere"),
    ],
)
def test_what_cannot_boot_is_refused(clean: Lab, what: dict[str, str], error: str) -> None:
    guest = clean.new_vm("pvh")
    for field, value in what.items():
        getattr(guest, f"set_{field}")(value)
    said = failure(guest.start, False, False)
    assert error in " ".join(said)
    assert guest.state == "Halted"
    guest.remove()


def test_a_disk_whose_file_is_gone_is_refused(clean: Lab) -> None:
    guest = clean.new_vm("pvh")
    vdi = clean.api.VBD.get_VDI(guest.get_VBDs()[0])
    uuid = clean.api.VDI.get_uuid(vdi)
    clean.file(vdi).unlink()
    assert uuid in " ".join(failure(guest.start, False, False))
    guest.remove()


def test_a_bridge_that_does_not_exist_is_named(clean: Lab) -> None:
    guest = clean.new_vm("pvh")
    network = clean.api.network.create(records.network("nowhere", bridge="xenbr77"))
    bridge = clean.api.network.get_bridge(network)
    clean.api.VIF.move(guest.get_VIFs()[0], network)
    assert bridge in " ".join(failure(guest.start, False, False))
    guest.remove()


def test_memory_that_does_not_fit_is_refused(clean: Lab) -> None:
    guest = clean.new_vm("pvh")
    guest.set_memory_limits(*[str(64 * 1024 * MIB)] * 4)
    assert "HOST_NOT_ENOUGH_FREE_MEMORY" in " ".join(failure(guest.start, False, False))
    guest.remove()


def test_a_suspend_image_with_garbage_in_it_is_refused(clean: Lab) -> None:
    guest = clean.new_vm("pvh")
    guest.run()
    guest.suspend()
    uuid = clean.api.VDI.get_uuid(guest.get_suspend_VDI())
    image = next(clean.layout.path("storage", "suspended", "x").parent.glob(f"*{uuid}*"))
    whole = image.read_bytes()
    image.write_bytes(whole[: len(whole) // 2])
    failure(guest.resume, False, False)
    assert guest.state == "Suspended", "the image may be put right"
    image.write_bytes(whole)
    guest.resume(False, False)
    assert int(guest.ask("count")[0]) > 0
    guest.remove()
