"""The XenAPI class ``session``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import RW, STATIC, DateTime, Ref, Secret, field, message, param, xenapi_class
from datamodel.roles import LOCAL_ROOT, POOL_ADMIN, POOL_OPERATOR, READ_ONLY


@xenapi_class("session", create_role=POOL_ADMIN, persistent=False, events=False, get_all=False)
class Session:
    """A session."""

    auth_user_name: A[str, field("Auth user name.", default="", since="midnight-ride")]
    auth_user_sid: A[str, field("Auth user sid.", default="", since="george")]
    client_certificate: A[bool, field("Client certificate.", default=False, since="21.2.0")]
    is_local_superuser: A[bool, field("Is local superuser.", default=False, since="george")]
    last_active: A[DateTime, field("Last active.")]
    originator: A[str, field("Originator.", default="", since="clearwater")]
    other_config: A[dict[str, str], field("Other config.", RW, default={}, since="miami")]
    parent: A[
        Ref[L["session"]], field("Parent.", STATIC, default="OpaqueRef:NULL", since="midnight-ride")
    ]
    pool: A[bool, field("Pool.")]
    rbac_permissions: A[
        list[str], field("Rbac permissions.", STATIC, default=[], since="midnight-ride")
    ]
    subject: A[Ref[L["subject"]], field("Subject.", default="OpaqueRef:NULL", since="george")]
    tasks: A[list[Ref[L["task"]]], field("Tasks.", since="midnight-ride")]
    this_host: A[Ref[L["host"]], field("This host.")]
    this_user: A[Ref[L["user"]], field("This user.")]
    uuid: A[str, field("Uuid.")]
    validation_time: A[
        DateTime, field("Validation time.", default="19700101T00:00:00Z", since="george")
    ]

    @message(role=LOCAL_ROOT, asynchronous=False)
    def change_password(
        old_pwd: A[str, "Old pwd"],
        new_pwd: A[str, "New pwd"],
    ) -> None:
        """Change password."""

    @message(role=LOCAL_ROOT, since="dundee")
    def create_from_db_file(
        filename: A[str, "Filename"],
    ) -> Ref[L["session"]]:
        """Create from db file."""

    @message(role=READ_ONLY, since="george")
    def get_all_subject_identifiers() -> list[str]:
        """Get all subject identifiers."""

    @message(role=POOL_ADMIN, since="miami", asynchronous=False)
    def local_logout() -> None:
        """Local logout."""

    @message(
        role=READ_ONLY,
        asynchronous=False,
        session=False,
        secret=True,
        errors=("SESSION_AUTHENTICATION_FAILED", "HOST_IS_SLAVE"),
    )
    def login_with_password(
        uname: A[str, "Uname"],
        pwd: A[str, "Pwd"],
        version: A[str, param("Version", since="miami")] = "1.1",
        originator: A[str, param("Originator", since="clearwater")] = "",
    ) -> Ref[L["session"]]:
        """Login with password."""

    @message(role=READ_ONLY, asynchronous=False)
    def logout() -> None:
        """Logout."""

    @message(role=POOL_OPERATOR, since="george")
    def logout_subject_identifier(
        subject_identifier: A[str, "Subject identifier"],
    ) -> None:
        """Logout subject identifier."""

    @message(
        role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True, hidden=True
    )
    def slave_local_login(
        psecret: A[Secret, "Psecret"],
    ) -> Ref[L["session"]]:
        """Slave local login."""

    @message(role=POOL_ADMIN, since="miami", asynchronous=False, session=False, secret=True)
    def slave_local_login_with_password(
        uname: A[str, "Uname"],
        pwd: A[str, "Pwd"],
    ) -> Ref[L["session"]]:
        """Slave local login with password."""

    @message(role=POOL_ADMIN, asynchronous=False, session=False, secret=True, hidden=True)
    def slave_login(
        host: A[Ref[L["host"]], "The host to act on"],
        psecret: A[Secret, "Psecret"],
    ) -> Ref[L["session"]]:
        """Slave login."""
