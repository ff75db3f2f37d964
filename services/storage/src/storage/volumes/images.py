"""Image files: made, grown and merged by qemu-img, and judged by their first bytes."""

import json
import os
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.layers import Chain, Format, Layer
from storage.volumes import programs

CLUSTER = 64 * 1024
MAGIC = b"QFI\xfb"
DIRTY, CORRUPT, DATA_FILE, COMPRESSION, EXTENDED = 1, 2, 4, 8, 16
KNOWN = DIRTY | CORRUPT | COMPRESSION | EXTENDED
LONGEST_NAME = 1023
ENCRYPTED_NOT = 0

MERGING = 24 * 3600.0
"""Seconds after which a merge is ended; it goes on later from where it was."""


class HostileImage(Exception):
    """An image that is not opened, and why; says what to do."""


@dataclass(frozen=True)
class Header:
    """What the first bytes of a qcow2 image say."""

    size: int
    backing: str | None


def header(path: Path) -> Header:
    """Read a qcow2 image's header without opening the image.

    Raises HostileImage if it is none, if it is damaged or if it leads to another file's bytes
    by anything but a backing file, which only the caller can judge; OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise HostileImage("it is not a plain file")
        first = os.pread(descriptor, 104, 0)
        if len(first) < 72 or first[:4] != MAGIC:
            raise HostileImage("it has no qcow2 header, so it is damaged or no qcow2 image")
        (version, backing_at, backing_length, cluster_bits, size, encryption) = struct.unpack(
            ">IQIIQI", first[4:36]
        )
        if version not in (2, 3):
            raise HostileImage(f"it is qcow2 of version {version}, and 2 and 3 are known")
        if encryption != ENCRYPTED_NOT:
            raise HostileImage("it is encrypted; convert it with qemu-img first")
        if not 9 <= cluster_bits <= 21:
            raise HostileImage("its header has an impossible cluster size, so it is damaged")
        incompatible = int.from_bytes(first[72:80], "big") if version == 3 else 0
        if incompatible & DATA_FILE:
            raise HostileImage("its bytes are in an external data file; convert it with qemu-img")
        if incompatible & CORRUPT:
            raise HostileImage("it is marked as corrupt; try qemu-img check -r all on a copy")
        if incompatible & ~KNOWN:
            raise HostileImage("it has features that are not known; convert it with qemu-img")
        if not backing_at:
            return Header(size, None)
        if not 0 < backing_length <= LONGEST_NAME:
            raise HostileImage("the name of its backing file is too long")
        name = os.pread(descriptor, backing_length, backing_at)
        return Header(size, os.fsdecode(name))
    finally:
        os.close(descriptor)


def create(path: Path, format_: Format, size: int, backing: Layer | None, lock: int) -> None:
    """Make a new image that reads as zeros, or as ``backing``, which is not opened.

    ``lock`` stays held while the program that makes it runs, even if we end.
    """
    if format_ is Format.RAW:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        try:
            os.ftruncate(descriptor, size)
        finally:
            os.close(descriptor)
        return
    below = () if backing is None else ("-u", "-b", backing.path.name, "-F", backing.format)
    programs.run(
        *("qemu-img", "create", "-q", "-f", "qcow2", "-o", f"cluster_size={CLUSTER},compat=1.1"),
        *below,
        *("--", str(path), str(size)),
        kept_open=(lock,),
    )


def grow(layer: Layer, size: int, lock: int) -> None:
    """Make an image that nobody has open at least ``size`` bytes large; may be repeated."""
    if layer.format is Format.RAW:
        if layer.path.stat().st_size < size:
            os.truncate(layer.path, size)
    elif header(layer.path).size < size:
        image = json_name((layer,))
        programs.run("qemu-img", "resize", "-q", image, str(size), kept_open=(lock,))


def point(path: Path, backing: Layer, lock: int) -> None:
    """Write into a qcow2 image the name of the layer that it is above now.

    Only people read it: images are opened by the index.
    """
    programs.run(
        *("qemu-img", "rebase", "-q", "-u", "-f", "qcow2"),
        *("-b", backing.path.name, "-F", backing.format, "--", str(path)),
        kept_open=(lock,),
    )


def commit(chain: Chain, lock: int, stop: Callable[[], bool]) -> None:
    """Write what the last layer of a chain has into the layer below it; may be repeated.

    Ended in the middle, by ``stop`` or because we end, it leaves the chain's contents as they were.
    Raises programs.Stopped.
    """
    programs.run(
        *("setpriv", "--pdeathsig", "KILL", "--"),
        *("qemu-img", "commit", "-q", "-d", json_name(chain)),
        limit=MERGING,
        kept_open=(lock,),
        stop=stop,
    )


def mend(layer: Layer, lock: int) -> None:
    """Give back the space that a `commit` which was killed has lost in an image nobody has open.

    Raises programs.ProgramFailed if the image is damaged.
    """
    if layer.format is Format.QCOW2:
        image = json_name((layer,))
        programs.run(
            "qemu-img", "check", "-q", "-r", "leaks", image, limit=MERGING, kept_open=(lock,)
        )


def json_name(chain: Chain) -> str:
    """A chain as QEMU's name of one image, in which only these files are opened."""
    image: dict[str, Any] | None = None
    for layer in chain:
        driver = "host_device" if layer.is_device else "file"
        file = {"driver": driver, "filename": str(layer.path)}
        below = {} if layer.format is Format.RAW else {"backing": image}
        image = {"driver": str(layer.format), "file": file, **below}
    return "json:" + json.dumps(image)


def synced(path: Path) -> None:
    """Return once a file's or folder's contents are on the medium."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
