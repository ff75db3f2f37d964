"""subject: users of an external directory who may log in; the pool has joined none."""

from forwarder.core.patterns import refusal
from forwarder.core.registry import implements

for _name in (
    "create",
    "destroy",
    "add_to_roles",
    "remove_from_roles",
    "get_permissions_name_label",
):
    implements(f"subject.{_name}")(refusal("AUTH_IS_DISABLED"))
