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
    """A Observer."""

    attributes: A[
        dict[str, str],
        field("Attributes.", STATIC, default={}, history=(("Prototyped", "23.14.0"),)),
    ]
    components: A[
        list[str], field("Components.", STATIC, default=[], history=(("Prototyped", "23.14.0"),))
    ]
    enabled: A[bool, field("Enabled.", STATIC, default=False, history=(("Prototyped", "23.14.0"),))]
    endpoints: A[
        list[str], field("Endpoints.", STATIC, default=[], history=(("Prototyped", "23.14.0"),))
    ]
    hosts: A[
        list[Ref[L["host"]]],
        field(
            "Hosts.",
            STATIC,
            default=[],
            history=(("Prototyped", "23.14.0"),),
            ignore_foreign_key=True,
        ),
    ]
    name_description: A[str, field("Name description.", RW, default="", column="name__description")]
    name_label: A[str, field("Name label.", RW, default="", column="name__label")]
    uuid: A[str, field("Uuid.", history=(("Prototyped", "23.14.0"),))]

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def register(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        host: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Register."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_attributes(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        value: A[dict[str, str], param("Value", since=None)],
    ) -> None:
        """Set attributes."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_components(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        value: A[list[str], param("Value", since=None)],
    ) -> None:
        """Set components."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_enabled(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        value: A[bool, param("Value", since=None)],
    ) -> None:
        """Set enabled."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_endpoints(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        value: A[list[str], param("Value", since=None)],
    ) -> None:
        """Set endpoints."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),))
    def set_hosts(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        value: A[list[Ref[L["host"]]], param("Value", since=None)],
    ) -> None:
        """Set hosts."""

    @message(role=POOL_ADMIN, history=(("Prototyped", "23.14.0"),), hidden=True)
    def unregister(
        self: A[Ref[L["Observer"]], param("The Observer to act on", since=None)],
        host: A[Ref[L["host"]], param("The host to act on", since=None)],
    ) -> None:
        """Unregister."""
