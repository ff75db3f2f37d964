"""The XenAPI class ``Driver_variant``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Driver_variant(Object[L["Driver_variant"]]):
    """One version of a kernel driver."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    name: A[
        str,
        field(
            "Name of the variant, unique within its driver.", history=(("Prototyped", "25.2.0"),)
        ),
    ]
    driver: A[
        Ref[L["Host_driver"]],
        field(
            "The driver that it can be loaded for.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    version: A[
        str,
        field("Release of the driver, as its maker counts.", history=(("Prototyped", "25.2.0"),)),
    ]
    hardware_present: A[
        bool,
        field(
            "Whether the host has hardware that the variant can drive.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    priority: A[
        float,
        field(
            "How strongly it is preferred where several variants would do; the highest wins.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    status: A[
        str,
        field(
            "How far the maker stands behind it, such as production or beta.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[
            Ref[L["Driver_variant"]],
            param("The variant to load; the host must have hardware for it", since=None),
        ],
    ) -> None:
        """Choose this variant of its driver, to be loaded at the host's next boot."""


Driver_variantRef = Ref[L["Driver_variant"]]
