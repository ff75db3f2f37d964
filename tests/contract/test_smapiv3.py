"""Plug-ins of others serve SRs: executables with JSON in and out."""

import logging
import sys
from pathlib import Path

import pytest
from storage import drivers
from storage.drivers.driver import Driver
from storage.errors import BackendError

from tests.closed_disks import MIB
from tests.contract import smapiv3_plugin
from tests.contract.test_sr_types import NAMES, SR, new

CALLS = {
    "volume/org.xen.xapi.storage.folder-ng": [
        *("Plugin.Query", "SR.create", "SR.attach", "SR.detach", "SR.destroy", "SR.stat", "SR.ls"),
        *("Volume.create", "Volume.stat", "Volume.snapshot", "Volume.clone", "Volume.destroy"),
        *("Volume.resize", "Volume.set", "Volume.set_name", "Volume.set_description"),
    ],
    "datapath/copy": [
        *("Datapath.open", "Datapath.attach", "Datapath.activate"),
        *("Datapath.deactivate", "Datapath.detach"),
    ],
}


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    root = tmp_path / "xapi-storage-script"
    source = Path(smapiv3_plugin.__file__).read_text()
    for folder, calls in CALLS.items():
        (root / folder).mkdir(parents=True)
        for call in calls:
            executable = root / folder / call
            executable.write_text(f"#!{sys.executable}\n{source}")
            executable.chmod(0o700)
    return root


@pytest.fixture
def driver(plugins: Path, tmp_path: Path) -> Driver:
    return drivers.table(tmp_path, plugins)["folder-ng"]


def test_features_are_what_the_plugin_has(driver: Driver) -> None:
    assert {"VDI_CREATE", "VDI_SNAPSHOT", "VDI_ATTACH"} <= set(driver.description.features)
    assert "SR_PROBE" not in driver.description.features
    with pytest.raises(BackendError, match=r"^38: .*SR\.probe"):
        driver.probe({})


def test_volumes_are_made_kept_and_used(driver: Driver, tmp_path: Path) -> None:
    config = driver.create(SR, {"uri": f"file://{tmp_path / 'sr'}"}, 0)
    assert config["sr_uuid"] == SR
    sr = driver.attach(SR, config)
    told = [
        sr.create(str(number), new(name_label=name, tags=["t"], sm_config={"k": name}))
        for number, name in enumerate(NAMES)
    ]
    assert [info.name_label for info in told] == NAMES
    assert sr.create("0", new()) == told[0]
    vdi = told[0].vdi
    with pytest.raises(BackendError, match="nobody uses"):
        sr.chain(vdi)
    sr.hold(vdi, "host", "vm", writable=True)
    (layer,) = sr.chain(vdi)
    with open(layer.path, "r+b") as file:
        file.write(b"\7" * MIB)
    for refused in (
        lambda: sr.hold(vdi, "host", "other", writable=True),
        lambda: sr.resize("r", vdi, 8 * MIB),
        lambda: sr.destroy("d", vdi),
    ):
        with pytest.raises(BackendError, match=r"^24: "):
            refused()
    snapshot = sr.snapshot("s", vdi, new(snapshot_of=vdi))
    assert snapshot.is_a_snapshot and snapshot.read_only and snapshot.snapshot_of == vdi
    assert sr.snapshot("s", vdi, new()) == snapshot
    with pytest.raises(BackendError, match="cannot be written"):
        sr.hold(snapshot.vdi, "host", "vm", writable=True)
    sr.release_host("another host", None)
    sr.release_host("host", None)
    with pytest.raises(BackendError, match="nobody uses"):
        sr.chain(vdi)
    sr.resize("r", vdi, 8 * MIB)
    clone = sr.clone("c", snapshot.vdi, new())
    sr.hold(clone.vdi, "host", "vm", writable=False)
    assert sr.chain(clone.vdi)[0].path.read_bytes() == b"\7" * MIB + bytes(3 * MIB)
    again = {info.vdi: info for info in driver.attach(SR, config).scan()}
    assert again[vdi].virtual_size == 8 * MIB and again[snapshot.vdi] == snapshot
    sr.set_fields("f", vdi, {"name_label": "new", "sm_config": {"a": "b"}})
    assert (sr.volume(vdi).name_label, sr.volume(vdi).sm_config) == ("new", {"a": "b"})
    sr.destroy("d", vdi)
    sr.destroy("d", vdi)
    with pytest.raises(BackendError, match=r"^144: .*Volume_does_not_exist"):
        sr.volume(vdi)
    driver.detach(SR, config)
    driver.destroy(SR, config)
    assert not (tmp_path / "sr").exists()


def test_a_plugin_that_does_not_answer_is_told(
    plugins: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, text in (("broken", "exit 3"), ("mute", "exit 0"), ("chatty", "echo hello")):
        folder = plugins / "volume" / name
        folder.mkdir()
        (folder / "Plugin.Query").write_text(f"#!/bin/sh\n{text}\n")
        (folder / "Plugin.Query").chmod(0o700)
    with caplog.at_level(logging.WARNING):
        found = drivers.table(tmp_path, plugins)
    assert set(found) == {*drivers.TYPES, "folder-ng"}
    assert all(name in caplog.text for name in ("broken", "mute", "chatty"))


def test_a_volume_without_a_way_to_it_is_told(
    plugins: Path, driver: Driver, tmp_path: Path
) -> None:
    config = driver.create(SR, {"uri": f"file://{tmp_path / 'sr'}"}, 0)
    sr = driver.attach(SR, config)
    vdi = sr.create("1", new()).vdi
    (plugins / "datapath" / "copy" / "Datapath.attach").unlink()
    with pytest.raises(BackendError, match=r"^46: .*no datapath plug-in"):
        sr.hold(vdi, "host", "vm", writable=True)
    sr.destroy("2", vdi)
