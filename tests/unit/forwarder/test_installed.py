"""What a version of Warren brings reaches pools that are older than it, once."""

from forwarder import drivers
from forwarder.records import installed
from pooldb import Database
from rules.values.restrictions import LICENSE_PARAMS, RESTRICTIONS


def test_an_older_pool_is_given_what_it_lacks(db: Database) -> None:
    with db.transaction() as tx:
        pool = tx.create("pool", {})
        said = {"software_version": {"product_version": "0.1.0", "squeezed": "running"}}
        host = tx.create("host", said)
        installed.settle(tx)
    found = db.view.get("host", host)
    assert found["software_version"] == {**installed.PRODUCT, "squeezed": "running"}
    assert found["license_params"] == LICENSE_PARAMS
    assert db.view.get("pool", pool)["restrictions"] == RESTRICTIONS
    assert [sm["type"] for sm in db.view.all("SM").values()] == list(drivers.DRIVERS)


def test_a_second_start_writes_nothing(db: Database) -> None:
    for _ in range(2):
        with db.transaction() as tx:
            if not tx.all("pool"):
                tx.create("pool", {})
                tx.create("host", {})
            installed.settle(tx)
        generations = db.view.generation
    with db.transaction() as tx:
        installed.settle(tx)
    assert db.view.generation == generations


def test_drivers_that_came_to_change_or_went_are_followed(db: Database) -> None:
    with db.transaction() as tx:
        (known,) = tx.refs("SM")
        tx.update("SM", known, {"name_label": "old", "other_config": {"note": "kept"}})
        tx.create("SM", {"type": "gone"})
        installed.settle(tx)
    (record,) = db.view.all("SM").values()
    assert db.view.get("SM", known) == record
    assert record["name_label"] == drivers.DRIVERS[drivers.DUMMY].description.name_label
    assert record["other_config"] == {"note": "kept"}


def test_every_row_says_what_its_driver_is() -> None:
    for type_ in drivers.DRIVERS:
        record = drivers.record(type_)
        assert record["name_label"]
        assert record["name_description"]
        assert {"SR_PROBE", "VDI_CREATE", "VDI_ATTACH"} <= set(record["features"])


def test_each_restriction_is_said_once_as_a_truth_value() -> None:
    assert set(RESTRICTIONS.values()) == {"true", "false"}
    assert LICENSE_PARAMS.items() >= RESTRICTIONS.items()
    assert all(said == "false" for key, said in RESTRICTIONS.items() if key.startswith("restrict_"))
