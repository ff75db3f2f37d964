"""The XenAPI class ``PVS_server``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="ely")
class PVS_server(Object[L["PVS_server"]]):
    """A provisioning server."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="ely",
        ),
    ]
    addresses: A[
        list[str],
        field("Where the server listens, as IPv4 addresses.", STATIC, default=[], since="ely"),
    ]
    first_port: A[
        int, field("The lowest UDP port that it answers on.", STATIC, default=0, since="ely")
    ]
    last_port: A[
        int, field("The highest UDP port that it answers on.", STATIC, default=0, since="ely")
    ]
    site: A[
        Ref[L["PVS_site"]],
        field(
            "The site that it serves.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        addresses: A[
            list[str], "IPv4 addresses of the server; none may belong to another server already"
        ],
        first_port: A[int, "The lowest UDP port that it answers on"],
        last_port: A[int, "The highest UDP port that it answers on, not below the lowest"],
        site: A[Ref[L["PVS_site"]], "The site that it serves"],
    ) -> Ref[L["PVS_server"]]:
        """Record a provisioning server that exists."""

    @message(role=POOL_OPERATOR, since="ely")
    def forget(
        self: A[Ref[L["PVS_server"]], "The server to forget"],
    ) -> None:
        """Remove the record of a provisioning server."""


PVS_serverRef = Ref[L["PVS_server"]]
