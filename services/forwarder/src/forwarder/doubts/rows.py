"""How objects come out of doubt: there is a row for each class that hosts work on."""

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
    """A class of objects on which a daemon of each host works."""

    def __init__(self, stat: Call, *stops: Call) -> None:
        """``stat`` tells about an operation's task; ``stops`` end it, or keep it from beginning.

        Each takes the operation's ``id``.
        """
        self.stat = stat
        self.stops = stops

    @abstractmethod
    def ask(self, db: Database, ask: Ask, ref: Ref[Any], host: HostRef, operation: str) -> Any:
        """What a host says about an object, even one that is gone; raises as ``ask`` does."""

    @abstractmethod
    def apply(self, tx: Transaction, ref: Ref[Any], host: HostRef, said: Any) -> None:
        """Write what a host says about an object, which may be gone."""

    def begin(self, tx: Transaction, task: TaskRef, ref: Ref[Any], call: Call) -> Right | None:
        """A task is about to have a host work on an object; the right by which the host works."""
        return None

    def catch_up(self, tx: Transaction, task: TaskRef, ref: Ref[Any], seen: int) -> bool:
        """A host refused a task's work, as it had seen a newer epoch; whether to ask again."""
        return False

    def others(
        self, tx: Transaction, task: TaskRef, ref: Ref[Any], doubts: list[Doubt]
    ) -> list[Doubt]:
        """The doubts about work that a dead task may have begun besides what it noted."""
        return []

    def is_overtaken(self, tx: Transaction, task: TaskRef, ref: Ref[Any]) -> bool:
        """Whether an object has been given to others while a host works on it for a task."""
        return False

    def fence(self, db: Database, ask: Ask, ref: Ref[Any], host: HostRef, operation: str) -> None:
        """Keep a host from beginning work that it has no right to any more."""
        return

    def is_released(self, tx: Transaction, ref: Ref[Any]) -> None:
        """An object's last doubt is settled."""
        return

    def host_is_dead(self, tx: Transaction, host: HostRef) -> None:
        """The administrator says that a host is dead: it has none of the objects any more."""
        return


ROWS: dict[ClassName, Row] = {}
"""By class; `doubts/__init__.py` fills it."""
