"""What a domain asks for by itself: a guest that halted or crashed, a half-built domain."""

import logging
import time
import uuid

from xenops.types import Metadata, VmAction

from xenopsd import operations
from xenopsd.host import Host
from xenopsd.runner import Runner
from xenopsd.tasks import RunningTask
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

# A guest that crashes sooner than this after its start stays off.
CRASH_LOOP_S = 120.0
# One that reboots sooner waits before it is started again.
REBOOT_LOOP_S, REBOOT_DELAY_S = 5.0, 2.0


class Checks:
    """Brings VMs into the state that their domains and their configuration ask for."""

    def __init__(self, host: Host, runner: Runner, updates: Updates) -> None:
        self._host = host
        self._runner = runner
        self._updates = updates

    def check(self, vm: str) -> None:
        """Look at a VM and act; afterwards everybody knows its state. Twice is once."""
        if self._host.journal.exists(vm) and self._host.domains.find(vm) is not None:
            metadata = self._host.journal.metadata(vm)
            actions = self._actions(metadata)
            if not actions and self._host.journal.extra(vm).get("suspended"):
                self._host.set_suspended(vm, False)  # it goes on from its image, or without it
            for action in actions:
                self._act(metadata, action)
        self._updates.vm(vm)

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
            case "suspend" if self._host.journal.extra(vm.id).get("suspended"):
                return [VmAction.Shutdown]  # its image is whole
            case "suspend":
                # Nobody asked for it any more: the guest goes on where it was.
                self._host.resume_in_place(vm.id)
        return []

    def _act(self, metadata: Metadata, action: VmAction) -> None:
        vm = metadata.vm.id
        task = RunningTask(f"check/{vm}/{uuid.uuid4()}", "check")
        log.info("VM %s asks for %s", vm, action)
        if action is VmAction.Shutdown:
            self._runner.run(operations.poweroff(metadata, None), task, vm)
        elif action is VmAction.Start:
            age = time.time() - float(self._host.journal.extra(vm).get("last_start_time", 0))
            if age < REBOOT_LOOP_S:
                time.sleep(REBOOT_DELAY_S)
            self._updates.rebooting.add(vm)
            try:
                self._runner.run(operations.reboot(metadata, None), task, vm)
            finally:
                self._updates.rebooting.discard(vm)
        elif action is VmAction.Pause:
            self._host.domains.pause(vm)
