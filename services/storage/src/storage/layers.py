"""What a disk consists of: files or devices, each of which holds what the ones below it lack."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    RAW = "raw"
    QCOW2 = "qcow2"


@dataclass(frozen=True)
class Layer:
    """A file or block device with a part of a disk's bytes; ``node`` is its uuid, for ever."""

    node: str
    path: Path
    format: Format
    is_device: bool = False


Chain = tuple[Layer, ...]
"""The layers of a disk: the base first, and last the leaf, which alone is written."""


@dataclass(frozen=True)
class Merge:
    """A node whose bytes can go down into its parent, because no other child needs the parent's.

    ``leaf_of`` is the disk in use whose chain has both, so that only its engine can merge them;
    None if no disk that is in use has either.
    """

    top: Layer
    base: Layer
    leaf_of: str | None
