"""What this host tells the pool: the states of VMs, of tasks and of itself."""

from collections.abc import Callable
from typing import Any

from daemon import updates
from xenops.codec import encode
from xenops.types import Vbd, VbdState, Vif, VifState, VmState

from broker import Connection
from xenopsd.host import Host


class Updates(updates.Updates):
    """The kit's updates, with those of VMs and of the host; ``facts`` are the host's own."""

    def __init__(self, broker: Connection, host: Host, facts: Callable[[], dict[str, Any]]) -> None:
        super().__init__(broker, host.journal)
        self._host = host
        self._facts = facts
        self.rebooting: set[str] = set()

    def vm_body(self, vm: str) -> dict[str, Any]:
        """The state of a VM and its devices; null if this host does not know the VM.

        Null too while it arrives or leaves: from a migration's commit on, the destination tells it.
        """
        version = self.version()
        body: dict[str, Any] = {"kind": "vm", "id": vm, "version": version, "state": None}
        if not self._host.journal.exists(vm) or self._host.journal.is_elsewhere(vm):
            return body
        metadata = self._host.journal.metadata(vm)
        domain = self._host.domains.find(vm)
        body["pool"] = self._host.domains.pool_of(vm)
        state = self._host.domains.state(metadata.vm, domain, vm in self.rebooting)
        vbd_states = self._host.devices.vbd_states(domain, metadata.vbds)
        vif_states = self._host.devices.vif_states(domain, metadata.vifs)
        body["state"] = encode(VmState, state)
        body["vbds"] = [
            [encode(Vbd, vbd), encode(VbdState, state)]
            for vbd, state in zip(metadata.vbds, vbd_states, strict=True)
        ]
        body["vifs"] = [
            [encode(Vif, vif), encode(VifState, state)]
            for vif, state in zip(metadata.vifs, vif_states, strict=True)
        ]
        return body

    def vm(self, vm: str) -> None:
        self.publish_vm(self.vm_body(vm))

    def publish_vm(self, body: dict[str, Any]) -> None:
        self.publish(f"vm.{body['id']}", body)

    def host(self) -> None:
        """Tell the pool that this host is there, with its facts."""
        self.publish("host.heartbeat", {"kind": "host", "state": self._facts()})
