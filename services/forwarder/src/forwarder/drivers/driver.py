"""What a driver does: all that Warren asks of the storage behind an SR.

A driver knows SRs by their uuids and disks by their locations, and never sees the pool's records:
it answers with what it has made or found, and that is what is recorded. Its methods raise
XenAPIError for what the storage refuses, and have changed nothing then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


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
    """A disk on an SR; sizes are in bytes."""

    location: str
    virtual_size: int
    physical_utilisation: int = 0


@dataclass(frozen=True)
class Contents:
    """An SR's own sizes in bytes, and what is on it."""

    physical_size: int
    physical_utilisation: int
    volumes: tuple[Volume, ...]


class Driver(Protocol):
    """Serves SRs of one type. What it has no feature for is never asked of it."""

    @property
    def description(self) -> Description: ...

    def sr_probe(self, device_config: Mapping[str, str]) -> str:
        """The SRs that are there to be introduced, as ``SR.probe`` answers."""
        ...

    def sr_create(self, sr: str, device_config: Mapping[str, str], size: int) -> int:
        """Make an empty SR of ``size`` bytes, or as large as may be for 0; its size."""
        ...

    def sr_attach(self, sr: str, device_config: Mapping[str, str]) -> None:
        """Connect a host to an SR; to do it again is fine."""
        ...

    def sr_detach(self, sr: str) -> None:
        """Disconnect a host from an SR; to do it again is fine."""
        ...

    def sr_destroy(self, sr: str) -> None:
        """Erase an attached SR with all that is on it."""
        ...

    def sr_scan(self, sr: str, recorded: Contents) -> Contents:
        """What there is; ``recorded`` is what the pool believes of it."""
        ...

    def vdi_create(self, sr: str, uuid: str, size: int) -> Volume:
        """Make a disk of at least ``size`` bytes, all zero; ``uuid`` is what the pool calls it."""
        ...

    def vdi_delete(self, sr: str, location: str) -> None:
        """Erase a disk; one that is not there is erased already."""
        ...

    def vdi_snapshot(self, sr: str, source: Volume, uuid: str) -> Volume:
        """Keep a disk's present contents as another disk that is never written."""
        ...

    def vdi_clone(self, sr: str, source: Volume, uuid: str) -> Volume:
        """Make a disk that begins with another's contents, and shares with it what stays alike."""
        ...

    def vdi_copy(self, sr: str, source: Volume, into: Volume) -> Volume:
        """Give a disk of this SR the contents of another, which may be any other driver's.

        What it is then; it is no smaller than the other.
        """
        ...

    def vdi_resize(self, sr: str, volume: Volume, size: int) -> Volume:
        """Have a disk grow to at least ``size`` bytes; what is new is zero."""
        ...

    # The way to a disk's bytes: attached before it is activated, deactivated before it is
    # detached. Between hosts a disk moves while it is attached to both and active on one.

    def vdi_attach(self, sr: str, location: str, *, writable: bool) -> str:
        """Prepare the way to a disk, without opening it; where it will be found."""
        ...

    def vdi_activate(self, sr: str, location: str) -> None:
        """Open an attached disk, in the last moment before it is used."""
        ...

    def vdi_deactivate(self, sr: str, location: str) -> None:
        """Have all that was written on storage, and close the disk; to do it again is fine."""
        ...

    def vdi_detach(self, sr: str, location: str) -> None:
        """Give up the way to a disk that is not active; to do it again is fine."""
        ...
