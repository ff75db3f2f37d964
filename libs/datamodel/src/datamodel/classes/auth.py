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
    """A auth."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_group_membership(
        subject_identifier: A[str, "Subject identifier"],
    ) -> list[str]:
        """Get group membership."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_identifier(
        subject_name: A[str, "Subject name"],
    ) -> str:
        """Get subject identifier."""

    @message(role=READ_ONLY, since="george", asynchronous=False)
    def get_subject_information_from_identifier(
        subject_identifier: A[str, "Subject identifier"],
    ) -> dict[str, str]:
        """Get subject information from identifier."""
