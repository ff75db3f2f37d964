"""The XenAPI class ``Observer``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
    "Observer",
    create_role=POOL_ADMIN,
    history=(("Prototyped", "23.14.0"),),
    constructor=(
        "name_label",
        "name_description",
        "hosts",
        "attributes",
        "endpoints",
        "components",
        "enabled",
    ),
)
class Observer:
    """Where traces of the toolstack go."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            history=(("Prototyped", "23.14.0"),),
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
        ),
    ]
    name_description: A[
        str, field("What people wrote about it.", RW, default="", column="name__description")
    ]
    attributes: A[
        dict[str, str],
        field(
            "Names and values that are put on every span that it records.",
            STATIC,
            default={},
            history=(("Prototyped", "23.14.0"),),
        ),
    ]
    components: A[
        list[str],
        field(
            "Services whose work it records; empty for all of them.",
            STATIC,
            default=[],
            history=(("Prototyped", "23.14.0"),),
        ),
    ]
    enabled: A[
        bool,
        field(
            "Whether it may be used for something new.",
            STATIC,
            default=False,
            history=(("Prototyped", "23.14.0"),),
        ),
    ]
    endpoints: A[
        list[str],
        field(
            "Where spans go: addresses of collectors, or `bugtool` for files on the host.",
            STATIC,
            default=[],
            history=(("Prototyped", "23.14.0"),),
        ),
    ]
    hosts: A[
        list[Ref[L["host"]]],
        field(
            "Every host that is among its hosts.",
            STATIC,
            default=[],
            history=(("Prototyped", "23.14.0"),),
            ignore_foreign_key=True,
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def register(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        host: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Hear of changes in these classes."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_attributes(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        value: A[dict[str, str], param("The new value", since=None)],
    ) -> None:
        """Set the attributes of the Observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_components(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        value: A[list[str], param("The new value", since=None)],
    ) -> None:
        """Set the components of the Observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_enabled(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        value: A[bool, param("The new value", since=None)],
    ) -> None:
        """Set the enabled of the Observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_endpoints(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        value: A[list[str], param("The new value", since=None)],
    ) -> None:
        """Set the endpoints of the Observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_hosts(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        value: A[list[Ref[L["host"]]], param("The new value", since=None)],
    ) -> None:
        """Set the hosts of the Observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def unregister(
        self: A[Ref[L["Observer"]], param("The Observer that is meant", since=None)],
        host: A[Ref[L["host"]], param("The host that is meant", since=None)],
    ) -> None:
        """Hear no more of changes in these classes."""
