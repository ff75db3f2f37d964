"""The XenAPI class ``PVS_cache_storage``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(
    "PVS_cache_storage",
    create_role=POOL_OPERATOR,
    since="ely",
    constructor=("host", "SR", "site", "size"),
)
class PVS_cache_storage:
    """A PVS cache storage."""

    SR: A[Ref[L["SR"]], field("SR.", STATIC, default="OpaqueRef:NULL", since="ely")]
    VDI: A[Ref[L["VDI"]], field("VDI.", default="OpaqueRef:NULL", since="ely")]
    host: A[Ref[L["host"]], field("Host.", STATIC, default="OpaqueRef:NULL", since="ely")]
    site: A[Ref[L["PVS_site"]], field("Site.", STATIC, default="OpaqueRef:NULL", since="ely")]
    size: A[int, field("Size.", STATIC, default=21474836480, since="ely")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="ely")]
