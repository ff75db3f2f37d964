"""Whoever calls: draws calls from a seed, makes them one after the other, and looks at the end."""

import random
import threading
import time
from typing import Any

from tests.chaos import actions
from tests.chaos.actions import Asked, Drawing, Outcome
from tests.chaos.clients import ANSWER_S, Client, JsonRpc
from tests.chaos.story import Call, Story
from tests.chaos.world import Snapshot, Vm, World
from tests.fuzz import judge
from tests.fuzz.wires import Answer

ASYNC, LEFT, CANCELLED, HANGS_UP = 0.3, 0.3, 0.2, 0.06
"""How often a call is asynchronous, its task left to itself or cancelled, and hung up on."""
LOOK_S, FOLLOW_S = 0.1, 60.0
HANG_UP_S = (0.02, 1.0)
REST_S = 0.5
ENDED = ("success", "failure", "cancelled")


class Caller:
    """One client, in a thread of its own."""

    def __init__(self, name: str, client: Client, world: World, seed: int, story: Story) -> None:
        self._name = name
        self._client = client
        self._world = world
        self._home = int(name.rpartition(" ")[2])
        self._random = random.Random(f"{seed} {name}")
        self._story = story
        self._over = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.promised: dict[str, tuple[Vm, Call, Outcome]] = {}
        """What was true of each VM, by name, when this client was told so last."""

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        """Call no more; what is called has still to be answered."""
        self._over.set()

    def _run(self) -> None:
        while not self._over.is_set():
            vm = self._world.draw(self._random, self._home)
            asked = actions.draw(Drawing(self._world, self._client, vm, self._random))
            if self._random.random() < ASYNC:
                self._call_async(vm, asked)
            else:
                self._call(vm, asked)

    def _call(self, vm: Vm, asked: Asked) -> None:
        timeout_s = ANSWER_S
        if isinstance(self._client, JsonRpc) and self._random.random() < HANGS_UP:
            timeout_s = self._random.uniform(*HANG_UP_S)
        call = self._begin(vm, asked, asked.method)
        answer = self._client.call(asked.method, *asked.params, timeout_s=timeout_s)
        self._answered(vm, asked, call, answer)

    def _begin(self, vm: Vm, asked: Asked, method: str) -> Call:
        if not asked.outcome.exists:
            self._world.doomed.add(vm.ref)
        target = f" to {asked.outcome.host}" if asked.outcome.host else ""
        text = f"{method} {vm.name}{target}"
        return self._story.begin(self._name, vm.name, text, changes=asked.changes)

    def _answered(self, vm: Vm, asked: Asked, call: Call, answer: Answer) -> None:
        if answer.broken:
            self._story.answer(call, "without an answer", answer.broken, is_over=False)
            self._over.wait(REST_S)
            return
        if answer.error is not None:
            self._failed(vm, asked, call, answer.error)
            return
        self._story.answer(call, "done", "done", is_over=True)
        self._take(vm, asked, answer.result)
        found = actions.wrong(self._world, self._client, vm, asked.outcome)
        if self._story.is_alone(call) and asked.changes:
            if found is not None:
                text = f"{call.client} was told that {call.text} is done: {found}"
                self._story.break_(text, vm.name)
            self.promised[vm.name] = (vm, call, asked.outcome)

    def _failed(self, vm: Vm, asked: Asked, call: Call, error: tuple[str, ...]) -> None:
        self._story.answer(call, error[0], " ".join(error), is_over=True)
        found = judge.of_error(asked.method, list(asked.params), error)
        if found is not None:
            self._story.break_(f"{call.client}, {call.text}: {found}", vm.name)
        if error[:2] == ("HANDLE_INVALID", "VM") and vm.ref in error:
            self._world.remove(vm)
            if vm.ref not in self._world.doomed:
                self._story.break_(f"{vm.name} is gone, and nobody destroyed it", vm.name)

    def _take(self, vm: Vm, asked: Asked, result: Any) -> None:
        """Have the others call for what was made, and not for what was destroyed."""
        match asked.method:
            case "VM.snapshot":
                self._world.snapshots.append(Snapshot(result, vm))
            case "VM.clone":
                uuid = self._client.call("VM.get_uuid", result).result
                if uuid:
                    clone = self._world.add(result, uuid)
                    self._story.tell(f"{clone.name} is a clone of {vm.name}: {uuid}", clone.name)
            case "VDI.create" | "VDI.snapshot" | "VDI.clone":
                self._world.vdis.append(result)
            case "VM.destroy":
                self._world.remove(vm)

    # --- tasks ------------------------------------------------------------------------------

    def _call_async(self, vm: Vm, asked: Asked) -> None:
        call = self._begin(vm, asked, f"Async.{asked.method}")
        answer = self._client.call(f"Async.{asked.method}", *asked.params)
        if answer.broken or answer.error is not None:
            self._answered(vm, asked, call, answer)
            return
        task = str(answer.result)
        self._world.tasks[task] = call
        if self._random.random() < LEFT:
            self._story.answer(call, "left to itself", f"task {task}", is_over=False)
            return
        ended = self._follow(task, call, cancels=self._random.random() < CANCELLED)
        if ended is None:
            self._story.answer(call, "without an end yet", f"task {task}", is_over=False)
        else:
            self._answered(vm, asked, call, ended)

    def _follow(self, task: str, call: Call, *, cancels: bool) -> Answer | None:
        """How a task ends; None when this takes too long, or is not known."""
        cancel_at = time.monotonic() + self._random.random() if cancels else float("inf")
        until = time.monotonic() + FOLLOW_S
        while time.monotonic() < until:
            answer = self._client.call("task.get_record", task)
            record = answer.result or {"status": "pending"}
            match record["status"]:
                case "success":
                    return Answer(result=_value(record["result"]))
                case "failure":
                    return Answer(error=tuple(record["error_info"]))
                case "cancelled":
                    return Answer(error=("TASK_CANCELLED", task))
            if time.monotonic() > cancel_at:
                cancel_at = float("inf")
                self._story.tell(f"{self._name}: cancels {call.text}", call.vm)
                self._client.call("task.cancel", task)
            time.sleep(LOOK_S)
        return None


def _value(result: str) -> str:
    """A reference, as a task has it."""
    return result.removeprefix("<value>").removesuffix("</value>")
