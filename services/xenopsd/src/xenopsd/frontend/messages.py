"""The messages that xenopsd takes: questions are answered at once, work is journaled and queued."""

import logging
from collections.abc import Callable
from typing import Any

from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, internal_error
from xenops.extensions import Ended
from xenops.idl import Method
from xenops.memory import KIB
from xenops.types import Query

from broker import Delivery
from xenopsd.frontend.engine import Operation, Operations, Params
from xenopsd.frontend.work import MIGRATE, Tools
from xenopsd.migration import metadata_text, read_metadata
from xenopsd.tasks import Tasks

log = logging.getLogger(__name__)

WORK = "WORK.run"
SURROUNDINGS = ("forget", "metadata", "unpause")


class Messages:
    """Which message does what, and how it is answered."""

    def __init__(self, tools: Tools, operations: Operations, tasks: Tasks, service: str) -> None:
        host, inventory, updates = tools.host, tools.inventory, tools.updates
        journal, receiver, sender = host.journal, tools.receiver, tools.sender
        self._operations = operations
        self._tasks = tasks
        self._state = inventory.state
        self._work = tools.plans.names | {MIGRATE}
        self._questions: dict[str, Callable[[Params], Any]] = {
            "query": lambda p: _query(service),
            "VM.add": lambda p: inventory.add_vm(p["vm"]),
            "VM.remove": lambda p: inventory.remove_vm(p["id"]),
            "VM.stat": lambda p: inventory.stat(p["id"]),
            "VM.exists": lambda p: journal.exists(p["id"]),
            "VM.list": lambda p: inventory.vms(),
            "VM.import_metadata": lambda p: inventory.import_metadata(p["metadata"]),
            "VM.export_metadata": lambda p: metadata_text(journal.metadata(p["id"])),
            "VBD.add": lambda p: inventory.add_vbd(p["vbd"]),
            "VBD.remove": lambda p: inventory.remove_vbd(p["id"]),
            "VBD.list": lambda p: inventory.vbds(p["id"]),
            "VIF.add": lambda p: inventory.add_vif(p["vif"]),
            "VIF.remove": lambda p: inventory.remove_vif(p["id"]),
            "VIF.list": lambda p: inventory.vifs(p["id"]),
            "Task.stat": lambda p: tasks.stat(p["id"]),
            "Task.cancel": lambda p: operations.cancel(p["id"], p["debug_info"]),
            "Task.destroy": lambda p: journal.forget_operation(p["id"]),
            "Task.list": lambda p: [tasks.stat(id_) for id_ in tasks.ids()],
            "HOST.get_total_memory_mib": lambda p: host.domains.hypervisor.total_kib() // KIB,
            "MIGRATION.prepare": lambda p: receiver.prepare(
                p["id"], read_metadata(p["metadata"]), p["memory"]
            ),
            "MIGRATION.offer": lambda p: sender.offer(p["id"], p["vm"]),
            "MIGRATION.abort": lambda p: _abort(tools, p["id"]),
            "MIGRATION.status": lambda p: receiver.status(p["id"]),
            "DISK.let_go": lambda p: host.devices.let_go(p["holder"], p["vm"]),
            "PLAN.explain": tools.plans.explain,
            "STATE.vm": lambda p: updates.vm_body(p["id"]),
        }

    def handle(self, delivery: Delivery) -> None:
        """Answer a message; work is in the journal before it is acknowledged."""
        id_ = delivery.message_id
        try:
            method, params = XENOPSD.read_request(delivery.body)
            if method.wire == WORK:
                self._run(method, params, delivery)
                return
            reply = XENOPSD.success(method, self._answer(method, params, delivery), id_)
        except XenopsError as error:
            reply = XENOPSD.failure(error, id_)
        except Exception as error:  # a bug fails this call, and the caller is told
            log.exception("%s failed", delivery.method)
            failure = internal_error(f"{type(error).__name__}: {error}")
            reply = XENOPSD.failure(failure, id_)
        delivery.ack()
        delivery.reply(reply)

    def _answer(self, method: Method, params: Params, delivery: Delivery) -> Any:
        question = self._questions.get(method.wire)
        if question is not None:
            return question(params)
        self._begin(method, params, delivery.body, delivery)
        return delivery.message_id

    def _run(self, method: Method, params: Params, delivery: Delivery) -> None:
        """Journal an operation that comes with what surrounds it; its end is the answer."""
        id_ = delivery.message_id
        called, call_params = XENOPSD.read_request(params["call"])
        surroundings = {name: params[name] for name in SURROUNDINGS}
        vm = self._begin(called, call_params, {**params["call"], **surroundings}, delivery)

        def reply(state: Any) -> None:
            ended = Ended(task=self._tasks.stat(id_), vm=state)
            delivery.reply(XENOPSD.success(method, ended, id_))

        delivery.ack()
        if not self._tasks.await_end(id_, reply):
            reply(self._state(vm))

    def _begin(self, method: Method, params: Params, body: Any, delivery: Delivery) -> str:
        """Begin an operation, once; its VM."""
        if method.wire not in self._work:
            raise XenopsError("Unimplemented", method.wire)
        vm = _vm_of(params)
        operation = Operation(delivery.message_id, method.wire, vm, body, params["debug_info"])
        self._operations.begin(operation, params, delivery.headers.get("traceparent"))
        return vm


def _query(service: str) -> Query:
    return Query(name="xenopsd", vendor="Warren", version="0.1.0", features=[], instance_id=service)


def _abort(tools: Tools, id_: str) -> None:
    """Either side gives up its part of a migration, if it has one and it is not too late."""
    tools.receiver.abort(id_)
    tools.sender.withdraw(id_)


def _vm_of(params: Params) -> str:
    """The VM of an operation on it or on a device of its."""
    id_ = params["id"]
    return str(id_ if isinstance(id_, str) else id_[0])
