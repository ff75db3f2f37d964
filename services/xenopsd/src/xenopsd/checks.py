"""Deals with guests that halted or crashed, and with domains half made or to be removed."""

import logging
import time
import uuid
from dataclasses import replace

from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.errors import XenopsError
from xenops.types import Metadata, VmAction

from xenopsd import operations
from xenopsd.backend.domains import POWEROFF_REQUEST, REBOOT_REQUEST, SUSPEND_REQUEST
from xenopsd.host import Host
from xenopsd.operations import Plan
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

# A guest that crashes sooner than this after its start stays off.
CRASH_LOOP_S = 120.0
# A guest that reboots sooner than this waits before it is started again.
REBOOT_LOOP_S, REBOOT_DELAY_S = 5.0, 2.0


class Checks:
    """Brings VMs into the state that their domains and configuration ask for."""

    def __init__(self, host: Host, runner: Runner[Host], updates: Updates) -> None:
        self._host = host
        self._runner = runner
        self._updates = updates

    def check(self, vm: str) -> None:
        """Look at a VM, act on what is found, and tell its state; calling it again is harmless."""
        here = self._host.journal.exists(vm) and not self._host.journal.moves(vm)
        if here and self._host.is_rebooting(vm):
            self._go_on_rebooting(self._host.journal.metadata(vm))
        elif here and self._host.domains.find(vm) is not None:
            self._look(self._host.journal.metadata(vm))
        elif here and not self._host.is_suspended(vm) and self._host.domains.has_nodes(vm):
            # Its domain was removed, but not its nodes.
            self.remove(self._host.journal.metadata(vm))
        self._updates.vm(vm)

    def _go_on_rebooting(self, metadata: Metadata) -> None:
        """Once the domain has gone: run the next one if it is complete, else make it anew."""
        vm = metadata.vm.id
        if self._host.domains.find(vm) is not None and self._host.domains.request(vm) is None:
            self._host.domains.unpause(vm)
            self._host.set_rebooting(vm, False)
            return
        again = operations.come_again(self._plugged(metadata))
        self._reboot(metadata, (*operations.teardown(metadata, REBOOT_REQUEST), *again))

    def _look(self, metadata: Metadata) -> None:
        vm = metadata.vm.id
        request = self._host.domains.request(vm)
        if request == POWEROFF_REQUEST:
            self.remove(metadata)
        elif request is not None:
            self._reboot(metadata, operations.reboot(metadata, None))
        elif self._host.domains.action_request(vm) == SUSPEND_REQUEST:
            if self._host.is_suspended(vm):
                self.remove(metadata)  # its image is complete
            else:
                # The suspension is given up: the guest goes on where it stopped.
                self._host.resume_in_place(metadata)
        else:
            actions = self._actions(metadata)
            if not actions and self._host.is_suspended(vm):
                self._host.set_suspended(vm, False)  # it runs: its image is used up
            for action in actions:
                self._act(metadata, action)

    def remove(self, metadata: Metadata) -> None:
        """Remove all that a VM has here: if it is noted as suspended it then is, else it is off."""
        vm = metadata.vm.id
        suspended = self._host.is_suspended(vm)
        self._host.set_rebooting(vm, False)
        try:
            self._runner.run(operations.remove(metadata, suspended=suspended), _task(vm), vm)
        except XenopsError as error:
            log.warning("VM %s is removed with all that it has here: %s", vm, error)
            self._runner.run(operations.discard(metadata, suspended=suspended), _task(vm), vm)

    def _actions(self, metadata: Metadata) -> list[VmAction]:
        vm = metadata.vm
        age = time.time() - float(self._host.journal.extra(vm.id).get("last_start_time", 0))
        match self._host.domains.action_request(vm.id):
            case "reboot":
                return vm.on_reboot
            case "poweroff":
                return vm.on_shutdown
            case "crash" if age < CRASH_LOOP_S:
                return [VmAction.Shutdown if a is VmAction.Start else a for a in vm.on_crash]
            case "crash":
                return vm.on_crash
        return []

    def _act(self, metadata: Metadata, action: VmAction) -> None:
        vm = metadata.vm.id
        log.info("VM %s asks for %s", vm, action)
        if action is VmAction.Shutdown:
            self._run_or_remove(operations.poweroff(metadata, None), metadata)
        elif action is VmAction.Start:
            age = time.time() - float(self._host.journal.extra(vm).get("last_start_time", 0))
            if age < REBOOT_LOOP_S:
                time.sleep(REBOOT_DELAY_S)
            self._reboot(metadata, operations.reboot(self._plugged(metadata), None))
        elif action is VmAction.Pause:
            self._host.domains.pause(vm)

    def _plugged(self, metadata: Metadata) -> Metadata:
        """The VM with only the devices that its guest has: its own reboot must not plug others."""
        devices, domain = self._host.devices, self._host.domains.find(metadata.vm.id)
        vbds = [(vbd, devices.vbd_state(domain, vbd)) for vbd in metadata.vbds]
        vifs = [(vif, devices.vif_state(domain, vif)) for vif in metadata.vifs]
        return replace(
            metadata,
            vbds=[vbd for vbd, state in vbds if state.active or state.plugged],
            vifs=[vif for vif, state in vifs if state.active or state.plugged],
        )

    def _reboot(self, metadata: Metadata, plan: Plan) -> None:
        vm = metadata.vm.id
        self._updates.rebooting.add(vm)
        try:
            self._run_or_remove(plan, metadata)
        finally:
            self._updates.rebooting.discard(vm)

    def _run_or_remove(self, plan: Plan, metadata: Metadata) -> None:
        """Run a plan; if it fails, as a hook may make it, remove the guest if it has ended."""
        vm = metadata.vm.id
        try:
            self._runner.run(plan, _task(vm), vm)
        except XenopsError as error:
            log.warning("VM %s is removed, as what it asks for failed: %s", vm, error)
            domain = self._host.domains.find(vm)
            if domain is None or domain.paused or domain.shutdown is not None:
                self.remove(metadata)


def _task(vm: str) -> RunningTask:
    return RunningTask(f"check/{vm}/{uuid.uuid4()}", "check")
