"""The VM's operations. The first refusal in the order of `check` is the one that counts."""

from collections.abc import Mapping
from typing import Any

from datamodel import XenAPIError
from datamodel.enums import VmOperations
from datamodel.refs import NULL_REF

HALTED, PAUSED, RUNNING, SUSPENDED = "Halted", "Paused", "Running", "Suspended"
ANY = (HALTED, PAUSED, RUNNING, SUSPENDED)
LIVE = (PAUSED, RUNNING)

POWER_STATES: dict[str, tuple[str, ...]] = {
    "start": (HALTED,),
    "start_on": (HALTED,),
    "resume": (SUSPENDED,),
    "resume_on": (SUSPENDED,),
    "csvm": (SUSPENDED,),
    "unpause": (PAUSED,),
    "pause": (RUNNING,),
    "suspend": (RUNNING,),
    "clean_shutdown": (RUNNING,),
    "clean_reboot": (RUNNING,),
    "pool_migrate": (RUNNING,),
    "changing_VCPUs_live": (RUNNING,),
    "call_plugin": (RUNNING,),
    "sysprep": (RUNNING,),
    "hard_reboot": LIVE,
    "shutdown": (PAUSED, SUSPENDED, RUNNING),
    "hard_shutdown": (PAUSED, SUSPENDED, RUNNING),
    "checkpoint": (PAUSED, SUSPENDED, RUNNING),
    "migrate_send": (HALTED, SUSPENDED, RUNNING),
    "destroy": (HALTED, SUSPENDED),
    "export": (HALTED, SUSPENDED),
    "clone": (HALTED,),
    "copy": (HALTED,),
    "provision": (HALTED,),
    "make_into_template": (HALTED,),
    "changing_static_range": (HALTED,),
    "changing_shadow_memory": (HALTED,),
    "changing_NVRAM": (HALTED,),
    "create_vtpm": (HALTED,),
    "changing_dynamic_range": (HALTED, RUNNING),
    "snapshot": ANY,
    "metadata_export": ANY,
    "revert": ANY,
}
"""Operations that are computed for ``allowed_operations``, with the power states they need."""

UNLISTED_POWER_STATES = {"changing_VCPUs": (HALTED,)}
"""The same for operations that ``allowed_operations`` does not show."""

TEMPLATE = frozenset(
    {
        *("provision", "clone", "copy", "export", "metadata_export", "destroy", "migrate_send"),
        *("changing_NVRAM", "changing_static_range", "changing_dynamic_range"),
        *("changing_shadow_memory", "changing_VCPUs"),
    }
)
DEFAULT_TEMPLATE = TEMPLATE - {"destroy", "migrate_send"}
SNAPSHOT = frozenset({"revert", "clone", "copy", "export", "metadata_export", "destroy"})
CONTROL_DOMAIN = frozenset({"metadata_export", "changing_static_range", "changing_dynamic_range"})

NEEDS_FEATURE = {
    "suspend": "suspend",
    "checkpoint": "suspend",
    "pool_migrate": "suspend",
    "clean_shutdown": "poweroff",
    "clean_reboot": "reboot",
    "changing_VCPUs_live": "vcpu-hotplug",
}
"""Operations that a guest must play along with, and the feature that says it can."""

TOGETHER = ({"clone", "copy", "export"}, {"snapshot", "checkpoint"})
WINS_OVER = {
    "hard_shutdown": {"hard_shutdown"},
    "hard_reboot": {"hard_shutdown", "hard_reboot"},
}
"""Operations that may begin beside all others but these."""

ORDER = tuple(reversed([operation.value for operation in VmOperations]))


def check(
    tx: Any, ref: str, record: Mapping[str, Any], operation: str, *, strict: bool = True
) -> None:
    """Raise the field's error unless the operation may begin now."""
    blocked = record["blocked_operations"]
    if operation in blocked:
        raise XenAPIError("OPERATION_BLOCKED", ref, blocked[operation])
    states = {**POWER_STATES, **UNLISTED_POWER_STATES}.get(operation, ANY)
    if record["power_state"] not in states:
        expected = ", ".join(state.lower() for state in states)
        found = record["power_state"].lower()
        raise XenAPIError("VM_BAD_POWER_STATE", ref, expected, found)
    _check_concurrency(ref, record, operation)
    if operation == "revert" and not record["is_a_snapshot"]:
        raise XenAPIError("VM_REVERT_FAILED", ref, record["snapshot_of"])
    if record["is_a_snapshot"]:
        if operation not in SNAPSHOT:
            raise XenAPIError("VM_IS_SNAPSHOT", ref, operation)
    elif record["is_a_template"]:
        fits = DEFAULT_TEMPLATE if record["is_default_template"] else TEMPLATE
        if operation not in fits:
            raise XenAPIError("VM_IS_TEMPLATE", ref, operation)
    elif operation == "provision":
        raise XenAPIError("PROVISION_ONLY_ALLOWED_ON_TEMPLATE")
    if record["is_control_domain"] and operation not in CONTROL_DOMAIN:
        raise XenAPIError(
            "OPERATION_NOT_ALLOWED", "This operation is not allowed on a control domain"
        )
    if strict:
        _check_feature(tx, ref, record, operation)


def _check_concurrency(ref: str, record: Mapping[str, Any], operation: str) -> None:
    running = record["current_operations"]
    for task, other in running.items():
        if any({operation, other} <= group for group in TOGETHER):
            continue
        if operation in WINS_OVER and other not in WINS_OVER[operation]:
            continue
        raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", ref, other, task)


def _check_feature(tx: Any, ref: str, record: Mapping[str, Any], operation: str) -> None:
    if operation not in NEEDS_FEATURE or record["power_state"] != RUNNING:
        return
    if record["domain_type"] in ("pv", "pv_in_pvh", "pvh"):
        return
    metrics = tx.find("VM_guest_metrics", record["guest_metrics"])
    if metrics is None or not metrics["PV_drivers_detected"]:
        raise XenAPIError("VM_LACKS_FEATURE", ref)


def allowed(tx: Any, ref: str, record: Mapping[str, Any]) -> list[str]:
    """The operations that may begin now, in the field's order."""
    return [
        operation
        for operation in ORDER
        if operation in POWER_STATES and _may(tx, ref, record, operation)
    ]


def _may(tx: Any, ref: str, record: Mapping[str, Any], operation: str) -> bool:
    try:
        check(tx, ref, record, operation)
    except XenAPIError:
        return False
    return True


def is_scheduled(record: Mapping[str, Any]) -> bool:
    return bool(record["scheduled_to_be_resident_on"] != NULL_REF)
