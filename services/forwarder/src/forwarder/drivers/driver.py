"""What a driver does: all that Warren asks of the storage behind an SR that needs no host.

A driver knows SRs by their uuids and disks by their locations, and never sees the pool's records:
it answers with what it has made or found, and the answer is recorded. If the storage refuses, a
method raises XenAPIError and has changed nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Description:
    """What the ``SM`` record says; ``configuration`` explains the keys of a ``device_config``."""

    name_label: str
    name_description: str
    features: tuple[str, ...]
    configuration: Mapping[str, str] = field(default_factory=dict)
    required_cluster_stack: tuple[str, ...] = ()
    image_formats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """A disk on an SR; sizes are in bytes. ``fields`` are others of its record, if it tells any."""

    location: str
    virtual_size: int
    physical_utilisation: int = 0
    fields: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Wanted:
    """A disk to be made: its uuid, and fields of its record."""

    uuid: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Contents:
    """An SR's own sizes in bytes, and what is on it."""

    physical_size: int
    physical_utilisation: int
    volumes: tuple[Volume, ...]


class Driver(Protocol):
    """Serves SRs of one type. It is never asked for what it has no feature for."""

    @property
    def description(self) -> Description: ...

    def sr_probe(self, device_config: Mapping[str, str]) -> str:
        """The SRs that can be introduced, in the form that ``SR.probe`` answers."""
        ...

    def sr_create(self, sr: str, device_config: Mapping[str, str], size: int) -> int:
        """Make an empty SR of ``size`` bytes, or as large as possible if that is 0; its size."""
        ...

    def sr_attach(self, sr: str, device_config: Mapping[str, str]) -> None:
        """Connect a host to an SR; this may be repeated."""
        ...

    def sr_detach(self, sr: str) -> None:
        """Disconnect a host from an SR; this may be repeated."""
        ...

    def sr_destroy(self, sr: str) -> None:
        """Erase an attached SR with all that is on it."""
        ...

    def sr_scan(self, sr: str, recorded: Contents) -> Contents:
        """What the SR really has; ``recorded`` is what the pool believes it has."""
        ...

    def vdi_create(self, sr: str, uuid: str, size: int) -> Volume:
        """Make a disk of at least ``size`` bytes, all zero; ``uuid`` is what the pool calls it."""
        ...

    def vdi_delete(self, sr: str, location: str) -> None:
        """Erase a disk; nothing to do if it is not there."""
        ...

    def vdi_snapshot(self, sr: str, source: Volume, uuid: str) -> Volume:
        """Keep a disk's present contents as another disk, which is never written."""
        ...

    def vdi_clone(self, sr: str, source: Volume, uuid: str) -> Volume:
        """Make a disk with another's contents; the two share what neither of them changes."""
        ...

    def vdi_copy(self, sr: str, source: Volume, into: Volume) -> Volume:
        """Give a disk of this SR the contents of another, which may have any other driver.

        The disk as it is afterwards; ``into`` is at least as large as ``source``.
        """
        ...

    def vdi_resize(self, sr: str, volume: Volume, size: int) -> Volume:
        """Make a disk at least ``size`` bytes large; the new part is all zero."""
        ...
