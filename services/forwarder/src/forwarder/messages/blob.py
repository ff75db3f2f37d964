"""Blobs on their own; the messages of an object's class make the blobs attached to it."""

import pooldb.blobs
from datamodel.classes import BlobRef
from datamodel.objects import name_of

from forwarder.core.pool_context import PoolContext
from forwarder.core.registry import implements
from forwarder.records import blobs


@implements("blob.create")
def create(ctx: PoolContext, mime_type: str, public: bool) -> BlobRef:
    with ctx.transaction() as tx:
        return blobs.create(tx, mime_type, public)


@implements("blob.destroy")
def destroy(ctx: PoolContext, self: BlobRef) -> None:
    """Remove a blob with its bytes, and from the objects that it is attached to."""
    with ctx.transaction() as tx:
        for cls in blobs.OWNERS:
            for ref, record in tx.all(cls).items():
                kept = {name: blob for name, blob in record.blobs.items() if blob != self}
                tx.update(name_of(cls), ref, {"blobs": kept})
        pooldb.blobs.remove(tx, self)
