"""One command at work: its arguments, its caller, and the calls that it makes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from datamodel import XenAPIError, api
from datamodel.model import Message
from datamodel.refs import NULL_REF

from xapi.context import Caller
from xapi.dispatch import Dispatcher
from xapi.questions import QUESTIONS
from xapi.results import RecordOf, RecordsOf
from xapi.xe.grammar import Arguments
from xapi.xe.protocol import Terminal

Record = Mapping[str, Any]


@dataclass
class Desk:
    """Its calls go through the dispatcher with the caller's session, as any client's do.

    A command reads the records of a class once, however many objects it looks at.
    """

    dispatcher: Dispatcher
    caller: Caller
    terminal: Terminal
    said: Arguments
    session: str = ""
    _records: dict[str, Mapping[str, Record]] = field(default_factory=dict)

    async def call(self, wire: str, *params: Any) -> Any:
        """The native result of a call; raises XenAPIError."""
        message = api.message(wire)
        given = [self.session, *params] if message is None or message.session else list(params)
        _, value = await self.dispatcher.call(wire, given, self.caller)
        if message is not None and not (message.is_plain or message.wire in QUESTIONS):
            self.forget()
        match value:
            case RecordOf(_, row):
                return row.record
            case RecordsOf(_, rows):
                return {ref: row.record for ref, row in rows.items()}
        return value

    async def records(self, cls: str) -> Mapping[str, Record]:
        """All records of a class, by reference."""
        if cls not in self._records:
            known = f"{cls}.get_all_records" in api.messages
            records = await self.call(f"{cls}.get_all_records") if known else {}
            self._records[cls] = records
        return self._records[cls]

    def forget(self) -> None:
        """Have records read again when they are needed next."""
        self._records.clear()

    async def prepare(self, classes: Iterable[str]) -> None:
        """Read the records that ``known`` is to return."""
        for cls in classes:
            await self.records(cls)

    def known(self, cls: str, ref: str) -> Record | None:
        """A record of a prepared class."""
        return self._records.get(cls, {}).get(ref)

    async def by_uuid(self, cls: str, uuid: str) -> str:
        """An object's reference; raises UUID_INVALID."""
        return str(await self.call(f"{cls}.get_by_uuid", uuid))

    async def uuid_of(self, cls: str, ref: str) -> str:
        return str(await self.call(f"{cls}.get_uuid", ref))

    async def pool(self) -> tuple[str, Record]:
        """The pool and its record."""
        return next(iter((await self.records("pool")).items()))

    async def the_host(self) -> str:
        """The coordinator."""
        return str((await self.pool())[1]["master"])

    async def optional(self, cls: str, name: str) -> str:
        """The reference of the object whose uuid a parameter has, the null one without it."""
        uuid = self.said.get(name)
        return await self.by_uuid(cls, uuid) if uuid else NULL_REF

    async def print(self, text: str) -> None:
        await self.terminal.print(text)

    def name(self, ref: str) -> str:
        """An object's name for people, in an error."""
        view = self.dispatcher.pool.db.view
        cls = view.class_of(ref)
        record = None if cls is None else view.find(cls, ref)
        if record is None:
            return "<unknown>" if ref.startswith("OpaqueRef:") else ref
        label = record.get("name_label")
        uuid = str(record.get("uuid", ref))
        return uuid if label is None else f"{uuid} ({label})"


def message_of(wire: str) -> Message:
    message = api.message(wire)
    if message is None:
        raise XenAPIError("MESSAGE_METHOD_UNKNOWN", wire)
    return message
