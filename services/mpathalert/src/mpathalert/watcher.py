"""Decides when to look at a host's multipath maps, and what to tell the pool of them."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from xenops.multipath import Paths, Report

from broker import BrokerError
from mpathalert.multipathd import MultipathdError
from mpathalert.uevents import MAP, Uevent

log = logging.getLogger(__name__)

# A reading right after an event may be stale, so only two that agree are believed. In a storm of
# changes no two may agree: after so many readings the last one is taken as it is.
READINGS_MAX = 10
READ_AGAIN_S = 0.02
# A change may show only after multipathd's next check, which need not cause an event.
LOOK_AGAIN_S = (0.5, 2.0, 8.0)
# Until multipathd or the broker is tried again.
RETRY_S = 2.0
# Events wake the watcher; this is only for a lost event, or a pool that has forgotten a report.
LOOK_ANYWAY_S = 60.0

Maps = dict[str, Paths]


@dataclass(frozen=True)
class Surroundings:
    """What a watcher reads from, reports to, and measures time with."""

    maps: Callable[[], Maps]
    """Raises MultipathdError."""
    boot: Callable[[], str | None]
    publish: Callable[[Report], None]
    """Returns once the broker has the report; raises BrokerError."""
    now: Callable[[], float]
    pause: Callable[[float], None]


class Watcher:
    """One run of a host's watcher, ``name``; its owner calls ``look`` whenever ``wait_s`` is 0."""

    def __init__(self, name: str, around: Surroundings) -> None:
        self._name = name
        self._around = around
        self._maps: Maps | None = None
        self._told: tuple[Maps, str | None] | None = None
        self._number = 0
        self._trouble: MultipathdError | None = None
        self._looks: list[float] = []
        self._anyway = around.now()

    def wait_s(self) -> float:
        """How long until there is something to do."""
        return max(min(self._looks, default=self._anyway) - self._around.now(), 0.0)

    def heard(self, uevents: Iterable[Uevent]) -> None:
        """Look now and a few more times, since the kernel told of maps."""
        self.look()
        if self._trouble:
            self._believe_kernel(uevents)
        else:
            self._looks = [self._around.now() + after for after in LOOK_AGAIN_S]

    def look(self) -> None:
        """Read the maps and tell the pool if they changed, or if it is time to tell them again."""
        now = self._around.now()
        self._looks = [at for at in self._looks if at > now]
        try:
            self._maps = self._read()
        except MultipathdError as error:
            self._say(error)
            self._looks = [now + RETRY_S]
        else:
            self._say(None)
            self._tell(self._maps)

    def _read(self) -> Maps:
        last = self._around.maps()
        for _ in range(READINGS_MAX - 1):
            self._around.pause(READ_AGAIN_S)
            before, last = last, self._around.maps()
            if last == before:
                break
        return last

    def _believe_kernel(self, uevents: Iterable[Uevent]) -> None:
        """Tell the kernel's count of usable paths, which it has even without multipathd."""
        for uevent in uevents:
            name = uevent.get("DM_UUID", "").removeprefix(MAP)
            valid = uevent.get("DM_NR_VALID_PATHS", "")
            counted = valid.isascii() and valid.isdecimal()
            if self._maps is not None and name in self._maps and counted:
                paths = Paths(int(valid), self._maps[name].total)
                self._maps = {**self._maps, name: paths}
                self._tell(self._maps)

    def _tell(self, maps: Maps) -> None:
        now, seen = self._around.now(), (maps, self._around.boot())
        if seen == self._told and now < self._anyway:
            return
        self._number += 1
        report = Report(watcher=self._name, number=self._number, maps=maps, boot=seen[1])
        try:
            self._around.publish(report)
        except BrokerError as error:
            log.warning("the pool is not told of storage paths yet: %s", error)
            self._told = None
            self._looks = [now + RETRY_S]
            return
        if seen != self._told:
            log.info("told the pool of %s", _text(maps))
        self._told, self._anyway = seen, now + LOOK_ANYWAY_S

    def _say(self, trouble: MultipathdError | None) -> None:
        """Log once that something is wrong, and once that it no longer is."""
        if trouble is not None and type(trouble) is not type(self._trouble):
            log.warning("%s; storage paths are watched again when it does", trouble)
        elif trouble is None and self._trouble is not None:
            log.info("multipathd answers again")
        self._trouble = trouble


def _text(maps: Maps) -> str:
    counts = (f"{name}: {paths.current} of {paths.total} paths" for name, paths in maps.items())
    return ", ".join(counts) or "no multipath maps"
