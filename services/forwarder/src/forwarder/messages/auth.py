"""auth: questions to the outside directory; none is joined, so there is nobody to ask."""

from forwarder.core.patterns import refusal
from forwarder.core.registry import implements

for _name in (
    "get_group_membership",
    "get_subject_identifier",
    "get_subject_information_from_identifier",
):
    implements(f"auth.{_name}")(refusal("AUTH_IS_DISABLED"))
