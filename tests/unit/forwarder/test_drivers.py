"""What every driver promises, and what of it messages do: on each driver, also one that lacks much.

`DRIVERS_UNDER_TEST` is where a new one is added.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from datamodel.refs import NULL_REF, new_uuid
from forwarder import drivers
from forwarder.core.context import Context
from forwarder.drivers.driver import Contents, Driver, Volume
from forwarder.drivers.dummy import Dummy
from forwarder.locks import locking

from tests.unit.forwarder.paper import PAPER, Paper
from tests.unit.forwarder.plugged_pool import CONFIG, SIZE, Pool

NOTHING = Contents(0, 0, ())

DRIVERS_UNDER_TEST: dict[str, Callable[[], Driver]] = {
    "dummy": Dummy,
    "paper": Paper,
    "paper that only reads": lambda: Paper("VDI_CREATE", "VDI_DELETE", "VDI_SNAPSHOT"),
}


@pytest.fixture(params=DRIVERS_UNDER_TEST.values(), ids=DRIVERS_UNDER_TEST.keys())
def driver(request: pytest.FixtureRequest) -> Driver:
    made: Driver = request.param()
    return made


@pytest.fixture
def sr(driver: Driver) -> str:
    uuid = new_uuid()
    assert driver.sr_create(uuid, CONFIG, 0) > 0
    driver.sr_attach(uuid, CONFIG)
    return uuid


# --- the protocol -------------------------------------------------------------------------------


def test_an_sr_is_as_large_as_it_was_asked_for(driver: Driver) -> None:
    assert driver.sr_create(new_uuid(), CONFIG, SIZE) == SIZE


def test_an_sr_is_attached_and_detached_as_often_as_you_like(driver: Driver, sr: str) -> None:
    driver.sr_attach(sr, CONFIG)
    driver.sr_detach(sr)
    driver.sr_detach(sr)
    driver.sr_attach(sr, CONFIG)
    driver.sr_destroy(sr)


def test_a_disk_is_at_least_as_large_as_it_was_asked_for(driver: Driver, sr: str) -> None:
    volume = driver.vdi_create(sr, new_uuid(), SIZE - 1)
    assert volume.virtual_size >= SIZE - 1
    grown = driver.vdi_resize(sr, volume, 2 * SIZE)
    assert (grown.location, grown.virtual_size >= 2 * SIZE) == (volume.location, True)


def test_what_is_made_of_a_disk_is_as_large_and_another_one(driver: Driver, sr: str) -> None:
    volume = driver.vdi_create(sr, new_uuid(), SIZE)
    others = [
        driver.vdi_snapshot(sr, volume, new_uuid()),
        driver.vdi_clone(sr, volume, new_uuid()),
        driver.vdi_copy(sr, volume, driver.vdi_create(sr, new_uuid(), SIZE)),
    ]
    assert {other.virtual_size for other in others} == {volume.virtual_size}
    assert len({volume.location, *(other.location for other in others)}) == 4
    recorded = Contents(2**40, 0, (volume, *others))
    assert set(driver.sr_scan(sr, recorded).volumes) == {volume, *others}


def test_a_disk_is_erased_once(driver: Driver, sr: str) -> None:
    volume = driver.vdi_create(sr, new_uuid(), SIZE)
    driver.vdi_delete(sr, volume.location)
    driver.vdi_delete(sr, volume.location)
    assert driver.sr_scan(sr, NOTHING).volumes == ()


def test_what_it_has_features_for_can_be_recorded(driver: Driver) -> None:
    described = driver.description
    assert described.name_label and described.name_description
    assert len(set(described.features)) == len(described.features)


# --- the messages -------------------------------------------------------------------------------


@pytest.fixture
def serving(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    monkeypatch.setitem(drivers.DRIVERS, PAPER, driver)
    yield driver


@pytest.fixture
def pool(serving: Driver, context: Context) -> Pool:
    return Pool(context)


# What needs which feature; the driver is asked for it, or the message refused for the SR.
NEEDS: list[tuple[str, str, tuple[Any, ...]]] = [
    ("VDI_SNAPSHOT", "VDI.snapshot", ({},)),
    ("VDI_CLONE", "VDI.clone", ({},)),
    ("VDI_RESIZE", "VDI.resize", (2 * SIZE,)),
    ("VDI_UPDATE", "VDI.update", ()),
    ("VDI_DELETE", "VDI.destroy", ()),
    ("VDI_CONFIG_CBT", "VDI.enable_cbt", ()),
    ("VDI_RESET_ON_BOOT", "VDI.set_on_boot", ("reset",)),
]


@pytest.mark.parametrize(("feature", "wire", "args"), NEEDS, ids=lambda found: str(found))
def test_features_decide_what_may_be_done(
    pool: Pool, serving: Driver, feature: str, wire: str, args: tuple[Any, ...]
) -> None:
    uuid = pool.get("SR", pool.sr)["uuid"]
    volume = serving.vdi_create(uuid, new_uuid(), SIZE)
    with pool.context.transaction() as tx:
        facts = {"location": volume.location, "virtual_size": SIZE, "managed": True}
        vdi = tx.create("VDI", {"SR": pool.sr, **facts})
        locking.refresh(tx, "VDI", vdi)
        locking.refresh(tx, "SR", pool.sr)
    operation = wire.removeprefix("VDI.")
    has = feature in serving.description.features
    if operation in ("snapshot", "clone", "resize", "update", "destroy"):
        assert (operation in pool.get("VDI", vdi)["allowed_operations"]) is has
    if operation not in ("clone", "update"):
        assert (f"vdi_{operation}" in pool.get("SR", pool.sr)["allowed_operations"]) is has
    if has:
        pool.call(wire, vdi, *args)
    else:
        assert pool.refused(wire, vdi, *args) == ["SR_OPERATION_NOT_SUPPORTED", pool.sr]


def test_a_disk_is_made_where_disks_can_be(pool: Pool, serving: Driver) -> None:
    if "VDI_CREATE" in serving.description.features:
        vdi = pool.get("VDI", pool.disk())
        assert (vdi["managed"], vdi["virtual_size"]) == (True, SIZE)
    else:
        values = {"SR": pool.sr, "virtual_size": SIZE, "type": "user"}
        assert pool.refused("VDI.create", values) == ["SR_OPERATION_NOT_SUPPORTED", pool.sr]


# --- with a driver that has disks of its own ----------------------------------------------------


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    driver = Paper()
    monkeypatch.setitem(drivers.DRIVERS, PAPER, driver)
    return driver


@pytest.fixture
def papers(paper: Paper, context: Context) -> Pool:
    return Pool(context)


def test_records_say_what_the_driver_made(papers: Pool, paper: Paper) -> None:
    vdi = papers.disk(SIZE + 1)
    record = papers.get("VDI", vdi)
    assert record["virtual_size"] == SIZE + 4096
    shelf = paper.shelves[papers.get("SR", papers.sr)["uuid"]]
    assert set(shelf) == {record["location"]}
    papers.call("VDI.resize", vdi, 2 * SIZE + 1)
    assert shelf[record["location"]].virtual_size == 2 * SIZE + 4096
    assert papers.get("SR", papers.sr)["virtual_allocation"] == 2 * SIZE + 4096
    papers.call("VDI.destroy", vdi)
    assert shelf == {}


def test_a_disk_that_is_forgotten_is_found_again(papers: Pool, paper: Paper) -> None:
    vdi = papers.disk()
    location = papers.get("VDI", vdi)["location"]
    papers.call("VDI.forget", vdi)
    assert papers.get("SR", papers.sr)["VDIs"] == []
    papers.call("SR.scan", papers.sr)
    (found,) = papers.get("SR", papers.sr)["VDIs"]
    record = papers.get("VDI", found)
    assert (record["location"], record["virtual_size"]) == (location, SIZE)
    assert papers.get("SR", papers.sr)["virtual_allocation"] == SIZE


def test_a_disk_that_is_gone_loses_its_record_unless_it_is_used(papers: Pool, paper: Paper) -> None:
    gone, used, kept = papers.disk(), papers.disk(), papers.disk()
    with papers.context.transaction() as tx:
        attached = {"VM": tx.create("VM", {}), "currently_attached": True}
        tx.create("VBD", {**attached, "VDI": used, "type": "Disk"})
    shelf = paper.shelves[papers.get("SR", papers.sr)["uuid"]]
    for vdi in (gone, used):
        del shelf[papers.get("VDI", vdi)["location"]]
    papers.call("SR.scan", papers.sr)
    assert set(papers.get("SR", papers.sr)["VDIs"]) == {used, kept}


def test_a_copy_goes_from_one_type_of_sr_to_another(papers: Pool, paper: Paper) -> None:
    source = papers.disk()
    args = (papers.host, {}, 0, "other", "", drivers.DUMMY, "", False, {})
    other = papers.call("SR.create", *args)
    there = papers.call("VDI.copy", source, other, NULL_REF, NULL_REF)
    back = papers.call("VDI.copy", there, papers.sr, NULL_REF, NULL_REF)
    assert papers.get("VDI", there)["SR"] == other
    shelf = paper.shelves[papers.get("SR", papers.sr)["uuid"]]
    assert set(shelf) == {papers.get("VDI", vdi)["location"] for vdi in (source, back)}


def test_a_failure_of_the_driver_leaves_no_records(paper: Paper, context: Context) -> None:
    papers = Pool(context)
    before = papers.context.view.refs("SR"), papers.context.view.refs("PBD")
    refusal = papers.refused("SR.create", papers.host, {}, 0, "x", "", PAPER, "", False, {})
    text = "The request is missing the shelf parameter"
    assert refusal == ["SR_BACKEND_FAILURE_90", "", text, ""]
    assert (papers.context.view.refs("SR"), papers.context.view.refs("PBD")) == before


def test_an_sr_that_is_destroyed_is_erased_and_one_that_is_forgotten_is_not(
    papers: Pool, paper: Paper
) -> None:
    uuid = papers.get("SR", papers.sr)["uuid"]
    papers.call("PBD.unplug", papers.pbd)
    assert uuid not in paper.attached
    papers.call("SR.forget", papers.sr)
    assert uuid in paper.shelves
    args = (uuid, "again", "", PAPER.upper(), "user", False, {})
    sr = papers.call("SR.introduce", *args)
    assert papers.refused("SR.introduce", *args) == ["SR_UUID_EXISTS", uuid]
    assert papers.get("SR", sr)["physical_size"] == -1
    config = {"device_config": CONFIG}
    pbd = papers.call("PBD.create", {"SR": sr, "host": papers.host, **config})
    papers.call("PBD.plug", pbd)
    assert papers.get("SR", sr)["physical_size"] == 1000 * 4096
    papers.call("PBD.unplug", pbd)
    papers.call("SR.destroy", sr)
    assert uuid not in paper.shelves
    assert papers.context.view.all("PBD") == {}


def test_a_plug_that_fails_is_not_told_of_when_an_sr_is_made(
    paper: Paper, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise drivers.backend_failure(47, "The SR is not available")

    monkeypatch.setattr(paper, "sr_attach", fail)
    papers = Pool(context)
    assert papers.get("PBD", papers.pbd)["currently_attached"] is False
    assert papers.refused("PBD.plug", papers.pbd)[0] == "SR_BACKEND_FAILURE_47"


def test_volumes_are_what_records_say(papers: Pool, paper: Paper) -> None:
    record = papers.get("VDI", papers.disk())
    sizes = record["virtual_size"], record["physical_utilisation"]
    shelf = paper.shelves[papers.get("SR", papers.sr)["uuid"]]
    assert shelf[record["location"]] == Volume(record["location"], *sizes)
