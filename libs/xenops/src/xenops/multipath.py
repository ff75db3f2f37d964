"""Storage paths: what a host's watcher tells the pool, and the text in which clients read it."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

KEY = "mpath-"
"""Before a SCSI id in ``PBD.other_config``, before ``BOOT`` in ``host.other_config``."""
BOOT = "boot"

Count = Annotated[int, msgspec.Meta(ge=0)]


class Paths(msgspec.Struct, frozen=True):
    """How many paths of a map work, of how many that there are now."""

    current: Count
    total: Count


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Every map of a host by its SCSI id: one report alone says how things are.

    ``watcher`` names one run of the host's watcher, whose ``number`` rises with each report.
    ``boot`` is the map under the host's root file system.
    """

    kind: Literal["multipath"] = "multipath"
    watcher: str
    number: int
    maps: dict[str, Paths]
    boot: str | None


@dataclass(frozen=True)
class Level:
    """How many paths work, of the most that there should be; ``[1, 2]`` in records."""

    current: int
    max: int

    @property
    def healthy(self) -> bool:
        return self.current >= self.max

    def __str__(self) -> str:
        return f"[{self.current}, {self.max}]"


TEXT = re.compile(r"\[ *([0-9]{1,9}) *, *([0-9]{1,9}) *\]")


def parse_level(text: str) -> Level | None:
    """The level that a record's text stands for; None when it is none."""
    match = TEXT.fullmatch(text)
    return None if match is None else Level(int(match[1]), int(match[2]))
