"""The words that the interfaces of a host's daemons are declared with."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Concatenate, NewType, ParamSpec, TypeAlias, TypeVar

C = TypeVar("C", bound=type)
P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", str, tuple[str, str])

Int32 = Annotated[int, "int32"]
Int64 = Annotated[int, "int64"]
TaskId = NewType("TaskId", str)
"""The answer of a method that starts work."""

Declared: TypeAlias = Callable[Concatenate[str, P], R]
"""A function that declares a method: first a text for logs, then the other parameters."""

Working: TypeAlias = Callable[Concatenate[str, S, P], TaskId]
"""The same for work: after that text it names the object or device that the work is about."""

RECORDS: dict[str, type] = {}
VARIANTS: dict[str, type] = {}


@dataclass(frozen=True)
class Variant:
    """A tag with its value, None for a tag that carries nothing; ``tags`` has the value's types."""

    tags: ClassVar[dict[str, Any]]

    tag: str
    value: Any = None

    def __post_init__(self) -> None:
        if self.tag not in self.tags:
            raise ValueError(f"{self.tag} is no tag of {type(self).__name__}")


@dataclass(frozen=True)
class Method:
    """A method: its parameters in order with their types, the optional ones, and its result."""

    wire: str
    params: dict[str, Any]
    optional: frozenset[str]
    result: Any


METHODS: dict[str, Method] = {}
DECLARED: dict[Callable[..., Any], Method] = {}
"""The methods by the functions that declare them."""


def record(wire: str, into: dict[str, type] = RECORDS) -> Callable[[C], C]:
    """Declare a record by its name in upstream's interface description."""

    def declare(cls: C) -> C:
        cls.wire = wire  # type: ignore[attr-defined]
        into[wire] = cls
        return cls

    return declare


def variant(wire: str, default: Any = None, into: dict[str, type] = VARIANTS) -> Callable[[C], C]:
    """Declare a variant; ``default`` is what an unknown tag is read as."""

    def declare(cls: C) -> C:
        cls.wire = wire  # type: ignore[attr-defined]
        cls.unknown = default  # type: ignore[attr-defined]
        into[wire] = cls
        return cls

    return declare


def methods(group: str, into: dict[str, Method] = METHODS) -> Callable[[C], C]:
    """Declare the functions of a class as methods ``group.function``, of xenopsd by default."""

    def declare(cls: C) -> C:
        for name, function in vars(cls).items():
            if inspect.isfunction(function):
                method = _method(f"{group}.{name}".lstrip(".").removesuffix("_"), function)
                into[method.wire] = DECLARED[function] = method
        return cls

    return declare


def _method(wire: str, function: Callable[..., Any]) -> Method:
    signature = inspect.signature(function)
    parameters, result = signature.parameters.values(), signature.return_annotation
    return Method(
        wire,
        {parameter.name: parameter.annotation for parameter in parameters},
        frozenset(p.name for p in parameters if p.default is not inspect.Parameter.empty),
        str if result is TaskId else result,
    )
