"""A driver that keeps its disks in a dict, and forgets none of them when the pool does."""

from collections.abc import Mapping
from dataclasses import replace

from forwarder import drivers
from forwarder.drivers.driver import Contents, Description, Volume

PAPER = "paper"
SHEET = 4096
ALL = (
    *("SR_PROBE", "SR_UPDATE", "VDI_ACTIVATE", "VDI_ATTACH", "VDI_CLONE", "VDI_CREATE"),
    *("VDI_DEACTIVATE", "VDI_DELETE", "VDI_DETACH", "VDI_RESIZE", "VDI_SNAPSHOT", "VDI_UPDATE"),
)


class Paper:
    """`forwarder.drivers.driver.Driver`, of whole sheets; a location is not the pool's uuid."""

    def __init__(self, *lacks: str) -> None:
        features = tuple(feature for feature in ALL if feature not in lacks)
        self.description = Description("paper", "Disks on paper", features)
        self.shelves: dict[str, dict[str, Volume]] = {}
        self.attached: set[str] = set()

    def sr_probe(self, device_config: Mapping[str, str]) -> str:
        return "".join(f"<SR>{sr}</SR>" for sr in self.shelves)

    def sr_create(self, sr: str, device_config: Mapping[str, str], size: int) -> int:
        if "shelf" not in device_config:
            raise drivers.backend_failure(90, "The request is missing the shelf parameter")
        self.shelves[sr] = {}
        return size or 1000 * SHEET

    def sr_attach(self, sr: str, device_config: Mapping[str, str]) -> None:
        if sr not in self.shelves:
            raise drivers.backend_failure(47, "The SR is not available")
        self.attached.add(sr)

    def sr_detach(self, sr: str) -> None:
        self.attached.discard(sr)

    def sr_destroy(self, sr: str) -> None:
        self._shelf(sr)
        del self.shelves[sr]
        self.attached.discard(sr)

    def sr_scan(self, sr: str, recorded: Contents) -> Contents:
        found = tuple(self._shelf(sr).values())
        used = sum(volume.physical_utilisation for volume in found)
        return Contents(1000 * SHEET, used, found)

    def vdi_create(self, sr: str, uuid: str, size: int) -> Volume:
        return self._put(sr, Volume(f"sheet {uuid}", -(-size // SHEET) * SHEET))

    def vdi_delete(self, sr: str, location: str) -> None:
        self._shelf(sr).pop(location, None)

    def vdi_snapshot(self, sr: str, source: Volume, uuid: str) -> Volume:
        return self._put(sr, replace(self._shelf(sr)[source.location], location=f"sheet {uuid}"))

    def vdi_clone(self, sr: str, source: Volume, uuid: str) -> Volume:
        return self.vdi_snapshot(sr, source, uuid)

    def vdi_copy(self, sr: str, source: Volume, into: Volume) -> Volume:
        return self._put(sr, replace(into, physical_utilisation=source.physical_utilisation))

    def vdi_resize(self, sr: str, volume: Volume, size: int) -> Volume:
        return self._put(sr, replace(volume, virtual_size=-(-size // SHEET) * SHEET))

    def _shelf(self, sr: str) -> dict[str, Volume]:
        if sr not in self.attached:
            raise drivers.backend_failure(47, "The SR is not available")
        return self.shelves[sr]

    def _put(self, sr: str, volume: Volume) -> Volume:
        self._shelf(sr)[volume.location] = volume
        return volume
