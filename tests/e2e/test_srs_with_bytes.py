"""SRs that hosts' storage daemons serve, on a real pool: records, files and hosts agree."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import XenAPI

from tests.conftest import MIB

NULL = "OpaqueRef:NULL"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture
def sr(api: Any, folder: Path) -> Iterator[str]:
    host, config = api.pool.get_all_records(), {"location": str(folder)}
    (pool,) = host.values()
    made = api.SR.create(pool["master"], config, "0", "files", "", "file", "user", True, {})
    yield made
    for pbd in api.SR.get_PBDs(made):
        api.PBD.unplug(pbd)
    api.SR.forget(made)


def disk(api: Any, sr: str, size: int = 8 * MIB) -> Any:
    values = {"name_label": "disk", "SR": sr, "virtual_size": str(size), "type": "user"}
    rest = {"sharable": False, "read_only": False, "other_config": {}, "name_description": ""}
    return api.VDI.create({**values, **rest})


def test_an_sr_of_files_is_plugged_everywhere_and_tells_its_size(api: Any, sr: str) -> None:
    record = api.SR.get_record(sr)
    assert all(api.PBD.get_currently_attached(pbd) for pbd in record["PBDs"])
    assert len(record["PBDs"]) == len(api.host.get_all())
    assert int(record["physical_size"]) > 0


def test_disks_come_and_go_with_their_files(api: Any, sr: str, folder: Path) -> None:
    vdi = disk(api, sr)
    snapshot = api.VDI.snapshot(vdi, {})
    clone = api.VDI.clone(snapshot, {})
    copy = api.VDI.copy(vdi, sr, NULL, NULL)
    api.VDI.resize(clone, str(16 * MIB))
    api.SR.scan(sr)
    assert set(api.SR.get_VDIs(sr)) == {vdi, snapshot, clone, copy}
    assert int(api.VDI.get_virtual_size(clone)) == 16 * MIB
    assert api.VDI.get_snapshot_of(snapshot) == vdi
    api.VDI.revert(snapshot)
    for each in (clone, copy, snapshot, vdi):
        api.VDI.destroy(each)
    api.SR.scan(sr)
    assert api.SR.get_VDIs(sr) == []
    assert int(api.SR.get_virtual_allocation(sr)) == 0


def test_changed_blocks_of_a_tracked_disk_are_told(api: Any, sr: str) -> None:
    vdi = disk(api, sr)
    api.VDI.enable_cbt(vdi)
    older, newer = api.VDI.snapshot(vdi, {}), api.VDI.snapshot(vdi, {})
    assert api.VDI.get_cbt_enabled(older)
    api.VDI.data_destroy(older)
    api.SR.scan(sr)
    assert api.VDI.get_type(older) == "cbt_metadata"
    assert set(api.VDI.list_changed_blocks(older, newer).rstrip("=")) == {"A"}
    with pytest.raises(XenAPI.Failure, match="SR_BACKEND_FAILURE_460"):
        api.VDI.list_changed_blocks(newer, older)
    api.VDI.disable_cbt(vdi)
    assert not api.VDI.get_cbt_enabled(vdi)
    for each in (newer, older, vdi):
        api.VDI.destroy(each)


def test_a_vm_starts_from_such_a_disk_and_is_snapshotted(api: Any, sr: str, vm: str) -> None:
    vdi = disk(api, sr)
    vbd = api.VBD.create(
        {
            **{"VM": vm, "VDI": vdi, "userdevice": "autodetect", "bootable": False, "mode": "RW"},
            **{"type": "Disk", "empty": False, "other_config": {}, "qos_algorithm_type": ""},
            "qos_algorithm_params": {},
        }
    )
    api.VM.start(vm, False, False)
    assert api.VBD.get_currently_attached(vbd)
    snapshot = api.VM.snapshot(vm, "snapshot", [])
    images = [api.VBD.get_VDI(each) for each in api.VM.get_VBDs(snapshot)]
    assert vdi in {api.VDI.get_snapshot_of(image) for image in images}
    with pytest.raises(XenAPI.Failure, match="VDI_IN_USE"):
        api.VDI.destroy(vdi)
    api.VM.hard_shutdown(vm)
    api.VM.revert(snapshot)
    assert vdi in {api.VBD.get_VDI(each) for each in api.VM.get_VBDs(vm)}
    api.VM.destroy(snapshot)
    for image in images:
        if api.VDI.get_SR(image) == sr:
            api.VDI.destroy(image)
    (of_disk,) = [each for each in api.VM.get_VBDs(vm) if api.VBD.get_VDI(each) == vdi]
    api.VBD.destroy(of_disk)
    api.VDI.destroy(vdi)


def test_what_is_wrong_is_said_before_anything_changes(api: Any, folder: Path) -> None:
    (host, *_) = api.host.get_all()
    before = set(api.SR.get_all())
    for config in (
        {},
        {"location": "relative"},
        {"location": str(folder / "missing" / ".." / "x")},
    ):
        with pytest.raises(XenAPI.Failure) as refused:
            api.SR.create(host, config, "0", "x", "", "file", "user", True, {})
        assert re.match("SR_BACKEND_FAILURE_", refused.value.details[0])
    assert set(api.SR.get_all()) == before
