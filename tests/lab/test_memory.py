"""squeezed on real Xen: guests give memory to one that starts, and get back what it leaves.

`python -m xen_lab road tests/lab/test_memory.py -s` prints the figures; the picture of the run is
drawn by `python -m squeezed.picture` from squeezed's log in the pool's folder.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.lab.conftest import GUEST_S, LOOK_S, MIB, Guest, Lab

HERE = "dom0-1"
KIB = 1024
RESERVE_MIB = 72
STILL_S = 4.0
RESERVED = re.compile(r"(\d+) KiB are reserved after ([0-9.]+) s")


class Record:
    """What squeezed says of its host, from now on."""

    def __init__(self, lab: Lab) -> None:
        self._file = lab.layout.path("log", f"squeezed-{HERE}.jsonl")
        self._seen = len(self._lines())

    def _lines(self) -> list[str]:
        return self._file.read_text().splitlines()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._lines()[self._seen :]]

    def samples(self) -> list[dict[str, Any]]:
        return [line["memory"] for line in self.lines() if "memory" in line]

    def waits_s(self) -> list[float]:
        """How long each reservation of these lines took."""
        found = (RESERVED.search(line.get("text", "")) for line in self.lines())
        return [float(match[2]) for match in found if match is not None]

    def await_rest(self) -> dict[str, Any]:
        """Wait until memory moves no more; the last sample."""
        deadline, seen, since = time.monotonic() + GUEST_S, 0, time.monotonic()
        while time.monotonic() < since + STILL_S or not seen:
            assert time.monotonic() < deadline, "memory does not come to rest"
            time.sleep(LOOK_S)
            number = len(self.samples())
            if number != seen:
                seen, since = number, time.monotonic()
        return self.samples()[-1]


@dataclass
class Host:
    """What there is to share on the first host before anybody runs there."""

    lab: Lab
    shared_mib: int

    @property
    def ref(self) -> str:
        return self.lab.host(HERE)

    def part(self, share: float) -> int:
        return int(self.shared_mib * share)

    def pages_mib(self) -> dict[str, int]:
        said = self.lab.machines[HERE].output("xl list").splitlines()[2:]
        return {line.split()[0]: int(line.split()[2]) for line in said}


@pytest.fixture
def host(clean: Lab) -> Host:
    said = clean.machines[HERE].output("xl info free_memory")
    return Host(clean, int(said) - RESERVE_MIB)


@pytest.fixture
def guest(host: Host) -> Iterator[Callable[..., Guest]]:
    """Makes a VM that has between two shares of what is to be shared."""
    made: list[Guest] = []

    def make(kind: str, least: float, most: float, arguments: str = "") -> Guest:
        new = host.lab.new_vm(kind, arguments)
        limits = [host.part(share) * MIB for share in (least, most, least, most)]
        new.set_memory_limits(*map(str, limits))
        made.append(new)
        return new

    yield make
    for old in made:
        old.remove()


def test_a_fourth_guest_starts_because_three_give(host: Host, guest: Callable[..., Guest]) -> None:
    record = Record(host.lab)
    three = [guest(kind, 0.15, 0.4) for kind in ("pvh", "pv", "pvh")]
    for one in three:
        one.run()
    record.await_rest()
    full = host.pages_mib()
    fourth = guest("pv", 0.3, 0.3)
    before, began = Record(host.lab), time.monotonic()
    fourth.run()
    up_s = time.monotonic() - began
    resting = before.await_rest()
    less = host.pages_mib()
    names = [one.get_name_label() for one in three]
    assert all(less[name] <= full[name] for name in names)
    assert sum(full[name] - less[name] for name in names) > host.part(0.2)
    for one in (*three, fourth):
        assert int(one.ask("count")[0]) > 0
    unused_mib = resting["free"] / KIB - RESERVE_MIB
    after = Record(host.lab)
    fourth.hard_shutdown()
    after.await_rest()
    again = host.pages_mib()
    assert sum(again[name] for name in names) > sum(less[name] for name in names)
    lowest_mib = min(sample["free"] for sample in record.samples()) / KIB
    print(f"\n{host.shared_mib} MiB to share; three guests have {full}, beside a fourth {less},")
    print(
        f"when it has gone {again}; its memory was reserved after {before.waits_s()} s, it was up"
    )
    print(f"after {up_s:.1f} s; unused {unused_mib:.1f} MiB = {unused_mib / host.shared_mib:.2%};")
    print(f"free memory was never below {lowest_mib:.1f} MiB")
    assert lowest_mib >= RESERVE_MIB


def test_who_cannot_give_is_not_waited_for(host: Host, guest: Callable[..., Guest]) -> None:
    """One guest has no driver, one is paused; the third gives enough."""
    record = Record(host.lab)
    silent, paused = guest("pv", 0.1, 0.25, "silent"), guest("pvh", 0.1, 0.25)
    third = guest("pvh", 0.15, 0.45)
    for one in (silent, paused, third):
        one.run()
    record.await_rest()
    paused.pause()
    full = host.pages_mib()
    fourth = guest("pv", 0.2, 0.2)
    before = Record(host.lab)
    fourth.run()
    less = host.pages_mib()
    for one in (silent, paused):
        name = one.get_name_label()
        assert less[name] == full[name]
    name = third.get_name_label()
    assert less[name] < full[name]
    print(f"\nthe fourth's memory was reserved after {before.waits_s()} s; {full} became {less}")
    paused.unpause()
    lowest_mib = min(sample["free"] for sample in record.samples()) / KIB
    assert lowest_mib >= RESERVE_MIB
