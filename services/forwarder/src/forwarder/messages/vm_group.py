"""VM_group: only records."""

from datamodel.classes import VM_group

from forwarder.core.patterns import creator, destroyer
from forwarder.core.registry import implements

implements("VM_group.create")(creator(VM_group))
implements("VM_group.destroy")(destroyer(VM_group))
