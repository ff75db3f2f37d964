"""The XenAPI class ``Feature``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN


@xenapi_class("Feature", create_role=LOCAL_ROOT, since="falcon")
class Feature:
    """A Feature."""

    enabled: A[bool, field("Enabled.", default=False, since="falcon")]
    experimental: A[bool, field("Experimental.", STATIC, default=False, since="falcon")]
    host: A[Ref[L["host"]], field("Host.", since="falcon")]
    name_description: A[
        str, field("Name description.", STATIC, default="", column="name__description")
    ]
    name_label: A[str, field("Name label.", STATIC, default="", column="name__label")]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="falcon")]
    version: A[str, field("Version.", STATIC, default="1.0", since="falcon")]
