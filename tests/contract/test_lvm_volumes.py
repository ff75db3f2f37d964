"""SRs of logical volumes: what LVM's metadata say, on a loop device.

Where the kernel has no device-mapper the volumes have no device, and nothing is wiped or activated:
then only what this says of the metadata is shown.
"""

import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from storage import drivers
from storage.drivers import groups, lvm
from storage.drivers.driver import Config, Driver
from storage.drivers.lvm import EXTENT, UNFINISHED, Record
from storage.errors import BackendError
from storage.volumes import programs
from xenops.storage import VdiInfo

from tests.closed_disks import MIB, contents
from tests.contract.test_sr_types import NAMES, OTHER, SR, listed, loop, new

MAPPED = "device-mapper" in Path("/proc/misc").read_text()


class Killed(BaseException):
    """The process ends here."""


class Programs:
    """Runs programs; the volumes' devices are left alone where there are none."""

    def __init__(self) -> None:
        self.wiped: list[tuple[str, int, int]] = []
        self.left: int | None = None

    def run(self, program: str, *arguments: str, **more: Any) -> str:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed
        if program == "blkdiscard":
            _, _, offset, _, length, _, device = arguments
            self.wiped.append((Path(device).name, int(offset), int(length)))
        if MAPPED:
            return programs.run(program, *arguments, **more)
        if program == "blkdiscard" or "--activate" in arguments:
            return ""
        without = ("--driverloaded", "n") if program.startswith(("vg", "lv", "pv")) else ()
        return programs.run(program, *without, *arguments, **more)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Programs:
    watched = Programs()
    for module in (lvm, groups):
        monkeypatch.setattr(module, "run", watched.run)
    return watched


@pytest.fixture
def made(tmp_path: Path, watched: Programs) -> Iterator[tuple[Driver, Config]]:
    driver = drivers.table(tmp_path)["lvm"]
    if told := drivers.missing(driver):
        pytest.skip("; ".join(told))
    with ExitStack() as stack:
        device = loop(tmp_path, stack)
        config = driver.create(SR, {"device": device}, 0)
        yield driver, config
        watched.left = None
        driver.destroy(SR, config)
        assert listed(driver.probe(config)) == []
        driver.destroy(SR, config)


def test_an_sr_is_found_and_never_made_over_another(made: tuple[Driver, Config]) -> None:
    driver, config = made
    driver.create(SR, config, 0)
    assert listed(driver.probe(config)) == [SR]
    with pytest.raises(BackendError, match=r"^16: .*LVM2_member"):
        driver.create(OTHER, config, 0)
    with pytest.raises(BackendError, match=r"^47: .*no volume group"):
        driver.attach(OTHER, config)


def test_volumes_are_wiped_and_known_again(
    made: tuple[Driver, Config], watched: Programs, tmp_path: Path
) -> None:
    driver, config = made
    sr = driver.attach(SR, config)
    told = [
        sr.create(str(number), new(5 * MIB, name_label=name, sm_config={"k": name}))
        for number, name in enumerate(NAMES)
    ]
    assert [info.virtual_size for info in told] == [8 * MIB] * len(NAMES)
    vdi = told[0].vdi
    assert sr.create("0", new(uuid=vdi)) == told[0]
    assert watched.wiped == [(f"LV-{info.vdi}", 0, 8 * MIB) for info in told]
    sr.resize("r", vdi, 9 * MIB)
    sr.set_fields("f", vdi, {"name_label": "new"})
    sr.set_fields("f", vdi, {"name_label": "repeated"})
    sr.hold(vdi, "h", "vm", writable=True)
    assert watched.wiped[-1] == (f"LV-{vdi}", 8 * MIB, 4 * MIB)

    sr = driver.attach(SR, config)
    again = {info.vdi: info for info in sr.scan()}
    assert [again[info.vdi] for info in told[1:]] == told[1:]
    changed = again[vdi]
    assert (changed.virtual_size, changed.name_label) == (12 * MIB, "new")
    assert changed.sm_config["host_h"] == "RW"
    (layer,) = sr.chain(vdi)
    assert layer.is_device and layer.path == Path(f"/dev/VG_XenStorage-{SR}/LV-{vdi}")
    if MAPPED:
        assert contents((layer,), tmp_path) == bytes(12 * MIB)
    assert 0 < sr.stat().free_space < sr.stat().total_space
    for refused in (
        lambda: sr.destroy("d", vdi),
        lambda: sr.resize("r2", vdi, 20 * MIB),
        lambda: sr.hold(vdi, "h2", "vm", writable=False),
    ):
        with pytest.raises(BackendError, match=r"^24: .*VM vm on host h writes"):
            refused()
    sr.release_host("h", None)
    for info in told:
        sr.destroy("d", info.vdi)
        sr.destroy("d", info.vdi)
    assert sr.scan() == []
    driver.detach(SR, config)


def test_refusals(made: tuple[Driver, Config]) -> None:
    driver, config = made
    sr = driver.attach(SR, config)
    vdi = sr.create("1", new(8 * MIB)).vdi
    for number, refused in (
        (79, lambda: sr.create("x", new(0))),
        (79, lambda: sr.create("x", new(2**63))),
        (79, lambda: sr.resize("x", vdi, 4 * MIB)),
        (44, lambda: sr.create("x", new(1024 * MIB))),
        (44, lambda: sr.resize("x", vdi, 1024 * MIB)),
        (43, lambda: sr.create("x", new(uuid=vdi))),
        (78, lambda: sr.create("x", new(uuid="../x"))),
        (78, lambda: sr.create("x", new(sm_config={"image-format": "qcow2"}))),
        (144, lambda: sr.chain(str(uuid.uuid4()))),
        (38, lambda: sr.snapshot("x", vdi, new())),
        (38, lambda: sr.clone("x", vdi, new())),
    ):
        with pytest.raises(BackendError) as failed:
            refused()
        assert failed.value.number == number, failed.value
    assert len(sr.scan()) == 1


def test_other_volumes_of_the_group_are_left_alone(
    made: tuple[Driver, Config], watched: Programs
) -> None:
    driver, config = made
    group = f"VG_XenStorage-{SR}"
    watched.run("lvcreate", "--yes", "-Zn", "-Wn", "-L", "4m", "-n", "MGT", "--", group)
    sr = driver.attach(SR, config)
    assert sr.scan() == []
    assert [row["lv_name"] for row in groups.report("lvs", "lv_name", group)] == ["MGT"]


@pytest.mark.parametrize("name", ["create", "resize"])
def test_a_kill_leaves_a_disk_as_before_or_as_after(
    made: tuple[Driver, Config], watched: Programs, name: str
) -> None:
    driver, config = made
    there = driver.attach(SR, config).create("there", new(4 * MIB))
    for step in range(100):
        wanted = new(4 * MIB)
        sr = driver.attach(SR, config)
        size = sr.volume(there.vdi).virtual_size
        watched.left = step
        try:
            if name == "create":
                sr.create("op", wanted)
            else:
                sr.resize("op", there.vdi, size + EXTENT)
            break
        except Killed:
            watched.left = None
        sr = driver.attach(SR, config)
        tags = [row["lv_tags"] for row in groups.report("lvs", "lv_tags", f"VG_XenStorage-{SR}")]
        assert not any(UNFINISHED in tag for tag in tags)
        if name == "create":
            assert wanted.uuid is not None
            assert sr.create("op", wanted).vdi == wanted.uuid
            sr.destroy("d", wanted.uuid)
        else:
            assert sr.volume(there.vdi).virtual_size in (size, size + EXTENT)
            done = sr.resize("op", there.vdi, size + EXTENT)
            assert done.virtual_size == size + EXTENT
    watched.left = None
    assert step > 2


def test_a_record_survives_its_tags() -> None:
    for name in NAMES:
        info = VdiInfo(vdi="v", name_label=name, name_description=name)
        record = Record(info, (("h", "vm", True),), ("a", "b"))
        volume = lvm.Volume("v", 0, tuple(reversed(record.tags())))
        assert volume.record == record
