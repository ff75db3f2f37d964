"""Disks that are there already, each a file or device as it is: nothing is made or erased."""

import threading
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from xenops.storage import SrHealth, SrInfo, VdiInfo

from storage.errors import BackendError
from storage.layers import Chain, Format, Layer, Merge


class WholeDisks(ABC):
    """An SR of such disks. Who uses them is noted for as long as this process lives."""

    writable: bool

    def __init__(self, sr: str) -> None:
        self.sr = sr
        self._holds: dict[str, dict[tuple[str, str], bool]] = {}
        self._lock = threading.Lock()

    @abstractmethod
    def paths(self) -> Mapping[str, Path]:
        """The disks by location; raises BackendError 47 if the SR is not there."""

    @abstractmethod
    def told(self, vdi: str, path: Path) -> VdiInfo:
        """What clients learn of a disk."""

    @abstractmethod
    def layer(self, vdi: str, path: Path) -> Layer:
        """What to open."""

    def space(self) -> tuple[int, int]:
        """The SR's size, and what of it is free."""
        return sum(info.virtual_size for info in self.scan()), 0

    def identity(self, vdi: str) -> str:
        """The uuid of a disk, the same at each scan."""
        return str(uuid.uuid5(uuid.UUID(self.sr), vdi))

    def stat(self) -> SrInfo:
        total, free = self.space()
        return SrInfo(
            sr_uuid=self.sr,
            name_label="",
            name_description="",
            total_space=total,
            free_space=free,
            clustered=False,
            health=SrHealth.Healthy,
        )

    def set_name(self, label: str | None, description: str | None) -> None:  # noqa: B027
        """Names are the pool's alone."""

    def scan(self) -> list[VdiInfo]:
        return [self._info(vdi, path) for vdi, path in self.paths().items()]

    def volume(self, vdi: str) -> VdiInfo:
        return self._info(vdi, self._path(vdi))

    def chain(self, vdi: str) -> Chain:
        return (self.layer(vdi, self._path(vdi)),)

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        self._path(vdi)
        if writable and not self.writable:
            raise BackendError(46, f"The VDI is not available [opterr={vdi} cannot be written]")
        with self._lock:
            holds = self._holds.setdefault(vdi, {})
            for (other_host, other), writes in holds.items():
                if (other_host, other) != (host, vm) and (writable or writes):
                    raise BackendError(
                        24,
                        f"The VDI is currently in use [opterr=VM {other} on host {other_host} "
                        f"uses {vdi}]",
                    )
            holds[host, vm] = writable

    def release(self, vdi: str, host: str, vm: str) -> None:
        with self._lock:
            self._holds.get(vdi, {}).pop((host, vm), None)

    def release_host(self, host: str, vm: str | None) -> None:
        with self._lock:
            for holds in self._holds.values():
                for key in [key for key in holds if key[0] == host and vm in (None, key[1])]:
                    del holds[key]

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        """Fields are the pool's alone: what the SR itself tells stays."""
        return self.volume(vdi)

    def create(self, operation: str, wanted: VdiInfo) -> VdiInfo:
        unimplemented("VDI_CREATE")

    def destroy(self, operation: str, vdi: str) -> None:
        unimplemented("VDI_DELETE")

    def snapshot(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        unimplemented("VDI_SNAPSHOT")

    def clone(self, operation: str, vdi: str, wanted: VdiInfo) -> VdiInfo:
        unimplemented("VDI_CLONE")

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        unimplemented("VDI_RESIZE")

    def revert(self, operation: str, vdi: str, snapshot: str) -> VdiInfo:
        unimplemented("VDI_REVERT")

    def track(self, operation: str, vdi: str, *, enabled: bool) -> VdiInfo:
        unimplemented("VDI_CONFIG_CBT")

    def data_destroy(self, operation: str, vdi: str) -> VdiInfo:
        unimplemented("VDI_CONFIG_CBT")

    def changed_blocks(self, since: str, until: str) -> str:
        unimplemented("VDI_CONFIG_CBT")

    def differing(self, one: str, other: str) -> str:
        unimplemented("layers")

    def merges(self) -> Sequence[Merge]:
        return []

    def merge(self, merge: Merge) -> None:
        unimplemented("merging")

    def keep_maps(self, merge: Merge) -> None:
        unimplemented("merging")

    def merged(self, merge: Merge) -> None:
        unimplemented("merging")

    def _path(self, vdi: str) -> Path:
        paths = self.paths()
        if vdi not in paths:
            raise BackendError(144, f"The VDI is not available [opterr=SR {self.sr} has no {vdi}]")
        return paths[vdi]

    def _info(self, vdi: str, path: Path) -> VdiInfo:
        info = self.told(vdi, path)
        with self._lock:
            holds = dict(self._holds.get(vdi, {}))
        modes = {f"host_{host}": "RW" if rw else "RO" for (host, _), rw in holds.items()}
        return replace(info, uuid=self.identity(vdi), sm_config={**info.sm_config, **modes})


def raw(identity: str, path: Path, *, is_device: bool) -> Layer:
    return Layer(identity, path, Format.RAW, is_device)


def unimplemented(feature: str) -> NoReturn:
    raise BackendError(38, f"Unimplemented method [opterr=this type of SR has no {feature}]")
