"""Which atomics make up an operation on a VM or on its device."""

from collections.abc import Callable

from daemon.plans import explain
from daemon.server import Params
from xenops.errors import XenopsError
from xenops.sizes import KIB
from xenops.types import Disk, Metadata

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
from xenopsd.frontend.inventory import Inventory
from xenopsd.journal import Journal
from xenopsd.operations import Plan


class Plans:
    """``names`` are the operations that have a plan."""

    def __init__(self, journal: Journal, inventory: Inventory) -> None:
        self._journal = journal
        vbd, vif = inventory.vbd, inventory.vif
        self._plans: dict[str, Callable[[Params], Plan]] = {
            "VM.start": self._start,
            "VM.shutdown": lambda p: operations.poweroff(self._vm(p), p["delay"]),
            "VM.reboot": lambda p: operations.reboot(self._vm(p), p["delay"]),
            "VM.suspend": lambda p: operations.suspend(self._vm(p), p["suspend_vdi"]),
            "VM.resume": lambda p: operations.resume(self._vm(p), p["suspend_vdi"]),
            "VM.pause": lambda p: (VmPause(self._vm(p).vm),),
            "VM.unpause": lambda p: (VmUnpause(self._vm(p).vm),),
            "VM.set_vcpus": lambda p: (VmSetVcpus(self._vm(p).vm, p["vcpus"]),),
            "VM.set_memory_dynamic_range": self._memory,
            "VBD.plug": lambda p: operations.vbd_hotplug(vbd(p["id"])),
            "VBD.unplug": lambda p: operations.vbd_hotunplug(vbd(p["id"]), p["force"]),
            "VBD.insert": lambda p: (VbdInsert(vbd(p["id"]), p["disk"]),),
            "VBD.eject": lambda p: (VbdEject(vbd(p["id"])),),
            "VIF.plug": lambda p: operations.vif_hotplug(vif(p["id"])),
            "VIF.unplug": lambda p: operations.vif_hotunplug(vif(p["id"]), p["force"]),
            "VIF.move": lambda p: (VifMove(vif(p["id"]), p["network"]),),
            "VIF.set_carrier": lambda p: (VifSetCarrier(vif(p["id"]), p["carrier"]),),
            "VIF.set_locking_mode": lambda p: (VifSetLockingMode(vif(p["id"]), p["locking_mode"]),),
            "VIF.set_ipv4_configuration": lambda p: (
                VifSetIpv4Configuration(vif(p["id"]), p["ipv4_configuration"]),
            ),
            "VIF.set_ipv6_configuration": lambda p: (
                VifSetIpv6Configuration(vif(p["id"]), p["ipv6_configuration"]),
            ),
            "VIF.set_trunks": lambda p: (VifSetTrunks(vif(p["id"]), p["trunks"]),),
        }
        self.names = frozenset(self._plans)

    def of(self, wire: str, params: Params) -> Plan:
        """The plan of an operation; raises XenopsError."""
        if wire not in self._plans:
            raise XenopsError("Unimplemented", wire)
        return self._plans[wire](params)

    def explain(self, params: Params) -> list[str]:
        """The atomics of an operation as lines of text; nothing is run."""
        defaults: Params = {
            "delay": None,
            "paused": False,
            "suspend_vdi": Disk("VDI", "sr/vdi"),
            **params,
        }
        return list(explain(self.of(params["operation"], defaults)))

    def _vm(self, params: Params) -> Metadata:
        return self._journal.metadata(params["id"])

    def _start(self, params: Params) -> Plan:
        metadata = self._vm(params)
        plan = operations.start(metadata)
        return plan if params["paused"] else (*plan, VmUnpause(metadata.vm))

    def _memory(self, params: Params) -> Plan:
        low, high = params["minimum"] // KIB, params["maximum"] // KIB
        return (VmSetMemoryDynamicRange(self._vm(params).vm, low, high),)
