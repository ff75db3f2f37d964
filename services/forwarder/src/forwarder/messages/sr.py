"""SRs: made, introduced, scanned and removed; their storage does the work."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, Host, HostRef, PBDRef, SRRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import new_uuid
from datamodel.values import invalid_value
from pooldb import Transaction
from rules.lifecycle.sr import features, is_plugged, require_feature, require_plugged
from rules.placement.storage import coordinator
from xenops.storage import Probe, SrInfo

from forwarder.core.context import Context
from forwarder.core.patterns import refusal
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements
from forwarder.locks import locking
from forwarder.messages import pbd as pbds
from forwarder.records import blobs
from forwarder.storage import backend, contents, disks

SECTOR_BYTES = 512
UNKNOWN_SIZE = -1
"""The sizes of an introduced SR that has not been scanned yet."""


BY_STORAGE_ALONE = ("physical_size", "physical_utilisation", "virtual_allocation")
"""Fields that only the SR's driver may write, because only it knows them."""

answered_by_hosts("SR.create", "SR.make", "SR.probe", "SR.probe_ext")
for _field in BY_STORAGE_ALONE:
    implements(f"SR.set_{_field}", looked_at=())(refusal("PERMISSION_DENIED", ""))
implements("SR.make", looked_at=())(refusal("MESSAGE_DEPRECATED"))
implements("SR.create_new_blob")(blobs.creator(SR))


def add(
    tx: Transaction,
    values: Mapping[str, Any],
    hosts: Iterable[HostRef],
    device_config: Mapping[str, str],
) -> SRRef:
    """Record an SR with an unplugged PBD for each of these hosts."""
    sr = ref_of(tx.new(SR, values))
    for host in hosts:
        pbds.add(tx, {"host": host, "SR": sr, "device_config": device_config})
    locking.refresh(tx, name_of(SR), sr)
    return sr


@implements("SR.create")
def create(
    ctx: Context,
    host: HostRef,
    device_config: dict[str, str],
    physical_size: int,
    name_label: str,
    name_description: str,
    type_: str,
    content_type: str,
    shared: bool,
    sm_config: dict[str, str],
) -> SRRef:
    """Make an SR of ``physical_size`` bytes; 0 leaves the size to the storage.

    It is plugged on its hosts; a plug that fails is not told of. A shared SR is made by the
    coordinator. If it cannot be made, nothing is left of it in the pool.
    """
    kind = type_.lower()
    storage = backend.of_type(ctx, kind)
    if physical_size < 0 or physical_size % SECTOR_BYTES:
        raise invalid_value("physical_size", str(physical_size))
    values = {
        "uuid": ctx.new_uuid("SR"),
        "name_label": name_label,
        "name_description": name_description,
        "type": kind,
        "content_type": content_type,
        "shared": shared,
        "sm_config": sm_config,
    }
    with ctx.transaction() as tx:
        sr = _recorded_before(tx, str(values["uuid"])) or add(
            tx, values, tx.refs(Host) if shared else [host], device_config
        )
    of_pbds = ctx.view.get(SR, sr).PBDs
    where = (coordinator(ctx.view) or host) if shared else host
    config = next((c for h, c in _configs(ctx, of_pbds) if h == where), device_config)
    try:
        final, size = storage.sr_create(sr, where, config, physical_size)
    except XenAPIError:
        with ctx.transaction() as tx:
            _remove(tx, sr)
        raise
    with ctx.transaction() as tx:
        tx.edit(SR, sr).physical_size = size
        for pbd in of_pbds:
            pbds.configure(tx, pbd, final)
    for pbd in of_pbds:
        if not ctx.view.get(PBD, pbd).currently_attached:
            with contextlib.suppress(XenAPIError):
                pbds.attach(ctx, pbd)
    return sr


def _recorded_before(tx: Transaction, uuid: str) -> SRRef | None:
    """The SR that an earlier run of the task has recorded."""
    found = (ref for ref, record in tx.all(SR).items() if record.uuid == uuid)
    return next(found, None)


def _configs(ctx: Context, of: Iterable[PBDRef]) -> Iterator[tuple[HostRef, Mapping[str, str]]]:
    for record in (ctx.view.get(PBD, pbd) for pbd in of):
        yield record.host, record.device_config


@implements("SR.scan")
def scan(ctx: Context, sr: SRRef) -> None:
    """Bring the pool's records up to date with what is on the SR."""
    ctx.lock(SR, sr, "scan")
    require_plugged(ctx.view, sr)
    contents.scan(ctx, sr)


@implements("SR.update")
def update(ctx: Context, sr: SRRef) -> None:
    """Bring the SR's record up to date with the SR's size."""
    require_feature(ctx.view, sr, ctx.view.get(SR, sr), "SR_UPDATE")
    require_plugged(ctx.view, sr)
    found = backend.of(ctx, sr).sr_stat(sr)
    with ctx.transaction() as tx:
        contents.measure(tx, sr, found)


@implements("SR.set_name_label")
def set_name_label(ctx: Context, sr: SRRef, value: str) -> None:
    _rename(ctx, sr, "name_label", value)


@implements("SR.set_name_description")
def set_name_description(ctx: Context, sr: SRRef, value: str) -> None:
    _rename(ctx, sr, "name_description", value)


def _rename(ctx: Context, sr: SRRef, field: str, value: str) -> None:
    """Change a name, which the SR keeps, too, if a host has it plugged."""
    if is_plugged(ctx.view, ctx.view.get(SR, sr)):
        backend.of(ctx, sr).sr_rename(sr, field, value)
    with ctx.transaction() as tx:
        tx.update(name_of(SR), sr, {field: value})
        locking.refresh(tx, name_of(SR), sr)


@implements("SR.introduce")
def introduce(
    ctx: PoolContext,
    uuid: str,
    name_label: str,
    name_description: str,
    type_: str,
    content_type: str,
    shared: bool,
    sm_config: dict[str, str],
) -> SRRef:
    """Record an SR that exists already; it is up to the caller to make and plug its PBDs."""
    with ctx.transaction() as tx:
        if any(record.uuid == uuid for record in tx.all(SR).values()):
            raise XenAPIError("SR_UUID_EXISTS", uuid)
        sr = ref_of(
            tx.new(
                SR,
                {
                    "uuid": uuid or new_uuid(),
                    "name_label": name_label,
                    "name_description": name_description,
                    "type": type_.lower(),
                    "content_type": content_type,
                    "shared": shared,
                    "sm_config": sm_config,
                    **dict.fromkeys(
                        ("physical_size", "physical_utilisation", "virtual_allocation"),
                        UNKNOWN_SIZE,
                    ),
                },
            )
        )
        locking.refresh(tx, name_of(SR), sr)
    return sr


@implements("SR.set_shared")
def set_shared(ctx: Context, sr: SRRef, value: bool) -> None:
    """Set whether hosts share the SR; raises SR_HAS_MULTIPLE_PBDS[PBD…] if several have a PBD."""
    ctx.lock(SR, sr, "set_shared")
    pbds = ctx.view.get(SR, sr).PBDs
    if not value and len(pbds) > 1:
        raise XenAPIError("SR_HAS_MULTIPLE_PBDS", *pbds)
    with ctx.transaction() as tx:
        tx.edit(SR, sr).shared = value


@implements("SR.forget")
def forget(ctx: Context, sr: SRRef) -> None:
    """Remove the records of an SR that no host uses; its contents stay where they are."""
    ctx.lock(SR, sr, "forget")
    with ctx.transaction() as tx:
        _remove(tx, sr)


@implements("SR.destroy")
def destroy(ctx: Context, sr: SRRef) -> None:
    """Erase an SR that has no disks and that no host uses, and remove its records."""
    ctx.lock(SR, sr, "destroy")
    record = ctx.view.get(SR, sr)
    if record.other_config.get("indestructible") == "true":
        raise XenAPIError("SR_INDESTRUCTIBLE", sr)
    for host, host_record in ctx.view.all(Host).items():
        if host_record.local_cache_sr == sr:
            raise XenAPIError("SR_IS_CACHE_SR", host)
    backend.of(ctx, sr).sr_destroy(sr)
    with ctx.transaction() as tx:
        _remove(tx, sr)


def _remove(tx: Transaction, sr: SRRef) -> None:
    record = tx.get(SR, sr)
    for vdi in record.VDIs:
        disks.forget(tx, vdi)
    for pbd in record.PBDs:
        pbds.remove(tx, pbd)
    tx.delete(SR, sr)


@implements("SR.probe")
def probe(
    ctx: Context,
    host: HostRef,
    device_config: dict[str, str],
    type_: str,
    sm_config: dict[str, str],
) -> str:
    """The SRs that can be introduced, in the storage's own form."""
    found = _probe(ctx, host, device_config, type_, sm_config)
    if not isinstance(found, str):
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED")
    return found


@implements("SR.probe_ext")
def probe_ext(
    ctx: Context,
    host: HostRef,
    device_config: dict[str, str],
    type_: str,
    sm_config: dict[str, str],
) -> list[dict[str, Any]]:
    """The SRs that can be introduced, and what is missing in a configuration to find them."""
    found = _probe(ctx, host, device_config, type_, sm_config)
    if isinstance(found, str):
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED")
    return [
        {
            "configuration": dict(each.configuration),
            "complete": each.complete,
            "sr": None if each.sr is None else _stat(each.sr),
            "extra_info": dict(each.extra_info),
        }
        for each in found
    ]


def _probe(
    ctx: Context,
    host: HostRef,
    device_config: dict[str, str],
    type_: str,
    sm_config: dict[str, str],
) -> str | list[Probe]:
    kind = type_.lower()
    storage = backend.of_type(ctx, kind)
    if "SR_PROBE" not in features(ctx.view, kind):
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED")
    return storage.sr_probe(host, device_config, sm_config)


def _stat(found: SrInfo) -> dict[str, Any]:
    return {
        "uuid": found.sr_uuid,
        "name_label": found.name_label,
        "name_description": found.name_description,
        "free_space": found.free_space,
        "total_space": found.total_space,
        "clustered": found.clustered,
        "health": str(found.health).lower(),
    }
