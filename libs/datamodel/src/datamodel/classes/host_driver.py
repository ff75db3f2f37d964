"""The XenAPI class ``Host_driver``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("Host_driver", create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Host_driver:
    """A kernel driver of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    active_variant: A[
        Ref[L["Driver_variant"]],
        field(
            "The Driver_variant that is its active variant; null while there is none.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    description: A[str, field("Its description, as text.", history=(("Prototyped", "25.2.0"),))]
    friendly_name: A[str, field("Its friendly name, as text.", history=(("Prototyped", "25.2.0"),))]
    host: A[
        Ref[L["host"]],
        field(
            "The host that it belongs to.", STATIC, default="", history=(("Prototyped", "25.2.0"),)
        ),
    ]
    info: A[str, field("Its info, as text.", history=(("Prototyped", "25.2.0"),))]
    name: A[str, field("Its name, as text.", history=(("Prototyped", "25.2.0"),))]
    selected_variant: A[
        Ref[L["Driver_variant"]],
        field(
            "The Driver_variant that is its selected variant; null while there is none.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    type: A[str, field("What kind it is.", history=(("Prototyped", "25.2.0"),))]
    variants: A[
        list[Ref[L["Driver_variant"]]],
        field(
            "Every Driver_variant that is among its variants.", history=(("Prototyped", "25.2.0"),)
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def deselect(
        self: A[Ref[L["Host_driver"]], param("The Host_driver that is meant", since=None)],
    ) -> None:
        """Have the Host_driver do this: deselect."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan(
        host: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Have the Host_driver do this: rescan."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[Ref[L["Host_driver"]], param("The Host_driver that is meant", since=None)],
        variant: A[
            Ref[L["Driver_variant"]], param("The Driver_variant to take as variant", since=None)
        ],
    ) -> None:
        """Have the Host_driver do this: select."""
