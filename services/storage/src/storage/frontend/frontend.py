"""The messages that the storage daemon takes: each is answered at its end.

Calls for different SRs never wait for each other. A call that is repeated while it runs, or after
it has changed something, is not done again: all who ask hear the one answer.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import telemetry
from daemon.server import Call, Params, Server
from xenops.storage import STORAGE, StorageError

from broker import Connection, Delivery
from storage.datapaths.journal import Use
from storage.datapaths.paths import Paths
from storage.engine.errors import EngineError
from storage.errors import BackendError
from storage.frontend.calls import Calls
from storage.frontend.copies import Copies
from storage.frontend.journal import Journal
from storage.frontend.process import Died, Hung
from storage.worker.wire import ProcessError

AT_ONCE = 4
"""How many calls of one SR are worked on at the same time."""
KEPT_WAITING = 8
"""How many more of them the broker keeps for us: other SRs' messages must get past them."""

UNAVAILABLE, UNREACHABLE = 46, 47

REMEMBERED = frozenset(
    {
        *("SR.create", "VDI.create", "VDI.destroy", "VDI.snapshot", "VDI.clone", "VDI.resize"),
        *("VDI.revert", "VDI.set_name_label", "VDI.set_name_description", "VDI.set_persistent"),
        *("VDI.enable_cbt", "VDI.disable_cbt", "VDI.data_destroy"),
        *("VDI.set_content_id", "VDI.add_to_sm_config", "VDI.remove_from_sm_config"),
        "DISKS.snapshot",
    }
)
"""Calls whose answers are kept. All others ask, or only see to it that something is as they say."""

Function = Callable[[str, Params], Any]
"""An answer to an operation's id and its parameters."""


class Frontend(Server):
    """One host's storage, from a message to its answer."""

    def __init__(
        self, calls: Calls, paths: Paths, copies: Copies, journal: Journal, service: str
    ) -> None:
        self._journal = journal
        self._service = service
        self._lock = threading.Lock()
        self._running: dict[tuple[str, str], list[Delivery]] = {}
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._waiting: dict[str, int] = {}
        functions = {**_functions(calls, paths), **copies.functions()}
        begins = {wire: _begin(function) for wire, function in functions.items()}
        super().__init__(STORAGE, {}, begins)

    def serve(self, connection: Connection, queue: str, threads: int = 1) -> None:
        """Take the messages of a queue from now on; each lane has its own threads."""
        super().serve(connection, queue, threads)

    def handle(self, delivery: Delivery) -> None:
        """Put a message into its lane, unless the same call is there already."""
        telemetry.hop(
            service=self._service,
            queue=STORAGE.queue,
            message=delivery.method,
            task=delivery.message_id,
            traceparent=delivery.headers.get("traceparent"),
        )
        lane = _lane(delivery.body)
        with self._lock:
            if self._waiting.get(lane, 0) >= KEPT_WAITING:
                delivery.ack()
                delivery = replace(delivery, ack=lambda: None)
            again = self._running.get(_key(delivery))
            if again is not None:
                again.append(delivery)
                return
            self._running[_key(delivery)] = [delivery]
            self._waiting[lane] = self._waiting.get(lane, 0) + 1
            executor = self._lanes.get(lane)
            if executor is None:
                executor = ThreadPoolExecutor(AT_ONCE, thread_name_prefix=f"calls {lane[:8]}")
                self._lanes[lane] = executor
        executor.submit(self._run, lane, delivery)

    def _run(self, lane: str, delivery: Delivery) -> None:
        answer = self._answer(delivery)
        with self._lock:
            self._waiting[lane] -= 1
            asking = self._running.pop(_key(delivery))
        for one in asking:
            one.ack()
            one.reply(answer)

    def _answer(self, delivery: Delivery) -> Any:
        """The body of the answer: the one that was given before, or a new one."""
        id_, is_remembered = delivery.message_id, delivery.method in REMEMBERED
        known = self._journal.answer(id_) if is_remembered else None
        if known is not None:
            return known
        answers: list[Any] = []
        super().handle(replace(delivery, ack=lambda: None, reply=answers.append))
        if is_remembered and _is_final(answers[0]):
            self._journal.keep_answer(id_, answers[0])
        return answers[0]


def _key(delivery: Delivery) -> tuple[str, str]:
    return delivery.method, delivery.message_id


def _lane(body: Any) -> str:
    """What a call is about: calls about other things do not wait for it."""
    try:
        params = body["params"][0]
        return str(params.get("sr") or params.get("vm") or "")
    except (KeyError, IndexError, TypeError, AttributeError):
        return ""


def _is_final(answer: Any) -> bool:
    """Whether a repetition of the call would be answered the same."""
    error = answer["error"]
    passing = ("Sr_unhealthy", "Sr_not_attached", "Internal_error")
    return error is None or (error[0] if isinstance(error, list) else error) not in passing


def _begin(function: Function) -> Callable[[Call], None]:
    def begin(call: Call) -> None:
        try:
            value = function(call.id, call.params)
        except (BackendError, EngineError, ProcessError, Died, Hung) as error:
            raise refused(error) from error
        call.answer(value)

    return begin


def refused(error: Exception) -> StorageError:
    """The interface's error for what the parts of the daemon raise."""
    match error:
        case BackendError():
            return StorageError("Backend_error", (error.code, error.params))
        case EngineError():
            return refused(BackendError(UNAVAILABLE, str(error)))
        case Died() | Hung():
            return refused(BackendError(UNREACHABLE, str(error)))
    return StorageError("Internal_error", str(error))


def _use(params: Params) -> Use:
    return Use(params["sr"], params["vdi"], params["vm"])


def _functions(calls: Calls, paths: Paths) -> dict[str, Function]:
    return {
        "Query.query": lambda o, p: calls.query(),
        "Query.diagnostics": lambda o, p: calls.diagnostics(),
        "SR.attach": lambda o, p: calls.attach(
            p["sr"], p["device_config"], p["driver"], p["merges"]
        ),
        "SR.detach": lambda o, p: calls.detach(p["sr"]),
        "SR.create": lambda o, p: calls.create_sr(
            p["sr"],
            p["name_label"],
            p["name_description"],
            p["device_config"],
            p["physical_size"],
            p["driver"],
        ),
        "SR.destroy": lambda o, p: calls.destroy_sr(p["sr"]),
        "SR.list": lambda o, p: calls.list_srs(),
        "SR.probe": lambda o, p: calls.probe(p["queue"], p["device_config"]),
        "SR.scan2": lambda o, p: calls.scan(p["sr"]),
        "SR.stat": lambda o, p: calls.stat_sr(p["sr"]),
        "SR.set_name_label": lambda o, p: calls.name_sr(p["sr"], p["new_name_label"], None),
        "SR.set_name_description": lambda o, p: calls.name_sr(
            p["sr"], None, p["new_name_description"]
        ),
        "VDI.create": lambda o, p: calls.create(o, p["sr"], p["vdi_info"]),
        "VDI.destroy": lambda o, p: calls.destroy(o, p["sr"], p["vdi"]),
        "VDI.snapshot": lambda o, p: calls.snapshot(o, p["sr"], p["vdi_info"]),
        "VDI.clone": lambda o, p: calls.clone(o, p["sr"], p["vdi_info"]),
        "VDI.resize": lambda o, p: calls.resize(o, p["sr"], p["vdi"], p["new_size"]),
        "VDI.revert": lambda o, p: calls.revert(o, p["sr"], p["snapshot_info"]),
        "VDI.introduce": lambda o, p: calls.introduce(p["sr"], p["uuid"], p["location"]),
        "VDI.stat": lambda o, p: calls.stat(p["sr"], p["vdi"]),
        "VDI.set_name_label": lambda o, p: calls.set_field(
            o, p["sr"], p["vdi"], "name_label", p["new_name_label"]
        ),
        "VDI.set_name_description": lambda o, p: calls.set_field(
            o, p["sr"], p["vdi"], "name_description", p["new_name_description"]
        ),
        "VDI.set_persistent": lambda o, p: calls.set_field(
            o, p["sr"], p["vdi"], "persistent", p["persistent"]
        ),
        "VDI.set_content_id": lambda o, p: calls.set_field(
            o, p["sr"], p["vdi"], "content_id", p["content_id"]
        ),
        "VDI.add_to_sm_config": lambda o, p: calls.change_sm_config(
            o, p["sr"], p["vdi"], p["key"], p["value"]
        ),
        "VDI.remove_from_sm_config": lambda o, p: calls.change_sm_config(
            o, p["sr"], p["vdi"], p["key"], None
        ),
        "VDI.enable_cbt": lambda o, p: calls.track(o, p["sr"], p["vdi"], enabled=True),
        "VDI.disable_cbt": lambda o, p: calls.track(o, p["sr"], p["vdi"], enabled=False),
        "VDI.data_destroy": lambda o, p: calls.data_destroy(o, p["sr"], p["vdi"]),
        "VDI.list_changed_blocks": lambda o, p: calls.changed_blocks(
            p["sr"], p["vdi_from"], p["vdi_tp"]
        ),
        "VDI.attach3": lambda o, p: paths.attach(_use(p), p["dp"], writable=p["read_write"]),
        "VDI.activate3": lambda o, p: paths.activate(_use(p), p["dp"]),
        "VDI.activate_readonly": lambda o, p: paths.activate(_use(p), p["dp"], read_only=True),
        "VDI.deactivate": lambda o, p: paths.deactivate(_use(p), p["dp"]),
        "VDI.detach": lambda o, p: paths.detach(_use(p), p["dp"]),
        "VDI.epoch_begin": lambda o, p: paths.epoch_begin(
            o, p["sr"], p["vdi"], persistent=p["persistent"]
        ),
        "VDI.epoch_end": lambda o, p: paths.epoch_end(o, p["sr"], p["vdi"]),
        "DP.attach_info": lambda o, p: paths.info(_use(p), p["dp"]),
        "DP.destroy": lambda o, p: calls.destroy_datapath(p["dp"], p["allow_leak"]),
        "DP.destroy2": lambda o, p: paths.destroy(_use(p), p["dp"], allow_leak=p["allow_leak"]),
        "DP.stat_vdi": lambda o, p: paths.stat(p["sr"], p["vdi"]),
        "DISKS.snapshot": lambda o, p: calls.snapshots(o, p["disks"]),
        "DISKS.release": lambda o, p: calls.release(p["sr"], p["host"], p["vm"]),
    }
