"""The server's side of an interface; `xenops.client` is the client's.

Questions are answered at once; work that is begun answers later, by itself.
"""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from xenops.envelope import Interface
from xenops.errors import Failure, XenopsError, unexpected
from xenops.idl import Method

from broker import Connection, Delivery

log = logging.getLogger(__name__)

Params = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A request that is not answered yet; `answer` or `refuse` it once, from any thread."""

    interface: Interface
    method: Method
    params: Params
    delivery: Delivery

    @property
    def id(self) -> str:
        """The operation's id: a repetition of the call has the same one."""
        return self.delivery.message_id

    @property
    def traceparent(self) -> str | None:
        return self.delivery.headers.get("traceparent")

    def answer(self, value: Any) -> None:
        self.delivery.reply(self.interface.success(self.method, value, self.id))

    def refuse(self, error: Failure) -> None:
        self.delivery.reply(self.interface.failure(error, self.id))


class Server:
    """Which message of an interface does what.

    ``answers`` has a function for each question, which returns the answer. A function of ``begins``
    begins work that takes time; when it returns, the message is acknowledged, so the work must then
    be kept where it outlives this process, or its caller must ask again. A function of ``keeps``
    acknowledges the message itself; until then the message outlives this process. All may raise the
    interface's error. ``troubles`` are exceptions that are no bugs.
    """

    def __init__(
        self,
        interface: Interface,
        answers: Mapping[str, Callable[[Params], Any]],
        begins: Mapping[str, Callable[[Call], None]],
        troubles: tuple[type[Exception], ...] = (),
        keeps: Mapping[str, Callable[[Call], None]] = MappingProxyType({}),
    ) -> None:
        self._interface = interface
        self._answers = answers
        self._begins = begins
        self._keeps = keeps
        self._troubles = troubles

    def _unexpected(self, text: str) -> Failure:
        failed = self._interface.failed
        return unexpected(text) if failed is XenopsError else failed("Internal_error", text)

    def serve(self, connection: Connection, queue: str, threads: int) -> None:
        """Take the messages of a queue from now on; with one thread, in order."""
        executor = ThreadPoolExecutor(threads, thread_name_prefix="message")
        connection.serve(queue, self.handle, executor)

    def handle(self, delivery: Delivery) -> None:
        """Take a message from the broker; its caller is told whatever is wrong with it."""
        interface, id_ = self._interface, delivery.message_id
        try:
            method, params = interface.read_request(delivery.body)
            if method.wire in self._begins:
                self._begins[method.wire](Call(interface, method, params, delivery))
                delivery.ack()
                return
            if method.wire in self._keeps:
                self._keeps[method.wire](Call(interface, method, params, delivery))
                return
            if method.wire not in self._answers:
                raise interface.failed(interface.unknown, method.wire)
            reply = interface.success(method, self._answers[method.wire](params), id_)
        except interface.failed as error:
            reply = interface.failure(error, id_)
        except self._troubles as error:
            reply = interface.failure(interface.failed("Internal_error", str(error)), id_)
        except Exception as error:  # a bug fails this call, and the caller is told
            log.exception("%s failed", delivery.method)
            text = f"{type(error).__name__}: {error}"
            reply = interface.failure(self._unexpected(text), id_)
        delivery.ack()
        delivery.reply(reply)
