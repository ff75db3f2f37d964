"""Translates the failures that hosts' daemons report into errors of the XenAPI."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datamodel import XenAPIError
from xenops.errors import INTERRUPTED, Failure, XenopsError
from xenops.sizes import KIB
from xenops.squeezed import SqueezedError
from xenops.storage import StorageError

from forwarder.drivers import backend_failure

log = logging.getLogger(__name__)

Translation = Callable[[str, str, Any], XenAPIError]
"""(VM, task, the error's value) → the client's error."""


def _bad_power_state(vm: str, task: str, value: Any) -> XenAPIError:
    actual, expected = value
    return XenAPIError("VM_BAD_POWER_STATE", vm, str(expected).lower(), str(actual).lower())


def _storage(vm: str, task: str, value: Any) -> XenAPIError:
    code, params = value
    return XenAPIError(code, *params)


def _does_not_exist(vm: str, task: str, value: Any) -> XenAPIError:
    """The VM does not run on that host, or the device is not plugged there.

    That says nothing about other hosts; see `forwarder.updates.census`.
    """
    kind, _ = value
    if kind in ("VBD", "VIF"):
        return XenAPIError("DEVICE_NOT_ATTACHED", vm)
    return XenAPIError("VM_BAD_POWER_STATE", vm, "running", "halted")


XENOPSD: dict[str, Translation] = {
    "Does_not_exist": _does_not_exist,
    "Already_exists": lambda vm, task, value: XenAPIError("DOMAIN_EXISTS", vm, value[1]),
    "Device_is_connected": lambda vm, task, value: XenAPIError("DEVICE_ALREADY_ATTACHED", vm),
    "Invalid_vcpus": lambda vm, task, value: XenAPIError("INVALID_VALUE", "VCPUs", value),
    "Bad_power_state": _bad_power_state,
    "Storage_backend_error": _storage,
    "Cancelled": lambda vm, task, value: XenAPIError("TASK_CANCELLED", task),
    "Unimplemented": lambda vm, task, value: XenAPIError("NOT_IMPLEMENTED", value),
    "Failed_to_acknowledge_shutdown_request": lambda vm, task, value: XenAPIError(
        "VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT", vm
    ),
    "Failed_to_acknowledge_suspend_request": lambda vm, task, value: XenAPIError(
        "VM_FAILED_SUSPEND_ACKNOWLEDGMENT", vm
    ),
    "Failed_to_shutdown": lambda vm, task, value: XenAPIError("VM_SHUTDOWN_TIMEOUT", vm, value[1]),
    "Failed_to_suspend": lambda vm, task, value: XenAPIError("VM_SUSPEND_TIMEOUT", vm, value[1]),
    "Device_detach_rejected": lambda vm, task, value: XenAPIError("DEVICE_DETACH_REJECTED", *value),
    "Bootloader_error": lambda vm, task, value: XenAPIError("BOOTLOADER_FAILED", vm, value[1]),
    "Cannot_free_this_much_memory": lambda vm, task, value: XenAPIError(
        "HOST_NOT_ENOUGH_FREE_MEMORY", *value
    ),
    "Vms_failed_to_cooperate": lambda vm, task, value: XenAPIError(
        "VMS_FAILED_TO_COOPERATE", *value
    ),
    "IO_error": lambda vm, task, value: XenAPIError("VDI_IO_ERROR", ""),
    "Failed_to_contact_remote_service": lambda vm, task, value: XenAPIError(
        "VM_MIGRATE_CONTACT_REMOTE_SERVICE_FAILED"
    ),
    "Hook_failed": lambda vm, task, value: XenAPIError("XAPI_HOOK_FAILED", *value),
    "Failed_to_start_emulator": lambda vm, task, value: XenAPIError(
        "FAILED_TO_START_EMULATOR", vm, *value[1:]
    ),
    "Ballooning_timeout_before_migration": lambda vm, task, value: XenAPIError(
        "BALLOONING_TIMEOUT_BEFORE_MIGRATION", vm
    ),
    "Failed_to_run_script": lambda vm, task, value: XenAPIError("XENAPI_PLUGIN_FAILURE", value),
    "Media_not_ejectable": lambda vm, task, value: XenAPIError("VBD_NOT_REMOVABLE_MEDIA", vm),
    "Media_present": lambda vm, task, value: XenAPIError("VBD_NOT_EMPTY", vm),
}


SQUEEZED: dict[str, Translation] = {
    "Cannot_free_this_much_memory": lambda vm, task, value: XenAPIError(
        "HOST_NOT_ENOUGH_FREE_MEMORY", *(kib * KIB for kib in value)
    ),
    "Invalid_memory_value": lambda vm, task, value: XenAPIError(
        "INVALID_VALUE", "memory", value * KIB
    ),
}


STORAGE: dict[str, Translation] = {
    "Backend_error": _storage,
    "Backend_error_with_backtrace": lambda sr, task, value: _storage(
        sr, task, (value[0], value[1][1:])
    ),
    "Sr_not_attached": lambda sr, task, value: XenAPIError("SR_NOT_ATTACHED", sr),
    "No_storage_plugin_for_sr": lambda sr, task, value: XenAPIError("SR_NOT_ATTACHED", sr),
    "Sr_unhealthy": lambda sr, task, value: XenAPIError(
        "SR_UNHEALTHY", sr, str(value[1]).lower(), "Look at the storage and its network."
    ),
    "Vdi_does_not_exist": lambda sr, task, value: XenAPIError("VDI_MISSING", sr, value),
    "Missing_configuration_parameter": lambda sr, task, value: backend_failure(
        90, f"device_config lacks its key {value!r}"
    ),
    "Cancelled": lambda sr, task, value: XenAPIError("TASK_CANCELLED", task),
    "Unimplemented": lambda sr, task, value: XenAPIError("SR_OPERATION_NOT_SUPPORTED", sr),
}
"""The object that these name is the SR."""


@dataclass(frozen=True)
class Words:
    """The translations of an interface's errors by their tags, and the name of its daemon."""

    daemon: str
    translations: Mapping[str, Translation]


INTERFACES: dict[type[Failure], Words] = {
    XenopsError: Words("xenopsd", XENOPSD),
    SqueezedError: Words("squeezed", SQUEEZED),
    StorageError: Words("storage", STORAGE),
}
"""A row for each interface, by the class of its failures."""


def translate(error: Failure, vm: str, task: str) -> XenAPIError:
    """The client's error for a daemon's; INTERNAL_ERROR with its text if there is no translation.

    A failure's detail becomes the last parameter.
    """
    if error.detail == INTERRUPTED:
        log.warning("work for %s in task %s was interrupted: %s", vm, task, error.value)
        return XenAPIError("HOST_STILL_BOOTING")
    words = INTERFACES[type(error)]
    translation = words.translations.get(error.tag)
    if translation is None:
        return XenAPIError("INTERNAL_ERROR", f"{words.daemon} internal error: {error}")
    translated = translation(vm, task, error.value)
    return (
        XenAPIError(translated.code, *translated.params, error.detail)
        if error.detail
        else translated
    )
