"""VDI.*: what is known of a disk besides its record."""

from typing import Any

from datamodel.classes import VDIRef
from pooldb import Reader

from xapi.questions import asks


@asks("VDI.get_nbd_info")
def get_nbd_info(view: Reader, self: VDIRef) -> list[dict[str, Any]]:
    """Always empty: VDIs are not served over NBD yet."""
    return []


@asks("VDI.read_database_pool_uuid", looked_at=())
def read_database_pool_uuid(view: Reader, self: VDIRef) -> str:
    """The pool whose database the VDI has a copy of: always none."""
    return ""
