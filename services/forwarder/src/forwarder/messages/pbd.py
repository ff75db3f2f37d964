"""PBDs: which hosts use an SR, and how they reach it."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VBD, VDI, VM, PBDRef, Secret, SRRef
from datamodel.objects import name_of, ref_of
from datamodel.refs import new_uuid
from pooldb import Reader, Transaction
from rules.placement.storage import coordinator

from forwarder.core.context import Context
from forwarder.core.patterns import refusal
from forwarder.core.registry import implements
from forwarder.locks import locking
from forwarder.storage import backend, contents
from forwarder.storage.hosted import PASSWORD, SECRET

log = logging.getLogger(__name__)


# Only the driver of the PBD's SR could set this.
implements("PBD.set_device_config", looked_at=("self",))(refusal("PERMISSION_DENIED", ""))


def add(tx: Transaction, values: Mapping[str, Any]) -> PBDRef:
    """Add an unplugged PBD to its SR; passwords in its configuration become secrets."""
    config = dict(_hidden(tx, values.get("device_config", {})))
    pbd = tx.new(PBD, values)
    pbd.device_config = config
    pbd.currently_attached = False
    ref = ref_of(pbd)
    locking.refresh(tx, name_of(SR), values["SR"])
    return ref


def configure(tx: Transaction, pbd: PBDRef, config: Mapping[str, str]) -> None:
    """Write the device_config that an SR has in the end; a PBD keeps its own secrets."""
    own = tx.get(PBD, pbd).device_config
    secrets = {key: value for key, value in own.items() if key.endswith(PASSWORD + SECRET)}
    plain = {key: value for key, value in config.items() if not key.endswith(PASSWORD + SECRET)}
    tx.edit(PBD, pbd).device_config = {**plain, **secrets}


def remove(tx: Transaction, pbd: PBDRef) -> None:
    """Remove a PBD, and its secrets that no other PBD needs."""
    own = _secrets(tx.get(PBD, pbd))
    tx.delete(PBD, pbd)
    if own:
        left = own.difference(*map(_secrets, tx.all(PBD).values()))
        for ref, secret in tx.all(Secret).items():
            if secret.uuid in left:
                tx.delete(Secret, ref)


def _secrets(pbd: PBD) -> set[str]:
    """The uuids of the secrets that a PBD's configuration names."""
    config = pbd.device_config.items()
    return {value for key, value in config if key.endswith(PASSWORD + SECRET)}


def _hidden(tx: Transaction, config: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in config.items():
        if key.endswith(PASSWORD):
            uuid = new_uuid()
            secret = tx.new(Secret)
            secret.uuid = uuid
            secret.value = value
            yield key + SECRET, uuid
        else:
            yield key, value


def attach(ctx: Context, pbd: PBDRef) -> None:
    """Connect a PBD's host to its SR, and see what is on the SR where that host works on it.

    Raises SR_UNKNOWN_DRIVER[type], SR_NOT_SHARABLE[SR, host], or what the storage does.
    """
    record = ctx.view.get(PBD, pbd)
    storage = backend.of(ctx, record.SR)
    _require_sharable(ctx.view, pbd)
    storage.sr_attach(pbd)
    with ctx.transaction() as tx:
        tx.edit(PBD, pbd).currently_attached = True
        _refresh(tx, record.SR)
    is_shared = ctx.view.get(SR, record.SR).shared
    if record.host == coordinator(ctx.view) or not is_shared:
        try:
            contents.scan(ctx, record.SR)
        except XenAPIError as error:
            log.warning("SR %s is plugged and cannot be scanned: %s", record.SR, error)


def _require_sharable(tx: Reader, pbd: PBDRef) -> None:
    """Raise SR_NOT_SHARABLE[SR, host] if another host uses the SR and it is not shared."""
    record = tx.get(PBD, pbd)
    sr = tx.get(SR, record.SR)
    others = (tx.get(PBD, other) for other in sr.PBDs if other != pbd)
    if not sr.shared and any(other.currently_attached for other in others):
        raise XenAPIError("SR_NOT_SHARABLE", record.SR, record.host)


def _refresh(tx: Transaction, sr: SRRef) -> None:
    """Recompute what an SR and its disks allow, which depends on plugged PBDs."""
    locking.refresh(tx, name_of(SR), sr)
    for vdi in tx.get(SR, sr).VDIs:
        locking.refresh(tx, name_of(VDI), vdi)


@implements("PBD.create")
def create(ctx: Context, args: dict[str, Any]) -> PBDRef:
    ctx.lock(SR, args["SR"], "pbd_create")
    with ctx.transaction() as tx:
        for pbd in tx.get(SR, args["SR"]).PBDs:
            if tx.get(PBD, pbd).host == args["host"]:
                raise XenAPIError("PBD_EXISTS", args["SR"], args["host"], pbd)
        return add(tx, args)


@implements("PBD.destroy")
def destroy(ctx: Context, self: PBDRef) -> None:
    ctx.lock(PBD, self, "destroy")
    record = ctx.view.get(PBD, self)
    if record.currently_attached:
        raise XenAPIError("OPERATION_NOT_ALLOWED", "PBD is currently attached")
    with ctx.transaction() as tx:
        remove(tx, self)
        locking.refresh(tx, name_of(SR), record.SR)


@implements("PBD.plug")
def plug(ctx: Context, self: PBDRef) -> None:
    """Have the host use the SR, unless it does already; raises what `attach` does."""
    ctx.lock(PBD, self, "plug")
    if ctx.view.get(PBD, self).currently_attached:
        return
    attach(ctx, self)


@implements("PBD.unplug")
def unplug(ctx: Context, self: PBDRef) -> None:
    """Disconnect the host; raises VDI_IN_USE[VDI…] while VMs on it use the SR's disks."""
    ctx.lock(PBD, self, "unplug")
    record = ctx.view.get(PBD, self)
    if not record.currently_attached:
        return
    used = list(_used(ctx.view, record))
    if used:
        raise XenAPIError("VDI_IN_USE", *used)
    backend.of(ctx, record.SR).sr_detach(self)
    with ctx.transaction() as tx:
        tx.edit(PBD, self).currently_attached = False
        _refresh(tx, record.SR)


def _used(tx: Reader, pbd: PBD) -> Iterator[str]:
    """The disks of a PBD's SR that are attached to VMs on the PBD's host."""
    for vdi in tx.get(SR, pbd.SR).VDIs:
        vbds = [tx.get(VBD, vbd) for vbd in tx.get(VDI, vdi).VBDs]
        attached = [vbd for vbd in vbds if vbd.currently_attached or vbd.reserved]
        if any(tx.get(VM, vbd.VM).resident_on == pbd.host for vbd in attached):
            yield vdi
