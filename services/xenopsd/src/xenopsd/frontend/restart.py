"""What a xenopsd that starts does with what the one before it has begun."""

from collections.abc import Callable

from daemon.journal import Operation
from daemon.operations import Operations
from daemon.server import Params
from xenops.envelope import XENOPSD
from xenops.errors import XenopsError, internal_error

from xenopsd.frontend.work import MIGRATE
from xenopsd.host import Host
from xenopsd.migration import Receiver, Sender


class Restart:
    """``check`` has a VM looked at, in its turn."""

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
        """Finish or undo what was begun, and say how every VM is."""
        self._receiver.recover()
        self._sender.recover()
        self._operations.recover(self._judge)
        for vm in self._host.journal.vms():
            self._host.domains.let_go(vm)
            self._check(vm)

    def _judge(self, operation: Operation) -> Params | XenopsError | None:
        """Teardowns go on, and so does who asks whether a VM has left; one that has, has left.

        All else ends as a failure.
        """
        vm, wire, body = operation.subject, operation.method, operation.body
        here = self._host.journal.exists(vm)
        if wire == "VM.shutdown" and here:
            params = XENOPSD.read_request(body)[1]
            if self._host.domains.action_request(vm) is not None:
                params["delay"] = None  # the guest has stopped, or is past being asked
            return params
        if wire == "VM.suspend" and not self._host.is_suspended(vm):
            self._host.drop_image(XENOPSD.read_request(body)[1]["suspend_vdi"])
        if wire == MIGRATE and not here:
            return None
        if wire == MIGRATE and self._sender.is_in_doubt(vm):
            return XENOPSD.read_request(body)[1]
        return internal_error(f"xenopsd was restarted in the middle of {wire} of VM {vm}")
