"""``python -m mpathalert.alert --config FILE``: tells the pool's operators of lost paths."""

import signal
import socket
import ssl
import sys
import time
import xmlrpc.client
from typing import Any

import telemetry
import XenAPI
from daemon.process import Stop, main
from prometheus_client import CollectorRegistry, start_http_server

from mpathalert.alerter import EVENTS_S, Alerter
from mpathalert.alerts import Alerts
from mpathalert.metrics import Levels
from mpathalert.settings import Alert

# An answer that is overdue by this long will never come.
ANSWER_S = 30.0


def date() -> str:
    return time.strftime("%Y%m%dT%H:%M:%SZ", time.gmtime())


def run(config: Alert, stop: Stop) -> None:
    """Alert until a signal, which ends even a call that waits for events."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit())
    # The client's package has no other way to bound a call.
    socket.setdefaulttimeout(EVENTS_S + ANSWER_S)
    levels = Levels()
    pool_secret = config.pool_secret_file.read_text().strip()
    registry = CollectorRegistry()
    registry.register(levels)
    address, port = config.listen
    start_http_server(port, address, registry)

    transport = None
    if config.authority_file is not None:
        context = ssl.create_default_context(cafile=config.authority_file)
        transport = xmlrpc.client.SafeTransport(context=context)

    def log_in() -> Any:
        session = XenAPI.Session(config.url, transport)
        session.slave_local_login(pool_secret)
        return session.xenapi

    alerter = Alerter(
        log_in,
        lambda reported: Alerts(reported, config.interval_s, time.monotonic, date),
        levels,
        telemetry.Alive(config.alive_file),
    )
    alerter.run(stop.wait)


if __name__ == "__main__":
    main("mpathalert.alert", __doc__, Alert, run)
