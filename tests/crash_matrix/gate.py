"""Stands where services come to their points, writes down who comes, and kills one there."""

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True)
class Place:
    """The n-th time that a service comes to a point."""

    service: str
    point: str
    number: int = 1

    def __str__(self) -> str:
        return self.point if self.number == 1 else f"{self.point} ({self.number})"


class Gate:
    """Whoever comes waits until the next one of an armed place was killed."""

    def __init__(self, path: Path) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(64)
        self._lock = threading.Lock()
        self._came: Counter[tuple[str, str]] = Counter()
        self._place: Place | None = None
        self._kill: Callable[[], None] = lambda: None
        self.places: list[Place] = []
        self.forwarder: str | None = None
        """The one that came here last."""
        self.fired = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def arm(self, place: Place | None, kill: Callable[[], None] = lambda: None) -> None:
        """Count from the beginning, and kill once when the place is come to."""
        with self._lock:
            self._came.clear()
            self.places = []
            self.forwarder = None
            self.fired.clear()
            self._place, self._kill = place, kill

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile() as lines:
            name, point = (next(lines, "").rstrip("\n") for _ in range(2))
            if point:
                self._come(name, point)
            connection.sendall(b"\0")

    def _come(self, name: str, point: str) -> None:
        # Forwarders are as good as each other; the hosts are not.
        service = "forwarder" if name.startswith("forwarder") else name
        with self._lock:
            self._came[service, point] += 1
            place = Place(service, point, self._came[service, point])
            self.places.append(place)
            if service == "forwarder":
                self.forwarder = name
            if place != self._place or self.fired.is_set():
                return
            kill = self._kill
            # Whoever comes meanwhile waits: it is one moment for all.
            kill()
            self.fired.set()
