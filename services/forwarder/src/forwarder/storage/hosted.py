"""SRs that the hosts' storage daemons serve."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypedDict

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VDI, Host, HostRef, PBDRef, Secret, SRRef, VDIRef
from datamodel.idl import DateTime
from datamodel.refs import NULL_REF
from pooldb import Reader
from rules.lifecycle import sr as sr_table
from rules.lifecycle.host import is_live
from rules.placement import storage as placement
from xenops.errors import Failure
from xenops.idl import Declared, P, R
from xenops.storage import STORAGE, UNMANAGED, Merges, Probe, SrInfo, VdiInfo

from forwarder.core.context import Context
from forwarder.daemons.hosts import SILENCE_MAX_S
from forwarder.drivers import DRIVERS
from forwarder.drivers.driver import Contents, Volume, Wanted

SR_TIMEOUT_S, VDI_TIMEOUT_S = 240.0, 120.0
"""How long a host may take: longer than its daemon lets a call take. Making an SR formats it."""

LOOK_EVERY_S = 0.5
"""How often a host is asked how far a copy is: its daemon does not tell unasked."""

MERGES_UNLESS = ("gc", "coalesce", "leaf-coalesce")
"""Keys of an SR's other_config: if any of them is "false", nothing is merged."""

PASSWORD, SECRET = "password", "_secret"
"""The endings of keys whose value is a password, and of those with a secret's uuid instead."""

UNSURE = "unsure"
"""kv namespace: SR whose records may be wrong, as a host did not answer → true."""

AWAY = ("HOST_OFFLINE", "CANNOT_CONTACT_HOST")
"""Errors after which nobody knows what a host has done."""


class Attachment(TypedDict):
    """The parameters with which a host plugs an SR."""

    sr: str
    device_config: list[tuple[str, str]]
    driver: str
    merges: Merges


class Base(TypedDict):
    """The parameters that name the disk whose contents a copy's destination has."""

    base: str | None
    base_sr: str | None


def attachment(view: Reader, pbd: PBDRef) -> Attachment:
    """How a PBD's host is to plug its SR."""
    record = view.get(PBD, pbd)
    sr = view.get(SR, record.SR)
    return {
        "sr": sr.uuid,
        "device_config": list(revealed(view, record.device_config)),
        "driver": sr.type,
        "merges": merges(view, pbd),
    }


def merges(view: Reader, pbd: PBDRef) -> Merges:
    """What a PBD's host is to merge; of those that share an SR one merges what no VM uses."""
    record = view.get(PBD, pbd)
    sr = view.get(SR, record.SR)
    if any(sr.other_config.get(key) == "false" for key in MERGES_UNLESS):
        return Merges.NONE
    is_alone = not sr.shared or record.host == placement.coordinator(view)
    return Merges.ALL if is_alone else Merges.OPEN


def revealed(view: Reader, config: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A device_config with passwords in place of the secrets that it names."""
    for key, value in config.items():
        if key.endswith(PASSWORD + SECRET):
            yield key.removesuffix(SECRET), view.get(Secret, view.by_uuid(Secret, value)).value
        else:
            yield key, value


class Hosted:
    """A `forwarder.storage.backend.Backend` of the SRs of one type."""

    def __init__(self, ctx: Context, type_: str) -> None:
        self._ctx = ctx
        self._type = type_

    def _ask(
        self,
        host: HostRef,
        sr: SRRef,
        about: str,
        call: Declared[P, R],
        timeout_s: float = VDI_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        """Ask a host, or the one that has the disk active if it says so; raises XenAPIError.

        HOST_OFFLINE[host] comes at once for a host that is known to be away. Where a host falls
        silent, the SR's records are compared with the SR later.
        """
        if not is_live(self._ctx.view, host):
            raise XenAPIError("HOST_OFFLINE", host)
        try:
            try:
                return self._ctx.question(host, about, call, timeout_s, *args, **params)
            except Failure as error:
                if error.tag != "Activated_on_another_host":
                    raise
                other = self._ctx.view.by_uuid(Host, str(error.value))
                return self._ctx.question(other, about, call, timeout_s, *args, **params)
        except Failure as error:
            raise self._ctx.translated(error, sr) from error
        except XenAPIError as error:
            if error.code in AWAY and self._ctx.view.find(SR, sr) is not None:
                with self._ctx.transaction() as tx:
                    tx.kv_set(UNSURE, sr, True)
            raise

    def _uuid(self, sr: SRRef) -> str:
        return str(self._ctx.view.get(SR, sr).uuid)

    def _of_disk(self, vdi: VDIRef) -> tuple[HostRef, SRRef, str, str]:
        """The host that works on a disk, the disk's SR with its uuid, and the disk's location."""
        record = self._ctx.view.get(VDI, vdi)
        host = placement.of_disk(self._ctx.view, vdi)
        return host, record.SR, self._uuid(record.SR), record.location

    def require_room(self, sr: SRRef, size: int) -> None:
        """Disks grow as they are written, so only the storage can tell."""

    # --- SRs --------------------------------------------------------------------------------

    def sr_probe(
        self, host: HostRef, device_config: Mapping[str, str], sm_config: Mapping[str, str]
    ) -> str | list[Probe]:
        found = self._ask(
            host,
            NULL_REF,
            self._type,
            STORAGE.SR.probe,
            SR_TIMEOUT_S,
            queue=self._type,
            device_config=list(revealed(self._ctx.view, device_config)),
            sm_config=list(sm_config.items()),
        )
        answer: str | list[Probe] = found.value
        return answer

    def sr_create(
        self, sr: SRRef, host: HostRef, device_config: Mapping[str, str], size: int
    ) -> tuple[Mapping[str, str], int]:
        record = self._ctx.view.get(SR, sr)
        made = self._ask(
            host,
            sr,
            record.uuid,
            STORAGE.SR.create,
            SR_TIMEOUT_S,
            sr=record.uuid,
            name_label=record.name_label,
            name_description=record.name_description,
            device_config=list(revealed(self._ctx.view, device_config)),
            physical_size=size,
            driver=self._type,
        )
        return self._hidden(device_config, dict(made)), size

    def sr_attach(self, pbd: PBDRef) -> None:
        record = self._ctx.view.get(PBD, pbd)
        self._attach(record.SR, record.host, attachment(self._ctx.view, pbd))

    def _attach(self, sr: SRRef, host: HostRef, params: Attachment) -> None:
        call, about = STORAGE.SR.attach, params["sr"]
        self._ask(host, sr, about, call, SR_TIMEOUT_S, **params)

    def sr_detach(self, pbd: PBDRef) -> None:
        record = self._ctx.view.get(PBD, pbd)
        uuid = self._uuid(record.SR)
        self._ask(record.host, record.SR, uuid, STORAGE.SR.detach, SR_TIMEOUT_S, sr=uuid)

    def sr_destroy(self, sr: SRRef) -> None:
        record = self._ctx.view.get(SR, sr)
        view, first = self._ctx.view, placement.coordinator(self._ctx.view)
        pbd = min(record.PBDs, key=lambda each: view.get(PBD, each).host != first)
        host, call = view.get(PBD, pbd).host, STORAGE.SR.destroy
        self._attach(sr, host, attachment(view, pbd))
        self._ask(host, sr, record.uuid, call, SR_TIMEOUT_S, sr=record.uuid)

    def sr_rename(self, sr: SRRef, field: str, value: str) -> None:
        host, uuid = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        if field == "name_label":
            call = STORAGE.SR.set_name_label
            self._ask(host, sr, uuid, call, sr=uuid, new_name_label=value)
        else:
            described = STORAGE.SR.set_name_description
            self._ask(host, sr, uuid, described, sr=uuid, new_name_description=value)

    def sr_stat(self, sr: SRRef) -> Contents:
        host, uuid = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        return contents_of(self._ask(host, sr, uuid, STORAGE.SR.stat, sr=uuid), [])

    def sr_scan(self, sr: SRRef) -> Contents:
        host, uuid = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        infos, info = self._ask(host, sr, uuid, STORAGE.SR.scan2, SR_TIMEOUT_S, sr=uuid)
        return contents_of(info, infos)

    def _hidden(self, asked: Mapping[str, str], made: Mapping[str, str]) -> Mapping[str, str]:
        """A device_config that a host answered, with the secrets of the one that it was sent."""
        secrets = {key: value for key, value in asked.items() if key.endswith(PASSWORD + SECRET)}
        plain = {key.removesuffix(SECRET) for key in secrets}
        return {key: value for key, value in made.items() if key not in plain} | secrets

    # --- disks ------------------------------------------------------------------------------

    def vdi_stat(self, vdi: VDIRef) -> Volume:
        host, sr, uuid, location = self._of_disk(vdi)
        about = f"{uuid}/{location}"
        return _found(self._ask(host, sr, about, STORAGE.VDI.stat, sr=uuid, vdi=location))

    def vdi_introduce(
        self, sr: SRRef, uuid: str, location: str, sm_config: Mapping[str, str]
    ) -> Volume:
        host, named = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        call, about, config = STORAGE.VDI.introduce, f"{named}/{location}", list(sm_config.items())
        found = self._ask(
            host, sr, about, call, sr=named, uuid=uuid, sm_config=config, location=location
        )
        return _volume(found)

    def vdi_create(self, sr: SRRef, wanted: Wanted) -> Volume:
        host, uuid = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        info, about = _wanted(wanted), f"{uuid}/{wanted.uuid}"
        return _volume(self._ask(host, sr, about, STORAGE.VDI.create, sr=uuid, vdi_info=info))

    def vdi_delete(self, sr: SRRef, location: str) -> None:
        host, uuid = placement.of_sr(self._ctx.view, sr), self._uuid(sr)
        about = f"{uuid}/{location}"
        try:
            self._ask(host, sr, about, STORAGE.VDI.destroy, sr=uuid, vdi=location)
        except XenAPIError as error:
            if error.code != "VDI_MISSING":
                raise

    def vdi_snapshots(self, vm: str, wanted: Sequence[tuple[VDIRef, Wanted]]) -> list[Volume]:
        """Those that the VM's host uses are asked for at once."""
        if len(wanted) == 1:
            return [self.vdi_snapshot(*wanted[0])]
        asked = [(*self._of_disk(source), source, each) for source, each in wanted]
        host, sr, *_ = asked[0]
        disks = [(uuid, _wanted(each, vdi)) for _, _, uuid, vdi, _, each in asked]
        infos = self._ask(host, sr, vm, STORAGE.DISKS.snapshot, vm=vm, disks=disks)
        return [_volume(info) for info in infos]

    def vdi_snapshot(self, source: VDIRef, wanted: Wanted) -> Volume:
        host, sr, uuid, location = self._of_disk(source)
        info, about = _wanted(wanted, location), f"{uuid}/{wanted.uuid}"
        return _volume(self._ask(host, sr, about, STORAGE.VDI.snapshot, sr=uuid, vdi_info=info))

    def vdi_clone(self, source: VDIRef, wanted: Wanted) -> Volume:
        host, sr, uuid, location = self._of_disk(source)
        info, about = _wanted(wanted, location), f"{uuid}/{wanted.uuid}"
        return _volume(self._ask(host, sr, about, STORAGE.VDI.clone, sr=uuid, vdi_info=info))

    def vdi_copy(self, source: VDIRef, sr: SRRef, into: Volume, base: VDIRef) -> Volume:
        record = self._ctx.view.get(VDI, source)
        of = self._ctx.view.get(SR, record.SR)
        if of.type in DRIVERS:
            return into  # such a disk has no bytes
        host = placement.of_copy(self._ctx.view, source, sr)
        named = {"sr": of.uuid, "vdi": record.location}
        there = {"into_sr": self._uuid(sr), "into": into.location}
        origin = self._base(host, base)
        about = f"{of.uuid}/{record.location}/{into.location}"
        id_ = f"{self._ctx.operation}/DISKS.copy/{about}"
        self._ask(host, sr, about, STORAGE.DISKS.copy, id=id_, **named, **there, **origin)
        self._follow(host, sr, id_)
        uuid, location = there["into_sr"], into.location
        about = f"{uuid}/{location}"
        return _volume(self._ask(host, sr, about, STORAGE.VDI.stat, sr=uuid, vdi=location))

    def _base(self, host: HostRef, base: VDIRef) -> Base:
        """How a host knows a disk; without a base all is copied, as from one that it cannot see."""
        record = self._ctx.view.find(VDI, base)
        if record is None or host not in placement.plugged(self._ctx.view, record.SR):
            return {"base": None, "base_sr": None}
        return {"base": record.location, "base_sr": self._uuid(record.SR)}

    def vdi_checksum(self, vdi: VDIRef) -> str:
        host, sr, uuid, location = self._of_disk(vdi)
        about = f"{uuid}/{location}"
        id_ = f"{self._ctx.operation}/DISKS.checksum/{about}"
        self._ask(host, sr, about, STORAGE.DISKS.checksum, id=id_, sr=uuid, vdi=location)
        return self._follow(host, sr, id_)["md5"]

    def _follow(self, host: HostRef, sr: SRRef, id_: str) -> Mapping[str, str]:
        """Follow a host's task to its end, and answer what it found out.

        One that is cancelled has ended when this raises.
        """
        is_cancelled, heard = False, time.monotonic()
        while True:
            try:
                told = self._ask(host, sr, id_, STORAGE.TASK.stat, task=id_)
            except XenAPIError as error:
                if error.code not in AWAY or time.monotonic() - heard > SILENCE_MAX_S:
                    raise
                continue
            heard, state = time.monotonic(), told.state
            if state.tag == "Completed":
                return told.debug_info
            if state.tag == "Failed":
                failure = STORAGE.read_error(state.value)
                raise self._ctx.translated(failure, sr)
            self._ctx.progress(state.value)
            try:
                self._ctx.check_cancelled()
            except XenAPIError:
                if not is_cancelled:
                    self._ask(host, sr, id_, STORAGE.TASK.cancel, task=id_)
                    is_cancelled = True
            with self._ctx.outside():
                self._ctx.db.watches.wait(
                    {self._ctx.task}, self._ctx.db.view.generation, LOOK_EVERY_S
                )

    def vdi_resize(self, vdi: VDIRef, size: int) -> Volume:
        host, sr, uuid, location = self._of_disk(vdi)
        about = f"{uuid}/{location}"
        call = STORAGE.VDI.resize
        made = self._ask(host, sr, about, call, sr=uuid, vdi=location, new_size=size)
        utilisation = int(self._ctx.view.get(VDI, vdi).physical_utilisation)
        return Volume(location, made, utilisation)

    def vdi_can_revert(self, vdi: VDIRef) -> bool:
        return "VDI_REVERT" in sr_table.features(self._ctx.view, self._type)

    def vdi_revert(self, vdi: VDIRef, snapshot: VDIRef) -> Volume:
        host, sr, uuid, location = self._of_disk(vdi)
        image = self._ctx.view.get(VDI, snapshot)
        info = VdiInfo(
            vdi=image.location,
            uuid=image.uuid,
            name_label=image.name_label,
            is_a_snapshot=True,
            snapshot_of=location,
            virtual_size=int(image.virtual_size),
        )
        about = f"{uuid}/{location}/{image.location}"
        self._ask(host, sr, about, STORAGE.VDI.revert, sr=uuid, snapshot_info=info)
        return replace(self.vdi_stat(vdi), fields={})

    def vdi_rename(self, vdi: VDIRef, field: str, value: str) -> None:
        host, sr, uuid, location = self._of_disk(vdi)
        about, named = f"{uuid}/{location}", {"sr": uuid, "vdi": location}
        if field == "name_label":
            call = STORAGE.VDI.set_name_label
            self._ask(host, sr, about, call, **named, new_name_label=value)
        else:
            described = STORAGE.VDI.set_name_description
            self._ask(host, sr, about, described, **named, new_name_description=value)

    def vdi_persist(self, vdi: VDIRef, *, persistent: bool) -> None:
        host, sr, uuid, location = self._of_disk(vdi)
        call, about = STORAGE.VDI.set_persistent, f"{uuid}/{location}"
        self._ask(host, sr, about, call, sr=uuid, vdi=location, persistent=persistent)

    def vdi_track(self, vdi: VDIRef, *, enabled: bool) -> None:
        host, sr, uuid, location = self._of_disk(vdi)
        call = STORAGE.VDI.enable_cbt if enabled else STORAGE.VDI.disable_cbt
        self._ask(host, sr, f"{uuid}/{location}", call, sr=uuid, vdi=location)

    def vdi_drop_data(self, vdi: VDIRef) -> None:
        host, sr, uuid, location = self._of_disk(vdi)
        call = STORAGE.VDI.data_destroy
        self._ask(host, sr, f"{uuid}/{location}", call, sr=uuid, vdi=location)

    def vdi_changed_blocks(self, since: VDIRef, until: VDIRef) -> str:
        host, sr, uuid, location = self._of_disk(until)
        older = self._ctx.view.get(VDI, since).location
        call, about = STORAGE.VDI.list_changed_blocks, f"{uuid}/{older}/{location}"
        return self._ask(host, sr, about, call, sr=uuid, vdi_from=older, vdi_tp=location)


def _wanted(wanted: Wanted, of: str = "") -> VdiInfo:
    """A disk to be made, of the disk at the location ``of`` if any."""
    fields = wanted.fields
    return VdiInfo(
        vdi=of,
        uuid=wanted.uuid,
        name_label=fields.get("name_label", ""),
        name_description=fields.get("name_description", ""),
        ty=str(fields.get("type", "user")),
        is_a_snapshot=bool(fields.get("is_a_snapshot")),
        snapshot_time=str(fields.get("snapshot_time", "19700101T00:00:00Z")),
        snapshot_of=of if fields.get("is_a_snapshot") else "",
        read_only=bool(fields.get("read_only")),
        virtual_size=int(fields.get("virtual_size", 0)),
        persistent=fields.get("on_boot") != "reset",
        sharable=bool(fields.get("sharable")),
        sm_config=dict(fields.get("sm_config", {})),
        tags=list(fields.get("tags", [])),
    )


def _volume(info: VdiInfo) -> Volume:
    fields: dict[str, Any] = {"sm_config": dict(info.sm_config)}
    return Volume(info.vdi, info.virtual_size, info.physical_utilisation, fields)


def contents_of(info: SrInfo, found: Sequence[VdiInfo]) -> Contents:
    """What a scan answered."""
    used = info.total_space - info.free_space
    return Contents(info.total_space, used, tuple(_found(disk) for disk in found))


def _found(info: VdiInfo) -> Volume:
    """A disk as a scan finds it, with all that its record says of it."""
    fields: dict[str, Any] = {
        "uuid": info.uuid or "",
        "name_label": info.name_label,
        "name_description": info.name_description,
        "type": info.ty,
        "is_a_snapshot": info.is_a_snapshot,
        "snapshot_of": info.snapshot_of,
        "snapshot_time": DateTime(info.snapshot_time),
        "read_only": info.read_only,
        "cbt_enabled": info.cbt_enabled,
        "sharable": info.sharable,
        "sm_config": dict(info.sm_config),
        "managed": UNMANAGED not in info.sm_config,
    }
    return Volume(info.vdi, info.virtual_size, info.physical_utilisation, fields)
