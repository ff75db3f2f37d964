"""A blob that goes takes its bytes along, whatever it goes with."""

import pytest
from forwarder.core.context import Context
from forwarder.messages import blob
from forwarder.messages.vm import destroy
from pooldb import blobs


@pytest.fixture
def held(context: Context) -> str:
    """A blob that holds some bytes."""
    ref: str = blob.create(context, "text/plain", False)
    with context.transaction() as tx:
        upload = blobs.begin(tx, ref, 4)
        blobs.add(tx, upload, b"some")
        blobs.finish(tx, upload)
    return ref


def test_one_that_is_destroyed(context: Context, held: str) -> None:
    blob.destroy(context, held)
    with context.transaction() as tx:
        assert tx.kv_get(blobs.CONTENTS, held) is None
        assert not tx.kv_items(blobs.PIECES)


def test_one_of_a_vm(context: Context, held: str) -> None:
    with context.transaction() as tx:
        vm = tx.create("VM", {"blobs": {"icon": held}})
        destroy.remove(tx, vm)
    with context.transaction() as tx:
        assert tx.find("blob", held) is None
        assert not tx.kv_items(blobs.PIECES)
