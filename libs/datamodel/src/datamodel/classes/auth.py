"""The XenAPI class ``auth``."""

from typing import Annotated as A
from typing import Literal as L

from datamodel.idl import Object, Ref, message, xenapi_class
from datamodel.roles import READ_ONLY


@xenapi_class(
    create_role=READ_ONLY,
    since="george",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Auth(Object[L["auth"]]):
    """Questions to the outside directory."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_identifier(
        subject_name: A[str, "The name as the directory takes it, such as user@domain"],
    ) -> str:
        """Look a user or group up in the directory by name, and tell its identifier."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_information_from_identifier(
        subject_identifier: A[str, "Identifier of the user or group in the directory"],
    ) -> dict[str, str]:
        """Tell what the directory knows of a user or group, by name of the entry."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_group_membership(
        subject_identifier: A[str, "Identifier of the user or group in the directory"],
    ) -> list[str]:
        """List the identifiers of all groups in the directory that a user or group belongs to, also
        through other groups.
        """


AuthRef = Ref[L["auth"]]
