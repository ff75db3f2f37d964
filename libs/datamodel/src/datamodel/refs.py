"""References and uuids."""

import re
import uuid

PREFIX = "OpaqueRef:"
NULL_REF = "OpaqueRef:NULL"

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_ref() -> str:
    return PREFIX + new_uuid()


def is_ref(text: str) -> bool:
    """Whether ``text`` has the form of a reference (it may still name nothing)."""
    return text.startswith(PREFIX)


def is_uuid(text: str) -> bool:
    return _UUID.fullmatch(text) is not None
