"""Bytes of disks, written and read below the storage daemon as an engine would."""

import subprocess
from pathlib import Path

from storage.layers import Chain, Format
from storage.volumes import images

MIB = 1024 * 1024


def write(chain: Chain, pattern: int, offset: int, length: int = 65536) -> None:
    """Fill a part of a disk with one byte."""
    command = ["-c", f"write -P {pattern} {offset} {length}", "-c", "flush"]
    _run("qemu-io", "-d", "unmap", *command, images.json_name(chain))


def contents(chain: Chain, folder: Path) -> bytes:
    """All bytes of a disk."""
    out = folder / "contents.raw"
    _run("qemu-img", "convert", "-O", "raw", images.json_name(chain), str(out))
    try:
        return out.read_bytes()
    finally:
        out.unlink()


LEAKS = 3
"""What qemu-img check says if the only fault of an image is that it wastes space."""


def check_chain(chain: Chain, *, wasteful: bool = False) -> None:
    """Fail if an image is damaged, or wastes space if it must not be ``wasteful``."""
    for layer in chain:
        if layer.format is Format.QCOW2:
            allowed = (0, LEAKS) if wasteful else (0,)
            _run("qemu-img", "check", "-q", images.json_name((layer,)), allowed=allowed)


def _run(*command: str, allowed: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in allowed, f"{command}: {done.stdout}{done.stderr}"
