"""qemu-img as a library: images that no engine has open.

Paths are absolute; formats are always given and never guessed from an image's bytes. Each call
has a time limit and raises ImageError, whose text names the image.
"""

import json
import os
import re
import selectors
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Any

from storage.layers import Format, Layer

PROGRAM, PACKAGE = "qemu-img", "qemu-utils"
ANSWER_S = 60.0
"""For what reads or writes little; work on whole images has it from step to step."""
KILLED_S = 5.0
SECTOR = 512
SIZE_MAX = 2**63 - SECTOR
CLUSTER = 64 * 1024
SYNCED = "writeback"
"""The way of writing that ends with a sync and that every file system can."""
NO_SPACE = os.strerror(ENOSPC)
PROGRESS = re.compile(rb"\(([0-9.]+)/100%\)")
ERRORS_MAX = 2000


class ImageError(Exception):
    """An image cannot be made, read or changed; the text says which, and why."""


class NoSpaceError(ImageError):
    """The file system of an image is full."""


class ForeignImageError(ImageError):
    """An image refers to files that are not its own, so it must not be opened."""


@dataclass(frozen=True)
class Info:
    """``backing`` is the name in the image's header."""

    virtual_size: int
    allocated: int
    backing: str | None


@dataclass(frozen=True)
class Check:
    """What `check` found: ``corruptions`` endanger data, ``leaks`` only waste space."""

    corruptions: int
    leaks: int


@dataclass(frozen=True)
class Measure:
    """How many bytes an image needs for the data of another, and if all of it were written."""

    required: int
    fully_allocated: int


def create(path: Path, format: Format, size: int, backing: Layer | None = None) -> None:
    """Make an image that reads as zeros, or as ``backing``, which is not looked at, and sync it.

    The image must not exist: it could be somebody's.
    """
    _check_size(path, size)
    if path.exists():
        raise ImageError(f"{path} exists already")
    words = ["create", "-q", "-f", format, "-u"]
    if backing is not None:
        words += ["-b", backing_name(path, backing), "-F", backing.format]
    if format is Format.QCOW2:
        words += ["-o", f"cluster_size={CLUSTER}"]
    _run(path, *words, _name(path), str(size))
    _sync(path)


def backing_name(path: Path, backing: Layer) -> str:
    """How an image's header names the layer below: without its folder, if that is the same."""
    return backing.path.name if backing.path.parent == path.parent else str(backing.path)


def info(path: Path, format: Format) -> Info:
    """Read an image's header, also while a process writes the image.

    Raises ForeignImageError if its bytes are in another file; the caller compares ``backing``.
    """
    said = json.loads(_run(path, "info", "-U", "--output=json", "-f", format, _name(path)))
    if "data-file" in said.get("format-specific", {}).get("data", {}):
        raise ForeignImageError(f"{path} has its data in another file; only whole images are used")
    return Info(said["virtual-size"], said["actual-size"], said.get("backing-filename"))


def assert_own(path: Path, format: Format, backing: str | None) -> Info:
    """Raise ForeignImageError unless an image has the expected backing file and nothing else."""
    found = info(path, format)
    if found.backing != backing:
        raise ForeignImageError(
            f"{path} names {found.backing or 'no image'} as the one below it; "
            f"expected is {backing or 'none'}"
        )
    return found


def check(path: Path) -> Check:
    """Look through a qcow2 image that nobody writes."""
    text = _run(path, "check", "--output=json", "-f", Format.QCOW2, _name(path), accepted=(0, 2, 3))
    said = json.loads(text)
    if said["check-errors"]:
        raise ImageError(f"{path}: {said['check-errors']} errors while it was looked through")
    return Check(said.get("corruptions", 0), said.get("leaks", 0))


def resize(path: Path, format: Format, size: int) -> None:
    """Make an image larger; the new part reads as zeros."""
    _check_size(path, size)
    has = info(path, format).virtual_size
    if size < has:
        raise ImageError(f"{path} has {has} bytes and is not made smaller")
    _run(path, "resize", "-q", "-f", format, _name(path), str(size))


def measure(source: Path, format: Format, target: Format) -> Measure:
    """What an image of format ``target`` would need; the images below ``source`` are read too."""
    words = ["measure", "-U", "--output=json", "-O", target, "-f", format, _name(source)]
    said = json.loads(_run(source, *words))
    return Measure(said["required"], said["fully-allocated"])


def convert(
    source: Path,
    format: Format,
    target: Path,
    target_format: Format,
    progress: Callable[[float], None] = lambda part: None,
) -> None:
    """Copy all of a disk into a new image without layers below it, and sync it.

    ``source`` is the disk's leaf, ``progress`` is called with parts from 0 to 1 and may raise.
    Whatever is left of a copy that failed is the caller's to erase.
    """
    if target.exists():
        raise ImageError(f"{target} exists already")
    words = ["convert", "-p", "-t", SYNCED, "-f", format, "-O", target_format]
    _run(target, *words, _name(source), _name(target), progress=progress)
    _sync(target)


def commit(
    layer: Layer, base: Layer, progress: Callable[[float], None] = lambda part: None
) -> None:
    """Write what a layer holds into the layer below; neither is open anywhere."""
    words = ["commit", "-p", "-d", "-t", SYNCED, "-f", layer.format, "-b", _name(base.path)]
    _run(layer.path, *words, _name(layer.path), progress=progress)


def rebase(path: Path, backing: Layer) -> None:
    """Have an image's header name another layer below it, which reads the same."""
    words = ["rebase", "-q", "-u", "-f", Format.QCOW2, "-F", backing.format]
    _run(path, *words, "-b", backing_name(path, backing), _name(path))


def _sync(path: Path) -> None:
    """Have an image and its name on the storage.

    An engine that opens a file past the page cache would else wait for that, and its guests too.
    """
    for each in (path, path.parent):
        try:
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            kind = NoSpaceError if error.errno == ENOSPC else ImageError
            raise kind(f"{each} cannot be synced: {error.strerror}") from error


def _check_size(path: Path, size: int) -> None:
    if size % SECTOR or not 0 < size <= SIZE_MAX:
        raise ImageError(
            f"{path} cannot have {size} bytes: sizes are multiples of {SECTOR} up to {SIZE_MAX}"
        )


def _name(path: Path) -> str:
    """A path as qemu-img takes it: an absolute one is never read as the address of a server."""
    if not path.is_absolute():
        raise ImageError(f"{path} is not an absolute path")
    return str(path)


def _run(
    image: Path,
    *words: str,
    accepted: Sequence[int] = (0,),
    progress: Callable[[float], None] | None = None,
) -> str:
    """What qemu-img prints; without ``progress`` it has to end within the time limit."""
    try:
        process = subprocess.Popen(
            [PROGRAM, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise ImageError(f"{PROGRAM} is missing: install Debian's package {PACKAGE}") from error
    try:
        if progress is not None:
            _follow(process, image, progress)
        answer, errors = process.communicate(timeout=ANSWER_S)
    except subprocess.TimeoutExpired as error:
        raise ImageError(
            f"{image}: {PROGRAM} {words[0]} has not ended in {ANSWER_S:.0f} s; "
            "the storage may not answer"
        ) from error
    finally:
        _end(process)
    if process.returncode not in accepted:
        text = " ".join(errors.decode(errors="replace").split())[-ERRORS_MAX:]
        text = text.removeprefix(f"{PROGRAM}: ") or f"exit status {process.returncode}"
        kind = NoSpaceError if NO_SPACE in text else ImageError
        raise kind(f"{image}: {PROGRAM} {words[0]}: {text}")
    return answer.decode(errors="replace")


def _follow(
    process: "subprocess.Popen[bytes]", image: Path, progress: Callable[[float], None]
) -> None:
    """Tell a process's progress until it ends its output; raises ImageError if it stands still."""
    assert process.stdout is not None
    begun, seen = time.monotonic(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(begun + ANSWER_S - time.monotonic(), 0)):
                raise ImageError(
                    f"{image}: nothing was copied for {ANSWER_S:.0f} s; the storage may not answer"
                )
            piece = os.read(process.stdout.fileno(), 4096)
            if not piece:
                return
            seen = (seen + piece)[-4096:]
            if parts := PROGRESS.findall(seen):
                begun, seen = time.monotonic(), b""
                progress(float(parts[-1]) / 100)


def _end(process: "subprocess.Popen[Any]") -> None:
    """Kill a process, unless it has ended; one that its storage holds fast is left to itself."""
    if process.poll() is None:
        process.kill()
        with suppress(subprocess.TimeoutExpired):
            process.wait(KILLED_S)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
