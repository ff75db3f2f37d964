"""SRs: made, introduced, scanned and removed; their drivers do the work on the storage."""

import contextlib
from collections.abc import Iterable, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, Host, HostRef, SRRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import new_uuid
from datamodel.values import invalid_value
from pooldb import Transaction
from rules.lifecycle.sr import require_feature, require_plugged

from forwarder import drivers
from forwarder.core.context import Context
from forwarder.core.patterns import refusal, setter
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import answered_by_hosts, implements
from forwarder.locks import locking
from forwarder.messages import pbd as pbds
from forwarder.records import blobs
from forwarder.storage import disks, volumes

SECTOR_BYTES = 512
UNKNOWN_SIZE = -1
"""The sizes of an introduced SR that has not been scanned yet."""


BY_STORAGE_ALONE = ("physical_size", "physical_utilisation", "virtual_allocation")
"""Fields that only the SR's driver may write, because only it knows them."""

answered_by_hosts("SR.create", "SR.make", "SR.probe", "SR.probe_ext")
for _field in ("name_label", "name_description"):
    implements(f"SR.set_{_field}")(setter(SR, _field))
for _field in BY_STORAGE_ALONE:
    implements(f"SR.set_{_field}", looked_at=())(refusal("PERMISSION_DENIED", ""))
implements("SR.make", looked_at=())(refusal("MESSAGE_DEPRECATED"))
implements("SR.create_new_blob")(blobs.creator(SR))


def create_sr(
    tx: Transaction,
    values: Mapping[str, Any],
    hosts: Iterable[str],
    device_config: Mapping[str, str],
    size: int = 0,
) -> SRRef:
    """Make an SR of ``size`` bytes, with a PBD for each of these hosts, plugged where possible.

    Raises SR_UNKNOWN_DRIVER[type], or what the driver does.
    """
    driver, uuid = drivers.of(values["type"]), new_uuid()
    size = driver.sr_create(uuid, device_config, size)
    new_sr = tx.new(SR, values)
    new_sr.uuid = uuid
    new_sr.physical_size = size
    sr = ref_of(new_sr)
    for host in hosts:
        pbd = pbds.add(tx, {"host": host, "SR": sr, "device_config": device_config})
        with contextlib.suppress(XenAPIError):
            pbds.attach(tx, pbd)
    return sr


@implements("SR.create")
def create(
    ctx: PoolContext,
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
    """Make an SR of ``physical_size`` bytes; 0 leaves the size to the driver."""
    kind = type_.lower()
    drivers.of(kind)
    if physical_size < 0 or physical_size % SECTOR_BYTES:
        raise invalid_value("physical_size", str(physical_size))
    with ctx.transaction() as tx:
        return create_sr(
            tx,
            {
                "name_label": name_label,
                "name_description": name_description,
                "type": kind,
                "content_type": content_type,
                "shared": shared,
                "sm_config": sm_config,
            },
            tx.refs(Host) if shared else [host],
            device_config,
            physical_size,
        )


@implements("SR.scan")
def scan(ctx: Context, sr: SRRef) -> None:
    """Bring the pool's records up to date with what is on the SR."""
    ctx.lock(SR, sr, "scan")
    require_plugged(ctx.view, sr)
    with ctx.transaction() as tx:
        volumes.scan(tx, sr)


@implements("SR.update")
def update(ctx: PoolContext, sr: SRRef) -> None:
    """Bring the SR's record up to date with the SR's size."""
    require_feature(ctx.view, sr, ctx.view.get(SR, sr), "SR_UPDATE")
    require_plugged(ctx.view, sr)
    with ctx.transaction() as tx:
        volumes.measure(tx, sr)


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
    with ctx.transaction() as tx:
        driver = drivers.of(record.type)
        driver.sr_attach(record.uuid, tx.get(PBD, record.PBDs[0]).device_config)
        driver.sr_destroy(record.uuid)
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
    ctx: PoolContext,
    host: HostRef,
    device_config: dict[str, str],
    type_: str,
    sm_config: dict[str, str],
) -> str:
    """The SRs that can be introduced, in the driver's own form."""
    driver = drivers.of(type_.lower())
    if "SR_PROBE" not in driver.description.features:
        raise XenAPIError("SR_OPERATION_NOT_SUPPORTED")
    return driver.sr_probe(device_config)
