"""The VMs that clients call for, and how they are: by Xen itself, not by what the pool says."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulated_pool.furnish import furnish
from xenports.hypervisor import DomainInfo

from tests import records
from tests.chaos.story import Call
from tests.conftest import MIB, Pool, make_vm

VMS, VMS_MAX, SNAPSHOTS_MAX, VDIS_MAX = 8, 11, 6, 8
HOME = 0.6
"""How often a client calls for the VM that is its own."""


@dataclass(frozen=True)
class Vm:
    """A VM, under the name that the story has for it; one that was cloned has no second devices."""

    name: str
    ref: str
    uuid: str


@dataclass(frozen=True)
class Snapshot:
    ref: str
    of: Vm


class World:
    """All that is called for; threads share it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._lock = threading.Lock()
        self._named = 0
        self.xens = {host.name: pool.xen(host) for host in pool.layout.hosts}
        self._stores = {host.name: pool.xenstore(host) for host in pool.layout.hosts}
        self.vms: list[Vm] = []
        self.doomed: set[str] = set()
        """The VMs that somebody has wanted to destroy."""
        self.snapshots: list[Snapshot] = []
        self.tasks: dict[str, Call] = {}
        """The tasks that clients were given, each with its call."""
        self.vdis: list[str] = []
        """Disks of no VM, which may be destroyed."""
        self.reverted: set[str] = set()
        """The locations of the disks that somebody has wanted to put back to older contents."""
        furnish(pool.layout)
        with pool.session() as api:
            self.sr = api.pool.get_default_SR(api.pool.get_all()[0])
            self.sr_uuid = api.SR.get_uuid(self.sr)
            (pbd, *_) = api.SR.get_PBDs(self.sr)
            self.folder = Path(api.PBD.get_device_config(pbd)["location"])
            for _ in range(VMS):
                ref = make_vm(api)
                _add_devices(api, ref)
                self.add(ref, api.VM.get_uuid(ref))
            self.hosts: dict[str, str] = {
                ref: record["name_label"] for ref, record in api.host.get_all_records().items()
            }

    def add(self, ref: str, uuid: str) -> Vm:
        with self._lock:
            self._named += 1
            vm = Vm(f"v{self._named}", ref, uuid)
            self.vms.append(vm)
            return vm

    def remove(self, vm: Vm) -> None:
        """A VM is destroyed, and its snapshots live on."""
        with self._lock:
            if vm in self.vms:
                self.vms.remove(vm)

    def draw(self, draws: random.Random, home: int) -> Vm:
        with self._lock:
            if draws.random() < HOME:
                return self.vms[home % len(self.vms)]
            return draws.choice(self.vms)

    def take_vdi(self, draws: random.Random) -> str | None:
        """A disk of no VM that from now on nobody else is given."""
        with self._lock:
            return self.vdis.pop(draws.randrange(len(self.vdis))) if self.vdis else None

    # --- Xen --------------------------------------------------------------------------------

    def domains(self) -> Iterator[tuple[str, DomainInfo]]:
        """All guests' domains, each with its host's name."""
        for host, xen in self.xens.items():
            for domain in xen.domains():
                if domain.domid:
                    yield host, domain

    def domains_of(self, vm: str) -> list[tuple[str, DomainInfo]]:
        """Every domain that a VM has anywhere, by its uuid."""
        return [(host, domain) for host, domain in self.domains() if domain.uuid == vm]

    def has_device(self, host: str, domid: int, kind: str, number: int) -> bool:
        """Whether a domain's device has a back end."""
        path = f"/local/domain/0/backend/{kind}/{domid}/{number}/state"
        return self._stores[host].read(path) is not None

    def running(self) -> set[tuple[str, str, int]]:
        """What runs and writes now, as (VM, host, domid)."""
        return {
            (domain.uuid, host, domain.domid)
            for host, domain in self.domains()
            if not domain.paused and domain.shutdown is None
        }

    def writing(self) -> set[tuple[str, str, int]]:
        """The disks that running domains may write, as (disk, host, domid)."""
        runs = {(host, domid) for _, host, domid in self.running()}
        return {
            (disk, host, domid)
            for host, store in self._stores.items()
            for disk, domid in _writable(store.tree(BACKEND))
            if (host, domid) in runs
        }


BACKEND = "/local/domain/0/backend/vbd"


def _writable(tree: Iterator[tuple[str, str]]) -> Iterator[tuple[str, int]]:
    nodes = dict(tree)
    for path, mode in nodes.items():
        if path.endswith("/mode") and mode == "w":
            device = path.removesuffix("/mode")
            params = nodes.get(f"{device}/params", "")
            # The same disk has another socket on each host.
            yield params.rpartition(":exportname=")[2], int(device.split("/")[-2])


def twice(before: set[tuple[str, str, int]], now: set[tuple[str, str, int]]) -> dict[str, Any]:
    """What is at two places at once: at both of them before and now, with no gap in between."""
    stayed = before & now
    counts = Counter(what for what, _, _ in stayed)
    return {
        what: sorted((host, domid) for found, host, domid in stayed if found == what)
        for what, count in counts.items()
        if count > 1
    }


def _add_devices(api: Any, vm: str) -> None:
    """The devices that are plugged and unplugged."""
    sr = api.pool.get_default_SR(api.pool.get_all()[0])
    api.VBD.create(records.vbd(vm, api.VDI.create(records.vdi(sr, MIB)), "1"))
    api.VIF.create(records.vif(vm, api.network.get_all()[0], "1"))
