"""What clients ask of a VM, and how the VM has to be once they were told that it is done."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xenopsd.backend.names import disk_number

from tests import records
from tests.chaos.clients import Client
from tests.chaos.world import SNAPSHOTS_MAX, VDIS_MAX, VMS, VMS_MAX, Vm, World
from tests.conftest import MIB

RUNNING, PAUSED, HALTED, SUSPENDED = "Running", "Paused", "Halted", "Suspended"
LIVE = (RUNNING, PAUSED)


@dataclass(frozen=True)
class Outcome:
    """How a VM is after a success; None where the call says nothing of it."""

    state: str | None = None
    host: str | None = None
    device: tuple[str, str, bool] | None = None
    """A class, a reference, and whether the device is plugged."""
    snapshot: str | None = None
    exists: bool = True


@dataclass(frozen=True)
class Asked:
    """A call, ready to be made."""

    method: str
    params: tuple[Any, ...]
    outcome: Outcome
    changes: bool = True
    """Whether it changes how the VM is, or only takes something from it."""


@dataclass(frozen=True)
class Drawing:
    """What a call is made from."""

    world: World
    client: Client
    vm: Vm
    draws: random.Random


def _plain(method: str, state: str, *params: Any) -> Callable[[Drawing], Asked | None]:
    return lambda of: Asked(method, (of.vm.ref, *params), Outcome(state))


def _migrate(of: Drawing) -> Asked:
    host = of.draws.choice(sorted(of.world.hosts, key=lambda ref: of.world.hosts[ref]))
    name = of.world.hosts[host]
    return Asked("VM.pool_migrate", (of.vm.ref, host, {"live": "true"}), Outcome(host=name))


def _snapshot(of: Drawing) -> Asked | None:
    if len(of.world.snapshots) >= SNAPSHOTS_MAX:
        return None
    return Asked("VM.snapshot", (of.vm.ref, "chaos", []), Outcome(), changes=False)


def _revert(of: Drawing) -> Asked | None:
    found = [snapshot for snapshot in of.world.snapshots if snapshot.of == of.vm]
    if not found:
        return None
    for vbd in _disks(of):
        vdi = of.client.call("VBD.get_VDI", vbd).result
        of.world.reverted.add(of.client.call("VDI.get_location", vdi).result or "")
    return Asked("VM.revert", (of.draws.choice(found).ref,), Outcome(HALTED))


def _disks(of: Drawing) -> list[str]:
    """The VM's VBDs."""
    found: list[str] = of.client.call("VM.get_VBDs", of.vm.ref).result or []
    return found


def _create_vdi(of: Drawing) -> Asked | None:
    if len(of.world.vdis) >= VDIS_MAX:
        return None
    return Asked("VDI.create", (records.vdi(of.world.sr, MIB),), Outcome(), changes=False)


def _of_vdi(method: str) -> Callable[[Drawing], Asked | None]:
    """A call that makes another disk of one that the VM has."""

    def make(of: Drawing) -> Asked | None:
        vbds = _disks(of)
        if not vbds or len(of.world.vdis) >= VDIS_MAX:
            return None
        vdi = of.client.call("VBD.get_VDI", of.draws.choice(vbds)).result
        return Asked(method, (vdi, {}), Outcome(), changes=False) if vdi else None

    return make


def _destroy_vdi(of: Drawing) -> Asked | None:
    vdi = of.world.take_vdi(of.draws)
    return None if vdi is None else Asked("VDI.destroy", (vdi,), Outcome(), changes=False)


def _clone(of: Drawing) -> Asked | None:
    if len(of.world.vms) >= VMS_MAX:
        return None
    return Asked("VM.clone", (of.vm.ref, "chaos clone"), Outcome(), changes=False)


def _destroy(of: Drawing) -> Asked | None:
    if len(of.world.vms) < VMS:
        return None
    return Asked("VM.destroy", (of.vm.ref,), Outcome(exists=False))


def _device(method: str) -> Callable[[Drawing], Asked | None]:
    """A call for the VM's second device, if it has one."""
    cls, _, verb = method.partition(".")
    plural, number = ("VBDs", "userdevice") if cls == "VBD" else ("VIFs", "device")

    def make(of: Drawing) -> Asked | None:
        for ref in of.client.call(f"VM.get_{plural}", of.vm.ref).result or ():
            if of.client.call(f"{cls}.get_{number}", ref).result == "1":
                return Asked(method, (ref,), Outcome(device=(cls, ref, verb == "plug")))
        return None

    return make


ACTIONS: dict[Callable[[Drawing], Asked | None], float] = {
    _plain("VM.start", RUNNING, False, False): 6,
    _plain("VM.clean_shutdown", HALTED): 1.5,
    _plain("VM.hard_shutdown", HALTED): 3,
    _plain("VM.clean_reboot", RUNNING): 1,
    _plain("VM.hard_reboot", RUNNING): 1.5,
    _plain("VM.suspend", SUSPENDED): 2,
    _plain("VM.resume", RUNNING, False, False): 2.5,
    _plain("VM.pause", PAUSED): 1,
    _plain("VM.unpause", RUNNING): 1.5,
    _migrate: 5,
    _snapshot: 1,
    _revert: 0.7,
    _clone: 1,
    _destroy: 0.7,
    _create_vdi: 0.7,
    _of_vdi("VDI.snapshot"): 1,
    _of_vdi("VDI.clone"): 0.7,
    _destroy_vdi: 1.5,
    _device("VBD.plug"): 1.5,
    _device("VBD.unplug"): 1.2,
    _device("VIF.plug"): 1.5,
    _device("VIF.unplug"): 1.2,
}
"""How to make each call, and how often it is drawn; None is made where there is nothing to ask."""


def draw(of: Drawing) -> Asked:
    """A call for the VM."""
    while True:
        (make,) = of.draws.choices([*ACTIONS], [*ACTIONS.values()])
        asked = make(of)
        if asked is not None:
            return asked


def wrong(world: World, client: Client, vm: Vm, outcome: Outcome) -> str | None:
    """What is not so of an outcome: of the pool, and of Xen asked directly; None if all is.

    What the pool does not answer is not held against it here.
    """
    answer = client.call("VM.get_record", vm.ref)
    domains = world.domains_of(vm.uuid)
    if answer.broken:
        return None
    if answer.error is not None:
        return None if not outcome.exists and not domains else f"{answer.error}, with {domains}"
    record = answer.result
    if not outcome.exists:
        return f"it exists, with {domains}"
    said = f"{record['power_state']} on {world.hosts.get(record['resident_on'])}, with {domains}"
    if outcome.state is not None and record["power_state"] != outcome.state:
        return f"it is {said}, and not {outcome.state}"
    if len(domains) != (record["power_state"] in LIVE):
        return f"it is {said}"
    for host, domain in domains:
        if domain.paused != (record["power_state"] == PAUSED) or domain.shutdown is not None:
            return f"it is {said}"
        if host != world.hosts.get(record["resident_on"]) or outcome.host not in (None, host):
            return f"it is {said}, and not on {outcome.host}"
        if outcome.device is not None:
            return _wrong_device(world, client, host, domain.domid, *outcome.device)
    return None


def _wrong_device(
    world: World, client: Client, host: str, domid: int, cls: str, ref: str, plugged: bool
) -> str | None:
    answer = client.call(f"{cls}.get_record", ref)
    if answer.result is None:
        return None
    record = answer.result
    number = int(record["device"]) if cls == "VIF" else disk_number(record["device"])
    seen = world.has_device(host, domid, cls.lower(), number)
    if (seen, record["currently_attached"]) == (plugged, plugged):
        return None
    return f"its {cls} is plugged: {seen}, currently_attached: {record['currently_attached']}"
