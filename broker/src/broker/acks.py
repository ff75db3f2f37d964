"""The acknowledgements of one consumer, which leave with whatever is sent soon.

An acknowledgement only frees a place at the broker, so none is worth a packet of its own if the
reply, or news of what the message did, is about to be sent.
"""

import itertools
from collections import deque
from typing import Any

from broker.loop import Loop

LATE_S = 0.01
"""An acknowledgement waits no longer than until so long after the message came."""
MANY = 16
"""So many do not wait, as the broker may have more messages."""


class Acks:
    """``give`` may be called from any thread, all else from the loop's."""

    def __init__(self, channel: Any, loop: Loop) -> None:
        self._channel = channel
        self._loop = loop
        self._taken: dict[int, None] = {}  # in the order of arrival
        self._given: deque[int] = deque()
        self._will_look = False

    def take(self, tag: int) -> None:
        """Note that a message has come, which will be acknowledged."""
        self._taken[tag] = None
        if not self._will_look:
            self._will_look = True
            self._loop.call_later(LATE_S, self._look)

    def give(self, tag: int) -> None:
        """Acknowledge a message; a second time does nothing."""
        self._given.append(tag)
        # Whoever looks from now on finds it; if nobody will, it is sent for.
        if not self._will_look or len(self._given) >= MANY:
            self._loop.soon(self.send)

    def _look(self) -> None:
        self._will_look = False
        self.send()

    def send(self) -> None:
        """Send what was acknowledged: in one for all, as far as nothing before is still open.

        The broker closes a channel on which a message is acknowledged twice.
        """
        given = {self._given.popleft() for _ in range(len(self._given))} & self._taken.keys()
        if not given or not self._channel.is_open:
            return
        together = 0
        for tag in itertools.takewhile(given.__contains__, self._taken):
            together = tag
        if together:
            self._channel.basic_ack(together, multiple=True)
        for tag in sorted(given):
            del self._taken[tag]
            if tag > together:
                self._channel.basic_ack(tag)
