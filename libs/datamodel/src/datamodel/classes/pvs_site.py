"""The XenAPI class ``PVS_site``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_site", create_role=POOL_OPERATOR, since="ely")
class PVS_site:
    """A PVS site."""

    PVS_uuid: A[str, field("PVS uuid.", STATIC, default="", since="ely")]
    cache_storage: A[
        list[Ref[L["PVS_cache_storage"]]],
        field("Cache storage.", default=[], since="ely", ignore_foreign_key=True),
    ]
    name_description: A[
        str, field("Name description.", RW, default="", column="name__description", since="ely")
    ]
    name_label: A[str, field("Name label.", RW, default="", column="name__label", since="ely")]
    proxies: A[list[Ref[L["PVS_proxy"]]], field("Proxies.", since="ely")]
    servers: A[list[Ref[L["PVS_server"]]], field("Servers.", since="ely")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="ely")]

    @message(
        role=POOL_OPERATOR,
        since="ely",
        errors=("PVS_SITE_CONTAINS_RUNNING_PROXIES", "PVS_SITE_CONTAINS_SERVERS"),
    )
    def forget(
        self: A[Ref[L["PVS_site"]], "The PVS_site to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        PVS_uuid: A[str, "PVS uuid"],
    ) -> Ref[L["PVS_site"]]:
        """Introduce."""

    @message(role=POOL_OPERATOR, since="ely")
    def set_PVS_uuid(
        self: A[Ref[L["PVS_site"]], "The PVS_site to act on"],
        value: A[str, "Value"],
    ) -> None:
        """Set PVS uuid."""
