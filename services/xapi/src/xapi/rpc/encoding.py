"""Results to bytes of either wire; records are encoded once per change and then joined."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from datamodel import api
from datamodel.model import RecordType, Type
from datamodel.objects import ClassName
from datamodel.wire import xmlrpc
from pooldb import Row
from pooldb.reader import Record

from xapi.context import RecordOf, RecordsOf

XML = xmlrpc.Codec(api.classes)
_json = msgspec.json.Encoder()

EVENT_MEMBERS = ("id", "timestamp", "class", "operation", "ref")


def public(cls: ClassName, record: Record) -> dict[str, Any]:
    """The fields that clients see."""
    return {field.name: record[field.name] for field in api.classes[cls].public_fields}


def xml_value(type_: Type | None, value: Any) -> str:
    """``<value>…</value>`` of a result."""
    match value:
        case RecordOf(cls, row):
            return xml_record(cls, row)
        case RecordsOf(cls, rows):
            return xmlrpc.struct((ref, xml_record(cls, row)) for ref, row in rows.items())
        case {"events": events, "valid_ref_counts": counts, "token": token}:
            return xmlrpc.struct(
                (
                    ("events", xml_events(events)),
                    ("valid_ref_counts", xml_counts(counts)),
                    ("token", xmlrpc.text(token)),
                )
            )
        case [{"operation": _}, *_]:
            return xml_events(value)
        case _:
            return XML.encode(type_, value)


def xml_record(cls: ClassName, row: Row) -> str:
    return row.encoded("xml", lambda record: XML.encode(RecordType(cls), record))


def xml_counts(counts: Mapping[str, int]) -> str:
    members = ((name, f"<value><i4>{count}</i4></value>") for name, count in counts.items())
    return xmlrpc.struct(members)


def xml_events(events: Iterable[dict[str, Any]]) -> str:
    return xmlrpc.array(map(_xml_event, events))


def _xml_event(event: dict[str, Any]) -> str:
    members = [(name, xmlrpc.text(event[name])) for name in EVENT_MEMBERS]
    snapshot = event.get("snapshot")
    if snapshot is not None:
        members.append(("snapshot", xml_record(snapshot.cls, snapshot.row)))
    return xmlrpc.struct(members)


def json_value(value: Any) -> Any:
    """A result as JSON's encoder takes it."""
    match value:
        case RecordOf(cls, row):
            return json_record(cls, row)
        case RecordsOf(cls, rows):
            return {ref: json_record(cls, row) for ref, row in rows.items()}
        case {"events": events, "valid_ref_counts": _}:
            return {**value, "events": [_json_event(event) for event in events]}
        case [{"operation": _}, *_]:
            return [_json_event(event) for event in value]
        case None:
            return ""
        case _:
            return value


def json_record(cls: ClassName, row: Row) -> msgspec.Raw:
    return row.encoded("json", lambda record: msgspec.Raw(_json.encode(public(cls, record))))


def _json_event(event: dict[str, Any]) -> dict[str, Any]:
    snapshot = event.get("snapshot")
    if snapshot is None:
        return event
    return {**event, "snapshot": json_record(snapshot.cls, snapshot.row)}


def to_json(value: Any) -> bytes:
    return _json.encode(value)
