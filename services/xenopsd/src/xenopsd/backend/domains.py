"""Domains: made, built, paused, asked to stop, saved, restored and destroyed."""

import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from xenops.errors import XenopsError
from xenops.sizes import KIB, overhead
from xenops.types import (
    PowerState,
    Vm,
    VmDomainType,
    VmState,
)
from xenports.hypervisor import (
    CRASH,
    REBOOT,
    SUSPEND,
    Boot,
    DomainInfo,
    Hypervisor,
    HypervisorError,
    OutOfMemory,
    Rings,
    SaveProgress,
)
from xenports.xenstore import Xenstore

from xenopsd.backend import image, names
from xenopsd.backend.task import Task
from xenopsd.ports.memory import Memory, Reserved

log = logging.getLogger(__name__)

KINDS = {"HVM": "hvm", "PV": "pv", "PVinPVH": "pv-in-pvh", "PVH": "pvh"}
DOMAIN_TYPES = {
    "hvm": VmDomainType.Domain_HVM,
    "pv": VmDomainType.Domain_PV,
    "pv-in-pvh": VmDomainType.Domain_PVinPVH,
    "pvh": VmDomainType.Domain_PVH,
}
# Directories that the guest itself may write.
GUEST_WRITES = (
    *("device", "device/vbd", "device/vif", "feature", "error", "drivers", "control", "attr"),
    *("xenserver", "xenserver/attr", "data", "messages", "vm-data", "hvmloader", "rrd"),
)
# Read by an emulated machine's firmware (hvm/hvm_xs_strings.h), which must not move memory, since
# QEMU would not follow.
FIRMWARE = {"bios": "seabios", "allow-memory-relocate": "0"}
# The name of the node, and of the extra, that says which pool made a domain.
POOL = "pool"
AGENT = ("attr", "data", "drivers", "control", "feature")
AGENT_NODES_MAX = 2000
# Xen counts in 32 bits.
TIME_OFFSET = re.compile(r"-?[0-9]{1,9}")
CONSOLE_BYTES_MAX = 1 << 20

SUSPEND_ACK_S, SUSPEND_DONE_S = 30.0, 1200.0
WAIT_SLICE_S = 1.0
TARGET_S = 2.0

# What the node `action-request` of a domain asks for, once no operation works on the domain.
POWEROFF_REQUEST, REBOOT_REQUEST = "poweroff", "reboot"
# What a guest that suspended itself asks for.
SUSPEND_REQUEST = "suspend"


@dataclass(frozen=True)
class Size:
    """How much memory a new domain may have; its pages exceed its target by ``offset``.

    A guest whose memory is restored must have as much as before.
    """

    minimum_kib: int
    maximum_kib: int
    offset_kib: int = 0

    @classmethod
    def exactly(cls, pages_kib: int, target_kib: int) -> "Size":
        return cls(pages_kib, pages_kib, pages_kib - target_kib)

    @classmethod
    def of(cls, vm: Vm) -> "Size":
        return cls(vm.memory_dynamic_min // KIB, vm.memory_dynamic_max // KIB)


@dataclass(frozen=True)
class Guest:
    """What xenstore has of a domain's guest.

    ``connected`` says that it has paravirtual drivers, ``online`` is how many CPUs it may use.
    """

    target_kib: int
    uncooperative: bool
    online: int
    connected: bool
    agent: dict[str, str]


class Extras(Protocol):
    """Keeps facts of a VM's domain beside its record, across restarts of xenopsd."""

    def extra(self, vm: str) -> dict[str, Any]: ...
    def set_extra(self, vm: str, extra: dict[str, Any]) -> None: ...
    def note_of_domain(self, vm: str, **facts: Any) -> None:
        """Set facts that are of use only as long as the VM's present domain is there."""
        ...


@contextmanager
def translated() -> Iterator[None]:
    """Raise the port's errors as xenopsd's own."""
    try:
        yield
    except OutOfMemory as error:
        needed, free = error.needed_kib * KIB, error.free_kib * KIB
        raise XenopsError("Cannot_free_this_much_memory", (needed, free)) from error
    except HypervisorError as error:
        raise XenopsError("Internal_error", str(error)) from error


class Domains:
    """One host's domains; a VM's domain is found by the VM's uuid, which it has too."""

    def __init__(
        self, hypervisor: Hypervisor, xenstore: Xenstore, extras: Extras, memory: Memory
    ) -> None:
        self.hypervisor = hypervisor
        self.memory = memory
        self._xenstore = xenstore
        self._extras = extras

    def find(self, vm: str) -> DomainInfo | None:
        with translated():
            return next((d for d in self.hypervisor.domains() if d.uuid == vm), None)

    def get(self, vm: str) -> DomainInfo:
        """The VM's domain; raises XenopsError Does_not_exist."""
        domain = self.find(vm)
        if domain is None:
            raise XenopsError("Does_not_exist", ("domain", vm))
        return domain

    def create(self, task: Task, vm: Vm, size: Size) -> None:
        """Make the domain and its nodes. Until ``survive`` it is marked for removal.

        Its memory is reserved until the domain has it; waiting for the reservation may take long.
        """
        with translated():
            vms = {domain.domid: domain.uuid for domain in self.hypervisor.domains()}
        if vm.id in vms.values():
            raise XenopsError("Already_exists", ("domain", vm.id))
        for what, path, value in _asked_nodes(vm):
            names.require_writable(what, path, value)
        kind = KINDS[vm.ty.tag]
        taken_kib = overhead(kind, vm.memory_static_max, vm.vcpu_max).total_mib * KIB
        least, most = size.minimum_kib + taken_kib, size.maximum_kib + taken_kib
        reserved = self.memory.reserve(task, least, most, vms)
        try:
            pages_kib = (
                self._fixed_kib(size, taken_kib)
                if reserved is None
                else min(reserved.kib - taken_kib, size.maximum_kib)
            )
            self._create(vm, kind, pages_kib, size, reserved)
        except BaseException:
            if reserved is not None:
                self.memory.release(reserved.id)
            raise

    def _fixed_kib(self, size: Size, taken_kib: int) -> int:
        """The size where memory is not shared: what is free, and the domain keeps it."""
        with translated():
            free = self.hypervisor.free_kib()
            if size.minimum_kib + taken_kib > free:
                raise OutOfMemory(size.minimum_kib + taken_kib, free)
        return min(size.maximum_kib, free - taken_kib)

    def _create(
        self, vm: Vm, kind: str, pages_kib: int, size: Size, reserved: Reserved | None
    ) -> None:
        static_kib = vm.memory_static_max // KIB
        with translated():
            domid = self.hypervisor.create(vm.id, kind, static_kib, vm.vcpu_max)
        if reserved is not None:
            self.memory.hand_over(reserved.id, domid)
        self._make_nodes(vm, domid, kind, pages_kib - size.offset_kib)
        self._extras.note_of_domain(
            vm.id,
            last_start_time=time.time(),
            pages_kib=pages_kib,
            reservation=None if reserved is None else reserved.id,
            kind=kind,
        )

    @contextmanager
    def _filling(self, vm: str) -> Iterator[int]:
        """The pages that a new domain gets; their reservation ends with the block."""
        try:
            with translated():
                yield int(self._extras.extra(vm)["pages_kib"])
        finally:
            self.release(vm)

    def release(self, vm: str) -> None:
        """End the reservation for a domain that has its memory, or will never get it."""
        reservation = self._extras.extra(vm).get("reservation")
        if reservation:
            self.memory.release(reservation)
            self._extras.note_of_domain(vm, reservation=None)

    def _make_nodes(self, vm: Vm, domid: int, kind: str, target_kib: int) -> None:
        base = names.domain(domid)
        pool = self._extras.extra(vm.id).get(POOL)
        self._xenstore.remove(base, names.trusted(domid), f"/libxl/{domid}")
        self._xenstore.make(base, f"/vm/{vm.id}", reader=domid)
        self._xenstore.make(names.trusted(domid))
        self._xenstore.make(*(f"{base}/{directory}" for directory in GUEST_WRITES), owner=domid)
        nodes = {
            f"{base}/name": names.shown(vm.name),
            f"{base}/vm": f"/vm/{vm.id}",
            f"{base}/domid": str(domid),
            f"{base}/domain-type": kind,
            f"{base}/action-request": POWEROFF_REQUEST,
            f"{base}/control/platform-feature-multiprocessor-suspend": "1",
            f"{base}/memory/static-max": str(vm.memory_static_max // KIB),
            f"{base}/memory/dynamic-min": str(vm.memory_dynamic_min // KIB),
            f"{base}/memory/dynamic-max": str(vm.memory_dynamic_max // KIB),
            f"{base}/memory/target": str(target_kib),
            f"/vm/{vm.id}/uuid": vm.id,
            f"/vm/{vm.id}/name": names.shown(vm.name),
            f"/vm/{vm.id}/domains/{domid}": base,
            f"/vm/{vm.id}/rtc/timeoffset": str(time_offset(vm)),
        }
        for number in range(vm.vcpu_max):
            online = "online" if number < vm.vcpus else "offline"
            nodes[f"{base}/cpu/{number}/availability"] = online
        if kind == "hvm":
            nodes |= {f"{base}/hvmloader/{key}": value for key, value in FIRMWARE.items()}
        if pool is not None:
            nodes[f"{names.trusted(domid)}/{POOL}"] = pool
        nodes |= {base + path: value for _, path, value in _asked_nodes(vm)}
        self._xenstore.write_all(nodes)

    def build(self, vm: Vm, boot: Boot) -> None:
        """Give the domain its memory and kernel; it stays paused."""
        domain = self.get(vm.id)
        with self._filling(vm.id) as pages_kib:
            self.hypervisor.set_time_offset(domain.domid, time_offset(vm))
            rings = self.hypervisor.build(domain.domid, boot, pages_kib)
        self._introduce(domain.domid, rings)

    def _introduce(self, domid: int, rings: Rings) -> None:
        """Connect the guest with xenstored and the console's daemon."""
        base = names.domain(domid)
        self._xenstore.write_all(
            {
                f"{base}/store/ring-ref": str(rings.store_mfn),
                f"{base}/store/port": str(rings.store_port),
                f"{base}/console/backend-id": "0",
                f"{base}/console/type": "xenconsoled",
                f"{base}/console/output": "pty",
                f"{base}/console/limit": str(CONSOLE_BYTES_MAX),
                f"{base}/console/tty": "",
                f"{base}/console/ring-ref": str(rings.console_mfn),
                f"{base}/console/port": str(rings.console_port),
            }
        )
        self._xenstore.introduce(domid, rings.store_mfn, rings.store_port)

    def survive(self, vm: str) -> None:
        """Mark the domain as complete: it is no longer marked for removal."""
        self._xenstore.remove(f"{names.domain(self.get(vm).domid)}/action-request")

    def mark(self, vm: str, domain: DomainInfo | None, pool: str) -> None:
        """Mark a VM's domain, and all that follow it, with the pool that made it."""
        extra = self._extras.extra(vm)
        if extra.get(POOL) == pool:
            return
        self._extras.set_extra(vm, {**extra, POOL: pool})
        if domain is not None:
            self._xenstore.write(f"{names.trusted(domain.domid)}/{POOL}", pool)

    def pool_of(self, vm: str) -> str | None:
        """The pool whose work was done for a VM here; None if an older version did not note it."""
        pool: str | None = self._extras.extra(vm).get(POOL)
        return pool

    def maker(self, vm: str) -> str | None:
        """The pool that made a VM's domain; None if no pool did, or there is no domain."""
        domain = self.find(vm)
        return None if domain is None else self.makers([domain])[0]

    def makers(self, domains: list[DomainInfo]) -> list[str | None]:
        """The pools that made these domains."""
        return self._xenstore.read_all([f"{names.trusted(d.domid)}/{POOL}" for d in domains])

    def condemn(self, vm: str, request: str) -> None:
        """Mark the domain as ending; it is no error if it is gone already."""
        domain = self.find(vm)
        if domain is not None:
            self._xenstore.write(f"{names.domain(domain.domid)}/action-request", request)

    def pause(self, vm: str) -> None:
        with self._there(vm) as domain:
            if not domain.paused:  # Xen counts pauses
                self.hypervisor.pause(domain.domid)

    def unpause(self, vm: str) -> None:
        with self._there(vm) as domain:
            if domain.paused:
                self.hypervisor.unpause(domain.domid)

    @contextmanager
    def _there(self, vm: str) -> Iterator[DomainInfo]:
        """A VM's domain; raises XenopsError Does_not_exist, also if it ends during the block."""
        domain = self.get(vm)
        try:
            with translated():
                yield domain
        except XenopsError:
            self.get(vm)
            raise

    def request(self, vm: str) -> str | None:
        """What a domain that no operation works on is marked for; None if it is complete.

        A domain that has no nodes yet is half made.
        """
        domain = self.find(vm)
        if domain is None:
            return None
        base = names.domain(domain.domid)
        asked, of_vm = self._xenstore.read_all([f"{base}/action-request", f"{base}/vm"])
        return asked or (None if of_vm else POWEROFF_REQUEST)

    def destroy(self, vm: str) -> None:
        """Remove the domain and its nodes, even if the domain has meanwhile ended by itself."""
        domain = self.find(vm)
        if domain is not None:
            with translated():
                self.hypervisor.destroy(domain.domid)
        for domid in self._domids(vm, domain):
            self._xenstore.remove(
                *(names.domain(domid), names.trusted(domid), f"/libxl/{domid}"),
                *(f"/local/domain/0/backend/{kind}/{domid}" for kind in ("vbd", "vif")),
                *(f"/xapi/{vm}/private", f"/vm/{vm}/domains/{domid}"),
            )
        self.release(vm)

    def _domids(self, vm: str, destroyed: DomainInfo | None) -> set[int]:
        """The VM's former domains, which may have left nodes."""
        with translated():
            others = {domain.domid for domain in self.hypervisor.domains() if domain.uuid != vm}
        noted = {int(domid) for domid in self._xenstore.list(f"/vm/{vm}/domains")}
        return (noted | ({destroyed.domid} if destroyed else set())) - others

    def has_nodes(self, vm: str) -> bool:
        """Whether xenstore has nodes of the VM; it has some for every VM that is not off."""
        return bool(self._xenstore.list(f"/vm/{vm}"))

    def clean(self, vm: str) -> None:
        """Remove all nodes of a VM that is not here."""
        self._xenstore.remove(f"/vm/{vm}", f"/xapi/{vm}")

    def set_vcpus(self, vm: str, vcpus: int) -> None:
        domain = self.get(vm)
        if not 0 < vcpus <= domain.vcpus:
            raise XenopsError("Invalid_vcpus", domain.vcpus)
        base = f"{names.domain(domain.domid)}/cpu"
        self._xenstore.write_all(
            {
                f"{base}/{number}/availability": "online" if number < vcpus else "offline"
                for number in range(domain.vcpus)
            }
        )

    def set_dynamic_range(self, vm: str, low_kib: int, high_kib: int) -> None:
        """Set the dynamic range. squeezed finds a target in it; without squeezed, we set one."""
        domain = self.get(vm)
        base = f"{names.domain(domain.domid)}/memory"
        nodes = {f"{base}/dynamic-min": str(low_kib), f"{base}/dynamic-max": str(high_kib)}
        if self.memory.is_there():
            self._xenstore.write_all(nodes)
            self._await_target(f"{base}/target", low_kib, high_kib)
            return
        target = min(max(self._number(f"{base}/target"), low_kib), high_kib)
        self._allow(domain, target)
        self._xenstore.write_all({**nodes, f"{base}/target": str(target)})

    def _await_target(self, path: str, low_kib: int, high_kib: int) -> None:
        """Wait a moment for a target in the range; it may never come, as without a driver."""
        deadline = time.monotonic() + TARGET_S
        with self._xenstore.watch(path) as events:
            while not low_kib <= self._number(path) <= high_kib:
                left = deadline - time.monotonic()
                if left <= 0:
                    return
                events.next(left)

    def _allow(self, domain: DomainInfo, pages_kib: int) -> None:
        """Set a domain's limit no lower than this; raises OutOfMemory if too little is free."""
        with translated():
            free, more = self.hypervisor.free_kib(), pages_kib - domain.memory_kib
            if more > free:
                raise OutOfMemory(more, free)
            if pages_kib > domain.max_kib:
                self.hypervisor.set_max_kib(domain.domid, pages_kib)

    def hold(self, vm: str) -> Size:
        """Keep a guest at its present size until ``let_go``; returns the size."""
        domain = self.get(vm)
        base = f"{names.domain(domain.domid)}/memory"
        if self._xenstore.read(f"{base}/hold") is None:
            self._xenstore.write(f"{base}/hold", str(domain.max_kib))
        with translated():
            # Xen at once keeps the guest from growing; squeezed learns of it a little later.
            self.hypervisor.set_max_kib(domain.domid, domain.memory_kib)
        held = self.get(vm)
        return Size.exactly(held.memory_kib, held.memory_kib - self._offset(base))

    def _offset(self, base: str) -> int:
        text = self._xenstore.read(f"{base}/memory-offset") or ""
        return int(text) if text.lstrip("-").isdigit() else 0

    def let_go(self, vm: str) -> None:
        """Let the guest be asked for memory again; nothing happens if it is not held."""
        domain = self.find(vm)
        if domain is None:
            return
        path = f"{names.domain(domain.domid)}/memory/hold"
        limit = self._number(path)
        if limit:
            with translated():
                self.hypervisor.set_max_kib(domain.domid, limit)
            self._xenstore.remove(path)

    def settings(self, domain: DomainInfo) -> dict[str, str]:
        """The nodes that have told a running domain of its CPUs and its memory."""
        base = names.domain(domain.domid)
        paths = [f"{base}/cpu/{number}/availability" for number in range(domain.vcpus)]
        paths += [f"{base}/memory/{name}" for name in ("dynamic-min", "dynamic-max", "target")]
        values = self._xenstore.read_all(paths)
        return {path: value for path, value in zip(paths, values, strict=True) if value is not None}

    def tell_again(self, domain: DomainInfo, settings: Mapping[str, str]) -> None:
        """Write again the nodes that ``settings`` read, and set the limit that the domain had."""
        if self.memory.is_there():
            target = f"{names.domain(domain.domid)}/memory/target"  # squeezed sets it
            settings = {path: value for path, value in settings.items() if path != target}
        else:
            with translated():
                self.hypervisor.set_max_kib(domain.domid, domain.max_kib)
        self._xenstore.write_all(settings)

    # --- stopping ---------------------------------------------------------------------------

    def request_shutdown(self, task: Task, vm: str, reason: str, timeout_s: float) -> bool:
        """Ask the guest; True once it has acknowledged or shut down, False if not in time."""
        domain = self.get(vm)
        path = f"{names.domain(domain.domid)}/control/shutdown"
        deadline = time.monotonic() + timeout_s
        acknowledged = False
        try:
            with self._xenstore.watch(path) as events:
                self._xenstore.write(path, reason)
                while self._xenstore.read(path):
                    task.check_cancelled()
                    asked = self.find(vm)
                    if asked is None or asked.shutdown is not None:
                        return True
                    if time.monotonic() > deadline:
                        return False
                    events.next(WAIT_SLICE_S)
                acknowledged = True
        finally:
            if not acknowledged:
                # The guest must not obey later, when nobody expects it any more.
                self._xenstore.remove(path)
        return True

    def wait_shutdown(self, task: Task, vm: str, timeout_s: float) -> bool:
        """Wait until the domain has shut down; False if it has not in time."""
        deadline = time.monotonic() + timeout_s
        seen = 0
        while True:
            domain = self.find(vm)
            if domain is None or domain.shutdown is not None:
                return True
            task.check_cancelled()
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with translated():
                seen = self.hypervisor.wait(seen, min(left, WAIT_SLICE_S))

    def action_request(self, vm: str) -> str | None:
        """What the domain's state asks for: poweroff, reboot, suspend, crash, or nothing."""
        domain = self.find(vm)
        if domain is None:
            return POWEROFF_REQUEST
        request = self._xenstore.read(f"{names.domain(domain.domid)}/action-request")
        if request or domain.shutdown is None:
            return request or None
        actions = {REBOOT: REBOOT_REQUEST, SUSPEND: SUSPEND_REQUEST, CRASH: "crash"}
        return actions.get(domain.shutdown, POWEROFF_REQUEST)

    # --- memory images ----------------------------------------------------------------------

    def moves_live(self, vm: str) -> bool:
        """Whether the VM runs on while it migrates; else it is suspended meanwhile."""
        with translated():
            return self.hypervisor.moves_live(self.get(vm).domid)

    def save(
        self,
        task: Task,
        vm: Vm,
        stream: BinaryIO,
        *,
        live: bool,
        suspended: Callable[[], None],
        progress: Callable[[SaveProgress], None],
    ) -> None:
        """Suspend the guest and write its memory; ``suspended`` is called once it stands still."""
        domain = self.get(vm.id)

        def suspend() -> None:
            task.check_cancelled()
            task.forbid_cancel()
            self._suspend(task, vm.id)
            suspended()

        def seen(done: SaveProgress) -> None:
            if domain.shutdown is None and done.round >= 0:
                progress(done)

        with translated():
            self.hypervisor.save(domain.domid, stream, live=live, suspend=suspend, progress=seen)

    def _suspend(self, task: Task, vm: str) -> None:
        if not self.request_shutdown(task, vm, "suspend", SUSPEND_ACK_S):
            raise XenopsError("Failed_to_acknowledge_suspend_request")
        has_stopped = self.wait_shutdown(task, vm, SUSPEND_DONE_S)
        domain = self.find(vm)
        if not has_stopped or domain is None or domain.shutdown != SUSPEND:
            raise XenopsError("Failed_to_suspend", (vm, SUSPEND_DONE_S))

    def save_image(
        self,
        task: Task,
        vm: Vm,
        stream: BinaryIO,
        *,
        live: bool = False,
        suspended: Callable[[], None] = lambda: None,
        progress: Callable[[SaveProgress], None] = lambda _: None,
        hardware: Callable[[], bytes | None] = lambda: None,
    ) -> None:
        """Write a VM's suspend image; ``hardware`` is called once the guest stands still.

        The guest keeps its size meanwhile; the image says which.
        """
        size = self.hold(vm.id)
        image.write_head(stream, vm.id, size.minimum_kib, size.minimum_kib - size.offset_kib)
        try:
            self.save(task, vm, stream, live=live, suspended=suspended, progress=progress)
        except BaseException:
            self.let_go(vm.id)
            raise
        image.write_tail(stream, hardware())

    def restore(self, vm: Vm, stream: BinaryIO) -> None:
        """Fill the domain with what ``save`` wrote; it stays paused."""
        domain = self.get(vm.id)
        with self._filling(vm.id) as pages_kib:
            # An emulated machine has the right clock already, from its image.
            self.hypervisor.set_time_offset(domain.domid, time_offset(vm))
            rings = self.hypervisor.restore(domain.domid, stream, pages_kib)
        self._introduce(domain.domid, rings)

    def restore_image(self, vm: Vm, stream: BinaryIO) -> bytes | None:
        """Fill the domain; returns the state of its device model, if it had one."""
        image.read_head(stream, vm.id)
        self.restore(vm, stream)
        return image.read_tail(stream, vm.id)

    def resume_in_place(self, vm: str) -> None:
        """Let a guest go on after its suspension is given up."""
        with translated():
            domid = self.get(vm).domid
            self.hypervisor.resume(domid)
        self._xenstore.resume(domid)

    # --- what there is ----------------------------------------------------------------------

    def state(self, vm: Vm, domain: DomainInfo | None, rebooting: bool) -> VmState:
        """The state of a VM that has this domain, as the interface tells it."""
        extra = self._extras.extra(vm.id)
        power = self.power_state(vm.id, domain)
        if rebooting and power is PowerState.Halted:
            power = PowerState.Running
        guest = None if domain is None else self._guest(domain)
        return VmState(
            power_state=power,
            domids=[] if domain is None else [domain.domid],
            consoles=[],
            memory_target=guest.target_kib * KIB if guest else 0,
            memory_actual=(domain.memory_kib if domain else 0) * KIB,
            memory_limit=(domain.max_kib if domain else 0) * KIB,
            vcpu_target=guest.online if guest else 0,
            shadow_multiplier_target=1.0,
            rtc_timeoffset=str(self.clock_offset(vm, domain)),
            uncooperative_balloon_driver=bool(guest and guest.uncooperative),
            guest_agent=guest.agent if guest else {},
            xsdata_state={},
            pv_drivers_detected=bool(guest and guest.connected),
            last_start_time=float(extra.get("last_start_time", 0.0)),
            hvm=bool(domain and domain.kind == "hvm"),
            nomigrate=False,
            nested_virt=False,
            domain_type=DOMAIN_TYPES[domain.kind] if domain else VmDomainType.Domain_undefined,
            featureset="",
            numa_optimised=False,
            numa_nodes=0,
            numa_node_memory=[],
        )

    def power_state(self, vm: str, domain: DomainInfo | None) -> PowerState:
        if domain is None:
            suspended = bool(self._extras.extra(vm).get("suspended"))
            return PowerState.Suspended if suspended else PowerState.Halted
        return PowerState.Paused if domain.paused else PowerState.Running

    def clock_offset(self, vm: Vm, domain: DomainInfo | None) -> int:
        """By how many seconds the VM's clock is ahead; an emulated machine's guest may set it."""
        if domain is not None and domain.kind == "hvm":
            try:
                return self.hypervisor.time_offset(domain.domid)
            except HypervisorError as error:
                log.warning("the clock of VM %s cannot be read: %s", vm.id, error)
        return time_offset(vm)

    def _guest(self, domain: DomainInfo) -> Guest:
        base = names.domain(domain.domid)
        paths = [f"{base}/cpu/{number}/availability" for number in range(domain.vcpus)]
        target, uncooperative, *availability = self._xenstore.read_all(
            [f"{base}/memory/target", f"{base}/memory/uncooperative", *paths]
        )
        return Guest(
            target_kib=_number(target),
            uncooperative=uncooperative is not None,
            online=availability.count("online"),
            connected=self._is_connected(base),
            agent=self._agent(base),
        )

    def _number(self, path: str) -> int:
        return _number(self._xenstore.read(path))

    def _is_connected(self, base: str) -> bool:
        """Whether the guest has paravirtual drivers, which shows in a device that it uses."""
        states = [
            f"{base}/device/{kind}/{device}/state"
            for kind in ("vbd", "vif")
            for device in self._xenstore.list(f"{base}/device/{kind}")
        ]
        return names.CONNECTED in self._xenstore.read_all(states)

    def _agent(self, base: str) -> dict[str, str]:
        """What the guest says of itself, bounded, since it may write anything."""
        nodes: dict[str, str] = {}
        for path, value in self._xenstore.tree(*(f"{base}/{directory}" for directory in AGENT)):
            if len(nodes) >= AGENT_NODES_MAX:
                break
            if value:
                nodes[path.removeprefix(f"{base}/")] = value
        return nodes


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _asked_nodes(vm: Vm) -> Iterator[tuple[str, str, str]]:
    """The nodes that the VM's owner named: what each is, its path below the domain, its value."""
    for key, value in vm.platformdata.items():
        yield f"platform:{key}", f"/platform/{key}", value
    for key, value in vm.xsdata.items():
        if key.startswith("vm-data/"):
            yield f"xenstore_data:{key}", f"/{key}", value


def time_offset(vm: Vm) -> int:
    """By how many seconds the guest's clock starts ahead of the host's; 0 for nonsense."""
    text = vm.platformdata.get("timeoffset", "")
    return int(text) if TIME_OFFSET.fullmatch(text) else 0


def direct_boot(vm: Vm) -> Boot | None:
    """The VM's kernel, or an HVM guest's firmware; None if a bootloader has to find the kernel."""
    if vm.ty.tag == "HVM":
        return Boot("hvmloader", video_mib=vm.ty.value.video_mib)
    boot = vm.ty.value.boot
    if boot.tag == "Indirect":
        return None
    return Boot(boot.value.kernel, boot.value.ramdisk, boot.value.cmdline)
