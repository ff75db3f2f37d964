"""A simulated pool of one host, whose watcher of storage paths runs in the emulated machine."""

import json
import shutil
from dataclasses import replace

from simulated_pool import layout as layouts
from simulated_pool import pool, services
from simulated_pool.layout import Layout
from simulated_pool.supervision import Supervisor
from xen_lab import dom0
from xen_lab.pool import OUTSIDE

from multipath_lab.machine import MultipathMachine

NAME = "pool"
MOUNT = "/srv/boot"
# So that tests need not wait two minutes between a path's loss and its return.
INTERVAL_S = 1.0


def up(machine: MultipathMachine, say: pool.Say) -> Layout:
    """Start a new pool, without the watcher; raises NotReady."""
    folder = machine.shared / NAME
    pool.down(folder)
    # The remains of an earlier run would tell of paths before the watcher has looked.
    shutil.rmtree(folder, ignore_errors=True)
    made = layouts.load(folder, hosts=1, forwarders=1, port_base=None)
    pool.up(made, say)
    supervisor = Supervisor(folder)
    supervisor.stop(f"mpathalert-{made.hosts[0].name}")
    _configure(made, "mpathalert", {**_settings(made, "mpathalert"), "interval_s": INTERVAL_S})
    supervisor.stop("mpathalert")
    supervisor.start("mpathalert")
    return made


def watcher(machine: MultipathMachine, layout: Layout) -> list[str]:
    """The command line that runs the host's watcher in the machine, as long as the command runs."""
    host = replace(layout.hosts[0], broker_address=OUTSIDE)
    name = f"mpathalert-{host.name}"
    settings = _settings(replace(layout, hosts=[host]), name)
    del settings["multipathd_socket"]
    settings["boot_mount"] = MOUNT
    config = _configure(layout, name, settings)
    line = dom0.line(
        machine.shared, dom0.checkout(), "python3", "-m", "mpathalert.watch", "--config", config
    )
    return machine.ssh(line, terminal=True)


def _settings(layout: Layout, name: str) -> dict[str, object]:
    """The settings of the service of this name in a simulated pool."""
    (of,) = (one for one in services.instances(layout) if one.name == name)
    return services.settings(of)


def _configure(layout: Layout, service: str, settings: dict[str, object]) -> str:
    """Write a service's settings; returns the file."""
    config = layout.path("config", f"{service}.json")
    config.write_text(json.dumps(settings, indent=2))
    return str(config)
