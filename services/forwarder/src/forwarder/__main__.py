"""``python -m forwarder --config FILE``: says what calls mean and has them done."""

import logging
import os

import pooldb
import telemetry
from broker.topology import EVENTS_EXCHANGE
from daemon.process import Stop, main

from broker import connect
from forwarder import messages
from forwarder.core.lanes import lanes
from forwarder.daemons.hosts import Hosts
from forwarder.records import installed
from forwarder.settings import Settings
from forwarder.updates.reports import Reports
from forwarder.worker import Worker

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
# A call's first transaction catches up by itself; only calls that wait for others need the news.
NEWS_PAUSE_S = 0.02


def run(config: Settings, stop: Stop) -> None:
    """Serve until the process is to end."""
    db = pooldb.connect(config.database)
    with db.transaction() as tx:
        installed.settle(tx)
    at_broker = config.broker_settings()
    broker = connect(at_broker)
    follower = pooldb.Follower(db, pause_s=NEWS_PAUSE_S)
    broker.subscribe(EVENTS_EXCHANGE, [""], lambda body: follower.hear(body["generation"]))
    reports = Reports(db)
    hosts = Hosts(db.view, at_broker, reports.take)
    worker = Worker(db, broker, hosts, lanes(config.workers, config.calls_max), config.service)
    reports.publish, reports.answering = worker.publish, hosts.answering
    hosts.keep_up()
    worker.start()
    alive = telemetry.Alive(config.alive_file)
    log.info("%d modules of messages", len(messages.DRAWERS))
    while not stop.wait(LOOK_EVERY_S):
        for look in (hosts.keep_up, reports.look_for_silent_hosts, reports.settle_paths):
            try:
                look()
            except Exception:  # the disk is full, say; the next time it may work
                log.exception("%s failed and is tried again", look.__name__)
        if broker.connected:
            alive.sign()
    broker.close()
    worker.stop()


if __name__ == "__main__":
    main("forwarder", __doc__, Settings, run)
    # Calls wait in threads, for as long as hosts and guests take: they are others' calls now.
    logging.shutdown()
    os._exit(0)
