"""The XenAPI class ``PVS_cache_storage``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    create_role=POOL_OPERATOR,
    since="ely",
    constructor=("host", "SR", "site", "size"),
)
class PVS_cache_storage(Object[L["PVS_cache_storage"]]):
    """Where the PVS proxies of a host keep what they cache for a site."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="ely",
        ),
    ]
    host: A[
        Ref[L["host"]],
        field("The host whose proxies cache there.", STATIC, default="OpaqueRef:NULL", since="ely"),
    ]
    SR: A[
        Ref[L["SR"]],
        field(
            "The storage repository that the cache lies on.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]
    site: A[
        Ref[L["PVS_site"]],
        field(
            "The site whose data is cached.",
            STATIC,
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]
    size: A[
        int,
        field("How much the cache may take, in bytes.", STATIC, default=21474836480, since="ely"),
    ]
    VDI: A[
        Ref[L["VDI"]],
        field(
            "The disk that holds the cache; null until a proxy needs it.",
            default="OpaqueRef:NULL",
            since="ely",
        ),
    ]


PVS_cache_storageRef = Ref[L["PVS_cache_storage"]]
