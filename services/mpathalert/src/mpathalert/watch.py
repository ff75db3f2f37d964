"""``python -m mpathalert.watch --config FILE``: reports the storage paths of one host."""

import os
import select
import time
import uuid
from pathlib import Path
from typing import Any

import telemetry
from daemon.process import Stop, main
from daemon.updates import publish
from msgspec import to_builtins
from xenops.multipath import Report

from broker import connect
from mpathalert.boot import boot_map
from mpathalert.multipathd import Multipathd
from mpathalert.settings import Watch
from mpathalert.uevents import Uevents, is_of_a_map
from mpathalert.watcher import Surroundings, Watcher

SYSFS = Path("/sys")
ANSWER_TIMEOUT_S = 5.0
SIGN_EVERY_S = 2.0


def run(config: Watch, stop: Stop) -> None:
    uevents = Uevents()
    multipathd = Multipathd(config.multipathd_socket, ANSWER_TIMEOUT_S)
    broker = connect(config.broker_settings())

    def tell(report: Report) -> None:
        publish(broker, f"{report.kind}.maps", to_builtins(report)).result()

    around = Surroundings(
        maps=multipathd.maps,
        boot=lambda: boot_map(os.stat(config.boot_mount).st_dev, SYSFS),
        publish=tell,
        now=time.monotonic,
        pause=time.sleep,
    )
    alive = telemetry.Alive(config.alive_file)
    watcher = Watcher(str(uuid.uuid4()), around)
    while True:
        waiting: list[Any] = [stop, uevents, *multipathd.sockets]
        ready, _, _ = select.select(waiting, [], [], min(watcher.wait_s(), SIGN_EVERY_S))
        if stop in ready:
            break
        gone = any(socket in ready for socket in multipathd.sockets)
        if gone:
            multipathd.close()
        heard, lost = uevents.heard()
        of_maps = [uevent for uevent in heard if is_of_a_map(uevent, SYSFS)]
        if of_maps or lost:
            watcher.heard(of_maps)
        elif gone or watcher.wait_s() == 0:
            watcher.look()
        if broker.connected:
            alive.sign()
    broker.close()


if __name__ == "__main__":
    main("mpathalert.watch", __doc__, Watch, run)
