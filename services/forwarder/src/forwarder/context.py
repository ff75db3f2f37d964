"""What a message's function has at hand: the pool, its task, locks, and the hosts' xenopsd."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import telemetry
from broker.topology import XENOPSD_QUEUE
from datamodel import XenAPIError
from datamodel.refs import NULL_REF
from pooldb import Database, Transaction, View, leases
from xenops.errors import XenopsError

from forwarder import errors, locking
from forwarder.announcements import Announcement

if TYPE_CHECKING:
    from forwarder.hosts import Hosts

LOCK_WAIT_S = 120.0
LOOK_S = 0.5


class Publish(Protocol):
    def __call__(self, generation: int) -> None: ...


@dataclass
class Context:
    """One run of one task. A second run after a take-over finds the first one's locks its own."""

    db: Database
    hosts: "Hosts"
    task: str
    operation: str
    owner: str
    service: str
    publish: Publish
    session: str | None = None
    subject: str = ""
    traceparent: str | None = None
    steps: Counter[str] = field(default_factory=Counter)
    announcements: list[Announcement] = field(default_factory=list)

    @property
    def view(self) -> View:
        return self.db.view

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Change the pool while the task's lease is held; the others hear of it."""
        before = self.view.generation
        with self.db.transaction() as tx:
            leases.check(tx, leases.TASKS, self.task, self.owner)
            yield tx
        if tx.generation != before:
            self.publish(tx.generation)

    def check_cancelled(self) -> None:
        """Raise TASK_CANCELLED when the client asked for it."""
        record = self.view.find("task", self.task)
        if record is not None and record["status"] == "cancelling":
            raise XenAPIError("TASK_CANCELLED", self.task)

    def sleep(self, seconds: float) -> None:
        """Let time pass; raises TASK_CANCELLED as soon as the client asks for it."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.check_cancelled()
            time.sleep(min(left, LOOK_S))

    def progress(self, fraction: float) -> None:
        """Show how far the task is; small steps are not worth a write."""
        record = self.view.find("task", self.task)
        if record is not None and abs(fraction - record["progress"]) >= 0.02:
            with self.transaction() as tx:
                tx.update("task", self.task, {"progress": round(fraction, 3)})

    def lock(self, cls: str, ref: str, operation: str, *, strict: bool = True) -> None:
        """Begin an operation on an object: check that it may be, and keep others from it.

        Waits while another operation is in the way; raises what the class's table says otherwise.
        The lock ends with the task.
        """
        deadline = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                with self.transaction() as tx:
                    locking.begin(tx, self.task, cls, ref, operation, strict=strict)
                break
            except XenAPIError as error:
                if error.code != "OTHER_OPERATION_IN_PROGRESS" or time.monotonic() > deadline:
                    raise
            self.check_cancelled()
            self.view.wait(self.view.generation + 1, LOOK_S)
        self.hop(step=f"locked {cls} for {operation}")

    def announce(self, name: str, vm: str, text: str) -> None:
        """Have operators told of what was done to a VM, when the task ends well."""
        self.announcements.append(Announcement(name, vm, text))

    def hop(self, **facts: Any) -> None:
        telemetry.hop(service=self.service, task=self.task, traceparent=self.traceparent, **facts)

    # --- xenopsd ----------------------------------------------------------------------------

    def ask(self, host: str, wire: str, **params: Any) -> Any:
        """A question to a host's xenopsd; raises XenAPIError."""
        try:
            operation = self._operation_of(wire, params)
            return self.hosts.ask(host, wire, operation, self.debug, **params)
        except XenopsError as error:
            raise errors.translate(error, str(params.get("id", "")), self.task) from error

    def run(self, host: str, vm: str, wire: str, **params: Any) -> dict[str, str]:
        """Work for a host's xenopsd, awaited; returns what it tells of the work.

        ``vm`` is the reference that errors name. Cancelling the task cancels the work.
        """
        began = time.perf_counter()
        operation = self._operation_of(wire, params)
        name = self.view.get("host", host)["name_label"]
        self.hop(step="sent", queue=XENOPSD_QUEUE, message=wire, host=name)
        try:
            found = self.hosts.run(self, host, wire, operation, **params)
        except XenopsError as error:
            raise errors.translate(error, vm, self.task) from error
        finally:
            self.hop(step="ended", message=wire, host=name, ms=(time.perf_counter() - began) * 1000)
        return found

    @property
    def debug(self) -> str:
        return f"{self.task} {self.traceparent or ''}".strip()

    def _operation_of(self, wire: str, params: Mapping[str, Any]) -> str:
        """The same in every run of this task, so that a repeated call is recognised.

        A second run may have less left to do than the first, hence what it asks for is named and
        not counted; only the same question about the same thing has a number.
        """
        subject = params.get("id", "")
        named = f"{wire}/{subject if isinstance(subject, str) else '/'.join(subject)}"
        self.steps[named] += 1
        return f"{self.operation}/{named}/{self.steps[named]}"


def is_null(ref: str) -> bool:
    return ref in ("", NULL_REF)
