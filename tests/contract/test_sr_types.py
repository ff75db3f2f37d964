"""Each type of SR against one suite: what can be made here is made, filled, read and destroyed."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from storage import drivers
from storage.drivers.driver import AttachedSR, Config, Driver
from storage.errors import BackendError
from xenops.storage import UNMANAGED, VdiInfo

from tests.closed_disks import MIB, check_chain, contents, write

SR = "7c1b9a52-0000-4000-8000-000000000001"
OTHER = "7c1b9a52-0000-4000-8000-000000000002"
NAMES = [
    "plain",
    "\u0434\u0438\u0441\u043a \U0001f4be",
    "a'b\"c;$(d)\n",
    "\u202eright to left",
    "x" * 5000,
]


@dataclass
class Kind:
    """A type of SR as this machine can try it: ``config`` makes what it needs, or skips."""

    type_: str
    config: Callable[[Path, ExitStack], dict[str, str]]
    has_room_for_others: bool = False


def folder(tmp_path: Path, stack: ExitStack) -> dict[str, str]:
    return {"location": str(tmp_path / "sr")}


def loop(tmp_path: Path, stack: ExitStack, name: str = "disk") -> str:
    """A block device of a file."""
    if os.geteuid() != 0:
        pytest.skip("loop devices are made by root alone; run the tests as root")
    image = tmp_path / f"{name}.img"
    with open(image, "wb") as file:
        file.truncate(128 * MIB)
    made = subprocess.run(
        ["losetup", "--find", "--show", image], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"no loop device ({made.stderr.strip()}); load the kernel's module loop")
    device = made.stdout.strip()
    stack.callback(subprocess.run, ["losetup", "--detach", device], check=True)
    return device


def one_device(tmp_path: Path, stack: ExitStack) -> dict[str, str]:
    needs("ext", tmp_path)
    return {"device": loop(tmp_path, stack)}


def two_devices(tmp_path: Path, stack: ExitStack) -> dict[str, str]:
    needs_device_mapper()
    return {"device": ",".join(loop(tmp_path, stack, name) for name in ("one", "two"))}


def needs(type_: str, tmp_path: Path) -> None:
    if told := drivers.missing(drivers.table(tmp_path)[type_]):
        pytest.skip("; ".join(told))


def needs_device_mapper() -> None:
    if shutil.which("lvcreate") is None:
        pytest.skip("lvcreate is not installed; the Debian package lvm2 has it")
    if "device-mapper" not in Path("/proc/misc").read_text():
        pytest.skip("the kernel has no device-mapper; load its module dm-mod")


def nfs_export(tmp_path: Path, stack: ExitStack) -> dict[str, str]:
    needs("nfs", tmp_path)
    if "\tnfs\n" not in Path("/proc/filesystems").read_text():
        pytest.skip("the kernel has no NFS client; load its module nfs")
    if (export := os.environ.get("WARREN_NFS_EXPORT")) is None:
        pytest.skip("no server to try; name an empty export in WARREN_NFS_EXPORT=host:/path")
    server, _, path = export.rpartition(":")
    return {"server": server, "serverpath": path}


def smb_share(tmp_path: Path, stack: ExitStack) -> dict[str, str]:
    needs("smb", tmp_path)
    if "\tcifs\n" not in Path("/proc/filesystems").read_text():
        pytest.skip("the kernel has no SMB client; load its module cifs")
    if (share := os.environ.get("WARREN_SMB_SHARE")) is None:
        pytest.skip("no server to try; name a share in WARREN_SMB_SHARE=user:password@//host/share")
    account, _, server = share.rpartition("@")
    user, _, password = account.partition(":")
    return {"server": server, "username": user, "password": password}


KINDS = {
    "file": Kind("file", folder),
    "ext": Kind("ext", one_device),
    "ext of two devices": Kind("ext", two_devices),
    "nfs": Kind("nfs", nfs_export, has_room_for_others=True),
    "smb": Kind("smb", smb_share, has_room_for_others=True),
}


@dataclass
class Tried:
    driver: Driver
    config: Config
    has_room_for_others: bool

    def attach(self) -> AttachedSR:
        return self.driver.attach(SR, self.config)

    def detach(self) -> None:
        self.driver.detach(SR, self.config)


@pytest.fixture(params=KINDS)
def tried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Tried]:
    kind = KINDS[request.param]
    with ExitStack() as stack:
        config = kind.config(tmp_path, stack)
        driver = drivers.table(tmp_path / "mounts")[kind.type_]
        yield Tried(driver, driver.create(SR, config, 0), kind.has_room_for_others)
        driver.attach(SR, config)
        driver.destroy(SR, config)
        driver.destroy(SR, config)
        assert not (tmp_path / "mounts").exists() or not list((tmp_path / "mounts").iterdir())


def new(size: int = 4 * MIB, **fields: Any) -> VdiInfo:
    given = {"uuid": str(uuid.uuid4()), "name_label": "disk", **fields}
    return VdiInfo(vdi="", virtual_size=size, **given)


def listed(told: str | list[Any]) -> list[str | None]:
    assert isinstance(told, str)
    return [element.text for element in ElementTree.fromstring(told).iter("UUID")]


def test_an_sr_is_found_and_never_made_over_another(tried: Tried) -> None:
    assert listed(tried.driver.probe(tried.config)) == [SR]
    tried.driver.create(SR, tried.config, 0)
    if not tried.has_room_for_others:
        with pytest.raises(BackendError) as failed:
            tried.driver.create(OTHER, tried.config, 0)
        assert failed.value.number == 16
    with pytest.raises(BackendError) as failed:
        tried.driver.attach(OTHER, tried.config)
    assert failed.value.number == 47
    tried.driver.detach(OTHER, tried.config)


def test_what_is_on_an_sr_outlives_its_attachment(tried: Tried, tmp_path: Path) -> None:
    sr = tried.attach()
    disk = sr.create("1", new(tags=["t"], sm_config={"k": "v"})).vdi
    for number, name in enumerate(NAMES):
        sr.create(f"named {number}", new(name_label=name, name_description=name))
    write(sr.chain(disk), 7, MIB)
    snapshot = sr.snapshot("2", disk, new()).vdi
    write(sr.chain(disk), 8, MIB)
    clone = sr.clone("3", snapshot, new()).vdi
    sr.set_name("name", "description")
    before = {vdi: contents(sr.chain(vdi), tmp_path) for vdi in (disk, snapshot, clone)}
    told = {info.vdi: info for info in sr.scan()}
    tried.detach()
    tried.detach()

    sr = tried.attach()
    tried.attach()
    assert {info.vdi: info for info in sr.scan()} == told
    assert {told[vdi].name_label for vdi in told} >= set(NAMES)
    assert {vdi: contents(sr.chain(vdi), tmp_path) for vdi in before} == before
    assert before[disk][MIB] == 8 and before[snapshot][MIB] == before[clone][MIB] == 7
    stat = sr.stat()
    assert stat.name_label == "name" and 0 < stat.free_space < stat.total_space
    sr.resize("4", clone, 10 * MIB)
    sr.revert("5", disk, snapshot)
    assert contents(sr.chain(disk), tmp_path) == before[snapshot]
    assert contents(sr.chain(clone), tmp_path) == before[clone] + bytes(6 * MIB)
    sr.destroy("6", snapshot)
    for merge in sr.merges():
        sr.merge(merge)
    assert contents(sr.chain(disk), tmp_path) == before[snapshot]
    check_chain(sr.chain(disk))
    for vdi in told:
        sr.destroy(f"destroy {vdi}", vdi)
    assert sr.scan() == []
    tried.detach()


def test_every_refusal_changes_nothing(tried: Tried) -> None:
    sr = tried.attach()
    disk = sr.create("1", new()).vdi
    snapshot = sr.snapshot("2", disk, new()).vdi
    sr.hold(disk, "host", "vm", writable=True)
    before = sr.scan()
    nobody = str(uuid.uuid4())
    for number, refused in (
        (79, lambda: sr.create("x", new(0))),
        (79, lambda: sr.create("x", new(2**63))),
        (79, lambda: sr.resize("x", disk, 0)),
        (43, lambda: sr.create("x", new(uuid=disk))),
        (78, lambda: sr.create("x", new(uuid="../../etc/passwd"))),
        (144, lambda: sr.snapshot("x", nobody, new())),
        (144, lambda: sr.clone("x", "../x", new())),
        (144, lambda: sr.chain("/etc/passwd")),
        (144, lambda: sr.volume(nobody)),
        (24, lambda: sr.destroy("x", disk)),
        (24, lambda: sr.resize("x", disk, 8 * MIB)),
        (24, lambda: sr.revert("x", disk, snapshot)),
        (24, lambda: sr.hold(disk, "other", "vm", writable=True)),
        (46, lambda: sr.hold(snapshot, "host", "vm", writable=True)),
    ):
        with pytest.raises(BackendError) as failed:
            refused()
        assert failed.value.number == number, failed.value
    assert sr.scan() == before
    assert UNMANAGED not in before[0].sm_config
    tried.detach()


# What has no bytes of its own.


def test_a_library_has_the_images_of_its_folder(tmp_path: Path) -> None:
    library = tmp_path / "isos"
    library.mkdir()
    driver = drivers.table(tmp_path / "mounts")["iso"]
    config = {"location": str(library), "legacy_mode": "true"}
    names = ["a.iso", "B.ISO", "\u0434\u0438\u0441\u043a, '1' $(x).iso", "c.img"]
    for name in names:
        (library / name).write_bytes(name.encode() * 512)
    (library / "readme.txt").touch()
    (library / "out.iso").symlink_to("/etc/passwd")
    (library / "loop.iso").symlink_to("loop.iso")
    (library / "in.iso").symlink_to("a.iso")
    (library / "folder.iso").mkdir()
    (library / "two\nlines.iso").touch()
    Path(os.fsdecode(os.fsencode(library) + b"/\xff.iso")).touch()
    driver.create(SR, config, 0)
    sr = driver.attach(SR, config)
    told = {info.vdi: info for info in sr.scan()}
    assert set(told) == {*names, "in.iso"}
    assert len({info.uuid for info in told.values()}) == 5
    assert {info.vdi: info for info in driver.attach(SR, config).scan()} == told
    for name in names:
        (layer,) = sr.chain(name)
        assert layer.path.read_bytes() == name.encode() * 512
        assert told[name].read_only and told[name].virtual_size == layer.path.stat().st_size
    sr.hold("a.iso", "h1", "vm1", writable=False)
    sr.hold("a.iso", "h2", "vm2", writable=False)
    with pytest.raises(BackendError, match="cannot be written"):
        sr.hold("a.iso", "h1", "vm1", writable=True)
    for refused in (
        lambda: sr.create("x", new()),
        lambda: sr.destroy("x", "a.iso"),
        lambda: sr.resize("x", "a.iso", MIB),
        lambda: driver.probe(config),
    ):
        with pytest.raises(BackendError, match=r"^38: "):
            refused()
    with pytest.raises(BackendError, match=r"^144: "):
        sr.chain("../isos/a.iso")
    driver.destroy(SR, config)
    assert (library / "a.iso").exists()
    shutil.rmtree(library)
    with pytest.raises(BackendError, match=r"^47: "):
        sr.scan()


def test_devices_are_disks(tmp_path: Path) -> None:
    links = tmp_path / "devices"
    links.mkdir()
    driver = drivers.table(tmp_path)["udev"]
    with ExitStack() as stack:
        device = loop(tmp_path, stack)
        (links / "usb").symlink_to(device)
        (links / "file").touch()
        (links / "nowhere").symlink_to("/nowhere")
        config = driver.create(SR, {"location": str(links)}, 0)
        sr = driver.attach(SR, config)
        (info,) = sr.scan()
        assert (info.vdi, info.virtual_size) == (str(links / "usb"), 128 * MIB)
        (layer,) = sr.chain(info.vdi)
        assert layer.is_device and layer.path == Path(device)
        write(sr.chain(info.vdi), 5, MIB)
        assert contents(sr.chain(info.vdi), tmp_path)[MIB] == 5
        sr.hold(info.vdi, "h", "vm1", writable=True)
        with pytest.raises(BackendError, match=r"^24: .*vm1"):
            sr.hold(info.vdi, "h", "vm2", writable=False)
        sr.release_host("h", None)
        sr.hold(info.vdi, "h", "vm2", writable=False)
    driver.destroy(SR, config)


# Wrong and hostile configurations: the number, and a word of the text.

WRONG: list[tuple[str, dict[str, str], int, str]] = [
    ("file", {}, 94, "The request is missing the location parameter"),
    ("file", {"location": ""}, 94, "location"),
    ("file", {"location": "relative"}, 47, "absolute"),
    ("file", {"location": "/tmp/../etc"}, 47, "absolute"),
    ("file", {"location": "/tmp/a\nb"}, 47, "one line"),
    ("file", {"location": "/tmp/\0"}, 47, "one line"),
    ("file", {"location": "/" + "x" * 2000}, 47, "one line"),
    ("file", {"location": "/nowhere/sr"}, 47, "no folder /nowhere"),
    ("ext", {}, 90, "The request is missing the device parameter"),
    ("ext", {"device": "/missing"}, 47, "no such device"),
    ("ext", {"device": "/etc/passwd"}, 47, "no such device"),
    ("ext", {"device": "--all"}, 47, "absolute"),
    ("ext", {"device": "/dev/../etc/passwd"}, 47, "absolute"),
    ("nfs", {}, 102, "The request is missing the server parameter"),
    ("nfs", {"server": "-oProxy"}, 47, "name or address"),
    ("nfs", {"server": "a,b", "serverpath": "/x"}, 47, "name or address"),
    ("nfs", {"server": "a b", "serverpath": "/x"}, 47, "name or address"),
    ("nfs", {"server": "a", "serverpath": "x"}, 47, "absolute"),
    ("nfs", {"server": "a", "serverpath": "/x/../y"}, 47, "absolute"),
    ("nfs", {"server": "a", "serverpath": "/x,suid"}, 47, "commas"),
    ("nfs", {"server": "a", "serverpath": "/x", "nfsversion": "3,suid"}, 47, "one of 3"),
    ("nfs", {"server": "a", "serverpath": "/x", "options": "a b"}, 47, "options"),
    ("nfs", {"server": "a", "serverpath": "/x", "options": "a;b"}, 47, "options"),
    ("nfs", {"server": "a", "serverpath": "/x", "nosubdir": "yes"}, 47, "nosubdir"),
    ("smb", {}, 102, "server"),
    ("smb", {"server": "server"}, 47, "//server/share"),
    ("smb", {"server": "//server/share/../x"}, 47, "//server/share"),
    ("smb", {"server": "//server/share,uid=0"}, 47, "//server/share"),
    ("smb", {"server": "//ser ver/share"}, 47, "name or address"),
    ("smb", {"server": "//s/s", "username": "u\nx=y", "password": "p"}, 47, "username"),
    ("smb", {"server": "//s/s", "username": "u", "password": "secret\nx"}, 47, "password"),
    ("iso", {}, 94, "location"),
    ("iso", {"location": "../x", "legacy_mode": "true"}, 47, "absolute"),
    ("iso", {"location": "/nowhere", "legacy_mode": "true"}, 47, "/nowhere"),
    ("iso", {"location": "host:/x,suid", "type": "nfs_iso"}, 47, "commas"),
    ("iso", {"location": "/x", "type": "nfs_iso"}, 47, "name or address"),
    ("iso", {"location": "//h/s", "type": "ntfs"}, 47, "nfs_iso"),
    ("iso", {"location": "h/s", "type": "cifs"}, 47, "//server/share"),
    ("udev", {}, 94, "location"),
    ("udev", {"location": "/nowhere"}, 47, "no folder"),
]


@pytest.mark.parametrize(("type_", "config", "number", "says"), WRONG)
def test_wrong_configurations_are_told(
    tmp_path: Path, type_: str, config: dict[str, str], number: int, says: str
) -> None:
    driver = drivers.table(tmp_path / "mounts")[type_]
    asked = [driver.create, driver.attach]
    for ask in asked:
        with pytest.raises(BackendError, match=says) as failed:
            ask(SR, config, 0) if ask == driver.create else ask(SR, config)  # type: ignore[call-arg]
        assert failed.value.number == number
        assert "secret" not in failed.value.text
    assert not (tmp_path / "mounts").exists()


def test_a_device_with_anything_on_it_is_refused(tmp_path: Path) -> None:
    driver = drivers.table(tmp_path / "mounts")["ext"]
    with ExitStack() as stack:
        device = loop(tmp_path, stack)
        subprocess.run(["mkfs.ext4", "-q", device], check=True)
        with pytest.raises(BackendError, match=rf"^16: .*ext4.*wipefs --all {device}"):
            driver.create(SR, {"device": device}, 0)
        with pytest.raises(BackendError, match=r"^47: .*twice"):
            driver.create(SR, {"device": f"{device},{device}"}, 0)
        mounted = tmp_path / "mounted"
        mounted.mkdir()
        subprocess.run(["mount", device, mounted], check=True)
        stack.callback(subprocess.run, ["umount", mounted], check=True)
        with pytest.raises(BackendError, match=r"^16: .*in use"):
            driver.create(SR, {"device": device}, 0)


def test_an_attachment_that_fails_leaves_what_was_mounted(tmp_path: Path) -> None:
    driver = drivers.table(tmp_path / "mounts")["ext"]
    with ExitStack() as stack:
        config = {"device": loop(tmp_path, stack)}
        driver.create(SR, config, 0)
        index = tmp_path / "mounts" / SR / ".warren"
        driver.attach(SR, config)
        stack.callback(driver.detach, SR, config)
        for name in ("index", "index.copy"):
            (index / name).write_bytes(b"damaged")
        with pytest.raises(BackendError, match=r"^47: .*from a backup"):
            driver.attach(SR, config)
        assert index.exists(), "engines may have its files open"
        driver.detach(SR, config)
        with pytest.raises(BackendError, match=r"^47: .*from a backup"):
            driver.attach(SR, config)
        assert not index.exists()


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    driver = drivers.table(tmp_path)["file"]
    (tmp_path / "sr").mkdir()
    (tmp_path / "sr" / "letter").touch()
    with pytest.raises(BackendError, match=r"^16: .*letter"):
        driver.create(SR, {"location": str(tmp_path / "sr")}, 0)


def test_what_a_server_exports_is_in_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "/srv/with space 10.0.0.0/8,host\n/srv/b (everyone)\n"
    monkeypatch.setattr("storage.drivers.nfs.run", lambda *arguments, limit: said)
    with pytest.raises(BackendError) as failed:
        drivers.table(tmp_path)["nfs"].probe({"server": "10.0.0.1"})
    assert failed.value.code == "SR_BACKEND_FAILURE_101"
    empty, text, answer = failed.value.params
    assert (empty, text) == ("", "The request is missing the serverpath parameter")
    root = ElementTree.fromstring(answer)
    assert root.tag == "nfs-exports"
    assert [[part.text for part in export] for export in root.findall("Export")] == [
        ["10.0.0.1", "/srv/with space", "10.0.0.0/8,host"],
        ["10.0.0.1", "/srv/b", "(everyone)"],
    ]


def test_a_missing_program_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.volumes.programs.PATH", str(tmp_path))
    driver = drivers.table(tmp_path)["nfs"]
    assert "mount.nfs is not installed; the Debian package nfs-common has it" in drivers.missing(
        driver
    )
    with pytest.raises(BackendError, match=r"showmount is not installed.*nfs-common"):
        driver.probe({"server": "10.0.0.1"})
