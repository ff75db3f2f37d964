"""The XenAPI class ``Observer``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN


@xenapi_class(
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
class Observer(Object[L["Observer"]]):
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
    hosts: A[
        list[Ref[L["host"]]],
        field(
            "The hosts whose work it records; empty for all of them.",
            STATIC,
            default=[],
            history=(("Prototyped", "23.14.0"),),
            ignore_foreign_key=True,
        ),
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
    endpoints: A[
        list[str],
        field(
            "Where spans go: addresses of collectors, or `bugtool` for files on the host.",
            STATIC,
            default=[],
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
            "Whether spans are recorded for it now.",
            STATIC,
            default=False,
            history=(("Prototyped", "23.14.0"),),
        ),
    ]

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def register(
        self: A[Ref[L["Observer"]], param("The observer to serve", since=None)],
        host: A[Ref[L["host"]], param("The host that begins to trace", since=None)],
    ) -> None:
        """Have the services of one host begin to trace for an observer; the pool calls it when one
        is made.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def unregister(
        self: A[Ref[L["Observer"]], param("The observer to leave", since=None)],
        host: A[Ref[L["host"]], param("The host that stops", since=None)],
    ) -> None:
        """Have the services of one host stop tracing for an observer; the pool calls it when one is
        destroyed.
        """

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_hosts(
        self: A[Ref[L["Observer"]], param("The observer to change", since=None)],
        value: A[
            list[Ref[L["host"]]], param("The hosts; empty for every host of the pool", since=None)
        ],
    ) -> None:
        """Choose the hosts whose work an observer records."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_enabled(
        self: A[Ref[L["Observer"]], param("The observer to switch", since=None)],
        value: A[bool, param("Whether spans are to be recorded", since=None)],
    ) -> None:
        """Switch the tracing for an observer on or off."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_attributes(
        self: A[Ref[L["Observer"]], param("The observer to change", since=None)],
        value: A[dict[str, str], param("All of them, by name", since=None)],
    ) -> None:
        """Replace the names and values that are put on every span of an observer."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_endpoints(
        self: A[Ref[L["Observer"]], param("The observer to change", since=None)],
        value: A[
            list[str],
            param(
                "Addresses of collectors that speak Zipkin's HTTP, or `bugtool` for files on the host",
                since=None,
            ),
        ],
    ) -> None:
        """Choose where the spans of an observer go."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_components(
        self: A[Ref[L["Observer"]], param("The observer to change", since=None)],
        value: A[
            list[str],
            param(
                "Names of services, such as xapi, xenopsd or smapi; empty for all of them",
                since=None,
            ),
        ],
    ) -> None:
        """Choose the services whose work an observer records."""


ObserverRef = Ref[L["Observer"]]
