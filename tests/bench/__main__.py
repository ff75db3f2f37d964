"""``make bench``: how fast a fresh simulated pool answers, from one client on this machine."""

import http.client
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests import records
from tests.conftest import Pool, running_pool

SECONDS = 3.0
VMS = 1000
MIB = 1024 * 1024


class Client:
    """JSON-RPC over one kept connection."""

    def __init__(self, pool: Pool) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", pool.layout.ports["xapi"])
        self.session = self.call("session.login_with_password", "root", pool.password)

    def call(self, method: str, *params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": method, "params": params, "id": 1})
        self._connection.request("POST", "/jsonrpc", body)
        answer = json.loads(self._connection.getresponse().read())
        assert "result" in answer, answer
        return answer["result"]

    def __call__(self, method: str, *params: Any) -> Any:
        return self.call(method, self.session, *params)


def report(name: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    p99 = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    rate = 1000 * len(ordered) / sum(ordered)
    median = statistics.median(ordered)
    print(
        f"{name:<44} {rate:>9.1f}/s  p50 {median:>8.2f} ms  p99 {p99:>8.2f} ms  n={len(ordered)}",
        flush=True,
    )


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def repeat(name: str, action: Callable[[], object], seconds: float = SECONDS) -> None:
    until = time.perf_counter() + seconds
    times = []
    while time.perf_counter() < until or len(times) < 3:
        times.append(timed(action))
    report(name, times)


def power(client: Client, vm: str) -> None:
    starts, stops = [], []
    for _ in range(30):
        starts.append(timed(lambda: client("VM.start", vm, False, False)))
        stops.append(timed(lambda: client("VM.hard_shutdown", vm)))
    report("VM.start, one disk and one interface", starts)
    report("VM.hard_shutdown", stops)


def migrate(client: Client, vm: str) -> None:
    client("VM.set_memory_limits", vm, *[256 * MIB] * 4)
    client("VM.start", vm, False, False)
    time.sleep(2.0)  # the guest boots: it writes to all of its memory
    times = []
    for _ in range(4):
        here = client("VM.get_resident_on", vm)
        target = next(host for host in client("host.get_all") if host != here)
        times.append(timed(lambda target=target: client("VM.pool_migrate", vm, target, {})))  # type: ignore[misc]
    report("VM.pool_migrate, 256 MiB", times)
    client("VM.hard_shutdown", vm)


def events(pool: Pool, client: Client, vm: str) -> None:
    """From the call that changes something to the answer of a waiting event.from."""
    times = []
    listener = Client(pool)
    for number in range(30):
        token = listener("event.from", [f"vm/{vm}"], "", 1.0)["token"]
        arrived: list[float] = []

        def listen(token: str = token, arrived: list[float] = arrived) -> None:
            listener("event.from", [f"vm/{vm}"], token, 30.0)
            arrived.append(time.perf_counter())

        thread = threading.Thread(target=listen)
        thread.start()
        time.sleep(0.15)  # let it wait
        began = time.perf_counter()
        client("VM.set_name_description", vm, str(number))
        thread.join()
        times.append((arrived[0] - began) * 1000)
    report("change → event.from", times)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, running_pool(Path(folder)) as pool:
        client = Client(pool)
        template = client("VM.get_by_name_label", "Other install media")[0]
        vm = client("VM.clone", template, "bench")
        client("VM.provision", vm)
        client("VM.set_memory_limits", vm, *[64 * MIB] * 4)
        sr = client("SR.get_all")[0]
        client("VBD.create", records.vbd(vm, client("VDI.create", records.vdi(sr, MIB))))
        client("VIF.create", records.vif(vm, client("network.get_all")[0]))
        repeat("VM.get_uuid", lambda: client("VM.get_uuid", vm))
        repeat("VM.get_record", lambda: client("VM.get_record", vm))
        repeat("VM.set_name_label", lambda: client("VM.set_name_label", vm, "bench"))
        repeat(
            "VM.get_possible_hosts (broker and forwarder)",
            lambda: client("VM.get_possible_hosts", vm),
        )
        power(client, vm)
        migrate(client, vm)
        events(pool, client, vm)
        repeat("VM.clone", lambda: client("VM.clone", template, "copy"))
        while len(client("VM.get_all")) < VMS:
            client("VM.clone", template, "copy")
        repeat(f"VM.get_all_records, {VMS} VMs", lambda: client("VM.get_all_records"))


if __name__ == "__main__":
    main()
