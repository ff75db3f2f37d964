"""``python -m mpathalert.watch --config FILE``: reports the storage paths of one host."""

import argparse
import os
import select
import signal
import socket
import time
import uuid
from pathlib import Path
from typing import Any

import telemetry
from broker.envelope import Message
from broker.topology import UPDATES_EXCHANGE
from msgspec import to_builtins
from xenops.multipath import Report

from broker import Connection, connect
from mpathalert import settings
from mpathalert.boot import boot_map
from mpathalert.multipathd import Multipathd
from mpathalert.uevents import Uevents, is_of_a_map
from mpathalert.watcher import Surroundings, Watcher

SYSFS = Path("/sys")
ANSWER_TIMEOUT_S = 5.0
SIGN_EVERY_S = 2.0


def publish(broker: Connection, report: Report) -> None:
    """Give a report to the pool; returns once the broker has it. Raises BrokerError."""
    message = Message(method=report.kind, body=to_builtins(report))
    broker.publish(UPDATES_EXCHANGE, f"{report.kind}.maps", message).result()


def run(config: settings.Watch) -> None:
    """Watch until a signal."""
    ended, ending = socket.socketpair()
    ending.setblocking(False)
    signal.set_wakeup_fd(ending.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uevents = Uevents()
    multipathd = Multipathd(config.multipathd_socket, ANSWER_TIMEOUT_S)
    broker = connect(config.broker)
    around = Surroundings(
        maps=multipathd.maps,
        boot=lambda: boot_map(os.stat(config.boot_mount).st_dev, SYSFS),
        publish=lambda report: publish(broker, report),
        now=time.monotonic,
        pause=time.sleep,
    )
    alive = telemetry.Alive(config.alive_file)
    watcher = Watcher(str(uuid.uuid4()), around)
    while True:
        waiting: list[Any] = [ended, uevents, *multipathd.sockets]
        ready, _, _ = select.select(waiting, [], [], min(watcher.wait_s(), SIGN_EVERY_S))
        if ended in ready:
            break
        gone = any(found in ready for found in multipathd.sockets)
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m mpathalert.watch", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings, a JSON file")
    config = settings.load_watch(parser.parse_args().config)
    telemetry.setup(config.service, config.log_dir)
    run(config)


if __name__ == "__main__":
    main()
