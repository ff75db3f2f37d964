"""The XenAPI class ``Rate_limit``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    create_role=POOL_ADMIN,
    history=(("Prototyped", "26.17.0"),),
    constructor=("name_label", "name_description", "burst_size", "fill_rate"),
)
class Rate_limit(Object[L["Rate_limit"]]):
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
    callers: A[
        list[Ref[L["Caller"]]],
        field("The clients that are held to the limit.", history=(("Prototyped", "26.17.0"),)),
    ]
    burst_size: A[
        float,
        field(
            "How many tokens a client may save up, and so spend at once.",
            STATIC,
            default=0.0,
            history=(("Prototyped", "26.17.0"),),
        ),
    ]
    fill_rate: A[
        float,
        field(
            "How many tokens a client gains each second.",
            STATIC,
            default=0.0,
            history=(("Prototyped", "26.17.0"),),
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def add_caller(
        self: A[Ref[L["Rate_limit"]], param("The limit to apply", since=None)],
        caller: A[
            Ref[L["Caller"]], param("The client; it must not be held to another limit", since=None)
        ],
    ) -> None:
        """Hold one more client to a limit."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def remove_caller(
        self: A[Ref[L["Rate_limit"]], param("The limit to lift", since=None)],
        caller: A[Ref[L["Caller"]], param("The client to let go", since=None)],
    ) -> None:
        """Hold a client to a limit no longer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_burst_size(
        self: A[Ref[L["Rate_limit"]], param("The limit to change", since=None)],
        value: A[float, param("Tokens; more than 0", since=None)],
    ) -> None:
        """Change how many tokens the clients of a limit may save up."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "26.17.0"),))
    def set_fill_rate(
        self: A[Ref[L["Rate_limit"]], param("The limit to change", since=None)],
        value: A[float, param("Tokens a second; more than 0", since=None)],
    ) -> None:
        """Change how many tokens the clients of a limit gain."""


Rate_limitRef = Ref[L["Rate_limit"]]
