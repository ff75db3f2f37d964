"""xenopsd's interface: the types and methods are upstream's, and its samples pass through."""

import dataclasses
import gzip
import json
import types
import typing
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Union

import pytest
from xenops import interface
from xenops.codec import decode, encode
from xenops.envelope import XENOPSD
from xenops.extensions import EXTENSIONS
from xenops.idl import METHODS, RECORDS, VARIANTS, Variant
from xenops.types import ErrorsError, ObserverError

DATA = Path(__file__).parent / "data"
FACTS = json.loads(gzip.decompress((DATA / "xenops.json.gz").read_bytes()))
SAMPLES = [
    json.loads(line)
    for line in gzip.decompress((DATA / "xenops_samples.jsonl.gz").read_bytes()).splitlines()
]
PLAIN = {str: "string", int: "int", float: "float", bool: "bool", None: "unit"}


def grammar(type_: Any) -> str:
    """A declared type in the notation of the facts."""
    if typing.get_origin(type_) is Annotated:
        return str(typing.get_args(type_)[1])
    origin, arguments = typing.get_origin(type_), typing.get_args(type_)
    if origin in (Union, types.UnionType):
        return f"option({grammar(arguments[0])})"
    if origin in (list, dict, tuple):
        return f"{origin.__name__}({','.join(grammar(argument) for argument in arguments)})"
    if type_ in PLAIN or type_ is type(None):
        return PLAIN.get(type_, "unit")
    return str(type_.wire)


def test_the_same_methods_are_declared() -> None:
    assert interface.VM
    declared = {name: method for name, method in METHODS.items() if name not in EXTENSIONS}
    assert sorted(declared) == sorted(fact["name"] for fact in FACTS["methods"])
    for fact in FACTS["methods"]:
        method = declared[fact["name"]]
        assert [(name, grammar(type_)) for name, type_ in method.params.items()] == [
            (param["name"], param["type"]) for param in fact["params"]
        ]
        assert grammar(method.result) == fact["result"], fact["name"]
        optional = {param["name"] for param in fact["params"] if param.get("optional")}
        assert method.optional == optional


def test_the_same_types_are_declared() -> None:
    declared = {**RECORDS, **VARIANTS}
    ours = {name for name in declared if name.startswith(("Migration.", "Work."))}
    assert set(declared) - ours == set(FACTS["types"])


@pytest.mark.parametrize("name", sorted(FACTS["types"]))
def test_types_have_the_same_parts(name: str) -> None:
    fact = FACTS["types"][name]
    if fact["kind"] == "record":
        cls: Any = RECORDS[name]
        hints = typing.get_type_hints(cls, include_extras=True)
        found = [
            (field.name.removesuffix("_"), grammar(hints[field.name]))
            for field in dataclasses.fields(cls)
        ]
        assert found == [(field["name"], field["type"]) for field in fact["fields"]]
        return
    variant: Any = VARIANTS[name]
    if issubclass(variant, StrEnum):
        assert [[member.value] for member in variant] == fact["tags"]
        return
    assert issubclass(variant, Variant)
    for tag, *types_ in fact["tags"]:
        declared = variant.tags[tag]
        if len(types_) < 2:
            assert grammar(declared) == (types_[0] if types_ else "unit")
        else:
            assert [grammar(part) for part in typing.get_args(declared)] == types_
    assert list(variant.tags) == [tag for tag, *_ in fact["tags"]]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s['method']}-{s['kind']}-{s['n']}")
def test_samples_pass_through_unchanged(sample: dict[str, Any]) -> None:
    wire = json.loads(sample["wire"])
    if sample["kind"] == "value":
        kind: Any = {**RECORDS, **VARIANTS}[sample["method"]]
        assert encode(kind, decode(kind, wire)) == wire
        return
    if sample["kind"] == "request":
        method, values = XENOPSD.read_request(wire)
        again = XENOPSD.request(method.wire, values, wire["id"])
        assert again == wire
        return
    if wire.get("error") is not None:
        kind = ObserverError if sample["method"].startswith("Observer") else ErrorsError
        assert encode(kind, decode(kind, wire["error"])) == wire["error"]
        return
    method = METHODS[sample["method"]]
    assert encode(method.result, decode(method.result, wire["result"])) == wire["result"]
