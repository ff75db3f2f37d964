"""SMAPIv3 plug-ins of others as drivers: an executable for each call, with JSON in and out.

``volume/<plug-in>`` has the calls for SRs and their volumes, ``datapath/<scheme>`` those that lead
to the bytes of a volume whose URI has that scheme.
"""

import json
import logging
import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from xenops.storage import Probe, SrHealth, SrInfo, VdiInfo

from storage.drivers.driver import Config, Description, Driver
from storage.drivers.whole import WholeDisks, raw, unimplemented
from storage.errors import BackendError
from storage.layers import Chain, Layer
from storage.volumes import wanted
from storage.volumes.programs import ProgramFailed, run

log = logging.getLogger(__name__)

FEATURES: Mapping[str, str] = {
    "SR.probe": "SR_PROBE",
    "SR.stat": "SR_UPDATE",
    "Volume.create": "VDI_CREATE",
    "Volume.destroy": "VDI_DELETE",
    "Volume.snapshot": "VDI_SNAPSHOT",
    "Volume.clone": "VDI_CLONE",
    "Volume.resize": "VDI_RESIZE",
    "Volume.stat": "VDI_UPDATE",
}
ALWAYS = ("VDI_ATTACH", "VDI_DETACH", "VDI_ACTIVATE", "VDI_DEACTIVATE")

NUMBERS: Mapping[str, int] = {
    "Sr_not_attached": 47,
    "SR_does_not_exist": 47,
    "Volume_does_not_exist": 144,
    "Unimplemented": 38,
}
"""The failures that the interface has names for; others are a general error."""
GENERAL = 202

KEPT = ("ty", "is_a_snapshot", "snapshot_of", "snapshot_time", "content_id", "tags", "sm_config")
PREFIX = "warren-"
"""What a plug-in keeps for us has these keys; "operation" is the one that has made the volume."""


@dataclass(frozen=True)
class Calls:
    """The executables of a folder."""

    folder: Path

    def has(self, call: str) -> bool:
        return os.access(self.folder / call, os.X_OK)

    def __call__(self, call: str, **parameters: Any) -> Any:
        """What a call answers; raises BackendError."""
        if not self.has(call):
            unimplemented(call)
        said = json.dumps({"dbg": "warren", **parameters})
        try:
            answer = run(str(self.folder / call), "--json", given=said)
            return json.loads(answer) if answer.strip() else None
        except ProgramFailed as failed:
            raise self._failure(call, failed) from None
        except ValueError:
            raise BackendError(
                GENERAL, f"General backend error [opterr={self.folder / call} answered no JSON]"
            ) from None

    def _failure(self, call: str, failed: ProgramFailed) -> BackendError:
        try:
            said = json.loads(failed.output)
            code, params = str(said["code"]), [str(each) for each in said["params"]]
        except (ValueError, KeyError, TypeError):
            code, params = str(failed), []
        number = NUMBERS.get(code, GENERAL)
        if code.startswith("SR_BACKEND_FAILURE_"):
            number = int(code.rpartition("_")[2])
        told = " ".join([code, *params])
        return BackendError(number, f"General backend error [opterr={call}: {told}]")


def found(root: Path) -> dict[str, Driver]:
    """The plug-ins in a folder by their types; one that does not answer is told and left out."""
    drivers: dict[str, Driver] = {}
    for folder in sorted((root / "volume").glob("*")):
        calls = Calls(folder)
        if calls.has("Plugin.Query"):
            try:
                said = calls("Plugin.Query")
                drivers[str(said["plugin"])] = Plugin(root, calls, said)
            except (BackendError, KeyError, TypeError) as failed:
                log.warning("%s is no plug-in: %s", folder, failed)
    return drivers


class Plugin:
    """One plug-in, which has said of itself what `found` asked."""

    def __init__(self, root: Path, calls: Calls, said: Mapping[str, Any]) -> None:
        self._root = root
        self._calls = calls
        features = [feature for call, feature in FEATURES.items() if calls.has(call)]
        self._description = Description(
            name_label=str(said["name"]),
            name_description=str(said["description"]),
            features=(*features, *ALWAYS),
            configuration={str(key): str(text) for key, text in said["configuration"].items()},
            image_formats=("raw",),
        )

    @property
    def description(self) -> Description:
        return self._description

    def probe(self, config: Config) -> list[Probe]:
        told = self._calls("SR.probe", configuration=dict(config))
        return [
            Probe(
                configuration=each["configuration"],
                complete=each["complete"],
                sr=None if each.get("sr") is None else _sr_info(each["sr"]),
                extra_info=each["extra_info"],
            )
            for each in told
        ]

    def create(self, sr: str, config: Config, size: int) -> Config:
        told = self._calls(
            "SR.create", uuid=sr, configuration=dict(config), name="", description=""
        )
        return {str(key): str(value) for key, value in told.items()}

    def attach(self, sr: str, config: Config) -> "PluginSR":
        return PluginSR(sr, self._calls("SR.attach", configuration=dict(config)), self._calls, self)

    def detach(self, sr: str, config: Config) -> None:
        """An SR's handle is the answer of its attachment, which may be repeated."""
        handle = self._calls("SR.attach", configuration=dict(config))
        self._calls("SR.detach", sr=handle)

    def destroy(self, sr: str, config: Config) -> None:
        self._calls("SR.destroy", sr=self._calls("SR.attach", configuration=dict(config)))

    def datapath(self, uris: list[str]) -> tuple[Calls, str]:
        """The calls for the first of a volume's URIs that there are calls for."""
        for uri in uris:
            scheme = urlsplit(uri).scheme
            for name in (scheme, scheme.partition("+")[0]):
                calls = Calls(self._root / "datapath" / name)
                if name and calls.has("Datapath.attach"):
                    return calls, uri
        raise BackendError(
            46,
            f"The VDI is not available [opterr=no datapath plug-in in {self._root / 'datapath'} is "
            f"for {', '.join(uris)}]",
        )


class PluginSR(WholeDisks):
    """An attached SR of a plug-in. Who uses a volume is noted while this process lives."""

    writable = True

    def __init__(self, sr: str, handle: str, calls: Calls, plugin: Plugin) -> None:
        super().__init__(sr)
        self._handle = handle
        self._calls = calls
        self._plugin = plugin
        self._changing = threading.Lock()

    def stat(self) -> SrInfo:
        return _sr_info(self._calls("SR.stat", sr=self._handle))

    def set_name(self, label: str | None, description: str | None) -> None:
        if label is not None:
            self._calls("SR.set_name", sr=self._handle, new_name=label)
        if description is not None:
            self._calls("SR.set_description", sr=self._handle, new_description=description)

    def scan(self) -> list[VdiInfo]:
        return [self._told(volume) for volume in self._calls("SR.ls", sr=self._handle)]

    def volume(self, vdi: str) -> VdiInfo:
        return self._told(self._volume("stat", vdi))

    def create(self, operation: str, wanted_: VdiInfo) -> VdiInfo:
        parameters = {
            "name": wanted_.name_label,
            "description": wanted_.name_description,
            "size": wanted.size(wanted_.virtual_size, 512),
            "sharable": wanted_.sharable,
        }
        return self._once(operation, wanted_, "create", **parameters)

    def snapshot(self, operation: str, vdi: str, wanted_: VdiInfo) -> VdiInfo:
        return self._once(operation, wanted_, "snapshot", key=vdi)

    def clone(self, operation: str, vdi: str, wanted_: VdiInfo) -> VdiInfo:
        return self._once(operation, wanted_, "clone", key=vdi)

    def destroy(self, operation: str, vdi: str) -> None:
        if any(info.vdi == vdi for info in self.scan()):
            self._check_unused(vdi)
            self._volume("destroy", vdi)

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        size = wanted.size(size, 512)
        present = self.volume(vdi).virtual_size
        self._check_unused(vdi)
        if size < present:
            raise BackendError(79, "VDI Invalid size [opterr=shrinking not allowed]")
        if size > present:
            self._volume("resize", vdi, new_size=size)
        return self.volume(vdi)

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        for name, value in changes.items():
            if name == "name_label":
                self._volume("set_name", vdi, new_name=value)
            elif name == "name_description":
                self._volume("set_description", vdi, new_description=value)
            elif name in KEPT:
                self._volume("set", vdi, k=f"{PREFIX}{name}", v=json.dumps(value))
        return self.volume(vdi)

    def chain(self, vdi: str) -> Chain:
        """The way that the datapath plug-in gives; it is there once the disk is held."""
        calls, uri = self._plugin.datapath(self._volume("stat", vdi)["uri"])
        users = self._users(vdi)
        if not users:
            raise BackendError(46, f"The VDI is not available [opterr=nobody uses {vdi}]")
        backend = calls("Datapath.attach", uri=uri, domain=users[0])
        for kind, how in backend["implementations"]:
            if kind in ("BlockDevice", "File"):
                path = Path(how["path"])
                return (
                    raw(
                        self._told(self._volume("stat", vdi)).uuid or vdi,
                        path,
                        is_device=kind == "BlockDevice",
                    ),
                )
        raise BackendError(
            46, f"The VDI is not available [opterr={uri} can be reached neither as device nor file]"
        )

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        volume = self._volume("stat", vdi)
        if writable and not volume["read_write"]:
            raise BackendError(46, f"The VDI is not available [opterr={vdi} cannot be written]")
        super().hold(vdi, host, vm, writable=writable)
        try:
            calls, uri = self._plugin.datapath(volume["uri"])
            if calls.has("Datapath.open"):
                calls("Datapath.open", uri=uri, persistent=True)
            calls("Datapath.attach", uri=uri, domain=vm)
            calls("Datapath.activate", uri=uri, domain=vm)
        except BackendError:
            super().release(vdi, host, vm)
            raise

    def release(self, vdi: str, host: str, vm: str) -> None:
        if vm in self._users(vdi):
            calls, uri = self._plugin.datapath(self._volume("stat", vdi)["uri"])
            calls("Datapath.deactivate", uri=uri, domain=vm)
            calls("Datapath.detach", uri=uri, domain=vm)
            if calls.has("Datapath.close"):
                calls("Datapath.close", uri=uri)
        super().release(vdi, host, vm)

    def release_host(self, host: str, vm: str | None) -> None:
        with self._lock:
            users = [(vdi, *user) for vdi, holds in self._holds.items() for user in holds]
        for vdi, its_host, its_vm in users:
            if its_host == host and vm in (None, its_vm):
                self.release(vdi, its_host, its_vm)

    # What `WholeDisks` asks.

    def paths(self) -> Mapping[str, Path]:
        return {info.vdi: Path(info.vdi) for info in self.scan()}

    def told(self, vdi: str, path: Path) -> VdiInfo:
        return self.volume(vdi)

    def layer(self, vdi: str, path: Path) -> Layer:
        return self.chain(vdi)[0]

    # Below.

    def _volume(self, call: str, vdi: str, **parameters: Any) -> Any:
        return self._calls(f"Volume.{call}", sr=self._handle, key=vdi, **parameters)

    def _users(self, vdi: str) -> list[str]:
        with self._lock:
            return [vm for _, vm in self._holds.get(vdi, {})]

    def _check_unused(self, vdi: str) -> None:
        for vm in self._users(vdi):
            raise BackendError(24, f"The VDI is currently in use [opterr=VM {vm} uses {vdi}]")

    def _once(self, operation: str, wanted_: VdiInfo, call: str, **parameters: Any) -> VdiInfo:
        """Make a volume, unless this operation has made it; with what the caller wants of it."""
        with self._changing:
            for volume in self._calls("SR.ls", sr=self._handle):
                if volume["keys"].get(f"{PREFIX}operation") == operation:
                    return self._told(volume)
            made = self._calls(f"Volume.{call}", sr=self._handle, **parameters)["key"]
            self._volume("set", made, k=f"{PREFIX}operation", v=operation)
            fields = {name: getattr(wanted_, name) for name in KEPT}
            names = {name: getattr(wanted_, name) for name in ("name_label", "name_description")}
            fields["is_a_snapshot"] = call == "snapshot"
            return self.set_fields(operation, made, {**fields, **names})

    def _told(self, volume: Mapping[str, Any]) -> VdiInfo:
        kept = {
            name: json.loads(volume["keys"][f"{PREFIX}{name}"])
            for name in KEPT
            if f"{PREFIX}{name}" in volume["keys"]
        }
        identity = volume.get("uuid") or str(uuid.uuid5(uuid.UUID(self.sr), volume["key"]))
        return VdiInfo(
            vdi=volume["key"],
            uuid=identity,
            name_label=volume["name"],
            name_description=volume["description"],
            read_only=not volume["read_write"],
            virtual_size=volume["virtual_size"],
            physical_utilisation=volume["physical_utilisation"],
            sharable=volume["sharable"],
            **kept,
        )


def _sr_info(said: Mapping[str, Any]) -> SrInfo:
    health = said["health"][0] if isinstance(said["health"], list) else said["health"]
    return SrInfo(
        sr_uuid=said.get("uuid"),
        name_label=said["name"],
        name_description=said["description"],
        total_space=said["total_space"],
        free_space=said["free_space"],
        clustered=said.get("clustered", False),
        health=SrHealth(health),
    )
