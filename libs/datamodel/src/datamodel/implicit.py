"""The implicit messages: those that a class has because of its fields and its kind."""

from collections.abc import Iterator
from typing import Any

from datamodel.model import (
    Field,
    MapType,
    Message,
    Param,
    RecordType,
    RefType,
    SetType,
    StringType,
    Type,
)

DOCS = {
    "get": "Get the {field} of the {cls}.",
    "set": "Set the {field} of the {cls}.",
    "add_map": "Add a key with its value to the {field} of the {cls}; it must not be there yet.",
    "add_set": "Add a value to the {field} of the {cls}, unless it is there already.",
    "remove_map": "Remove a key from the {field} of the {cls}, if it is there.",
    "remove_set": "Remove a value from the {field} of the {cls}, if it is there.",
    "create": "Create a {cls} from a record; absent members take their defaults.",
    "destroy": "Destroy the {cls}.",
    "get_by_uuid": "Find the {cls} with this uuid.",
    "get_by_name_label": "Find every {cls} with this name.",
    "get_record": "Get all fields of the {cls}.",
    "get_all": "List every {cls}.",
    "get_all_where": "List every {cls} for which an expression holds.",
    "get_all_records_where": "Get the record of every {cls} for which an expression holds.",
    "get_all_records": "Get the record of every {cls}.",
}


def implicit_messages(facts: dict[str, Any], fields: dict[str, Field]) -> Iterator[Message]:
    """The implicit messages of the class that ``xenapi_class`` described by ``facts``."""
    cls = facts["name"]
    reference = RefType(cls)
    record = RecordType(cls)
    me = Param(name="self", type=reference, doc=f"The {cls} to look at or change")

    def message(name: str, params: tuple[Param, ...], result: Type | None, **more: Any) -> Message:
        more.setdefault("min_role", facts["implicit_role"])
        more.setdefault("history", facts["history"])
        more.setdefault("impl", "custom" if facts["force_custom_actions"] else "db")
        kind = more.pop("doc_key", more["implicit"])
        doc = DOCS[kind].format(cls=cls, field=more.get("field"))
        return Message(cls=cls, name=name, params=params, result=result, doc=doc, **more)

    if facts["in_database"]:
        for field in fields.values():
            if not field.internal_only:
                yield from _of_field(facts, field, me, message)

    if facts["has_constructor"]:
        change = {"min_role": facts["create_destroy_role"], "is_async": True, "impl": "custom"}
        args = Param(name="args", type=record, doc="All constructor arguments")
        yield message("create", (args,), reference, implicit="create", **change)
        yield message("destroy", (me,), None, implicit="destroy", **change)
    if not facts["in_database"]:
        return
    if "uuid" in fields:
        uuid = Param(name="uuid", type=StringType(), doc="Uuid to look for")
        yield message("get_by_uuid", (uuid,), reference, implicit="get_by_uuid")
        yield message("get_record", (me,), record, implicit="get_record")
    if "name_label" in fields and facts["get_by_name"]:
        label = Param(name="label", type=StringType(), doc="Name to look for")
        yield message(
            "get_by_name_label", (label,), SetType(reference), implicit="get_by_name_label"
        )
    if facts["get_all"]:
        expression = Param(
            name="expr", type=StringType(), doc="What must hold, in names and values of fields"
        )
        records = MapType(reference, record)
        hidden = {"hide_from_docs": True}
        yield message("get_all", (), SetType(reference), implicit="get_all")
        yield message(
            "get_all_where", (expression,), SetType(reference), implicit="get_all_where", **hidden
        )
        yield message(
            "get_all_records_where",
            (expression,),
            records,
            implicit="get_all_records_where",
            **hidden,
        )
        yield message("get_all_records", (), records, implicit="get_all_records")


def _of_field(facts: dict[str, Any], field: Field, me: Param, message: Any) -> Iterator[Message]:
    shared = {"field": field.name, "history": field.history}
    yield message(
        f"get_{field.name}",
        (me,),
        field.type,
        implicit="get",
        min_role=field.getter_role,
        client_cert="getter" in field.client_cert,
        **shared,
    )
    if field.qualifier != "RW":
        return
    change = {
        **shared,
        "has_rules": field.has_rules,
        "min_role": field.setter_role,
        "client_cert": "setter" in field.client_cert,
    }
    value = Param(name="value", type=field.type, doc="What the field is set to")
    effect = "custom" if field.has_effect else "db"
    yield message(f"set_{field.name}", (me, value), None, implicit="set", impl=effect, **change)
    match field.type:
        case MapType(key_type, value_type):
            key = Param(name="key", type=key_type, doc="The name of the entry")
            item = Param(name="value", type=value_type, doc="What the entry holds")
            keyed = {**change, "map_keys_roles": field.map_keys_roles}
            yield message(
                f"add_to_{field.name}",
                (me, key, item),
                None,
                implicit="add",
                doc_key="add_map",
                **keyed,
            )
            yield message(
                f"remove_from_{field.name}",
                (me, key),
                None,
                implicit="remove",
                doc_key="remove_map",
                **keyed,
            )
        case SetType(item_type):
            item = Param(name="value", type=item_type, doc="The member of the set")
            yield message(
                f"add_{field.name}", (me, item), None, implicit="add", doc_key="add_set", **change
            )
            yield message(
                f"remove_{field.name}",
                (me, item),
                None,
                implicit="remove",
                doc_key="remove_set",
                **change,
            )
