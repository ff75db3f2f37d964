"""``python -m door --config FILE``: the one port of a host for bytes between hosts."""

import asyncio
import contextlib
import logging
import socket
from pathlib import Path

import telemetry
import uvloop
from daemon.door import Where, announce
from daemon.files import replace
from daemon.process import Stop, main

from door import certificate
from door.gate import Gate
from door.settings import Settings

log = logging.getLogger(__name__)

SIGN_EVERY_S = 2.0


def listener_at(address: str, folder: Path) -> socket.socket:
    """A listener on the port of the last run, where hosts that were told of it still look."""
    kept = folder / "port"
    port = int(kept.read_text()) if kept.exists() else 0
    try:
        made = socket.create_server((address, port))
    except OSError:
        if not port:
            raise
        made = socket.create_server((address, 0))
        log.warning("port %d is taken", port)
    made.setblocking(False)
    replace(kept, str(made.getsockname()[1]))
    return made


async def serve(config: Settings, stop: Stop) -> None:
    """Open the door, tell the daemons where it is, and serve until the process is to end."""
    shown = certificate.keep(config.state_dir)
    with listener_at(config.address, config.state_dir) as listener:
        gate = Gate(certificate.context(shown), config.door_dir)
        serving = asyncio.create_task(gate.serve(listener))
        port = listener.getsockname()[1]
        announce(config.door_dir, Where(config.address, port, certificate.fingerprint(shown)))
        log.info("the door of %s is open on port %d", config.address, port)
        ended = asyncio.Event()
        asyncio.get_running_loop().add_reader(stop, ended.set)
        alive = telemetry.Alive(config.alive_file)
        while not ended.is_set():
            alive.sign()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), SIGN_EVERY_S)
        serving.cancel()


def run(config: Settings, stop: Stop) -> None:
    uvloop.run(serve(config, stop))


if __name__ == "__main__":
    main("door", __doc__, Settings, run)
