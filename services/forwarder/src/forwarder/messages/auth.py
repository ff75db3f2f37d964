"""auth: questions to an external directory of users; the pool has joined none, so all fail."""

from forwarder.core.patterns import refusal
from forwarder.core.registry import implements

for _name in (
    "get_group_membership",
    "get_subject_identifier",
    "get_subject_information_from_identifier",
):
    implements(f"auth.{_name}")(refusal("AUTH_IS_DISABLED"))
