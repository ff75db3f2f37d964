"""Connections between hosts, for migrations: in memory, cut with the hosts, silent when parted."""

import hashlib
import itertools
from collections import deque
from collections.abc import Callable
from random import Random
from types import SimpleNamespace
from typing import Any

from tests.sim.scheduler import Process, process, scheduler
from tests.sim.threads import Event

SILENCE_MAX_S = 120.0
WRITE_S = 0.05


class Network:
    """``parted`` are pairs of machines between which nothing goes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"network {seed}")
        self.parted: set[frozenset[str]] = set()
        self._listeners: dict[tuple[str, int], Listener] = {}
        self._ports = itertools.count(40001)

    def take_time(self) -> None:
        """What is written takes a while to go."""
        scheduler().park(scheduler().now + self.random.expovariate(1 / WRITE_S))

    def reaches(self, here: str, there: str) -> bool:
        return frozenset((here, there)) not in self.parted

    def listen(self, address: tuple[str, int]) -> "Listener":
        host, port = address[0], address[1] or next(self._ports)
        listener = Listener(host, port, process())
        self._listeners[host, port] = listener
        listener.process.at_death.append(lambda: self._gone(listener))
        return listener

    def _gone(self, listener: "Listener") -> None:
        if self._listeners.get((listener.host, listener.port)) is listener:
            del self._listeners[listener.host, listener.port]

    def connect(self, host: str, port: int) -> "Stream":
        """Raises OSError when nobody listens there, or nothing gets there."""
        scheduler().point()
        listener = self._listeners.get((host, port))
        me = process()
        if not self.reaches(me.place, host):
            scheduler().park(scheduler().now + 30.0)
            raise TimeoutError(f"{host} does not answer")
        if listener is None:
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")
        ours, theirs = Stream(self, me), Stream(self, listener.process)
        ours.peer, theirs.peer = theirs, ours
        listener.come.append(theirs)
        listener.news.set()
        return ours


class Listener:
    def __init__(self, host: str, port: int, owner: Process) -> None:
        self.host, self.port, self.process = host, port, owner
        self.come: deque[Stream] = deque()
        self.news = Event()

    def getsockname(self) -> tuple[str, int]:
        return self.host, self.port

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
        self._network.take_time()
        if self._is_connected():
            self.peer._data += data
            self.peer._news.set()
        return len(data)

    def flush(self) -> None:
        pass

    def read(self, size: int) -> bytes:
        if not size:
            return b""
        return self._take(lambda: size if len(self._data) >= size else 0, size)

    def readline(self, most: int) -> bytes:
        return self._take(lambda: min(self._data.find(b"\n") + 1, most), most)

    def _take(self, ready: Callable[[], int], most: int) -> bytes:
        until = scheduler().now + SILENCE_MAX_S
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


class _Tls:
    """A context that shows nothing and hides nothing: who asks is known by the token."""

    sni_callback: Any = None

    def wrap_socket(self, raw: Stream, server_side: bool = False) -> Stream:
        return raw


class _Probe:
    def __enter__(self) -> "_Probe":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def setsockopt(self, *_: object) -> None:
        pass

    def bind(self, address: tuple[str, int]) -> None:
        pass


def install(network: Network) -> None:
    """Have xenopsd's migrations go over this network."""
    from xenopsd.migration import certificate, receiver, sender

    numbers = itertools.count(1)

    def make(name: str) -> tuple[str, str]:
        pem = f"certificate {next(numbers)} of {name}"
        return pem, hashlib.sha256(pem.encode()).hexdigest()

    certificate.make = make
    certificate.context = lambda pem: _Tls()  # type: ignore[assignment, return-value]
    sockets = SimpleNamespace(
        create_server=network.listen, socket=_Probe, SOL_SOCKET=0, SO_REUSEADDR=0
    )
    sender._hang_up = lambda connection: connection.close()
    receiver.socket = sockets  # type: ignore[attr-defined]
    sender.connect = lambda facts: network.connect(  # type: ignore[assignment, return-value]
        facts["host"], int(facts["port"])
    )
