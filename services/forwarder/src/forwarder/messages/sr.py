"""SRs, as far as VMs on dummy storage need them."""

from collections.abc import Iterable
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from datamodel.values import invalid_value
from pooldb import Transaction

from forwarder import disks, locking
from forwarder.context import Context
from forwarder.drivers import DRIVERS, DUMMY
from forwarder.lifecycle.host import is_live
from forwarder.registry import implements

SECTOR_BYTES = 512
SIZE_BYTES = 2**44
"""Of a dummy SR that nobody has said a size of."""


def create_sr(
    tx: Transaction, values: dict[str, Any], hosts: Iterable[str], size: int = SIZE_BYTES
) -> str:
    """Add an SR of ``size`` bytes with a plugged PBD on each of these hosts."""
    sr = tx.create("SR", {**values, "physical_size": size})
    for host in hosts:
        tx.create("PBD", {"host": host, "SR": sr, "currently_attached": True})
    locking.refresh(tx, "SR", sr)
    return sr


@implements("SR.create")
def create(
    ctx: Context,
    host: str,
    device_config: dict[str, str],
    physical_size: int,
    name_label: str,
    name_description: str,
    type_: str,
    content_type: str,
    shared: bool,
    sm_config: dict[str, str],
) -> str:
    """An SR of ``physical_size`` bytes; 0 leaves its size to the driver."""
    _require_driver(type_)
    if physical_size < 0 or physical_size % SECTOR_BYTES:
        raise invalid_value("physical_size", str(physical_size))
    with ctx.transaction() as tx:
        return create_sr(
            tx,
            {
                "uuid": new_uuid(),
                "name_label": name_label,
                "name_description": name_description,
                "type": type_,
                "content_type": content_type,
                "shared": shared,
                "sm_config": sm_config,
            },
            tx.refs("host") if shared else [host],
            physical_size or SIZE_BYTES,
        )


def _require_driver(type_: str) -> None:
    """Raise SR_UNKNOWN_DRIVER[type] for a type of SRs that nothing serves."""
    if type_ not in DRIVERS:
        raise XenAPIError("SR_UNKNOWN_DRIVER", type_)


@implements("SR.scan")
def scan(ctx: Context, sr: str) -> None:
    """A dummy SR's records are all that there is of it."""
    ctx.lock("SR", sr, "scan")
    require_attached(ctx, sr)


@implements("SR.update")
def update(ctx: Context, sr: str) -> None:
    ctx.lock("SR", sr, "update")
    require_attached(ctx, sr)


def require_attached(ctx: Context, sr: str) -> None:
    """Raise SR_NO_PBDS[sr] unless a host uses the SR."""
    pbds = [ctx.view.get("PBD", pbd) for pbd in ctx.view.get("SR", sr)["PBDs"]]
    if not any(pbd["currently_attached"] for pbd in pbds):
        raise XenAPIError("SR_NO_PBDS", sr)


@implements("SR.get_supported_types")
def get_supported_types(ctx: Context) -> list[str]:
    return list(DRIVERS)


@implements("SR.assert_supports_database_replication")
def assert_supports_database_replication(ctx: Context, sr: str) -> None:
    """What every host has to use; and no kind of SR keeps a copy of the database."""
    pbds = [ctx.view.get("PBD", pbd) for pbd in ctx.view.get("SR", sr)["PBDs"]]
    using = {pbd["host"] for pbd in pbds if pbd["currently_attached"]}
    if len(pbds) > len(using) or using != set(ctx.view.refs("host")):
        raise XenAPIError("SR_NO_PBDS", sr)
    raise XenAPIError("SR_OPERATION_NOT_SUPPORTED", sr)


@implements("SR.introduce")
def introduce(
    ctx: Context,
    uuid: str,
    name_label: str,
    name_description: str,
    type_: str,
    content_type: str,
    shared: bool,
    sm_config: dict[str, str],
) -> str:
    """Make an SR that exists known to the pool; its PBDs are the caller's to make and plug."""
    kind = type_.lower()
    with ctx.transaction() as tx:
        if any(record["uuid"] == uuid for record in tx.all("SR").values()):
            raise XenAPIError("SR_UUID_EXISTS", uuid)
        sr = tx.create(
            "SR",
            {
                "uuid": uuid or new_uuid(),
                "name_label": name_label,
                "name_description": name_description,
                "type": kind,
                "content_type": content_type,
                "shared": shared,
                "sm_config": sm_config,
                "physical_size": SIZE_BYTES if kind == DUMMY else -1,
            },
        )
        locking.refresh(tx, "SR", sr)
    return sr


@implements("SR.forget")
def forget(ctx: Context, sr: str) -> None:
    """Remove the records of an SR that no host uses; what it stores stays where it is."""
    ctx.lock("SR", sr, "forget")
    _remove(ctx, sr)


@implements("SR.destroy")
def destroy(ctx: Context, sr: str) -> None:
    ctx.lock("SR", sr, "destroy")
    if ctx.view.get("SR", sr)["VDIs"]:
        raise XenAPIError("SR_NOT_EMPTY", sr)
    _remove(ctx, sr)


def _remove(ctx: Context, sr: str) -> None:
    with ctx.transaction() as tx:
        record = tx.get("SR", sr)
        if any(tx.get("PBD", pbd)["currently_attached"] for pbd in record["PBDs"]):
            raise XenAPIError("SR_HAS_PBD", sr)
        for vdi in record["VDIs"]:
            disks.forget(tx, vdi)
        for pbd in record["PBDs"]:
            tx.delete("PBD", pbd)
        tx.delete("SR", sr)


@implements("SR.get_live_hosts", looked_at=())
def get_live_hosts(ctx: Context, sr: str) -> list[str]:
    """The hosts that answer and whose PBD of the SR is plugged; nobody has one of no SR."""
    plugged = {
        pbd["host"]
        for pbd in ctx.view.all("PBD").values()
        if pbd["SR"] == sr and pbd["currently_attached"]
    }
    return [host for host in ctx.view.refs("host") if host in plugged and is_live(ctx.view, host)]


@implements("SR.probe")
def probe(
    ctx: Context, host: str, device_config: dict[str, str], type_: str, sm_config: dict[str, str]
) -> str:
    """What there is to introduce: of dummy SRs nothing is outside the pool's database."""
    _require_driver(type_)
    return "<SRlist></SRlist>"
