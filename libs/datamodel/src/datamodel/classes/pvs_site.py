"""The XenAPI class ``PVS_site``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("PVS_site", create_role=POOL_OPERATOR, since="ely")
class PVS_site:
    """A site of provisioning servers."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="ely",
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            since="ely",
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.", RW, default="", column="name__description", since="ely"
        ),
    ]
    PVS_uuid: A[
        str,
        field(
            "The identity that the provisioning software gives the site.",
            STATIC,
            default="",
            since="ely",
        ),
    ]
    cache_storage: A[
        list[Ref[L["PVS_cache_storage"]]],
        field(
            "Every PVS_cache_storage that is among its cache storage.",
            default=[],
            since="ely",
            ignore_foreign_key=True,
        ),
    ]
    proxies: A[
        list[Ref[L["PVS_proxy"]]], field("Every PVS_proxy that is among its proxies.", since="ely")
    ]
    servers: A[
        list[Ref[L["PVS_server"]]],
        field("Every PVS_server that is among its servers.", since="ely"),
    ]

    @message(
        role=POOL_OPERATOR,
        since="ely",
        errors=("PVS_SITE_CONTAINS_RUNNING_PROXIES", "PVS_SITE_CONTAINS_SERVERS"),
    )
    def forget(
        self: A[Ref[L["PVS_site"]], "The PVS_site that is meant"],
    ) -> None:
        """Let the pool forget the PVS_site, which stays as it is."""

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        PVS_uuid: A[str, "The PVS uuid"],
    ) -> Ref[L["PVS_site"]]:
        """Tell the pool of a PVS_site that exists already."""

    @message(role=POOL_OPERATOR, since="ely")
    def set_PVS_uuid(
        self: A[Ref[L["PVS_site"]], "The PVS_site that is meant"],
        value: A[str, "The new value"],
    ) -> None:
        """Set the PVS uuid of the PVS_site."""
