"""Messages whose whole answer is a refusal: what they ask for is gone, or not for clients."""

from typing import NoReturn

from datamodel import XenAPIError
from datamodel.refusals import number
from datamodel.values import invalid_value

from forwarder.core.context import Context
from forwarder.core.registry import Function, implements

ALWAYS: dict[str, tuple[str, ...]] = {
    "console.create": ("NOT_IMPLEMENTED", "Console.create"),
    "console.destroy": ("NOT_IMPLEMENTED", "Console.destroy"),
    "host.get_log": ("NOT_IMPLEMENTED", "get_log"),
    "host.list_methods": ("NOT_IMPLEMENTED", "list_method"),
    "pool.test_archive_target": ("MESSAGE_REMOVED",),
    "VDI.resize_online": ("MESSAGE_REMOVED",),
    "SR.make": ("MESSAGE_DEPRECATED",),
    "host.set_uefi_certificates": (
        "OPERATION_NOT_ALLOWED",
        "To set UEFI certificates use: `Pool.set_custom_uefi_certificates`",
    ),
    "pool.set_uefi_certificates": (
        "OPERATION_NOT_ALLOWED",
        "Setting UEFI certificates is deprecated, please use `set_custom_uefi_certificates`",
    ),
    "pool.set_custom_uefi_certificates": (
        "OPERATION_NOT_ALLOWED",
        "Setting UEFI certificates is not possible when allow_custom_uefi_certs is false",
    ),
    "SDN_controller.introduce": (
        "OPERATION_NOT_ALLOWED",
        "host not configured for vswitch operation",
    ),
    "pool.deconfigure_wlb": ("WLB_NOT_INITIALIZED",),
    "pool.retrieve_wlb_configuration": ("WLB_NOT_INITIALIZED",),
    "pool.retrieve_wlb_recommendations": ("WLB_NOT_INITIALIZED",),
    "pool.send_wlb_configuration": ("WLB_NOT_INITIALIZED",),
}
"""The refusal of each, whatever it is asked about."""

TOKEN_TIMEOUT_MIN_S, TOKEN_COEFFICIENT_MIN_S = 1.0, 0.65

OF_STORAGE = ("SR.set_physical_size", "SR.set_physical_utilisation", "SR.set_virtual_allocation")
OF_STORAGE_ON = {
    "VDI": (
        *("cbt_enabled", "is_a_snapshot", "managed", "metadata_of_pool", "missing"),
        *("physical_utilisation", "read_only", "sharable", "snapshot_of", "snapshot_time"),
        *("virtual_size",),
    ),
    "PBD": ("device_config",),
}
"""What only the storage's own plugins may write, because only they know it."""


def _refusal(code: str, *params: str) -> Function:
    def refuse(ctx: Context, *asked: object) -> NoReturn:
        raise XenAPIError(code, *params)

    return refuse


for _wire, _description in ALWAYS.items():
    implements(_wire, looked_at=())(_refusal(*_description))

for _wire in (*OF_STORAGE, "VDI.db_introduce"):
    implements(_wire, looked_at=())(_refusal("PERMISSION_DENIED", ""))
for _cls, _fields in OF_STORAGE_ON.items():
    for _field in _fields:
        implements(f"{_cls}.set_{_field}", looked_at=("self",))(_refusal("PERMISSION_DENIED", ""))
implements("VDI.db_forget")(_refusal("PERMISSION_DENIED", ""))

implements("VDI.force_unlock")(_refusal("MESSAGE_DEPRECATED"))
implements("VM.add_to_VCPUs_params_live")(_refusal("NOT_IMPLEMENTED", "add_to_VCPUs_params_live"))
implements("VM.retrieve_wlb_recommendations")(_refusal("WLB_NOT_INITIALIZED"))
implements("host.retrieve_wlb_evacuate_recommendations")(_refusal("WLB_NOT_INITIALIZED"))


@implements("VBD.pause")
def pause(ctx: Context, self: str) -> str:
    raise _unsupported(ctx, self)


@implements("VBD.unpause")
def unpause(ctx: Context, self: str, token: str) -> None:
    raise _unsupported(ctx, self)


def _unsupported(ctx: Context, vbd: str) -> XenAPIError:
    """No storage can pause one of its disks."""
    vdi = ctx.view.get("VDI", ctx.view.get("VBD", vbd)["VDI"])
    return XenAPIError("SR_OPERATION_NOT_SUPPORTED", vdi["SR"])


@implements("Cluster.create", looked_at=())
def create_cluster(
    ctx: Context,
    pif: str,
    cluster_stack: str,
    pool_auto_join: bool,
    token_timeout: float,
    token_timeout_coefficient: float,
) -> NoReturn:
    """There is no cluster stack, so none has this name."""
    raise XenAPIError("INVALID_CLUSTER_STACK", cluster_stack)


@implements("Cluster.pool_create", looked_at=())
def create_cluster_of_pool(
    ctx: Context,
    network: str,
    cluster_stack: str,
    token_timeout: float,
    token_timeout_coefficient: float,
) -> NoReturn:
    if token_timeout < TOKEN_TIMEOUT_MIN_S:
        raise invalid_value("token_timeout", number(token_timeout))
    if token_timeout_coefficient < TOKEN_COEFFICIENT_MIN_S:
        raise invalid_value("token_timeout_coefficient", number(token_timeout_coefficient))
    raise XenAPIError("INVALID_CLUSTER_STACK", cluster_stack)
