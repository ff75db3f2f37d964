"""How objects of each class come out of doubt: a class whose objects hosts work for has a row."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from datamodel.classes import HostRef, TaskRef
from datamodel.objects import ClassName
from datamodel.refs import Ref
from pooldb import Database, Transaction
from xenops.extensions import Place as Right

from forwarder.daemons.hosts import Ask
from forwarder.locks.locking import Doubt

Call = Callable[..., Any]
"""A declared call of a daemon's interface."""


class Row(ABC):
    """A class of objects that a daemon of each host works for."""

    def __init__(self, stat: Call, *stops: Call) -> None:
        """``stat`` tells of the task of an operation; ``stops`` end it, or have it not begun.

        Each takes the operation's ``id``.
        """
        self.stat = stat
        self.stops = stops

    @abstractmethod
    def ask(self, db: Database, ask: Ask, ref: Ref[Any], host: HostRef, operation: str) -> Any:
        """What a host says of an object now, also of one that is gone; raises as ``ask`` does."""

    @abstractmethod
    def apply(self, tx: Transaction, ref: Ref[Any], host: HostRef, said: Any) -> None:
        """Write what a host says of an object, which may be gone."""

    def begin(self, tx: Transaction, task: TaskRef, ref: Ref[Any], call: Call) -> Right | None:
        """A task is about to have a host work for an object; by which right the host does."""
        return None

    def catch_up(self, tx: Transaction, task: TaskRef, ref: Ref[Any], seen: int) -> bool:
        """A host has refused a task's work by a newer epoch; whether it is asked for again."""
        return False

    def others(
        self, tx: Transaction, task: TaskRef, ref: Ref[Any], doubts: list[Doubt]
    ) -> list[Doubt]:
        """What a task that died may have begun besides what it has noted."""
        return []

    def fence(self, db: Database, ask: Ask, ref: Ref[Any], host: HostRef, operation: str) -> None:
        """Have a host begin nothing that it has no right to any more."""
        return

    def is_released(self, tx: Transaction, ref: Ref[Any]) -> None:
        """An object's last doubt is settled."""
        return

    def host_is_dead(self, tx: Transaction, host: HostRef) -> None:
        """The administrator says that a host is dead: it has no object any more."""
        return


ROWS: dict[ClassName, Row] = {}
"""By class; `doubts/__init__.py` fills it."""
