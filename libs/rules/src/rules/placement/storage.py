"""Which host works on an SR or on one of its disks."""

from collections.abc import Iterator

from datamodel import XenAPIError
from datamodel.classes import PBD, SR, VBD, VDI, VM, HostRef, Pool, SRRef, VDIRef
from datamodel.refs import NULL_REF, is_null
from pooldb import Reader


def coordinator(tx: Reader) -> HostRef:
    """The coordinator; NULL in a pool that is not made yet."""
    return next((pool.master for pool in tx.all(Pool).values()), NULL_REF)


def plugged(tx: Reader, sr: SRRef) -> list[HostRef]:
    """The hosts that use an SR."""
    pbds = (tx.get(PBD, pbd) for pbd in tx.get(SR, sr).PBDs)
    return [pbd.host for pbd in pbds if pbd.currently_attached]


def of_sr(tx: Reader, sr: SRRef) -> HostRef:
    """The coordinator for a shared SR, else the host that has it; raises SR_HAS_NO_PBDS[SR]."""
    hosts = plugged(tx, sr)
    if tx.get(SR, sr).shared:
        hosts = [host for host in hosts if host == coordinator(tx)]
    if not hosts:
        raise XenAPIError("SR_HAS_NO_PBDS", sr)
    return hosts[0]


def of_disk(tx: Reader, vdi: VDIRef) -> HostRef:
    """The host on which a VM uses the disk, otherwise that of its SR; raises SR_HAS_NO_PBDS[SR]."""
    sr = tx.get(VDI, vdi).SR
    hosts = plugged(tx, sr)
    return next((host for host in _users(tx, vdi) if host in hosts), None) or of_sr(tx, sr)


def _users(tx: Reader, vdi: VDIRef) -> Iterator[HostRef]:
    """The hosts of VMs that have a disk plugged, those that write it first."""
    vbds = [tx.get(VBD, vbd) for vbd in tx.get(VDI, vdi).VBDs]
    for vbd in sorted(vbds, key=lambda each: each.mode != "RW"):
        host = tx.get(VM, vbd.VM).resident_on
        if (vbd.currently_attached or vbd.reserved) and not is_null(host):
            yield host


def of_copy(tx: Reader, source: VDIRef, into: SRRef) -> HostRef:
    """A host that uses the disk's SR and the other one; raises HOST_CANNOT_SEE_SR[host, SR]."""
    at = of_disk(tx, source)
    there, here = plugged(tx, into), plugged(tx, tx.get(VDI, source).SR)
    for host in (at, coordinator(tx), *here):
        if host in there and host in here:
            return host
    raise XenAPIError("HOST_CANNOT_SEE_SR", at, into)
