"""What is believed of a bootloader that has looked at a guest's disk."""

from pathlib import Path

import pytest
from xenopsd.ports.bootloader import BootloaderError, read
from xenports.hypervisor import Boot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("kernel", "ramdisk"):
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def test_kernel_ramdisk_and_arguments_are_read(folder: Path) -> None:
    said = f"kernel {folder}/kernel\0ramdisk {folder}/ramdisk\0args root=/dev/xvda ro\0"
    expected = Boot(f"{folder}/kernel", f"{folder}/ramdisk", "root=/dev/xvda ro")
    assert read(said.encode(), folder) == expected


def test_a_ramdisk_may_be_missing(folder: Path) -> None:
    assert read(f"kernel {folder}/kernel\0".encode(), folder) == Boot(f"{folder}/kernel")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0\0\0",
        b"\xff\xfe kernel",
        b"ramdisk /etc/shadow\0",
        b"kernel /etc/shadow\0",
        b"kernel FOLDER/../elsewhere\0",
        b"kernel FOLDER/link\0",
        b"kernel FOLDER/missing\0",
        b"kernel FOLDER/kernel\0ramdisk /etc/shadow\0",
    ],
)
def test_other_files_are_not_believed(folder: Path, said: bytes) -> None:
    (folder / "link").symlink_to("/etc/shadow")
    with pytest.raises(BootloaderError):
        read(said.replace(b"FOLDER", str(folder).encode()), folder)
