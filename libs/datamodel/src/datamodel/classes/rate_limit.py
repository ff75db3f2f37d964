"""The XenAPI class ``Rate_limit``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    "Rate_limit",
    create_role=POOL_ADMIN,
    history=(("Prototyped", "26.17.0"),),
    constructor=("name_label", "name_description", "burst_size", "fill_rate"),
)
class Rate_limit:
    """A Rate limit."""

    burst_size: A[
        float, field("Burst size.", STATIC, default=0.0, history=(("Prototyped", "26.17.0"),))
    ]
    callers: A[list[Ref[L["Caller"]]], field("Callers.", history=(("Prototyped", "26.17.0"),))]
    fill_rate: A[
        float, field("Fill rate.", STATIC, default=0.0, history=(("Prototyped", "26.17.0"),))
    ]
    name_description: A[
        str,
        field(
            "Name description.",
            RW,
            default="",
            column="name__description",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_label: A[
        str,
        field(
            "Name label.",
            RW,
            default="",
            column="name__label",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    uuid: A[str, field("Uuid.", history=(("Prototyped", "26.17.0"),))]

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def add_caller(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit to act on", since=None)],
        caller: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
    ) -> None:
        """Add caller."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def remove_caller(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit to act on", since=None)],
        caller: A[Ref[L["Caller"]], param("The Caller to act on", since=None)],
    ) -> None:
        """Remove caller."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_burst_size(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit to act on", since=None)],
        value: A[float, param("Value", since=None)],
    ) -> None:
        """Set burst size."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_fill_rate(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit to act on", since=None)],
        value: A[float, param("Value", since=None)],
    ) -> None:
        """Set fill rate."""
