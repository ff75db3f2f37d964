"""A daemon as a process: ``python -m MODULE --config FILE``, which serves until a signal."""

import argparse
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import telemetry

from broker import Connection
from daemon import settings

S = TypeVar("S", bound=settings.Settings)


class Stop(threading.Event):
    """Is set when the process is to end, and is then readable for ``select``."""

    def __init__(self) -> None:
        super().__init__()
        self._ended, self._ending = socket.socketpair()

    def set(self) -> None:
        if not self.is_set():
            super().set()
            self._ending.send(b"\0")

    def fileno(self) -> int:
        return self._ended.fileno()


def main(module: str, about: str | None, kind: type[S], run: Callable[[S, Stop], None]) -> None:
    """Begin, then call ``run`` with a `Stop` that SIGTERM or SIGINT sets."""
    config = begin(module, about, kind)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(config, stop)


def begin(module: str, about: str | None, kind: type[S]) -> S:
    """Read the settings that the command line names, and set up logs.

    If the settings are wrong, the process says why in one line and ends.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=about)
    parser.add_argument("--config", type=Path, required=True, help="settings, a JSON file")
    try:
        config = settings.load(parser.parse_args().config, kind)
    except settings.SettingsError as error:
        sys.exit(f"{module}: {error}")
    telemetry.setup(config.service, config.log_dir)
    return config


def attend(
    stop: Stop,
    connection: Connection,
    alive_file: str | None,
    *,
    every_s: float,
    beat: Callable[[], object] = lambda: None,
) -> None:
    """Give signs of life until the process is to end, then close the connection.

    ``beat`` is called before each. There is no sign while the broker cannot be reached.
    """
    alive = telemetry.Alive(alive_file)
    while True:
        beat()
        if connection.connected:
            alive.sign()
        if stop.wait(every_s):
            break
    connection.close()
