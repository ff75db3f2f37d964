"""Objects adrift: which hosts may be at work for them, and what became of that."""

from datamodel.classes import VM
from datamodel.objects import name_of

from forwarder.doubts.rows import ROWS
from forwarder.doubts.vms import VMs

ROWS[name_of(VM)] = VMs()
