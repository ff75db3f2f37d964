"""Results as text for either wire; records are encoded once per change and then joined."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from datamodel import api
from datamodel.model import RecordType, Type
from datamodel.objects import ClassName
from datamodel.wire import xmlrpc
from datamodel.wire.xmlrpc import Pieces
from pooldb import Row
from pooldb.reader import Record

from xapi.results import Event, Events, EventsFrom, RecordOf, RecordsOf

XML = xmlrpc.Codec(api.classes)
_json = msgspec.json.Encoder()


def public(cls: ClassName, record: Record) -> dict[str, Any]:
    """The fields that clients see."""
    return {field.name: record[field.name] for field in api.classes[cls].public_fields}


def event_members(event: Event) -> dict[str, str]:
    """The members of an event on either wire, without its object's record."""
    return {
        "id": str(event.generation),
        "timestamp": "0.0",
        "class": event.cls.lower(),
        "operation": event.operation,
        "ref": event.ref,
    }


def xml_value(type_: Type | None, value: Any) -> Pieces:
    """``<value>…</value>`` of a result."""
    match value:
        case RecordOf(cls, row):
            return [_xml_record(cls, row)]
        case RecordsOf(cls, rows):
            return xmlrpc.pieces_of_struct(
                (ref, (_xml_record(cls, row),)) for ref, row in rows.items()
            )
        case Events(events):
            return _xml_events(events)
        case EventsFrom(events, counts, token):
            return xmlrpc.pieces_of_struct(
                (
                    ("events", _xml_events(events)),
                    ("valid_ref_counts", [counts.encoded("xml", _xml_numbers)]),
                    ("token", [xmlrpc.text(token).encode()]),
                )
            )
        case _:
            return [XML.encode(type_, value).encode()]


def _xml_numbers(numbers: Mapping[str, int]) -> bytes:
    members = [(name, f"<value><i4>{number}</i4></value>") for name, number in numbers.items()]
    return xmlrpc.struct(members).encode()


def _xml_record(cls: ClassName, row: Row) -> bytes:
    return row.encoded("xml", lambda record: XML.encode(RecordType(cls), record).encode())


def _xml_events(events: Sequence[Event]) -> Pieces:
    return xmlrpc.pieces_of_array(map(_xml_event, events))


def _xml_event(event: Event) -> Pieces:
    members = [(name, [xmlrpc.text(said).encode()]) for name, said in event_members(event).items()]
    if event.row is not None:
        members.append(("snapshot", [_xml_record(event.cls, event.row)]))
    return xmlrpc.pieces_of_struct(members)


def json_value(value: Any) -> Any:
    """A result in the form that JSON's encoder takes."""
    match value:
        case RecordOf(cls, row):
            return _json_record(cls, row)
        case RecordsOf(cls, rows):
            return {ref: _json_record(cls, row) for ref, row in rows.items()}
        case Events(events):
            return _json_events(events)
        case EventsFrom(events, counts, token):
            told = counts.encoded("json", lambda numbers: msgspec.Raw(_json.encode(numbers)))
            return {"events": _json_events(events), "valid_ref_counts": told, "token": token}
        case None:
            return ""
        case _:
            return value


def _json_record(cls: ClassName, row: Row) -> msgspec.Raw:
    return row.encoded("json", lambda record: msgspec.Raw(_json.encode(public(cls, record))))


def _json_events(events: Sequence[Event]) -> list[dict[str, Any]]:
    return [_json_event(event) for event in events]


def _json_event(event: Event) -> dict[str, Any]:
    members: dict[str, Any] = event_members(event)
    if event.row is not None:
        members["snapshot"] = _json_record(event.cls, event.row)
    return members


def to_json(value: Any) -> bytes:
    return _json.encode(value)
