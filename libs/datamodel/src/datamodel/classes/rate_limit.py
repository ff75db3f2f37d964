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
    """How often clients may call."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    burst_size: A[
        float,
        field(
            "Its burst size, as a fraction or a rate.",
            STATIC,
            default=0.0,
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    callers: A[
        list[Ref[L["Caller"]]],
        field("Every Caller that is among its callers.", history=(("Prototyped", "26.17.0"),)),
    ]
    fill_rate: A[
        float,
        field(
            "Its fill rate, as a fraction or a rate.",
            STATIC,
            default=0.0,
            history=(("Prototyped", "26.17.0"),),
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def add_caller(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit that is meant", since=None)],
        caller: A[Ref[L["Caller"]], param("The Caller that is meant", since=None)],
    ) -> None:
        """Add to the caller of the Rate_limit."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def remove_caller(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit that is meant", since=None)],
        caller: A[Ref[L["Caller"]], param("The Caller that is meant", since=None)],
    ) -> None:
        """Remove from the caller of the Rate_limit."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_burst_size(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit that is meant", since=None)],
        value: A[float, param("The new value", since=None)],
    ) -> None:
        """Set the burst size of the Rate_limit."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_fill_rate(
        self: A[Ref[L["Rate_limit"]], param("The Rate_limit that is meant", since=None)],
        value: A[float, param("The new value", since=None)],
    ) -> None:
        """Set the fill rate of the Rate_limit."""
