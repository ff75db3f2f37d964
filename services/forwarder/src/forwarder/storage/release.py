"""Disks that a dead host holds are given back by another host, before they are used elsewhere."""

import contextlib
from collections.abc import Iterator

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, Host, HostRef, SRRef
from pooldb import Reader
from rules.lifecycle.host import is_live
from rules.placement import storage as placement
from xenops.errors import Failure
from xenops.storage import STORAGE

from forwarder.core.context import Context
from forwarder.drivers import DRIVERS

UNRELEASED = "unreleased-disks"
"""kv namespace: "SR host" → [uuid of the host, uuid of its VM or null], until a host can do it."""


def release(ctx: Context, dead: HostRef, vm: str | None) -> None:
    """Have the disks given back that a dead host holds on SRs, all or those of a VM.

    Where no living host has an SR plugged, that is done later: nobody can use its disks meanwhile.
    Raises the last host's error if all fail.
    """
    uuid = ctx.view.get(Host, dead).uuid
    for sr in list(_srs(ctx.view, dead)):
        failure: XenAPIError | None = None
        for host in able(ctx.view, sr, dead):
            about = ctx.view.get(SR, sr).uuid
            try:
                ctx.question(
                    host, f"{about}/{uuid}", STORAGE.DISKS.release, sr=about, host=uuid, vm=vm
                )
            except Failure as error:
                failure = ctx.translated(error, sr)
            except XenAPIError as error:
                failure = error
            else:
                break
        else:
            if failure is not None:
                raise failure
            with ctx.transaction() as tx:
                tx.kv_set(UNRELEASED, f"{sr} {dead}", [uuid, vm])


def _srs(view: Reader, dead: HostRef) -> Iterator[SRRef]:
    """The SRs on which a dead host may hold disks that other hosts can reach."""
    for record in (view.get(PBD, pbd) for pbd in view.get(Host, dead).PBDs):
        sr = view.find(SR, record.SR)
        if sr is not None and sr.shared and sr.type not in DRIVERS:
            yield record.SR


def able(view: Reader, sr: SRRef, dead: HostRef) -> Iterator[HostRef]:
    """The living hosts that can give back disks of an SR; the coordinator first."""
    hosts = [host for host in placement.plugged(view, sr) if host != dead and is_live(view, host)]
    with contextlib.suppress(XenAPIError):
        hosts.sort(key=lambda host: host != placement.of_sr(view, sr))
    yield from hosts
