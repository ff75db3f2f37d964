"""What breaks: services die or stand still, alone or several at once, and connections are cut."""

import contextlib
import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable

from simulated_pool.engines import engines

from tests.chaos.story import Story
from tests.conftest import Pool

# Xen and its xenstored are the machine; epmd is no part of the broker.
SPARED = ("xen-", "epmd")
PAUSE_S = (0.5, 4.5)
STOP_S, LONG_STOP_S = (0.3, 8.0), (22.0, 45.0)
"""Longer than a lease lasts is what the second is about."""
FLAPS = 4
VICTIMS = {
    **{"xenopsd": 3, "forwarder": 3, "storage": 2, "xapi": 2, "rabbitmq": 2},
    **{"squeezed": 1, "door": 1},
}
"""How often a service is hit, by the beginning of its name; one that is not named, seldom."""
SELDOM = 0.3


class Faults:
    """Breaks one thing after the other until it is told to stop; then all run again."""

    def __init__(self, pool: Pool, seed: int, story: Story) -> None:
        self._pool = pool
        self._random = random.Random(f"{seed} faults")
        self._story = story
        self._over = threading.Event()
        self._resumed: dict[int, float] = {}
        self._thread = threading.Thread(target=self._run, name="faults")
        self._kinds: dict[Callable[[], None], float] = {
            self._kill_one: 6.0,
            self._stop_one: 3.0,
            self._stop_long: 0.4,
            self._kill_a_kind: 0.7,
            self._kill_a_host: 0.7,
            self._kill_with_broker: 0.7,
            self._kill_an_engine: 0.2,
            self._cut_one: 2.0,
            self._flap: 0.5,
        }

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Break nothing more, and have all go on that stand still."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        due = time.monotonic() + self._random.uniform(*PAUSE_S)
        while not self._over.wait(0.05):
            self._resume_those(time.monotonic())
            if time.monotonic() > due:
                (kind,) = self._random.choices([*self._kinds], [*self._kinds.values()])
                kind()
                due = time.monotonic() + self._random.uniform(*PAUSE_S)
        self._resume_those(float("inf"))

    def _running(self) -> dict[str, int]:
        found = self._pool.supervisor.pids()
        return {name: found[name] for name in sorted(found) if not name.startswith(SPARED)}

    def _victim(self) -> tuple[str, int] | None:
        running = self._running()
        if not running:
            return None
        weights = [
            next((often for kind, often in VICTIMS.items() if name.startswith(kind)), SELDOM)
            for name in running
        ]
        (name,) = self._random.choices([*running], weights)
        return name, running[name]

    # --- dying ------------------------------------------------------------------------------

    def _kill(self, kind: str, names: Iterable[str]) -> None:
        running = self._running()
        for name in names:
            if name in running:
                _signal(running[name], signal.SIGKILL)
                self._tell(kind, name, f"{name} is killed")

    def _tell(self, kind: str, name: str, text: str) -> None:
        self._story.fault(kind, text, of_the_gateway=name == "xapi")

    def _kill_one(self) -> None:
        victim = self._victim()
        if victim is not None:
            self._kill(f"kill {_kind(victim[0])}", [victim[0]])

    def _kill_a_kind(self) -> None:
        """All of one kind at once."""
        kind = self._random.choice(["forwarder", "xenopsd", "storage", "squeezed", "door"])
        self._kill("kill a kind", [name for name in self._running() if _kind(name) == kind])

    def _kill_a_host(self) -> None:
        """All services of one host at once; its Xen and its guests go on."""
        host = self._random.choice(self._pool.layout.hosts).name
        names = [name for name in self._running() if name.endswith(f"-{host}")]
        self._kill("kill a host's", names)

    def _kill_with_broker(self) -> None:
        victim = self._victim()
        if victim is not None:
            self._kill("kill with broker", {victim[0]: None, "rabbitmq": None})

    def _kill_an_engine(self) -> None:
        """The disks of a VM are pulled."""
        found = engines(self._pool.layout.folder)
        if found:
            host, vm = self._random.choice([*found])
            _signal(found[host, vm], signal.SIGKILL)
            self._story.fault("kill engine", f"the engine of VM {vm} on {host} is killed")

    # --- standing still ---------------------------------------------------------------------

    def _stop_one(self) -> None:
        self._stop("stop", self._random.uniform(*STOP_S))

    def _stop_long(self) -> None:
        self._stop("stop long", self._random.uniform(*LONG_STOP_S))

    def _stop(self, kind: str, seconds: float) -> None:
        victim = self._victim()
        if victim is not None:
            name, pid = victim
            _signal(pid, signal.SIGSTOP)
            self._resumed[pid] = time.monotonic() + seconds
            self._tell(f"{kind} {_kind(name)}", name, f"{name} stands still for {seconds:.1f} s")

    def _resume_those(self, now: float) -> None:
        for pid, due in [*self._resumed.items()]:
            if due <= now:
                del self._resumed[pid]
                _signal(pid, signal.SIGCONT)

    # --- connections ------------------------------------------------------------------------

    def _cut_one(self) -> None:
        """One connection to the broker, to the gateway or between hosts."""
        ends = self._ends()
        end = self._random.choice([*ends])
        found = _established(ends[end])
        if found:
            ours, theirs = self._random.choice(found)
            self._cut(f"cut {end}", end, ["src", ours, "dst", theirs])

    def _flap(self) -> None:
        """Every connection to the broker, again and again."""
        for _ in range(FLAPS):
            self._cut("cut broker flapping", "broker", self._ends()["broker"])
            time.sleep(self._random.uniform(0.1, 0.6))

    def _ends(self) -> dict[str, list[str]]:
        """Where connections lead to, as ss selects them."""
        # The first one's address is where everything else listens, too.
        host = self._random.choice(self._pool.layout.hosts[1:])
        ports = self._pool.layout.ports
        return {
            "broker": ["sport", "=", f":{ports['amqp']}"],
            "gateway": ["sport", "=", f":{ports['xapi']}"],
            "host": ["src", host.address],
        }

    def _cut(self, kind: str, end: str, which: list[str]) -> None:
        """Have the kernel abort connections; who may not have that, cuts none."""
        count = len(_ss("-K", *which))
        if count:
            text = f"{count} connections to the {end} are cut"
            self._story.fault(kind, text, of_the_gateway=end == "gateway")


def _established(which: list[str]) -> list[tuple[str, str]]:
    """The connections whose one end is selected: both ends, in order."""
    return sorted((ours, theirs) for _, _, ours, theirs, *_ in map(str.split, _ss(*which)))


def _ss(*arguments: str) -> list[str]:
    command = ["ss", "-tnH", "state", "established", *arguments]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def _kind(name: str) -> str:
    return name.partition("-host")[0].rstrip("-0123456789")


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
