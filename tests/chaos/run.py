"""A round: a pool of its own, clients and faults for a while, then calm, and a look at it all."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import actions
from tests.chaos.callers import Caller
from tests.chaos.clients import Client, JsonRpc, XmlRpc
from tests.chaos.disks import Disks
from tests.chaos.faults import Faults
from tests.chaos.invariants import Calm, Found, Watch
from tests.chaos.story import Story
from tests.chaos.world import World
from tests.conftest import Pool, running_pool

CLIENTS = 6
SAY_EVERY_S = 10.0
ANSWERED_S, CALM_S, DISKS_S = 240.0, 240.0, 60.0
"""How long answers may take once nothing is broken any more, and what settles by itself."""
LOOK_S = 1.0
ENOUGH = 150
"""Lines of a story that a person reads; the file has all."""


@dataclass
class Round:
    """What became of a round."""

    seed: int
    broken: list[str]
    story: Story
    folder: Path
    vms: set[str] = field(default_factory=set)
    """Those that something is wrong with."""

    def report(self) -> Iterator[str]:
        yield f"seed {self.seed} is BROKEN:"
        yield from (f"  {text}" for text in self.broken)
        lines = list(self.story.about(self.vms))
        yield f"the story of {', '.join(sorted(self.vms)) or 'all'}, its last {ENOUGH} lines:"
        yield from (f"  {line}" for line in lines[-ENOUGH:])
        yield f"all of it is in {self.folder}/story.txt, the services' logs in {self.folder}/log"


def play(seed: int, seconds: float, folder: Path, say: Callable[[str], None]) -> Round:
    """Play a round; its folder is kept if something is broken, and else deleted."""
    folder.mkdir(parents=True)
    story = Story(folder / "story.txt")
    with contextlib.closing(story), running_pool(folder) as pool:
        found = _Playing(pool, seed, story, folder, say).play(seconds)
    if not found.broken:
        shutil.rmtree(folder)
    return found


class _Playing:
    def __init__(
        self, pool: Pool, seed: int, story: Story, folder: Path, say: Callable[[str], None]
    ) -> None:
        self._seed = seed
        self._story = story
        self._say = say
        self._round = Round(seed, story.broken, story, folder)
        self._world = World(pool)
        self._pool = pool
        self._client = self._made(0)
        self._callers = [
            Caller(f"client {number}", self._made(number), self._world, seed, story)
            for number in range(CLIENTS)
        ]

    def _made(self, number: int) -> Client:
        layout = self._pool.layout
        if number % 2:
            return XmlRpc(layout.url, self._pool.password)
        return JsonRpc(("127.0.0.1", layout.ports["xapi"]), self._pool.password)

    def play(self, seconds: float) -> Round:
        for vm in self._world.vms:
            self._story.tell(f"{vm.name} is {vm.uuid}, {vm.ref}", vm.name)
        watch = Watch(self._world, self._story)
        watch.start()
        self._storm(seconds)
        self._await_answers()
        self._await_calm()
        self._story.calm()
        self._check_promises()
        watch.stop()
        self._use_all()
        self._check_disks()
        return self._round

    def _tell(self, text: str) -> None:
        broken = len(self._story.broken)
        self._say(f"seed {self._seed}, {text}: {self._story.figures()}; {broken} broken")

    def _break(self, found: Found) -> None:
        vm, text = found
        self._story.break_(text, vm)
        self._round.vms |= {vm} - {""}

    def _storm(self, seconds: float) -> None:
        faults = Faults(self._pool, self._seed, self._story)
        for caller in self._callers:
            caller.start()
        faults.start()
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, SAY_EVERY_S))
            self._tell(f"{max(until - time.monotonic(), 0):.0f} s of the storm left")
        faults.stop()
        for caller in self._callers:
            caller.stop()
        self._story.tell("nothing is broken any more, and nobody calls")

    def _await_answers(self) -> None:
        until = time.monotonic() + ANSWERED_S
        for caller in self._callers:
            caller.thread.join(max(until - time.monotonic(), 0))
            if caller.thread.is_alive():
                self._break(("", f"{caller.thread.name} waits for an answer"))

    def _await_calm(self) -> None:
        """Look until all is as it must be, or has had its time."""
        until, began = time.monotonic() + CALM_S, time.monotonic()
        while found := Calm(self._world, self._client).broken():
            if time.monotonic() > until:
                for one in found:
                    self._break(one)
                return
            time.sleep(LOOK_S)
        self._story.tell(f"all is calm after {time.monotonic() - began:.0f} s")

    def _check_promises(self) -> None:
        """What a client was told last is so."""
        for caller in self._callers:
            for vm, call, outcome in caller.promised.values():
                if self._story.is_last(call):
                    found = actions.wrong(self._world, self._client, vm, outcome)
                    if found is not None:
                        self._break((vm.name, f"{call.client}'s {call.text} came undone: {found}"))

    def _check_disks(self) -> None:
        """Look until all disks are as they must be, or have had their time."""
        until = time.monotonic() + DISKS_S
        while found := Disks(self._world, self._client).broken():
            if time.monotonic() > until:
                for text in found:
                    self._break(("", text))
                return
            time.sleep(LOOK_S)

    def _use_all(self) -> None:
        """Each VM can be stopped and started."""
        for vm in self._world.vms:
            state = self._client.call("VM.get_power_state", vm.ref).result
            methods = ["VM.start"] if state == actions.HALTED else ["VM.hard_shutdown", "VM.start"]
            for method in [*methods, "VM.hard_shutdown"]:
                given = (False, False) if method == "VM.start" else ()
                answer = self._client.call(method, vm.ref, *given)
                if (answer.error and answer.error[0] != "HANDLE_INVALID") or answer.broken:
                    said = answer.error or answer.broken
                    self._break((vm.name, f"afterwards {method} {vm.name}: {said}"))
                    break
        self._tell("over")
