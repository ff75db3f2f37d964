"""The XenAPI class ``session``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import (
    RW,
    STATIC,
    DateTime,
    Object,
    Ref,
    Secret,
    field,
    message,
    param,
    xenapi_class,
)
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class(create_role=POOL_ADMIN, persistent=False, events=False, get_all=False)
class Session(Object[L["session"]]):
    """A login."""

    uuid: A[str, field("Identifies the object for ever, on every pool that it may travel to.")]
    this_host: A[Ref[L["host"]], field("The host that the session was opened at.")]
    this_user: A[Ref[L["user"]], field("The local user that logged in; null for a subject.")]
    last_active: A[DateTime, field("When it was last used.")]
    pool: A[
        bool,
        field("Whether a member of the pool itself opened it, which may call what others may not."),
    ]
    other_config: A[
        dict[str, str],
        field(
            "Settings and notes of clients, by key; unknown keys are kept.",
            RW,
            default={},
            since="miami",
        ),
    ]
    is_local_superuser: A[
        bool, field("Whether it may do everything.", default=False, since="george")
    ]
    subject: A[
        Ref[L["subject"]],
        field(
            "The user or group of the directory behind it.",
            default="OpaqueRef:NULL",
            since="george",
        ),
    ]
    validation_time: A[
        DateTime,
        field(
            "When the directory last confirmed the user.",
            default="19700101T00:00:00Z",
            since="george",
        ),
    ]
    auth_user_sid: A[
        str, field("Who opened it, as the directory names them.", default="", since="george")
    ]
    auth_user_name: A[str, field("Who opened it.", default="", since="midnight-ride")]
    rbac_permissions: A[
        list[str], field("What it may do.", STATIC, default=[], since="midnight-ride")
    ]
    tasks: A[list[Ref[L["task"]]], field("The tasks that were begun in it.", since="midnight-ride")]
    parent: A[
        Ref[L["session"]],
        field(
            "The session by which it was opened; null for one that somebody opened by logging in.",
            STATIC,
            default="OpaqueRef:NULL",
            since="midnight-ride",
        ),
    ]
    originator: A[
        str, field("The program that opened it, by its own word.", default="", since="clearwater")
    ]
    client_certificate: A[
        bool,
        field("Whether it was opened by a client's certificate.", default=False, since="21.2.0"),
    ]

    @message(
        role=READ_ONLY,
        asynchronous=False,
        session=False,
        secret=True,
        errors=("SESSION_AUTHENTICATION_FAILED", "HOST_IS_SLAVE"),
    )
    def login_with_password(
        uname: A[str, "Name of the user"],
        pwd: A[str, "Password of the user"],
        version: A[
            str,
            param("The version of the XenAPI that the client speaks; not looked at", since="miami"),
        ] = "1.1",
        originator: A[
            str,
            param(
                "What the client calls itself; sessions are limited in number for each",
                since="clearwater",
            ),
        ] = "",
    ) -> Ref[L["session"]]:
        """Open a session by name and password: of a local user, or of a user of the directory that
        has a role here.
        """

    @message(role=READ_ONLY, asynchronous=False)
    def logout() -> None:
        """End the session that the call is made in."""

    @message(role=LOCAL_ROOT, asynchronous=False)
    def change_password(
        old_pwd: A[str, "The password until now; it must be right"],
        new_pwd: A[str, "The password from now on"],
    ) -> None:
        """Change the password of the local user who calls, in the whole pool."""

    @message(role=POOL_ADMIN, asynchronous=False, session=False, secret=True, hidden=True)
    def slave_login(
        host: A[Ref[L["host"]], "The member that calls"],
        psecret: A[Secret, "The pool secret"],
    ) -> Ref[L["session"]]:
        """Open a session of the pool itself, by which members call each other."""

    @message(
        role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True, hidden=True
    )
    def slave_local_login(
        psecret: A[Secret, "The pool secret"],
    ) -> Ref[L["session"]]:
        """Open a session on the host that the call is sent to alone, for emergency calls, by the
        pool secret.
        """

    @message(role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True)
    def slave_local_login_with_password(
        uname: A[str, "Name of the user"],
        pwd: A[str, "Password of the user"],
    ) -> Ref[L["session"]]:
        """Open a session on the host that the call is sent to alone, for emergency calls, as a
        local user.
        """

    @message(role=LOCAL_ROOT, since="dundee")
    def create_from_db_file(
        filename: A[str, "Path of the copy on the coordinator"],
    ) -> Ref[L["session"]]:
        """Open a session on a copy of the database in a file, where everything can be read and
        nothing written.
        """

    @message(role=POOL_ADMIN, since="miami", asynchronous=False)
    def local_logout() -> None:
        """End a session that was opened by session.slave_local_login_with_password."""

    @message(role=READ_ONLY, since="george")
    def get_all_subject_identifiers() -> list[str]:
        """List the identifiers of all users of the directory that are logged in."""

    @message(role=POOL_OPERATOR, since="george")
    def logout_subject_identifier(
        subject_identifier: A[str, "Identifier of the user in the directory"],
    ) -> None:
        """End all sessions of a user of the directory."""


SessionRef = Ref[L["session"]]
