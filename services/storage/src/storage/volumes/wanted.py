"""What callers may want of a disk: sizes, formats and names, checked before anything is done."""

import re

from xenops.storage import VdiInfo

from storage.errors import BackendError
from storage.layers import Format

MIB = 1024 * 1024
STEP = 2 * MIB
"""Sizes are multiples of this, so that a disk survives the way through a VHD as large as it is."""

LARGEST = 16 * 1024 * 1024 * MIB - STEP
"""What an ext4 file can hold."""

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def size(asked: int, step: int = STEP) -> int:
    """The size that a disk gets; raises BackendError 79."""
    if not 0 < asked <= LARGEST:
        raise BackendError(
            79,
            "VDI Invalid size [opterr=VDI size must be between 1 MB and "
            f"{LARGEST // MIB} MB, not {asked} bytes]",
        )
    return -(-asked // step) * step


def format_(info: VdiInfo) -> Format:
    """The format that a new disk gets; raises BackendError 78."""
    if info.sm_config.get("type") == "raw":
        return Format.RAW
    asked = info.sm_config.get("image-format") or Format.QCOW2
    try:
        return Format(asked)
    except ValueError:
        raise BackendError(
            78,
            f"VDI Creation failed [opterr=sm_config:image-format is {asked!r}, and "
            f"{' and '.join(Format)} can be made]",
        ) from None


def uuid(text: str, what: str) -> str:
    """``text``, if it is a uuid, as which it may become a file's name; raises BackendError 78."""
    if not UUID.fullmatch(text):
        raise BackendError(78, f"VDI Creation failed [opterr={what} {text!r} is no uuid]")
    return text
