"""The lab's machine and its pool, which `python -m multipath_lab run` starts."""

import contextlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import XenAPI
from mpathalert.alerter import NAME, REPORTED
from multipath_lab import image
from multipath_lab import pool as lab_pool
from multipath_lab.__main__ import CACHE, MEMORY_MIB
from multipath_lab.machine import MultipathMachine
from simulated_pool import layout as layouts
from xen_lab.dom0 import CHECKOUT

MAP = "/dev/mapper/{id}"
LONG_S = 60.0


class Shell:
    """A shell in the machine that stays, because a new connection takes a second there."""

    def __init__(self, machine: MultipathMachine) -> None:
        self._process = subprocess.Popen(
            machine.ssh("bash"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, command: str) -> str:
        """What a command prints; it is awaited."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{{ {command}\n}} </dev/null; echo; echo END\n")
        self._process.stdin.flush()
        said = ""
        while (line := self._process.stdout.readline()) != "END\n":
            assert line, f"the shell ended: {said}"
            said += line
        return said.strip()

    def ahead_s(self) -> float:
        """How far the machine's clock is ahead of ours: the best of some questions."""
        answers = []
        for _ in range(5):
            before = time.time()
            there = float(self.ask("date +%s.%N"))
            after = time.time()
            answers.append((after - before, there - (before + after) / 2))
        return min(answers)[1]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@dataclass
class Lab:
    """A disk with two paths, an SR on it, and an operator who reads messages."""

    machine: MultipathMachine
    layout: layouts.Layout
    api: Any
    pbd: str = ""
    shell: Shell = field(init=False)
    _watcher: subprocess.Popen[bytes] | None = None
    _ahead_s: float = 0.0
    _token: str = ""
    heard: list[str] = field(default_factory=list)

    def settle_in(self) -> None:
        """After a boot: a shell, the disk mounted where the host's root would be, the watcher."""
        self.shell = Shell(self.machine)
        device = MAP.format(id=self.machine.scsi_id)
        self.shell.ask(
            f"udevadm settle; blkid {device} || mkfs.ext4 -q {device}"
            f"; mkdir -p {lab_pool.MOUNT}; mount {device} {lab_pool.MOUNT}"
        )
        command = lab_pool.watcher(self.machine, self.layout)
        # With a terminal of ours it would stop whoever runs this in the background.
        self._watcher = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def make_sr(self) -> None:
        host = self.api.host.get_all()[0]
        sr = self.api.SR.introduce("", "two paths", "", "dummy", "user", True, {})
        config = {"SCSIid": self.machine.scsi_id}
        record = {"host": host, "SR": sr, "device_config": config, "other_config": {}}
        self.pbd = self.api.PBD.create(record)
        self.api.PBD.plug(self.pbd)

    def die(self) -> None:
        """Cut the machine's power."""
        self.machine.stop()
        self.shell.close()
        assert self._watcher is not None
        self._watcher.kill()
        self._watcher.wait()

    def boot(self) -> None:
        self.machine.switch_on(image.build(CACHE), CHECKOUT, MEMORY_MIB)
        self.settle_in()

    # --- the disk's paths --------------------------------------------------------------------

    def set_path(self, number: int, state: str) -> float:
        """Have the kernel take a path ``offline`` or ``running``; when, by our clock."""
        self._ahead_s = self.shell.ahead_s()
        device = f"$(ls -d /sys/bus/scsi/devices/*:*:*:* | sed -n {number + 1}p)"
        return float(self.shell.ask(f"date +%s.%N; echo {state} >{device}/state")) - self._ahead_s

    def noticed_at(self) -> float:
        """When the kernel last failed or reinstated a path, by our clock; to a hundredth."""
        line = "dmesg | grep -E 'multipath.*(Failing|Reinstating) path' | tail -n 1"
        now, up, said = self.shell.ask(
            f"date +%s.%N; cut -d' ' -f1 /proc/uptime; {line} | tr -d '[]'"
        ).splitlines()
        return float(now) - float(up) + float(said.split()[0]) - self._ahead_s

    @contextlib.contextmanager
    def load(self) -> Iterator[None]:
        """Write to the disk meanwhile, around all caches."""
        write = f"dd if=/dev/zero of={lab_pool.MOUNT}/load bs=4k count=64 oflag=direct"
        self.shell.ask(
            f"while [ ! -e /run/enough ]; do {write} || touch /run/failed; done >/dev/null 2>&1 &"
        )
        yield
        failed = self.shell.ask("touch /run/enough; wait; rm /run/enough; ls /run | grep failed")
        assert failed == "", "a write failed"

    def all_well(self) -> None:
        """Both paths are there, clients see it, and operators have been told of what was."""
        for number in range(2):
            self.set_path(number, "running")
        self.await_level("[2, 2]")
        pool = self.api.pool.get_all()[0]
        self._await(lambda: REPORTED not in self.api.pool.get_other_config(pool), "all is told")

    # --- what clients see ----------------------------------------------------------------------

    @property
    def keys(self) -> dict[str, str]:
        found: dict[str, str] = self.api.PBD.get_other_config(self.pbd)
        return found

    @property
    def level(self) -> str | None:
        return self.keys.get(f"mpath-{self.machine.scsi_id}")

    def await_level(self, level: str) -> None:
        self._await(lambda: self.level == level, f"the PBD says {level}")

    def forget_messages(self) -> None:
        """Listen for messages from now on."""
        self.heard.clear()
        self._token = self.api.event_from(["message"], "", 0.0)["token"]

    def await_message(self, line: str) -> float:
        """Wait for a message with this text; when it came, by our clock."""
        deadline = time.monotonic() + LONG_S
        while not any(line in body for body in self.heard):
            assert time.monotonic() < deadline, f"no message says {line}, only {self.heard}"
            self._listen(5.0)
        return time.time()

    def _listen(self, timeout_s: float) -> None:
        batch = self.api.event_from(["message"], self._token, timeout_s)
        self._token = batch["token"]
        self.heard += [
            event["snapshot"]["body"]
            for event in batch["events"]
            if event["operation"] == "add" and event["snapshot"]["name"] == NAME
        ]

    def _await(self, holds: Callable[[], bool], what: str) -> None:
        token, deadline = "", time.monotonic() + LONG_S
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain until {what}; now {self.keys}"
            token = self.api.event_from(["pbd", "host", "pool"], token, 5.0)["token"]


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    folder = Path(os.environ["WARREN_MULTIPATH_LAB"])
    layout = layouts.load(folder, hosts=0, forwarders=0, port_base=None)
    session = XenAPI.Session(layout.url, ignore_ssl=True)
    session.xenapi.login_with_password("root", layout.secret("root"), "1.0", "lab")
    lab = Lab(MultipathMachine(folder.parent.parent), layout, session.xenapi)
    lab.make_sr()
    lab.settle_in()
    try:
        lab.await_level("[2, 2]")
        yield lab
    finally:
        lab.die()


@pytest.fixture
def paths(lab: Lab) -> Iterator[Lab]:
    """The lab with both paths there, before and after."""
    lab.forget_messages()
    yield lab
    lab.all_well()
