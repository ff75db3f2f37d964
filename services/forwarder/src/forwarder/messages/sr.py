"""SRs, as far as VMs on dummy storage need them."""

from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from pooldb import Transaction

from forwarder import disks, locking
from forwarder.context import Context
from forwarder.lifecycle.host import is_live
from forwarder.registry import implements

DUMMY = "dummy"
SIZE_BYTES = 2**44


def create_sr(tx: Transaction, values: dict[str, Any]) -> str:
    """Add an SR with a PBD on every host."""
    sr = tx.create("SR", {**values, "physical_size": SIZE_BYTES})
    for host in tx.all("host"):
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
    if type_ != DUMMY:
        raise XenAPIError("SR_UNKNOWN_DRIVER", type_)
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
        )


@implements("SR.scan")
def scan(ctx: Context, sr: str) -> None:
    """A dummy SR's records are all that there is of it."""
    require_attached(ctx, sr)


@implements("SR.update")
def update(ctx: Context, sr: str) -> None:
    require_attached(ctx, sr)


def require_attached(ctx: Context, sr: str) -> None:
    """Raise SR_NO_PBDS[sr] unless a host uses the SR."""
    pbds = [ctx.view.get("PBD", pbd) for pbd in ctx.view.get("SR", sr)["PBDs"]]
    if not any(pbd["currently_attached"] for pbd in pbds):
        raise XenAPIError("SR_NO_PBDS", sr)


@implements("SR.get_supported_types")
def get_supported_types(ctx: Context) -> list[str]:
    return [DUMMY]


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
    if type_ != DUMMY:
        raise XenAPIError("SR_UNKNOWN_DRIVER", type_)
    return "<SRlist></SRlist>"
