"""The messages that xenopsd takes: questions are answered at once, work is journaled and queued."""

import dataclasses
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import telemetry
from broker.topology import XENOPSD_QUEUE
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, bad_power_state, internal_error
from xenops.extensions import Ended
from xenops.idl import Method
from xenops.memory import KIB
from xenops.types import (
    Disk,
    Metadata,
    PowerState,
    Query,
    Vbd,
    Vif,
    Vm,
)
from xenports.hypervisor import DomainInfo, HypervisorError

from broker import Delivery
from xenopsd import operations
from xenopsd.atomics import (
    VbdEject,
    VbdInsert,
    VifMove,
    VifSetCarrier,
    VifSetIpv4Configuration,
    VifSetIpv6Configuration,
    VifSetLockingMode,
    VifSetTrunks,
    VmPause,
    VmSetMemoryDynamicRange,
    VmSetVcpus,
    VmUnpause,
)
from xenopsd.checks import Checks
from xenopsd.host import Host
from xenopsd.migration import Receiver, Sender, metadata_text, read_metadata
from xenopsd.operations import Plan
from xenopsd.queues import Item, Queues
from xenopsd.recovery import Before, Recovery
from xenopsd.runner import Runner
from xenopsd.steps import explain
from xenopsd.tasks import RunningTask, Tasks
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

PROGRESS_EVERY_S = 0.5
MEMORY_EVERY_S = 5.0
TRY_AGAIN_EVERY_S = 5.0
CHECK, AGAIN = "check", "again"
WORK = "WORK.run"

Params = dict[str, Any]


class Frontend:
    """One host's xenopsd, from a message to its answer."""

    def __init__(
        self,
        *,
        host: Host,
        queues: Queues,
        tasks: Tasks,
        runner: Runner,
        updates: Updates,
        checks: Checks,
        receiver: Receiver,
        sender: Sender,
        service: str,
    ) -> None:
        self._host = host
        self._queues = queues
        self._tasks = tasks
        self._runner = runner
        self._updates = updates
        self._checks = checks
        self._recovery = Recovery(host, runner, checks)
        self._receiver = receiver
        self._sender = sender
        self._service = service
        self._beginning = threading.Lock()
        self._memory_kib: dict[str, int] = {}
        self._memory_told_at = self._tried_again_at = 0.0
        self._questions: dict[str, Callable[[Params], Any]] = {
            "query": self._query,
            "VM.add": self._vm_add,
            "VM.remove": self._vm_remove,
            "VM.stat": lambda p: self._stat(p["id"]),
            "VM.exists": lambda p: host.journal.exists(p["id"]),
            "VM.list": lambda p: [self._stat(vm) for vm in host.journal.vms()],
            "VM.import_metadata": self._import,
            "VM.export_metadata": lambda p: metadata_text(host.journal.metadata(p["id"])),
            "VBD.add": self._vbd_add,
            "VBD.remove": self._vbd_remove,
            "VBD.list": self._vbd_list,
            "VIF.add": self._vif_add,
            "VIF.remove": self._vif_remove,
            "VIF.list": self._vif_list,
            "Task.stat": lambda p: tasks.stat(p["id"]),
            "Task.cancel": self._cancel,
            "Task.destroy": lambda p: host.journal.forget_operation(p["id"]),
            "Task.list": lambda p: [tasks.stat(id_) for id_ in tasks.ids()],
            "HOST.get_total_memory_mib": lambda p: host.domains.hypervisor.total_kib() // KIB,
            "MIGRATION.prepare": self._prepare,
            "MIGRATION.offer": lambda p: sender.offer(p["id"], p["vm"]),
            "MIGRATION.abort": self._abort,
            "MIGRATION.status": lambda p: receiver.status(p["id"]),
            "DISK.let_go": lambda p: host.devices.let_go(p["holder"], p["vm"]),
            "PLAN.explain": self._explain,
            "STATE.vm": lambda p: updates.vm_body(p["id"]),
        }
        self._plans: dict[str, Callable[[Params], Plan]] = {
            "VM.start": self._plan_start,
            "VM.shutdown": lambda p: operations.poweroff(self._vm(p), p["delay"]),
            "VM.reboot": lambda p: operations.reboot(self._vm(p), p["delay"]),
            "VM.suspend": lambda p: operations.suspend(self._vm(p), p["suspend_vdi"]),
            "VM.resume": lambda p: operations.resume(self._vm(p), p["suspend_vdi"]),
            "VM.pause": lambda p: (VmPause(self._vm(p).vm),),
            "VM.unpause": lambda p: (VmUnpause(self._vm(p).vm),),
            "VM.set_vcpus": lambda p: (VmSetVcpus(self._vm(p).vm, p["vcpus"]),),
            "VM.set_memory_dynamic_range": self._plan_memory,
            "VBD.plug": lambda p: operations.vbd_hotplug(self._vbd(p["id"])),
            "VBD.unplug": lambda p: operations.vbd_hotunplug(self._vbd(p["id"]), p["force"]),
            "VBD.insert": lambda p: (VbdInsert(self._vbd(p["id"]), p["disk"]),),
            "VBD.eject": lambda p: (VbdEject(self._vbd(p["id"])),),
            "VIF.plug": lambda p: operations.vif_hotplug(self._vif(p["id"])),
            "VIF.unplug": lambda p: operations.vif_hotunplug(self._vif(p["id"]), p["force"]),
            "VIF.move": lambda p: (VifMove(self._vif(p["id"]), p["network"]),),
            "VIF.set_carrier": lambda p: (VifSetCarrier(self._vif(p["id"]), p["carrier"]),),
            "VIF.set_locking_mode": lambda p: (
                VifSetLockingMode(self._vif(p["id"]), p["locking_mode"]),
            ),
            "VIF.set_ipv4_configuration": lambda p: (
                VifSetIpv4Configuration(self._vif(p["id"]), p["ipv4_configuration"]),
            ),
            "VIF.set_ipv6_configuration": lambda p: (
                VifSetIpv6Configuration(self._vif(p["id"]), p["ipv6_configuration"]),
            ),
            "VIF.set_trunks": lambda p: (VifSetTrunks(self._vif(p["id"]), p["trunks"]),),
        }

    # --- messages ---------------------------------------------------------------------------

    def handle(self, delivery: Delivery) -> None:
        """Answer a message; work is in the journal before it is acknowledged."""
        id_ = delivery.message_id
        try:
            method, params = XENOPSD.read_request(delivery.body)
            if method.wire == WORK:
                self._take_work(method, params, delivery)
                return
            answer = self._answer(method, params, id_, delivery)
            reply = XENOPSD.success(method, answer, id_)
        except XenopsError as error:
            reply = XENOPSD.failure(error, id_)
        except Exception as error:  # a bug fails this call, and the caller is told
            log.exception("%s failed", delivery.method)
            failure = internal_error(f"{type(error).__name__}: {error}")
            reply = XENOPSD.failure(failure, id_)
        delivery.ack()
        delivery.reply(reply)

    def _answer(self, method: Method, params: Params, id_: str, delivery: Delivery) -> Any:
        question = self._questions.get(method.wire)
        if question is not None:
            return question(params)
        self._begin(method, params, delivery.body, delivery)
        return id_

    def _take_work(self, method: Method, params: Params, delivery: Delivery) -> None:
        """Journal an operation that comes with what surrounds it; its end is the answer."""
        id_ = delivery.message_id
        called, call_params = XENOPSD.read_request(params["call"])
        surroundings = {name: params[name] for name in ("forget", "metadata", "unpause")}
        vm = self._begin(called, call_params, {**params["call"], **surroundings}, delivery)

        def reply(state: Any) -> None:
            ended = Ended(task=self._tasks.stat(id_), vm=state)
            delivery.reply(XENOPSD.success(method, ended, id_))

        delivery.ack()
        if not self._tasks.await_end(id_, reply):
            reply(self._state(vm))

    def _begin(self, method: Method, params: Params, body: Any, delivery: Delivery) -> str:
        """Journal an operation and put it into its VM's queue, once; the VM."""
        if method.wire not in self._plans and method.wire != "VM.migrate":
            raise XenopsError("Unimplemented", method.wire)
        id_, vm = delivery.message_id, _vm_of(params)
        # A repetition must find the task of the first, or its end.
        with self._beginning:
            if not self._host.journal.begin(id_, method.wire, vm, body, params["debug_info"]):
                return vm
            task = self._tasks.start(id_, params["debug_info"])
        telemetry.hop(
            service=self._service,
            queue=XENOPSD_QUEUE,
            message=method.wire,
            task=id_,
            vm=vm,
            traceparent=delivery.headers.get("traceparent"),
        )
        self._enqueue(task, method.wire, params, body)
        return vm

    def _enqueue(self, task: RunningTask, wire: str, params: Params, body: Any) -> None:
        self._queues.push(_vm_of(params), Item(lambda: self._work(task, wire, params, body)))

    # --- work -------------------------------------------------------------------------------

    def _work(self, task: RunningTask, wire: str, params: Params, body: Any) -> None:
        """Run one operation to its end; whatever happens, the task ends and the VM is looked at."""
        if not task.take():
            return  # it was cancelled while it waited
        vm = _vm_of(params)
        began = time.perf_counter()
        done = threading.Event()
        watcher = threading.Thread(target=self._report, args=(task, done), daemon=True)
        watcher.start()
        error = self._run(task, wire, params, body)
        done.set()
        self._end(task, vm, error, forget=bool(body.get("forget")) and error is None)
        telemetry.hop(
            service=self._service,
            message=wire,
            task=task.id,
            vm=vm,
            result="failed: " + str(error) if error else "done",
            ms=(time.perf_counter() - began) * 1000,
        )

    def _end(
        self, task: RunningTask, vm: str, error: XenopsError | None, *, forget: bool = False
    ) -> None:
        """End a task, and tell those who wait for it.

        The state goes out before the end: who hears of the end finds the state already.
        """
        state = self._tell(vm)
        waiting = self._tasks.end(task, error, vm if forget else None)
        for listener in waiting:
            listener(state)
        if not waiting:
            self._updates.task(task.id)

    def _tell(self, vm: str) -> Any:
        """Publish a VM's state; the update, None when there is none to have."""
        state = self._state(vm)
        if state is not None:
            self._updates.publish_vm(state)
        return state

    def _state(self, vm: str) -> Any:
        try:
            return self._updates.vm_body(vm)
        except Exception:  # the work has ended all the same; the forwarder asks for the state then
            log.exception("the state of VM %s cannot be told", vm)
            return None

    def _run(self, task: RunningTask, wire: str, params: Params, body: Any) -> XenopsError | None:
        """Run one operation, and what has to follow when it fails; the error that it is told."""
        vm = _vm_of(params)
        before: Before | None = None
        try:
            self._settle_earlier(wire, vm)
            if body.get("metadata") is not None:
                self._receiver.clear(vm)
                self._import({"metadata": body["metadata"]})
            if wire == "VM.migrate":
                self._sender.migrate(task, self._host.journal.metadata(vm), params["xenops_url"])
                return None
            self._require_power_state(wire, vm)
            if wire == "VM.reboot":
                self._updates.rebooting.add(vm)
            plan = self._plans[wire](params)
            if body.get("unpause"):
                plan = (*plan, VmUnpause(self._host.journal.metadata(vm).vm))
            before = self._recovery.before(params)
            self._runner.run(plan, task, vm)
        except XenopsError as error:
            return self._settled(error, wire, params, before)
        except Exception as error:  # a bug fails this operation, and its caller is told
            log.exception("%s of VM %s failed", wire, vm)
            failure = internal_error(f"{type(error).__name__}: {error}")
            return self._settled(failure, wire, params, before)
        finally:
            self._updates.rebooting.discard(vm)
        return None

    def _settle_earlier(self, wire: str, vm: str) -> None:
        """Nothing begins on what an earlier operation left; but all of it may go."""
        if wire == "VM.shutdown":
            self._recovery.give_up(vm)
        self._recovery.settle_again(vm)

    def _settled(
        self, error: XenopsError, wire: str, params: Params, before: Before | None
    ) -> XenopsError | None:
        """Undo a failed operation or end it; the error, None when it is at its end after all.

        What a hook says is no part of that, and is told in any case.
        """
        vm = _vm_of(params)
        log.warning("%s of VM %s failed: %s", wire, vm, error)
        try:
            if before is None:
                self._host.domains.let_go(vm)
                self._checks.check(vm)
            elif self._recovery.settle(wire, params, before, error) and error.tag != "Hook_failed":
                log.warning("%s of VM %s is at its end all the same", wire, vm)
                return None
        except Exception:  # tried again before anything else happens to the VM
            log.exception("VM %s is not yet as it should be after a failure", vm)
        return error

    def _report(self, task: RunningTask, done: threading.Event) -> None:
        """Publish the task's progress while it runs, when it changed."""
        last = 0.0
        while not done.wait(PROGRESS_EVERY_S):
            if task.fraction != last:
                last = task.fraction
                self._updates.task(task.id)

    def _require_power_state(self, wire: str, vm: str) -> None:
        allowed = {
            "VM.start": (PowerState.Halted,),
            "VM.reboot": (PowerState.Running, PowerState.Paused),
            "VM.resume": (PowerState.Suspended, PowerState.Halted),
        }.get(wire)
        if allowed is not None:
            found = self._host.domains.power_state(vm, self._host.domains.find(vm))
            if found not in allowed:
                raise bad_power_state(found, allowed[0])

    def check(self, vm: str) -> None:
        """Have a VM looked at, after what it is doing now."""
        self._queues.push(vm, Item(lambda: self._checks.check(vm), merge=CHECK))

    def watch(self, stop: threading.Event) -> None:
        """Follow the domains: look at VMs whose domain has shut down, tell of memory that moved."""
        seen, looked = 0, set[int]()
        hypervisor = self._host.domains.hypervisor
        while not stop.is_set():
            try:
                seen = hypervisor.wait(seen, 5.0)
                domains = hypervisor.domains()
            except HypervisorError as error:
                log.error("the domains cannot be followed: %s", error)
                stop.wait(1.0)
                continue
            down = {d.domid: d.uuid for d in domains if d.shutdown is not None}
            for domid, vm in down.items():
                if domid not in looked and self._host.journal.exists(vm):
                    self.check(vm)
            looked = set(down)
            self._try_again()
            self._tell_memory(domains)

    def _try_again(self) -> None:
        """Every few seconds, what could not be undone or ended when it should have been."""
        if time.monotonic() < self._tried_again_at + TRY_AGAIN_EVERY_S:
            return
        self._tried_again_at = time.monotonic()
        for again in (self._recovery, self._receiver, self._sender):
            for vm in again.unsettled():
                self._queues.push(vm, Item(partial(again.settle_again, vm), merge=AGAIN))

    def _tell_memory(self, domains: list[DomainInfo]) -> None:
        """Balloons move without a word; a VM's state is told again every few seconds meanwhile.

        A domain that is still being filled is nobody's business yet: it may go on elsewhere.
        """
        if time.monotonic() < self._memory_told_at + MEMORY_EVERY_S:
            return
        self._memory_told_at = time.monotonic()
        now = {domain.uuid: domain.memory_kib for domain in domains if not domain.paused}
        moved = [vm for vm in now if self._memory_kib.get(vm) != now[vm]]
        self._memory_kib = now
        for vm in moved:
            self.tell(vm)

    def tell(self, vm: str) -> None:
        """Tell the pool how a VM is; of domains that are none of ours nothing is said."""
        if self._host.journal.exists(vm):
            self._tell(vm)

    # --- plans ------------------------------------------------------------------------------

    def _vm(self, params: Params) -> Metadata:
        return self._host.journal.metadata(params["id"])

    def _plan_start(self, params: Params) -> Plan:
        metadata = self._vm(params)
        plan = operations.start(metadata)
        return plan if params["paused"] else (*plan, VmUnpause(metadata.vm))

    def _plan_memory(self, params: Params) -> Plan:
        low, high = params["minimum"] // KIB, params["maximum"] // KIB
        return (VmSetMemoryDynamicRange(self._vm(params).vm, low, high),)

    def _vbd(self, id_: tuple[str, str]) -> Vbd:
        for vbd in self._host.journal.metadata(id_[0]).vbds:
            if vbd.id == id_:
                return vbd
        raise XenopsError("Does_not_exist", ("VBD", "/".join(id_)))

    def _vif(self, id_: tuple[str, str]) -> Vif:
        for vif in self._host.journal.metadata(id_[0]).vifs:
            if vif.id == id_:
                return vif
        raise XenopsError("Does_not_exist", ("VIF", "/".join(id_)))

    def _explain(self, params: Params) -> list[str]:
        """The atomics of an operation, as lines, without running it."""
        defaults: Params = {
            "delay": None,
            "paused": False,
            "suspend_vdi": Disk("VDI", "sr/vdi"),
            **params,
        }
        plan = self._plans.get(params["operation"])
        if plan is None:
            raise XenopsError("Unimplemented", params["operation"])
        return list(explain(plan(defaults)))

    # --- questions --------------------------------------------------------------------------

    def _query(self, params: Params) -> Query:
        return Query(
            name="xenopsd", vendor="Warren", version="0.1.0", features=[], instance_id=self._service
        )

    def _stat(self, vm: str) -> Any:
        metadata = self._host.journal.metadata(vm)
        state = self._host.domains.state(metadata.vm, vm in self._updates.rebooting)
        return metadata.vm, state

    def _vm_add(self, params: Params) -> str:
        vm: Vm = params["vm"]
        self._host.journal.set_metadata(Metadata(vm=vm))
        return vm.id

    def _vm_remove(self, params: Params) -> None:
        vm = params["id"]
        self._host.journal.metadata(vm)
        found = self._host.domains.power_state(vm, self._host.domains.find(vm))
        if found in (PowerState.Running, PowerState.Paused):
            raise bad_power_state(found, PowerState.Halted)
        self._host.journal.forget(vm)
        self._updates.vm(vm)

    def _import(self, params: Params) -> str:
        metadata = read_metadata(params["metadata"])
        vm = metadata.vm.id
        with self._host.journal.together():
            self._host.journal.set_metadata(metadata)
            self._host.set_suspended(vm, metadata.domains == "suspended")
        return vm

    def _vbd_add(self, params: Params) -> tuple[str, str]:
        vbd: Vbd = params["vbd"]
        self._host.journal.change(
            vbd.id[0],
            lambda found: dataclasses.replace(found, vbds=[*_others(found.vbds, vbd), vbd]),
        )
        return vbd.id

    def _vbd_remove(self, params: Params) -> None:
        vbd = self._vbd(params["id"])
        domain = self._host.domains.find(vbd.id[0])
        if self._host.devices.vbd_state(domain, vbd).plugged:
            raise XenopsError("Device_is_connected")
        self._host.journal.change(
            vbd.id[0],
            lambda found: dataclasses.replace(found, vbds=_others(found.vbds, vbd)),
        )

    def _vbd_list(self, params: Params) -> Any:
        vm = params["id"]
        domain = self._host.domains.find(vm)
        vbds = self._host.journal.metadata(vm).vbds
        return [(vbd, self._host.devices.vbd_state(domain, vbd)) for vbd in vbds]

    def _vif_add(self, params: Params) -> tuple[str, str]:
        vif: Vif = params["vif"]
        self._host.journal.change(
            vif.id[0],
            lambda found: dataclasses.replace(found, vifs=[*_others(found.vifs, vif), vif]),
        )
        return vif.id

    def _vif_remove(self, params: Params) -> None:
        vif = self._vif(params["id"])
        domain = self._host.domains.find(vif.id[0])
        if self._host.devices.vif_state(domain, vif).plugged:
            raise XenopsError("Device_is_connected")
        self._host.journal.change(
            vif.id[0],
            lambda found: dataclasses.replace(found, vifs=_others(found.vifs, vif)),
        )

    def _vif_list(self, params: Params) -> Any:
        vm = params["id"]
        domain = self._host.domains.find(vm)
        vifs = self._host.journal.metadata(vm).vifs
        return [(vif, self._host.devices.vif_state(domain, vif)) for vif in vifs]

    def _prepare(self, params: Params) -> Any:
        metadata = read_metadata(params["metadata"])
        return self._receiver.prepare(params["id"], metadata, params["memory"])

    def _abort(self, params: Params) -> None:
        """Either side gives up its part, if it has one and it is not too late."""
        self._receiver.abort(params["id"])
        self._sender.withdraw(params["id"])

    def _cancel(self, params: Params) -> None:
        """Ask an operation to stop; one that waits, or has not come yet, will not be begun."""
        id_, debug = params["id"], params["debug_info"]
        with self._beginning:
            if self._host.journal.begin(id_, "Task.cancel", "", {}, debug):
                self._tasks.end(self._tasks.start(id_, debug), XenopsError("Cancelled", id_))
        task = self._tasks.running(id_)
        if task is None:
            return
        if task.withdraw():
            operation = self._host.journal.operation(id_)
            self._end(task, operation["vm"] if operation else "", XenopsError("Cancelled", id_))
        else:
            task.cancel()

    # --- start ------------------------------------------------------------------------------

    def recover(self) -> None:
        """At start: finish or undo what was begun, and say how every VM is."""
        self._receiver.recover()
        self._sender.recover()
        for operation in self._host.journal.unfinished():
            self._resolve(operation)
        for vm in self._host.journal.vms():
            self._host.domains.let_go(vm)
            self.check(vm)

    def _resolve(self, operation: dict[str, Any]) -> None:
        """An operation that a death interrupted: teardowns go on, all else ends as a failure."""
        vm, wire = operation["vm"], operation["method"]
        task = self._tasks.start(operation["id"], operation["debug"])
        if wire == "VM.shutdown" and self._host.journal.exists(vm):
            body = operation["params"]
            params = XENOPSD.read_request(body)[1]
            if self._host.domains.action_request(vm) is not None:
                params["delay"] = None  # the guest has stopped, or is past being asked
            self._enqueue(task, wire, params, body)
            return
        if wire == "VM.suspend" and not self._host.is_suspended(vm):
            self._host.drop_image(XENOPSD.read_request(operation["params"])[1]["suspend_vdi"])
        if self._arrived(operation):
            self._tasks.end(task, None)
        else:
            text = f"xenopsd was restarted in the middle of {wire} of VM {vm}"
            self._tasks.end(task, internal_error(text))
        self._updates.task(operation["id"])

    def _arrived(self, operation: dict[str, Any]) -> bool:
        """A migration whose VM is not here any more has succeeded."""
        gone = not self._host.journal.exists(operation["vm"])
        return bool(operation["method"] == "VM.migrate" and gone)


def _vm_of(params: Params) -> str:
    """The VM of an operation on it or on a device of its."""
    id_ = params["id"]
    return str(id_ if isinstance(id_, str) else id_[0])


Device = TypeVar("Device", Vbd, Vif)


def _others(devices: list[Device], device: Device) -> list[Device]:
    return [found for found in devices if found.id != device.id]
