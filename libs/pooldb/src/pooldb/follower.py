"""Keeps a process's view up to date with what other processes commit."""

import logging
import threading
import time

from pooldb.database import Database
from pooldb.engine import DatabaseError

log = logging.getLogger(__name__)

# In case the news was lost with its connection.
LOOK_ANYWAY_S = 1.0


class Follower:
    """A thread that reads the log when told that it has grown, and now and then anyway.

    It rests for ``pause_s`` after each read, so that a burst of commits is read at once.
    """

    def __init__(self, db: Database, *, pause_s: float = 0.0) -> None:
        self._db = db
        self._pause_s = pause_s
        self._news = threading.Event()
        threading.Thread(target=self._run, name="follower", daemon=True).start()

    def hear(self, generation: int) -> None:
        """Have the view reach this commit soon; any thread may call this, and does not wait."""
        if generation > self._db.view.generation:
            self._news.set()

    def _run(self) -> None:
        while True:
            self._news.wait(LOOK_ANYWAY_S)
            self._news.clear()
            try:
                self._db.refresh()
            except DatabaseError as error:
                log.error("the change log cannot be read now: %s", error)
                time.sleep(LOOK_ANYWAY_S)
            except Exception:  # this change is odd; the next one is followed too
                log.exception("the change log was not followed")
                time.sleep(LOOK_ANYWAY_S)
            time.sleep(self._pause_s)
