"""Storage paths: what a host's watcher tells the pool, and the texts that clients read."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec

KEY = "mpath-"
"""The prefix of a SCSI id in ``PBD.other_config``, and of ``BOOT`` in ``host.other_config``."""
BOOT = "boot"

Count = Annotated[int, msgspec.Meta(ge=0)]


class Paths(msgspec.Struct, frozen=True):
    """How many paths of a map work, and how many it has now."""

    current: Count
    total: Count


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Every map of a host by its SCSI id: each report is complete.

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
    """How many paths work, and how many there should be; ``[1, 2]`` in records."""

    current: int
    max: int

    @property
    def healthy(self) -> bool:
        return self.current >= self.max

    def __str__(self) -> str:
        return f"[{self.current}, {self.max}]"


TEXT = re.compile(r"\[ *([0-9]{1,9}) *, *([0-9]{1,9}) *\]")


def parse_level(text: str) -> Level | None:
    """The level that a record's text stands for; None if it is not one."""
    match = TEXT.fullmatch(text)
    return None if match is None else Level(int(match[1]), int(match[2]))
