"""The XenAPI class ``auth``."""

from typing import Annotated as A

from datamodel.idl import message, xenapi_class
from datamodel.roles import READ_ONLY


@xenapi_class(
    "auth",
    create_role=READ_ONLY,
    since="george",
    in_database=False,
    persistent=False,
    events=False,
    get_all=False,
)
class Auth:
    """Questions to the outside directory."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_group_membership(
        subject_identifier: A[str, "The subject identifier"],
    ) -> list[str]:
        """Tell the group membership of the auth."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_identifier(
        subject_name: A[str, "The subject name"],
    ) -> str:
        """Tell the subject identifier of the auth."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_information_from_identifier(
        subject_identifier: A[str, "The subject identifier"],
    ) -> dict[str, str]:
        """Tell the subject information from identifier of the auth."""
