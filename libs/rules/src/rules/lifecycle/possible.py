"""What may be begun on an object now: all operations that its class's check does not refuse."""

from collections.abc import Callable, Iterable
from typing import Any

from datamodel import XenAPIError
from datamodel.refs import Ref
from pooldb import Reader

Check = Callable[[Reader, Any, Any, str], None]


def possible(
    check: Check, operations: Iterable[str], tx: Reader, ref: Ref[Any], record: Any
) -> list[str]:
    """The operations that ``check`` does not refuse, in their order."""
    return [name for name in operations if _is_possible(check, name, tx, ref, record)]


def _is_possible(check: Check, operation: str, tx: Reader, ref: Ref[Any], record: Any) -> bool:
    try:
        check(tx, ref, record, operation)
    except XenAPIError:
        return False
    return True
