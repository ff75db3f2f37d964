"""Objects adrift: which hosts may still work on them, and what becomes of the objects."""

from datamodel.classes import VM
from datamodel.objects import name_of

from forwarder.doubts.rows import ROWS
from forwarder.doubts.vms import VMs

ROWS[name_of(VM)] = VMs()
