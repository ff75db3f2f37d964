"""The type checker sees what is wrong with calls of hosts' daemons before any run."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooldb
import pytest
from broker.topology import MEMORY_QUEUE, XENOPSD_QUEUE
from datamodel.refs import as_ref
from forwarder.daemons.hosts import Hosts
from xenops.envelope import XENOPSD, Interface, call_of
from xenops.errors import Failure
from xenops.squeezed import SQUEEZED

from broker import BrokerSettings
from tests.typing_check import check_each_is_caught

BEFORE = """
from datamodel.classes import SR, VM, HostRef, VMRef
from forwarder.core.context import Context
from forwarder.daemons.hosts import Ask, Surroundings
from forwarder.messages.vm.on_host import on_device, on_resident
from datamodel.refs import as_ref
from forwarder.daemons.hosts import Hosts
from xenops.client import Client
from xenops.envelope import XENOPSD
from xenops.extensions import MigrationMemory
from xenops.squeezed import SQUEEZED
from xenops.types import Disk, Vbd, Vif

def function(
    ctx: Context, ask: Ask, client: Client, host: HostRef, vm: VMRef, vif: Vif, disk: Disk
) -> None:
"""

RIGHT = """
    ctx.ask(host, XENOPSD.VIF.add, vif=vif)
    memory: MigrationMemory = ctx.ask(host, XENOPSD.MIGRATION.offer, 9.0, id="1", vm="uuid")
    session: str = ctx.ask(host, SQUEEZED.Memory.login, client="forwarder")
    session = client(SQUEEZED.Memory.login, "1", client="xenopsd")
    granted: int = client(SQUEEZED.Memory.reserve_memory_range, "1", session, 1, maximum=2)[1]
    exists: bool = ask(host, XENOPSD.VM.exists, "1", "test", id="uuid")
    ctx.run(host, VM, vm, XENOPSD.VM.shutdown, "uuid", Surroundings(forget=True))
    ctx.run(host, VM, vm, XENOPSD.VBD.insert, ("uuid", "xvda"), disk=disk)
    on_resident(ctx, vm, XENOPSD.VM.start, paused=True)
    on_device(ctx, vm, "0", XENOPSD.VIF.unplug, force=True)
"""

WRONG = {
    "a call that there is not": "ctx.ask(host, XENOPSD.VIF.ad, vif=vif)",
    "a group of calls that there is not": "ctx.ask(host, XENOPSD.VFI.add, vif=vif)",
    "a call by its name": "ctx.ask(host, 'VIF.add', vif=vif)",
    "a misspelt parameter": "ctx.ask(host, XENOPSD.VIF.add, vfi=vif)",
    "a parameter that is missing": "ctx.ask(host, XENOPSD.VIF.add)",
    "a parameter of another type": "ctx.ask(host, XENOPSD.VBD.add, vbd=vif)",
    "an answer of another type": "wrong: Vbd = ctx.ask(host, XENOPSD.VM.exists, id='')",
    "a VM's reference for its host's": "ctx.ask(vm, XENOPSD.VM.exists, id='')",
    "a misspelt parameter without a task": "ask(host, XENOPSD.VM.exists, '1', 'test', uuid='')",
    "a client's call by its name": "client('login', '1', client='xenopsd')",
    "a misspelt parameter of a client's call": "client(XENOPSD.VM.exists, '1', uuid='')",
    "a client's answer of another type": "another: Vbd = client(XENOPSD.VM.exists, '1', id='')",
    "work that there is not": "ctx.run(host, VM, vm, XENOPSD.VM.strat, 'uuid', paused=True)",
    "a misspelt parameter of work": "ctx.run(host, VM, vm, XENOPSD.VM.start, 'uuid', pause=True)",
    "another type for work": "ctx.run(host, VM, vm, XENOPSD.VM.start, '', paused='no')",
    "a class that is not the object's": "ctx.run(host, SR, vm, XENOPSD.VM.pause, 'uuid')",
    "a question for work": "ctx.run(host, VM, vm, XENOPSD.VM.exists, 'uuid')",
    "a call of a daemon without work": "ctx.run(host, VM, vm, SQUEEZED.Memory.login, 'x')",
    "a device for a VM": "ctx.run(host, VM, vm, XENOPSD.VM.pause, ('uuid', '0'))",
    "a VM for a device": "ctx.run(host, VM, vm, XENOPSD.VIF.plug, 'uuid')",
    "what no work is surrounded by": "Surroundings(forgets=True)",
    "work for a device of a VM itself": "on_resident(ctx, vm, XENOPSD.VIF.plug)",
    "work for a VM of its device": "on_device(ctx, vm, '0', XENOPSD.VM.pause)",
    "a misspelt parameter of a device's work": "on_device(ctx, vm, '', XENOPSD.VIF.unplug, forc=1)",
}


@pytest.mark.timeout(600)
def test_each_kind_of_mistake_is_caught() -> None:
    check_each_is_caught(BEFORE, RIGHT, WRONG)


@pytest.mark.parametrize(
    ("interface", "queue"), [(XENOPSD, XENOPSD_QUEUE), (SQUEEZED, MEMORY_QUEUE)]
)
def test_every_declared_call_is_of_its_daemon_and_its_queue(
    interface: Interface, queue: str
) -> None:
    groups = [group for group in vars(type(interface)).values() if inspect.isclass(group)]
    functions = [found for group in groups for found in vars(group).values() if callable(found)]
    calls = [call_of(function) for function in functions]
    assert {call.wire: call.method for call in calls} == interface.methods
    assert all(call.interface is interface for call in calls)
    assert interface.queue == queue


@pytest.mark.parametrize(
    ("function", "subject"),
    [
        (XENOPSD.VM.start, "id"),
        (XENOPSD.VIF.set_trunks, "id"),
        (XENOPSD.VM.import_metadata_async, "metadata"),
        (XENOPSD.DISK.let_go, "holder"),
    ],
)
def test_what_a_call_is_about_is_its_first_parameter(function: object, subject: str) -> None:
    assert callable(function)
    assert call_of(function).subject == subject


def test_parameters_travel_by_name() -> None:
    call = call_of(XENOPSD.VM.start)
    assert (
        call.bind("uuid", paused=True)
        == call.bind("uuid", True)
        == call.bind(paused=True, id="uuid")
    )


def test_work_is_followed_at_the_daemon_that_does_it() -> None:
    call = call_of(XENOPSD.VM.start).beside("Task.stat")
    assert (call.interface, call.wire) == (XENOPSD, "Task.stat")
    with pytest.raises(Failure):
        call_of(SQUEEZED.Memory.login).beside("Task.stat")


class Connected:
    """A host that answers everything with one value, and what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Any]] = []

    def wait_ready(self, timeout_s: float) -> bool:
        return True

    def call(self, queue: str, message: Any, timeout_s: float) -> Any:
        self.asked.append((queue, message.body))
        return {"result": self.answer, "error": None, "id": message.message_id}


ASKED = [
    (XENOPSD.VM.exists, {"id": "uuid"}, True, [{"debug_info": "test", "id": "uuid"}]),
    (SQUEEZED.Memory.login, {"client": "forwarder"}, "session", ["test", "forwarder"]),
]


@pytest.mark.parametrize(("function", "params", "answer", "sent"), ASKED)
def test_a_question_goes_to_the_daemon_that_declares_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[..., Any],
    params: dict[str, Any],
    answer: Any,
    sent: list[Any],
) -> None:
    connected, call = Connected(answer), call_of(function)
    monkeypatch.setattr(Hosts, "connection", lambda self, host: connected)
    db = pooldb.connect(f"sqlite:///{tmp_path / 'pool.db'}")
    settings = BrokerSettings((), "", "", "", "")
    hosts = Hosts(db.view, settings, lambda host, delivery: None)
    assert hosts.ask(as_ref("host"), function, "1", "test", **params) == answer
    body = {"method": call.wire, "params": sent, "id": "1"}
    assert connected.asked == [(call.interface.queue, body)]
