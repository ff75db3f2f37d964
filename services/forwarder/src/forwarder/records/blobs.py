"""Blobs: the places for bytes that clients hang on objects by a name of theirs."""

from pooldb import Transaction

from forwarder.core.context import Context
from forwarder.core.patterns import with_key
from forwarder.core.registry import Function

OWNERS = ("host", "VM", "pool", "network", "SR")
DEFAULT_TYPE = "application/octet-stream"


def create(tx: Transaction, mime_type: str, public: bool) -> str:
    """A place without bytes."""
    return tx.create("blob", {"mime_type": mime_type or DEFAULT_TYPE, "public": public})


def creator(cls: str) -> Function:
    """Make a blob that hangs on an object of the class; raises MAP_DUPLICATE_KEY."""

    def create_new_blob(
        ctx: Context, owner: str, name: str, mime_type: str, public: bool, /
    ) -> str:
        with ctx.transaction() as tx:
            blob = create(tx, mime_type, public)
            tx.update(cls, owner, {"blobs": with_key(tx, cls, owner, "blobs", name, blob)})
        return blob

    return create_new_blob
