"""xenopsd's messages: questions are answered at once, work is journaled and queued."""

from collections.abc import Callable
from functools import partial
from typing import Any

from daemon.journal import Operation
from daemon.operations import Operations
from daemon.server import Call, Params, Server
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, internal_error, overtaken
from xenops.extensions import Ended, Place
from xenops.migration import metadata_text, read_metadata
from xenops.sizes import KIB
from xenops.types import Query

from xenopsd.frontend.inventory import Inventory
from xenopsd.frontend.unwanted import Unwanted
from xenopsd.frontend.work import MIGRATE, Tools
from xenopsd.journal import Journal

WORK = "WORK.run"
SURROUNDINGS = ("forget", "metadata", "unpause")


def server(tools: Tools, operations: Operations, unwanted: Unwanted, service: str) -> Server:
    """Which message does what."""
    host, inventory, updates = tools.host, tools.inventory, tools.updates
    journal, receiver, sender = host.journal, tools.receiver, tools.sender
    answers: dict[str, Callable[[Params], Any]] = {
        **operations.answers(),
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
        "HOST.get_total_memory_mib": lambda p: host.domains.hypervisor.total_kib() // KIB,
        "MIGRATION.prepare": lambda p: receiver.prepare(
            p["id"], read_metadata(p["metadata"]), p["memory"], p["place"]
        ),
        "MIGRATION.offer": lambda p: sender.offer(p["id"], p["vm"]),
        "MIGRATION.abort": lambda p: _abort(tools, p["id"]),
        "MIGRATION.status": lambda p: receiver.status(p["id"]),
        "PLACE.see": lambda p: _see(journal, p["id"], p["place"]),
        "PLACE.leave": lambda p: _leave(inventory, journal, p["id"], p["place"]),
        "UNWANTED.pause": lambda p: unwanted.pause(p["id"], p["place"]),
        "UNWANTED.destroy": lambda p: unwanted.destroy(p["id"], p["place"]),
        "DISK.let_go": lambda p: host.devices.let_go(p["holder"], p["vm"]),
        "PLAN.explain": tools.plans.explain,
        "STATE.vm": lambda p: updates.vm_body(p["id"]),
    }

    def accept(call: Call) -> None:
        operations.accept(call, _vm_of(call.params))

    work = tools.plans.names | {MIGRATE}
    begins: dict[str, Callable[[Call], None]] = {
        **dict.fromkeys(work, accept),
        WORK: partial(_run, work, inventory, operations),
    }
    return Server(XENOPSD, answers, begins)


def _run(work: frozenset[str], inventory: Inventory, operations: Operations, call: Call) -> None:
    """Begin an operation and what belongs before and after it; answer at its end."""
    called, params = XENOPSD.read_request(call.params["call"])
    if called.wire not in work:
        raise XenopsError("Unimplemented", called.wire)
    vm = _vm_of(params)
    surroundings = {name: call.params[name] for name in SURROUNDINGS}
    place: Place | None = call.params["place"]
    right = {} if place is None else {"epoch": _epoch(place), "pool": place.pool}
    body = {**call.params["call"], **surroundings, **right}
    operation = Operation(call.id, called.wire, vm, body, params["debug_info"])
    operations.begin(operation, params, call.traceparent)

    def answer(state: Any) -> None:
        call.answer(Ended(task=operations.tasks.stat(call.id), vm=state))

    if not operations.tasks.await_end(call.id, answer):
        answer(inventory.state(vm))


def _epoch(place: Place) -> int:
    """The epoch of a VM's place; raises XenopsError if it is no valid one."""
    if place.epoch < 0:
        raise internal_error(f"{place.epoch} is not an epoch")
    return int(place.epoch)


def _see(journal: Journal, vm: str, place: Place) -> None:
    journal.see(vm, _epoch(place))


def _leave(inventory: Inventory, journal: Journal, vm: str, place: Place) -> None:
    if not journal.see(vm, _epoch(place)):
        raise overtaken("PLACE.leave", vm, place.epoch, journal.epoch(vm))
    inventory.remove_vm(vm)


def _query(service: str) -> Query:
    return Query(name="xenopsd", vendor="Warren", version="0.1.0", features=[], instance_id=service)


def _abort(tools: Tools, id_: str) -> None:
    """Give up this host's side of a migration, if it has one and it is not too late."""
    tools.receiver.abort(id_)
    tools.sender.withdraw(id_)


def _vm_of(params: Params) -> str:
    """The VM that an operation works on, directly or on one of its devices."""
    id_ = params["id"]
    return str(id_ if isinstance(id_, str) else id_[0])
