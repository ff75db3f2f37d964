"""What a message's function has at hand: the pool, its task, locks, and the hosts' daemons."""

import threading
import time
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
from forwarder.lifecycle import operations
from forwarder.lifecycle.holds import Need
from forwarder.locks import locking
from forwarder.locks.locking import Busy, Doubt
from forwarder.locks.subjects import Name, Subject, subject
from forwarder.place import register

LOCK_WAIT_S = 120.0
# Of what is waited for the end is not seen if the record of its task is gone.
LOOK_ANYWAY_S = 5.0
LOOK_AGAIN_S = 20.0


class Parked(BaseException):
    """A call that has done nothing yet waits, and needs no thread for that.

    It is run again from its beginning once one of ``watched`` has changed since ``since``, or after
    ``timeout_s``. No error, so that nobody on its way takes it for one.
    """

    def __init__(self, watched: Iterable[str], since: int, timeout_s: float) -> None:
        super().__init__()
        self.watched, self.since, self.timeout_s = frozenset(watched), since, timeout_s


@dataclass
class Context(PoolContext):
    """One run of one task. A second run after a take-over finds the first one's locks its own."""

    hosts: Hosts = field(kw_only=True)
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    """Bounds how many calls work at a time: one that waits gives its slot back meanwhile."""
    steps: Counter[str] = field(default_factory=Counter)
    work_facts: dict[str, str] = field(default_factory=dict)
    told: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)
    """What hosts said of VMs, by uuid, at the end of work for this task; None if unheard."""
    adrift: dict[Subject, list[Doubt]] = field(default_factory=dict)
    """Objects of which it is not known how work for them ended."""
    _waits_until: float | None = None
    """When a wait for what others hold ends, while there is one."""

    # --- waiting ----------------------------------------------------------------------------

    @contextmanager
    def outside(self) -> Iterator[None]:
        """A part in which others are waited for: each block is committed at once.

        So nobody else is kept from writing meanwhile, and this call's slot is given to another.
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
        """Let time pass; raises TASK_CANCELLED as soon as the client asks for it."""
        deadline = time.monotonic() + seconds
        with self.outside():
            while (left := deadline - time.monotonic()) > 0:
                since = self.db.view.generation
                self.check_cancelled()
                self.db.watches.wait({self.task}, since, min(left, LOOK_ANYWAY_S))

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

        What an operation needs stands in `lifecycle.holds`; ``also`` is what this call needs
        besides. Waits while another operation is in the way; raises what the class's table says.
        """
        self.lock_any(name_of(cls), ref, operation, *also, strict=strict)

    def lock_any(
        self, cls: ClassName, ref: Ref[Any], operation: str, *also: Need, strict: bool = True
    ) -> None:
        """Begin an operation as `lock` does, for what works with any class."""
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
        """Wait for what others hold: without a thread as long as nothing was done yet."""
        if self._is_fresh:
            self.commit()
            self.check_cancelled()
            raise Parked(watched, since, timeout_s)
        with self.outside():
            self.check_cancelled()
            self.db.watches.wait(watched, since, timeout_s)

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
        """A question to the daemon of a host that declares the call; raises XenAPIError."""
        declared = call_of(call)
        id_ = declared.bind(*args, **params).get("id", "")
        operation = self._operation_of(declared, id_)
        try:
            with self.outside():
                return self.hosts.ask(host, call, operation, self.debug, timeout_s, *args, **params)
        except Failure as error:
            raise self._failed(error, str(id_)) from error

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
        """Work for the daemon of a host that declares the call, awaited; what it tells of the work.

        The object is what errors name, and what is adrift if nobody hears how the work ends;
        ``id_`` is what the daemon knows it or its device by, ``around`` what comes with the work.
        Cancelling the task cancels the work. What a restart of the daemon interrupts the daemon
        begins anew.
        """
        of = subject(cls, ref)
        try:
            return self._send(host, of, call, id_, around, *args, **params)
        except Failure as error:
            failure = error
        if self._catches_up(of, failure):
            try:
                return self._send(host, of, call, id_, around, *args, **params)
            except Failure as error:
                failure = error
        raise self._failed(failure, ref) from failure

    def _catches_up(self, of: Subject, failure: Failure) -> bool:
        """Whether a host has refused work by an epoch that the pool has not given to others."""
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
        """The same; raises the interface's error when the host says that it failed."""
        began = time.perf_counter()
        declared = call_of(call)
        wire, operation = declared.wire, self._operation_of(declared, id_)
        name = self.view.get(Host, host).name_label
        with self.transaction() as tx:
            right = keeping.begin(tx, self.task, of, host, operation, call)
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
        """Unless the block ends by the host's own word nobody knows what it made of the object.

        The object is adrift then, and keeps this task's locks beyond its end.
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

    def _failed(self, error: Failure, vm: str) -> XenAPIError:
        """The client's error; VMs that withhold memory are told of on themselves too."""
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
        """By what right this task has hosts work for a VM."""
        with self.transaction() as tx:
            return register.right(tx, self.task, vm)

    def _operation_of(self, call: Call, id_: str | tuple[str, ...]) -> str:
        """The same in every run of this task, so that a repeated call is recognised.

        A second run may have less left to do than the first, hence what it asks for is named and
        not counted; only the same question about the same thing has a number.
        """
        named = f"{call.wire}/{id_ if isinstance(id_, str) else '/'.join(id_)}"
        self.steps[named] += 1
        return f"{self.operation}/{named}/{self.steps[named]}"
