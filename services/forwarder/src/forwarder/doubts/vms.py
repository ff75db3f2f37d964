"""VMs in doubt: their host's xenopsd says what became of them."""

from typing import Any

from datamodel.classes import VM, HostRef, TaskRef, VMRef
from datamodel.objects import name_of
from pooldb import Database, Transaction
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError
from xenops.extensions import Place as Right

from forwarder.daemons.hosts import Ask
from forwarder.doubts import keeping
from forwarder.doubts.rows import Call, Row
from forwarder.locks import locking
from forwarder.locks.locking import Doubt
from forwarder.locks.subjects import subject
from forwarder.place import register
from forwarder.place.transitions import IsDead
from forwarder.states import reconcile

ENDING = frozenset({XENOPSD.VM.shutdown, XENOPSD.VM.reboot, XENOPSD.VM.suspend})
"""Work that ends a domain."""

DEBUG = "settle"


class VMs(Row):
    """VMs; their doubts name operations or migrations."""

    def __init__(self) -> None:
        super().__init__(XENOPSD.Task.stat, XENOPSD.Task.cancel, XENOPSD.MIGRATION.abort)

    def begin(self, tx: Transaction, task: TaskRef, ref: VMRef, call: Call) -> Right:
        if call in ENDING:
            register.take(tx, task, ref)
        return register.right(tx, task, ref)

    def catch_up(self, tx: Transaction, task: TaskRef, ref: VMRef, seen: int) -> bool:
        return register.catch_up(tx, task, ref, seen)

    def others(
        self, tx: Transaction, task: TaskRef, ref: VMRef, doubts: list[Doubt]
    ) -> list[Doubt]:
        """The host that a VM comes to may be receiving it, too."""
        coming = register.of(tx, ref).coming if tx.find(VM, ref) is not None else None
        is_known = coming is None or any(host == coming for host, _ in doubts)
        return [] if is_known else [[str(coming), task]]

    def is_overtaken(self, tx: Transaction, task: TaskRef, ref: VMRef) -> bool:
        return register.is_overtaken(tx, task, ref)

    def fence(self, db: Database, ask: Ask, ref: VMRef, host: HostRef, operation: str) -> None:
        """Tell a host the VM's epoch, so that it begins no work of an earlier one."""
        with db.transaction() as tx:
            if tx.find(VM, ref) is None:
                return
            right, uuid = register.present_right(tx, ref), tx.get(VM, ref).uuid
        try:
            question = f"{operation}/see/{right.epoch}"
            ask(host, XENOPSD.PLACE.see, question, DEBUG, id=uuid, place=right)
        except XenopsError as error:
            if error.tag != "Unimplemented":  # the answer of a version that knows no epochs
                raise

    def ask(self, db: Database, ask: Ask, ref: VMRef, host: HostRef, operation: str) -> Any:
        record = db.view.find(VM, ref)
        uuid = "" if record is None else record.uuid
        return ask(host, XENOPSD.STATE.vm, f"{operation}/settle", DEBUG, id=uuid)

    def apply(self, tx: Transaction, ref: VMRef, host: HostRef, said: Any) -> None:
        reconcile.apply_vm(tx, host, said)

    def is_released(self, tx: Transaction, ref: VMRef) -> None:
        home = register.of(tx, ref).home if tx.find(VM, ref) is not None else None
        if home is not None and keeping.is_dead(tx, home):
            _take_from(tx, ref, home)

    def host_is_dead(self, tx: Transaction, host: HostRef) -> None:
        for ref, record in tx.all(VM).items():
            if host in register.hosts(record) and not record.is_control_domain:
                _take_from(tx, ref, host)


def _take_from(tx: Transaction, vm: VMRef, host: HostRef) -> None:
    """Take a VM from a dead host; if others may have it, it is off only once they have told."""
    if register.of(tx, vm).home == host and keeping.hosts_of(tx, subject(VM, vm)):
        return
    reconcile.apply_stopped(tx, vm, IsDead(host))
    locking.refresh(tx, name_of(VM), vm)
