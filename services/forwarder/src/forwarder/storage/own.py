"""SRs that the forwarder's own drivers serve: no host is asked, and nothing is waited for."""

import base64
from collections.abc import Mapping, Sequence

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VDI, HostRef, PBDRef, SRRef, VDIRef

from forwarder.core.context import Context
from forwarder.drivers.driver import Contents, Driver, Volume, Wanted

BLOCK_BYTES = 2**16
"""What one bit of a list of changed blocks stands for."""


def volume_of(record: VDI) -> Volume:
    """A disk's record as a driver sees the disk."""
    sizes = int(record.virtual_size), int(record.physical_utilisation)
    return Volume(record.location, *sizes)


class Own:
    """A `forwarder.storage.backend.Backend` of one driver."""

    def __init__(self, ctx: Context, driver: Driver) -> None:
        self._ctx = ctx
        self._driver = driver

    def _uuid(self, sr: SRRef) -> str:
        return str(self._ctx.view.get(SR, sr).uuid)

    def _disk(self, vdi: VDIRef) -> tuple[str, Volume]:
        """The uuid of a disk's SR, and the disk."""
        record = self._ctx.view.get(VDI, vdi)
        return self._uuid(record.SR), volume_of(record)

    def require_room(self, sr: SRRef, size: int) -> None:
        record = self._ctx.view.get(SR, sr)
        free = int(record.physical_size) - int(record.virtual_allocation)
        if record.physical_size > 0 and size > free:
            raise XenAPIError("SR_FULL", size, free)

    def sr_probe(
        self, host: HostRef, device_config: Mapping[str, str], sm_config: Mapping[str, str]
    ) -> str:
        return self._driver.sr_probe(device_config)

    def sr_create(
        self, sr: SRRef, host: HostRef, device_config: Mapping[str, str], size: int
    ) -> tuple[Mapping[str, str], int]:
        return device_config, self._driver.sr_create(self._uuid(sr), device_config, size)

    def sr_attach(self, pbd: PBDRef) -> None:
        record = self._ctx.view.get(PBD, pbd)
        self._driver.sr_attach(self._uuid(record.SR), record.device_config)

    def sr_detach(self, pbd: PBDRef) -> None:
        self._driver.sr_detach(self._uuid(self._ctx.view.get(PBD, pbd).SR))

    def sr_destroy(self, sr: SRRef) -> None:
        self.sr_attach(self._ctx.view.get(SR, sr).PBDs[0])
        self._driver.sr_destroy(self._uuid(sr))

    def sr_rename(self, sr: SRRef, field: str, value: str) -> None: ...

    def sr_stat(self, sr: SRRef) -> Contents:
        return self.sr_scan(sr)

    def sr_scan(self, sr: SRRef) -> Contents:
        record = self._ctx.view.get(SR, sr)
        volumes = tuple(volume_of(self._ctx.view.get(VDI, vdi)) for vdi in record.VDIs)
        sizes = int(record.physical_size), int(record.physical_utilisation)
        return self._driver.sr_scan(record.uuid, Contents(*sizes, volumes))

    def vdi_stat(self, vdi: VDIRef) -> Volume:
        record = self._ctx.view.get(VDI, vdi)
        for volume in self.sr_scan(record.SR).volumes:
            if volume.location == record.location:
                return volume
        raise XenAPIError("VDI_MISSING", record.SR, record.location)

    def vdi_introduce(
        self, sr: SRRef, uuid: str, location: str, sm_config: Mapping[str, str]
    ) -> Volume:
        raise XenAPIError("VDI_MISSING", sr, location)  # nothing is there that is not recorded

    def vdi_create(self, sr: SRRef, wanted: Wanted) -> Volume:
        size = int(wanted.fields["virtual_size"])
        if size < 0:
            raise XenAPIError("INVALID_VALUE", "virtual_size must be non-negative", size)
        return self._driver.vdi_create(self._uuid(sr), wanted.uuid, size)

    def vdi_delete(self, sr: SRRef, location: str) -> None:
        self._driver.vdi_delete(self._uuid(sr), location)

    def vdi_snapshots(self, vm: str, wanted: Sequence[tuple[VDIRef, Wanted]]) -> list[Volume]:
        return [self.vdi_snapshot(source, each) for source, each in wanted]

    def vdi_snapshot(self, source: VDIRef, wanted: Wanted) -> Volume:
        return self._driver.vdi_snapshot(*self._disk(source), wanted.uuid)

    def vdi_clone(self, source: VDIRef, wanted: Wanted) -> Volume:
        return self._driver.vdi_clone(*self._disk(source), wanted.uuid)

    def vdi_copy(self, source: VDIRef, sr: SRRef, into: Volume, base: VDIRef) -> Volume:
        return self._driver.vdi_copy(self._uuid(sr), self._disk(source)[1], into)

    def vdi_checksum(self, vdi: VDIRef) -> str:
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", self._ctx.view.get(VDI, vdi).SR)

    def vdi_resize(self, vdi: VDIRef, size: int) -> Volume:
        return self._driver.vdi_resize(*self._disk(vdi), size)

    def vdi_can_revert(self, vdi: VDIRef) -> bool:
        return True

    def vdi_revert(self, vdi: VDIRef, snapshot: VDIRef) -> Volume:
        """The contents of such a disk are what its record says of them."""
        (sr, disk), image = self._disk(vdi), self._disk(snapshot)[1]
        resized = self._driver.vdi_resize(sr, disk, image.virtual_size)
        return self._driver.vdi_copy(sr, image, resized)

    def vdi_rename(self, vdi: VDIRef, field: str, value: str) -> None: ...

    def vdi_persist(self, vdi: VDIRef, *, persistent: bool) -> None: ...

    def vdi_track(self, vdi: VDIRef, *, enabled: bool) -> None: ...

    def vdi_drop_data(self, vdi: VDIRef) -> None: ...

    def vdi_changed_blocks(self, since: VDIRef, until: VDIRef) -> str:
        """No block: nobody writes bytes to such a disk."""
        blocks = -(-self._disk(until)[1].virtual_size // BLOCK_BYTES)
        return base64.b64encode(bytes(-(-blocks // 32) * 4)).decode()
