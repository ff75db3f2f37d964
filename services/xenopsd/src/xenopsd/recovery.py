"""What follows a failed operation: it is undone, or it is completed.

Xen, xenstore and the journal tell which, never how far the plan came:

| found after the failure | what follows |
| --- | --- |
| a domain that the operation made, whose guest has not run | it is removed: the VM is as before |
| a domain that is to be removed | it is removed: the operation ends as intended |
| a domain that is to be replaced | the VM is rebooted; if that fails too, it is removed |
| no domain | the domain's remains are removed |
| the domain that was there before | it runs on, as it was |
| a device that was to be plugged | it is unplugged |
| a device that was to be unplugged | it is unplugged, if its guest has let go of it |
| a device or a domain that was to change | it gets its former settings again |

"Before" is when the operation began. An operation that is complete after all has succeeded,
whatever failed on the way.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from daemon.runner import Runner
from daemon.tasks import RunningTask
from xenops.errors import XenopsError
from xenops.types import Metadata, Vbd, VbdState, Vif, VifState
from xenports.hypervisor import DomainInfo

from xenopsd import operations
from xenopsd.backend import names
from xenopsd.backend.domains import POWEROFF_REQUEST, REBOOT_REQUEST
from xenopsd.checks import Checks
from xenopsd.host import Host

log = logging.getLogger(__name__)

Params = dict[str, Any]
LIVES = ("VM.start", "VM.resume", "VM.reboot", "VM.shutdown", "VM.suspend")
"""Operations that make or remove domains."""
REQUESTS = {"VM.shutdown": POWEROFF_REQUEST, "VM.reboot": REBOOT_REQUEST}
"""What the domain is marked for, once its guest has ended because it was asked to."""
STAYS = ("Device_detach_rejected", "Cancelled")
"""The errors of an unplug after which the guest may keep the device."""


@dataclass(frozen=True)
class Before:
    """A VM, and the device that an operation is on, when the operation begins."""

    metadata: Metadata
    suspended: bool
    domain: DomainInfo | None
    settings: dict[str, str]
    vbd: tuple[Vbd, VbdState] | None = None
    vif: tuple[Vif, VifState] | None = None

    def had(self, domain: DomainInfo) -> bool:
        """Whether a domain is the one that the VM had when the operation began."""
        return self.domain is not None and self.domain.domid == domain.domid


class Recovery:
    """Puts right what failed operations leave behind. Calls for one VM come one at a time."""

    def __init__(self, host: Host, runner: Runner[Host], checks: Checks) -> None:
        self._host = host
        self._runner = runner
        self._checks = checks
        self._unsettled: dict[str, tuple[str, Params, Before, XenopsError]] = {}
        self._devices: dict[str, Callable[[Params, Before, XenopsError, RunningTask], bool]] = {
            "VBD.plug": self._plugged_vbd,
            "VBD.unplug": self._unplugged_vbd,
            "VBD.insert": self._inserted,
            "VBD.eject": self._ejected,
            "VIF.plug": self._plugged_vif,
            "VIF.unplug": self._unplugged_vif,
        }

    def before(self, params: Params, domain: DomainInfo | None) -> Before:
        """The present state of what an operation works on; ``domain`` is the VM's."""
        id_ = params["id"]
        vm = id_ if isinstance(id_, str) else id_[0]
        metadata = self._host.journal.metadata(vm)
        devices = self._host.devices
        vbd = next((one for one in metadata.vbds if one.id == id_), None)
        vif = next((one for one in metadata.vifs if one.id == id_), None)
        return Before(
            metadata,
            self._host.is_suspended(vm),
            domain,
            {} if domain is None else self._host.domains.settings(domain),
            None if vbd is None else (vbd, devices.vbd_state(domain, vbd)),
            None if vif is None else (vif, devices.vif_state(domain, vif)),
        )

    def settle(self, wire: str, params: Params, before: Before, error: XenopsError) -> bool:
        """Undo a failed operation or complete it; returns whether it is complete.

        If this raises, since the host cannot do it now, `settle_again` is to try it again.
        """
        vm = before.metadata.vm.id
        self._unsettled[vm] = (wire, params, before, error)
        done = self._settle(wire, params, before, error)
        del self._unsettled[vm]
        return done

    def unsettled(self) -> list[str]:
        """The VMs for which `settle` raised, and has not succeeded since."""
        return list(self._unsettled)

    def settle_again(self, vm: str) -> None:
        """Try again what `settle` could not do for a VM, if anything; raises as `settle` does."""
        if vm in self._unsettled:
            self.settle(*self._unsettled[vm])

    def give_up(self, vm: str) -> None:
        """Try no more to settle a VM, because all of it is removed now."""
        self._unsettled.pop(vm, None)

    def _settle(self, wire: str, params: Params, before: Before, error: XenopsError) -> bool:
        vm = before.metadata.vm.id
        task = RunningTask(f"recovery/{vm}", "recovery")
        self._host.domains.let_go(vm)
        if wire in LIVES:
            self._settle_domain(wire, params, before)
            self._checks.check(vm)
            return self._is_done(wire, before)
        done = False
        if wire in self._devices:
            done = self._devices[wire](params, before, error, task)
        elif before.vif is not None:
            self._restore_vif(before.vif[0])
        else:
            self._restore_vm(before)
        self._checks.check(vm)
        return done

    # --- domains ----------------------------------------------------------------------------

    def _settle_domain(self, wire: str, params: Params, before: Before) -> None:
        vm = before.metadata.vm.id
        domain = self._host.domains.find(vm)
        if domain is None or (domain.paused and not before.had(domain)):
            if before.domain is None:
                # A suspended VM still is: only a guest that runs has used its image up.
                self._host.set_suspended(vm, before.suspended)
                self._host.keep_hardware(vm, None)
            self._checks.remove(self._host.journal.metadata(vm))
        elif domain.shutdown is not None and wire in REQUESTS:
            self._host.domains.condemn(vm, REQUESTS[wire])
        if wire == "VM.suspend" and not self._host.is_suspended(vm):
            self._host.drop_image(params["suspend_vdi"])

    def _is_done(self, wire: str, before: Before) -> bool:
        vm = before.metadata.vm.id
        domain = self._host.domains.find(vm)
        if wire in ("VM.shutdown", "VM.suspend"):
            return domain is None and self._host.is_suspended(vm) == (wire == "VM.suspend")
        return domain is not None and not before.had(domain) and not domain.paused

    def _restore_vm(self, before: Before) -> None:
        """Give the domain its former state again: paused or not, its CPUs, its memory."""
        vm = before.metadata.vm
        domain = self._host.domains.find(vm.id)
        if domain is None or before.domain is None or not before.had(domain):
            return
        self._host.change_vm(
            vm.id,
            memory_dynamic_min=vm.memory_dynamic_min,
            memory_dynamic_max=vm.memory_dynamic_max,
        )
        self._host.domains.tell_again(before.domain, before.settings)
        if before.domain.paused:
            self._host.domains.pause(vm.id)
        else:
            self._host.domains.unpause(vm.id)

    # --- devices ----------------------------------------------------------------------------

    def _plugged_vbd(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        assert before.vbd is not None
        vbd, state = before.vbd
        if not state.plugged:
            domain = self._host.domains.find(vbd.id[0])
            self._host.devices.unplug_vbd(task, domain, vbd, force=True)
        self._host.devices.set_active(vbd.id[0], "vbd", vbd.id[1], state.active)
        return False

    def _unplugged_vbd(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        assert before.vbd is not None
        vbd, _ = before.vbd
        number = names.disk_number(vbd.id[1])
        force = self._force("vbd", vbd.id[0], number, params, error)
        if force is None:
            return False
        self._runner.run(operations.vbd_hotunplug(vbd, force), task, vbd.id[0])
        return True

    def _force(
        self, kind: str, vm: str, device: int, params: Params, error: XenopsError
    ) -> bool | None:
        """Whether to force out a device whose unplug failed; None if the device stays.

        A guest that was asked for it is about to let go of it, unless the error says otherwise.
        """
        domain = self._host.domains.find(vm)
        if domain is None or not self._host.devices.is_in_use(domain, kind, device):
            return True
        asked = self._host.devices.is_asked_for(domain, kind, device)
        return bool(params["force"]) if asked and error.tag not in STAYS else None

    def _inserted(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        """Take the medium out again, if the drive was empty before."""
        assert before.vbd is not None
        vbd, state = before.vbd
        domain = self._host.domains.find(vbd.id[0])
        if domain is not None and state.backend_present is None:
            if domain.kind == "hvm":
                self._host.device_models.eject(domain.domid, self._host.devices.drive(vbd))
            inserted = replace(vbd, backend=params["disk"])
            self._host.devices.take_out(task, domain, inserted, force=True)
        self._host.change_vbd(vbd)
        return False

    def _ejected(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        """Show the medium again if the drive still has it, else let go of it."""
        assert before.vbd is not None
        vbd, state = before.vbd
        domain = self._host.domains.find(vbd.id[0])
        if domain is None:
            return False
        number = names.disk_number(vbd.id[1])
        there = self._host.devices.medium(domain.uuid, number) is not None
        if domain.kind == "hvm" and there:
            drive = self._host.devices.drive(replace(vbd, backend=state.backend_present))
            self._host.device_models.insert(domain.domid, drive)
        asked = {"force": False}
        force = True if not there else self._force("vbd", domain.uuid, number, asked, error)
        if (domain.kind == "hvm" and there) or force is None:
            self._host.change_vbd(vbd)
            return False
        taken = replace(vbd, backend=state.backend_present)
        self._host.devices.take_out(task, domain, taken, force=force)
        self._host.change_vbd(vbd, backend=None)
        return state.backend_present is not None

    def _plugged_vif(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        assert before.vif is not None
        vif, state = before.vif
        if not state.plugged:
            domain = self._host.domains.find(vif.id[0])
            self._host.devices.unplug_vif(task, domain, vif, force=True)
        self._host.devices.set_active(vif.id[0], "vif", vif.id[1], state.active)
        return False

    def _unplugged_vif(
        self, params: Params, before: Before, error: XenopsError, task: RunningTask
    ) -> bool:
        assert before.vif is not None
        vif, _ = before.vif
        force = self._force("vif", vif.id[0], vif.position, params, error)
        if force is None:
            return False
        self._runner.run(operations.vif_hotunplug(vif, force), task, vif.id[0])
        return True

    def _restore_vif(self, vif: Vif) -> None:
        domain = self._host.domains.find(vif.id[0])
        self._host.change_vif(vif)
        if domain is not None:
            self._host.devices.move_vif(domain, vif, vif.backend)
            self._host.devices.configure_vif(domain, vif)
