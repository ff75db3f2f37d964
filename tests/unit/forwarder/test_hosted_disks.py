"""Disks that hosts serve: what is asked, recorded, and destroyed again after failures."""

from pathlib import Path
from typing import Any

import pytest
from datamodel.refs import NULL_REF
from forwarder.daemons import translate
from forwarder.records import devices
from forwarder.records.new_vm import new_vm
from forwarder.storage.making import MAKING
from xenops.storage import StorageError

from tests.unit.forwarder.hosted_pool import SIZE, HostedPool, served
from tests.unit.forwarder.storehouse import Died, failure, silent


@pytest.fixture
def pool(tmp_path: Path) -> HostedPool:
    return HostedPool(tmp_path)


@pytest.fixture
def sr(pool: HostedPool) -> str:
    return pool.sr()


def vm_with(pool: HostedPool, *vdis: str, on: str = NULL_REF) -> str:
    with pool.db.transaction() as tx:
        vm = new_vm(tx, {"name_label": "vm"})
        for place, vdi in enumerate(vdis):
            values = {"VM": vm, "VDI": vdi, "type": "Disk", "mode": "RW", "userdevice": str(place)}
            devices.add_vbd(tx, values, attached=on != NULL_REF)
        if on != NULL_REF:
            tx.update("VM", vm, {"resident_on": on, "power_state": "Running"})
    return str(vm)


def recorded(pool: HostedPool) -> set[str]:
    return {record["location"] for record in pool.all("VDI").values()}


def kept(pool: HostedPool) -> set[str]:
    return {location for shelf in pool.house.shelves.values() for location in shelf.disks}


def fails(pool: HostedPool, wire: str, error: BaseException, *, after: int, done: bool) -> None:
    """Have the call after ``after`` others fail, before or after it has taken effect."""
    seen = [0]

    def fault(name: str, is_done: bool) -> None:
        if name == wire and is_done is done:
            seen[0] += 1
            if seen[0] == after + 1:
                raise error

    pool.house.fault = fault


def test_a_disk_is_what_its_storage_made(pool: HostedPool, sr: str) -> None:
    record = pool.get("VDI", pool.disk(sr, SIZE + 1))
    assert record["virtual_size"] == SIZE + 4096
    assert (record["location"], record["managed"]) == (record["uuid"], True)
    assert pool.get("SR", sr)["virtual_allocation"] == SIZE + 4096
    assert pool.kv(MAKING) == {}


def test_hosts_know_disks_with_bytes_from_those_without(pool: HostedPool, sr: str) -> None:
    dummy = pool.call("SR.create", pool.hosts[0], {}, 0, "d", "", "dummy", "user", True, {})
    disks = pool.disk(sr), pool.disk(dummy)
    kinds = [translate.disk_of(pool.db.view, vdi) for vdi in disks]
    assert [disk.tag for disk in kinds if disk is not None] == ["VDI", "Local"]


def test_a_disk_is_worked_on_where_a_vm_uses_it(pool: HostedPool, sr: str) -> None:
    vdi = pool.disk(sr)
    vm_with(pool, vdi, on=pool.hosts[1])
    pool.call("VDI.snapshot", vdi, {})
    assert pool.house.asked[-1] == (pool.hosts[1], "VDI.snapshot")


def test_a_host_may_say_who_has_the_disk(pool: HostedPool, sr: str) -> None:
    vdi = pool.disk(sr)
    other = pool.get("host", pool.hosts[1])["uuid"]
    fails(
        pool, "VDI.snapshot", StorageError("Activated_on_another_host", other), after=0, done=False
    )
    pool.call("VDI.snapshot", vdi, {})
    assert pool.house.asked[-1] == (pool.hosts[1], "VDI.snapshot")


def test_the_disks_of_a_running_vm_are_snapshotted_at_one_instant(
    pool: HostedPool, sr: str
) -> None:
    disks = [pool.disk(sr), pool.disk(sr), pool.disk(sr)]
    vm = vm_with(pool, *disks, on=pool.hosts[1])
    pool.call("VM.snapshot", vm, "snapshot", [disks[2]])
    assert pool.house.asked[-1] == (pool.hosts[1], "DISKS.snapshot")
    images = [record for record in pool.all("VDI").values() if record["is_a_snapshot"]]
    assert {image["snapshot_of"] for image in images} == set(disks[:2])
    assert recorded(pool) == kept(pool)


MAKERS = ["VM.clone", "VM.copy", "VM.snapshot"]


def make(pool: HostedPool, wire: str, vm: str) -> list[str]:
    more = {"VM.clone": (), "VM.copy": (NULL_REF,), "VM.snapshot": ([],)}[wire]
    return pool.refused(wire, vm, "made", *more)


@pytest.mark.parametrize("wire", MAKERS)
@pytest.mark.parametrize("done", [True, False])
def test_what_a_failed_call_made_is_destroyed(
    pool: HostedPool, sr: str, wire: str, done: bool
) -> None:
    vm = vm_with(pool, pool.disk(sr), pool.disk(sr))
    before = kept(pool)
    last = {"VM.clone": "VDI.clone", "VM.copy": "VDI.create", "VM.snapshot": "VDI.snapshot"}[wire]
    fails(pool, last, failure(44, "no space"), after=1, done=done)
    assert make(pool, wire, vm)[0] == "SR_BACKEND_FAILURE_44"
    pool.tend()
    assert kept(pool) == before == recorded(pool)
    assert len(pool.all("VM")) == 1 and pool.kv(MAKING) == {}


def test_a_disk_that_cannot_be_destroyed_now_is_destroyed_later(pool: HostedPool, sr: str) -> None:
    def fault(wire: str, is_done: bool) -> None:
        if (wire, is_done) == ("VDI.create", True) or wire == "VDI.destroy":
            raise silent(pool.hosts[0])

    pool.house.fault = fault
    values = {"SR": sr, "virtual_size": SIZE, "type": "user"}
    assert pool.refused("VDI.create", values) == ["HOST_OFFLINE", pool.hosts[0]]
    pool.tend()
    assert len(kept(pool)) == 1 and recorded(pool) == set()
    pool.house.fault = lambda wire, is_done: None
    pool.tend()
    assert kept(pool) == set() and pool.kv(MAKING) == {}


def test_a_scan_leaves_alone_what_a_task_is_making(pool: HostedPool, sr: str) -> None:
    def fault(wire: str, is_done: bool) -> None:
        if wire == "VDI.create" and is_done:
            raise silent(pool.hosts[0])
        if wire == "VDI.destroy":
            raise failure(80, "not now")

    pool.house.fault = fault
    pool.refused("VDI.create", {"SR": sr, "virtual_size": SIZE, "type": "user"})
    pool.call("SR.scan", sr)
    assert pool.all("VDI") == {}


@pytest.mark.parametrize("done", [True, False])
def test_a_run_that_is_taken_over_makes_the_same_disks(
    pool: HostedPool, sr: str, done: bool
) -> None:
    vm = vm_with(pool, pool.disk(sr), pool.disk(sr))
    fails(pool, "VDI.clone", Died(), after=1, done=done)
    pool.call("VM.clone", vm, "clone")
    assert len(kept(pool)) == 4 and kept(pool) == recorded(pool)


def test_a_failed_task_that_is_taken_over_fails_again_and_makes_nothing(
    pool: HostedPool, sr: str
) -> None:
    vm = vm_with(pool, pool.disk(sr), pool.disk(sr))
    clones, dies = [0], [True]

    def fault(wire: str, is_done: bool) -> None:
        if wire == "VDI.clone" and is_done:
            clones[0] += 1
            if clones[0] == 2:
                raise failure(44, "no space")
        if wire == "VDI.destroy" and is_done and dies[0]:
            dies[0] = False
            raise Died

    pool.house.fault = fault
    assert pool.refused("VM.clone", vm, "clone")[0] == "SR_BACKEND_FAILURE_44"
    pool.tend()
    assert len(kept(pool)) == 2 and kept(pool) == recorded(pool)
    assert pool.kv(MAKING) == {}


def test_a_clone_is_a_copy_where_the_storage_cannot_clone(pool: HostedPool, sr: str) -> None:
    for host in pool.hosts:
        pool.report(host, [served("file", "VDI_CREATE", "VDI_DELETE")])
    vdi = pool.disk(sr)
    pool.on_shelf(vdi).bytes_ = 7
    clone = pool.call("VM.clone", vm_with(pool, vdi), "clone")
    (vbd,) = pool.get("VM", clone)["VBDs"]
    assert pool.on_shelf(pool.get("VBD", vbd)["VDI"]).bytes_ == 7
    assert (pool.hosts[0], "DISKS.copy") in pool.house.asked


def test_a_copy_goes_by_a_host_that_sees_both_srs(pool: HostedPool, sr: str) -> None:
    local = pool.sr(shared=False, host=1)
    vdi = pool.disk(sr)
    pool.on_shelf(vdi).bytes_ = 7
    there = pool.call("VDI.copy", vdi, local, NULL_REF, NULL_REF)
    assert pool.on_shelf(there).bytes_ == 7
    assert (pool.hosts[1], "DISKS.copy") in pool.house.asked
    into = pool.disk(sr)
    assert pool.call("VDI.copy", there, NULL_REF, NULL_REF, into) == into
    assert pool.on_shelf(into).bytes_ == 7
    other = pool.sr(shared=False, host=0)
    refused = pool.refused("VDI.copy", there, other, NULL_REF, NULL_REF)
    assert refused == ["HOST_CANNOT_SEE_SR", pool.hosts[1], other]
    pool.tend()
    assert kept(pool) == recorded(pool)


def test_only_what_differs_from_a_base_is_copied_over_its_contents(
    pool: HostedPool, sr: str
) -> None:
    vdi, into, other = pool.disk(sr), pool.disk(sr), pool.sr(shared=False, host=1)
    base = pool.call("VDI.snapshot", vdi, {})
    away = pool.call("VDI.copy", base, other, NULL_REF, NULL_REF)
    pool.on_shelf(vdi).bytes_ = 7
    for of in (base, away, vdi, into):
        pool.call("VDI.copy", vdi, NULL_REF, of, into)
    assert pool.call("VDI.copy", vdi, sr, base, NULL_REF) not in (vdi, into)
    named = [pool.get("VDI", of)["location"] for of in (base, vdi, into)]
    # The first copy has no base, the host cannot see the second one's, and the last disk is new.
    assert pool.house.bases == [None, named[0], None, named[1], named[2], None]
    assert pool.on_shelf(into).bytes_ == 7


def written(pool: HostedPool, base: str, into: str) -> list[str]:
    vm_with(pool, base, on=pool.hosts[0])
    return ["VDI_IN_USE", base, "copy"]


def without_data(pool: HostedPool, base: str, into: str) -> list[str]:
    with pool.db.transaction() as tx:
        tx.update("VDI", base, {"type": "cbt_metadata"})
    return ["VDI_INCOMPATIBLE_TYPE", base, "CBT metadata"]


def no_disk(pool: HostedPool, base: str, into: str) -> list[str]:
    with pool.db.transaction() as tx:
        tx.update("VDI", base, {"managed": False})
    return ["VDI_NOT_MANAGED", base]


def thick(pool: HostedPool, base: str, into: str) -> list[str]:
    for host in pool.hosts:
        pool.report(host, [served("file", "VDI_CREATE")])
    return ["VDI_NOT_SPARSE", into]


def read_only(pool: HostedPool, base: str, into: str) -> list[str]:
    thick(pool, base, into)
    with pool.db.transaction() as tx:
        tx.update("VDI", into, {"read_only": True, "virtual_size": 1})
    return ["VDI_READONLY", into]


def too_small(pool: HostedPool, base: str, into: str) -> list[str]:
    thick(pool, base, into)
    with pool.db.transaction() as tx:
        tx.update("VDI", into, {"virtual_size": 1})
    return ["VDI_TOO_SMALL", into, str(SIZE)]


@pytest.mark.parametrize("why", [written, without_data, no_disk, thick, read_only, too_small])
def test_a_copy_with_a_base_is_refused_before_anything_is_written(
    pool: HostedPool, sr: str, why: Any
) -> None:
    vdi, base, into = (pool.disk(sr) for _ in range(3))
    error = why(pool, base, into)
    assert pool.refused("VDI.copy", vdi, NULL_REF, base, into) == error
    assert pool.house.bases == []


def test_a_checksum_is_of_a_disk_that_nobody_uses(pool: HostedPool, sr: str) -> None:
    vdi = pool.disk(sr)
    pool.on_shelf(vdi).bytes_ = 7
    fails(pool, "DISKS.checksum", Died(), after=0, done=True)
    assert pool.call("VDI.checksum", vdi) == "md5 of 7"
    vm_with(pool, vdi, on=pool.hosts[0])
    assert pool.refused("VDI.checksum", vdi) == ["VDI_IN_USE", vdi, "checksum"]


def test_a_disk_that_moves_is_another_one_there(pool: HostedPool, sr: str) -> None:
    vdi, other = pool.disk(sr), pool.sr()
    image = pool.call("VDI.snapshot", vdi, {})
    vm = vm_with(pool, vdi)
    pool.on_shelf(vdi).bytes_ = 7
    fails(pool, "VDI.destroy", Died(), after=0, done=True)
    moved = pool.call("VDI.pool_migrate", vdi, other, {})
    assert moved != vdi and vdi not in pool.all("VDI")
    (vbd,) = pool.get("VM", vm)["VBDs"]
    assert pool.get("VBD", vbd)["VDI"] == moved
    assert pool.get("VDI", image)["snapshot_of"] == moved
    assert pool.on_shelf(moved).bytes_ == 7
    assert kept(pool) == recorded(pool)


def test_a_revert_keeps_the_disk_and_brings_its_bytes_back(pool: HostedPool, sr: str) -> None:
    vdi = pool.disk(sr)
    vm = vm_with(pool, vdi)
    pool.on_shelf(vdi).bytes_ = 1
    snapshot = pool.call("VM.snapshot", vm, "snapshot", [])
    pool.on_shelf(vdi).bytes_ = 2
    (vbd,) = pool.get("VM", snapshot)["VBDs"]
    pool.call("VDI.revert", pool.get("VBD", vbd)["VDI"])
    assert pool.on_shelf(vdi).bytes_ == 1
    assert pool.refused("VDI.revert", vdi) == ["ONLY_REVERT_SNAPSHOT"]


def test_blocks_that_changed_are_told_by_the_storage(pool: HostedPool, sr: str) -> None:
    vdi = pool.disk(sr)
    pool.call("VDI.enable_cbt", vdi)
    image = pool.call("VDI.snapshot", vdi, {})
    assert pool.call("VDI.list_changed_blocks", image, vdi) == "AAAA"
