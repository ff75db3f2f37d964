"""The XenAPI class ``Repository``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class("Repository", create_role=POOL_OPERATOR, since="1.301.0")
class Repository:
    """A source of updates."""

    uuid: A[
        str,
        field(
            "Identifies the object for ever, on every pool that it may travel to.",
            role=POOL_ADMIN,
            since="1.301.0",
        ),
    ]
    name_label: A[
        str,
        field(
            "The name that people gave it; need not be unique.",
            RW,
            default="",
            column="name__label",
            client_cert=("setter",),
        ),
    ]
    name_description: A[
        str,
        field(
            "What people wrote about it.",
            RW,
            default="",
            column="name__description",
            client_cert=("setter",),
        ),
    ]
    binary_url: A[
        str,
        field(
            "Where the packages are fetched from.",
            STATIC,
            default="",
            since="1.301.0",
            client_cert=("setter",),
        ),
    ]
    certificate: A[
        str,
        field(
            "Certificate that the far end of a remote pool must present.",
            STATIC,
            default="",
            history=(("Prototyped", "25.7.0"),),
            client_cert=("setter",),
        ),
    ]
    gpgkey_path: A[
        str,
        field(
            "Path of the key that its metadata are signed with.",
            STATIC,
            default="",
            history=(("Prototyped", "22.12.0"),),
            client_cert=("setter",),
        ),
    ]
    hash: A[
        str,
        field(
            "SHA-256 of the updates' metadata as last synchronised.",
            default="",
            since="1.301.0",
            client_cert=("setter",),
        ),
    ]
    origin: A[
        enums.Origin,
        field(
            "Which of the known kinds its origin is.",
            STATIC,
            default="remote",
            history=(("Prototyped", "24.23.0"),),
            client_cert=("setter",),
        ),
    ]
    source_url: A[
        str,
        field(
            "Where the sources are fetched from.",
            STATIC,
            default="",
            since="1.301.0",
            client_cert=("setter",),
        ),
    ]
    up_to_date: A[
        bool,
        field(
            "Whether it says yes to: up to date.",
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
        bool,
        field(
            "Whether it says yes to: update.",
            STATIC,
            default=False,
            since="1.301.0",
            client_cert=("setter",),
        ),
    ]

    @message(role=POOL_OPERATOR, since="1.301.0", pool_internal=True, hidden=True, client_cert=True)
    def apply(
        host: A[Ref[L["host"]], "The host that is meant"],
    ) -> None:
        """Have the Repository do this: apply."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "22.20.0"),),
        pool_internal=True,
        hidden=True,
        client_cert=True,
    )
    def apply_livepatch(
        host: A[Ref[L["host"]], param("The host that is meant", since=None)],
        component: A[str, param("The component", since=None)],
        base_build_id: A[str, param("The base build id", since=None)],
        base_version: A[str, param("The base version", since=None)],
        base_release: A[str, param("The base release", since=None)],
        to_version: A[str, param("The to version", since=None)],
        to_release: A[str, param("The to release", since=None)],
    ) -> None:
        """Apply the livepatch to the Repository."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def forget(
        self: A[Ref[L["Repository"]], "The Repository that is meant"],
    ) -> None:
        """Let the pool forget the Repository, which stays as it is."""

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def introduce(
        name_label: A[str, "The name to give"],
        name_description: A[str, "The name description"],
        binary_url: A[str, "The binary url"],
        source_url: A[str, "The source url"],
        update: A[bool, "Whether to: update"],
        gpgkey_path: A[str, "The gpgkey path"] = "",
    ) -> Ref[L["Repository"]]:
        """Tell the pool of a Repository that exists already."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.23.0"),), client_cert=True)
    def introduce_bundle(
        name_label: A[str, param("The name to give", since=None)],
        name_description: A[str, param("The name description", since=None)],
    ) -> Ref[L["Repository"]]:
        """Have the Repository do this: introduce bundle."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "25.7.0"),), client_cert=True)
    def introduce_remote_pool(
        name_label: A[str, param("The name to give", since=None)],
        name_description: A[str, param("The name description", since=None)],
        binary_url: A[str, param("The binary url", since=None)],
        certificate: A[str, param("The certificate", since=None)],
    ) -> Ref[L["Repository"]]:
        """Have the Repository do this: introduce remote pool."""

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.12.0"),), client_cert=True)
    def set_gpgkey_path(
        self: A[Ref[L["Repository"]], param("The Repository that is meant", since=None)],
        value: A[str, param("The new value", since=None)],
    ) -> None:
        """Set the gpgkey path of the Repository."""
