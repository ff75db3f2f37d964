"""The commands that are more than one call: a function each, under its name."""

from xapi.xe.commands import disks, files, hosts, others, vms
from xapi.xe.commands.registry import FUNCTIONS

__all__ = ["FUNCTIONS", "disks", "files", "hosts", "others", "vms"]
