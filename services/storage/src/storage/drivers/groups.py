"""LVM, as the types of SR use it: volume groups named by their SR."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from storage.volumes.programs import run


def name(prefix: str, sr: str) -> str:
    return f"{prefix}-{sr}"


def make(group: str, devices: Sequence[Path]) -> None:
    """Make a volume group of devices, unless it is there."""
    if group not in known():
        run("vgcreate", "--quiet", "--yes", "--", group, *map(str, devices))


def remove(group: str) -> None:
    """Remove a volume group with all that is in it, and what marks its devices as its own."""
    present = known()
    if group in present:
        run("vgremove", "--quiet", "--force", "--yes", "--", group)
        run("pvremove", "--quiet", "--yes", "--", *present[group])


def known() -> dict[str, list[str]]:
    """The volume groups that this host sees, and the devices of each."""
    told: dict[str, list[str]] = {}
    for row in report("pvs", "vg_name,pv_name"):
        if row["vg_name"]:
            told.setdefault(row["vg_name"], []).append(row["pv_name"])
    return told


def report(program: str, columns: str, *arguments: str) -> list[dict[str, Any]]:
    """What ``pvs``, ``vgs`` or ``lvs`` tell, a row each; sizes are numbers of bytes."""
    options = ("--reportformat", "json", "--units", "b", "--nosuffix", "--options", columns)
    said = json.loads(run(program, *options, *arguments))
    (rows,) = said["report"][0].values()
    return list(rows)
