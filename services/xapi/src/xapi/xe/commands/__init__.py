"""The commands that need more than one call: a function for each name."""

from xapi.xe.commands import disks, files, hosts, others, vms
from xapi.xe.commands.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "disks", "files", "hosts", "others", "vms"]
