"""The XenAPI class ``PVS_site``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="ely")
class PVS_site(Object[L["PVS_site"]]):
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
            "Where the site's data is cached, one place for each host.",
            default=[],
            since="ely",
            ignore_foreign_key=True,
        ),
    ]
    servers: A[
        list[Ref[L["PVS_server"]]],
        field("The provisioning servers of the site.", since="ely"),
    ]
    proxies: A[
        list[Ref[L["PVS_proxy"]]], field("The proxies that serve VMs of the site.", since="ely")
    ]

    @message(role=POOL_OPERATOR, since="ely")
    def introduce(
        name_label: A[str, "The name that people see"],
        name_description: A[str, "What people say about it"],
        PVS_uuid: A[str, "The identity that the provisioning software gives the site"],
    ) -> Ref[L["PVS_site"]]:
        """Record a site of provisioning servers that exists."""

    @message(
        role=POOL_OPERATOR,
        since="ely",
        errors=("PVS_SITE_CONTAINS_RUNNING_PROXIES", "PVS_SITE_CONTAINS_SERVERS"),
    )
    def forget(
        self: A[Ref[L["PVS_site"]], "The site to forget"],
    ) -> None:
        """Remove the record of a site, once it has neither servers nor running proxies."""

    @message(role=POOL_OPERATOR, since="ely")
    def set_PVS_uuid(
        self: A[Ref[L["PVS_site"]], "The site to change"],
        value: A[str, "That identity; empty when it is not known"],
    ) -> None:
        """Change the identity by which the provisioning software knows a site."""


PVS_siteRef = Ref[L["PVS_site"]]
