"""The XenAPI class ``Host_driver``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Host_driver(Object[L["Host_driver"]]):
    """A kernel driver of a host."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    host: A[
        Ref[L["host"]],
        field(
            "The host that has the driver installed.",
            STATIC,
            default="",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    name: A[
        str,
        field("The driver's name as its package spells it.", history=(("Prototyped", "25.2.0"),)),
    ]
    friendly_name: A[
        str, field("The driver's name for people.", history=(("Prototyped", "25.2.0"),))
    ]
    variants: A[
        list[Ref[L["Driver_variant"]]],
        field(
            "The versions of the driver that can be chosen from.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    active_variant: A[
        Ref[L["Driver_variant"]],
        field(
            "The variant that is loaded now; null for the one that came with the kernel.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    selected_variant: A[
        Ref[L["Driver_variant"]],
        field(
            "The variant to load at the next boot; null when none was chosen.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    type: A[
        str,
        field(
            "The kind of hardware that it drives, such as network or storage.",
            history=(("Prototyped", "25.2.0"),),
        ),
    ]
    description: A[
        str, field("What the driver is for, in a sentence.", history=(("Prototyped", "25.2.0"),))
    ]
    info: A[
        str, field("Where more is told of it, as an address.", history=(("Prototyped", "25.2.0"),))
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[Ref[L["Host_driver"]], param("The driver that the variant is of", since=None)],
        variant: A[
            Ref[L["Driver_variant"]],
            param("The variant to load; one of the driver's own", since=None),
        ],
    ) -> None:
        """Choose the variant of a driver that the host loads at its next boot."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def deselect(
        self: A[Ref[L["Host_driver"]], param("The driver to reset", since=None)],
    ) -> None:
        """Choose no variant of a driver: from the next boot the host loads the one that came with
        its kernel.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan(
        host: A[Ref[L["host"]], param("The host to look at", since=None)],
    ) -> None:
        """Look at a host's drivers and their variants anew and record what is there."""


Host_driverRef = Ref[L["Host_driver"]]
