"""user, which is only a record."""

from forwarder.core.patterns import creator, destroyer
from forwarder.core.registry import implements

implements("user.create")(creator("user"))
implements("user.destroy")(destroyer("user"))
