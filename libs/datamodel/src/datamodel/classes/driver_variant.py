"""The XenAPI class ``Driver_variant``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class("Driver_variant", create_role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
class Driver_variant:
    """A Driver variant."""

    driver: A[Ref[L["Host_driver"]], field("Driver.", history=(("Prototyped", "25.2.0"),))]
    hardware_present: A[bool, field("Hardware present.", history=(("Prototyped", "25.2.0"),))]
    name: A[str, field("Name.", history=(("Prototyped", "25.2.0"),))]
    priority: A[float, field("Priority.", history=(("Prototyped", "25.2.0"),))]
    status: A[str, field("Status.", history=(("Prototyped", "25.2.0"),))]
    uuid: A[str, field("Uuid.", history=(("Prototyped", "25.2.0"),))]
    version: A[str, field("Version.", history=(("Prototyped", "25.2.0"),))]

    @message(role=POOL_ADMIN, history=(("Prototyped", "25.2.0"),))
    def select(
        self: A[Ref[L["Driver_variant"]], param("The Driver_variant to act on", since=None)],
    ) -> None:
        """Select."""
