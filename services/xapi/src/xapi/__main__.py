"""``python -m xapi --config FILE``: the gateway of the XenAPI."""

import argparse
import asyncio
import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pooldb
import telemetry
import uvicorn
import uvloop
from pooldb import Transaction

from broker import connect
from xapi import answers, audit, sessions, settings
from xapi.dispatch import Dispatcher
from xapi.pool import Pool
from xapi.rpc.application import application

log = logging.getLogger(__name__)

THREADS = 8
# A client that asks now and then keeps its connection.
KEEP_ALIVE_S = 300
# Clients are always waiting for events, for longer than anybody waits for this process to end.
GRACE_S = 3


class Listener(uvicorn.Server):
    """One of several servers in a loop: `serve_all` handles the signals for all of them."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        yield


def first_start(tx: Transaction, root_password: str, pool_secret: str) -> None:
    """What a new pool has of xapi's: root and a secret. Nothing changes the second time."""
    sessions.first_user(tx, root_password)
    sessions.set_secret(tx, pool_secret)


async def serve(config: settings.Settings) -> None:
    """Serve until a signal."""
    executor = ThreadPoolExecutor(THREADS, thread_name_prefix="xapi")
    db = pooldb.connect(config.database)
    with db.transaction() as tx:
        files = (config.root_password_file, config.pool_secret_file)
        first_start(tx, *(Path(file).read_text().strip() for file in files))
    pool = Pool(db, connect(config.broker), executor)
    dispatcher = Dispatcher(pool)
    options = {
        "log_config": None,
        "access_log": False,
        "lifespan": "off",
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_S,
        "timeout_keep_alive": KEEP_ALIVE_S,
    }
    tcp = uvicorn.Config(
        application(dispatcher, trusted=False),
        host=config.listen_host,
        port=config.listen_port,
        **options,  # type: ignore[arg-type]
    )
    local = uvicorn.Config(
        application(dispatcher, trusted=True),
        **options,  # type: ignore[arg-type]
    )
    await serve_all({Listener(tcp): None, Listener(local): [own_socket(config.unix_socket)]})


def own_socket(path: str) -> socket.socket:
    """A unix socket that nobody but this user and root can connect to: its peers are trusted."""
    Path(path).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX)
    made.bind(path)
    Path(path).chmod(0o600)
    return made


async def serve_all(listeners: dict[Listener, list[socket.socket] | None]) -> None:
    """Serve each on its sockets, or on the address of its settings, until a signal."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for listener in listeners:
            listener.should_exit = True

    for signal_number in (2, 15):
        loop.add_signal_handler(signal_number, stop)
    await asyncio.gather(*(listener.serve(sockets) for listener, sockets in listeners.items()))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m xapi", description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="settings, a JSON file")
    config = settings.load(parser.parse_args().config)
    telemetry.setup(config.service, config.log_dir)
    audit.open_log(config.log_dir)
    log.info("answering %d modules' messages here", len(answers.__all__))
    uvloop.run(serve(config))


if __name__ == "__main__":
    main()
