"""How a command's failure is told to people."""

import re

from datamodel import XenAPIError
from datamodel.errors import ERRORS

from xapi.xe.desk import Desk
from xapi.xe.failures import Failed

REF = re.compile(r"OpaqueRef:[0-9A-Za-z-]+")


def lines(desk: Desk, error: XenAPIError) -> list[str]:
    """An error of a call, with its parameters by name; nothing for a code without a text."""
    known = ERRORS.get(error.code)
    if known is None or (error.params and not known.params):
        return []
    params = [REF.sub(lambda ref: desk.name(ref[0]), param) for param in error.params]
    named = zip(known.params or (), params, strict=False)
    return [known.doc, *(f"{name}: {_told(name, param)}" for name, param in named)]


def _told(name: str, param: str) -> str:
    return param.lower() if name in ("expected", "actual") else param


def sentence(desk: Desk, error: Exception) -> str:
    """Any failure in one line or more."""
    match error:
        case XenAPIError():
            said = lines(desk, error)
            return "\n".join(said) if said else str(error)
        case Failed():
            return f"Error: {error}"
    return str(error)
