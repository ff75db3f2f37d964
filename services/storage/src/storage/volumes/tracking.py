"""Which blocks of a disk have changed, as bits: the first block's is the highest of a byte."""

import json
import os
from pathlib import Path

from storage.layers import Layer
from storage.volumes import images, programs

BLOCK = 64 * 1024
WORD = 4
"""The length of a map is a multiple of so many bytes."""

READING = 600.0
"""Seconds that qemu-img may take to read what a large image has."""


def length(size: int) -> int:
    """The bytes of a map of a disk of ``size`` bytes."""
    return -(-size // (BLOCK * 8 * WORD)) * WORD


def joined(maps: list[bytes], size: int) -> bytes:
    """The blocks that are in any of these maps, for a disk that has grown to ``size`` bytes."""
    whole = length(size)
    bits = 0
    for each in maps:
        bits |= int.from_bytes(each.ljust(whole, b"\0"), "big")
    return bits.to_bytes(whole, "big")


def allocated(layer: Layer, size: int, lock: int) -> bytes:
    """The blocks that a layer has itself, zeroed and trimmed ones too.

    Others may have the image open, as long as they do not write it. Raises programs.ProgramFailed.
    """
    image = images.json_name((layer,))
    said = programs.run(
        *("qemu-img", "map", "-U", "--output=json", image), limit=READING, kept_open=(lock,)
    )
    bits = bytearray(length(size))
    for extent in json.loads(said):
        if extent["present"]:
            end = extent["start"] + extent["length"]
            for block in range(extent["start"] // BLOCK, -(-end // BLOCK)):
                bits[block // 8] |= 0x80 >> block % 8
    return bytes(bits)


def store(path: Path, content: bytes) -> None:
    """Write a map to a new file; it is on the medium afterwards, but for its name."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    images.synced(path)


def load(path: Path, size: int) -> bytes:
    """Read a map; raises images.HostileImage if it is too long for a disk of ``size`` bytes."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(length(size) + 1)
    if len(content) > length(size) or len(content) % WORD:
        raise images.HostileImage(f"the map {path} of changed blocks has a wrong length")
    return content
