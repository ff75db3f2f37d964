"""user: only records."""

from datamodel.classes import User

from forwarder.core.patterns import creator, destroyer
from forwarder.core.registry import implements

implements("user.create")(creator(User))
implements("user.destroy")(destroyer(User))
