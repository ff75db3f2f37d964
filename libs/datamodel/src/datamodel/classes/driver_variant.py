"""The XenAPI class ``Driver_variant``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("Driver_variant", create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Driver_variant:
    """One version of a kernel driver."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    driver: A[
        Ref[L["Host_driver"]],
        field(
            "The driver that this is a variant of.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    hardware_present: A[
        bool,
        field("Whether it says yes to: hardware present.", history=(("Prototyped", "25.2.0"),)),
    ]
    name: A[
        str,
        field(
            "Name of the variant, unique within its driver.", history=(("Prototyped", "25.2.0"),)
        ),
    ]
    priority: A[
        float, field("Its priority, as a fraction or a rate.", history=(("Prototyped", "25.2.0"),))
    ]
    status: A[
        str,
        field(
            "How far the maker stands behind it, such as production or beta.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    version: A[str, field("How often it was recovered.", history=(("Prototyped", "25.2.0"),))]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[Ref[L["Driver_variant"]], param("The Driver_variant that is meant", since=None)],
    ) -> None:
        """Have the Driver_variant do this: select."""
