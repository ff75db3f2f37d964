"""host.*: a host's memory, its time and what it has."""

import time

from datamodel import XenAPIError
from datamodel.classes import PIF, Host, HostRef, PIFRef, VMRef
from pooldb import Reader
from pooldb.tasks import now
from rules.placement import memory
from rules.references import require_live

from xapi.questions import asks


@asks("host.compute_free_memory")
def compute_free_memory(view: Reader, host: HostRef) -> int:
    return max(memory.free_bytes(view, host), 0)


@asks("host.compute_memory_overhead")
def compute_memory_overhead(view: Reader, host: HostRef) -> int:
    """The memory that no guest gets, since Xen and the control domain need it."""
    return memory.reserve_bytes(view, host)


@asks("host.get_management_interface")
def get_management_interface(view: Reader, host: HostRef) -> PIFRef:
    """The PIF that carries the host's management traffic."""
    for pif in view.get(Host, host).PIFs:
        if view.get(PIF, pif).management:
            return pif
    raise XenAPIError("HOST_HAS_NO_MANAGEMENT_IP")


@asks("host.get_uncooperative_resident_VMs", looked_at=())
def get_uncooperative_resident_vms(view: Reader, self: HostRef) -> list[VMRef]:
    """Deprecated: VMs are no longer marked so."""
    return []


@asks("host.get_uncooperative_domains", looked_at=())
def get_uncooperative_domains(view: Reader, self: HostRef) -> list[str]:
    """Deprecated: domains are no longer marked so."""
    return []


@asks("host.is_in_emergency_mode")
def is_in_emergency_mode(view: Reader) -> bool:
    """False: no member can lose its coordinator, as all share one database."""
    return False


# --- what a client asks only of a host that answers -----------------------------------------------


@asks("host.get_servertime", looked_at=())
def get_servertime(view: Reader, host: HostRef) -> str:
    require_live(view, host)
    return now()


@asks("host.get_server_localtime", looked_at=())
def get_server_localtime(view: Reader, host: HostRef) -> str:
    """The time in the server's own zone, without naming the zone."""
    require_live(view, host)
    return time.strftime("%Y%m%dT%H:%M:%S")


@asks("host.has_extension", looked_at=())
def has_extension(view: Reader, host: HostRef, name: str) -> bool:
    require_live(view, host)
    return False
