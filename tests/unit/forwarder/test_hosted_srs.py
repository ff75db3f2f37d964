"""SRs that hosts serve: which host is asked for what, and what records say then."""

from dataclasses import replace
from pathlib import Path

import pytest
from datamodel.refs import NULL_REF
from forwarder.storage.hosted import UNSURE
from forwarder.storage.making import MAKING
from forwarder.storage.release import UNRELEASED, release
from xenops.storage import UNMANAGED, Pulled, SrHealth

from tests.unit.forwarder.hosted_pool import SIZE, HostedPool, served
from tests.unit.forwarder.storehouse import Disk, failure, silent

LAYER = "c0ffee00-0000-4000-8000-000000000001"


@pytest.fixture
def pool(tmp_path: Path) -> HostedPool:
    return HostedPool(tmp_path)


def pbds(pool: HostedPool, sr: str) -> dict[str, dict[str, object]]:
    records = (pool.get("PBD", pbd) for pbd in pool.get("SR", sr)["PBDs"])
    return {record["host"]: record for record in records}


# --- made, plugged, forgotten -------------------------------------------------------------------


def test_a_shared_sr_is_made_by_the_coordinator_and_plugged_everywhere(pool: HostedPool) -> None:
    sr = pool.sr(shared=True, host=1)
    assert pool.house.asked[0] == (pool.hosts[0], "SR.create")
    assert set(pbds(pool, sr)) == set(pool.hosts) == pool.shelf(sr).plugged
    assert all(pbd["currently_attached"] for pbd in pbds(pool, sr).values())
    assert {pbd["device_config"]["made"] for pbd in pbds(pool, sr).values()} == {"yes"}
    assert pool.get("SR", sr)["physical_size"] == 2**40


def test_an_sr_of_one_host_is_that_host_s_alone(pool: HostedPool) -> None:
    sr = pool.sr(shared=False, host=1)
    assert set(pbds(pool, sr)) == {pool.hosts[1]} == pool.shelf(sr).plugged
    assert {host for host, _ in pool.house.asked} == {pool.hosts[1]}


def test_what_cannot_be_made_leaves_nothing(pool: HostedPool) -> None:
    args = (pool.hosts[0], {"password": "p"}, 0, "sr", "", "file", "", True, {})
    assert pool.refused("SR.create", *args)[0] == "SR_BACKEND_FAILURE_90"
    assert [pool.all(cls) for cls in ("SR", "PBD", "secret")] == [{}, {}, {}]


def test_a_type_that_no_host_serves_is_unknown(pool: HostedPool) -> None:
    args = (pool.hosts[0], {}, 0, "sr", "", "nfs", "", True, {})
    assert pool.refused("SR.create", *args) == ["SR_UNKNOWN_DRIVER", "nfs"]


def test_passwords_are_secrets_in_records_and_plain_for_hosts(pool: HostedPool) -> None:
    sr = pool.sr(password="hush")
    for pbd in pbds(pool, sr).values():
        config = pbd["device_config"]
        assert isinstance(config, dict)
        assert {"shelf", "made", "password_secret"} == set(config)
    assert pool.shelf(sr).config["password"] == "hush"
    assert {secret["value"] for secret in pool.all("secret").values()} == {"hush"}


def test_a_plug_that_fails_is_not_told_of_when_an_sr_is_made(pool: HostedPool) -> None:
    def fault(wire: str, is_done: bool) -> None:
        if wire == "SR.attach":
            raise failure(73, "mount failed")

    pool.house.fault = fault
    sr = pool.sr()
    assert not any(pbd["currently_attached"] for pbd in pbds(pool, sr).values())
    (first, _) = pool.get("SR", sr)["PBDs"]
    assert pool.refused("PBD.plug", first)[0] == "SR_BACKEND_FAILURE_73"


def test_a_host_that_is_away_is_named_and_not_asked(pool: HostedPool) -> None:
    sr = pool.sr()
    with pool.db.transaction() as tx:
        tx.update("host_metrics", tx.get("host", pool.hosts[0])["metrics"], {"live": False})
    asked = len(pool.house.asked)
    values = {"SR": sr, "virtual_size": SIZE, "type": "user"}
    assert pool.refused("VDI.create", values) == ["HOST_OFFLINE", pool.hosts[0]]
    assert len(pool.house.asked) == asked


def test_a_shared_sr_is_worked_on_through_the_coordinator_s_pbd(pool: HostedPool) -> None:
    sr = pool.sr()
    for pbd in pool.get("SR", sr)["PBDs"]:
        if pool.get("PBD", pbd)["host"] == pool.hosts[0]:
            pool.call("PBD.unplug", pbd)
    assert pool.refused("SR.scan", sr) == ["SR_HAS_NO_PBDS", sr]
    assert pool.shelf(sr).plugged == {pool.hosts[1]}


def test_an_sr_is_destroyed_by_its_host_and_one_that_is_forgotten_stays(pool: HostedPool) -> None:
    gone, kept = pool.sr(), pool.sr()
    uuid = pool.get("SR", kept)["uuid"]
    for sr in (gone, kept):
        for pbd in pool.get("SR", sr)["PBDs"]:
            pool.call("PBD.unplug", pbd)
    pool.call("SR.destroy", gone)
    pool.call("SR.forget", kept)
    assert set(pool.house.shelves) == {uuid}
    assert pool.all("SR") == {} == pool.all("PBD")


def test_a_probe_s_error_carries_its_answer(pool: HostedPool) -> None:
    for wire in ("SR.probe", "SR.probe_ext"):
        refused = pool.refused(wire, pool.hosts[1], {}, "file", {})
        assert refused[0] == "SR_BACKEND_FAILURE_90"
    found = pool.call("SR.probe", pool.hosts[1], {"shelf": "a"}, "FILE", {})
    assert found == ""
    unsupported = ["SR_OPERATION_NOT_SUPPORTED"]
    assert pool.refused("SR.probe_ext", pool.hosts[1], {"shelf": "a"}, "file", {}) == unsupported
    (record,) = pool.call("SR.probe_ext", pool.hosts[1], {"shelf": "a"}, "records", {})
    assert record["configuration"] == {"shelf": "a"} and record["sr"] is None


# --- scans --------------------------------------------------------------------------------------


def test_a_scan_of_a_lost_mount_is_an_error_and_forgets_nothing(pool: HostedPool) -> None:
    sr = pool.sr()
    vdi = pool.disk(sr)
    pool.shelf(sr).is_reachable = False
    assert pool.refused("SR.scan", sr)[0] == "SR_BACKEND_FAILURE_47"
    assert pool.get("SR", sr)["VDIs"] == [vdi]


def test_a_scan_records_what_it_finds_and_forgets_what_is_gone_and_free(pool: HostedPool) -> None:
    sr = pool.sr()
    gone, used = pool.disk(sr), pool.disk(sr)
    snapshot = pool.call("VDI.snapshot", used, {})
    uuid = pool.get("VDI", snapshot)["uuid"]
    with pool.db.transaction() as tx:
        vm = tx.create("VM", {"power_state": "Running", "resident_on": pool.hosts[1]})
        tx.create("VBD", {"VM": vm, "VDI": used, "currently_attached": True, "type": "Disk"})
    pool.call("VDI.forget", snapshot)
    disks = pool.shelf(sr).disks
    lost: dict[str, Disk] = {}
    for vdi in (gone, used):
        location = pool.get("VDI", vdi)["location"]
        lost[location] = disks.pop(location)
    pool.call("SR.scan", sr)
    found = {vdi for vdi in pool.get("SR", sr)["VDIs"] if vdi != used}
    (again,) = found
    assert gone not in found and pool.get("VDI", used)["missing"]
    record = pool.get("VDI", again)
    assert (record["uuid"], record["is_a_snapshot"]) == (uuid, True)
    assert record["snapshot_of"] == used
    disks.update(lost)
    pool.call("SR.scan", sr)
    assert not pool.get("VDI", used)["missing"]
    assert len(pool.get("SR", sr)["VDIs"]) == 3
    assert pool.get("SR", sr)["virtual_allocation"] == 3 * SIZE


def test_a_disk_that_was_forgotten_is_introduced(pool: HostedPool) -> None:
    sr = pool.sr()
    vdi = pool.disk(sr, 3 * SIZE)
    record = pool.get("VDI", vdi)

    def introduce(location: str) -> tuple[object, ...]:
        said = (record["uuid"], "again", "", sr, "user", False, False, {}, location, {}, {}, True)
        return (*said, 0, 0, NULL_REF, False, "19700101T00:00:00Z", NULL_REF)

    known = pool.refused("VDI.introduce", *introduce(record["location"]))
    assert known == ["LOCATION_NOT_UNIQUE", sr, record["location"]]
    pool.call("VDI.forget", vdi)
    assert pool.refused("VDI.introduce", *introduce("x")) == ["VDI_MISSING", sr, "x"]
    again = pool.call("VDI.introduce", *introduce(record["location"]))
    assert pool.get("VDI", again)["virtual_size"] == 3 * SIZE


def test_names_are_kept_by_the_storage_too(pool: HostedPool) -> None:
    sr = pool.sr()
    vdi = pool.disk(sr)
    pool.call("VDI.set_name_label", vdi, "new")
    pool.call("SR.scan", sr)
    assert pool.get("VDI", vdi)["name_label"] == "new" == pool.on_shelf(vdi).info.name_label


# --- what hosts report --------------------------------------------------------------------------


def test_a_feature_counts_once_all_hosts_have_it(pool: HostedPool) -> None:
    pool.report(pool.hosts[0], [served("file", "VDI_CREATE", "VDI_RESET_ON_BOOT/2", "VDI_CLONE")])
    pool.report(pool.hosts[1], [served("file", "VDI_CREATE", "VDI_RESET_ON_BOOT/3")])
    (sm,) = [sm for sm in pool.all("SM").values() if sm["type"] == "file"]
    assert sm["features"] == {"VDI_CREATE": 1, "VDI_RESET_ON_BOOT": 2}
    assert sm["host_pending_features"] == {pool.hosts[0]: ["VDI_CLONE"]}
    assert {sm["type"] for sm in pool.all("SM").values()} == {"file", "dummy"}


def test_operators_hear_of_an_sr_that_cannot_be_reached_once(pool: HostedPool) -> None:
    sr = pool.sr()
    uuid = pool.get("SR", sr)["uuid"]
    for health in ("Healthy", "Unreachable", "Unreachable", "Healthy"):
        pool.report(pool.hosts[0], None, **{uuid: SrHealth(health)})
    told = [message["name"] for message in pool.all("message").values()]
    assert sorted(told) == ["SR_REACHABLE_AGAIN", "SR_UNREACHABLE"]
    assert all(pbd["currently_attached"] for pbd in pbds(pool, sr).values())


def test_a_host_that_has_lost_an_sr_is_told_of_it_again(pool: HostedPool) -> None:
    sr = pool.sr()
    pool.shelf(sr).plugged.clear()
    for host in pool.hosts:
        pool.report(host)
    pool.tend()
    assert pool.shelf(sr).plugged == set(pool.hosts)
    asked = len(pool.house.asked)
    pool.tend()
    assert len(pool.house.asked) == asked, "the same report is acted on once"


def test_a_layer_that_is_no_disk_is_recorded_as_not_managed(pool: HostedPool) -> None:
    sr = pool.sr()
    location = pool.get("VDI", pool.disk(sr))["location"]
    disks = pool.shelf(sr).disks
    layer = replace(disks[location].info, vdi=LAYER, uuid=LAYER, sm_config={UNMANAGED: "true"})
    disks[LAYER] = Disk(layer)
    pool.call("SR.scan", sr)
    [record] = [
        found
        for vdi in pool.get("SR", sr)["VDIs"]
        if (found := pool.get("VDI", vdi))["location"] == LAYER
    ]
    assert not record["managed"]


def test_a_host_that_did_not_answer_has_its_sr_scanned(pool: HostedPool) -> None:
    sr = pool.sr()
    vdi = pool.disk(sr)

    def fault(wire: str, is_done: bool) -> None:
        if wire == "VDI.resize" and is_done:
            raise silent(pool.hosts[0])

    pool.house.fault = fault
    assert pool.refused("VDI.resize", vdi, 2 * SIZE) == ["HOST_OFFLINE", pool.hosts[0]]
    assert pool.get("VDI", vdi)["virtual_size"] == SIZE
    pool.tend()
    assert pool.get("VDI", vdi)["virtual_size"] == 2 * SIZE
    assert pool.kv(UNSURE) == {}


def test_an_sr_with_auto_scan_is_scanned_now_and_then(pool: HostedPool) -> None:
    sr = pool.sr()
    with pool.db.transaction() as tx:
        tx.update("SR", sr, {"other_config": {"auto-scan": "true", "dirty": "1"}})
    vdi = pool.disk(sr)
    pool.call("VDI.forget", vdi)
    for scans in (1, 1):
        before = pool.house.asked.count((pool.hosts[0], "SR.scan2"))
        pool.tend()
        assert pool.house.asked.count((pool.hosts[0], "SR.scan2")) - before <= scans
    assert len(pool.get("SR", sr)["VDIs"]) == 1
    assert pool.get("SR", sr)["other_config"] == {"auto-scan": "true"}


# --- dead hosts ---------------------------------------------------------------------------------


def test_another_host_gives_back_what_a_dead_host_holds(pool: HostedPool) -> None:
    sr = pool.sr()
    uuids = pool.get("SR", sr)["uuid"], pool.get("host", pool.hosts[1])["uuid"]
    with pool.db.transaction() as tx:
        tx.update("host_metrics", tx.get("host", pool.hosts[1])["metrics"], {"live": False})
    release(pool.context("word"), pool.hosts[1], None)
    assert pool.house.released == [(*uuids, None)]
    for pbd in pool.get("SR", sr)["PBDs"]:
        if pool.get("PBD", pbd)["host"] == pool.hosts[0]:
            pool.call("PBD.unplug", pbd)
            unplugged = pbd
    context = pool.context("word")
    release(context, pool.hosts[1], "vm")
    context.commit()
    pool.tend()
    assert pool.house.released == [(*uuids, None)]
    pool.call("PBD.plug", unplugged)
    pool.tend()
    assert pool.house.released == [(*uuids, None), (*uuids, "vm")]
    assert pool.kv(UNRELEASED) == {} == pool.kv(MAKING)


def test_null_is_no_sr(pool: HostedPool) -> None:
    sr = pool.sr()
    vdi = pool.disk(sr)
    assert pool.refused("VDI.copy", vdi, NULL_REF, NULL_REF, NULL_REF)[0] == "HANDLE_INVALID"


def test_operators_hear_of_a_disk_that_a_vm_has_lost_once(pool: HostedPool) -> None:
    vdi = pool.get("VDI", pool.disk(pool.sr()))
    with pool.db.transaction() as tx:
        vm = tx.get("VM", tx.create("VM", {"name_label": "web", "power_state": "Running"}))
    lost = Pulled(sr="sr", vdi=vdi["uuid"], vm=vm["uuid"], why="its engine has ended")
    stranger = Pulled(sr="sr", vdi=vdi["uuid"], vm="nobody", why="its engine has ended")
    for pulled in ([], [lost, stranger], [lost, stranger], []):
        pool.report(pool.hosts[0], pulled=pulled)
    (message,) = pool.all("message").values()
    assert (message["name"], message["obj_uuid"]) == ("VM_HAS_LOST_DISK", vm["uuid"])
    for said in ("web", vdi["name_label"], vdi["uuid"], "its engine has ended", "plug it again"):
        assert said in message["body"]
