"""The XenAPI class ``Repository``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel import enums
from datamodel.idl import RW, STATIC, Object, Ref, field, message, param, xenapi_class
from datamodel.roles import POOL_ADMIN, POOL_OPERATOR


@xenapi_class(create_role=POOL_OPERATOR, since="1.301.0")
class Repository(Object[L["Repository"]]):
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
    update: A[
        bool,
        field(
            "Whether it holds updates, as opposed to a whole installation.",
            STATIC,
            default=False,
            since="1.301.0",
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
    up_to_date: A[
        bool,
        field(
            "Whether every host has all of its updates installed.",
            default=False,
            history=(
                ("Published", "1.301.0"),
                ("Deprecated", "23.18.0"),
                ("Removed", "23.18.0"),
            ),
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
    origin: A[
        enums.Origin,
        field(
            "Whether it is fetched from afar, unpacked from a bundle, or read from another pool.",
            STATIC,
            default="remote",
            history=(("Prototyped", "24.23.0"),),
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

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def introduce(
        name_label: A[str, "The name that people see; must be unique among repositories"],
        name_description: A[str, "What people say about it"],
        binary_url: A[str, "Where the packages are fetched from"],
        source_url: A[str, "Where the sources are fetched from"],
        update: A[bool, "Whether it holds updates, as opposed to a whole installation"],
        gpgkey_path: A[
            str,
            "Path on the hosts of the key that its metadata are signed with; empty for the default key",
        ] = "",
    ) -> Ref[L["Repository"]]:
        """Record a repository of updates that is fetched over HTTP; pool.set_repositories puts it
        to use.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "24.23.0"),), client_cert=True)
    def introduce_bundle(
        name_label: A[str, param("The name that people see", since=None)],
        name_description: A[str, param("What people say about it", since=None)],
    ) -> Ref[L["Repository"]]:
        """Record the repository that takes bundles of updates which administrators upload; a pool
        has one at most.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "25.7.0"),), client_cert=True)
    def introduce_remote_pool(
        name_label: A[str, param("The name that people see", since=None)],
        name_description: A[str, param("What people say about it", since=None)],
        binary_url: A[
            str,
            param(
                "Address of the other pool's coordinator under which it serves its updates",
                since=None,
            ),
        ],
        certificate: A[
            str,
            param("The certificate that the other coordinator must present, in PEM", since=None),
        ],
    ) -> Ref[L["Repository"]]:
        """Record another pool as a repository, so that this one takes the same updates from its
        coordinator.
        """

    @message(role=POOL_OPERATOR, since="1.301.0", client_cert=True)
    def forget(
        self: A[Ref[L["Repository"]], "The repository to forget"],
    ) -> None:
        """Remove the record of a repository that the pool does not use; the repository itself
        stays.
        """

    @message(role=POOL_OPERATOR, since="1.301.0", pool_internal=True, hidden=True, client_cert=True)
    def apply(
        host: A[Ref[L["host"]], "The host to update"],
    ) -> None:
        """Install the updates that the pool last fetched on a host; a step of host.apply_updates,
        for the pool's own use.
        """

    @message(role=POOL_OPERATOR, history=(("Prototyped", "22.12.0"),), client_cert=True)
    def set_gpgkey_path(
        self: A[Ref[L["Repository"]], param("The repository to change", since=None)],
        value: A[str, param("Path of the key on the hosts; empty for the default key", since=None)],
    ) -> None:
        """Choose the key that a repository's metadata must be signed with."""

    @message(
        role=POOL_OPERATOR,
        history=(("Prototyped", "22.20.0"),),
        pool_internal=True,
        hidden=True,
        client_cert=True,
    )
    def apply_livepatch(
        host: A[Ref[L["host"]], param("The host to patch", since=None)],
        component: A[str, param("What is patched: `xen` or `kernel`", since=None)],
        base_build_id: A[str, param("Build id of what must be running", since=None)],
        base_version: A[str, param("Version of what must be running", since=None)],
        base_release: A[str, param("Release of what must be running", since=None)],
        to_version: A[str, param("Version that the patch leads to", since=None)],
        to_release: A[str, param("Release that the patch leads to", since=None)],
    ) -> None:
        """Patch the running hypervisor or kernel of a host without a reboot; a step of
        host.apply_updates, for the pool's own use.
        """


RepositoryRef = Ref[L["Repository"]]
