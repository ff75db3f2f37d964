"""Connections between hosts, through their doors: in memory, cut with who carries them, silent when
parted.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from daemon.door import LINE_MAX, Where, announce, socket_of
from door.gate import Refused, whom

from tests.sim.scheduler import Process, process, scheduler
from tests.sim.threads import Event, Thread

SILENCE_MAX_S = 120.0
WRITE_S = 0.05
CHUNK = 1 << 20


class Network:
    """``parted`` are pairs of machines between which nothing goes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"network {seed}")
        self.parted: set[frozenset[str]] = set()
        self._listeners: dict[Any, Listener] = {}
        self._ports: dict[str, int] = {}

    def take_time(self) -> None:
        """What is written takes a while to go."""
        scheduler().park(scheduler().now + self.random.expovariate(1 / WRITE_S))

    def reaches(self, here: str, there: str) -> bool:
        return frozenset((here, there)) not in self.parted

    def door(self, folder: Path) -> None:
        """Be the door of this host, for ever; it is where it was when it is opened again."""
        here = process().place
        port = self._ports.setdefault(here, 40001 + len(self._ports))
        listener = self.listen((here, port))
        announce(folder, Where(here, port, f"certificate of {here}"))
        while True:
            come, _ = listener.accept()
            Thread(target=self._lead, args=(come, folder), daemon=True).start()

    def _lead(self, come: "Stream", folder: Path) -> None:
        with suppress(OSError, ValueError), come:
            said = come.readline(LINE_MAX)
            try:
                name = whom(said)
            except Refused as error:
                come.write(f'{{"error": "{error}"}}\n'.encode())
                return
            with self._enter(socket_of(folder, name)) as daemon:
                daemon.write(said)
                Thread(target=_copy, args=(come, daemon), daemon=True).start()
                _copy(daemon, come)

    def listen(self, at: Any) -> "Listener":
        """At a host's port, or at a path of this host."""
        listener = self._listeners[at] = Listener(process())
        listener.process.at_death.append(lambda: self._gone(at, listener))
        return listener

    def _gone(self, at: Any, listener: "Listener") -> None:
        if self._listeners.get(at) is listener:
            del self._listeners[at]

    def connect(self, where: Where) -> "Stream":
        """Raises OSError when nobody listens there, or nothing gets there."""
        scheduler().point()
        if not self.reaches(process().place, where.host):
            scheduler().park(scheduler().now + 30.0)
            raise TimeoutError(f"{where.host} does not answer")
        return self._enter((where.host, where.port))

    def _enter(self, at: Any) -> "Stream":
        listener = self._listeners.get(at)
        if listener is None:
            raise ConnectionRefusedError(f"nobody listens at {at}")
        ours, theirs = Stream(self, process()), Stream(self, listener.process)
        ours.peer, theirs.peer = theirs, ours
        listener.come.append(theirs)
        listener.news.set()
        return ours


def _copy(reading: "Stream", writing: "Stream") -> None:
    with suppress(OSError, ValueError), writing:
        while data := reading.recv(CHUNK):
            writing.write(data)


class Listener:
    def __init__(self, owner: Process) -> None:
        self.process = owner
        self.come: deque[Stream] = deque()
        self.news = Event()

    def accept(self) -> "tuple[Stream, None]":
        while not self.come:
            self.news.clear()
            self.news.wait()
        return self.come.popleft(), None


class Stream:
    """A socket and the file that is made of it, in one."""

    peer: "Stream"

    def __init__(self, network: Network, owner: Process) -> None:
        self._network = network
        self._owner = owner
        self._data = bytearray()
        self._news = Event()
        self._closed = False
        owner.at_death.append(self.close)

    def settimeout(self, seconds: float) -> None:
        pass

    def makefile(self, mode: str) -> "Stream":
        return self

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self.peer._news.set()

    def write(self, data: bytes) -> int:
        scheduler().point()
        if self._closed or (self.peer._closed and self._is_connected()):
            raise BrokenPipeError("the peer closed the connection")
        if self._owner.place != self.peer._owner.place:
            self._network.take_time()
        if self._is_connected():
            self.peer._data += data
            self.peer._news.set()
        return len(data)

    def flush(self) -> None:
        pass

    def shutdown(self, how: int) -> None:
        raise OSError("it is closed as a whole")

    def recv(self, most: int) -> bytes:
        """What is there, once something is; silence has no end."""
        return self._take(lambda: min(len(self._data), most), most, float("inf"))

    def read(self, size: int) -> bytes:
        if not size:
            return b""
        return self._take(lambda: size if len(self._data) >= size else 0, size)

    def readline(self, most: int) -> bytes:
        return self._take(lambda: min(self._data.find(b"\n") + 1, most), most)

    def _take(self, ready: Callable[[], int], most: int, silence_s: float = SILENCE_MAX_S) -> bytes:
        until = scheduler().now + silence_s
        while not (count := ready()):
            if self._closed:
                raise ValueError("the connection is closed")
            if self.peer._closed and self._is_connected():
                count = min(len(self._data), most)
                break
            if scheduler().now >= until:
                raise TimeoutError("the peer is silent")
            self._news.clear()
            self._news.wait(min(until - scheduler().now, 5.0))
        taken = bytes(self._data[:count])
        del self._data[:count]
        return taken

    def _is_connected(self) -> bool:
        return self._network.reaches(self._owner.place, self.peer._owner.place)


def install(network: Network) -> None:
    """Have bytes between hosts go over this network."""
    from daemon import door
    from xenopsd.migration import sender

    door._listener = network.listen  # type: ignore[assignment]
    sender._hang_up = lambda connection: connection.close()
    sender.connect = network.connect  # type: ignore[assignment]
