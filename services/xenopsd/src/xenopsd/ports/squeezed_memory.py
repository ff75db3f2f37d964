"""The memory port on this host's squeezed, which is called through the broker.

No call waits long for a squeezed that is away: unless squeezed has just answered, it is first asked
a question that it answers at once, even while others wait for memory. A call without an answer is
repeated under the same id, so that no reservation is lost.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, TypeAlias

from broker.envelope import Message
from broker.kinds import QUESTION
from xenops.client import Client
from xenops.envelope import Call, call_of
from xenops.errors import XenopsError, interrupted, unexpected
from xenops.idl import Declared, P, R
from xenops.sizes import KIB
from xenops.squeezed import SQUEEZED, SqueezedError

from broker import BrokerError, Connection
from xenopsd.ports.memory import Reserved, Waiter

log = logging.getLogger(__name__)

MEMORY = SQUEEZED.Memory
InSession: TypeAlias = Declared[Concatenate[str, P], R]
"""A declared call whose first parameter is the session."""

CLIENT = "xenopsd"
# A busy dom0 with one processor takes a while to answer.
THERE_S = 5.0
# How long squeezed is taken to be there, or to be away, before it is asked again.
PRESENT_S, ABSENT_S = 5.0, 10.0
ASK_AGAIN_S = 5.0
# A little longer than squeezed lets any request wait.
RESERVE_MAX_S = 65.0
ANSWER_S = 10.0
# Reservations are given back however long the broker or squeezed is away.
RELEASE_MAX_S = 7 * 24 * 3600.0


class SqueezedMemory:
    """`xenopsd.ports.memory.Memory`; threads share it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._session: str | None = None
        self._present_until = self._absent_until = 0.0
        self._was_there: bool | None = None
        self.reserve_kib: int | None = None
        """Memory that no guest gets; None until squeezed has told it."""

    # --- calls ------------------------------------------------------------------------------

    def _call(
        self,
        declared: Declared[P, R],
        id_: str,
        timeout_s: float = ANSWER_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        def send(call: Call, body: dict[str, Any], operation: str) -> Any:
            message = Message(method=call.wire, body=body, message_id=operation, kind=QUESTION)
            return self._connection.call(call.interface.queue, message, timeout_s=timeout_s)

        return Client(send, id_)(declared, id_, *args, **params)

    def _in_session(
        self,
        declared: InSession[P, R],
        id_: str,
        timeout_s: float = ANSWER_S,
        /,
        *args: P.args,
        **params: P.kwargs,
    ) -> R:
        """Make a call in our session; if squeezed has forgotten the session, begin a new one."""
        session = self._logged_in()
        try:
            return self._call(declared, id_, timeout_s, session, *args, **params)
        except SqueezedError as error:
            if error.tag != "Internal_error" or session not in str(error.value):
                raise
        with self._lock:
            if self._session == session:
                self._session = None
        return self._call(declared, id_, timeout_s, self._logged_in(), *args, **params)

    def _logged_in(self) -> str:
        """Our session; its beginning frees what an earlier xenopsd left reserved."""
        with self._lock:
            if self._session is None:
                self._session = self._call(MEMORY.login, "xenopsd/login", client=CLIENT)
            return self._session

    # --- the port ---------------------------------------------------------------------------

    def is_there(self) -> bool:
        if time.monotonic() < self._absent_until:
            return False
        if time.monotonic() < self._present_until:
            return True
        # A squeezed that was there a moment ago may only be busy.
        there = self._answers() or (bool(self._was_there) and self._answers())
        if there:
            self._present_until = time.monotonic() + PRESENT_S
        else:
            self._absent_until = time.monotonic() + ABSENT_S
        self._tell(there)
        return there

    def _answers(self) -> bool:
        try:
            self.reserve_kib = self._call(MEMORY.get_host_reserved_memory, "xenopsd/there", THERE_S)
            self._logged_in()
        except (BrokerError, SqueezedError):
            return False
        return True

    def _tell(self, there: bool) -> None:
        if there != self._was_there:
            self._was_there = there
            if there:
                log.info("squeezed shares this host's memory")
            else:
                log.warning("squeezed does not answer: VMs keep the size that they start with")

    def reserve(
        self, task: Waiter, minimum_kib: int, maximum_kib: int, vms: Mapping[int, str]
    ) -> Reserved | None:
        id_ = f"{task.id}/memory"
        deadline = time.monotonic() + RESERVE_MAX_S
        try:
            while self.is_there():
                task.check_cancelled()
                try:
                    reservation, kib = self._in_session(
                        MEMORY.reserve_memory_range,
                        id_,
                        ASK_AGAIN_S,
                        minimum=minimum_kib,
                        maximum=maximum_kib,
                    )
                    return Reserved(reservation, kib)
                except BrokerError as error:
                    self._present_until = 0.0
                    if time.monotonic() > deadline:
                        raise interrupted(f"squeezed does not decide on {id_}") from error
        except SqueezedError as error:
            raise translated(error, vms) from error
        except XenopsError:
            self.release(id_)
            raise
        self.release(id_)
        return None

    def release(self, reservation: str) -> None:
        """End a reservation, even one whose grant never reached us, once squeezed reads this."""
        if self._session is not None:
            call = call_of(MEMORY.delete_reservation)
            body = call.request(reservation, "", call.bind(self._session, reservation))
            deadline = time.time() + RELEASE_MAX_S
            message = Message(method=call.wire, body=body, deadline=deadline, kind=QUESTION)
            self._connection.call_async(SQUEEZED.queue, message, timeout_s=math.inf)

    def hand_over(self, reservation: str, domid: int) -> None:
        """Hand over without waiting for it: squeezed reads this before the reservation's end.

        Until then it counts the memory twice, as promised and as the domain's.
        """
        call = call_of(MEMORY.transfer_reservation_to_domain)
        id_ = f"{reservation}/{call.wire}"
        body = call.request(id_, id_, call.bind(self._session, reservation, domid))
        message = Message(method=call.wire, body=body, message_id=id_)
        self._connection.call_async(SQUEEZED.queue, message, timeout_s=ANSWER_S)


def _refused(error: SqueezedError, vms: Mapping[int, str]) -> XenopsError:
    who = [vms.get(domid, str(domid)) for domid in error.value]
    return XenopsError("Vms_failed_to_cooperate", who, error.detail)


def _too_much(error: SqueezedError, vms: Mapping[int, str]) -> XenopsError:
    needed, free = error.value
    value = (needed * KIB, free * KIB)
    return XenopsError("Cannot_free_this_much_memory", value, error.detail)


TABLE: dict[str, Callable[[SqueezedError, Mapping[int, str]], XenopsError]] = {
    "Domains_refused_to_cooperate": _refused,
    "Cannot_free_this_much_memory": _too_much,
}


def translated(error: SqueezedError, vms: Mapping[int, str]) -> XenopsError:
    """A squeezed error as xenopsd's own."""
    translate = TABLE.get(error.tag)
    return translate(error, vms) if translate else unexpected(f"squeezed: {error}")
