"""Blobs: places for bytes, which clients attach to objects under names of their own."""

from typing import Any

from datamodel.classes import SR, VM, Blob, BlobRef, Host, Network, Pool
from datamodel.objects import Kind, name_of, ref_of
from datamodel.refs import Ref
from pooldb import Transaction

from forwarder.core.patterns import with_key
from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import Function

OWNERS: tuple[Kind[Any, Any], ...] = (Host, VM, Pool, Network, SR)
DEFAULT_TYPE = "application/octet-stream"


def create(tx: Transaction, mime_type: str, public: bool) -> BlobRef:
    """A place without bytes."""
    blob = tx.new(Blob)
    blob.mime_type = mime_type or DEFAULT_TYPE
    blob.public = public
    return ref_of(blob)


def creator(cls: Kind[Any, Any]) -> Function:
    """Make a blob attached to an object of the class; raises MAP_DUPLICATE_KEY."""

    def create_new_blob(
        ctx: PoolContext, owner: Ref[Any], name: str, mime_type: str, public: bool, /
    ) -> BlobRef:
        with ctx.transaction() as tx:
            blob = create(tx, mime_type, public)
            tx.update(name_of(cls), owner, {"blobs": with_key(tx, cls, owner, "blobs", name, blob)})
        return blob

    return create_new_blob
