"""Blobs: the places for bytes that clients hang on objects by a name of theirs."""

from datamodel import XenAPIError
from pooldb import Transaction, blobs

from forwarder.core.context import Context
from forwarder.core.registry import Function, implements

OWNERS = ("host", "VM", "pool", "network", "SR")
DEFAULT_TYPE = "application/octet-stream"


@implements("blob.create")
def create(ctx: Context, mime_type: str, public: bool) -> str:
    """A place without bytes."""
    with ctx.transaction() as tx:
        return _new(tx, mime_type, public)


def _new(tx: Transaction, mime_type: str, public: bool) -> str:
    return tx.create("blob", {"mime_type": mime_type or DEFAULT_TYPE, "public": public})


@implements("blob.destroy")
def destroy(ctx: Context, self: str) -> None:
    """Remove a blob with its bytes, and from whatever it hangs on."""
    with ctx.transaction() as tx:
        for cls in OWNERS:
            for ref, record in tx.all(cls).items():
                kept = {name: blob for name, blob in record["blobs"].items() if blob != self}
                tx.update(cls, ref, {"blobs": kept})
        blobs.remove(tx, self)


def _creator(cls: str) -> Function:
    def create_new_blob(
        ctx: Context, owner: str, name: str, mime_type: str, public: bool, /
    ) -> str:
        with ctx.transaction() as tx:
            held = tx.get(cls, owner)["blobs"]
            if name in held:
                raise XenAPIError("MAP_DUPLICATE_KEY", cls, "blobs", owner, name)
            blob = _new(tx, mime_type, public)
            tx.update(cls, owner, {"blobs": {**held, name: blob}})
        return blob

    return create_new_blob


for _cls in OWNERS:
    implements(f"{_cls}.create_new_blob")(_creator(_cls))
