"""Where a service can be made to stand still while another one dies, or to die itself.

A point is the moment before or after a function of the service, which knows nothing of it. Its name
begins with the step of ARCHITECTURE's table that it belongs to.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

BEFORE, AFTER = "before", "after"
UP = "⇡"
EFFECTS = ("create", "build", "unpause", "destroy", "save", "restore")
"""What changes domains in the simulated Xen."""


@dataclass(frozen=True)
class Point:
    """``name`` says it for the function's arguments; None where it is none."""

    owner: Any
    function: str
    when: str
    name: Callable[..., str | None]


def install(points: Sequence[Point], reach: Callable[[str], None]) -> None:
    """Have ``reach`` called with the name of each point that this process comes to."""
    for point in points:
        function = getattr(point.owner, point.function)
        setattr(point.owner, point.function, _passing(function, point, reach))


def _passing(function: Any, point: Point, reach: Callable[[str], None]) -> Any:
    def pass_by(when: str, args: Any, kwargs: Any) -> None:
        if when == point.when and (name := point.name(*args, **kwargs)) is not None:
            reach(name)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        pass_by(BEFORE, args, kwargs)
        found = function(*args, **kwargs)
        pass_by(AFTER, args, kwargs)
        return found

    @functools.wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        pass_by(BEFORE, args, kwargs)
        found = await function(*args, **kwargs)
        pass_by(AFTER, args, kwargs)
        return found

    return call_async if inspect.iscoroutinefunction(function) else call


def _named(text: str) -> Callable[..., str]:
    return lambda *_, **__: text


def of_xapi() -> list[Point]:
    from xapi import tasks
    from xapi.dispatch import Dispatcher
    from xapi.pool import Pool

    def read(_self: Any, _message: Any, *_: Any, asynchronous: bool, **__: Any) -> str | None:
        return "2 the call is read" if asynchronous else None

    def allowed(*_: Any, asynchronous: bool) -> str | None:
        return "3 it is allowed" if asynchronous else None

    def told(name: str) -> Callable[..., str | None]:
        return lambda _self, body, *_: name if body["asynchronous"] else None

    return [
        Point(Dispatcher, "_call", BEFORE, read),
        Point(tasks, "forward", BEFORE, allowed),
        Point(Pool, "forward", BEFORE, told("3 its task is written")),
        Point(Pool, "forward", AFTER, told("4 it is sent")),
    ]


def of_forwarder() -> list[Point]:
    from forwarder import messages
    from forwarder.core.context import Context
    from forwarder.daemons.hosts import Hosts
    from forwarder.messages.vm import on_host
    from forwarder.updates.reports import Reports
    from forwarder.worker import Worker
    from xenops.envelope import call_of

    assert messages.DRAWERS

    def asked(step: str) -> Callable[..., str | None]:
        def name(_self: Any, _host: str, call: Any, *_: Any, **__: Any) -> str | None:
            wire = call_of(call).wire
            return None if wire.startswith("STATE.") else f"7 {wire} is {step}"

        return name

    def sent(step: str) -> Callable[..., str]:
        return lambda _self, _host, work, _debug: f"7 {work.wire} is {step}"

    def reported(_self: Any, _host: str, delivery: Any) -> str | None:
        return f"{UP} the VM's report is delivered" if delivery.body["kind"] == "vm" else None

    def named(cls: Any) -> str:
        return cls if isinstance(cls, str) else str(cls.__name__)

    return [
        Point(Worker, "_take", BEFORE, _named("4 it is delivered")),
        Point(Worker, "_work", BEFORE, _named("5 it is taken")),
        Point(Context, "lock", AFTER, lambda _self, cls, *_, **__: f"5 the {named(cls)} is locked"),
        Point(on_host, "_place", AFTER, _named("6 the host is reserved")),
        Point(Hosts, "ask", BEFORE, asked("put together")),
        Point(Hosts, "ask", AFTER, asked("answered")),
        Point(Hosts, "_send", BEFORE, sent("put together")),
        Point(Hosts, "_send", AFTER, sent("sent")),
        Point(Hosts, "_follow", AFTER, lambda _s, _c, _h, w, _n: f"{UP} end of {w.wire} is heard"),
        Point(on_host, "believe", AFTER, _named(f"{UP} the host is believed")),
        Point(Reports, "take", BEFORE, reported),
        Point(Worker, "_end", BEFORE, _named(f"{UP} the task is to be ended")),
        Point(Worker, "_end", AFTER, _named(f"{UP} the task is ended")),
    ]


def of_xenopsd() -> list[Point]:
    from daemon.operations import Operations
    from daemon.runner import Runner
    from xenopsd.frontend.work import VmWork
    from xenopsd.journal import Journal
    from xenopsd.migration.receiver import Receiver
    from xenports.simulated.hypervisor import SimulatedHypervisor

    def operation(step: str) -> Callable[..., str]:
        return lambda _self, found, *_: f"8 {found.method} is {step}"

    def shown(_self: Any, step: str, *_: Any) -> str | None:
        return None if step.startswith("memory, round") else f"10 {step}"

    def effect(name: str) -> Point:
        return Point(SimulatedHypervisor, name, AFTER, _named(f"11 Xen has done: {name}"))

    return [
        Point(Operations, "begin", BEFORE, operation("delivered")),
        Point(Operations, "begin", AFTER, operation("journaled")),
        Point(VmWork, "do", BEFORE, lambda self, _: f"9 {self._wire} has its turn"),
        Point(Runner, "_atomic", BEFORE, lambda _self, atomic, *_: f"10 {type(atomic).__name__}"),
        Point(Runner, "show", AFTER, shown),
        *map(effect, EFFECTS),
        Point(Receiver, "prepare", BEFORE, _named("8 MIGRATION.prepare is delivered")),
        Point(Receiver, "prepare", AFTER, _named("8 MIGRATION.prepare is done")),
        Point(Journal, "advance", AFTER, lambda _self, _id, _from, to: f"10 journaled: {to}"),
        Point(Operations, "_end", BEFORE, _named(f"{UP} the work is done")),
        Point(Operations, "_end", AFTER, _named(f"{UP} its end is told")),
    ]


def of_squeezed() -> list[Point]:
    from squeezed.frontend import Frontend
    from squeezed.journal import Journal

    def kept(_self: Any, reservation: Any) -> str:
        return f"11 memory is {'set aside' if reservation.domid is None else 'the domain’s'}"

    return [
        Point(Frontend, "_reserve", BEFORE, _named("11 memory is asked for")),
        Point(Journal, "keep", AFTER, kept),
    ]


def of_door() -> list[Point]:
    from door import gate

    return [
        Point(gate.Gate, "_daemon", BEFORE, _named("10 the source is at the door")),
        Point(gate, "relay", BEFORE, _named("10 the door leads it in")),
    ]


POINTS: dict[str, Callable[[], list[Point]]] = {
    "xapi": of_xapi,
    "forwarder": of_forwarder,
    "xenopsd": of_xenopsd,
    "squeezed": of_squeezed,
    "door": of_door,
}
"""Each service's points, by its package; made in its own process alone."""
