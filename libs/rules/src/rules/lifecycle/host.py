"""The host's operations: those that bring VMs to a host, and those that take them away."""

from datamodel import XenAPIError
from datamodel.classes import Host, HostMetrics, HostRef
from pooldb import Reader

from rules.lifecycle.possible import possible

# Upstream's order of allowed_operations.
OPERATIONS = (
    *("vm_migrate", "provision", "vm_resume", "apply_updates", "enable", "power_on", "reboot"),
    *("evacuate", "vm_start", "shutdown"),
)
BRINGING = frozenset({"provision", "vm_resume", "vm_migrate"})
TAKING = frozenset({"evacuate", "reboot", "shutdown"})
NEEDS_DISABLED = frozenset({"reboot", "shutdown", "apply_updates"})
KEPT_OUT_BY = {
    **dict.fromkeys(BRINGING, TAKING),
    **dict.fromkeys(TAKING, BRINGING),
    "provision": TAKING | {"provision"},
    "evacuate": BRINGING | {"evacuate"},
    "reboot": BRINGING | {"shutdown", "apply_updates"},
    "shutdown": BRINGING | {"reboot", "apply_updates"},
    "apply_updates": frozenset({"reboot", "shutdown"}),
    "enable": frozenset({"apply_updates"}),
}
"""By operation: those beside which it may not begin."""


def is_live(tx: Reader, ref: HostRef) -> bool:
    """Whether there is such a host, and it answers."""
    host = tx.find(Host, ref)
    metrics = None if host is None else tx.find(HostMetrics, host.metrics)
    return metrics is not None and metrics.live


def check(tx: Reader, ref: HostRef, record: Host, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    for task, other in record.current_operations.items():
        if other in KEPT_OUT_BY.get(operation, ()):
            raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "host", ref, other, task)
    if operation in NEEDS_DISABLED and record.enabled:
        raise XenAPIError("HOST_NOT_DISABLED")
    if operation == "power_on":
        if is_live(tx, ref):
            raise XenAPIError("HOST_IS_LIVE", ref)
        if record.power_on_mode == "":
            raise XenAPIError("HOST_POWER_ON_MODE_DISABLED")


def allowed(tx: Reader, ref: HostRef, record: Host) -> list[str]:
    return possible(check, OPERATIONS, tx, ref, record)
