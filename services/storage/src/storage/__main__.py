"""``python -m storage --config FILE``: keeps the disks of one host."""

import itertools
import logging
import queue
import threading
from pathlib import Path

from daemon.process import Stop, attend, main
from daemon.updates import publish
from xenops.storage import STORAGE

from broker import connect
from storage.datapaths.journal import Datapaths
from storage.datapaths.paths import Paths
from storage.drivers import missing, table
from storage.drivers.driver import Driver
from storage.engine.engines import Engines
from storage.frontend.calls import Calls, described
from storage.frontend.copies import Copies
from storage.frontend.frontend import Frontend, refused
from storage.frontend.journal import Journal
from storage.frontend.merging import Merger
from storage.frontend.process import Starter
from storage.frontend.reports import Looks, Reports
from storage.frontend.srs import Srs
from storage.settings import Settings

log = logging.getLogger(__name__)

SIGN_EVERY_S = 2.0
MERGES_EVERY = 5
"""At each so many signs of life it is looked for layers to merge."""


def served(mounts: Path, plugins: Path | None) -> dict[str, Driver]:
    """The types of SR that this host has all programs for."""
    found = {}
    for name, driver in table(mounts, plugins).items():
        lacks = missing(driver)
        if lacks:
            log.warning("SRs of type %s are not served: %s", name, "; ".join(lacks))
        else:
            found[name] = driver
    return found


def run(config: Settings, stop: Stop) -> None:
    mounts = config.state_dir / "sr"
    drivers = served(mounts, config.plugins_dir)
    ended: queue.SimpleQueue[str] = queue.SimpleQueue()
    engines = Engines(config.state_dir / "run", ended.put)
    journal = Journal(config.state_dir / "srs.db")
    srs = Srs(
        journal,
        Starter(mounts, config.plugins_dir),
        lambda sr, disks: paths.take_up(sr, disks),
        config.limit_s,
    )
    merger = Merger(srs, engines, refused, lambda: reports.tell())
    paths = Paths(
        Datapaths(config.state_dir / "datapaths.db"),
        engines,
        config.host_uuid,
        srs.disks,
        lambda: reports.tell(),
    )
    merger.paths = paths
    connection = connect(config.broker_settings())
    reports = Reports(
        lambda: [described(name, driver) for name, driver in drivers.items()],
        srs,
        paths,
        lambda key, body: publish(connection, key, dict(body)),
    )
    copies = Copies(config.state_dir / "copies.db", paths, engines, refused)
    calls = Calls(config.host_uuid, drivers, srs, paths, reports.tell)
    frontend = Frontend(calls, paths, copies, journal, config.service)

    def follow() -> None:
        """Take the disks of engines that have ended from their VMs."""
        while True:
            paths.look()
            log.error("the engine of VM %s has ended", ended.get())

    threading.Thread(target=follow, name="engines", daemon=True).start()
    copies.recover()
    frontend.serve(connection, STORAGE.queue, threads=1)
    looks = Looks(srs, paths.catch_up, reports.tell)
    beats = itertools.count()

    def beat() -> None:
        looks.begin()
        if next(beats) % MERGES_EVERY == 0:
            merger.look()
        reports.tell()

    attend(stop, connection, config.alive_file, every_s=SIGN_EVERY_S, beat=beat)
    srs.end()


if __name__ == "__main__":
    main("storage", __doc__, Settings, run)
