"""The XenAPI class ``session``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, Secret, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("session", create_role=POOL_ADMIN, persistent=False, events=False, get_all=False)
class Session:
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
    tasks: A[
        list[Ref[L["task"]]], field("Every task that is among its tasks.", since="midnight-ride")
    ]
    parent: A[
        Ref[L["session"]],
        field(
            "The object that it came from.", STATIC, default="OpaqueRef:NULL", since="midnight-ride"
        ),
    ]
    originator: A[
        str, field("The program that opened it, by its own word.", default="", since="clearwater")
    ]
    client_certificate: A[
        bool, field("Whether it says yes to: client certificate.", default=False, since="21.2.0")
    ]

    @message(role=LOCAL_ROOT, asynchronous=False)
    def change_password(
        old_pwd: A[str, "The old pwd"],
        new_pwd: A[str, "The new pwd"],
    ) -> None:
        """Have the session do this: change password."""

    @message(role=LOCAL_ROOT, since="dundee")
    def create_from_db_file(
        filename: A[str, "The filename"],
    ) -> Ref[L["session"]]:
        """Make the session a new from db file."""

    @message(role=READ_ONLY, since="george")
    def get_all_subject_identifiers() -> list[str]:
        """List the subject identifiers of every session."""

    @message(role=POOL_ADMIN, since="miami", asynchronous=False)
    def local_logout() -> None:
        """On this host alone: logout."""

    @message(
        role=READ_ONLY,
        asynchronous=False,
        session=False,
        secret=True,
        errors=("SESSION_AUTHENTICATION_FAILED", "HOST_IS_SLAVE"),
    )
    def login_with_password(
        uname: A[str, "The uname"],
        pwd: A[str, "The pwd"],
        version: A[str, param("The version", since="miami")] = "1.1",
        originator: A[str, param("The originator", since="clearwater")] = "",
    ) -> Ref[L["session"]]:
        """Open a session by name and password."""

    @message(role=READ_ONLY, asynchronous=False)
    def logout() -> None:
        """End the session."""

    @message(role=POOL_OPERATOR, since="george")
    def logout_subject_identifier(
        subject_identifier: A[str, "The subject identifier"],
    ) -> None:
        """Have the session do this: logout subject identifier."""

    @message(
        role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True, hidden=True
    )
    def slave_local_login(
        psecret: A[Secret, "The psecret"],
    ) -> Ref[L["session"]]:
        """Have the session do this: slave local login."""

    @message(role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True)
    def slave_local_login_with_password(
        uname: A[str, "The uname"],
        pwd: A[str, "The pwd"],
    ) -> Ref[L["session"]]:
        """Have the session do this: slave local login with password."""

    @message(role=POOL_ADMIN, asynchronous=False, session=False, secret=True, hidden=True)
    def slave_login(
        host: A[Ref[L["host"]], "The host that is meant"],
        psecret: A[Secret, "The psecret"],
    ) -> Ref[L["session"]]:
        """Have the session do this: slave login."""
