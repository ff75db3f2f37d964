"""``VM.snapshot_metadata``: the record that a VM had when its snapshot was taken, as text."""

import re
from collections.abc import Iterator
from typing import Any

from datamodel import XenAPIError, api
from datamodel.classes import VM, VMRef
from datamodel.model import BoolType, MapType, SetType, Type
from datamodel.refs import NULL_REF, as_ref
from datamodel.values import default_record, to_native
from pooldb import query

FIELDS = api.classes["VM"].fields
TOKEN = re.compile(r"\s*(?:(?P<open>\()|(?P<close>\))|'(?P<text>(?:[^'\\]|\\.)*)')\s*", re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Unreadable(Exception):
    """The text is not a record of a VM."""


def written(ref: VMRef, record: VM) -> str:
    """A VM's record in the form that ``snapshot_metadata`` has, columns in reverse order."""
    columns = {f.db_column: query.as_text(vars(record)[name]) for name, f in FIELDS.items()}
    return query.as_text(dict(sorted({**columns, "_ref": ref}.items(), reverse=True)))


def read(text: str) -> tuple[VMRef, dict[str, Any]]:
    """The VM's reference and its record; fields that the text leaves out have their defaults.

    Columns that are no fields are passed over: the text may be from another version. Raises
    Unreadable.
    """
    try:
        columns = dict(_nodes(text))
        record: dict[str, Any] = default_record(api.classes["VM"])
        for name, field in FIELDS.items():
            if field.db_column in columns:
                value = _parsed(field.type, columns[field.db_column])
                record[name] = to_native(field.type, value, api.classes)
    except (ValueError, TypeError, KeyError, RecursionError, XenAPIError) as error:
        raise Unreadable(str(error)) from error
    return as_ref(columns.get("_ref", NULL_REF)), record


def _parsed(type_: Type, text: str) -> Any:
    match type_:
        case SetType(item):
            return [_parsed(item, node) for node in _nodes(text)]
        case MapType(key, value):
            return {_parsed(key, k): _parsed(value, v) for k, v in _nodes(text)}
        case BoolType():
            return {"true": True, "false": False}[text]
    return text


def _nodes(text: str) -> list[Any]:
    """The members of a list, as they are written; nested lists become lists."""
    tokens = _tokens(text)
    if next(tokens, None) != ("open", None):
        raise ValueError("no list")
    members = _members(tokens)
    if next(tokens, None) is not None:
        raise ValueError("more than a list")
    return members


def _members(tokens: Iterator[tuple[str, str | None]]) -> list[Any]:
    members: list[Any] = []
    for kind, text in tokens:
        if kind == "close":
            return members
        members.append(_members(tokens) if kind == "open" else text)
    raise ValueError("a list without an end")


def _tokens(text: str) -> Iterator[tuple[str, str | None]]:
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"unreadable at {at}")
        quoted = match["text"]
        yield str(match.lastgroup), None if quoted is None else ESCAPED.sub(r"\1", quoted)
        at = match.end()
