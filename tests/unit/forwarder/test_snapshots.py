"""Snapshots, reverts, copies and destroyed VMs: which objects and links there are afterwards."""

from typing import Any

import pytest
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from forwarder.core.context import Context
from forwarder.core.registry import FUNCTIONS
from forwarder.locks import locking
from forwarder.records import devices, snapshot_metadata
from forwarder.records.new_vm import new_vm
from forwarder.storage import volumes
from pooldb.view import Record

from tests.records import shown

ROOM = 2**30


class Pool:
    """VMs that are never started, on one SR."""

    def __init__(self, context: Context) -> None:
        self.context = context
        with context.transaction() as tx:
            self.host = tx.create("host", {})
            self.sr = self.new_sr()
            self.vm = new_vm(tx, {"name_label": "vm"})
        self.commit()

    def commit(self) -> None:
        with self.context.transaction() as tx:
            locking.end_all(tx, "task")
        self.context.commit()

    def call(self, name: str, *args: Any) -> Any:
        try:
            return FUNCTIONS[name](self.context, *args)
        finally:
            self.commit()

    def refused(self, name: str, *args: Any) -> list[str]:
        with pytest.raises(XenAPIError) as refusal:
            self.call(name, *args)
        return refusal.value.description

    def new_sr(self, **fields: Any) -> str:
        with self.context.transaction() as tx:
            sr = tx.create("SR", {"type": "dummy", "physical_size": ROOM, **fields})
            tx.create("PBD", {"SR": sr, "host": self.host, "currently_attached": True})
        return sr

    def disk(self, **fields: Any) -> str:
        values = {"SR": self.sr, "virtual_size": 2**20, "type": "user", **fields}
        vdi = volumes.create(self.context, values)
        with self.context.transaction() as tx:
            tx.update("VDI", vdi, fields)
        self.commit()
        return vdi

    def attach(self, vdi: str, place: str = "0", vm: str = "", **fields: Any) -> str:
        values = {"type": "Disk", "mode": "RW", "userdevice": place, **fields}
        with self.context.transaction() as tx:
            vbd = devices.add_vbd(tx, {"VM": vm or self.vm, "VDI": vdi, **values})
        self.commit()
        return vbd

    def set(self, cls: str, ref: str, **changes: Any) -> None:
        with self.context.transaction() as tx:
            tx.update(cls, ref, changes)
        self.commit()

    def new(self, cls: str, **values: Any) -> str:
        with self.context.transaction() as tx:
            ref = tx.create(cls, values)
        self.commit()
        return ref

    def get(self, cls: str, ref: str) -> Record:
        return self.context.view.get(cls, ref)

    def exists(self, cls: str, ref: str) -> bool:
        return self.context.view.find(cls, ref) is not None

    def disks(self, vm: str) -> dict[str, str]:
        vbds = [self.get("VBD", vbd) for vbd in self.get("VM", vm)["VBDs"]]
        return {vbd["userdevice"]: vbd["VDI"] for vbd in vbds}

    def snapshot(self, *ignored: str) -> str:
        return str(self.call("VM.snapshot", self.vm, "snapshot", list(ignored)))


@pytest.fixture
def pool(context: Context) -> Pool:
    return Pool(context)


# --- snapshot -----------------------------------------------------------------------------------


def test_a_snapshot_leaves_out_what_it_is_told_to(pool: Pool) -> None:
    kept, ignored, medium = pool.disk(), pool.disk(), pool.disk()
    pool.attach(kept, "0")
    pool.attach(ignored, "1")
    pool.attach(medium, "2", type="CD", mode="RO")
    pool.attach(NULL_REF, "3", type="CD", mode="RO", empty=True)
    image = pool.disks(pool.snapshot(ignored, NULL_REF))
    assert image.keys() == {"0", "2", "3"}
    assert pool.get("VDI", image["0"])["snapshot_of"] == kept
    assert (image["2"], image["3"]) == (medium, NULL_REF)


def test_a_snapshot_owns_its_disks_and_is_in_nobody_s_use(pool: Pool) -> None:
    pool.attach(pool.disk(), other_config={"a": "b"}, currently_attached=True, reserved=True)
    vbd = pool.get("VBD", pool.get("VM", pool.snapshot())["VBDs"][0])
    assert vbd["other_config"] == {"owner": "", "a": "b"}
    assert (vbd["currently_attached"], vbd["reserved"]) == (False, False)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"sharable": True}, ["VDI_IS_SHARABLE"]),
        ({"managed": False}, ["VDI_NOT_MANAGED"]),
        ({"type": "cbt_metadata"}, ["VDI_INCOMPATIBLE_TYPE"]),
        ({"on_boot": "reset"}, ["VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION"]),
    ],
)
def test_a_disk_that_no_snapshot_can_have_keeps_all_from_it(
    pool: Pool, fields: dict[str, Any], error: list[str]
) -> None:
    pool.attach(pool.disk(), "0")
    odd = pool.disk()
    pool.set("VDI", odd, **fields)
    pool.attach(odd, "1")
    before = pool.context.view.refs("VDI"), pool.context.view.refs("VM")
    assert pool.refused("VM.snapshot", pool.vm, "snapshot", [])[:1] == error
    assert (pool.context.view.refs("VDI"), pool.context.view.refs("VM")) == before


# --- revert -------------------------------------------------------------------------------------


def test_a_disk_keeps_its_reference_and_all_its_snapshots_in_a_revert(pool: Pool) -> None:
    disk = pool.disk(physical_utilisation=1)
    pool.attach(disk)
    first = pool.snapshot()
    alone = pool.call("VDI.snapshot", disk, {})
    second = pool.snapshot()
    pool.set("VDI", disk, physical_utilisation=2, name_label="renamed")
    pool.call("VDI.resize", disk, 2**21)
    pool.call("VM.revert", first)
    assert pool.disks(pool.vm) == {"0": disk}
    images = [pool.disks(first)["0"], alone, pool.disks(second)["0"]]
    assert {pool.get("VDI", image)["snapshot_of"] for image in images} == {disk}
    record = pool.get("VDI", disk)
    assert (record["physical_utilisation"], record["virtual_size"]) == (1, 2**20)
    assert record["name_label"] == "renamed"
    total = sum(record["virtual_size"] for record in pool.context.view.all("VDI").values())
    assert pool.get("SR", pool.sr)["virtual_allocation"] == total


def test_what_was_attached_after_the_snapshot_or_left_out_stays(pool: Pool) -> None:
    root, ignored = pool.disk(), pool.disk()
    pool.attach(root, "0")
    pool.attach(ignored, "1")
    snapshot = pool.snapshot(ignored)
    added = pool.disk()
    pool.attach(added, "2")
    pool.call("VM.revert", snapshot)
    assert pool.disks(pool.vm) == {"0": root}
    assert pool.exists("VDI", ignored) and pool.exists("VDI", added)


def in_another_vm(pool: Pool, disk: str) -> None:
    pool.attach(disk, vm=pool.new("VM"))


def read_only(pool: Pool, disk: str) -> None:
    pool.set("VDI", disk, read_only=True)


def detached(pool: Pool, disk: str) -> None:
    pool.call("VBD.destroy", pool.get("VM", pool.vm)["VBDs"][0])


def redo_log(pool: Pool, disk: str) -> None:
    pool.new("pool", redo_log_vdi=disk)


def suspend_image(pool: Pool, disk: str) -> None:
    pool.new("VM", suspend_VDI=disk)


@pytest.mark.parametrize("use", [in_another_vm, read_only, detached, redo_log, suspend_image])
def test_a_disk_that_is_of_other_use_is_left_alone(pool: Pool, use: Any) -> None:
    disk = pool.disk(physical_utilisation=1)
    pool.attach(disk)
    snapshot, other = pool.snapshot(), pool.call("VDI.snapshot", disk, {})
    pool.set("VDI", disk, physical_utilisation=2)
    use(pool, disk)
    pool.call("VM.revert", snapshot)
    made = pool.disks(pool.vm)["0"]
    assert made != disk
    assert pool.get("VDI", disk)["physical_utilisation"] == 2
    assert pool.get("VDI", made)["physical_utilisation"] == 1
    images = (pool.disks(snapshot)["0"], other)
    assert [pool.get("VDI", image)["snapshot_of"] for image in images] == [made, made]


def test_a_disk_that_is_gone_is_made_anew(pool: Pool) -> None:
    disk = pool.disk()
    pool.attach(disk)
    snapshot = pool.snapshot()
    pool.call("VDI.destroy", disk)
    assert pool.disks(pool.vm) == {}
    pool.call("VM.revert", snapshot)
    image = pool.get("VDI", pool.disks(snapshot)["0"])
    assert image["snapshot_of"] == pool.disks(pool.vm)["0"]


def test_a_disk_at_two_places_stays_one(pool: Pool) -> None:
    disk = pool.disk()
    pool.attach(disk, "0")
    pool.attach(disk, "1")
    snapshot = pool.snapshot()
    pool.call("VM.revert", snapshot)
    assert pool.disks(pool.vm) == {"0": disk, "1": disk}
    read_only(pool, disk)
    pool.call("VM.revert", snapshot)
    made = pool.disks(pool.vm)
    assert made["0"] == made["1"] != disk


def test_without_room_for_a_new_disk_nothing_is_reverted(pool: Pool) -> None:
    disk = pool.disk()
    pool.attach(disk)
    snapshot = pool.snapshot()
    read_only(pool, disk)
    pool.set("VM", pool.vm, name_label="later")
    pool.set("SR", pool.sr, physical_size=2**21 + 1)
    assert pool.refused("VM.revert", snapshot) == ["SR_FULL", str(2**20), "1"]
    assert pool.get("VM", pool.vm)["name_label"] == "later"
    assert pool.disks(pool.vm) == {"0": disk}


def test_drives_get_back_the_media_that_are_still_there(pool: Pool) -> None:
    kept, gone = pool.disk(), pool.disk()
    drives = [
        pool.attach(medium, place, type="CD", mode="RO")
        for place, medium in (("0", kept), ("1", gone))
    ]
    snapshot = pool.snapshot()
    for drive in drives:
        pool.call("VBD.eject", drive)
    pool.call("VDI.destroy", gone)
    pool.call("VM.revert", snapshot)
    vbds = [pool.get("VBD", vbd) for vbd in pool.get("VM", pool.vm)["VBDs"]]
    assert [(vbd["VDI"], vbd["empty"]) for vbd in vbds] == [(kept, False), (NULL_REF, True)]


def test_an_appliance_that_is_no_more_is_not_gone_back_to(pool: Pool) -> None:
    appliance = pool.new("VM_appliance")
    pool.set("VM", pool.vm, appliance=appliance, order=3)
    snapshot = pool.snapshot()
    pool.set("VM", pool.vm, appliance=NULL_REF, order=0)
    pool.call("VM.revert", snapshot)
    assert pool.get("VM_appliance", appliance)["VMs"] == [pool.vm]
    pool.call("VM_appliance.destroy", appliance)
    pool.call("VM.revert", snapshot)
    record = pool.get("VM", pool.vm)
    assert (record["appliance"], record["order"]) == (NULL_REF, 3)


def test_metrics_are_the_snapshots(pool: Pool) -> None:
    old = pool.get("VM", pool.vm)["metrics"]
    pool.set("VM_metrics", old, install_time="20240101T00:00:00Z")
    snapshot = pool.snapshot()
    pool.set("VM_metrics", old, install_time="20250101T00:00:00Z")
    pool.call("VM.revert", snapshot)
    made = pool.get("VM", pool.vm)["metrics"]
    assert pool.get("VM_metrics", made)["install_time"] == "20240101T00:00:00Z"
    assert not pool.exists("VM_metrics", old)
    assert made != pool.get("VM", snapshot)["metrics"]


def test_a_vm_that_is_gone_is_made_anew_with_its_uuid(pool: Pool) -> None:
    disk = pool.disk()
    pool.attach(disk)
    pool.set("VM", pool.vm, tags=["kept"], name_description="kept")
    record = pool.get("VM", pool.vm)
    first, second = pool.snapshot(), pool.snapshot()
    pool.call("VM.destroy", pool.vm)
    assert pool.get("VM", first)["snapshot_of"] == NULL_REF
    pool.call("VM.revert", first)
    vm = pool.get("VM", first)["snapshot_of"]
    assert pool.get("VM", second)["snapshot_of"] == vm
    for name in ("uuid", "name_label", "name_description", "tags", "other_config"):
        assert pool.get("VM", vm)[name] == record[name], name
    assert pool.disks(vm)["0"] != disk and pool.exists("VDI", disk)
    assert pool.get("VM", vm)["parent"] == first


def test_a_vm_whose_uuid_another_one_has_is_not_made(pool: Pool) -> None:
    uuid = pool.get("VM", pool.vm)["uuid"]
    snapshot = pool.snapshot()
    pool.call("VM.destroy", pool.vm)
    pool.new("VM", uuid=uuid)
    assert pool.refused("VM.revert", snapshot) == ["VM_REVERT_FAILED", snapshot, NULL_REF]


@pytest.mark.parametrize("text", ["", "(", "('uuid' 'x')", "(('is_a_template' 'perhaps'))"])
def test_a_snapshot_that_cannot_be_read_changes_nothing(pool: Pool, text: str) -> None:
    snapshot = pool.snapshot()
    pool.set("VM", snapshot, snapshot_metadata=text)
    before = pool.get("VM", pool.vm)
    assert pool.refused("VM.revert", snapshot) == ["VM_REVERT_FAILED", snapshot, pool.vm]
    assert pool.get("VM", pool.vm) == before


def test_what_is_written_of_a_vm_can_be_read(pool: Pool) -> None:
    odd = {"it's": "a \\ and\na (line)", "": ""}
    pool.set("VM", pool.vm, other_config=odd, tags=["'", "\\'"], blobs={}, is_control_domain=True)
    record = pool.get("VM", pool.vm)
    text = snapshot_metadata.written(pool.vm, shown("VM", record))
    assert snapshot_metadata.read(text) == (pool.vm, record)
    assert snapshot_metadata.read("(('unknown' 'x') ('order' '3'))")[1]["order"] == 3


# --- clone, copy --------------------------------------------------------------------------------


def test_a_copy_is_made_where_it_is_told_to_or_not_at_all(pool: Pool) -> None:
    pool.attach(pool.disk(read_only=True), "0", mode="RO")
    pool.attach(pool.disk(), "1")
    other, small = pool.new_sr(), pool.new_sr(physical_size=2**20)
    iso = pool.new_sr(content_type="iso")
    made = pool.call("VM.copy", pool.vm, "copy", other)
    records = [pool.get("VDI", vdi) for vdi in pool.disks(made).values()]
    assert [(vdi["SR"], vdi["read_only"]) for vdi in records] == [(other, False)] * 2
    before = pool.context.view.refs("VDI")
    assert pool.refused("VM.copy", pool.vm, "x", small) == ["SR_FULL", str(2**21), str(2**20)]
    assert pool.refused("VM.copy", pool.vm, "x", iso)[0] == "OPERATION_NOT_ALLOWED"
    assert pool.context.view.refs("VDI") == before


@pytest.mark.parametrize(("source", "is_template"), [("vm", False), ("snapshot", True)])
def test_a_clone_is_a_template_if_its_original_is(
    pool: Pool, source: str, is_template: bool
) -> None:
    original = pool.snapshot() if source == "snapshot" else pool.vm
    made = pool.get("VM", pool.call("VM.clone", original, "clone"))
    assert (made["is_a_template"], made["is_a_snapshot"]) == (is_template, False)
    assert (made["parent"], made["snapshot_of"]) == (NULL_REF, NULL_REF)


def test_a_copy_into_a_disk_leaves_its_record(pool: Pool) -> None:
    source, into = pool.disk(name_label="source"), pool.disk(name_label="into")
    before = pool.get("VDI", into)
    assert pool.call("VDI.copy", source, NULL_REF, NULL_REF, into) == into
    assert pool.get("VDI", into) == before
    small = pool.disk(virtual_size=1)
    expected = ["VDI_TOO_SMALL", small, str(2**20)]
    assert pool.refused("VDI.copy", source, NULL_REF, NULL_REF, small) == expected
    pool.set("VDI", into, read_only=True)
    assert pool.refused("VDI.copy", source, NULL_REF, NULL_REF, into) == ["VDI_READONLY", into]
    nowhere = pool.refused("VDI.copy", source, NULL_REF, NULL_REF, NULL_REF)
    assert nowhere == ["HANDLE_INVALID", "SR", NULL_REF]


def test_a_disk_grows_and_moves_only_where_there_is_room(pool: Pool) -> None:
    disk, small = pool.disk(), pool.new_sr(physical_size=2**19)
    pool.attach(disk)
    assert pool.refused("VDI.resize", disk, 2**40)[0] == "SR_FULL"
    assert pool.refused("VDI.pool_migrate", disk, small, {})[0] == "SR_FULL"
    pool.call("VDI.resize", disk, ROOM)
    record = pool.get("VDI", disk)
    assert (record["virtual_size"], record["SR"]) == (ROOM, pool.sr)


# --- destroy ------------------------------------------------------------------------------------


def test_a_tree_closes_behind_a_snapshot_that_goes(pool: Pool) -> None:
    first, second = pool.snapshot(), pool.snapshot()
    assert (pool.get("VM", pool.vm)["parent"], pool.get("VM", second)["parent"]) == (second, first)
    pool.call("VM.revert", first)
    assert set(pool.get("VM", first)["children"]) == {second, pool.vm}
    pool.call("VM.destroy", first)
    for ref in (second, pool.vm):
        assert pool.get("VM", ref)["parent"] == NULL_REF
    assert pool.get("VM", pool.vm)["snapshots"] == [second]


def test_what_is_nothing_without_its_vm_goes_with_it_and_no_disk(pool: Pool) -> None:
    disk, dump = pool.disk(), pool.disk(type="crashdump")
    pool.attach(disk)
    group, host_pci = pool.new("VM_group"), pool.new("PCI")
    owned = [
        *((cls, pool.new(cls, VM=pool.vm)) for cls in ("console", "VTPM", "VUSB", "VGPU", "VIF")),
        ("crashdump", pool.new("crashdump", VM=pool.vm, VDI=dump)),
        ("VM_metrics", pool.get("VM", pool.vm)["metrics"]),
        ("VM_guest_metrics", pool.new("VM_guest_metrics")),
        ("blob", pool.new("blob")),
    ]
    refs = dict(owned)
    pool.set("VM", pool.vm, blobs={"x": refs["blob"]}, guest_metrics=refs["VM_guest_metrics"])
    pool.set("VM", pool.vm, groups=[group], attached_PCIs=[host_pci])
    pool.call("VM.destroy", pool.vm)
    assert [cls for cls, ref in owned if pool.exists(cls, ref)] == []
    assert pool.exists("VDI", disk) and pool.exists("VDI", dump)
    assert pool.context.view.all("VBD") == {}
    assert pool.get("VM_group", group)["VMs"] == pool.get("PCI", host_pci)["attached_VMs"] == []


def test_a_suspend_image_goes_with_its_vm_unless_it_is_of_other_use(pool: Pool) -> None:
    image, disk = pool.disk(type="suspend"), pool.disk()
    pool.attach(disk, vm=pool.new("VM"))
    sleeper = pool.new("VM", suspend_VDI=disk, metrics=NULL_REF)
    pool.set("VM", pool.vm, suspend_VDI=image)
    pool.call("VM.destroy", pool.vm)
    pool.call("VM.destroy", sleeper)
    assert (pool.exists("VDI", image), pool.exists("VDI", disk)) == (False, True)


def forget_sr(pool: Pool, vdi: str) -> None:
    sr = pool.get("VDI", vdi)["SR"]
    for pbd in pool.get("SR", sr)["PBDs"]:
        pool.set("PBD", pbd, currently_attached=False)
    pool.call("SR.forget", sr)


@pytest.mark.parametrize(
    "end",
    [
        lambda pool, vdi: pool.call("VDI.destroy", vdi),
        lambda pool, vdi: pool.call("VDI.forget", vdi),
        forget_sr,
    ],
)
def test_a_disk_that_goes_frees_its_places_and_leaves_drives_empty(pool: Pool, end: Any) -> None:
    vdi = pool.disk()
    snapshot = pool.disk(SR=pool.new_sr(), is_a_snapshot=True, snapshot_of=vdi)
    pool.attach(vdi, "0")
    drive = pool.attach(vdi, "1", type="CD", mode="RO")
    sleeper = pool.new("VM", suspend_VDI=vdi)
    end(pool, vdi)
    assert pool.get("VM", pool.vm)["VBDs"] == [drive]
    assert (pool.get("VBD", drive)["VDI"], pool.get("VBD", drive)["empty"]) == (NULL_REF, True)
    assert pool.get("VDI", snapshot)["snapshot_of"] == NULL_REF
    assert pool.get("VM", sleeper)["suspend_VDI"] == NULL_REF
    assert len(pool.context.view.all("VBD_metrics")) == 1


# --- templates ----------------------------------------------------------------------------------


def test_a_provisioned_vm_owns_the_disks_that_its_template_asks_for(pool: Pool) -> None:
    uuid = pool.get("SR", pool.sr)["uuid"]
    disks = f'<provision><disk device="0" size="1024" sr="{uuid}" bootable="true"/></provision>'
    said = {"disks": disks, "postinstall": "script", "kept": "yes"}
    pool.set("VM", pool.vm, is_a_template=True, other_config=said, metrics=NULL_REF)
    pool.call("VM.provision", pool.vm)
    record = pool.get("VM", pool.vm)
    assert (record["is_a_template"], record["other_config"]) == (False, {"kept": "yes"})
    assert not pool.get("VM_metrics", record["metrics"])["install_time"].startswith("1970")
    vbd = pool.get("VBD", record["VBDs"][0])
    assert (vbd["other_config"], vbd["bootable"]) == ({"owner": ""}, True)
    assert pool.get("VDI", vbd["VDI"])["name_label"] == "0"


def test_without_the_sr_that_it_asks_for_a_template_stays_one(pool: Pool) -> None:
    said = {"disks": '<provision><disk device="0" size="1024" sr=""/></provision>'}
    pool.set("VM", pool.vm, is_a_template=True, other_config=said)
    assert pool.refused("VM.provision", pool.vm) == ["UUID_INVALID", "sr", ""]
    assert pool.get("VM", pool.vm)["is_a_template"]


def test_a_template_has_no_run_and_gets_one_when_it_is_none(pool: Pool) -> None:
    old = pool.get("VM", pool.vm)["metrics"]
    pool.call("VM.set_is_a_template", pool.vm, True)
    assert not pool.exists("VM_metrics", old)
    pool.call("VM.set_is_a_template", pool.vm, False)
    made = pool.get("VM_metrics", pool.get("VM", pool.vm)["metrics"])
    assert not made["install_time"].startswith("1970")
