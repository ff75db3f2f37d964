"""The XenAPI class ``Repository``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("Repository", create_role=POOL_OPERATOR, since="1.301.0")
class Repository:
    """A Repository."""

    binary_url: A[
        str, field("Binary url.", STATIC, default="", since="1.301.0", client_cert=("setter",))
    ]
    certificate: A[
        str,
        field(
            "Certificate.",
            STATIC,
            default="",
            history=(("Prototyped", "25.7.0"),),
            client_cert=("setter",),
        ),
    ]
    gpgkey_path: A[
        str,
        field(
            "Gpgkey path.",
            STATIC,
            default="",
            history=(("Prototyped", "22.12.0"),),
            client_cert=("setter",),
        ),
    ]
    hash: A[str, field("Hash.", default="", since="1.301.0", client_cert=("setter",))]
    name_description: A[
        str,
        field(
            "Name description.", RW, default="", column="name__description", client_cert=("setter",)
        ),
    ]
    name_label: A[
        str, field("Name label.", RW, default="", column="name__label", client_cert=("setter",))
    ]
    origin: A[
        enums.Origin,
        field(
            "Origin.",
            STATIC,
            default="remote",
            history=(("Prototyped", "24.23.0"),),
            client_cert=("setter",),
        ),
    ]
    source_url: A[
        str, field("Source url.", STATIC, default="", since="1.301.0", client_cert=("setter",))
    ]
    up_to_date: A[
        bool,
        field(
            "Up to date.",
            default=False,
            history=(
                ("Published", "1.301.0"),
                ("Deprecated", "23.18.0"),
                ("Removed", "23.18.0"),
            ),
            client_cert=("setter",),
        ),
    ]
    update: A[
        bool, field("Update.", STATIC, default=False, since="1.301.0", client_cert=("setter",))
    ]
    uuid: A[str, field("Uuid.", role=POOL_ADMIN, since="1.301.0")]

    @message(role=POOL_OPERATOR, since="1.301.0", pool_internal=True, hidden=True, client_cert=True)
    def apply(
        host: A[Ref[L["host"]], "The host to act on"],
    ) -> None:
        """Apply."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "22.20.0"),),
        pool_internal=True,
        hidden=True,
        client_cert=True,
    )
    def apply_livepatch(
        host: A[Ref[L["host"]], param("The host to act on", since=None)],
        component: A[str, param("Component", since=None)],
        base_build_id: A[str, param("Base build id", since=None)],
        base_version: A[str, param("Base version", since=None)],
        base_release: A[str, param("Base release", since=None)],
        to_version: A[str, param("To version", since=None)],
        to_release: A[str, param("To release", since=None)],
    ) -> None:
        """Apply livepatch."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def forget(
        self: A[Ref[L["Repository"]], "The Repository to act on"],
    ) -> None:
        """Forget."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def introduce(
        name_label: A[str, "Name label"],
        name_description: A[str, "Name description"],
        binary_url: A[str, "Binary url"],
        source_url: A[str, "Source url"],
        update: A[bool, "Update"],
        gpgkey_path: A[str, "Gpgkey path"] = "",
    ) -> Ref[L["Repository"]]:
        """Introduce."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.23.0"),), client_cert=True)
    def introduce_bundle(
        name_label: A[str, param("Name label", since=None)],
        name_description: A[str, param("Name description", since=None)],
    ) -> Ref[L["Repository"]]:
        """Introduce bundle."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "25.7.0"),), client_cert=True)
    def introduce_remote_pool(
        name_label: A[str, param("Name label", since=None)],
        name_description: A[str, param("Name description", since=None)],
        binary_url: A[str, param("Binary url", since=None)],
        certificate: A[str, param("Certificate", since=None)],
    ) -> Ref[L["Repository"]]:
        """Introduce remote pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.12.0"),), client_cert=True)
    def set_gpgkey_path(
        self: A[Ref[L["Repository"]], param("The Repository to act on", since=None)],
        value: A[str, param("Value", since=None)],
    ) -> None:
        """Set gpgkey path."""
