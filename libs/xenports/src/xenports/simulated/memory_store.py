"""A xenstore in memory, for tests with a simulated clock: watches fire at once."""

import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

Callback = Callable[[str], None]


class Fired:
    """The events of one watch."""

    def __init__(self) -> None:
        self.paths: queue.Queue[str] = queue.Queue()

    def next(self, timeout_s: float) -> str | None:
        try:
            return self.paths.get(timeout=timeout_s)
        except queue.Empty:
            return None


class MemoryStore:
    """`xenports.xenstore.Xenstore` without a daemon, and without permissions."""

    def __init__(self) -> None:
        self._nodes: dict[str, str] = {}
        self._watches: list[tuple[str, Callback]] = []
        self._lock = threading.RLock()

    def read(self, path: str) -> str | None:
        return self._nodes.get(path)

    def read_all(self, paths: Sequence[str]) -> "list[str | None]":
        with self._lock:
            return [self._nodes.get(path) for path in paths]

    def write(self, path: str, value: str) -> None:
        self.write_all({path: value})

    def write_all(self, values: Mapping[str, str]) -> None:
        with self._lock:
            for path, value in values.items():
                for parent in _parents(path):
                    self._nodes.setdefault(parent, "")
                self._nodes[path] = value
        for path in values:
            self._fire(path)

    def make(self, *paths: str, owner: int = 0, reader: int | None = None) -> None:
        self.write_all({path: self._nodes.get(path, "") for path in paths})

    def list(self, path: str) -> "list[str]":
        below = f"{path}/"
        with self._lock:
            names = [node.removeprefix(below) for node in self._nodes if node.startswith(below)]
        return [name for name in names if "/" not in name]

    def tree(self, *paths: str) -> Iterator[tuple[str, str]]:
        below = tuple(f"{path}/" for path in paths)
        with self._lock:
            nodes = [(n, v) for n, v in self._nodes.items() if n.startswith(below)]
        yield from sorted(nodes, key=lambda node: node[0].count("/"))

    def remove(self, *paths: str) -> None:
        for path in paths:
            self._remove(path)

    def _remove(self, path: str) -> None:
        with self._lock:
            gone = [node for node in self._nodes if node == path or node.startswith(f"{path}/")]
            for node in gone:
                del self._nodes[node]
        for node in gone:
            self._fire(node)

    def introduce(self, domid: int, mfn: int, port: int) -> None:
        self._fire("@introduceDomain")

    def resume(self, domid: int) -> None:
        pass

    @contextmanager
    def watch(self, path: str) -> Iterator[Fired]:
        fired = Fired()
        watch = (path, fired.paths.put)
        self._watches.append(watch)
        fired.paths.put(path)  # a watch fires when it is set
        try:
            yield fired
        finally:
            self._watches.remove(watch)

    def on_change(self, path: str, callback: Callback) -> None:
        self._watches.append((path, callback))

    def _fire(self, changed: str) -> None:
        for path, callback in list(self._watches):
            if changed == path or changed.startswith(f"{path}/"):
                callback(changed)


def _parents(path: str) -> Iterator[str]:
    parts = path.split("/")
    for length in range(2, len(parts)):
        yield "/".join(parts[:length])
