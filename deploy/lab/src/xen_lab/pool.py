"""A pool whose hosts are the lab's machines: xenopsd in each dom0, all else on this machine.

An emulated processor is slow, so the broker, the forwarder and xapi run outside. Dom0s reach them
at ``OUTSIDE``, QEMU's address for the machine that it runs on.
"""

import shutil
import uuid
from collections.abc import Sequence

from simulated_pool import layout as layouts
from simulated_pool import pool
from simulated_pool.layout import Host, Layout

from xen_lab import dom0
from xen_lab.machine import Machine

OUTSIDE = "10.0.2.2"
CPUS = 2
NAME = "pool"


def up(machines: Sequence[Machine], memory_mib: int, say: pool.Say) -> Layout:
    """Start a new pool on running machines, and remove an earlier one. Raises NotReady."""
    folder = machines[0].shared / NAME
    pool.down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    hosts = [_host(machine, memory_mib) for machine in machines]
    made = layouts.make(folder, hosts, forwarders=1, port_base=None)
    pool.up(made, say)
    return made


def _host(machine: Machine, memory_mib: int) -> Host:
    return Host(
        machine.name,
        str(uuid.uuid4()),
        memory_mib=memory_mib,
        cpus=CPUS,
        address=machine.address,
        through=(*machine.ssh(terminal=True), dom0.prefix(machine.shared, [dom0.PACKAGED])),
        broker_address=OUTSIDE,
    )
