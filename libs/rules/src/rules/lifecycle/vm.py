"""The VM's operations. The first refusal in the order of `check` is the one that counts."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from datamodel import XenAPIError
from datamodel.classes import (
    VBD,
    VDI,
    VM,
    VMPP,
    VMSS,
    VM_appliance,
    VM_guest_metrics,
    VM_metrics,
    VMRef,
)
from datamodel.enums import VmOperations
from datamodel.objects import Kind
from datamodel.refs import Ref
from pooldb import Reader

from rules.lifecycle.possible import possible

Name = TypeVar("Name")


PARAVIRTUAL = ("pv", "pv_in_pvh", "pvh")
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
    "changing_memory_live": (RUNNING,),
    "awaiting_memory_live": (RUNNING,),
    "changing_shadow_memory_live": (RUNNING,),
    "changing_VCPUs_live": (RUNNING,),
    "data_source_op": (RUNNING,),
    "send_sysrq": (RUNNING,),
    "send_trigger": (RUNNING,),
    "snapshot_with_quiesce": (RUNNING,),
    "call_plugin": (RUNNING,),
    "sysprep": (RUNNING,),
    "hard_reboot": LIVE,
    "shutdown": (PAUSED, SUSPENDED, RUNNING),
    "hard_shutdown": (PAUSED, SUSPENDED, RUNNING),
    "checkpoint": (PAUSED, SUSPENDED, RUNNING),
    "get_boot_record": (PAUSED, SUSPENDED, RUNNING),
    "migrate_send": (HALTED, SUSPENDED, RUNNING),
    "destroy": (HALTED, SUSPENDED),
    "export": (HALTED, SUSPENDED),
    "create_template": (HALTED, SUSPENDED),
    "clone": (HALTED,),
    "copy": (HALTED,),
    "provision": (HALTED,),
    "make_into_template": (HALTED,),
    "changing_VCPUs": (HALTED,),
    "changing_memory_limits": (HALTED,),
    "changing_static_range": (HALTED,),
    "changing_shadow_memory": (HALTED,),
    "changing_NVRAM": (HALTED,),
    "create_vtpm": (HALTED,),
    "changing_dynamic_range": (HALTED, RUNNING),
    "import": (),
}
"""The power states in which operations may begin; those not here may begin in any state."""

SETTINGS_OF_ONE_THAT_RUNS = ("changing_VCPUs", "changing_static_range", "changing_memory_limits")
"""A running control domain may get these, as it cannot be halted; they apply from its next boot."""

UNLISTED = frozenset(
    {
        *("create_template", "power_state_reset", "csvm", "get_boot_record", "send_sysrq"),
        *("send_trigger", "query_services", "shutdown", "call_plugin", "changing_memory_live"),
        *("awaiting_memory_live", "changing_memory_limits", "changing_shadow_memory_live"),
        *("changing_VCPUs", "assert_operation_valid", "data_source_op"),
        *("update_allowed_operations", "import", "reverting"),
    }
)
"""Operations that ``allowed_operations`` does not show."""

TEMPLATE = frozenset(
    {
        *("provision", "clone", "copy", "export", "metadata_export", "destroy", "migrate_send"),
        *("changing_NVRAM", "changing_static_range", "changing_dynamic_range"),
        *("changing_shadow_memory", "changing_VCPUs", "changing_memory_limits", "reverting"),
    }
)
DEFAULT_TEMPLATE = TEMPLATE - {"destroy", "migrate_send", "reverting"}
SNAPSHOT = frozenset(
    {"revert", "clone", "copy", "export", "metadata_export", "destroy", "hard_shutdown"}
)
CONTROL_DOMAIN = frozenset(
    {
        *("data_source_op", "changing_memory_live", "awaiting_memory_live", "metadata_export"),
        *("changing_dynamic_range", "changing_memory_limits", "changing_static_range"),
        *("start", "start_on", "changing_VCPUs", "destroy"),
    }
)

MOVES = ("suspend", "checkpoint", "pool_migrate", "migrate_send")
"""Operations that take the guest's memory away from its host."""

NEEDS_FEATURE = {
    **dict.fromkeys(MOVES, ("feature-suspend",)),
    "clean_shutdown": ("feature-shutdown", "feature-poweroff"),
    "clean_reboot": ("feature-shutdown", "feature-reboot"),
    "changing_VCPUs_live": ("feature-vcpu-hotplug",),
}
"""Operations in which a guest must cooperate, and the features that show it can: one is enough."""

TOGETHER = ({"clone", "copy", "export"}, {"snapshot", "checkpoint"}, {"get_boot_record"})
BESIDE = (
    (["migrate_send"], "metadata_export"),
    (["migrate_send"], "clean_shutdown"),
    (["migrate_send"], "clean_reboot"),
)
"""The operations in progress, and an operation that may begin beside them."""

WINS_OVER = {
    "hard_shutdown": {"hard_shutdown"},
    "hard_reboot": {"hard_shutdown", "hard_reboot"},
}
"""Operations that may begin beside all others, except for these."""

LISTED = tuple(
    operation.value for operation in reversed(VmOperations) if operation.value not in UNLISTED
)
"""What ``allowed_operations`` may show, in upstream's order."""


def power_states(record: VM, operation: str) -> tuple[str, ...]:
    """The power states in which an operation may begin, in the order in which errors name them."""
    states = POWER_STATES.get(operation, ANY)
    if operation in SETTINGS_OF_ONE_THAT_RUNS and record.is_control_domain:
        return (*states, RUNNING)
    if operation in ("clone", "copy") and record.is_a_snapshot:
        return (*states, SUSPENDED)
    return states


def check(tx: Reader, ref: VMRef, record: VM, operation: str, *, strict: bool = True) -> None:
    """Raise the XenAPI's error unless the operation may begin now."""
    blocked: Mapping[Any, str] = record.blocked_operations
    if operation in blocked:
        raise XenAPIError("OPERATION_BLOCKED", ref, blocked[operation])
    states = power_states(record, operation)
    if record.power_state not in states:
        expected = ", ".join(state.lower() for state in states)
        actual = record.power_state.lower()
        raise XenAPIError("VM_BAD_POWER_STATE", ref, expected, actual)
    _check_concurrency(ref, record, operation)
    _check_kind(ref, record, operation, strict=strict)
    _check_guest(tx, ref, record, operation, strict=strict)
    _check_devices(tx, ref, record, operation)
    _check_bonds(tx, ref, record, operation)


def _check_kind(ref: VMRef, record: VM, operation: str, *, strict: bool) -> None:
    """Raise for what templates, snapshots and control domains do not allow."""
    check_snapshot(ref, record, operation)
    if record.is_a_template and not record.is_a_snapshot:
        if operation not in (DEFAULT_TEMPLATE if is_default_template(record) else TEMPLATE):
            raise XenAPIError("VM_IS_TEMPLATE", ref, operation)
    elif operation == "provision":
        raise XenAPIError("PROVISION_ONLY_ALLOWED_ON_TEMPLATE")
    if operation == "revert" and not record.is_a_snapshot:
        raise XenAPIError("REVERT_ONLY_ALLOWED_ON_SNAPSHOT")
    if strict and operation in MOVES and _is_immobile(record):
        raise XenAPIError("VM_IS_IMMOBILE", ref)
    if record.is_control_domain and operation not in CONTROL_DOMAIN:
        raise XenAPIError(
            "OPERATION_NOT_ALLOWED", "This operation is not allowed on a control domain"
        )


def check_snapshot(ref: VMRef, record: VM, operation: str) -> None:
    """Raise VM_IS_SNAPSHOT[VM, operation] for what snapshots do not allow."""
    if record.is_a_snapshot and operation not in SNAPSHOT:
        raise XenAPIError("VM_IS_SNAPSHOT", ref, operation)


def is_default_template(record: VM) -> bool:
    """Whether a VM is a default template, by its field or by the key that old clients set."""
    old = _is_true(record.other_config, "default_template")
    return bool(record.is_default_template or old)


def _is_immobile(record: VM) -> bool:
    return any(_is_true(record.platform, key) for key in ("nomigrate", "nested-virt"))


def _is_true(settings: Mapping[str, str], key: str) -> bool:
    return settings.get(key, "").lower() in ("1", "true")


def _check_concurrency(ref: VMRef, record: VM, operation: str) -> None:
    running = record.current_operations
    others = list(running.values())
    if (
        not running
        or any({operation, *others} <= group for group in TOGETHER)
        or (operation in WINS_OVER and WINS_OVER[operation].isdisjoint(others))
        or (others, operation) in BESIDE
    ):
        return
    raise XenAPIError("OTHER_OPERATION_IN_PROGRESS", "VM", ref, _listed(others), _listed(running))


def _listed(names: Iterable[str]) -> str:
    """One name as it is, several in upstream's brackets."""
    listed = list(names)
    return listed[0] if len(listed) == 1 else "{" + ",".join(listed) + "}"


def _check_guest(tx: Reader, ref: VMRef, record: VM, operation: str, *, strict: bool) -> None:
    """Raise for what a live guest does not support; if not ``strict``, it may lack features."""
    if record.power_state not in LIVE:
        return
    guest = tx.find(VM_guest_metrics, record.guest_metrics)
    claims = {} if guest is None else guest.other
    if operation in MOVES and "data-cant-suspend-reason" in claims:
        raise XenAPIError("VM_NON_SUSPENDABLE", ref, claims["data-cant-suspend-reason"])
    metrics = tx.find(VM_metrics, record.metrics)
    booted = None if metrics is None else metrics.current_domain_type
    if booted in PARAVIRTUAL or (guest is not None and guest.PV_drivers_detected):
        return
    features = NEEDS_FEATURE.get(operation, ())
    if features and strict and not any(claims.get(feature) == "1" for feature in features):
        raise XenAPIError("VM_LACKS_FEATURE", ref)


def _check_devices(tx: Reader, ref: VMRef, record: VM, operation: str) -> None:
    if operation == "snapshot_with_quiesce":
        raise XenAPIError("VM_SNAPSHOT_WITH_QUIESCE_NOT_SUPPORTED", ref)
    if operation in ("checkpoint", "snapshot", "suspend") and _resets_on_boot(tx, record):
        raise XenAPIError("VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION")
    if operation in MOVES and record.attached_PCIs:
        raise XenAPIError("VM_HAS_PCI_ATTACHED", ref)
    if operation in MOVES and record.VGPUs and record.power_state in LIVE:
        raise XenAPIError("VM_HAS_VGPU", ref)
    if operation in (*MOVES, "snapshot") and record.VUSBs:
        raise XenAPIError("VM_HAS_VUSBS", ref)


def _resets_on_boot(tx: Reader, record: VM) -> bool:
    """Whether a disk forgets at each boot what was written: images of it would be useless."""
    vbds = (tx.find(VBD, vbd) for vbd in record.VBDs)
    vdis = (tx.find(VDI, vbd.VDI) for vbd in vbds if vbd is not None)
    return any(vdi is not None and vdi.on_boot == "reset" for vdi in vdis)


def _check_free_of(
    tx: Reader, kind: Kind[Name, Any], other: Ref[Name], code: str, ref: VMRef
) -> None:
    """Raise ``code`` for a VM that belongs to another object, such as an appliance."""
    if tx.find(kind, other) is not None:
        raise XenAPIError(code, ref, other)


def _check_bonds(tx: Reader, ref: VMRef, record: VM, operation: str) -> None:
    if operation == "make_into_template":
        _check_free_of(tx, VM_appliance, record.appliance, "VM_IS_PART_OF_AN_APPLIANCE", ref)
        policy = "VM_ASSIGNED_TO_PROTECTION_POLICY"
        _check_free_of(tx, VMPP, record.protection_policy, policy, ref)
        schedule = "VM_ASSIGNED_TO_SNAPSHOT_SCHEDULE"
        _check_free_of(tx, VMSS, record.snapshot_schedule, schedule, ref)
    if operation == "query_services" and not _is_true(record.other_config, "is_system_domain"):
        raise XenAPIError("NOT_SYSTEM_DOMAIN", ref)
    if operation == "create_vtpm" and record.VTPMs:
        raise XenAPIError("VTPM_MAX_AMOUNT_REACHED", len(record.VTPMs))


def allowed(tx: Reader, ref: VMRef, record: VM) -> list[str]:
    """The operations that may begin now, in upstream's order."""
    return possible(check, LISTED, tx, ref, record)
