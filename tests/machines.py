"""Machines of their own for a test: network namespaces on a bridge. Needs root."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from simulated_pool.layout import Machine


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@dataclass(frozen=True)
class Network:
    """``address`` is this machine's on the bridge."""

    name: str
    address: str
    machines: list[Machine]

    def cut(self, number: int) -> None:
        """Have a machine vanish from the network, without a word to anybody."""
        ip("link", "set", f"{self.name}-{number}", "down")

    def mend(self, number: int) -> None:
        ip("link", "set", f"{self.name}-{number}", "up")


@contextlib.contextmanager
def network(count: int) -> Iterator[Network]:
    """So many machines, numbered from 1."""
    name, subnet = f"w{os.getpid()}", f"10.213.{os.getpid() % 250}"
    names = {number: f"{name}-{number}" for number in range(1, count + 1)}
    try:
        ip("link", "add", name, "type", "bridge")
        ip("address", "add", f"{subnet}.254/24", "dev", name)
        ip("link", "set", name, "up")
        for number, machine in names.items():
            ip("netns", "add", machine)
            pair = ("type", "veth", "peer", "name", "eth0", "netns", machine)
            ip("link", "add", machine, *pair)
            ip("link", "set", machine, "master", name, "up")
            ip("-n", machine, "address", "add", f"{subnet}.{number}/24", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip("-n", machine, "link", "set", device, "up")
        machines = [
            Machine(f"{subnet}.{number}", ("ip", "netns", "exec", machine))
            for number, machine in names.items()
        ]
        yield Network(name, f"{subnet}.254", machines)
    finally:
        for machine in names.values():
            subprocess.run(["ip", "netns", "delete", machine], check=False)
        subprocess.run(["ip", "link", "delete", name], check=False)
