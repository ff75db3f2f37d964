"""Collects the declared classes into one frozen, cross-checked description: ``datamodel.api``."""

import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from datamodel import classes as class_modules
from datamodel.enums import ENUMERATIONS, Enumeration
from datamodel.errors import ERRORS, ErrorCode
from datamodel.idl import (
    DateTime,
    FieldSpec,
    MessageSpec,
    ParamSpecification,
    Record,
    Ref,
    Secret,
)
from datamodel.implicit import implicit_messages
from datamodel.model import (
    MISSING,
    BoolType,
    Class,
    DateTimeType,
    EnumType,
    Field,
    FloatType,
    IntType,
    MapType,
    Message,
    OptionType,
    Param,
    RecordType,
    RefType,
    Relation,
    SecretType,
    SetType,
    StringType,
    Type,
)
from datamodel.objects import ClassName, Kind
from datamodel.order import CLASSES, in_order
from datamodel.relations import RELATIONS
from datamodel.roles import ROLES, Role

PLAIN: Mapping[Any, Type] = {
    str: StringType(),
    int: IntType(),
    float: FloatType(),
    bool: BoolType(),
    DateTime: DateTimeType(),
    Secret: SecretType(),
}


class DeclarationError(Exception):
    """The declarations contradict each other."""


@dataclass(frozen=True)
class Api:
    """The whole XenAPI."""

    classes: Mapping[str, Class]
    kinds: Mapping[str, Kind[Any, Any]]
    """The declared classes themselves by their wire names, for code that works with any."""
    enums: Mapping[str, type[Enumeration]]
    relations: tuple[Relation, ...]
    errors: Mapping[str, ErrorCode]
    roles: tuple[Role, ...]

    @cached_property
    def messages(self) -> Mapping[str, Message]:
        """Every message by its wire name with a dot, ``VM.start``."""
        return MappingProxyType(
            {
                message.wire: message
                for cls in self.classes.values()
                for message in cls.messages.values()
            }
        )

    @cached_property
    def _wire_names(self) -> Mapping[str, Message]:
        both = dict(self.messages)
        both |= {f"{message.cls}_{message.name}": message for message in self.messages.values()}
        return both

    def message(self, wire: str) -> Message | None:
        """The message of a wire name in either form, ``VM.start`` or ``VM_start``."""
        return self._wire_names.get(wire)


def load() -> Api:
    """Read all declarations. Raises DeclarationError where they contradict each other."""
    classes: dict[str, Class] = {}
    kinds: dict[str, Any] = {}
    for module in pkgutil.iter_modules(class_modules.__path__):
        for declared in vars(importlib.import_module(f"datamodel.classes.{module.name}")).values():
            if isinstance(declared, type) and hasattr(declared, "__xenapi__"):
                cls = _class(declared)
                classes[cls.name] = cls
                kinds[cls.name] = declared
    if classes.keys() != set(CLASSES):
        raise DeclarationError(f"order.py does not have {classes.keys() ^ set(CLASSES)}")
    ordered = {name: classes[name] for name in CLASSES}
    api = Api(
        MappingProxyType(ordered),
        MappingProxyType(kinds),
        ENUMERATIONS,
        RELATIONS,
        MappingProxyType(ERRORS),
        ROLES,
    )
    _check(api)
    return api


def _class(declared: type) -> Class:
    facts = declared.__xenapi__  # type: ignore[attr-defined]
    fields = {}
    for name, annotation in inspect.get_annotations(declared).items():
        field = _field(name.removesuffix("_"), annotation, facts)
        fields[field.name] = field
    messages = {
        message.name: message
        for name, spec in vars(declared).items()
        if isinstance(spec, MessageSpec)
        for message in [_message(facts["name"], name, spec)]
    }
    for message in implicit_messages(facts, fields):
        # A setter that does more than set its field is declared, and replaces the implicit one.
        messages.setdefault(message.name, message)
    known = {key: value for key, value in facts.items() if not key.startswith("get_")}
    return Class(
        doc=_doc(declared),
        fields=MappingProxyType(fields),
        messages=MappingProxyType(in_order(messages)),
        **known,
    )


def _field(name: str, annotation: Any, facts: Mapping[str, Any]) -> Field:
    declared_type, spec = typing.get_args(annotation)
    assert isinstance(spec, FieldSpec), name
    options = dict(spec.options)
    role = options["setter_role"]
    options["setter_role"] = facts["create_destroy_role"] if role is None else role or None
    options["getter_role"] = options["getter_role"] or "read-only"
    options["column"] = options["column"] or name
    return Field(
        name=name,
        doc=spec.doc,
        type=_type(declared_type),
        qualifier=spec.qualifier,
        default=spec.default,
        **options,
    )


def _message(cls: ClassName, name: str, spec: MessageSpec[Any, Any]) -> Message:
    signature = inspect.signature(spec.function)
    options = dict(spec.options)
    result = signature.return_annotation
    since = options["history"][0][1]
    return Message(
        cls=cls,
        name=name.removesuffix("_"),
        doc=_doc(spec.function),
        params=tuple(_param(param, since) for param in signature.parameters.values()),
        result=None if result is None else _type(result),
        impl="forward" if options["forward_to"] else "custom",
        **options,
    )


def _param(parameter: inspect.Parameter, message_since: str) -> Param:
    declared_type, description = typing.get_args(parameter.annotation)
    if isinstance(description, ParamSpecification):
        doc, since = description.doc, description.since
    else:
        doc, since = description, message_since
    default = (
        MISSING if parameter.default is inspect.Parameter.empty else _native(parameter.default)
    )
    return Param(
        name=parameter.name.removesuffix("_"),
        type=_type(declared_type),
        default=default,
        doc=doc,
        since=since,
    )


def _doc(declared: object) -> str:
    """A docstring as one line."""
    return " ".join((inspect.getdoc(declared) or "").split())


def _native(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


def _type(annotation: Any) -> Type:
    if annotation in PLAIN:
        return PLAIN[annotation]
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Ref:
        return RefType(ClassName(typing.get_args(arguments[0])[0]))
    if origin is Record:
        return RecordType(ClassName(typing.get_args(arguments[0])[0]))
    if origin is list:
        return SetType(_type(arguments[0]))
    if origin is dict:
        return MapType(_type(arguments[0]), _type(arguments[1]))
    if origin is types.UnionType:
        return OptionType(_type(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, Enumeration):
        name: str = annotation.__dict__["__xenapi__"]
        return EnumType(name, tuple(member.value for member in annotation))
    raise DeclarationError(f"{annotation!r} is no type of the XenAPI")


def _check(api: Api) -> None:
    """Every class that a type or relation names must exist, and so must a relation's fields."""
    for cls in api.classes.values():
        for message in cls.messages.values():
            for type_ in (*(param.type for param in message.params), message.result):
                _check_names(api, type_, message.wire)
            for code in message.errors:
                if code not in api.errors:
                    raise DeclarationError(f"{message.wire} names the unknown error {code}")
        for field in cls.fields.values():
            _check_names(api, field.type, f"{cls.name}.{field.name}")
    for relation in api.relations:
        for end_cls, end_field in (relation.one, relation.many):
            if end_field not in api.classes[end_cls].fields:
                raise DeclarationError(f"relation end {end_cls}.{end_field} does not exist")


def _check_names(api: Api, type_: Type | None, where: str) -> None:
    for name in _named_classes(type_):
        if name not in api.classes:
            raise DeclarationError(f"{where} names the unknown class {name}")


def _named_classes(type_: Type | None) -> Iterator[str]:
    match type_:
        case RefType(cls) | RecordType(cls):
            yield cls
        case SetType(item) | OptionType(item):
            yield from _named_classes(item)
        case MapType(key, value):
            yield from _named_classes(key)
            yield from _named_classes(value)
