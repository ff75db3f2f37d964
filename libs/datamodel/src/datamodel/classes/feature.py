"""The XenAPI class ``Feature``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN


@xenapi_class(create_role=LOCAL_ROOT, since="falcon")
class Feature(Object[L["Feature"]]):
    """A part of the product that may be on or off."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="falcon",
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            STATIC,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", STATIC, default="", column="name__description")
    ]
    enabled: A[bool, field("Whether the host has it switched on.", default=False, since="falcon")]
    experimental: A[
        bool,
        field(
            "Whether it is offered for trial alone, without a promise that it stays.",
            STATIC,
            default=False,
            since="falcon",
        ),
    ]
    version: A[
        str,
        field("Its own version, apart from the product's.", STATIC, default="1.0", since="falcon"),
    ]
    host: A[Ref[L["host"]], field("The host that has or lacks it.", since="falcon")]


FeatureRef = Ref[L["Feature"]]
