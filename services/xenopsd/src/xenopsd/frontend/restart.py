"""What xenopsd does at its start with the work that its last run had begun."""

import time
from collections.abc import Callable

from daemon.journal import Operation
from daemon.operations import Operations
from daemon.server import Params
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, interrupted

from xenopsd.frontend.work import MIGRATE
from xenopsd.host import Host
from xenopsd.migration.receiver import Receiver
from xenopsd.migration.sender import Sender

# Within this time nobody gives up a host that was heard, so its VMs have no other place yet.
ANEW_MAX_S = 25.0
# An operation that xenopsd dies of each time is given up.
RESTARTS_MAX = 3


class Restart:
    """``check`` has a VM checked, in its turn."""

    def __init__(
        self,
        host: Host,
        operations: Operations,
        receiver: Receiver,
        sender: Sender,
        check: Callable[[str], None],
    ) -> None:
        self._host = host
        self._operations = operations
        self._receiver = receiver
        self._sender = sender
        self._check = check

    def recover(self) -> None:
        """Finish or undo what was begun, and tell the state of every VM."""
        self._receiver.recover()
        self._sender.recover()
        for vm in self._host.journal.vms():
            self._host.domains.let_go(vm)
        self._operations.recover(self._judge)
        for vm in self._host.journal.vms():
            self._check(vm)

    def _judge(self, operation: Operation) -> Params | XenopsError | None:
        """A shutdown goes on, and so does a migration in doubt; if its VM has left, it succeeded.

        Any other operation is begun anew if it is soon enough, however far it came: see `VmWork`.
        """
        vm, wire, body = operation.subject, operation.method, operation.body
        here = self._host.journal.exists(vm)
        text = f"xenopsd was restarted in the middle of {wire} of VM {vm}"
        if wire == MIGRATE:
            if here and not self._sender.is_in_doubt(vm):
                return XenopsError("Failed_to_contact_remote_service", text)
            return XENOPSD.read_request(body)[1] if here else None
        if (wire == "VM.shutdown" and here) or self._may_be_begun_anew(operation):
            params = XENOPSD.read_request(body)[1]
            if params.get("delay") is not None and here and self._has_stopped(vm):
                params["delay"] = None
            return params
        if wire == "VM.suspend" and not self._host.is_suspended(vm):
            self._host.drop_image(XENOPSD.read_request(body)[1]["suspend_vdi"])
        return interrupted(text)

    def _may_be_begun_anew(self, operation: Operation) -> bool:
        heard = max(operation.began, self._host.journal.last_alive())
        if not 0 <= time.time() - heard < ANEW_MAX_S:
            return False
        return self._host.journal.note_restart(operation.id) <= RESTARTS_MAX

    def _has_stopped(self, vm: str) -> bool:
        """Whether a guest has stopped, so that there is no use in asking it to."""
        return self._host.domains.action_request(vm) is not None
