"""``python -m storage.worker TYPE MOUNTS PLUGINS DESCRIPTOR PARENT``: the process of one SR."""

import sys
from pathlib import Path

import telemetry

from storage.drivers import table
from storage.worker.loop import serve

if __name__ == "__main__":
    name, mounts, plugins, descriptor, parent = sys.argv[1:]
    telemetry.setup(f"storage-{name}", None, "WARNING")
    drivers = table(Path(mounts), Path(plugins) if plugins else None)
    serve(drivers[name], int(descriptor), int(parent))
