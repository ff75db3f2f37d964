"""``python -m xapi --config FILE``: the gateway of the XenAPI."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pooldb
import telemetry
import uvloop
from daemon import process
from pooldb import Transaction

from broker import Connection, connect
from xapi import answers, audit, sessions, tasks
from xapi.dispatch import Dispatcher
from xapi.http import actions
from xapi.listeners import listeners, serve_all
from xapi.pool import Pool
from xapi.rpc.certificates import Certificates
from xapi.settings import Settings

log = logging.getLogger(__name__)

THREADS = 8
LOOK_EVERY_S = 2.0


def first_start(tx: Transaction, root_password: str, pool_secret: str) -> None:
    """Give a new pool what xapi needs of it, root and a secret; safe to repeat."""
    sessions.first_user(tx, root_password)
    sessions.set_secret(tx, pool_secret)


async def serve(config: Settings) -> None:
    """Serve until a signal."""
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="xapi")
    db = pooldb.connect(config.database)
    with db.transaction() as tx:
        first_start(tx, config.root_password.text, config.pool_secret.text)
    broker = connect(config.broker_settings())
    pool = Pool(db, broker, executor, one_of_several=config.one_of_several)
    certificates = None
    if config.certificates_dir is not None:
        certificates = Certificates(Path(config.certificates_dir))
    alive = telemetry.Alive(config.alive_file)
    housekeeping = [
        asyncio.create_task(watch(pool, broker, certificates, alive)),
        asyncio.create_task(tasks.trim(pool)),
    ]
    await serve_all(listeners(config, Dispatcher(pool), certificates), pool.stop)
    for work in housekeeping:
        work.cancel()


async def watch(
    pool: Pool, broker: Connection, certificates: Certificates | None, alive: telemetry.Alive
) -> None:
    """Load replaced certificates and give the sign of life, for ever."""
    while True:
        if certificates is not None:
            await pool.run(certificates.refresh)
        if broker.connected:
            alive.sign()
        await asyncio.sleep(LOOK_EVERY_S)


def main() -> None:
    config = process.begin("xapi", __doc__, Settings)
    audit.open_log(config.log_dir)
    said = "answering %d modules' messages and %d modules' actions here"
    log.info(said, len(answers.__all__), len(actions.__all__))
    uvloop.run(serve(config))


if __name__ == "__main__":
    main()
