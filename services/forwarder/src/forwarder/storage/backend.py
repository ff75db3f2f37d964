"""What messages ask of the storage behind SRs, whoever does the work.

An answer says what was made or found, and is recorded afterwards: never is a transaction open while
something is asked. If the storage refuses, a method raises XenAPIError and has changed nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from datamodel import XenAPIError
from datamodel.classes import SM, SR, HostRef, PBDRef, SRRef, VDIRef
from pooldb import Reader
from xenops.storage import Probe

from forwarder import drivers
from forwarder.core.context import Context
from forwarder.drivers.driver import Contents, Volume, Wanted
from forwarder.storage.hosted import Hosted
from forwarder.storage.own import Own


class Backend(Protocol):
    """Storage of one type. It is never asked for what it has no feature for."""

    def require_room(self, sr: SRRef, size: int) -> None:
        """Raise SR_FULL[size, free] if it is known that the SR has no room for so many bytes."""
        ...

    def sr_probe(
        self, host: HostRef, device_config: Mapping[str, str], sm_config: Mapping[str, str]
    ) -> str | list[Probe]:
        """The SRs that can be introduced: in the form that ``SR.probe`` answers, or as records."""
        ...

    def sr_create(
        self, sr: SRRef, host: HostRef, device_config: Mapping[str, str], size: int
    ) -> tuple[Mapping[str, str], int]:
        """Make an empty SR that is recorded already; its final device_config, and its size."""
        ...

    def sr_attach(self, pbd: PBDRef) -> None:
        """Connect a PBD's host to its SR; this may be repeated."""
        ...

    def sr_detach(self, pbd: PBDRef) -> None:
        """Disconnect a PBD's host from its SR; this may be repeated."""
        ...

    def sr_destroy(self, sr: SRRef) -> None:
        """Erase an SR that no host uses, with all that is on it."""
        ...

    def sr_rename(self, sr: SRRef, field: str, value: str) -> None:
        """Change an SR's name_label or name_description."""
        ...

    def sr_stat(self, sr: SRRef) -> Contents:
        """The SR's sizes alone."""
        ...

    def sr_scan(self, sr: SRRef) -> Contents:
        """What the SR really has; raises if that cannot be told for certain."""
        ...

    def vdi_stat(self, vdi: VDIRef) -> Volume:
        """What the disk really is; raises VDI_MISSING[SR, location] if it is not there."""
        ...

    def vdi_introduce(
        self, sr: SRRef, uuid: str, location: str, sm_config: Mapping[str, str]
    ) -> Volume:
        """What is at a location; raises VDI_MISSING[SR, location] if there is no disk."""
        ...

    def vdi_create(self, sr: SRRef, wanted: Wanted) -> Volume:
        """Make a disk of at least the wanted ``virtual_size``, all zero."""
        ...

    def vdi_delete(self, sr: SRRef, location: str) -> None:
        """Erase a disk; nothing to do if it is not there."""
        ...

    def vdi_snapshots(self, vm: str, wanted: Sequence[tuple[VDIRef, Wanted]]) -> list[Volume]:
        """Keep the present contents of disks of a VM, at one instant if the VM runs."""
        ...

    def vdi_snapshot(self, source: VDIRef, wanted: Wanted) -> Volume:
        """Keep a disk's present contents as another disk, which is never written."""
        ...

    def vdi_clone(self, source: VDIRef, wanted: Wanted) -> Volume:
        """Make a disk with another's contents; the two share what neither of them changes."""
        ...

    def vdi_copy(self, source: VDIRef, sr: SRRef, into: Volume, base: VDIRef) -> Volume:
        """Give a disk of the SR the contents of another, which may be of any other type.

        The disk as it is afterwards; ``into`` is at least as large as ``source``. If it has the
        contents of ``base``, only what differs is written.
        """
        ...

    def vdi_checksum(self, vdi: VDIRef) -> str:
        """The MD5 of a disk's bytes, in hexadecimal."""
        ...

    def vdi_resize(self, vdi: VDIRef, size: int) -> Volume:
        """Make a disk at least ``size`` bytes large; the new part is all zero."""
        ...

    def vdi_can_revert(self, vdi: VDIRef) -> bool: ...

    def vdi_revert(self, vdi: VDIRef, snapshot: VDIRef) -> Volume:
        """Give a disk that nobody uses the contents of its snapshot."""
        ...

    def vdi_rename(self, vdi: VDIRef, field: str, value: str) -> None:
        """Change a disk's name_label or name_description."""
        ...

    def vdi_persist(self, vdi: VDIRef, *, persistent: bool) -> None:
        """Whether what a VM writes is kept when it is started the next time."""
        ...

    def vdi_track(self, vdi: VDIRef, *, enabled: bool) -> None:
        """Track which blocks are changed, or no longer."""
        ...

    def vdi_drop_data(self, vdi: VDIRef) -> None:
        """Give up a snapshot's data, and keep only which blocks have changed."""
        ...

    def vdi_changed_blocks(self, since: VDIRef, until: VDIRef) -> str:
        """Which blocks differ, as bits in base64."""
        ...


def of_type(ctx: Context, type_: str) -> Backend:
    """The storage of a type of SR; raises SR_UNKNOWN_DRIVER[type]."""
    if type_ in drivers.DRIVERS:
        return Own(ctx, drivers.DRIVERS[type_])
    if not is_known(ctx.view, type_):
        raise XenAPIError("SR_UNKNOWN_DRIVER", type_)
    return Hosted(ctx, type_)


def of(ctx: Context, sr: SRRef) -> Backend:
    """The storage behind an SR; raises SR_UNKNOWN_DRIVER[type]."""
    return of_type(ctx, ctx.view.get(SR, sr).type)


def is_known(tx: Reader, type_: str) -> bool:
    """Whether the pool serves a type of SR."""
    return any(sm.type == type_ for sm in tx.all(SM).values())
