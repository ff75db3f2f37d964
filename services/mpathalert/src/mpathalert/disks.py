"""The disks with several paths, once for each host that sees them, from the pool's records."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from xenops.multipath import BOOT, KEY, Level, parse_level

log = logging.getLogger(__name__)

Record = Mapping[str, Any]


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """One host's paths to one disk: an SR's disk behind a PBD, or the host's boot disk.

    ``sr`` and ``pbd`` are uuids, empty for a boot disk.
    """

    host: str
    host_name: str
    sr: str = ""
    pbd: str = ""
    scsi_id: str
    current: int
    max: int

    @property
    def key(self) -> tuple[str, str]:
        return self.pbd or self.host, self.scsi_id

    @property
    def group(self) -> str:
        """What the interval between messages counts for: the SR, or the host of a boot disk."""
        return self.sr or self.host

    @property
    def level(self) -> Level:
        return Level(self.current, self.max)


class Records:
    """Copies of the records that tell of disks, kept up to date by their classes' events."""

    CLASSES = ("host", "pbd", "sr", "pool")

    def __init__(self) -> None:
        self._records: dict[str, dict[str, Record]] = {cls: {} for cls in self.CLASSES}
        self._malformed: set[tuple[str, str]] = set()

    def take(self, event: Mapping[str, Any]) -> None:
        """Follow one event, as ``event.from`` tells it."""
        table = self._records.get(event["class"])
        if table is None:
            return
        if event["operation"] == "del":
            table.pop(event["ref"], None)
        else:
            table[event["ref"]] = event["snapshot"]

    @property
    def pool(self) -> tuple[str, Record] | None:
        """The pool's reference and record, once there is one."""
        return next(iter(self._records["pool"].items()), None)

    def disks(self) -> dict[tuple[str, str], Disk]:
        """All disks by key; a value that is no level is left out, and logged once."""
        malformed: set[tuple[str, str]] = set()
        disks = {disk.key: disk for disk in self._disks(malformed)}
        for where, said in sorted(malformed - self._malformed):
            log.warning("%s = %r is not the working and all paths of a disk", where, said)
        self._malformed = malformed
        return disks

    def _disks(self, malformed: set[tuple[str, str]]) -> Iterator[Disk]:
        for host in self._records["host"].values():
            for name, level in _levels("host", host, malformed):
                if name == BOOT:
                    yield _disk(host, name, level)
        for pbd in self._records["pbd"].values():
            owner = self._records["host"].get(pbd["host"])
            sr = self._records["sr"].get(pbd["SR"])
            if owner is not None and sr is not None:
                for name, level in _levels("PBD", pbd, malformed):
                    yield _disk(owner, name, level, sr["uuid"], pbd["uuid"])


def _disk(host: Record, name: str, level: Level, sr: str = "", pbd: str = "") -> Disk:
    return Disk(
        host=host["uuid"],
        host_name=host["name_label"],
        sr=sr,
        pbd=pbd,
        scsi_id=name,
        current=level.current,
        max=level.max,
    )


def _levels(
    cls: str, record: Record, malformed: set[tuple[str, str]]
) -> Iterator[tuple[str, Level]]:
    for key, said in record["other_config"].items():
        if key.startswith(KEY):
            level = parse_level(said)
            if level is None:
                malformed.add((f"{cls} {record['uuid']} other_config {key}", said))
            else:
                yield key.removeprefix(KEY), level
