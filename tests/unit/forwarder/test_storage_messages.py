"""What messages on SRs, PBDs and disks mark, refuse and record."""

from collections.abc import Callable
from typing import Any

import pytest
from datamodel.refs import NULL_REF
from forwarder import drivers
from forwarder.core import context as contexts
from forwarder.core.context import Context
from forwarder.locks import locking

from tests.unit.forwarder.plugged_pool import SIZE, Pool


@pytest.fixture
def pool(context: Context, monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setattr(contexts, "LOCK_WAIT_S", -1.0)
    return Pool(context, drivers.DUMMY)


def begin(pool: Pool, cls: str, ref: str, operation: str) -> None:
    with pool.context.transaction() as tx:
        locking.begin(tx, "other", cls, ref, operation)


def end(pool: Pool) -> None:
    with pool.context.transaction() as tx:
        locking.end_all(tx, "other")


def plugged_vm(pool: Pool, vdi: str, **vbd: Any) -> tuple[str, str]:
    with pool.context.transaction() as tx:
        vm = tx.create("VM", {"power_state": "Running", "resident_on": pool.host})
        values = {"VM": vm, "VDI": vdi, "currently_attached": True, "type": "Disk", **vbd}
        device = tx.create("VBD", values)
    return vm, device


# --- marks --------------------------------------------------------------------------------------

MARKS = {
    **{
        operation: f"vdi_{operation}"
        for operation in ("destroy", "snapshot", "clone", "resize", "enable_cbt", "disable_cbt")
    },
    "set_on_boot": "vdi_set_on_boot",
    **dict.fromkeys(("update", "forget", "copy"), None),
}


@pytest.mark.parametrize(("operation", "mark"), MARKS.items(), ids=MARKS)
def test_what_is_done_to_a_disk_is_seen_on_it_and_on_its_sr(
    pool: Pool, operation: str, mark: str | None
) -> None:
    vdi, other = pool.disk(), pool.disk()
    begin(pool, "VDI", vdi, operation)
    assert pool.get("VDI", vdi)["current_operations"] == {"other": operation}
    seen = {} if mark is None else {"other": mark}
    assert pool.get("SR", pool.sr)["current_operations"] == seen
    if mark is None:
        pool.call("VDI.resize", other, 2 * SIZE)
    else:
        assert pool.get("SR", pool.sr)["allowed_operations"] == []
        busy = ["OTHER_OPERATION_IN_PROGRESS", "SR", pool.sr, mark, "other"]
        assert pool.refused("VDI.resize", other, 2 * SIZE) == busy
        assert pool.refused("SR.scan", pool.sr) == busy
    end(pool)
    for cls, ref in (("VDI", vdi), ("SR", pool.sr)):
        assert pool.get(cls, ref)["current_operations"] == {}
        assert pool.get(cls, ref)["allowed_operations"]


def test_an_sr_is_given_back_where_its_disk_refuses(pool: Pool) -> None:
    vdi = pool.disk()
    plugged_vm(pool, vdi, mode="RW")
    assert pool.refused("VDI.resize", vdi, 2 * SIZE) == ["VDI_IN_USE", vdi, "resize"]
    assert pool.get("SR", pool.sr)["current_operations"] == {}
    with pool.context.transaction() as tx:
        assert tx.kv_items(locking.LOCKS) == {}


@pytest.mark.parametrize(
    ("operation", "mark"), [("plug", "plug"), ("unplug", "unplug"), ("destroy", "pbd_destroy")]
)
def test_what_is_done_to_a_pbd_is_seen_on_its_sr(pool: Pool, operation: str, mark: str) -> None:
    begin(pool, "PBD", pool.pbd, operation)
    assert pool.get("SR", pool.sr)["current_operations"] == {"other": mark}
    values = {"SR": pool.sr, "virtual_size": SIZE, "type": "user"}
    busy = ["OTHER_OPERATION_IN_PROGRESS", "SR", pool.sr, mark, "other"]
    assert pool.refused("VDI.create", values) == busy


def test_an_sr_is_asked_before_its_disk(pool: Pool) -> None:
    vdi = pool.disk()
    plugged_vm(pool, vdi, mode="RW")
    with pool.context.transaction() as tx:
        for sm in tx.refs("SM"):
            tx.update("SM", sm, {"features": {}})
    for wire, *args in (("VDI.destroy",), ("VDI.resize", 2 * SIZE)):
        unsupported = ["SR_OPERATION_NOT_SUPPORTED", pool.sr]
        assert pool.refused(wire, vdi, *args) == unsupported
    assert pool.refused("VDI.forget", vdi) == ["VDI_IN_USE", vdi, "forget"]


def test_moving_a_disk_is_work_on_its_vm(pool: Pool) -> None:
    vdi = pool.disk()
    with pool.context.transaction() as tx:
        vm = tx.create("VM", {"power_state": "Halted"})
        tx.create("VBD", {"VM": vm, "VDI": vdi, "type": "Disk", "mode": "RW"})
    begin(pool, "VDI", vdi, "mirror")
    assert pool.get("VM", vm)["current_operations"] == {"other": "migrate_send"}
    assert pool.get("SR", pool.sr)["current_operations"] == {}
    assert pool.refused("VM.destroy", vm)[0] == "OTHER_OPERATION_IN_PROGRESS"


def test_an_sr_stays_plugged_while_something_is_done_to_its_disks(pool: Pool) -> None:
    vdi = pool.disk()
    begin(pool, "VDI", vdi, "copy")
    assert pool.refused("PBD.unplug", pool.pbd)[0] == "OTHER_OPERATION_IN_PROGRESS"
    assert pool.get("PBD", pool.pbd)["currently_attached"]


def test_a_disk_of_a_vm_that_is_not_off_keeps_what_it_writes(pool: Pool) -> None:
    vdi = pool.disk()
    vm, _ = plugged_vm(pool, vdi)
    expected = ["VM_BAD_POWER_STATE", vm, "halted", "running"]
    assert pool.refused("VDI.set_on_boot", vdi, "reset") == expected


# --- SRs ----------------------------------------------------------------------------------------


def unplug(pool: Pool) -> None:
    pool.call("PBD.unplug", pool.pbd)


def test_an_sr_says_why_it_cannot_go(pool: Pool) -> None:
    vdi = pool.disk()
    for wire in ("SR.destroy", "SR.forget"):
        assert pool.refused(wire, pool.sr) == ["SR_HAS_PBD", pool.sr]
    unplug(pool)
    assert pool.refused("SR.destroy", pool.sr) == ["SR_NOT_EMPTY"]
    pool.call("VDI.forget", vdi)
    with pool.context.transaction() as tx:
        tx.update("SR", pool.sr, {"other_config": {"indestructible": "true"}})
        tx.update("host", pool.host, {"local_cache_sr": pool.sr})
    assert pool.refused("SR.destroy", pool.sr) == ["SR_INDESTRUCTIBLE", pool.sr]
    with pool.context.transaction() as tx:
        tx.update("SR", pool.sr, {"other_config": {}})
    assert pool.refused("SR.destroy", pool.sr) == ["SR_IS_CACHE_SR", pool.host]
    pool.call("PBD.destroy", pool.pbd)
    assert pool.refused("SR.destroy", pool.sr) == ["SR_HAS_NO_PBDS", pool.sr]
    pool.call("SR.forget", pool.sr)


def test_an_sr_of_two_hosts_stays_shared(pool: Pool) -> None:
    pool.call("SR.set_shared", pool.sr, True)
    with pool.context.transaction() as tx:
        other = tx.create("host", {})
    second = pool.call("PBD.create", {"SR": pool.sr, "host": other, "device_config": {}})
    expected = ["SR_HAS_MULTIPLE_PBDS", pool.pbd, second]
    assert sorted(pool.refused("SR.set_shared", pool.sr, False)) == sorted(expected)
    pool.call("PBD.destroy", second)
    pool.call("SR.set_shared", pool.sr, False)
    assert pool.get("SR", pool.sr)["shared"] is False


@pytest.mark.parametrize(
    "call",
    [
        lambda pool, vdi: ("SR.scan", pool.sr),
        lambda pool, vdi: ("SR.update", pool.sr),
        lambda pool, vdi: ("VDI.create", {"SR": pool.sr, "virtual_size": 1, "type": "user"}),
        lambda pool, vdi: ("VDI.resize", vdi, 2 * SIZE),
        lambda pool, vdi: ("VDI.snapshot", vdi, {}),
        lambda pool, vdi: ("VDI.destroy", vdi),
        lambda pool, vdi: ("VDI.copy", vdi, pool.sr, NULL_REF, NULL_REF),
    ],
)
def test_storage_that_no_host_uses_is_not_touched(
    pool: Pool, call: Callable[[Pool, str], tuple[Any, ...]]
) -> None:
    vdi = pool.disk()
    unplug(pool)
    assert "resize" not in pool.get("VDI", vdi)["allowed_operations"]
    wire, *args = call(pool, vdi)
    assert pool.refused(wire, *args) == ["SR_HAS_NO_PBDS", pool.sr]


# --- PBDs ---------------------------------------------------------------------------------------


def test_pbds_refuse_in_the_originals_words(pool: Pool) -> None:
    said = ["OPERATION_NOT_ALLOWED", "PBD is currently attached"]
    assert pool.refused("PBD.destroy", pool.pbd) == said
    values = {"SR": pool.sr, "host": pool.host, "device_config": {}}
    assert pool.refused("PBD.create", values) == ["PBD_EXISTS", pool.sr, pool.host, pool.pbd]
    vdis = [pool.disk(), pool.disk()]
    for vdi in vdis:
        plugged_vm(pool, vdi)
    assert sorted(pool.refused("PBD.unplug", pool.pbd)) == sorted(["VDI_IN_USE", *vdis])


def test_to_plug_or_unplug_twice_is_fine(pool: Pool) -> None:
    pool.call("PBD.plug", pool.pbd)
    for _ in range(2):
        unplug(pool)


def test_an_sr_that_is_one_hosts_is_not_plugged_by_another(pool: Pool) -> None:
    with pool.context.transaction() as tx:
        other = tx.create("host", {})
    second = pool.call("PBD.create", {"SR": pool.sr, "host": other, "device_config": {}})
    assert pool.refused("PBD.plug", second) == ["SR_NOT_SHARABLE", pool.sr, other]


def test_passwords_become_secrets_that_go_with_their_pbd(pool: Pool) -> None:
    config = {"server": "s", "username": "u", "cifspassword": "hidden"}
    args = (pool.host, config, 0, "with password", "", drivers.DUMMY, "", False, {})
    sr = pool.call("SR.create", *args)
    (pbd,) = pool.get("SR", sr)["PBDs"]
    told = dict(pool.get("PBD", pbd)["device_config"])
    (secret,) = pool.context.view.all("secret").values()
    assert told.pop("cifspassword_secret") == secret["uuid"]
    assert (told, secret["value"]) == ({"server": "s", "username": "u"}, "hidden")
    with pool.context.transaction() as tx:
        config = tx.get("PBD", pbd)["device_config"]
        joined = tx.create("PBD", {"host": tx.create("host", {}), "SR": sr})
        tx.update("PBD", joined, {"device_config": config})
    pool.call("PBD.destroy", joined)
    assert len(pool.context.view.all("secret")) == 1
    pool.call("PBD.unplug", pbd)
    pool.call("SR.forget", sr)
    assert pool.context.view.all("secret") == {}


# --- disks --------------------------------------------------------------------------------------


def test_disks_refuse_in_the_originals_words(pool: Pool) -> None:
    values = {"SR": pool.sr, "virtual_size": 1, "type": "cbt_metadata"}
    expected = ["VDI_INCOMPATIBLE_TYPE", "", "CBT metadata"]
    assert pool.refused("VDI.create", values) == expected
    vdi = pool.disk()
    text = "VDI Invalid size [opterr=shrinking not allowed]"
    assert pool.refused("VDI.resize", vdi, 1) == ["SR_BACKEND_FAILURE_79", "", text, ""]
    assert pool.refused("VDI.resize_online", vdi, 2 * SIZE) == ["MESSAGE_REMOVED"]
    with pool.context.transaction() as tx:
        tx.update("VDI", vdi, {"managed": False})
    for wire, *args in (("VDI.destroy",), ("VDI.resize", 2 * SIZE), ("VDI.snapshot", {})):
        assert pool.refused(wire, vdi, *args) == ["VDI_NOT_MANAGED", vdi]


def test_a_snapshots_data_goes_once(pool: Pool) -> None:
    vdi = pool.disk()
    pool.call("VDI.enable_cbt", vdi)
    snapshot = pool.call("VDI.snapshot", vdi, {})
    pool.call("VDI.data_destroy", snapshot)
    record = pool.get("VDI", snapshot)
    assert (record["type"], record["snapshot_of"]) == ("cbt_metadata", vdi)
    expected = ["VDI_INCOMPATIBLE_TYPE", snapshot, "CBT metadata"]
    assert pool.refused("VDI.clone", snapshot, {}) == expected
    assert pool.refused("VDI.data_destroy", vdi)[0] == "OPERATION_NOT_ALLOWED"


def test_a_disk_whose_changes_are_tracked_is_not_moved(pool: Pool) -> None:
    vdi = pool.disk()
    pool.call("VDI.enable_cbt", vdi)
    plugged_vm(pool, vdi)
    assert pool.refused("VDI.pool_migrate", vdi, pool.sr, {}) == ["VDI_CBT_ENABLED", vdi]


def test_what_is_overwritten_is_in_nobodys_use(pool: Pool) -> None:
    source, into = pool.disk(), pool.disk()
    begin(pool, "VDI", into, "copy")
    args = (source, NULL_REF, NULL_REF, into)
    assert pool.refused("VDI.copy", *args)[:3] == ["OTHER_OPERATION_IN_PROGRESS", "VDI", into]
    end(pool)
    plugged_vm(pool, into, mode="RO")
    assert pool.refused("VDI.copy", *args) == ["VDI_IN_USE", into, "copy"]
