"""A real door in the tests' own process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.door import Where, announce
from daemon.process import Stop
from door.__main__ import run
from door.settings import Settings

NOWHERE = Where("127.0.0.1", 1, "no certificate's")


def announced(folder: Path) -> Path:
    """A folder whose door nobody will go through."""
    announce(folder, NOWHERE)
    return folder


@contextmanager
def open_door(folder: Path) -> Iterator[Path]:
    """The folder in which daemons meet a door that serves meanwhile."""
    meeting, stop = folder / "daemons", Stop()
    settings = Settings(
        service="door", log_dir=None, address="127.0.0.1", state_dir=folder, door_dir=meeting
    )
    thread = threading.Thread(target=run, args=(settings, stop))
    thread.start()
    try:
        deadline = threading.Event()
        while not (meeting / "door.json").exists():
            assert thread.is_alive(), "the door has ended"
            deadline.wait(0.01)
        yield meeting
    finally:
        stop.set()
        thread.join()
