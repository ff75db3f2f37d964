"""The SRs that are attached here, each with a process of its own that alone can hang or die."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, cast

from xenops.storage import SrHealth, SrInfo, StorageError

from storage.drivers.driver import AttachedSR
from storage.errors import BackendError
from storage.frontend.journal import Journal, Plugged
from storage.frontend.process import Died, Hung, Process, Start

log = logging.getLogger(__name__)

LIMIT_S = 25.0
"""How long a call of an SR may take; callers wait a little longer for an answer."""
LONG_S = 600.0
"""The same for making and erasing an SR, which may write much."""
TRIES = 2

TakeUp = Callable[[str, AttachedSR], None]
"""Called when an SR has been attached by a new process, before anything else is asked of it."""


class Sr:
    """One attached SR; threads share it. Calls raise StorageError or what the driver does.

    A process that died is replaced, and what it was doing is done again, once. One that hangs
    stays until it has ended: until then calls are refused at once.
    """

    def __init__(self, plugged: Plugged, start: Start, take_up: TakeUp, limit_s: float) -> None:
        self.plugged = plugged
        self._start = start
        self._take_up = take_up
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._process: Process | None = None
        self._is_attached = False
        self._is_refused = False
        self.disks = cast(AttachedSR, _Remote(self._call))
        self.is_unsure = False
        """Whether a call that was given up may have taken effect, which nobody has looked at."""
        self.merging: float | None = None
        self.backlog = -1
        self.not_merged: StorageError | None = None
        self.sizes: SrInfo | None = None
        """What was last known of it."""

    @property
    def uuid(self) -> str:
        return self.plugged.sr

    @property
    def health(self) -> SrHealth:
        process = self._process
        if self._is_refused or (process is not None and process.hangs()):
            return SrHealth.Unreachable
        if process is None or process.ended() or not self._is_attached:
            return SrHealth.Recovering
        return SrHealth.Healthy

    def is_like(self, plugged: Plugged) -> bool:
        """Whether it is attached in the same way."""
        ours = self.plugged
        return (ours.driver, ours.config) == (plugged.driver, plugged.config)

    def attach(self) -> None:
        """Have the SR attached by a process that answers; nothing to do if it is."""
        self._attached()

    def detach(self) -> None:
        """Unmount the SR, and end its process."""
        self._last_call("detach", self._limit_s)

    def destroy(self) -> None:
        """Erase the SR, and end its process."""
        self._last_call("destroy", LONG_S)

    def _last_call(self, method: str, limit_s: float) -> None:
        process = self._attached()
        self._within(process, limit_s, method, self.uuid, self.plugged.config)
        process.end()

    def end(self) -> None:
        """End the process, even if it hangs."""
        if self._process is not None:
            self._process.end()

    def look(self) -> SrInfo:
        """The SR as it is; if it does not answer, as it was, with its health."""
        with suppress(StorageError, BackendError):
            self.sizes = self.disks.stat()
        if self.sizes is None:
            raise self._unhealthy("it has not answered yet")
        return replace(self.sizes, health=self.health)

    def _call(self, method: str, *args: Any, **named: Any) -> Any:
        for attempt in range(1, TRIES + 1):
            process = self._attached()
            try:
                return self._within(process, self._limit_s, method, *args, **named)
            except Died as error:
                log.error("SR %s: %s during %s, attempt %d", self.uuid, error, method, attempt)
        raise self._unhealthy(f"its process has ended during {method}, {TRIES} times")

    def _within(
        self, process: Process, limit_s: float, method: str, *args: Any, **named: Any
    ) -> Any:
        try:
            return process.call(method, limit_s, *args, **named)
        except Hung as error:
            self.is_unsure = True
            raise self._unhealthy(str(error)) from error

    def _attached(self) -> Process:
        """The process that has the SR attached, begun now if need be."""
        with self._lock:
            process = self._process
            if process is not None and process.hangs():
                raise self._unhealthy("an earlier call has not ended yet")
            if process is None or process.ended():
                process = self._process = self._start(self.plugged.driver)
                self._is_attached = False
            if not self._is_attached:
                with self._refusing():
                    self._begin(process)
                self._is_attached = True
            return process

    def _begin(self, process: Process) -> None:
        try:
            self._within(process, self._limit_s, "attach", self.uuid, self.plugged.config)
            remote = _Remote(partial(self._within, process, self._limit_s))
            self._take_up(self.uuid, cast(AttachedSR, remote))
        except Died as error:
            raise self._unhealthy("its process has ended while the SR was attached") from error

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except BackendError:
            self._is_refused = True
            raise
        self._is_refused = False

    def _unhealthy(self, why: str) -> StorageError:
        text = (
            f"SR {self.uuid} ({self.plugged.driver}): {why}; see whether this host reaches its"
            " storage, and ask again once SR.stat says that it is healthy"
        )
        return StorageError("Sr_unhealthy", (self.uuid, self.health), text)


class _Remote:
    """An attached SR's methods, done by its process."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(self._call, f"sr.{name}")


class Srs:
    """All SRs that are attached here. Attached ones are attached again after a restart."""

    def __init__(
        self, journal: Journal, start: Start, take_up: TakeUp, limit_s: float = LIMIT_S
    ) -> None:
        self._journal = journal
        self.start = start
        self._take_up = take_up
        self._limit_s = limit_s
        self._srs = {plugged.sr: self._made(plugged) for plugged in journal.srs()}

    def _made(self, plugged: Plugged) -> Sr:
        return Sr(plugged, self.start, self._take_up, self._limit_s)

    def all(self) -> list[Sr]:
        return list(self._srs.values())

    def get(self, sr: str) -> Sr:
        """Raises StorageError Sr_not_attached."""
        found = self._srs.get(sr)
        if found is None:
            raise StorageError("Sr_not_attached", sr)
        return found

    def find(self, sr: str) -> Sr | None:
        return self._srs.get(sr)

    def disks(self, sr: str) -> AttachedSR:
        return self.get(sr).disks

    def attach(self, plugged: Plugged) -> None:
        """Attach an SR and note it; one that is attached already keeps its process."""
        known = self._srs.get(plugged.sr)
        if known is None or not known.is_like(plugged):
            sr = self._made(plugged)
            if known is not None:
                known.end()
            try:
                sr.attach()
            except Exception:
                sr.end()
                if known is not None:
                    self._srs[plugged.sr] = self._made(known.plugged)
                raise
            self._srs[plugged.sr] = sr
        else:
            known.attach()
            known.plugged = plugged
        self._journal.plug(plugged)

    def forget(self, sr: str) -> None:
        """Note that an SR is no longer attached."""
        self._journal.unplug(sr)
        self._srs.pop(sr).end()

    def end(self) -> None:
        for sr in self.all():
            sr.end()
