"""VM.create: a VM with the values that a client gives."""

from typing import Any

from datamodel.classes import VMRef
from rules.values import vm_values

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.records.new_vm import new_vm


@implements("VM.create")
def create(ctx: PoolContext, args: dict[str, Any]) -> VMRef:
    """Make a VM with these values; its start checks whether it can run with them."""
    with ctx.transaction() as tx:
        values = {name: args[name] for name in args if name not in LEFT_TO_MESSAGES}
        vm_values.check_new(values)
        return new_vm(tx, values)


LEFT_TO_MESSAGES = frozenset(
    {
        *("blocked_operations", "protection_policy", "is_snapshot_from_vmpp"),
        *("snapshot_schedule", "is_vmss_snapshot", "power_state", "suspend_VDI"),
        *("last_booted_record", "last_boot_CPU_flags"),
    }
)
"""Arguments of VM.create that are ignored: other messages set them, or a run of the VM does."""
