"""The XenAPI class ``PVS_server``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_server", create_role=POOL_OPERATOR, since="ely")
class PVS_server:
    """A PVS server."""

    addresses: A[list[str], field("Addresses.", STATIC, default=[], since="ely")]
    first_port: A[int, field("First port.", STATIC, default=0, since="ely")]
    last_port: A[int, field("Last port.", STATIC, default=0, since="ely")]
    site: A[Ref[L["PVS_site"]], field("Site.", STATIC, default="OpaqueRef:NULL", since="ely")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="ely")]

    @message(role=POOL_OPERATOR, since="ely")
    def forget(
        self: A[Ref[L["PVS_server"]], "The PVS_server to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        addresses: A[list[str], "Addresses"],
        first_port: A[int, "First port"],
        last_port: A[int, "Last port"],
        site: A[Ref[L["PVS_site"]], "Site"],
    ) -> Ref[L["PVS_server"]]:
        """Introduce."""
