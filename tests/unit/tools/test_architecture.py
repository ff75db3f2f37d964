"""ARCHITECTURE.md names files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PACKAGES = [path for path in ROOT.glob("*/**/src/*") if (path / "py.typed").exists()]


def paths() -> list[str]:
    """What stands in backticks and has a slash or the ending of a module."""
    found = re.findall(r"`([\w./-]+)`", TEXT)
    return sorted(
        {said for said in found if "/" in said.strip("/") or said.endswith((".py", "/"))} - {"/"}
    )


def is_there(said: str) -> bool:
    """From the root, or from the package of the name that the path begins with."""
    first, _, rest = said.partition("/")
    places = [ROOT / said, *(package / rest for package in PACKAGES if package.name == first)]
    return any(place.is_dir() if said.endswith("/") else place.exists() for place in places)


def test_there_are_paths_to_look_at() -> None:
    assert len(paths()) > 10


@pytest.mark.parametrize("said", paths())
def test_a_path_is_there(said: str) -> None:
    assert is_there(said)
