"""What a back end does on any hypervisor: domains, memory, devices, images; nothing is left."""

import dataclasses
import random
import re
import time
from collections.abc import Iterator

import pytest
from daemon.tasks import RunningTask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xenops.errors import XenopsError
from xenops.types import PowerState, VbdMode, VbdTy
from xenopsd.backend import names
from xenports.xenstore import XenstoreError

from tests.contract.backend import HOST_MIB, HYPERVISORS, Backend

MEMORY_BACK_S = 10.0
OF_A_DOMAIN = re.compile(r"/(local|xenops)/domain/([1-9]\d*|0/backend/\w+/\d+)|/libxl/\d+")


@pytest.fixture(scope="module", params=HYPERVISORS)
def host(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Backend]:
    with HYPERVISORS[request.param](tmp_path_factory.mktemp("host")) as host:
        yield host


@pytest.fixture
def clean(host: Backend) -> Iterator[Backend]:
    """The host, which has as much memory and as few nodes afterwards as before."""
    free = host.hypervisor.free_kib()
    running = {domain.domid for domain in host.hypervisor.domains()}
    yield host
    for domain in host.hypervisor.domains():
        if domain.domid not in running:
            host.domains.destroy(domain.uuid)
    deadline = time.monotonic() + MEMORY_BACK_S
    least = free - host.slack_kib
    while host.hypervisor.free_kib() < least and time.monotonic() < deadline:
        time.sleep(0.01)  # a real Xen takes a while to scrub what it gets back
    assert host.hypervisor.free_kib() >= least
    assert not [path for path in host.nodes() if OF_A_DOMAIN.match(path)]


def failure(error: pytest.ExceptionInfo[XenopsError]) -> str:
    return f"{error.value.tag} {error.value.value}"


def state(host: Backend, vm: str) -> PowerState:
    return host.domains.power_state(vm, host.domains.find(vm))


def test_a_vm_is_created_built_run_and_destroyed(clean: Backend) -> None:
    vm = clean.vm()
    clean.create(vm)
    assert clean.domains.action_request(vm.id) == "poweroff", "it does not survive a crash yet"
    clean.build(vm)
    assert state(clean, vm.id) is PowerState.Paused
    clean.domains.survive(vm.id)
    assert clean.domains.action_request(vm.id) is None
    clean.domains.unpause(vm.id)
    assert state(clean, vm.id) is PowerState.Running
    clean.domains.pause(vm.id)
    clean.domains.pause(vm.id)
    assert state(clean, vm.id) is PowerState.Paused
    clean.domains.destroy(vm.id)
    assert state(clean, vm.id) is PowerState.Halted


def test_what_is_done_twice_is_done_once(clean: Backend) -> None:
    vm = clean.running()
    clean.domains.unpause(vm.id)
    clean.domains.destroy(vm.id)
    clean.domains.destroy(vm.id)


def test_a_vm_has_one_domain(clean: Backend) -> None:
    vm = clean.running()
    with pytest.raises(XenopsError) as refused:
        clean.create(vm)
    assert refused.value.tag == "Already_exists"


def test_the_state_shows_domain_memory_vcpus_and_agent(clean: Backend) -> None:
    vm = clean.running(memory_mib=32, vcpus=2)
    found = clean.domains.state(vm, clean.domains.find(vm.id), rebooting=False)
    assert found.power_state is PowerState.Running
    assert found.domids == [clean.domid(vm)]
    assert found.memory_actual >= 32 * 1024 * 1024
    assert found.vcpu_target == 2
    assert found.guest_agent["control/feature-poweroff"] == "1"
    clean.domains.set_vcpus(vm.id, 1)
    assert clean.domains.state(vm, clean.domains.find(vm.id), rebooting=False).vcpu_target == 1


def test_more_vcpus_than_there_can_be_are_refused(clean: Backend) -> None:
    vm = clean.running(vcpus=2)
    for number in (0, 3, -1):
        with pytest.raises(XenopsError) as refused:
            clean.domains.set_vcpus(vm.id, number)
        assert refused.value.tag == "Invalid_vcpus"


def test_memory_that_is_not_there_is_refused_with_the_sums(clean: Backend) -> None:
    vm = clean.vm(memory_mib=HOST_MIB * 2)
    with pytest.raises(XenopsError) as refused:
        clean.create(vm)
    assert refused.value.tag == "Cannot_free_this_much_memory"
    needed, free = refused.value.value
    assert needed > free > 0
    assert clean.domains.find(vm.id) is None


SHORT = 100
KEYS = st.one_of(
    st.sampled_from(
        ["", "a b", "a/", "/a", "a//b", "grün", "a.b", "a:b", "a@b", "n" * 2030, "n" * 2040]
    ),
    st.text(max_size=8),
    st.from_regex(r"[A-Za-z0-9/_@ -]{1,8}", fullmatch=True),
)
VALUES = st.one_of(
    st.text(max_size=8),
    st.builds("".__add__, st.sampled_from(["q" * 4030, "q" * 4060, "ü" * 2040])),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(KEYS, VALUES, st.sampled_from(["platform", "vm-data"]))
def test_what_xenstore_does_not_take_is_refused_before_there_is_a_domain(
    clean: Backend, key: str, value: str, kind: str
) -> None:
    vm = clean.vm()
    if kind == "platform":
        vm = dataclasses.replace(vm, platformdata={key: value})
    else:
        vm = dataclasses.replace(vm, xsdata={f"vm-data/{key}": value})
    made = len(clean.hypervisor.domains())
    try:
        clean.create(vm)
    except XenopsError as refused:
        assert re.match("platform:|xenstore_data:", refused.value)
        assert len(clean.hypervisor.domains()) == made
        if len(key + value) < SHORT:  # what is long may be so only with the longest domid
            with pytest.raises(XenstoreError):
                clean.store.write(f"/warren-probe/{key}", value)
    else:
        assert clean.domains.request(vm.id) == "poweroff"
    finally:
        clean.domains.destroy(vm.id)
        clean.domains.clean(vm.id)
        clean.store.remove("/warren-probe")


@pytest.mark.parametrize("name", ["n" * 5000, "ü" * 3000, "a\nb", ""])
def test_a_vm_may_have_any_name(clean: Backend, name: str) -> None:
    vm = dataclasses.replace(clean.vm(), name=name)
    clean.create(vm)
    shown = clean.store.read(f"/local/domain/{clean.domid(vm)}/name")
    assert shown is not None and name.startswith(shown) and len(shown) >= min(len(name), 500)


def test_a_domain_without_nodes_is_one_to_be_removed(clean: Backend) -> None:
    """xenopsd died, or xenstored was away, just when the domain had been made."""
    vm = clean.vm()
    clean.hypervisor.create(vm.id, "pvh", 4096, 1)
    assert clean.domains.request(vm.id) == "poweroff"


def test_a_guest_whose_request_was_cancelled_does_not_obey_later(clean: Backend) -> None:
    vm = clean.running()
    clean.disturb(vm, obeys=False)
    task = RunningTask("cancelled", "test")
    task.cancel()
    with pytest.raises(XenopsError):
        clean.domains.request_shutdown(task, vm.id, "poweroff", 60.0)
    assert not clean.store.read(f"/local/domain/{clean.domid(vm)}/control/shutdown")


def test_a_guest_that_is_asked_stops(clean: Backend) -> None:
    vm = clean.running()
    assert clean.domains.request_shutdown(clean.task, vm.id, "poweroff", 10)
    assert clean.domains.wait_shutdown(clean.task, vm.id, 10)
    assert clean.domains.action_request(vm.id) == "poweroff"


def test_a_guest_that_stops_by_itself_need_not_acknowledge(clean: Backend) -> None:
    vm = clean.running()
    clean.act(vm, "poweroff")
    assert clean.domains.wait_shutdown(clean.task, vm.id, 30)
    assert clean.domains.request_shutdown(clean.task, vm.id, "poweroff", 60.0)


def test_a_guest_that_stops_instead_is_not_suspended(clean: Backend) -> None:
    vm = clean.running()
    clean.act(vm, "poweroff")
    assert clean.domains.wait_shutdown(clean.task, vm.id, 30)
    with pytest.raises(XenopsError, match="Failed_to_suspend"):
        clean.save(vm)


def test_a_guest_that_ignores_a_request_is_not_asked_for_ever(clean: Backend) -> None:
    vm = clean.running()
    clean.disturb(vm, obeys=False)
    assert not clean.domains.request_shutdown(clean.task, vm.id, "poweroff", 0.2)
    path = f"{names.domain(clean.domid(vm))}/control/shutdown"
    assert not clean.store.read(path), "it would obey later, when nobody expects it"


@pytest.mark.parametrize("action", ["reboot", "crash", "poweroff"])
def test_what_a_guest_does_by_itself_is_seen(clean: Backend, action: str) -> None:
    vm = clean.running()
    clean.act(vm, action)
    assert clean.domains.wait_shutdown(clean.task, vm.id, 10)
    assert clean.domains.action_request(vm.id) == action


def test_a_guest_that_went_on_is_heard_of_when_it_ends(clean: Backend) -> None:
    """Xenstore tells of a domain's end once, unless it is told that the domain goes on."""
    vm = clean.running()
    clean.save(vm)
    clean.domains.resume_in_place(vm.id)
    seen = clean.hypervisor.wait(0, 0)
    clean.act(vm, "poweroff")
    assert clean.hypervisor.wait(seen, 60) > seen


def test_a_suspended_vm_resumes_with_the_same_memory(clean: Backend) -> None:
    vm = clean.running()
    image = clean.save(vm)
    before = clean.memory_hash(vm)
    clean.domains.destroy(vm.id)
    clean.create(vm)
    clean.restore(vm, image)
    assert clean.memory_hash(vm) == before
    clean.domains.unpause(vm.id)
    assert state(clean, vm.id) is PowerState.Running


@pytest.mark.parametrize("seed", range(8))
def test_a_broken_image_is_refused(clean: Backend, seed: int) -> None:
    """Cut short or with a byte changed: an error of the interface, and nothing runs."""
    chance = random.Random(seed)
    vm = clean.running(memory_mib=8)
    broken = bytearray(clean.save(vm))
    clean.domains.destroy(vm.id)
    if seed % 2:
        del broken[chance.randrange(1, len(broken) - 40) :]
    else:
        broken[-20 if seed % 4 else 5] ^= 0xFF
    clean.create(vm)
    with pytest.raises(XenopsError):
        clean.restore(vm, broken)
    clean.domains.destroy(vm.id)


def test_devices_are_plugged_and_unplugged(clean: Backend) -> None:
    vm = clean.running()
    domain = clean.domains.get(vm.id)
    vbd, vif = clean.disk(vm), clean.interface(vm)
    for _ in range(2):
        clean.devices.plug_vbd(clean.task, domain, vbd)
        clean.devices.plug_vif(clean.task, domain, vif)
    assert clean.devices.vbd_state(domain, vbd).plugged
    assert clean.devices.vif_state(domain, vif).plugged
    for _ in range(2):
        clean.devices.unplug_vbd(clean.task, domain, vbd, force=False)
        clean.devices.unplug_vif(clean.task, domain, vif, force=False)
    assert not clean.devices.vbd_state(domain, vbd).plugged
    assert not clean.devices.vif_state(domain, vif).plugged
    leftover = [path for path in clean.nodes() if f"/{domain.domid}/" in path and "/vbd/" in path]
    assert not leftover


@pytest.mark.parametrize("ends", ["asked", "stands still"])
def test_devices_of_a_guest_that_has_ended_are_taken_away(clean: Backend, ends: str) -> None:
    """It has let go of them itself, or it never will."""
    vm = clean.running()
    domain = clean.domains.get(vm.id)
    vbd, vif = clean.disk(vm), clean.interface(vm)
    clean.devices.plug_vbd(clean.task, domain, vbd)
    clean.devices.plug_vif(clean.task, domain, vif)
    if ends == "asked":
        assert clean.domains.request_shutdown(clean.task, vm.id, "poweroff", 10)
        assert clean.domains.wait_shutdown(clean.task, vm.id, 10)
    clean.domains.pause(vm.id)
    domain = clean.domains.get(vm.id)
    clean.devices.unplug_vbd(clean.task, domain, vbd, force=True)
    clean.devices.unplug_vif(clean.task, domain, vif, force=True)
    assert not clean.devices.vbd_state(domain, vbd).plugged
    assert not clean.devices.vif_state(domain, vif).plugged


def test_a_disk_is_written_by_one_vm_at_a_time(clean: Backend) -> None:
    one, other = clean.running(), clean.running()
    clean.devices.plug_vbd(clean.task, clean.domains.get(one.id), clean.disk(one))
    with pytest.raises(XenopsError) as refused:
        clean.devices.plug_vbd(clean.task, clean.domains.get(other.id), clean.disk(other))
    assert "VDI_IN_USE" in failure(refused)
    read_only = clean.disk(other, mode=VbdMode.ReadOnly)
    clean.devices.plug_vbd(clean.task, clean.domains.get(other.id), read_only)
    for vm in (one, other):
        domain = clean.domains.get(vm.id)
        clean.devices.unplug_vbd(clean.task, domain, clean.disk(vm), force=True)


def test_a_medium_is_inserted_and_ejected(clean: Backend) -> None:
    vm = clean.running()
    domain = clean.domains.get(vm.id)
    disk = clean.disk(vm, "xvdd", VbdMode.ReadOnly)
    drive = dataclasses.replace(disk, backend=None, ty=VbdTy.CDROM)
    clean.devices.plug_vbd(clean.task, domain, drive)
    medium = clean.disk(vm, "medium").backend
    assert medium is not None
    clean.devices.insert(clean.task, domain, drive, medium)
    with pytest.raises(XenopsError) as refused:
        clean.devices.insert(clean.task, domain, drive, medium)
    assert refused.value.tag == "Media_present"
    clean.devices.eject(clean.task, domain, drive)
    assert clean.devices.vbd_state(domain, drive).backend_present is None
    with pytest.raises(XenopsError) as refused:
        clean.devices.eject(clean.task, domain, clean.disk(vm))
    assert refused.value.tag == "Media_not_ejectable"


def test_nonsense_in_a_guests_nodes_harms_nobody(clean: Backend) -> None:
    vm = clean.running()
    base = names.domain(clean.domid(vm))
    nonsense = {
        f"{base}/memory/target": "plenty",
        f"{base}/data/os_name": "\u2603 \u00e9",
        f"{base}/data/empty": "",
        f"{base}/control/feature-balloon": "yes\tno",
        f"{base}/attr/vif/0/ip": "999.1.2.3",
    }
    for path, value in nonsense.items():
        clean.store.write(path, value)
    found = clean.domains.state(vm, clean.domains.find(vm.id), rebooting=False)
    assert found.memory_target == 0
    assert found.guest_agent["data/os_name"] == "\u2603 \u00e9"


def test_a_guest_that_says_very_much_is_cut_short(clean: Backend) -> None:
    vm = clean.running()
    base = f"{names.domain(clean.domid(vm))}/data/flood"
    clean.store.write_all({f"{base}/{number}": "x" for number in range(2500)})
    assert (
        len(clean.domains.state(vm, clean.domains.find(vm.id), rebooting=False).guest_agent) <= 2000
    )
