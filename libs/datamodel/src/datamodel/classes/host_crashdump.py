"""The XenAPI class ``host_crashdump``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("host_crashdump", create_role=POOL_OPERATOR)
class HostCrashdump:
    """A host crashdump."""

    filename: A[str, field("Filename.", STATIC, internal_only=True)]
    host: A[Ref[L["host"]], field("Host.", STATIC)]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    size: A[int, field("Size.")]
    timestamp: A[DateTime, field("Timestamp.")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN)]

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["host_crashdump"]], "The host_crashdump to act on"],
    ) -> None:
        """Destroy."""

    @message(role=POOL_OPERATOR)
    def upload(
        self: A[Ref[L["host_crashdump"]], "The host_crashdump to act on"],
        url: A[str, "Url"],
        options: A[dict[str, str], "Options"],
    ) -> None:
        """Upload."""
