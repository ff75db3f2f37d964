"""The part of the lock file that an image holds, against what the installed packages ask for."""

import re
import runpy
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
TOOL = runpy.run_path(str(ROOT / "tools" / "closure.py"))


def installed(package: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """What a package needs here, itself included, as its metadata says."""
    found = {canonicalize_name(package)}
    for line in requires(package) or ():
        asked = Requirement(line)
        marker = asked.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""}):
            found |= installed(asked.name, frozenset(asked.extras))
    return found


@pytest.mark.parametrize(
    "package",
    [
        f"warren-{name}"
        for name in ("xapi", "forwarder", "xenopsd", "squeezed", "storage", "door", "mpathalert")
    ],
)
def test_an_image_holds_what_its_service_needs_and_no_more(package: str) -> None:
    folders, blocks = TOOL["closure"](package)
    locked = {re.match(r"[a-z0-9.-]+", block)[0] for block in blocks}  # type: ignore[index]
    ours = {name: f"./{folder}" for name, (folder, _) in TOOL["members"]().items()}
    needed = installed(package)
    assert locked == needed - ours.keys()
    assert set(folders) == {ours[name] for name in needed & ours.keys()}
