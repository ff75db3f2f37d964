"""References and uuids."""

import uuid
from typing import Any, Final, Generic, TypeVar, cast

Name = TypeVar("Name")


class Ref(str, Generic[Name]):
    """A reference to an object of a class: ``OpaqueRef:<uuid>``; the class by its wire name.

    Only type checkers tell it from other text: what is stored and sent is plain text.
    """


PREFIX = "OpaqueRef:"
NULL_REF: Final = cast("Ref[Any]", "OpaqueRef:NULL")


def as_ref(text: str) -> Ref[Any]:
    """A text from a client or a store as a reference; of which class, the caller's type says."""
    return cast("Ref[Any]", text)


def is_null(ref: str) -> bool:
    """Whether a reference refers to nothing: clients say so by an empty one, too."""
    return ref in ("", NULL_REF)


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_ref() -> Ref[Any]:
    return as_ref(PREFIX + new_uuid())
