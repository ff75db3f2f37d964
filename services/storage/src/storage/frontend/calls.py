"""What each call of the storage daemon means, as functions of its parameters and operation."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from xenops.storage import (
    Merges,
    ProbeResult,
    QueryResult,
    SmapiVersion,
    SrInfo,
    StorageError,
    VdiInfo,
)

from storage.datapaths.locks import Locks
from storage.datapaths.paths import KEPT_FOR, Paths
from storage.drivers.driver import AttachedSR, Driver
from storage.errors import BackendError
from storage.frontend.journal import Plugged
from storage.frontend.srs import LONG_S, Srs

VERSION = "1.0"
SR_IN_USE, UNIMPLEMENTED = 16, 38
NAMES = uuid.UUID("9a3c1a5e-8a0f-5f0a-9d5f-0f5a5c0f7a11")
"""The space of uuids for disks whose callers have not chosen one."""

Pairs = Sequence[tuple[str, str]]


def described(name: str, driver: Driver) -> QueryResult:
    """A type of SR, as upstream's plug-ins describe themselves."""
    about = driver.description
    return QueryResult(
        driver=name,
        name=about.name_label,
        description=about.name_description,
        vendor="Warren",
        copyright="",
        version=VERSION,
        required_api_version="2.0",
        features=list(about.features),
        configuration=dict(about.configuration),
        required_cluster_stack=[],
        supported_image_formats=list(about.image_formats),
        smapi_version=SmapiVersion.SMAPIv2,
    )


class Calls:
    """One host's storage. Methods raise StorageError, or what their parts raise."""

    def __init__(
        self,
        host: str,
        drivers: Mapping[str, Driver],
        srs: Srs,
        paths: Paths,
        changed: Callable[[], None],
    ) -> None:
        self._host = host
        self._drivers = drivers
        self._srs = srs
        self._paths = paths
        self._changed = changed
        self._plugging = Locks()

    def _disks(self, sr: str) -> AttachedSR:
        return self._srs.disks(sr)

    # --- the daemon itself ------------------------------------------------------------------

    def query(self) -> QueryResult:
        return QueryResult(
            driver="",
            name="storage",
            description="The disks of this host",
            vendor="Warren",
            copyright="",
            version=VERSION,
            required_api_version="2.0",
            features=[],
            configuration={},
            required_cluster_stack=[],
            supported_image_formats=[],
            smapi_version=SmapiVersion.SMAPIv2,
        )

    def diagnostics(self) -> str:
        """Everything that is attached and used, and what waits to be merged, as JSON."""
        srs = {
            sr.uuid: {
                "driver": sr.plugged.driver,
                "health": sr.health,
                "merges": sr.plugged.merges,
                "backlog": sr.backlog,
                "merging": sr.merging,
                "uses": [
                    {"vdi": use.vdi, "vm": use.vm, "dps": {dp: str(s) for dp, s in dps.items()}}
                    for use, dps in self._paths.uses(sr.uuid).items()
                ],
            }
            for sr in self._srs.all()
        }
        lost = [{**vars(use), "why": why} for use, why in self._paths.pulled().items()]
        return json.dumps({"drivers": sorted(self._drivers), "srs": srs, "pulled": lost}, indent=1)

    # --- SRs --------------------------------------------------------------------------------

    def attach(self, sr: str, config: Pairs, driver: str | None, merges: Merges | None) -> None:
        with self._plugging.of(sr):
            known = self._srs.find(sr)
            if driver is None:
                if known is None:
                    raise StorageError("Missing_configuration_parameter", "driver")
                driver = known.plugged.driver
            self._driver(driver)
            if merges is None:
                merges = Merges.ALL if known is None else known.plugged.merges
            self._srs.attach(Plugged(sr, driver, dict(config), merges))
        self._changed()

    def detach(self, sr: str) -> None:
        with self._plugging.of(sr):
            found = self._srs.find(sr)
            if found is None:
                return
            self._require_unused(sr)
            self._drop_uses(sr)
            found.detach()
            self._srs.forget(sr)
        self._changed()

    def create_sr(
        self, sr: str, label: str, description: str, config: Pairs, size: int, driver: str | None
    ) -> list[tuple[str, str]]:
        if driver is None:
            raise StorageError("Missing_configuration_parameter", "driver")
        self._driver(driver)
        with self._plugging.of(sr):
            if self._srs.find(sr) is not None:
                raise StorageError("Sr_attached", sr)
            process = self._srs.start(driver)
            try:
                final = process.call("create", LONG_S, sr, dict(config), size)
                process.call("attach", LONG_S, sr, final)
                try:
                    process.call("sr.set_name", LONG_S, label, description)
                except BackendError as error:
                    if error.number != UNIMPLEMENTED:
                        raise
                process.call("detach", LONG_S, sr, final)
            finally:
                process.end()
        return list(final.items())

    def destroy_sr(self, sr: str) -> None:
        with self._plugging.of(sr):
            found = self._srs.get(sr)
            self._require_unused(sr)
            self._drop_uses(sr)
            found.destroy()
            self._srs.forget(sr)
        self._changed()

    def _require_unused(self, sr: str) -> None:
        for use in self._paths.active(sr):
            text = f"SR {sr} is in use: VM {use.vm} has its VDI {use.vdi}; shut the VM down"
            raise BackendError(SR_IN_USE, text)

    def _drop_uses(self, sr: str, vm: str | None = None) -> None:
        for use, dps in self._paths.uses(sr).items():
            for dp in dps if vm in (None, use.vm) else ():
                self._paths.destroy(use, dp, allow_leak=True)

    def _driver(self, name: str) -> Driver:
        found = self._drivers.get(name)
        if found is None:
            raise StorageError("Backend_error", ("SR_UNKNOWN_DRIVER", [name]))
        return found

    def probe(self, queue: str, config: Pairs) -> ProbeResult:
        name = queue.rpartition(".")[2]
        self._driver(name)
        process = self._srs.start(name)
        try:
            found = process.call("probe", LONG_S, dict(config))
        finally:
            process.end()
        return ProbeResult("Raw" if isinstance(found, str) else "Probe", found)

    def list_srs(self) -> list[str]:
        return [sr.uuid for sr in self._srs.all()]

    def scan(self, sr: str) -> tuple[list[VdiInfo], SrInfo]:
        found = [info for info in self._disks(sr).scan() if KEPT_FOR not in info.sm_config]
        return found, self._srs.get(sr).look()

    def stat_sr(self, sr: str) -> SrInfo:
        return self._srs.get(sr).look()

    def name_sr(self, sr: str, label: str | None, description: str | None) -> None:
        self._disks(sr).set_name(label, description)

    # --- disks ------------------------------------------------------------------------------

    def create(self, operation: str, sr: str, wanted: VdiInfo) -> VdiInfo:
        return self._disks(sr).create(operation, _named(operation, wanted))

    def destroy(self, operation: str, sr: str, vdi: str) -> None:
        self._paths.destroy_disk(operation, sr, vdi)

    def snapshot(self, operation: str, sr: str, wanted: VdiInfo) -> VdiInfo:
        return self.snapshots(operation, [(sr, wanted)])[0]

    def snapshots(self, operation: str, disks: Sequence[tuple[str, VdiInfo]]) -> list[VdiInfo]:
        named = [(sr, _named(f"{operation}/{n}", wanted)) for n, (sr, wanted) in enumerate(disks)]
        return self._paths.snapshot(operation, named)

    def clone(self, operation: str, sr: str, wanted: VdiInfo) -> VdiInfo:
        return self._paths.clone(operation, sr, _named(operation, wanted))

    def resize(self, operation: str, sr: str, vdi: str, size: int) -> int:
        return self._paths.resize(operation, sr, vdi, size).virtual_size

    def revert(self, operation: str, sr: str, snapshot: VdiInfo) -> None:
        vdi = snapshot.snapshot_of
        with self._paths.locks.of((sr, vdi)):
            self._paths.require_inactive(sr, vdi, "revert it")
            self._disks(sr).revert(operation, vdi, snapshot.vdi)

    def introduce(self, sr: str, uuid_: str, location: str) -> VdiInfo:
        """The disk at a location that is on the SR already, as it is known from now on."""
        for found in self._disks(sr).scan():
            if location == found.vdi:
                return replace(found, uuid=found.uuid or uuid_)
        raise StorageError("Vdi_does_not_exist", location)

    def stat(self, sr: str, vdi: str) -> VdiInfo:
        return self._disks(sr).volume(vdi)

    def set_field(self, operation: str, sr: str, vdi: str, name: str, value: Any) -> None:
        self._disks(sr).set_fields(operation, vdi, {name: value})

    def change_sm_config(
        self, operation: str, sr: str, vdi: str, key: str, value: str | None
    ) -> None:
        """Set a key of a disk's sm_config, or remove it."""
        with self._paths.locks.of((sr, vdi)):
            disks = self._disks(sr)
            kept = {k: v for k, v in disks.volume(vdi).sm_config.items() if k != key}
            said = kept if value is None else {**kept, key: value}
            disks.set_fields(operation, vdi, {"sm_config": said})

    def track(self, operation: str, sr: str, vdi: str, *, enabled: bool) -> None:
        with self._paths.locks.of((sr, vdi)):
            self._disks(sr).track(operation, vdi, enabled=enabled)

    def data_destroy(self, operation: str, sr: str, vdi: str) -> None:
        with self._paths.locks.of((sr, vdi)):
            self._paths.require_inactive(sr, vdi, "destroy its data")
            self._disks(sr).data_destroy(operation, vdi)

    def changed_blocks(self, sr: str, since: str, until: str) -> str:
        return self._disks(sr).changed_blocks(since, until)

    # --- datapaths --------------------------------------------------------------------------

    def destroy_datapath(self, dp: str, allow_leak: bool) -> None:
        for use in self._paths.named(dp):
            self._paths.destroy(use, dp, allow_leak=allow_leak)

    def release(self, sr: str, host: str, vm: str | None) -> None:
        """Give back what a host has, all or what one VM has; that of this host is closed too."""
        if host == self._host:
            self._drop_uses(sr, vm)
        self._disks(sr).release_host(host, vm)


def _named(operation: str, wanted: VdiInfo) -> VdiInfo:
    """A wanted disk with a uuid, which is the same for each repetition of the call."""
    return wanted if wanted.uuid else replace(wanted, uuid=str(uuid.uuid5(NAMES, operation)))
