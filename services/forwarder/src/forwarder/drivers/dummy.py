"""SRs of type dummy: disks without bytes, which exist only as records of the pool."""

from collections.abc import Mapping

from forwarder.drivers.driver import Contents, Description, Volume

SIZE_BYTES = 2**44
"""The size of an SR that was given none."""


class Dummy:
    """A `forwarder.drivers.driver.Driver` that keeps nothing: all that is recorded is there."""

    description = Description(
        name_label="dummy",
        name_description="Disks that are records without bytes",
        features=(
            *("SR_PROBE", "SR_UPDATE", "VDI_ACTIVATE", "VDI_ATTACH", "VDI_CLONE"),
            *("VDI_CONFIG_CBT", "VDI_CREATE", "VDI_DEACTIVATE", "VDI_DELETE", "VDI_DETACH"),
            *("VDI_MIRROR", "VDI_RESET_ON_BOOT", "VDI_RESIZE", "VDI_SNAPSHOT", "VDI_UPDATE"),
        ),
    )

    def sr_probe(self, device_config: Mapping[str, str]) -> str:
        return "<SRlist></SRlist>"

    def sr_create(self, sr: str, device_config: Mapping[str, str], size: int) -> int:
        return size or SIZE_BYTES

    def sr_attach(self, sr: str, device_config: Mapping[str, str]) -> None: ...

    def sr_detach(self, sr: str) -> None: ...

    def sr_destroy(self, sr: str) -> None: ...

    def sr_scan(self, sr: str, recorded: Contents) -> Contents:
        """An SR that was introduced is as large as one that was given no size."""
        size = recorded.physical_size if recorded.physical_size > 0 else SIZE_BYTES
        return Contents(size, recorded.physical_utilisation, recorded.volumes)

    def vdi_create(self, sr: str, uuid: str, size: int) -> Volume:
        return Volume(uuid, size)

    def vdi_delete(self, sr: str, location: str) -> None: ...

    def vdi_snapshot(self, sr: str, source: Volume, uuid: str) -> Volume:
        return Volume(uuid, source.virtual_size, source.physical_utilisation)

    def vdi_clone(self, sr: str, source: Volume, uuid: str) -> Volume:
        return self.vdi_snapshot(sr, source, uuid)

    def vdi_copy(self, sr: str, source: Volume, into: Volume) -> Volume:
        return Volume(into.location, into.virtual_size, source.physical_utilisation)

    def vdi_resize(self, sr: str, volume: Volume, size: int) -> Volume:
        return Volume(volume.location, size, volume.physical_utilisation)
