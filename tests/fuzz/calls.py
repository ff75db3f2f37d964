"""Calls drawn from the declarations: the same seed and number give the same call."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from datamodel import api
from datamodel.model import Message, RefType
from forwarder import messages
from forwarder.core.registry import FUNCTIONS
from xapi import answers
from xapi.context import ANSWERS

from tests.fuzz.values import DEAD, Drawer, Symbol

WIRES = ("xml", "xml", "json2", "json1")
DEEP = ("VM", "VM", "VM", "VBD", "VBD", "VDI", "VDI", "VIF", "SR", "PBD", "host", "pool", "task")
"""Classes whose messages do the most, as often as they are drawn."""

DECLARING = (messages, answers)
"""Importing these declares what does something; the others answer NOT_IMPLEMENTED at most."""

CHANGES = ("set", "add", "remove")

OWN: dict[tuple[str, str], str] = {
    ("session.logout", "session"): "ends the session that the run itself needs",
    ("session.local_logout", "session"): "ends the session that the run itself needs",
    ("host.destroy", "host"): "a host that is slow for a while would be gone for the whole run",
    ("host.declare_dead", "host"): "a host that is slow for a while would be off for the whole run",
    ("PIF.db_forget", "PIF"): "without their interfaces the pool's hosts are no hosts",
    ("PIF.db_introduce", "host"): "a second management interface makes the first one useless",
    ("PIF.pool_introduce", "host"): "a second management interface makes the first one useless",
    ("task.destroy", "task"): "the ends of the run's own tasks are looked at",
    ("task.set_status", "task"): "the ends of the run's own tasks are looked at",
    ("task.set_error_info", "task"): "the ends of the run's own tasks are looked at",
    ("task.set_result", "task"): "the ends of the run's own tasks are looked at",
}
"""Calls that would end the run, or blind it: these get objects of this class made for them."""


@dataclass(frozen=True)
class Call:
    """A call as drawn: ``params`` are symbols, the session is the first where there is one."""

    number: int
    wire: str
    method: str
    params: list[Symbol]

    @property
    def message(self) -> Message | None:
        return api.message(self.method.removeprefix("Async."))

    @property
    def line(self) -> str:
        """What ``--replay`` takes."""
        return json.dumps(asdict(self))


def read(line: str) -> Call:
    return Call(**json.loads(line))


def draw(seed: int, number: int) -> Call:
    """The call with this number of the run with this seed."""
    rng = Random(f"{seed}/{number}")
    message = _message(rng)
    params = _params(rng, message)
    if message.session:
        params.insert(0, _session(rng, message))
    asynchronous = (message.is_async and rng.random() < 0.35) or rng.random() < 0.01
    method = f"{'Async.' if asynchronous else ''}{message.wire}"
    if rng.random() < 0.02:
        method, params = _misshapen(rng, method, params)
    return Call(number, rng.choice(WIRES), method, params)


def _those(fits: Callable[[Message], bool]) -> tuple[Message, ...]:
    return tuple(filter(fits, api.messages.values()))


CUSTOM = _those(lambda message: message.impl != "db")
DOES = _those(lambda message: message.impl != "db" and message.wire in {**FUNCTIONS, **ANSWERS})
OF_CLASS = {cls: tuple(message for message in DOES if message.cls == cls) for cls in DEEP}
SETTERS = _those(lambda message: message.implicit in CHANGES)
READS = _those(lambda message: message.impl == "db" and message.implicit not in CHANGES)
FINDS = tuple(message for message in READS if message.implicit != "get")


def _message(rng: Random) -> Message:
    deep = OF_CLASS[rng.choice(DEEP)]
    (kind,) = rng.choices((deep, CUSTOM, SETTERS, READS, FINDS), (40, 25, 20, 10, 5))
    return rng.choice(kind)


def _params(rng: Random, message: Message) -> list[Symbol]:
    """All good, one hostile, some, or all: what is refused first must not hide the rest."""
    drawer = Drawer(rng)
    params = list(message.params)
    style = rng.choices(("good", "one", "some", "all"), (4, 4, 1, 1))[0]
    victim = rng.randrange(len(params)) if params else 0
    if rng.random() < 0.3:
        params = params[: message.required]
    drawn = []
    for place, param in enumerate(params):
        hostile = style == "all" or (style == "some" and rng.random() < 0.5)
        hostile |= style == "one" and place == victim
        own = isinstance(param.type, RefType) and (message.wire, param.type.cls) in OWN
        if own and isinstance(param.type, RefType):
            drawn.append({"$live": [param.type.cls, "own"]})
        elif hostile:
            drawn.append(drawer.hostile(param.type, param.name))
        else:
            drawn.append(drawer.good(param.type, param.name))
    return drawn


def _session(rng: Random, message: Message) -> Symbol:
    if rng.random() < 0.02:
        return rng.choice((DEAD, "", "OpaqueRef:NULL", 5, None, {"$live": ["VM", 0]}, []))
    return {"$session": "own" if (message.wire, "session") in OWN else "run"}


def _misshapen(rng: Random, method: str, params: list[Any]) -> tuple[str, list[Any]]:
    """A call that is none: of a name or a count that is not declared."""
    odd = (
        *("VM.nosuch", "nosuch.get_all", "VM", "", ".", "Async.", "Internal.VM.start", "é.é"),
        *("system.listMethods", "system.methodHelp", "system.isAlive:x", "Async.Async.VM.start"),
        method.replace(".", "_", 1),
    )
    return rng.choice(
        (
            (rng.choice(odd), params),
            (method, params[:-1]),
            (method, [*params, "more"]),
            (method, []),
            (method.replace(".", "_"), params),
        )
    )
