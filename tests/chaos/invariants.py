"""What must be true of a pool: at every moment, and once nothing is under way any more."""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from xenops.errors import XenopsError
from xenopsd.backend.names import disk_number
from xenports.hypervisor import DomainInfo

from tests.chaos.actions import LIVE, PAUSED, SUSPENDED
from tests.chaos.callers import ENDED
from tests.chaos.clients import Client
from tests.chaos.story import Story
from tests.chaos.world import World, twice

LOOK_S = 0.2
DISKS_EVERY = 5
NOTHING = "OpaqueRef:NULL"
BUSY = ("VM", "VBD", "VIF", "VDI", "SR", "host", "pool", "VM_appliance")
"""The classes whose objects show what is being done to them."""

Record = Mapping[str, Any]
Found = tuple[str, str]
"""A VM's name, if it is about one, and what is wrong."""


class Watch:
    """Looks at the hypervisors all the while: a VM runs once, a disk has one writer."""

    def __init__(self, world: World, story: Story) -> None:
        self._world = world
        self._story = story
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        self._told: set[str] = set()
        self.looks = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        runs, writes = self._world.running(), self._world.writing()
        while not self._over.wait(LOOK_S):
            before, runs = runs, self._world.running()
            self._tell("VM", "runs", twice(before, runs))
            self.looks += 1
            if self.looks % DISKS_EVERY == 0:
                before, writes = writes, self._world.writing()
                self._tell("disk", "is written", twice(before, writes))

    def _tell(self, what: str, does: str, found: Mapping[str, Any]) -> None:
        for name in found.keys() - self._told:
            self._told.add(name)
            vm = next((vm.name for vm in self._world.vms if vm.uuid == name), "")
            self._story.break_(f"{what} {vm or name} {does} twice: {found[name]}", vm)


class Calm:
    """One look at a pool where nothing is to be under way."""

    def __init__(self, world: World, client: Client) -> None:
        self._world = world
        self._client = client
        self._names = {vm.ref: vm.name for vm in world.vms}

    def broken(self) -> list[Found]:
        """What is not as it must be."""
        try:
            return list(self._look())
        except NoAnswer as error:
            return [("", str(error))]

    def _records(self, cls: str) -> dict[str, Any]:
        answer = self._client.call(f"{cls}.get_all_records")
        if answer.result is None:
            raise NoAnswer(f"{cls}.get_all_records: {answer.broken or answer.error}")
        found: dict[str, Any] = answer.result
        return found

    def _look(self) -> Iterator[Found]:
        vms = {
            ref: record
            for ref, record in self._records("VM").items()
            if not (record["is_a_template"] or record["is_control_domain"])
        }
        domains = list(self._world.domains())
        devices = {cls: self._records(cls) for cls in ("VBD", "VIF")}
        yield from self._operations()
        yield from self._tasks()
        yield from self._hosts()
        yield from self._domains(vms, domains)
        for ref, record in vms.items():
            yield from self._vm(ref, record, domains)
            if not record["is_a_snapshot"]:
                yield from self._devices(ref, record, domains, devices)
        yield from self._disks(vms, devices["VBD"])

    def _name(self, ref: str) -> str:
        return self._names.get(ref, "")

    def _operations(self) -> Iterator[Found]:
        """No ghost."""
        for cls in BUSY:
            for ref, record in self._records(cls).items():
                if record["current_operations"]:
                    name = self._name(ref) or self._name(record.get("VM", ""))
                    yield name, f"{cls} {name or ref} is in {record['current_operations']}"

    def _tasks(self) -> Iterator[Found]:
        tasks = self._records("task")
        for ref, record in tasks.items():
            if record["status"] not in ENDED:
                yield "", f"task {ref}, {record['name_label']}, is {record['status']}"
        for ref, call in self._world.tasks.items():
            if ref not in tasks:
                yield call.vm, f"task {ref}, {call.text}, is not there any more"

    def _hosts(self) -> Iterator[Found]:
        metrics = self._records("host_metrics")
        for record in self._records("host").values():
            if not (record["enabled"] and metrics[record["metrics"]]["live"]):
                yield "", f"{record['name_label']} is not there"
            if strays := record["other_config"].get("stray_domains"):
                yield "", f"{record['name_label']} is said to run strays: {strays}"

    def _domains(
        self, vms: Mapping[str, Record], domains: list[tuple[str, DomainInfo]]
    ) -> Iterator[Found]:
        """Each domain is that of a VM that is meant to be there."""
        meant = {
            (record["uuid"], self._world.hosts.get(record["resident_on"]))
            for record in vms.values()
            if record["power_state"] in LIVE
        }
        for host, domain in domains:
            if (domain.uuid, host) not in meant:
                ref = next((ref for ref, one in vms.items() if one["uuid"] == domain.uuid), "")
                yield self._name(ref), f"{host} has a domain that is no VM's there: {domain}"

    def _vm(
        self, ref: str, record: Record, domains: list[tuple[str, DomainInfo]]
    ) -> Iterator[Found]:
        name, state = self._name(ref), record["power_state"]
        found = [(host, domain) for host, domain in domains if domain.uuid == record["uuid"]]
        said = f"{name or record['name_label']} is {state}"
        if len(found) != (state in LIVE):
            yield name, f"{said}, with {found}"
        for _, domain in found:
            if domain.paused != (state == PAUSED) or domain.shutdown is not None:
                yield name, f"{said}, with {domain}"
            if int(record["domid"]) != domain.domid:
                yield name, f"{said} as domain {record['domid']}, with {domain}"
        if state == SUSPENDED and record["suspend_VDI"] == NOTHING:
            yield name, f"{said} without an image"
        if state not in LIVE and record["resident_on"] != NOTHING:
            yield name, f"{said}, and on {self._world.hosts.get(record['resident_on'])}"
        if record["scheduled_to_be_resident_on"] != NOTHING:
            yield name, f"{said}, and has a place kept"

    def _devices(
        self,
        ref: str,
        record: Record,
        domains: list[tuple[str, DomainInfo]],
        devices: Mapping[str, Mapping[str, Record]],
    ) -> Iterator[Found]:
        name = self._name(ref)
        found = [(host, domain) for host, domain in domains if domain.uuid == record["uuid"]]
        for cls in devices:
            for device in record[f"{cls}s"]:
                said = devices[cls].get(device)
                if said is None:
                    yield name, f"{name} has a {cls} that is none: {device}"
                    continue
                attached, number = said["currently_attached"], _number(cls, said)
                for host, domain in found:
                    if self._world.has_device(host, domain.domid, cls.lower(), number) != attached:
                        text = f"{cls} {number} of {name} has currently_attached {attached}"
                        yield name, f"{text}, and {host} has it otherwise"
                if record["power_state"] not in (*LIVE, SUSPENDED) and attached:
                    yield name, f"{cls} {number} of {name} is attached, and the VM is off"

    def _disks(self, vms: Mapping[str, Record], vbds: Mapping[str, Record]) -> Iterator[Found]:
        """Who may write disks has a domain on that host, and needs them."""
        hosts = {host.uuid: host.name for host in self._world.pool.layout.hosts}
        live = {
            (record["uuid"], self._world.hosts.get(record["resident_on"])): ref
            for ref, record in vms.items()
            if record["power_state"] in LIVE
        }
        for path in self._world.pool.layout.path("storage", "locks", "x").parent.iterdir():
            held = json.loads(path.read_text())
            holder = live.get((held["vm"], hosts[held["host"]]))
            if holder is None:
                yield "", f"disk {path.name} is held by {held}, which has no VM there"


class NoAnswer(Exception):
    """The pool does not say how it is."""


def _number(cls: str, device: Record) -> int:
    if cls == "VIF":
        return int(device["device"])
    try:
        return disk_number(device["device"])
    except XenopsError:
        return -1
