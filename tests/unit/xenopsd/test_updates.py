"""What a host tells of its VMs."""

from pathlib import Path
from typing import Any

from xenopsd.updates import Updates

from tests.contract.backend import simulated
from tests.faults.atomic_host import Listener, add_vm, host_in


def test_a_vm_that_arrives_is_not_here_before_its_migration_is_committed(tmp_path: Path) -> None:
    with simulated(tmp_path) as backend:
        host = host_in(tmp_path)
        broker: Any = Listener()
        updates = Updates(broker, host, dict)
        vm = add_vm(host, backend)
        host.journal.set_migration("1", vm, "destination", "Prepared", {})
        backend.create(host.journal.metadata(vm).vm)
        for state in ("Prepared", "Receiving"):
            host.journal.set_migration("1", vm, "destination", state, {})
            assert updates.vm_body(vm)["state"] is None
        host.journal.set_migration("1", vm, "destination", "Committed", {})
        assert updates.vm_body(vm)["state"]["power_state"] == "Paused"
