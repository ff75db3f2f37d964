"""What must be true of a pool in which something died, once it is quiet again."""

from collections.abc import Callable, Iterator
from typing import Any

from squeezed.journal import Journal
from xenports.xenstore import Xenstore

from tests.conftest import Pool
from tests.crash_matrix.operations import Situation, Subject

NOWHERE = "OpaqueRef:NULL"
STRAY = "stray_domains"


def situation(api: Any, it: Subject) -> Situation:
    """How the database says that the VM is."""
    record = api.VM.get_record(it.vm)
    host = (
        None if record["resident_on"] == NOWHERE else api.host.get_name_label(record["resident_on"])
    )
    if host is None:
        return Situation(record["power_state"], snapshots=len(record["snapshots"]))
    return Situation(
        record["power_state"],
        host,
        api.VBD.get_currently_attached(it.vbd),
        api.VIF.get_currently_attached(it.vif),
        len(record["snapshots"]),
    )


def busy(api: Any, it: Subject) -> list[str]:
    """Operations and reservations that nobody has ended."""
    vm = api.VM.get_record(it.vm)
    objects = {
        "VM": vm,
        "VBD": api.VBD.get_record(it.vbd),
        "VIF": api.VIF.get_record(it.vif),
        "VDI": api.VDI.get_record(api.VBD.get_VDI(it.vbd)),
    }
    found = [
        f"{operation} of the {cls} has no end"
        for cls, record in objects.items()
        for operation in record["current_operations"].values()
    ]
    if vm["scheduled_to_be_resident_on"] != NOWHERE:
        found.append("a host is still reserved for the VM")
    return found


def untrue(pool: Pool, api: Any, it: Subject) -> list[str]:
    """Where hypervisors and xenstores say otherwise than the database."""
    said = situation(api, it)
    domains = pool.domains(it.uuid)
    where = [host for host, _ in domains]
    expected = [said.host] if said.power_state in ("Running", "Paused") else []
    if where != expected:
        return [f"the VM is {said}, but has domains on {', '.join(where) or 'no host'}"]
    found = []
    for host, domain in domains:
        if domain.paused != (said.power_state == "Paused"):
            found.append(f"the VM is {said}, but its domain is paused: {domain.paused}")
        store = pool.xenstore(pool.host_named(host))
        for name, attached in (("vbd", said.vbd), ("vif", said.vif)):
            if _has(store, domain.domid, name) != attached:
                found.append(f"the VM is {said}, but xenstore says otherwise of its {name}")
    return found


def _has(store: Xenstore, domid: int, kind: str) -> bool:
    return bool(store.list(f"/local/domain/{domid}/device/{kind}"))


def strays(pool: Pool, api: Any) -> list[str]:
    """Domains that belong to no VM."""
    known = {record["uuid"] for record in api.VM.get_all_records().values()}
    found = [
        f"{host.name} runs a domain of no VM"
        for host in pool.layout.hosts
        for domain in pool.xen(host).domains()
        if domain.domid != 0 and domain.uuid not in known
    ]
    for host in api.host.get_all_records().values():
        if host["other_config"].get(STRAY):
            found.append(f"{host['name_label']} is said to run a domain of no VM")
    return found


def leaks(pool: Pool, free: dict[str, int], it: Subject) -> list[str]:
    """What is left of a VM that is off: memory, what was set aside of it, rights to disks."""
    found = []
    for host in pool.layout.hosts:
        lost = free[host.name] - pool.xen(host).free_kib()
        if lost:
            found.append(f"{host.name} has lost {lost} KiB")
        journal = Journal(pool.layout.path("hosts", host.name, "squeezed", "reservations.db"))
        if any(True for _ in _promised(journal)):
            found.append(f"memory of {host.name} is set aside for nobody")
        if it.uuid in " ".join(pool.xenstore(host).list("/vm")):
            found.append(f"xenstore of {host.name} still has the VM")
    locks = pool.layout.folder / "storage" / "locks"
    if any(it.uuid in path.read_text() for path in locks.iterdir()):
        found.append("the VM still has the right to write its disk")
    return found


def _promised(journal: Journal) -> Iterator[str]:
    return (one.id for one in journal.reservations() if one.domid is None)


Look = Callable[[], list[str]]
