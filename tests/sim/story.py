"""What happens in a run: what clients ask for, what dies, breaks and comes late, by the seed."""

import contextlib
import hashlib
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datamodel import XenAPIError

from tests import records
from tests.sim import invariants, threads
from tests.sim.invariants import ENDED, Broken
from tests.sim.scheduler import Scheduler, use
from tests.sim.world import HOSTS, Unreachable, World

PREFIX = "OpaqueRef:"
PATTERN = re.compile(r"(OpaqueRef:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")

VMS = 6
VM_MIB = 64
MIB = 1024 * 1024
QUIET_MAX_S = 420.0
"""Within so long after the last fault all is as it should be."""
LOOK_EVERY_S = 5.0


@dataclass(frozen=True)
class Plan:
    """A run, as its seed makes it up."""

    seed: int
    clients: int = 1
    calls: int = 6
    pause_s: float = 0.7
    vms: int = 2
    forwarders: int = 1
    haste: float = 0.05
    stalls: float = 0.0
    slow: float = 0.0
    slow_s: float = 0.0
    faults: tuple[tuple[int, str, str], ...] = ()
    """Before which step what happens to whom."""
    loses: str | None = None
    disks: bool = False
    """Whether VMs have disks with bytes."""


SERVICES = (
    *("xapi", "forwarder-1", "forwarder-1", "broker"),
    *(f"{service}-{host}" for service in ("xenopsd", "squeezed", "door") for host in HOSTS),
    *(f"xenopsd-{host}" for host in HOSTS),
)
PLACES = ("pool", *HOSTS, *HOSTS)
KINDS = (
    *(("kill",) * 6),
    *("flap", "flap", "cut", "freeze", "part", "full", "restart"),
)


def plan_of(seed: int) -> Plan:
    draw = random.Random(f"plan {seed}")
    calm = seed % 10 == 0
    count = 0 if calm else draw.choice((1, 2, 3, 4, 6, 8))
    span = draw.choice((3000, 8000, 20000))
    faults = []
    for _ in range(count):
        kind = draw.choice(KINDS)
        whom = draw.choice(SERVICES[:3] + SERVICES[4:]) if kind in ("kill", "freeze") else ""
        if kind in ("flap", "cut", "full", "part"):
            whom = draw.choice(PLACES if kind != "part" else tuple(HOSTS))
        faults.append((draw.randrange(200, span), kind, whom))
    return Plan(
        seed,
        clients=draw.choice((1, 2, 3, 5)),
        calls=draw.choice((4, 6, 10)),
        pause_s=draw.choice((0.2, 0.7, 2.0)),
        vms=draw.choice((1, 1, 2, 3, 5)),
        forwarders=draw.choice((1, 2)),
        haste=draw.choice((0.02, 0.1, 0.3)),
        stalls=draw.choice((0.0, 0.0, 0.0005, 0.003)),
        slow=0.0 if calm else draw.choice((0.0, 0.02, 0.2)),
        slow_s=draw.choice((0.2, 2.0, 10.0)),
        faults=tuple(sorted(faults)),
        loses=draw.choice(("host2", "host3")) if draw.random() < 0.06 and not calm else None,
    )


@dataclass
class Outcome:
    """How a run ended, as it is told to who began it."""

    seed: int
    broken: list[Broken] = field(default_factory=list)
    hash: str = ""
    seconds: float = 0.0
    steps: int = 0
    calls: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    story: list[str] = field(default_factory=list)


FITTING: dict[str, tuple[tuple[str, int], ...]] = {
    "Halted": (("VM.start", 8), ("VM.start_on", 5), ("VM.clone", 1), ("VM.destroy", 1)),
    "Running": (
        *(("VM.pool_migrate", 8), ("VM.hard_shutdown", 5), ("VM.clean_shutdown", 2)),
        *(("VM.hard_reboot", 2), ("VM.clean_reboot", 1), ("VM.suspend", 2), ("VM.pause", 2)),
        *(("task.cancel", 2), ("VBD.unplug", 1), ("VBD.plug", 1)),
    ),
    "Paused": (("VM.unpause", 4), ("VM.hard_shutdown", 2)),
    "Suspended": (("VM.resume", 4), ("VM.hard_shutdown", 1)),
}
"""What clients ask of a VM in each power state, and how often."""
OPERATIONS = tuple(dict.fromkeys(found for fitting in FITTING.values() for found in fitting))
BUGS = ("INTERNAL_ERROR", "MESSAGE_METHOD_UNKNOWN", "MESSAGE_PARAMETER_COUNT_MISMATCH")


class Run:
    """One run of a plan in a world of its own."""

    def __init__(self, plan: Plan, folder: Path, base: Path | None) -> None:
        self.plan = plan
        self.scheduler = Scheduler(plan.seed, plan.haste, plan.stalls)
        use(self.scheduler)
        threads.reseed(plan.seed)
        self.world = World(
            *(self.scheduler, plan.seed, folder, base),
            forwarders=plan.forwarders,
            disks=plan.disks,
        )
        self.world.note = self.note
        self.watch = invariants.Watch(self.world)
        self.random = random.Random(f"story {plan.seed}")
        self.broken: list[Broken] = []
        self.calls = 0
        self.codes: dict[str, int] = {}
        self._clients = 0
        self._vms: list[str] = []
        self._called: dict[str, str] = {}
        self._tasks: list[str] = []
        self._using: dict[str, int] = {}
        self._uses: dict[str, int] = {}
        self._asked = threads.Event()
        self._uuids: dict[str, str] = {}
        self.hosts: dict[str, str] = {}

    def go(self, story: Callable[["Run"], None] | None = None) -> Outcome:
        tell = story or random_story
        self.scheduler.run(self.world.client, lambda: tell(self))
        broken = [*self.watch.broken, *self.broken]
        if self.scheduler.failure is not None:
            broken.append(Broken("the run broke off", self.scheduler.failure))
        names = self._names_of_all()
        lines = [
            PATTERN.sub(lambda found: names.get(found[2], found[0]), line).replace(
                str(self.world.folder), "…"
            )
            for entry in self.world.story
            if (line := shown(entry))
        ]
        return Outcome(
            self.plan.seed,
            broken,
            hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16],
            self.scheduler.now,
            self.scheduler.steps,
            self.calls,
            self.world.broker.counts,
            self.codes,
            lines,
        )

    def _names_of_all(self) -> dict[str, str]:
        """What people call hosts, VMs and tasks, by their uuids and references' ends."""
        names = {uuid: name for name, uuid in HOSTS.items()}
        for ref, name in (
            *((ref, name) for name, ref in self.hosts.items()),
            *self._called.items(),
        ):
            names[ref.removeprefix(PREFIX)] = name
        for ref, uuid in self._uuids.items():
            names[uuid] = self._called[ref]
        for number, task in enumerate(self._tasks, 1):
            names[task.removeprefix(PREFIX)] = f"task{number}"
        return names

    # --- what a story is told with ------------------------------------------------------------

    def prepare(self) -> None:
        """Start the pool, and wait until its hosts live."""
        self.world.prepare()
        while not all(
            found["live"] for found in self.world.ask("host_metrics.get_all_records").values()
        ):
            self.scheduler.park(self.scheduler.now + 0.5)
        vms = self.world.ask("VM.get_all_records")
        named = {found["name_label"]: ref for ref, found in vms.items()}
        for name in sorted(named):
            if name.startswith("vm "):
                self._join(named[name])
                self._uuids[named[name]] = vms[named[name]]["uuid"]
        self.hosts = {
            found["name_label"]: ref
            for ref, found in self.world.ask("host.get_all_records").items()
        }

    def furnish(self) -> None:
        """Give the VMs what they have in this kind of story only."""

    @property
    def vms(self) -> list[str]:
        return self._vms[: self.plan.vms]

    def begin(self, name: str, *params: Any) -> str:
        """Have a call done in a task; its reference. Raises XenAPIError, Unreachable."""
        self.calls += 1
        task = str(self.world.call(f"Async.{name}", *params))
        self._tasks.append(task)
        return task

    def end_of(self, task: str, longest_s: float = 400.0) -> dict[str, Any] | None:
        """The record of a task that has ended; None when it has not within so long."""
        until = self.scheduler.now + longest_s
        while self.scheduler.now < until:
            record: dict[str, Any] = self.world.ask("task.get_record", task)
            if record["status"] in ENDED:
                return record
            self.scheduler.park(self.scheduler.now + 0.3)
        return None

    def _join(self, vm: str) -> None:
        self._called[vm] = f"vm{len(self._called) + 1}"
        self._vms.append(vm)

    def note(self, kind: str, said: str) -> None:
        self.broken.append(Broken(kind, said))
        self.world.say("broken", what=f"{kind}: {said}")

    # --- clients ------------------------------------------------------------------------------

    def client(self, number: int) -> None:
        """Ask for this and that, one after the other."""
        draw = random.Random(f"client {self.plan.seed} {number}")
        for _ in range(self.plan.calls):
            self.scheduler.park(self.scheduler.now + draw.expovariate(1 / self.plan.pause_s))
            vms = self.vms
            if not vms:
                break
            vm = draw.choice(vms)
            name = self._drawn(draw, vm)
            if self.plan.disks and draw.random() < 0.5:
                self.ask_of_disks(draw, vm, number)
                continue
            try:
                self._ask(draw, name, vm, number)
            except Unreachable:
                self.world.say("client", who=number, what=f"{name}: nobody answers")
            except XenAPIError as error:
                self._answered(number, name, error.code, list(error.params))
        self._clients -= 1
        self._asked.set()

    def _drawn(self, draw: random.Random, vm: str) -> str:
        """A call; mostly one that fits what the VM is now."""
        fitting = OPERATIONS
        if draw.random() < 0.8:
            with contextlib.suppress(XenAPIError):
                fitting = FITTING[self.world.ask("VM.get_power_state", vm)]
        return draw.choices([name for name, _ in fitting], [weight for _, weight in fitting])[0]

    def _ask(self, draw: random.Random, name: str, vm: str, number: int) -> None:
        params = self._params(draw, name, vm)
        if params is None:
            return
        said = " ".join(self._short(one) for one in params)
        self.world.say("client", who=number, what=f"{name} {said}")
        if name == "task.cancel":
            self.world.call(name, *params)
            return
        alone = self._using.get(vm, 0) == 0
        self._using[vm] = self._using.get(vm, 0) + 1
        self._uses[vm] = self._uses.get(vm, 0) + 1
        uses = self._uses[vm]
        try:
            if name == "VM.clone" or draw.random() < 0.25:
                self.calls += 1
                try:
                    result = self.world.call(name, *params)
                except XenAPIError as error:
                    self._answered(number, name, error.code, list(error.params))
                    return
                if name == "VM.clone":
                    self._join(str(result))
            else:
                task = self.begin(name, *params)
                record = None if draw.random() < 0.15 else self.end_of(task)
                if record is None:  # it does not want to know: from now on anything may go on
                    self._using[vm] += 1
                    return
                if record["status"] != "success":
                    error_info = record["error_info"] or [record["status"]]
                    self._answered(number, name, error_info[0], error_info[1:])
                    return
            self._answered(number, name, "success", [])
            if alone and self._uses[vm] == uses:
                self._holds(name, vm)
            if name == "VM.destroy" and vm in self._vms:
                self._vms.remove(vm)
        except Unreachable:
            self._using[vm] += 1  # it may be done all the same
            raise
        finally:
            self._using[vm] -= 1

    def _params(self, draw: random.Random, name: str, vm: str) -> list[Any] | None:
        host = self.hosts[draw.choice(sorted(self.hosts))]
        match name:
            case "VM.start" | "VM.resume":
                return [vm, False, False]
            case "VM.start_on":
                return [vm, host, False, False]
            case "VM.pool_migrate":
                return [vm, host, {"live": "true"}]
            case "task.cancel":
                return [draw.choice(self._tasks)] if self._tasks else None
            case "VM.clone":
                return [vm, f"clone {self.calls}"] if len(self._vms) < VMS + 2 else None
            case "VM.destroy":
                return [vm] if len(self._vms) > 2 else None
            case "VBD.plug" | "VBD.unplug":
                vbds = self.world.ask("VM.get_VBDs", vm)
                return [vbds[0]] if vbds else None
        return [vm]

    def _answered(self, number: int, name: str, code: str, params: list[Any]) -> None:
        self.codes[code] = self.codes.get(code, 0) + 1
        said = " ".join(self._short(one) for one in params)
        self.world.say("client", who=number, what=f"{name} is answered {code} {said}")
        if code in BUGS:
            self.note(code.lower().replace("_", " "), f"{name}: {said}")

    def _holds(self, name: str, vm: str) -> None:
        """A client that was told success, and had nobody beside it, finds it so."""
        if self.plan.loses is not None or vm not in self._vms:
            return
        uuid = self._uuids.get(vm)
        if uuid is None:
            return
        domains = [
            (host, invariants._how(domain))
            for host, xen in self.world.xens.items()
            for domain in xen.machine.domains.values()
            if domain.uuid == uuid
        ]
        # What a migration that failed before has left stands still, and goes within a minute.
        states = [how for _, how in domains if how != "unbuilt"]
        if "Running" in states:
            # Its memory may be there already, if the destination failed at the commit.
            states = [how for how in states if how != "Paused"]
        wanted = {
            "VM.start": ["Running"],
            "VM.start_on": ["Running"],
            "VM.pool_migrate": ["Running"],
            "VM.resume": ["Running"],
            "VM.unpause": ["Running"],
            "VM.pause": ["Paused"],
            "VM.hard_shutdown": [],
            "VM.clean_shutdown": [],
            "VM.suspend": [],
        }.get(name)
        if wanted is not None and states != wanted:
            self.note("success that is none", f"{name} of VM {uuid}, and it is {domains}")

    def _short(self, value: Any) -> str:
        names = {**{ref: name for name, ref in self.hosts.items()}, **self._called}
        return str(names.get(value, value)) if isinstance(value, str) else str(value)

    def ask_of_disks(self, draw: random.Random, vm: str, number: int) -> None:
        """Ask for something that concerns disks; see `tests.sim.disks`."""

    # --- faults -------------------------------------------------------------------------------

    def arm(self) -> None:
        """Have the plan's faults happen, counted from this step."""
        for step, kind, whom in self.plan.faults:
            at = self.scheduler.steps + step
            while at in self.scheduler.at_step:
                at += 1
            self.scheduler.at_step[at] = lambda kind=kind, whom=whom: (  # type: ignore[misc]
                self.fault(kind, whom)
            )
        if self.plan.loses is not None:
            whom = self.plan.loses
            at = self.scheduler.steps + self.random.randrange(200, 8000)
            while at in self.scheduler.at_step:
                at += 1
            self.scheduler.at_step[at] = lambda: self.world.lose_host(whom)

    def fault(self, kind: str, whom: str) -> None:
        world, seconds = self.world, self.random.choice((0.5, 3.0, 20.0, 70.0))
        found = self.scheduler
        if kind != "kill":
            world.say("fault", what=f"{kind} {whom} for {seconds} s")
            world.broker.count(f"faults: {kind}")
        match kind:
            case "kill":
                if whom.startswith("forwarder") and self.plan.forwarders > 1:
                    whom = self.random.choice(("forwarder-1", "forwarder-2"))
                world.kill(whom)
            case "restart":
                world.broker.restart(min(seconds, 20.0))
            case "flap":
                world.broker.flap(whom)
            case "cut":
                world.broker.cut_off(whom)
                found.at(found.now + seconds, lambda: world.broker.heal(whom))
            case "freeze":
                found.freeze(world.processes[whom], seconds)
            case "part":
                other = self.random.choice([host for host in HOSTS if host != whom])
                pair = frozenset((whom, other))
                world.network.parted.add(pair)
                found.at(found.now + seconds, lambda: world.network.parted.discard(pair))
            case "full":
                world.disks.full.add(whom)
                found.at(found.now + seconds, lambda: world.disks.full.discard(whom))

    def heal(self) -> None:
        """End all faults; what is dead comes back by itself, but a host that is gone."""
        world = self.world
        self.scheduler.at_step.clear()
        world.say("fault", what="all faults end")
        for place in list(world.broker.cut):
            world.broker.heal(place)
        world.network.parted.clear()
        world.disks.full.clear()
        world.broker.slow = 0.0
        self.scheduler.stalls = 0.0
        self.scheduler.haste = 0.05
        for found in world.processes.values():
            found.frozen = False

    def settle(self) -> None:
        """Wait until all is as it should be; what still is not, is broken."""
        until = self.scheduler.now + QUIET_MAX_S
        undeclared = set(self.world.dead_hosts)
        while True:
            for host in sorted(undeclared):
                if self._declared_dead(host):
                    undeclared.discard(host)
            found = [*invariants.when_quiet(self.world), *self.disks_when_quiet()]
            if not found and not undeclared:
                return
            if self.scheduler.now > until:
                break
            self.scheduler.park(self.scheduler.now + LOOK_EVERY_S)
        for broken in found:
            self.note(broken.kind, broken.said)

    def disks_when_quiet(self) -> list[Broken]:
        """What is not as it should be of disks; see `tests.sim.disks`."""
        return []

    def _declared_dead(self, host: str) -> bool:
        try:
            self.world.call("host.declare_dead", self.hosts[host])
        except (XenAPIError, Unreachable) as error:
            self.world.say("client", who=0, what=f"host.declare_dead {host}: {error}")
            return False
        return True


def random_story(run: Run) -> None:
    """Clients at random, and the plan's faults."""
    run.prepare()
    run.furnish()
    run.world.broker.slow, run.world.broker.slow_s = run.plan.slow, run.plan.slow_s
    run._clients = run.plan.clients
    run.arm()
    for number in range(1, run.plan.clients + 1):
        run.scheduler.spawn(
            run.world.client,
            lambda number=number: run.client(number),  # type: ignore[misc]
            f"client {number}",
        )
    until = run.scheduler.now + 900.0
    while run._clients and run.scheduler.now < until:
        run._asked.clear()
        run._asked.wait(5.0)
        if run.scheduler.now > until - 500.0:
            run.heal()
    run.heal()
    run.settle()


def furnish(run: Run) -> None:
    """Give a new pool its VMs, each with a disk and an interface."""
    world = run.world
    run.prepare()
    template = world.ask("VM.get_by_name_label", "Other install media")[0]
    sr = world.ask("pool.get_default_SR", world.ask("pool.get_all")[0])
    network = world.ask("network.get_all")[0]
    for number in range(1, VMS + 1):
        vm = world.ask("VM.clone", template, f"vm {number}")
        world.ask("VM.provision", vm)
        world.ask("VM.set_memory_limits", vm, *[str(VM_MIB * MIB)] * 4)
        vdi = world.ask("VDI.create", records.vdi(sr, MIB))
        world.ask("VBD.create", records.vbd(vm, vdi))
        world.ask("VIF.create", records.vif(vm, network))


def shown(entry: tuple[float, str, str, Any]) -> str | None:
    """A line of the story, for people; None for what says nothing."""
    at, who, kind, facts = entry
    when = f"{at:10.4f}  "
    match kind:
        case "hop":
            if facts.get("message") in ("get_host_reserved_memory", "login"):
                return None
            said = " ".join(
                f"{name}={_brief(value)}"
                for name, value in facts.items()
                if value is not None and name not in ("service", "ms", "traceparent")
            )
            return f"{when}{who:16}  {said}"
        case "client":
            return f"{when}client {facts['who']:<9}  {facts['what']}"
        case "fault":
            return f"{when}*** {facts['what']}"
        case "broken":
            return f"{when}!!! {facts['what']}"
        case "log":
            return f"{when}{who:16}  [{facts['level']}] {facts['said']}"
    return f"{when}{who:16}  {kind} {' '.join(str(value) for value in facts.values())}"


def _brief(value: Any) -> str:
    text = str(value)
    return text if len(text) < 200 else f"{text[:200]}…"


__all__ = ["Outcome", "Plan", "Run", "furnish", "plan_of", "random_story"]
