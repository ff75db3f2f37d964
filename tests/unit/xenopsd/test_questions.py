"""Messages to a host: what each is answered, and what is begun."""

import inspect
import threading
from pathlib import Path
from typing import Any

import pytest
from daemon.queues import Item, Queues
from xenops.client import Client
from xenops.envelope import XENOPSD, Call, call_of
from xenops.errors import XenopsError
from xenops.idl import DECLARED, TaskId
from xenopsd.frontend import Frontend

from broker import Delivery
from tests.contract.backend import simulated
from tests.faults.atomic_host import add_vm, frontend_of, host_in


def asking(frontend: Frontend) -> Client:
    """A client whose messages reach the host at once."""

    def transport(call: Call, body: dict[str, Any], operation: str) -> Any:
        replies: list[Any] = []
        frontend.server.handle(
            Delivery(
                call.wire, body, operation, {}, "", lambda: None, replies.append, lambda _: None
            )
        )
        return replies[0]

    return Client(transport, "test")


def test_what_waits_ends_as_soon_as_it_is_cancelled(tmp_path: Path) -> None:
    """It need not come to its turn, which a guest that does not stop may put off for long."""
    with simulated(tmp_path) as backend:
        host, queues = host_in(tmp_path), Queues(1)
        vm = add_vm(host, backend)
        ask = asking(frontend_of(host, tmp_path, queues))
        held, let_go = threading.Event(), threading.Event()

        def occupy() -> None:
            held.set()
            let_go.wait()

        queues.push(vm, Item(occupy))
        assert held.wait(10.0)
        ask(XENOPSD.VM.start, "start", id=vm, paused=False)
        assert ask(XENOPSD.Task.stat, "question", id="start").state.tag == "Pending"
        ask(XENOPSD.Task.cancel, "other question", id="start")
        assert ask(XENOPSD.Task.stat, "question", id="start").state.tag == "Failed"
        let_go.set()
        queues.push(vm, Item(held.clear))
        queues.close()
        while not queues.idle():
            pass
        assert host.domains.find(vm) is None


def test_what_was_cancelled_before_it_came_is_not_begun(tmp_path: Path) -> None:
    with simulated(tmp_path) as backend:
        host, queues = host_in(tmp_path), Queues(1)
        vm = add_vm(host, backend)
        ask = asking(frontend_of(host, tmp_path, queues))
        ask(XENOPSD.Task.cancel, "question", id="start")
        ask(XENOPSD.VM.start, "start", id=vm, paused=False)
        assert queues.idle()
        assert ask(XENOPSD.Task.stat, "question", id="start").state.tag == "Failed"
        queues.close()


def test_a_domain_that_goes_while_it_is_paused_does_not_exist(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its guest ended by itself: that is no bug of anybody's."""
    with simulated(tmp_path) as backend:
        host = host_in(tmp_path)
        vm = host.journal.metadata(add_vm(host, backend)).vm
        backend.create(vm)
        backend.build(vm)
        host.domains.unpause(vm.id)
        hypervisor, pause = host.domains.hypervisor, host.domains.hypervisor.pause

        def vanish(domid: int) -> None:
            hypervisor.destroy(domid)
            pause(domid)

        monkeypatch.setattr(hypervisor, "pause", vanish)
        with pytest.raises(XenopsError, match="Does_not_exist"):
            host.domains.pause(vm.id)


def test_what_is_begun_is_declared_as_work(tmp_path: Path) -> None:
    """What asks for work is typed by this: no question can be had done, nor work be asked."""
    with simulated(tmp_path):
        served = frontend_of(host_in(tmp_path), tmp_path, Queues(1)).server
    declared = {
        method.wire
        for function, method in DECLARED.items()
        if call_of(function).interface is XENOPSD
        and inspect.signature(function).return_annotation is TaskId
    }
    begun = served._begins.keys() - {"WORK.run"}
    assert begun <= declared
    assert not declared & served._answers.keys()
