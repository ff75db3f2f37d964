"""The XenAPI class ``PBD``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "PBD", create_role=POOL_OPERATOR, constructor=("host", "SR", "device_config", "other_config")
)
class PBD:
    """A PBD."""

    SR: A[Ref[L["SR"]], field("SR.", STATIC)]
    currently_attached: A[bool, field("Currently attached.")]
    device_config: A[dict[str, str], field("Device config.", STATIC)]
    host: A[Ref[L["host"]], field("Host.", STATIC)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR, errors=("SR_UNKNOWN_DRIVER",))
    def plug(
        self: A[Ref[L["PBD"]], "The PBD to act on"],
    ) -> None:
        """Plug."""

    @message(role=POOL_OPERATOR, since="miami")
    def set_device_config(
        self: A[Ref[L["PBD"]], "The PBD to act on"],
        value: A[dict[str, str], "Value"],
    ) -> None:
        """Set device config."""

    @message(role=POOL_OPERATOR)
    def unplug(
        self: A[Ref[L["PBD"]], "The PBD to act on"],
    ) -> None:
        """Unplug."""
