"""The numbers of a gateway's synchronous calls, by which forwarders know those that are over."""

import itertools
from collections import deque

from datamodel.refs import new_uuid
from pooldb.calls import Numbered


class Numbers:
    """One gateway's; any thread may use it."""

    def __init__(self) -> None:
        self._gateway = new_uuid()
        self._count = itertools.count(1)
        self._waiting: dict[int, None] = {}
        self._fetched: deque[str] = deque()

    def next(self) -> Numbered:
        """The number of a new call, which is not over until its `end`."""
        number, waiting = next(self._count), list(self._waiting)
        fetched = [self._fetched.popleft() for _ in range(len(self._fetched))]
        self._waiting[number] = None
        return Numbered(self._gateway, number, waiting, fetched)

    def end(self, number: int) -> None:
        """Whatever message of a call still arrives is not to be acted on.

        Its outcome is known, or else the call is in the database.
        """
        self._waiting.pop(number, None)

    def fetch(self, number: int, task: str) -> None:
        """A call is over and its client has the outcome, which the next call lets be dropped."""
        self.end(number)
        self._fetched.append(task)
