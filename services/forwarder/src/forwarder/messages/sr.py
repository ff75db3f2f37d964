"""SRs, as far as VMs on dummy storage need them."""

from typing import Any

from datamodel import XenAPIError
from datamodel.refs import new_uuid
from pooldb import Transaction

from forwarder import locking
from forwarder.context import Context
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
    _require_attached(ctx, sr)


@implements("SR.update")
def update(ctx: Context, sr: str) -> None:
    _require_attached(ctx, sr)


def _require_attached(ctx: Context, sr: str) -> None:
    pbds = [ctx.view.get("PBD", pbd) for pbd in ctx.view.get("SR", sr)["PBDs"]]
    if not any(pbd["currently_attached"] for pbd in pbds):
        raise XenAPIError("SR_NO_PBDS", sr)


@implements("SR.get_supported_types")
def get_supported_types(ctx: Context) -> list[str]:
    return [DUMMY]
