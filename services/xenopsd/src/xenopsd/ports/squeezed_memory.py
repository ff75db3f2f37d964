"""The memory port on this host's squeezed, asked through the broker.

Nothing waits long for a squeezed that is not there: unless it answered just now it is asked
something small first, which it answers at once whoever waits for memory. What it has promised is
asked for again under the same id.
"""

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from broker.envelope import Message
from xenops.client import Client
from xenops.errors import XenopsError, internal_error, unexpected
from xenops.sizes import KIB
from xenops.squeezed import SQUEEZED, SqueezedError

from broker import BrokerError, Connection
from xenopsd.ports.memory import Reserved, Waiter

log = logging.getLogger(__name__)

CLIENT = "xenopsd"
# A busy dom0 with one processor takes a while to answer.
THERE_S = 5.0
# How long its presence or absence is believed without asking again, so that not every start does.
PRESENT_S, ABSENT_S = 5.0, 10.0
ASK_AGAIN_S = 5.0
# A little more than squeezed lets anybody wait.
RESERVE_MAX_S = 65.0
ANSWER_S = 10.0
# What is not needed any more is given back however long the broker or squeezed is away.
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
        """What no guest gets, once squeezed has said it."""

    # --- calls ------------------------------------------------------------------------------

    def _call(self, wire: str, id_: str, timeout_s: float = ANSWER_S, **params: Any) -> Any:
        def transport(wire: str, body: dict[str, Any], operation: str) -> Any:
            message = Message(method=wire, body=body, message_id=operation)
            return self._connection.call(SQUEEZED.queue, message, timeout_s=timeout_s)

        return Client(transport, id_, SQUEEZED)(wire, id_, **params)

    def _in_session(self, wire: str, id_: str, timeout_s: float = ANSWER_S, **params: Any) -> Any:
        """A call in our session, which is begun anew when squeezed has forgotten it."""
        session = self._logged_in()
        try:
            return self._call(wire, id_, timeout_s, session=session, **params)
        except SqueezedError as error:
            if error.tag != "Internal_error" or session not in str(error.value):
                raise
        with self._lock:
            if self._session == session:
                self._session = None
        return self._call(wire, id_, timeout_s, session=self._logged_in(), **params)

    def _logged_in(self) -> str:
        """Our session: its beginning frees what a xenopsd before us left reserved."""
        with self._lock:
            if self._session is None:
                self._session = str(self._call("login", "xenopsd/login", client=CLIENT))
            return self._session

    # --- the port ---------------------------------------------------------------------------

    def is_there(self) -> bool:
        if time.monotonic() < self._absent_until:
            return False
        if time.monotonic() < self._present_until:
            return True
        # One that was there a moment ago may be busy.
        there = self._answers() or (bool(self._was_there) and self._answers())
        if there:
            self._present_until = time.monotonic() + PRESENT_S
        else:
            self._absent_until = time.monotonic() + ABSENT_S
        self._tell(there)
        return there

    def _answers(self) -> bool:
        try:
            said = self._call("get_host_reserved_memory", "xenopsd/there", THERE_S)
            self.reserve_kib = int(said)
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
                    said = self._in_session(
                        "reserve_memory_range",
                        id_,
                        ASK_AGAIN_S,
                        minimum=minimum_kib,
                        maximum=maximum_kib,
                    )
                    return Reserved(said[0], said[1])
                except BrokerError as error:
                    self._present_until = 0.0
                    if time.monotonic() > deadline:
                        raise internal_error(f"squeezed does not decide on {id_}") from error
        except SqueezedError as error:
            raise translated(error, vms) from error
        except XenopsError:
            self.release(id_)
            raise
        self.release(id_)
        return None

    def release(self, reservation: str) -> None:
        """End what was granted, or may have been unheard, whenever squeezed reads it."""
        if self._session is not None:
            params = {"session": self._session, "reservation": reservation, "debug_info": ""}
            body = SQUEEZED.request("delete_reservation", params, reservation)
            deadline = time.time() + RELEASE_MAX_S
            message = Message(method="delete_reservation", body=body, deadline=deadline)
            self._connection.call_async(SQUEEZED.queue, message, timeout_s=math.inf)

    def hand_over(self, reservation: str, domid: int) -> None:
        """Should squeezed die now, it finds out by itself: that must not fail an operation."""
        wire = "transfer_reservation_to_domain"
        try:
            self._in_session(wire, f"{reservation}/{wire}", reservation=reservation, domid=domid)
        except (BrokerError, SqueezedError) as error:
            log.info("%s of %s: %s", wire, reservation, error)


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
    """squeezed's errors as xenopsd's own."""
    translate = TABLE.get(error.tag)
    return translate(error, vms) if translate else unexpected(f"squeezed: {error}")
