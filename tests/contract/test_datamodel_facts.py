"""The declared XenAPI and the recorded facts of it say the same, in both directions."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from datamodel import api
from datamodel.model import MISSING, Class, Field, Message, Param
from datamodel.roles import EXTRA_PERMISSIONS, ORDER, at_least

FACTS: dict[str, Any] = json.loads(
    gzip.decompress((Path(__file__).parent / "data" / "datamodel.json.gz").read_bytes())
)
CLASSES: dict[str, dict[str, Any]] = FACTS["classes"]

OWN_FIELDS = {("task", "owner")}
"""What Warren alone has to know of an object; no client sees it."""


def only(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is at its usual value, as the facts do."""
    return {key: value for key, value in facts.items() if value not in (False, (), [], {}, None)}


def history(facts: Any) -> list[list[str]]:
    return [list(transition) for transition in facts]


def describe_field(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": field.name,
        "type": str(field.type),
        "qualifier": field.qualifier,
        "state": field.state,
        "history": history(field.history),
        "setter_role": field.setter_role,
        "getter_role": field.getter_role,
    }
    if field.default is not MISSING:
        said["default"] = field.default
    if field.column != field.name:
        said["db_column"] = field.column
    if not field.persist:
        said["persist"] = False
    return said | only(
        {
            "internal_only": field.internal_only,
            "has_effect": field.has_effect,
            "ignore_foreign_key": field.ignore_foreign_key,
            "client_cert": list(field.client_cert),
            "doc_tags": list(field.doc_tags),
            "map_keys_roles": dict(field.map_keys_roles),
        }
    )


def describe_param(param: Param, *, with_since: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"name": param.name, "type": str(param.type)}
    if param.default is not MISSING:
        said["default"] = param.default
    if with_since and param.since != "rio":
        said["since"] = param.since
    return said


def describe_message(message: Message) -> dict[str, Any]:
    explicit = message.implicit is None
    said: dict[str, Any] = {
        "name": message.name,
        "params": [describe_param(param, with_since=explicit) for param in message.params],
        "result": None if message.result is None else str(message.result),
        "min_role": message.min_role,
        "impl": message.impl,
        "state": message.state,
        "history": history(message.history),
    }
    if not message.session:
        said["session"] = False
    return said | only(
        {
            "implicit": message.implicit,
            "field": message.field,
            "async": message.is_async,
            "hide_from_docs": message.hide_from_docs,
            "pool_internal": message.pool_internal,
            "secret": message.secret,
            "client_cert": message.client_cert,
            "custom_marshaller": message.custom_marshaller,
            "no_current_operations": message.no_current_operations,
            "forward_to": list(message.forward_to or ()),
            "errors": list(message.errors),
            "doc_tags": list(message.doc_tags),
            "map_keys_roles": dict(message.map_keys_roles),
        }
    )


def message_facts(facts: dict[str, Any], cls: Class) -> dict[str, Any]:
    said = {key: value for key, value in facts.items() if key != "force_custom"}
    if "implicit" in facts:
        # The facts leave out a field's history where a getter or setter only repeats it.
        origin = cls.fields[facts["field"]].history if "field" in facts else cls.history
        said.setdefault("history", history(origin))
        said["history"] = history(said["history"])
        said["params"] = [
            {key: value for key, value in param.items() if key != "since"}
            for param in facts["params"]
        ]
    return said


def describe_class(cls: Class) -> dict[str, Any]:
    return {
        "state": cls.state,
        "history": history(cls.history),
        "in_database": cls.in_database,
        "persistent": cls.persistent,
        "gen_events": cls.gen_events,
        "gen_constructor_destructor": cls.has_constructor,
        "min_role_create_destroy": cls.create_destroy_role,
        "min_role_implicit": cls.implicit_role,
        "force_custom_actions": cls.force_custom_actions,
        "db_logging": cls.db_logging,
        "doc_tags": list(cls.doc_tags),
    }


def test_the_same_classes_are_declared() -> None:
    assert sorted(api.classes) == sorted(CLASSES)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_class_is_declared_as_it_is(name: str) -> None:
    cls, facts = api.classes[name], CLASSES[name]
    declared = describe_class(cls)
    assert declared == {key: facts[key] for key in declared}
    assert list(cls.ctor_fields) == facts.get("ctor_fields", [])


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_fields_are_declared_as_they_are(name: str) -> None:
    fields = api.classes[name].fields.values()
    assert all(api.classes[cls].fields[field].internal_only for cls, field in OWN_FIELDS)
    declared = [describe_field(field) for field in fields if (name, field.name) not in OWN_FIELDS]
    # The facts are sorted by name; the declarations stand in the order of the wire.
    assert sorted(declared, key=lambda field: str(field["name"])) == CLASSES[name]["fields"]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_messages_are_declared_as_they_are(name: str) -> None:
    cls = api.classes[name]
    facts = {fact["name"]: message_facts(fact, cls) for fact in CLASSES[name]["messages"]}
    assert sorted(cls.messages) == sorted(facts)
    for message in cls.messages.values():
        assert describe_message(message) == facts[message.name], message.wire


def test_enumerations_have_their_values_in_order() -> None:
    declared = {}
    for cls in CLASSES.values():
        for enum, values in cls["enums"].items():
            declared[enum] = values
    assert {name: FACTS["enums"]["enums"][name] for name in declared} == declared


def test_errors_name_their_parameters() -> None:
    facts = {
        error["code"]: None if error["params"] is None else tuple(error["params"])
        for error in FACTS["errors"]["errors"]
    }
    assert {code: error.params for code, error in api.errors.items()} == facts


def test_relations_join_the_same_fields() -> None:
    facts = set()
    for relation in FACTS["relations"]["relations"]:
        ends = (
            (relation["one_end"], relation["many_end"])
            if relation["kind"] == "one-to-many"
            else (relation["a"][:2], relation["b"][:2])
        )
        facts.add(tuple(tuple(end) for end in ends))
    assert {(relation.one, relation.many) for relation in api.relations} == facts


def test_roles_have_their_order_uuids_and_numbers_of_permissions() -> None:
    facts = {role["name"]: role for role in FACTS["roles"]["roles"]}
    assert list(ORDER) == FACTS["roles"]["order_decreasing_privilege"]
    for role in api.roles:
        assert role.uuid == facts[role.name]["uuid"]
        assert role.is_internal == facts[role.name]["is_internal"]
        allowed = [
            message
            for message in api.messages.values()
            if role.name in at_least(message.min_role)
            or (message.client_cert and role.name == "client-cert")
        ]
        assert len(allowed) == facts[role.name]["api"], role.name
    assert FACTS["roles"]["extra_permissions"] == EXTRA_PERMISSIONS
