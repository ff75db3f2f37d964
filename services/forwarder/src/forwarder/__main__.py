"""``python -m forwarder --config FILE``: says what calls mean and has them done."""

import argparse
import logging
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pooldb
import telemetry
from broker.topology import EVENTS_EXCHANGE

from broker import connect
from forwarder import messages, settings
from forwarder.daemons.hosts import Hosts
from forwarder.records import installed
from forwarder.updates.reports import Reports
from forwarder.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# A call begins with a transaction, which catches up by itself; only waiting for others needs news.
NEWS_PAUSE_S = 0.02
# A call that waits for a lock, a guest or a host has a thread, which costs little, and no slot.
WAITING_MAX = 2000


def run(config: settings.Settings) -> None:
    """Serve until a signal."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    db = pooldb.connect(config.database)
    with db.transaction() as tx:
        installed.settle(tx)
    broker = connect(config.broker)
    pool = ThreadPoolExecutor(WAITING_MAX, thread_name_prefix="task")
    # One thread, so that a host's reports are applied in their order.
    in_order = ThreadPoolExecutor(1, thread_name_prefix="reports")
    follower = pooldb.Follower(db, pause_s=NEWS_PAUSE_S)
    broker.subscribe(EVENTS_EXCHANGE, [""], lambda said: follower.hear(said["generation"]))
    reports = Reports(db)
    hosts = Hosts(db.view, config.broker, in_order, reports.take)
    worker = Worker(db, broker, hosts, pool, config.service, config.workers)
    reports.publish, reports.answering = worker.publish, hosts.answering
    hosts.keep_up()
    worker.start()
    alive = telemetry.Alive(config.alive_file)
    log.info("%d modules of messages", len(messages.DRAWERS))
    while not stop.wait(LOOK_EVERY_S):
        for look in (hosts.keep_up, reports.look_for_silent_hosts, reports.settle_paths):
            try:
                look()
            except Exception:  # the disk is full, say; a failure now says nothing of the next time
                log.exception("%s failed and is tried again", look.__name__)
        if broker.connected:
            alive.sign()
    broker.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m forwarder", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings, a JSON file")
    config = settings.load(parser.parse_args().config)
    telemetry.setup(config.service, config.log_dir)
    run(config)


if __name__ == "__main__":
    main()
