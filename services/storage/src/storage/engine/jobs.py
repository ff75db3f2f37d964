"""Work on disks that takes long: merges and mirrors, which QEMU does beside its guests' writes."""

import os
from collections.abc import Callable, Mapping
from errno import ECANCELED
from typing import Any

from storage.engine.errors import EngineError
from storage.engine.monitor import Monitor
from storage.engine.names import MIRROR

CANCELLED = os.strerror(ECANCELED)

Progress = Callable[[float], None]
"""Called now and then with the part that is done, from 0 to 1; may raise, which ends the work."""


def unseen(part: float) -> None:
    """A progress that nobody wants to know."""


def part_done(job: Mapping[str, Any]) -> float:
    total = job["total-progress"]
    return job["current-progress"] / total if total else 0.0


class Jobs:
    """The jobs of one engine. A job that has ended stays until somebody has heard how."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def follow(self, job: str, progress: Progress = unseen, until: str = "concluded") -> None:
        """Return once a job is as far as asked, or has ended, or nobody knows it any more."""

        def ended() -> bool:
            status = self._monitor.jobs().get(job)
            if status is None or status["status"] in (until, "concluded"):
                return True
            progress(part_done(status))
            return False

        self._monitor.until(ended)

    def runs(self, job: str) -> bool:
        """Whether a job has still to be awaited; raises EngineError if it has failed.

        If it has ended, it is forgotten; a job that was cancelled has not failed.
        """
        status = self._monitor.jobs().get(job)
        if status is None:
            return False
        if status["status"] != "concluded":
            return True
        self._forget(job)
        if status.get("error", CANCELLED) != CANCELLED:
            raise EngineError(f"{job.partition('.')[0]}: {status['error']}")
        return False

    def stop(self, leaf: str, kind: str = "") -> None:
        """End the jobs that work on the disk with this leaf, all or those of one kind."""
        for job in self._monitor.graph().jobs_on(leaf):
            if job.startswith(kind):
                if self._monitor.jobs()[job]["status"] != "concluded":
                    self._monitor.execute("block-job-cancel", {"device": job, "force": True})
                self.follow(job)
                self._forget(job)

    def _forget(self, job: str) -> None:
        self._monitor.execute("job-dismiss", {"id": job})
        if job.startswith(MIRROR):
            self._monitor.execute("blockdev-del", {"node-name": job})
