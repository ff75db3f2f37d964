"""The declared actions of HTTP and the facts of them say the same."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from datamodel.http_actions import BY_NAME, HTTP_ACTIONS, HttpAction

FACTS: list[dict[str, Any]] = json.loads(
    gzip.decompress((Path(__file__).parent / "data" / "http_actions.json.gz").read_bytes())
)
TYPES = {"string": "string", "bool": "bool", "int64": "int"}
NOT_NAMED = {("get_blob", "ref"), ("get_blob", "uuid"), ("put_blob", "uuid")}
"""Parameters that clients send and that the facts, which are about the SDKs, do not name."""


def test_there_are_all_and_no_others() -> None:
    assert [action.name for action in HTTP_ACTIONS] == [fact["name"] for fact in FACTS]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: str(fact["name"]))
def test_an_action_is_as_the_facts_say(fact: dict[str, Any]) -> None:
    action = BY_NAME[fact["name"]]
    assert action.part == next(iter(fact.get("sub_actions", {}).items()), None)
    declared = [pair for pair in action.params if (action.name, pair[0]) not in NOT_NAMED]
    # What a report takes besides its name, the report says.
    args = [arg for arg in fact.get("args", []) if arg["type"] != "varargs"]
    assert [(name, str(type_)) for name, type_ in declared] == [
        (arg["name"], TYPES[arg["type"]]) for arg in args
    ]
    assert action == HttpAction(
        name=fact["name"],
        method=fact["method"],
        uri=fact["uri"],
        role=fact["min_role"],
        checked=fact["rbac_checked"],
        client_cert=fact.get("client_cert", False),
        part=action.part,
        params=action.params,
    )
