"""What this host tells the pool: states of VMs, tasks and of itself, with rising versions."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from broker.envelope import Message
from broker.topology import UPDATES_EXCHANGE
from telemetry import Alive
from xenops.codec import encode
from xenops.types import Task, Vbd, VbdState, Vif, VifState, VmState

from broker import Connection
from xenopsd.host import Host
from xenopsd.tasks import Tasks

log = logging.getLogger(__name__)

VERSIONS_A_BLOCK = 1000
HEARTBEAT_S = 5.0


class Updates:
    """Publishes full states, so that one update alone says how things are."""

    def __init__(
        self, broker: Connection, host: Host, tasks: Tasks, facts: Callable[[], dict[str, Any]]
    ) -> None:
        self._broker = broker
        self._host = host
        self._tasks = tasks
        self._facts = facts
        self._lock = threading.Lock()
        self._next = self._until = 0
        self.rebooting: set[str] = set()

    def version(self) -> int:
        """A number larger than all before it, also than those before a restart."""
        with self._lock:
            if self._next == self._until:
                self._next = self._host.journal.next_version(VERSIONS_A_BLOCK)
                self._until = self._next + VERSIONS_A_BLOCK
            self._next += 1
            return self._next - 1

    def vm_body(self, vm: str) -> dict[str, Any]:
        """The state of a VM and its devices; null once this host knows nothing of it.

        Null too while it arrives or leaves: by the migration's commit the VM is the destination's.
        """
        version = self.version()
        body: dict[str, Any] = {"kind": "vm", "id": vm, "version": version, "state": None}
        if not self._host.journal.exists(vm) or self._host.journal.is_elsewhere(vm):
            return body
        metadata = self._host.journal.metadata(vm)
        domain = self._host.domains.find(vm)
        devices = self._host.devices
        body["state"] = encode(VmState, self._host.domains.state(metadata.vm, vm in self.rebooting))
        body["vbds"] = [
            [encode(Vbd, vbd), encode(VbdState, devices.vbd_state(domain, vbd))]
            for vbd in metadata.vbds
        ]
        body["vifs"] = [
            [encode(Vif, vif), encode(VifState, devices.vif_state(domain, vif))]
            for vif in metadata.vifs
        ]
        return body

    def vm(self, vm: str) -> None:
        self.publish_vm(self.vm_body(vm))

    def publish_vm(self, body: dict[str, Any]) -> None:
        self._publish(f"vm.{body['id']}", body)

    def task(self, id_: str) -> None:
        state = encode(Task, self._tasks.stat(id_))
        key = f"task.{id_.replace('/', '.')}"
        body = {"kind": "task", "id": id_, "version": self.version(), "state": state}
        self._publish(key, body)

    def host(self) -> None:
        self._publish("host.heartbeat", {"kind": "host", "state": self._facts()})

    def beat(self, stop: threading.Event, alive: Alive) -> None:
        """Say every few seconds that this host is there."""
        self.host()
        while not stop.wait(HEARTBEAT_S):
            self.host()
            if self._broker.connected:
                alive.sign()

    def _publish(self, key: str, body: dict[str, Any]) -> None:
        self._broker.publish(UPDATES_EXCHANGE, key, Message(method=key.split(".")[0], body=body))
