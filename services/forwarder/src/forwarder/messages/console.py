"""console: a console is made and removed with its VM, never by clients."""

from forwarder.core.patterns import refusal
from forwarder.core.registry import implements

for _name in ("create", "destroy"):
    implements(f"console.{_name}", looked_at=())(refusal("NOT_IMPLEMENTED", f"Console.{_name}"))
