"""References and uuids."""

import uuid

PREFIX = "OpaqueRef:"
NULL_REF = "OpaqueRef:NULL"


def new_uuid() -> str:
    return str(uuid.uuid4())


def new_ref() -> str:
    return PREFIX + new_uuid()
