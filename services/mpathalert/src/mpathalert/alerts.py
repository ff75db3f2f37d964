"""Which message about lost paths is due, and its text, which clients read by regular expression."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping

from msgspec.structs import replace

from mpathalert.disks import Disk

UNHEALTHY = "Unhealthy paths:"
# Clients look for this number, whatever the interval is.
EVENTS = "Events received during the last 120 seconds:"
# People read a message, and the server refuses a call that is larger than 300 KB.
LINES_MAX = 500

Disks = Mapping[tuple[str, str], Disk]


class Alerts:
    """Decides from the state of all disks when operators are to get a message, and its text.

    A change of a disk that was or is below its maximum is due at once, unless a message told of its
    SR less than ``interval_s`` ago. Each message tells the state of all disks.
    """

    def __init__(
        self,
        reported: Iterable[Disk],
        interval_s: float,
        now: Callable[[], float],
        date: Callable[[], str],
    ) -> None:
        """``reported``: the unhealthy disks that an earlier run told operators of."""
        self._seen: Disks = {disk.key: disk for disk in reported}
        self._interval_s = interval_s
        self._now = now
        self._date = date
        self._events: deque[str] = deque(maxlen=LINES_MAX)
        self._waiting: set[str] = set()
        self._told: dict[str, float] = {}

    def see(self, disks: Disks) -> None:
        """Compare with the last state. A disk that is gone counts as healthy, without paths."""
        for key in sorted(self._seen.keys() | disks.keys()):
            old = self._seen.get(key)
            new = disks.get(key) or replace(self._seen[key], current=0, max=0)
            was_healthy = old is None or old.level.healthy
            if (old is None or old.level != new.level) and not (was_healthy and new.level.healthy):
                self._events.append(self._line(new))
                self._waiting.add(new.group)
        self._seen = disks

    def wait_s(self) -> float | None:
        """How long until a message is due; None if there is nothing to tell."""
        due = (self._told.get(group, -self._interval_s) for group in self._waiting)
        first = min((told + self._interval_s for told in due), default=None)
        return None if first is None else max(first - self._now(), 0.0)

    def message(self) -> str:
        """The text that tells how things are and what has changed."""
        lost = [
            self._line(disk) for _, disk in sorted(self._seen.items()) if not disk.level.healthy
        ]
        shown = lost[:LINES_MAX]
        if len(lost) > LINES_MAX:
            shown.append(f"and {len(lost) - LINES_MAX} more")
        return "\n".join([*([UNHEALTHY] if lost else []), *shown, EVENTS, *self._events])

    def sent(self) -> list[Disk]:
        """Note that operators have been told; returns the unhealthy disks that they know of."""
        now = self._now()
        self._told = {
            group: told for group, told in self._told.items() if now - told < self._interval_s
        } | dict.fromkeys(self._waiting, now)
        self._waiting.clear()
        self._events.clear()
        return [disk for _, disk in sorted(self._seen.items()) if not disk.level.healthy][
            :LINES_MAX
        ]

    def _line(self, disk: Disk) -> str:
        # A name may hold line breaks, but a disk is one line.
        name = " ".join(disk.host_name.split())
        what = f"pbd={disk.pbd}; scsi_id={disk.scsi_id}" if disk.pbd else "root=true"
        numbers = f"current={disk.current}; max={disk.max}"
        return f'[{self._date()}] host={disk.host}; host-name="{name}"; {what}; {numbers}'
