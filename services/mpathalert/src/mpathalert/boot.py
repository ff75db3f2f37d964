"""Which multipath map the host's root file system lies on."""

import os
from pathlib import Path

from mpathalert.uevents import MAP


def boot_map(device: int, sysfs: Path) -> str | None:
    """The SCSI id of the map below the block device of this number; None if there is none."""
    return _below(sysfs / "dev" / "block" / f"{os.major(device)}:{os.minor(device)}")


def _below(node: Path) -> str | None:
    """Look at a device, then at the disk that it is part of, then at those that it is mapped to."""
    uuid = node / "dm" / "uuid"
    if uuid.exists() and (text := uuid.read_text().strip()).startswith(MAP):
        return text.removeprefix(MAP)
    below = [node.resolve().parent] if (node / "partition").exists() else []
    if (node / "slaves").exists():
        below += sorted((node / "slaves").iterdir())
    return next((device for one in below if (device := _below(one)) is not None), None)
