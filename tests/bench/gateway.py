"""``python -m tests.bench.gateway``: what one call costs the gateway alone, without a broker.

Other work on the machine makes calls slower, but not dearer, so the processor's time is what to
compare by. Each round measures everything once.
"""

import json
import multiprocessing
import re
import resource
import socket
import statistics
import tempfile
import time
import xmlrpc.client
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pooldb
import uvloop
from datamodel.classes import VM, Host, Pool
from datamodel.objects import ref_of
from xapi import answers, listeners, sessions
from xapi.dispatch import Dispatcher
from xapi.pool import Pool as Served

assert answers.__all__, "the answers declare themselves when they are imported"

ROUNDS, SECONDS = 3, 1.0
VMS = 1000
PASSWORD = "bench"
LENGTH = re.compile(rb"content-length: (\d+)")
HEAD_MAX = 1024
FILES = 8192

Ask = Callable[[], int]
"""Makes some calls; returns how many."""


def serve(folder: str, listening: socket.socket) -> None:
    """Serve a pool of a thousand VMs until a signal."""
    uvloop.run(_serve(folder, listening))


async def _serve(folder: str, listening: socket.socket) -> None:
    db = pooldb.connect(f"sqlite:///{folder}/pool.db")
    with db.transaction() as tx:
        sessions.first_user(tx, PASSWORD)
        tx.new(Pool).master = ref_of(tx.new(Host))
    for number in range(VMS):
        with db.transaction() as tx:
            vm = tx.new(VM)
            vm.name_label = f"VM {number}"
            vm.other_config = {f"key {place}": "value" for place in range(8)}
    pool = Served(db, None, ThreadPoolExecutor(8))
    await listeners.serve_all([listeners.gateway(Dispatcher(pool), [listening])], pool.stop)


class Connection:
    """One kept connection.

    All read into the same memory: a client that makes room for each long answer anew measures that.
    """

    _read = memoryview(bytearray(32 << 20))

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, request: bytes) -> None:
        self._socket.sendall(request)

    def receive(self) -> memoryview:
        """The body of the next answer, until another one is read."""
        have = self._socket.recv_into(self._read)
        head, _, _ = bytes(self._read[:HEAD_MAX]).partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        assert length is not None, head
        begin = len(head) + 4
        end = begin + int(length[1])
        while have < end:
            have += self._socket.recv_into(self._read[have:])
        return self._read[begin:end]

    def result(self) -> Any:
        return json.loads(bytes(self.receive()))["result"]


def by_json(method: str, *params: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1}).encode()
    return _request("/jsonrpc", body)


def by_xml(method: str, *params: Any) -> bytes:
    return _request("/RPC2", xmlrpc.client.dumps(params, method).encode())


def _request(path: str, body: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def repeated(connections: Sequence[Connection], request: bytes) -> Ask:
    """The same call on all connections at once."""

    def ask() -> int:
        for connection in connections:
            connection.send(request)
        for connection in connections:
            connection.receive()
        return len(connections)

    return ask


def logins(connections: Sequence[Connection]) -> Ask:
    """Log in and out on all connections at once."""
    login = by_json("session.login_with_password", "root", PASSWORD, "1.0", "bench")

    def ask() -> int:
        for connection in connections:
            connection.send(login)
        for connection in connections:
            connection.send(by_json("session.logout", connection.result()))
        for connection in connections:
            connection.receive()
        return len(connections)

    return ask


def listeners_to_events(connections: Sequence[Connection], session: str, vm: str) -> Ask:
    """Clients wait in ``event.from`` for a change, which comes; their waiting costs nothing."""
    token = ""

    def ask() -> int:
        nonlocal token
        teller, *others = connections
        if not token:
            teller.send(by_json("event.from", session, ["vm"], token, 0.0))
            token = teller.result()["token"]
        for connection in others:
            connection.send(by_json("event.from", session, ["vm"], token, 60.0))
        teller.send(by_json("VM.set_tags", session, vm, [token]))
        teller.receive()
        for connection in others:
            token = connection.result()["token"]
        return len(others)

    return ask


def cpu_ms(pid: int) -> float:
    """Milliseconds of the processor that the process's threads have used."""
    paths = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(path.read_text().split()[0]) for path in paths) / 1e6


def measured(pid: int, ask: Ask) -> tuple[float, float]:
    """What one call takes of the processor, and how long all calls of a turn take, in ms."""
    times: list[float] = []
    calls, used = 0, cpu_ms(pid)
    until = time.perf_counter() + SECONDS
    while not times or time.perf_counter() < until:
        began = time.perf_counter()
        calls += ask()
        times.append((time.perf_counter() - began) * 1000)
    return (cpu_ms(pid) - used) / calls, statistics.median(times)


def kinds(port: int) -> dict[str, Ask]:
    """Each kind of call and what makes it."""
    many = [Connection(port) for _ in range(1001)]
    one, eight = many[:1], many[:8]
    one[0].send(by_json("session.login_with_password", "root", PASSWORD, "1.0", "bench"))
    session = one[0].result()
    one[0].send(by_json("VM.get_all", session))
    vm = one[0].result()[0]
    uuid, record = by_xml("VM.get_uuid", session, vm), by_json("VM.get_record", session, vm)
    everything = f"VM.get_all_records, {VMS} VMs"
    return {
        "VM.get_uuid, XML": repeated(one, uuid),
        "VM.get_uuid, XML, 8 in flight": repeated(eight, uuid),
        "VM.get_record, JSON": repeated(one, record),
        "VM.get_record, JSON, 8 in flight": repeated(eight, record),
        f"VM.get_all, {VMS} VMs, XML": repeated(one, by_xml("VM.get_all", session)),
        f"{everything}, JSON": repeated(one, by_json("VM.get_all_records", session)),
        f"{everything}, XML": repeated(one, by_xml("VM.get_all_records", session)),
        **{f"log in and out, {n} in flight": logins(many[:n]) for n in (1, 8, 32)},
        **{
            f"event.from, {n} clients": listeners_to_events(many[: n + 1], session, vm)
            for n in (1, 100, 1000)
        },
    }


def main() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    found: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        server = multiprocessing.Process(target=serve, args=(folder, listening))
        server.start()
        try:
            asks = kinds(listening.getsockname()[1])
            for _ in range(ROUNDS):
                for name, ask in asks.items():
                    assert server.pid is not None
                    found.setdefault(name, []).append(measured(server.pid, ask))
        finally:
            server.terminate()
            server.join()
    print(f"{'':<40}{'CPU ms':>10}{'p50 ms':>10}{'rounds':>18}")
    for name, rounds in found.items():
        used, took = (sorted(column) for column in zip(*rounds, strict=True))
        line = f"{name:<40}{statistics.median(used):>10.3f}{statistics.median(took):>10.3f}"
        print(f"{line}{took[0]:>9.3f}–{took[-1]:.3f}")


if __name__ == "__main__":
    main()
