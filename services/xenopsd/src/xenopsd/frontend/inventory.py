"""Adds, removes, lists and tells what this host knows of VMs and their devices."""

import logging
from dataclasses import replace
from typing import Any, TypeVar

from xenops.errors import XenopsError, bad_power_state
from xenops.migration import read_metadata
from xenops.types import Metadata, PowerState, Vbd, VbdState, Vif, VifState, Vm, VmState

from xenopsd.host import Host
from xenopsd.updates import Updates

log = logging.getLogger(__name__)

DeviceId = tuple[str, str]
Device = TypeVar("Device", Vbd, Vif)


class Inventory:
    """Answers questions about VMs and devices, each at once."""

    def __init__(self, host: Host, updates: Updates) -> None:
        self._host = host
        self._journal = host.journal
        self._updates = updates

    # --- VMs --------------------------------------------------------------------------------

    def stat(self, vm: str) -> tuple[Vm, VmState]:
        metadata = self._journal.metadata(vm)
        domain = self._host.domains.find(vm)
        state = self._host.domains.state(metadata.vm, domain, vm in self._updates.rebooting)
        return metadata.vm, state

    def vms(self) -> list[tuple[Vm, VmState]]:
        return [self.stat(vm) for vm in self._journal.vms()]

    def add_vm(self, vm: Vm) -> str:
        self._journal.set_metadata(Metadata(vm=vm))
        return vm.id

    def remove_vm(self, vm: str) -> None:
        """Forget a VM; raises XenopsError unless it is off or suspended."""
        self._journal.metadata(vm)
        domain = self._host.domains.find(vm)
        state = self._host.domains.power_state(vm, domain)
        if state in (PowerState.Running, PowerState.Paused):
            raise bad_power_state(state, PowerState.Halted)
        if domain is None:
            # A suspended VM keeps the nodes of its hardware, but resumes from its image alone.
            self._host.domains.clean(vm)
        self._journal.forget(vm)
        self._updates.vm(vm)

    def import_metadata(self, text: str) -> str:
        metadata = read_metadata(text)
        vm = metadata.vm.id
        with self._journal.together():
            self._journal.set_metadata(metadata)
            self._host.set_suspended(vm, metadata.domains == "suspended")
        return vm

    # --- devices ----------------------------------------------------------------------------

    def vbd(self, id_: DeviceId) -> Vbd:
        """The VBD of an id; raises XenopsError Does_not_exist."""
        return _found("VBD", self._journal.metadata(id_[0]).vbds, id_)

    def vif(self, id_: DeviceId) -> Vif:
        """The VIF of an id; raises XenopsError Does_not_exist."""
        return _found("VIF", self._journal.metadata(id_[0]).vifs, id_)

    def vbds(self, vm: str) -> list[tuple[Vbd, VbdState]]:
        domain = self._host.domains.find(vm)
        vbds = self._journal.metadata(vm).vbds
        return list(zip(vbds, self._host.devices.vbd_states(domain, vbds), strict=True))

    def vifs(self, vm: str) -> list[tuple[Vif, VifState]]:
        domain = self._host.domains.find(vm)
        vifs = self._journal.metadata(vm).vifs
        return list(zip(vifs, self._host.devices.vif_states(domain, vifs), strict=True))

    def add_vbd(self, vbd: Vbd) -> DeviceId:
        self._journal.change(
            vbd.id[0], lambda known: replace(known, vbds=[*_others(known.vbds, vbd), vbd])
        )
        return vbd.id

    def add_vif(self, vif: Vif) -> DeviceId:
        self._journal.change(
            vif.id[0], lambda known: replace(known, vifs=[*_others(known.vifs, vif), vif])
        )
        return vif.id

    def remove_vbd(self, id_: DeviceId) -> None:
        vbd = self.vbd(id_)
        domain = self._host.domains.find(vbd.id[0])
        if self._host.devices.vbd_state(domain, vbd).plugged:
            raise XenopsError("Device_is_connected")
        self._journal.change(vbd.id[0], lambda known: replace(known, vbds=_others(known.vbds, vbd)))

    def remove_vif(self, id_: DeviceId) -> None:
        vif = self.vif(id_)
        domain = self._host.domains.find(vif.id[0])
        if self._host.devices.vif_state(domain, vif).plugged:
            raise XenopsError("Device_is_connected")
        self._journal.change(vif.id[0], lambda known: replace(known, vifs=_others(known.vifs, vif)))

    # --- for the pool -----------------------------------------------------------------------

    def state(self, vm: str) -> Any:
        """The update of a VM's state, None if the state cannot be read."""
        try:
            return self._updates.vm_body(vm)
        except Exception:  # the work has ended all the same; the forwarder will ask for the state
            log.exception("the state of VM %s cannot be told", vm)
            return None

    def tell(self, vm: str) -> Any:
        """Publish a VM's state; returns the update, None if the state cannot be read."""
        state = self.state(vm)
        if state is not None:
            self._updates.publish_vm(state)
        return state

    def tell_known(self, vm: str) -> None:
        """Publish a VM's state, if its domain is one of ours."""
        if self._journal.exists(vm):
            self.tell(vm)


def _found(kind: str, devices: list[Device], id_: DeviceId) -> Device:
    for device in devices:
        if device.id == id_:
            return device
    raise XenopsError("Does_not_exist", (kind, "/".join(id_)))


def _others(devices: list[Device], device: Device) -> list[Device]:
    return [other for other in devices if other.id != device.id]
