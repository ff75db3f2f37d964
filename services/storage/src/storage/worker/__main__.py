"""``python -m storage.worker DRIVER DESCRIPTOR PARENT``: the process of one SR, started for it."""

import sys

import telemetry

from storage.drivers import DRIVERS
from storage.worker.loop import serve

if __name__ == "__main__":
    name, descriptor, parent = sys.argv[1:]
    telemetry.setup(f"storage-{name}", None, "WARNING")
    serve(DRIVERS[name], int(descriptor), int(parent))
