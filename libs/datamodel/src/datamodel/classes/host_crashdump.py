"""The XenAPI class ``host_crashdump``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR)
class HostCrashdump(Object[L["host_crashdump"]]):
    """What was left of a host that crashed."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.", role=POOL_ADMIN
        ),
    ]
    host: A[Ref[L["host"]], field("The host that crashed.", STATIC)]
    timestamp: A[DateTime, field("When the host crashed.")]
    size: A[int, field("Length of the dump, in bytes.")]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    filename: A[str, field("Name of the dump's folder on the host.", STATIC, internal_only=True)]

    @message(role=POOL_OPERATOR)
    def destroy(
        self: A[Ref[L["host_crashdump"]], "The dump to remove"],
    ) -> None:
        """Remove the dump of a host that crashed from its disk."""

    @message(role=POOL_OPERATOR)
    def upload(
        self: A[Ref[L["host_crashdump"]], "The dump to send"],
        url: A[str, "Where to, by FTP; empty for the maker's address"],
        options: A[dict[str, str], "Further settings by name, such as http_proxy"],
    ) -> None:
        """Send the dump of a host that crashed elsewhere."""


HostCrashdumpRef = Ref[L["host_crashdump"]]
