"""An operation on a VM or on its device: what it does, and what follows if it fails."""

import logging
from dataclasses import dataclass
from typing import Any

from daemon.journal import Operation
from daemon.runner import Runner
from daemon.server import Params
from daemon.tasks import RunningTask
from xenops.errors import XenopsError, bad_power_state
from xenops.types import PowerState
from xenports.hypervisor import DomainInfo

from xenopsd import operations
from xenopsd.atomics import VmUnpause
from xenopsd.checks import Checks
from xenopsd.frontend.inventory import Inventory
from xenopsd.frontend.plans import Plans
from xenopsd.host import Host
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender
from xenopsd.recovery import LIVES, Before, Recovery
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

MIGRATE = "VM.migrate"
NEEDS = {
    "VM.start": (PowerState.Halted,),
    "VM.reboot": (PowerState.Running, PowerState.Paused),
    "VM.resume": (PowerState.Suspended, PowerState.Halted),
    "VM.suspend": (PowerState.Running, PowerState.Paused, PowerState.Halted),
}
"""The power states that an operation may begin in; a refusal names the first."""


@dataclass(frozen=True)
class Tools:
    """What all work on VMs shares."""

    host: Host
    inventory: Inventory
    plans: Plans
    runner: Runner[Host]
    updates: Updates
    checks: Checks
    recovery: Recovery
    receiver: Receiver
    sender: Sender


class VmWork:
    """`daemon.operations.Work`."""

    def __init__(self, tools: Tools, operation: Operation, params: Params) -> None:
        self._tools = tools
        self._id = operation.id
        self._wire = operation.method
        self._vm = operation.subject
        self._body: Any = operation.body
        self._params = params
        self._before: Before | None = None

    def do(self, task: RunningTask) -> None:
        tools, vm = self._tools, self._vm
        if self._body.get("forget"):
            task.at_success = lambda: tools.host.journal.forget(vm)
        self._settle_earlier()
        is_anew = tools.host.has_begun(vm, self._id)
        if is_anew and self._has_come_to_its_end():
            return
        if self._body.get("metadata") is not None:
            tools.receiver.clear(vm)
        domain = tools.host.domains.find(vm)
        with tools.host.journal.together():
            if self._body.get("metadata") is not None:
                tools.inventory.import_metadata(self._body["metadata"])
            if self._body.get("pool"):
                tools.host.domains.mark(vm, domain, self._body["pool"])
        if self._wire == MIGRATE:
            metadata = tools.host.journal.metadata(vm)
            tools.sender.migrate(task, metadata, self._params["xenops_url"])
            return
        if self._wire == "VM.reboot":
            tools.updates.rebooting.add(vm)
        if self._wire == "VM.reboot" and is_anew and domain is None:
            plan = operations.come_again(tools.host.journal.metadata(vm))
        else:
            self._require_power_state(domain)
            plan = tools.plans.of(self._wire, self._params)
        if self._body.get("unpause"):
            plan = (*plan, VmUnpause(tools.host.journal.metadata(vm).vm))
        self._before = tools.recovery.before(self._params, domain)
        if self._wire in LIVES and not is_anew:
            tools.host.note_begun(vm, domain, self._id)
        tools.runner.run(plan, task, vm)
        tools.updates.rebooting.discard(vm)

    def _has_come_to_its_end(self) -> bool:
        """Whether an operation in which xenopsd died is complete, once its last steps are done.

        If it is not, all that it made has been removed, and it is done again.
        """
        host, vm = self._tools.host, self._vm
        if self._wire == "VM.suspend":
            self._tools.checks.check(vm)
            return host.is_suspended(vm)
        if self._wire == "VM.shutdown" or not host.has_new_domain(vm):
            return False
        if host.domains.request(vm) is not None or host.is_suspended(vm):
            self._tools.checks.remove(host.journal.metadata(vm))
            return False
        if self._wire == "VM.reboot" or self._body.get("unpause") or not self._is_to_be_paused():
            host.domains.unpause(vm)
        host.set_rebooting(vm, False)
        return True

    def _is_to_be_paused(self) -> bool:
        return self._wire == "VM.resume" or bool(self._params["paused"])

    def undo(self, error: XenopsError) -> XenopsError | None:
        """Undo a failed operation or complete it; returns the error, or None if it is complete.

        A hook's error is returned in any case. If this raises, it is tried again before anything
        else is done with the VM.
        """
        vm = self._vm
        log.warning("%s of VM %s failed: %s", self._wire, vm, error)
        try:
            if self._is_done_after(error) and error.tag != "Hook_failed":
                log.warning("%s of VM %s is complete all the same", self._wire, vm)
                return None
        finally:
            self._tools.updates.rebooting.discard(vm)
        return error

    def _is_done_after(self, error: XenopsError) -> bool:
        tools = self._tools
        if self._before is not None:
            return tools.recovery.settle(self._wire, self._params, self._before, error)
        tools.host.domains.let_go(self._vm)
        tools.checks.check(self._vm)
        return False

    def _settle_earlier(self) -> None:
        """Settle what an earlier operation left, unless this one removes it; raises XenopsError."""
        if self._wire == "VM.shutdown":
            self._tools.recovery.give_up(self._vm)
        self._tools.recovery.settle_again(self._vm)
        if self._wire != MIGRATE:
            self._tools.sender.settle_doubt(self._vm)

    def _require_power_state(self, domain: DomainInfo | None) -> None:
        if self._wire in NEEDS:
            state = self._tools.host.domains.power_state(self._vm, domain)
            if state not in NEEDS[self._wire]:
                raise bad_power_state(state, NEEDS[self._wire][0])
