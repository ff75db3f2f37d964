"""``lvm``: disks are logical volumes of the host's own block devices, with all their space."""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from xenops.storage import SrHealth, SrInfo, VdiInfo

from storage.drivers import devices, groups
from storage.drivers.driver import Config, Description
from storage.drivers.folders import sr_list
from storage.drivers.mounts import Mounts
from storage.drivers.whole import WholeDisks, raw
from storage.errors import BackendError
from storage.layers import Layer
from storage.volumes import failures, wanted
from storage.volumes.files import FIELDS
from storage.volumes.images import MERGING
from storage.volumes.programs import ProgramFailed, run

GROUP = "VG_XenStorage"
VOLUME = "LV-"
EXTENT = 4 * wanted.MIB
TAG = "warren."
UNFINISHED = f"{TAG}unfinished"
LONGEST_TAG = 900
WIPING = MERGING


class Lvm:
    description = Description(
        name_label="Local LVM",
        name_description="Disks are logical volumes of the host's own block devices",
        features=(
            *("SR_PROBE", "SR_UPDATE", "VDI_CREATE", "VDI_DELETE", "VDI_ATTACH", "VDI_DETACH"),
            *("VDI_UPDATE", "VDI_RESIZE", "VDI_ACTIVATE", "VDI_DEACTIVATE"),
        ),
        configuration={"device": "a block device, or several with commas between"},
        image_formats=("raw",),
        needs=("vgcreate", "lvcreate", "vgs", "blkdiscard", "wipefs"),
    )

    def __init__(self, mounts: Mounts) -> None:
        """Nothing is mounted."""

    def probe(self, config: Config) -> str:
        named = {str(device.resolve()) for device in devices.of(config)}
        with _told(None):
            present = groups.known()
        return sr_list(
            group.removeprefix(f"{GROUP}-")
            for group, members in present.items()
            if group.startswith(f"{GROUP}-") and named & {str(Path(m).resolve()) for m in members}
        )

    def create(self, sr: str, config: Config, size: int) -> Config:
        named = devices.of(config)
        group = groups.name(GROUP, sr)
        with _told(sr):
            if group not in groups.known():
                for device in named:
                    devices.check_empty(device)
                groups.make(group, named)
        return config

    def attach(self, sr: str, config: Config) -> "LogicalVolumes":
        devices.of(config)
        return LogicalVolumes(sr).begin()

    def detach(self, sr: str, config: Config) -> None:
        group = groups.name(GROUP, sr)
        with _told(sr):
            if group in groups.known():
                run("vgchange", "--quiet", "--activate", "n", "--", group)

    def destroy(self, sr: str, config: Config) -> None:
        with _told(sr):
            groups.remove(groups.name(GROUP, sr))


@dataclass(frozen=True)
class Record:
    """What the tags of a volume say: the disk, its true size, who uses it, and who made it."""

    info: VdiInfo
    holds: tuple[tuple[str, str, bool], ...] = ()
    operations: tuple[str, ...] = ()
    """The last of them, so that one which is repeated changes nothing."""

    def tags(self) -> list[str]:
        text = json.dumps(
            {"info": asdict(self.info), "holds": self.holds, "operations": self.operations[-4:]},
            separators=(",", ":"),
        )
        # Tags have few characters, and an end.
        coded = base64.b64encode(text.encode()).decode()
        parts = [coded[at : at + LONGEST_TAG] for at in range(0, len(coded), LONGEST_TAG)]
        return [f"{TAG}{number}={part}" for number, part in enumerate(parts)]


@dataclass(frozen=True)
class Volume:
    """A logical volume; without a record it is on its way, or was when we were killed."""

    vdi: str
    size: int
    tags: tuple[str, ...]

    @property
    def record(self) -> Record | None:
        if UNFINISHED in self.tags:
            return None
        parts = dict(tag.removeprefix(TAG).split("=", 1) for tag in self.tags)
        coded = "".join(parts[number] for number in sorted(parts, key=int))
        said = json.loads(base64.b64decode(coded))
        holds = tuple((host, vm, writes) for host, vm, writes in said["holds"])
        return Record(VdiInfo(**said["info"]), holds, tuple(said["operations"]))


class LogicalVolumes(WholeDisks):
    """An SR that is a volume group, which this process alone changes."""

    writable = True

    def __init__(self, sr: str) -> None:
        super().__init__(sr)
        self.group = groups.name(GROUP, sr)
        self._changing = threading.RLock()

    def begin(self) -> "LogicalVolumes":
        """Finish or undo what was on its way when we were killed."""
        with self._change() as volumes:
            run("vgchange", "--quiet", "--activate", "y", "--", self.group)
            for vdi, volume in volumes.items():
                if volume.record is None:
                    self._remove(vdi)
                elif volume.size > volume.record.info.virtual_size:
                    self._grown(volume, volume.record)
        return self

    def stat(self) -> SrInfo:
        with _told(self.sr):
            (row,) = groups.report("vgs", "vg_size,vg_free", self.group)
        return SrInfo(
            sr_uuid=self.sr,
            name_label="",
            name_description="",
            total_space=int(row["vg_size"]),
            free_space=int(row["vg_free"]),
            clustered=False,
            health=SrHealth.Healthy,
        )

    def create(self, operation: str, wanted_: VdiInfo) -> VdiInfo:
        size = wanted.size(wanted_.virtual_size, EXTENT)
        if wanted_.sm_config.get("image-format", "raw") != "raw":
            raise BackendError(
                78, "VDI Creation failed [opterr=sm_config:image-format must be raw on this SR]"
            )
        if wanted_.uuid is None:
            raise BackendError(78, "VDI Creation failed [opterr=the VDI has no uuid]")
        vdi = wanted.uuid(wanted_.uuid, "the VDI's uuid")
        with self._change() as volumes:
            if vdi in volumes:
                record = volumes[vdi].record
                if record is None:
                    self._remove(vdi)
                elif operation in record.operations:
                    return self.volume(vdi)
                else:
                    raise BackendError(43, f"The VDI already exists [opterr={vdi}]")
            asked = ("--addtag", UNFINISHED, "--size", f"{size}b", "--name", f"{VOLUME}{vdi}")
            run(
                "lvcreate", *QUIET, "--wipesignatures", "n", "--zero", "n", *asked, "--", self.group
            )
            self._wipe(vdi, 0, size)
            info = replace(wanted_, vdi=vdi, uuid=vdi, virtual_size=size)
            self._tag(vdi, [UNFINISHED], Record(info, operations=(operation,)).tags())
        return self.volume(vdi)

    def destroy(self, operation: str, vdi: str) -> None:
        with self._change() as volumes:
            if vdi in volumes:
                self._check_unused(vdi, volumes[vdi].record)
                self._remove(vdi)

    def resize(self, operation: str, vdi: str, size: int) -> VdiInfo:
        size = wanted.size(size, EXTENT)
        with self._change() as volumes:
            record = self._record(volumes, vdi)
            self._check_unused(vdi, record)
            if size < record.info.virtual_size:
                raise BackendError(79, "VDI Invalid size [opterr=shrinking not allowed]")
            if size > record.info.virtual_size:
                path = f"{self.group}/{VOLUME}{vdi}"
                run("lvextend", *QUIET, "--size", f"{size}b", "--", path)
                self._grown(Volume(vdi, size, volumes[vdi].tags), record)
        return self.volume(vdi)

    def set_fields(self, operation: str, vdi: str, changes: Mapping[str, object]) -> VdiInfo:
        if not FIELDS.issuperset(changes):
            raise BackendError(46, f"The VDI is not available [opterr={vdi}: {sorted(changes)}]")
        with self._change() as volumes:
            record = self._record(volumes, vdi)
            if operation not in record.operations:
                fields: dict[str, Any] = dict(changes)
                info = replace(record.info, **fields)
                operations = (*record.operations, operation)
                self._enter(volumes[vdi], replace(record, info=info, operations=operations))
        return self.volume(vdi)

    def hold(self, vdi: str, host: str, vm: str, *, writable: bool) -> None:
        with self._change() as volumes:
            record = self._record(volumes, vdi)
            others = tuple(hold for hold in record.holds if hold[:2] != (host, vm))
            if not record.info.sharable:
                for other in others:
                    if writable or other[2]:
                        raise _in_use(vdi, *other)
            holds = (*others, (host, vm, writable))
            if holds != record.holds:
                self._enter(volumes[vdi], replace(record, holds=holds))

    def release(self, vdi: str, host: str, vm: str) -> None:
        self._release(host, vm, vdi)

    def release_host(self, host: str, vm: str | None) -> None:
        self._release(host, vm, None)

    def _release(self, host: str, vm: str | None, vdi: str | None) -> None:
        with self._change() as volumes:
            for volume in volumes.values():
                record = volume.record
                if record is None or vdi not in (None, volume.vdi):
                    continue
                kept = tuple(
                    hold for hold in record.holds if hold[0] != host or vm not in (None, hold[1])
                )
                if kept != record.holds:
                    self._enter(volume, replace(record, holds=kept))

    # What `WholeDisks` asks.

    def scan(self) -> list[VdiInfo]:
        with self._change() as volumes:
            records = {vdi: volume.record for vdi, volume in volumes.items()}
        return [_info(record) for record in records.values() if record is not None]

    def volume(self, vdi: str) -> VdiInfo:
        with self._change() as volumes:
            return _info(self._record(volumes, vdi))

    def paths(self) -> Mapping[str, Path]:
        with self._change() as volumes:
            return {vdi: self._device(vdi) for vdi, volume in volumes.items() if volume.record}

    def told(self, vdi: str, path: Path) -> VdiInfo:
        return self.volume(vdi)

    def layer(self, vdi: str, path: Path) -> Layer:
        return raw(vdi, path, is_device=True)

    # Below.

    @contextmanager
    def _change(self) -> Iterator[dict[str, Volume]]:
        """The volumes that are there, while nobody else of this process changes them."""
        with self._changing, _told(self.sr):
            if self.group not in groups.known():
                raise BackendError(
                    47,
                    f"The SR is not available [opterr=there is no volume group {self.group}; are "
                    f"all its devices there?]",
                )
            rows = groups.report("lvs", "lv_name,lv_size,lv_tags", self.group)
            volumes = {}
            for row in rows:
                tags = tuple(tag for tag in row["lv_tags"].split(",") if tag.startswith(TAG))
                if row["lv_name"].startswith(VOLUME) and tags:
                    vdi = row["lv_name"].removeprefix(VOLUME)
                    volumes[vdi] = Volume(vdi, int(row["lv_size"]), tags)
            yield volumes

    def _device(self, vdi: str) -> Path:
        return Path("/dev") / self.group / f"{VOLUME}{vdi}"

    def _record(self, volumes: Mapping[str, Volume], vdi: str) -> Record:
        record = volumes[vdi].record if vdi in volumes else None
        if record is None:
            raise BackendError(144, f"The VDI is not available [opterr=SR {self.sr} has no {vdi}]")
        return record

    def _check_unused(self, vdi: str, record: Record | None) -> None:
        for hold in record.holds if record else ():
            raise _in_use(vdi, *hold)

    def _enter(self, volume: Volume, record: Record) -> None:
        self._tag(volume.vdi, volume.tags, record.tags())

    def _tag(self, vdi: str, old: Any, new: Any) -> None:
        """Replace tags, in one change of the group's metadata."""
        gone = [part for tag in old if tag not in new for part in ("--deltag", tag)]
        come = [part for tag in new if tag not in old for part in ("--addtag", tag)]
        if gone or come:
            run("lvchange", *QUIET, *gone, *come, "--", f"{self.group}/{VOLUME}{vdi}")

    def _grown(self, volume: Volume, record: Record) -> None:
        """A volume is larger than its disk was: the new part is wiped, and the disk's."""
        begin = record.info.virtual_size
        self._wipe(volume.vdi, begin, volume.size - begin)
        self._enter(volume, replace(record, info=replace(record.info, virtual_size=volume.size)))

    def _wipe(self, vdi: str, offset: int, length: int) -> None:
        """Let a part read as zeros: there may be bytes of disks that are no more."""
        part = ("--offset", str(offset), "--length", str(length))
        run("blkdiscard", "--zeroout", *part, "--", str(self._device(vdi)), limit=WIPING)

    def _remove(self, vdi: str) -> None:
        run("lvremove", *QUIET, "--force", "--", f"{self.group}/{VOLUME}{vdi}")


QUIET = ("--quiet", "--yes")


def _info(record: Record) -> VdiInfo:
    modes = {f"host_{host}": "RW" if writes else "RO" for host, _, writes in record.holds}
    return replace(
        record.info,
        physical_utilisation=record.info.virtual_size,
        sm_config={**record.info.sm_config, "image-format": "raw", **modes},
    )


def _in_use(vdi: str, host: str, vm: str, writes: bool) -> BackendError:
    how = "writes" if writes else "reads"
    return BackendError(
        24, f"The VDI is currently in use [opterr=VM {vm} on host {host} {how} {vdi}]"
    )


@contextmanager
def _told(sr: str | None) -> Iterator[None]:
    """Raise as BackendError what LVM says."""
    try:
        yield
    except ProgramFailed as failed:
        if "insufficient free space" in failed.told.lower():
            raise BackendError(44, f"{failures.NO_SPACE} [opterr=SR {sr}: {failed.told}]") from None
        raise BackendError(47, f"The SR is not available [opterr={failed}]") from None
