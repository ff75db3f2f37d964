"""Results to bytes of either wire; records are encoded once per change and then joined."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from datamodel import api
from datamodel.model import RecordType, Type
from datamodel.wire import xmlrpc
from pooldb import View
from pooldb.view import Record

from xapi.context import RecordOf, RecordsOf

XML = xmlrpc.Codec(api.classes)
_json = msgspec.json.Encoder()

EVENT_MEMBERS = ("id", "timestamp", "class", "operation", "ref")


def public(cls: str, record: Record) -> dict[str, Any]:
    """The fields that clients see."""
    return {field.name: record[field.name] for field in api.classes[cls].public_fields}


def xml_value(view: View, type_: Type | None, value: Any) -> str:
    """``<value>…</value>`` of a result."""
    match value:
        case RecordOf(cls, ref):
            return xml_record(view, cls, ref)
        case RecordsOf(cls, refs):
            found = ((ref, xml_record(view, cls, ref)) for ref in refs if view.find(cls, ref))
            return xmlrpc.struct(found)
        case {"events": events, "valid_ref_counts": counts, "token": token}:
            return xmlrpc.struct(
                (
                    ("events", xml_events(view, events)),
                    ("valid_ref_counts", xml_counts(counts)),
                    ("token", xmlrpc.text(token)),
                )
            )
        case [{"operation": _}, *_]:
            return xml_events(view, value)
        case _:
            return XML.encode(type_, value)


def xml_record(view: View, cls: str, ref: str) -> str:
    return view.encoded(cls, ref, "xml", lambda record: XML.encode(RecordType(cls), record))


def xml_counts(counts: Mapping[str, int]) -> str:
    members = ((name, f"<value><i4>{count}</i4></value>") for name, count in counts.items())
    return xmlrpc.struct(members)


def xml_events(view: View, events: Iterable[dict[str, Any]]) -> str:
    return xmlrpc.array(_xml_event(view, event) for event in events)


def _xml_event(view: View, event: dict[str, Any]) -> str:
    members = [(name, xmlrpc.text(event[name])) for name in EVENT_MEMBERS]
    snapshot = event.get("snapshot")
    if snapshot is not None and view.find(snapshot.cls, snapshot.ref):
        members.append(("snapshot", xml_record(view, snapshot.cls, snapshot.ref)))
    return xmlrpc.struct(members)


def json_value(view: View, type_: Type | None, value: Any) -> Any:
    """A result as JSON's encoder takes it."""
    match value:
        case RecordOf(cls, ref):
            return json_record(view, cls, ref)
        case RecordsOf(cls, refs):
            return {ref: json_record(view, cls, ref) for ref in refs if view.find(cls, ref)}
        case {"events": events, "valid_ref_counts": _}:
            return {**value, "events": [_json_event(view, event) for event in events]}
        case [{"operation": _}, *_]:
            return [_json_event(view, event) for event in value]
        case None:
            return ""
        case _:
            return value


def json_record(view: View, cls: str, ref: str) -> msgspec.Raw:
    return view.encoded(
        cls, ref, "json", lambda record: msgspec.Raw(_json.encode(public(cls, record)))
    )


def _json_event(view: View, event: dict[str, Any]) -> dict[str, Any]:
    snapshot = event.get("snapshot")
    if snapshot is None:
        return event
    return {**event, "snapshot": json_record(view, snapshot.cls, snapshot.ref)}


def to_json(value: Any) -> bytes:
    return _json.encode(value)
