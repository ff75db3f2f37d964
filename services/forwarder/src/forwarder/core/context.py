"""What a message's function has at hand: the pool, its task, locks, and the hosts' daemons."""

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, overload

from datamodel import XenAPIError
from datamodel.classes import (
    PBD,
    SR,
    VBD,
    VDI,
    VIF,
    VM,
    Host,
    HostRef,
    Network,
    NetworkRef,
    PBDRef,
    SRRef,
    VBDRef,
    VDIRef,
    VIFRef,
    VM_appliance,
    VM_applianceRef,
    VMRef,
)
from datamodel.objects import ClassName, Kind, name_of
from datamodel.refs import Ref
from pooldb import Transaction
from rules.lifecycle import operations
from rules.lifecycle.holds import Need
from xenops.envelope import Call, call_of
from xenops.errors import Failure, XenopsError, newer_epoch
from xenops.extensions import Place as Right
from xenops.idl import Declared, P, R, S, Working

from forwarder.core import announcements
from forwarder.core.announcements import withholds
from forwarder.core.pool_context import PoolContext
from forwarder.daemons import errors
from forwarder.daemons.hosts import ALONE, ANSWER_TIMEOUT_S, Hosts, Surroundings, Work
from forwarder.doubts import keeping
from forwarder.doubts.rows import ROWS
from forwarder.locks import locking
from forwarder.locks.locking import Busy, Doubt
from forwarder.locks.subjects import Name, Subject, subject
from forwarder.place import register

MADE = uuid.UUID("5b6c1f0e-8d0e-4d0b-9a55-3f6b2e9d7c41")
"""The namespace of uuids that tasks derive from their operations."""

LOCK_WAIT_S = 120.0
# The end of a task is not seen if its record is gone, so those who wait for it look anyway.
LOOK_ANYWAY_S = 5.0
LOOK_AGAIN_S = 20.0


class Parked(BaseException):
    """A call that has done nothing yet has to wait, and needs no thread for that.

    It is run again from its beginning once one of ``watched`` has changed since ``since``, or after
    ``timeout_s``. This is no Exception, so that nobody who catches errors catches it.
    """

    def __init__(self, watched: Iterable[str], since: int, timeout_s: float) -> None:
        super().__init__()
        self.watched, self.since, self.timeout_s = frozenset(watched), since, timeout_s


@dataclass
class Context(PoolContext):
    """One run of one task. After a take-over the second run owns the locks of the first."""

    hosts: Hosts = field(kw_only=True)
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Bounds how many calls work at a time: a call gives its slot back while it waits."""
    steps: Counter[str] = field(default_factory=Counter)
    work_facts: dict[str, str] = field(default_factory=dict)
    told: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)
    """What each host said of a VM, by its uuid, at the end of this task's work; None if unheard."""
    adrift: dict[Subject, list[Doubt]] = field(default_factory=dict)
    """Objects for which it is not known how work on them ended."""
    followed: set[Subject] = field(default_factory=set)
    """Objects for which this run, and not only one before it, knows how far work on them is."""
    _waits_until: float | None = None
    """When the present wait for what others hold times out, if there is one."""

    # --- waiting ----------------------------------------------------------------------------

    @contextmanager
    def outside(self) -> Iterator[None]:
        """A part in which this call waits for others: each block of changes is committed at once.

        So others can write meanwhile, and another call can use this call's slot.
        """
        self.commit()
        self._is_outside, self._is_fresh = True, False
        self.slots.release()
        try:
            yield
        finally:
            self.slots.acquire()
            self._is_outside = False

    def sleep(self, seconds: float) -> None:
        """Let time pass; raises TASK_CANCELLED as soon as the client cancels the task."""
        deadline = time.monotonic() + seconds
        with self.outside():
            while (left := deadline - time.monotonic()) > 0:
                since = self.db.view.generation
                self.check_cancelled()
                self.db.watches.wait({self.task}, since, min(left, LOOK_ANYWAY_S))

    def await_change(self, refs: Iterable[str], since: int, timeout_s: float) -> None:
        """Wait until one of some objects, or this task, has changed after generation ``since``.

        Not for longer than ``timeout_s``. Raises TASK_CANCELLED if the client has cancelled it.
        """
        with self.outside():
            self.check_cancelled()
            self.db.watches.wait({*refs, self.task}, since, timeout_s)

    @overload
    def lock(
        self,
        cls: type[VM],
        ref: VMRef,
        operation: operations.VMOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[VBD],
        ref: VBDRef,
        operation: operations.VBDOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[VIF],
        ref: VIFRef,
        operation: operations.VIFOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[VDI],
        ref: VDIRef,
        operation: operations.VDIOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[SR],
        ref: SRRef,
        operation: operations.SROperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[PBD],
        ref: PBDRef,
        operation: operations.PBDOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[Host],
        ref: HostRef,
        operation: operations.HostOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[Network],
        ref: NetworkRef,
        operation: operations.NetworkOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    @overload
    def lock(
        self,
        cls: type[VM_appliance],
        ref: VM_applianceRef,
        operation: operations.ApplianceOperation,
        *also: Need,
        strict: bool = True,
    ) -> None: ...
    def lock(self, cls: Any, ref: Any, operation: Any, *also: Need, strict: bool = True) -> None:
        """Begin an operation on an object, and hold all that it needs until the task ends.

        `rules.lifecycle.holds` says what an operation needs; ``also`` is what this call needs
        besides.
        Waits while another operation is in the way; raises what the class's table says.
        """
        self.lock_any(name_of(cls), ref, operation, *also, strict=strict)

    def lock_any(
        self, cls: ClassName, ref: Ref[Any], operation: str, *also: Need, strict: bool = True
    ) -> None:
        """Begin an operation as `lock` does, for code that works with any class."""
        self._lock(
            lambda tx: locking.begin(tx, self.task, cls, ref, operation, also=also, strict=strict)
        )
        self.hop(step=f"locked {cls} for {operation}")

    def _lock(self, begin: Callable[[Transaction], None]) -> None:
        while True:
            try:
                with self.transaction() as tx:
                    begin(tx)
                self._waits_until = None
                return
            except Busy as busy:
                if self._waits_until is None:
                    self._waits_until = time.monotonic() + LOCK_WAIT_S
                left, since = self._waits_until - time.monotonic(), self.db.view.generation
                if left < 0:
                    self._waits_until = None
                    raise
                is_seen = all(map(self.db.view.class_of, busy.watched))
                left = min(left, LOOK_AGAIN_S if is_seen else LOOK_ANYWAY_S)
                watched = {*busy.watched, self.task}
            self._await(watched, since, left)

    def _await(self, watched: set[str], since: int, timeout_s: float) -> None:
        """Wait for what others hold: without a thread if this call has done nothing yet."""
        if self._is_fresh:
            self.commit()
            self.check_cancelled()
            raise Parked(watched, since, timeout_s)
        self.await_change(watched, since, timeout_s)

    # --- hosts ------------------------------------------------------------------------------

    def ask(
        self,
        host: HostRef,
        call: Declared[P, R],
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        """Ask the host's daemon that declares the call; its answer. Raises XenAPIError."""
        id_ = call_of(call).bind(*args, **params).get("id", "")
        try:
            return self.question(host, id_, call, timeout_s, *args, **params)
        except Failure as error:
            raise self.translated(error, str(id_)) from error

    def question(
        self,
        host: HostRef,
        about: str | tuple[str, ...],
        call: Declared[P, R],
        timeout_s: float = ANSWER_TIMEOUT_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        """As `ask`, for a call that says in another way what it is ``about``.

        Raises the interface's error, or XenAPIError for a host that is silent.
        """
        operation = self._operation_of(call_of(call), about)
        with self.outside():
            return self.hosts.ask(host, call, operation, self.debug, timeout_s, *args, **params)

    def run(
        self,
        host: HostRef,
        cls: Kind[Name, Any],
        ref: Ref[Name],
        call: Working[S, P],
        id_: S,
        around: Surroundings = ALONE,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> dict[str, str]:
        """Have the host's daemon that declares the call work, and wait; what it told of the work.

        The object is the one that errors name, and that is adrift if nobody hears how the work
        ends; the daemon knows it, or its device, by ``id_``. ``around`` comes with the work.
        Cancelling the task cancels the work. After a restart the daemon itself begins interrupted
        work anew. Raises XenAPIError.
        """
        worked_on = subject(cls, ref)
        try:
            return self._send(host, worked_on, call, id_, around, *args, **params)
        except Failure as error:
            failure = error
        if self._catches_up(worked_on, failure):
            try:
                return self._send(host, worked_on, call, id_, around, *args, **params)
            except Failure as error:
                failure = error
        raise self.translated(failure, ref) from failure

    def _catches_up(self, of: Subject, failure: Failure) -> bool:
        """Whether a host refused work for an epoch newer than the pool's, which has caught up now.

        False too if the pool has given the object to another task since.
        """
        seen = newer_epoch(failure)
        if seen is None:
            return False
        with self.transaction() as tx:
            return ROWS[of.cls].catch_up(tx, self.task, of.ref, seen)

    def _send(
        self,
        host: HostRef,
        of: Subject,
        call: Working[S, P],
        id_: S,
        around: Surroundings,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> dict[str, str]:
        """As `run`, but raises the interface's error when the host says that the work failed."""
        began = time.perf_counter()
        declared = call_of(call)
        wire, operation = declared.wire, self._operation_of(declared, id_)
        name = self.view.get(Host, host).name_label
        with self.transaction() as tx:
            right = keeping.begin(tx, self.task, of, host, operation, call)
        self.followed.add(of)
        self.hop(step="sent", queue=declared.interface.queue, message=wire, host=name)
        try:
            with self.outside(), self._in_doubt(of, host, operation):
                named = declared.bind(id_, *args, **params)
                told = self.hosts.run(self, host, Work(declared, operation, named, around, right))
        finally:
            self.hop(step="ended", message=wire, host=name, ms=(time.perf_counter() - began) * 1000)
        self.work_facts |= told
        return told

    def in_doubt(
        self, cls: Kind[Name, Any], ref: Ref[Name], host: HostRef, operation: str
    ) -> AbstractContextManager[None]:
        """A block in which a host works on an object; it ends well or by the host's own error.

        By any other error nobody knows what became of the object: it is adrift, and keeps the
        task's locks beyond the task's end.
        """
        return self._in_doubt(subject(cls, ref), host, operation)

    @contextmanager
    def _in_doubt(self, of: Subject, host: HostRef, operation: str) -> Iterator[None]:
        try:
            yield
        except Failure:
            raise
        except Exception:
            self.adrift.setdefault(of, []).append([host, operation])
            raise

    def translated(self, error: Failure, vm: str) -> XenAPIError:
        """The client's error for a daemon's, which is about ``vm``, or another object.

        VMs that withhold memory get a message of their own, too.
        """
        if error.tag == "Vms_failed_to_cooperate":
            with self.outside(), self.transaction() as tx:
                refs = [tx.by_uuid(VM, uuid) for uuid in error.value]
                for ref in refs:
                    announcements.write(tx, withholds(ref, error.detail))
            error = XenopsError(error.tag, refs, error.detail)
        return errors.translate(error, vm, self.task)

    def is_adrift(self, cls: Kind[Name, Any], ref: Ref[Name]) -> bool:
        return subject(cls, ref) in self.adrift

    def right(self, vm: VMRef) -> Right:
        """The right by which this task has hosts work for a VM."""
        with self.transaction() as tx:
            return register.right(tx, self.task, vm)

    def new_uuid(self, named: str) -> str:
        """The uuid of something that this task makes, the same in every run of the task."""
        step = f"uuid/{named}"
        self.steps[step] += 1
        return self.uuid_of(named, self.steps[step])

    def uuid_of(self, named: str, number: int) -> str:
        """The uuid of the first, second ... thing of a name that this task makes."""
        return str(uuid.uuid5(MADE, f"{self.operation}/{named}/{number}"))

    def _operation_of(self, call: Call, id_: str | tuple[str, ...]) -> str:
        """A call's id, the same in every run of this task, so that a repeated call is recognised.

        A second run may have less left to do than the first, so calls are told apart by what they
        ask for; only repetitions of the same question about the same thing are counted.
        """
        named = f"{call.wire}/{id_ if isinstance(id_, str) else '/'.join(id_)}"
        self.steps[named] += 1
        return f"{self.operation}/{named}/{self.steps[named]}"
