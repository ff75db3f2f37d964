"""The words that the classes of the XenAPI are declared with.

A class of the XenAPI is a Python class under ``@xenapi_class``, derived from ``Object`` of its wire
name; in the services' code it is the type of its objects. Its fields are annotated with
``Annotated[<type>, field(...)]``; its messages are functions without a body, under ``@message``.
Types are Python's: ``str``, ``int``, ``float``, ``bool``, ``list[T]`` (a set on the wire),
``dict[K, V]``, ``T | None``, an enumeration of ``datamodel.enums``, ``Ref[Literal["VM"]]`` and
``Record[Literal["VM"]]``. The last two name a class by its wire name, so that classes can refer to
each other without importing each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NewType, ParamSpec, TypeVar, get_args

from datamodel.model import MISSING, History, Native, Qualifier
from datamodel.objects import ClassName, Object
from datamodel.refs import Ref

__all__ = [
    "DYNAMIC",
    "RW",
    "STATIC",
    "DateTime",
    "FieldSpec",
    "MessageSpec",
    "Object",
    "ParamSpecification",
    "Record",
    "Ref",
    "Secret",
    "field",
    "message",
    "param",
    "xenapi_class",
]

Name = TypeVar("Name")
P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=Object[Any])

DateTime = NewType("DateTime", str)
Secret = NewType("Secret", str)


class Record(dict[str, Any], Generic[Name]):
    """A record of a class: field names to values."""


RW: Qualifier = "RW"
STATIC: Qualifier = "StaticRO"
DYNAMIC: Qualifier = "DynamicRO"


@dataclass(frozen=True)
class FieldSpec:
    """What ``field`` was given; the registry adds the name, the type and the class's defaults."""

    doc: str
    qualifier: Qualifier
    default: Native
    options: Mapping[str, Any]


def field(
    doc: str,
    qualifier: Qualifier = DYNAMIC,
    *,
    default: Native = MISSING,
    role: str | None = None,
    read_role: str | None = None,
    column: str | None = None,
    since: str = "rio",
    history: History | None = None,
    internal_only: bool = False,
    persist: bool = True,
    has_effect: bool = False,
    has_rules: bool = False,
    ignore_foreign_key: bool = False,
    client_cert: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    key_roles: Mapping[str, str] | None = None,
) -> FieldSpec:
    """Declare a field; ``role`` may set it, and ``key_roles`` may write single keys of a map.

    ``column`` is its name in query expressions if that is not its wire name. With ``has_rules``,
    which values are allowed depends on other objects, so the forwarder sets it.
    """
    return FieldSpec(
        doc,
        qualifier,
        default,
        {
            "setter_role": role,
            "getter_role": read_role,
            "column": column,
            "history": history or (("Published", since),),
            "internal_only": internal_only,
            "persist": persist,
            "has_effect": has_effect,
            "has_rules": has_rules,
            "ignore_foreign_key": ignore_foreign_key,
            "client_cert": client_cert,
            "doc_tags": tags,
            "map_keys_roles": key_roles or {},
        },
    )


@dataclass(frozen=True)
class ParamSpecification:
    """A parameter's description, for one that needs more than a sentence."""

    doc: str
    since: str | None


def param(doc: str, *, since: str | None) -> ParamSpecification:
    """Declare a parameter that did not come with the same release as its message."""
    return ParamSpecification(doc, since)


@dataclass(frozen=True)
class MessageSpec(Generic[P, R]):
    """A declared message. It cannot be called: it says that a message exists, not what it does."""

    function: Callable[P, R]
    options: Mapping[str, Any]


def message(
    *,
    role: str,
    since: str = "rio",
    history: History | None = None,
    session: bool = True,
    asynchronous: bool = True,
    errors: tuple[str, ...] = (),
    secret: bool = False,
    pool_internal: bool = False,
    hidden: bool = False,
    client_cert: bool = False,
    custom_marshaller: bool = False,
    no_current_operations: bool = False,
    forward_to: tuple[str, str] | None = None,
    tags: tuple[str, ...] = (),
    key_roles: Mapping[str, str] | None = None,
) -> Callable[[Callable[P, R]], MessageSpec[P, R]]:
    """Declare a message that ``role`` and every stronger role may send."""
    options = {
        "min_role": role,
        "history": history or (("Published", since),),
        "session": session,
        "is_async": asynchronous,
        "errors": errors,
        "secret": secret,
        "pool_internal": pool_internal,
        "hide_from_docs": hidden,
        "client_cert": client_cert,
        "custom_marshaller": custom_marshaller,
        "no_current_operations": no_current_operations,
        "forward_to": forward_to,
        "doc_tags": tags,
        "map_keys_roles": key_roles or {},
    }
    return lambda function: MessageSpec(function, options)


def xenapi_class(
    *,
    create_role: str,
    read_role: str = "read-only",
    since: str = "rio",
    history: History | None = None,
    in_database: bool = True,
    persistent: bool = True,
    events: bool = True,
    constructor: tuple[str, ...] | None = None,
    get_all: bool = True,
    get_by_name: bool = True,
    custom_actions: str | None = None,
    db_logging: str | None = None,
    tags: tuple[str, ...] = (),
) -> Callable[[type[C]], type[C]]:
    """Declare a class; ``constructor`` lists what its implicit ``create`` takes.

    ``custom_actions`` names a qualifier: fields with it are not answered by the database alone.
    """

    def declare(cls: type[C]) -> type[C]:
        (base,) = cls.__orig_bases__  # type: ignore[attr-defined]
        (name,) = get_args(get_args(base)[0])
        cls.__xenapi__ = {  # type: ignore[attr-defined]
            "name": ClassName(name),
            "create_destroy_role": create_role,
            "implicit_role": read_role,
            "history": history or (("Published", since),),
            "in_database": in_database,
            "persistent": persistent,
            "gen_events": events,
            "ctor_fields": constructor or (),
            "has_constructor": constructor is not None,
            "get_all": get_all,
            "get_by_name": get_by_name,
            "force_custom_actions": custom_actions,
            "db_logging": db_logging,
            "doc_tags": tags,
        }
        return cls

    return declare
