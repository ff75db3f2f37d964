"""squeezed's interface: the types and methods are upstream's, and its samples pass through."""

import gzip
import json
import typing
from pathlib import Path
from typing import Any

import pytest
from xenops.codec import decode, encode
from xenops.squeezed import MEMORY, SQUEEZED, TYPES, SqueezedError

from tests.contract.test_xenops_samples import grammar

DATA = json.loads(gzip.decompress((Path(__file__).parent / "data" / "memory.json.gz").read_bytes()))
FACTS, SAMPLES = DATA["facts"], DATA["samples"]


def test_the_same_methods_are_declared() -> None:
    assert {
        name: ([grammar(type_) for type_ in method.params.values()], grammar(method.result))
        for name, method in MEMORY.items()
    } == {
        fact["name"]: ([param["type"] for param in fact["params"]], fact["result"])
        for fact in FACTS["methods"]
    }


@pytest.mark.parametrize("name", sorted(FACTS["types"]))
def test_types_have_the_same_parts(name: str) -> None:
    tags = typing.cast(Any, TYPES[name]).tags
    assert [[tag, *([] if type_ is None else [grammar(type_)])] for tag, type_ in tags.items()] == (
        FACTS["types"][name]["tags"]
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s['method']}-{s['kind']}-{s['n']}")
def test_samples_pass_through_unchanged(sample: dict[str, Any]) -> None:
    wire, method = sample["wire"], MEMORY[sample["method"]]
    if sample["kind"] == "request":
        found, values = SQUEEZED.read_request(wire)
        assert SQUEEZED.request(found.wire, values, wire["id"]) == wire
    elif wire["error"] is not None:
        error = SQUEEZED.read_error(wire["error"])
        assert SQUEEZED.failure(error, wire["id"]) == wire
    else:
        value = decode(method.result, wire["result"])
        assert encode(method.result, value) == wire["result"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"method": "no_such_method", "params": []},
        {"method": "login", "params": {"client": "x"}},
        {"method": "login", "params": ["debug"]},
        {"method": "login", "params": ["debug", 5]},
        {"method": "reserve_memory", "params": ["debug", "session", None]},
        {"method": "reserve_memory", "params": ["debug", "session", "much"]},
    ],
)
def test_what_is_no_call_is_refused_in_the_interfaces_words(body: dict[str, Any]) -> None:
    with pytest.raises(SqueezedError) as refused:
        SQUEEZED.read_request(body)
    assert refused.value.tag == "Internal_error"


def test_a_refusals_detail_travels_beside_the_error() -> None:
    error = SqueezedError("Cannot_free_this_much_memory", (2, 1), "the sum")
    body = SQUEEZED.failure(error, "id")
    with pytest.raises(SqueezedError) as refused:
        SQUEEZED.read_reply(MEMORY["reserve_memory"], body)
    assert (refused.value.value, refused.value.detail) == ((2, 1), "the sum")
