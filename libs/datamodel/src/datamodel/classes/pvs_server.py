"""The XenAPI class ``PVS_server``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_server", create_role=POOL_OPERATOR, since="ely")
class PVS_server:
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
    def forget(
        self: A[Ref[L["PVS_server"]], "The PVS_server that is meant"],
    ) -> None:
        """Let the pool forget the PVS_server, which stays as it is."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        addresses: A[list[str], "All the addresses"],
        first_port: A[int, "The first port"],
        last_port: A[int, "The last port"],
        site: A[Ref[L["PVS_site"]], "The PVS_site to take as site"],
    ) -> Ref[L["PVS_server"]]:
        """Tell the pool of a PVS_server that exists already."""
