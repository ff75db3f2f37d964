"""An answer is made from one generation of the pool, whatever happens while it is made."""

from typing import Any

import pytest

from tests.unit.xapi.conftest import Gateway, decoded

EPOCH = "19700101T00:00:00Z"
READS: list[tuple[str, str, list[Any]]] = [
    ("network", "network.get_record", ["<ref>"]),
    ("network", "network.get_all_records", []),
    ("network", "network.get_all_records_where", ['field "name__label" = "it"']),
    ("network", "event.from", [["network"], "", 0.0]),
    ("network", "event.next", []),
    ("message", "message.get_record", ["<ref>"]),
    ("message", "message.get_all_records", []),
    ("message", "message.get_all_records_where", ['field "name" = "it"']),
    ("message", "message.get_since", [EPOCH]),
    ("message", "message.get", ["VM", "<uuid>", EPOCH]),
]


@pytest.mark.parametrize("protocol", ["json", "xml"])
@pytest.mark.parametrize(("cls", "wire", "params"), READS, ids=[wire for _, wire, _ in READS])
def test_what_goes_between_choosing_and_encoding_is_told_as_it_was(
    gateway: Gateway, protocol: str, cls: str, wire: str, params: list[Any]
) -> None:
    session = gateway.login()
    gateway.call("event.register", session, ["network"])
    gateway.create("VM", uuid="<uuid>")
    label = {"network": "name_label", "message": "name"}[cls]
    told = {"cls": "VM", "obj_uuid": "<uuid>", "timestamp": "20260101T00:00:00Z"}
    ref = gateway.create(cls, **{label: "it"}, **(told if cls == "message" else {}))
    answer = gateway.answer(wire, session, *(ref if it == "<ref>" else it for it in params))
    gateway.delete(cls, ref)
    assert record_in(decoded(protocol, *answer), ref)[label] == "it"


def record_in(answer: Any, ref: str) -> Any:
    """The object's record, wherever the answer has it."""
    events = answer if isinstance(answer, list) else answer.get("events")
    if events is not None:
        (event,) = (event for event in events if event["ref"] == ref)
        return event["snapshot"]
    return answer.get(ref, answer)


def test_a_record_is_encoded_once(gateway: Gateway) -> None:
    session = gateway.login()
    gateway.create("network")
    one, other = (gateway.answer("network.get_all_records", session) for _ in range(2))
    (first,), (second,) = (answer[1].rows.values() for answer in (one, other))
    decoded("json", *one)
    assert first.encoded("json", lambda record: None) is second.encoded("json", lambda record: None)
    assert first.encoded("json", lambda record: None) is not None
