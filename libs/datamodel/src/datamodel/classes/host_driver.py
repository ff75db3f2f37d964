"""The XenAPI class ``Host_driver``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("Host_driver", create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Host_driver:
    """A Host driver."""

    active_variant: A[
        Ref[L["Driver_variant"]], field("Active variant.", history=(("Prototyped", "25.2.0"),))
    ]
    description: A[str, field("Description.", history=(("Prototyped", "25.2.0"),))]
    friendly_name: A[str, field("Friendly name.", history=(("Prototyped", "25.2.0"),))]
    host: A[Ref[L["host"]], field("Host.", STATIC, default="", history=(("Prototyped", "25.2.0"),))]
    info: A[str, field("Info.", history=(("Prototyped", "25.2.0"),))]
    name: A[str, field("Name.", history=(("Prototyped", "25.2.0"),))]
    selected_variant: A[
        Ref[L["Driver_variant"]], field("Selected variant.", history=(("Prototyped", "25.2.0"),))
    ]
    type: A[str, field("Type.", history=(("Prototyped", "25.2.0"),))]
    uuid: A[str, field("Uuid.", history=(("Prototyped", "25.2.0"),))]
    variants: A[
        list[Ref[L["Driver_variant"]]], field("Variants.", history=(("Prototyped", "25.2.0"),))
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def deselect(
        self: A[Ref[L["Host_driver"]], param("The Host_driver to act on", since=None)],
    ) -> None:
        """Deselect."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def rescan(
        host: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Rescan."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[Ref[L["Host_driver"]], param("The Host_driver to act on", since=None)],
        variant: A[Ref[L["Driver_variant"]], param("Variant", since=None)],
    ) -> None:
        """Select."""
