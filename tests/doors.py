"""Real doors, in the tests' own process or in another."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daemon.door import Doorway, Where, announce
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


class DoorProcess:
    """A door as a process of its own, as a supervisor starts it."""

    def __init__(self, folder: Path) -> None:
        self.meeting = folder / "daemons"
        self._settings = folder / "door.json"
        said = {"service": "door", "log_dir": None, "address": "127.0.0.1"}
        said |= {"state_dir": str(folder), "door_dir": str(self.meeting)}
        folder.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(json.dumps(said))
        self.start()

    def start(self) -> None:
        """Returns when it is open."""
        announced = self.meeting / "door.json"
        announced.unlink(missing_ok=True)
        command = (sys.executable, "-m", "door", "--config", str(self._settings))
        self._process = subprocess.Popen(command)
        while not announced.exists():
            assert self._process.poll() is None, "the door has ended"
            time.sleep(0.02)

    @property
    def where(self) -> Where:
        return Doorway(self.meeting, "anybody").where()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
