"""The bytes of blobs: as a whole or not at all, and no more of them than there is room for."""

import pytest
from datamodel import XenAPIError
from pooldb import Database, blobs


def put(db: Database, blob: str, *pieces: bytes) -> None:
    size = sum(map(len, pieces))
    with db.transaction() as tx:
        upload = blobs.begin(tx, blob, size)
    for piece in pieces:
        with db.transaction() as tx:
            blobs.add(tx, upload, piece)
    with db.transaction() as tx:
        blobs.finish(tx, upload)


def held(db: Database, blob: str) -> bytes | None:
    contents = blobs.find(db, blob)
    if contents is None:
        return None
    return b"".join(blobs.read(db, contents, number) for number in range(contents.pieces))


def kept(db: Database) -> int:
    """How many values there are of any kind."""
    spaces = (blobs.CONTENTS, blobs.UPLOADS, blobs.PIECES)
    with db.transaction() as tx:
        return sum(len(tx.kv_items(space)) for space in spaces)


@pytest.fixture
def blob(db: Database) -> str:
    with db.transaction() as tx:
        return tx.create("blob", {})


def test_a_blob_holds_nothing_before_its_first_upload(db: Database, blob: str) -> None:
    assert held(db, blob) is None
    put(db, blob)
    assert held(db, blob) == b""


def test_new_bytes_replace_the_old_ones_whole(db: Database, blob: str) -> None:
    put(db, blob, b"one", b"\x00two")
    assert held(db, blob) == b"one\x00two"
    put(db, blob, b"three")
    assert held(db, blob) == b"three"
    assert kept(db) == 2


def test_until_an_upload_ends_the_old_ones_are_there(db: Database, blob: str) -> None:
    put(db, blob, b"old")
    with db.transaction() as tx:
        upload = blobs.begin(tx, blob, 6)
        blobs.add(tx, upload, b"new")
    assert held(db, blob) == b"old"
    with db.transaction() as tx:
        blobs.drop(tx, upload)
    assert held(db, blob) == b"old"
    assert kept(db) == 2


def test_who_reads_what_was_replaced_is_told(db: Database, blob: str) -> None:
    put(db, blob, b"old")
    contents = blobs.find(db, blob)
    assert contents is not None
    put(db, blob, b"new")
    with pytest.raises(XenAPIError, match="INTERNAL_ERROR"):
        blobs.read(db, contents, 0)


def test_a_blob_that_goes_takes_its_bytes_along(db: Database, blob: str) -> None:
    put(db, blob, b"one", b"two")
    with db.transaction() as tx:
        blobs.forget(tx, blob)
        blobs.forget(tx, "OpaqueRef:another")
    assert kept(db) == 0


def test_an_upload_for_a_blob_that_is_gone_leaves_nothing(db: Database, blob: str) -> None:
    with db.transaction() as tx:
        upload = blobs.begin(tx, blob, 3)
        blobs.add(tx, upload, b"new")
        tx.delete("blob", blob)
    with pytest.raises(XenAPIError, match="HANDLE_INVALID"), db.transaction() as tx:
        blobs.finish(tx, upload)
    with db.transaction() as tx:
        blobs.drop(tx, upload)
        blobs.drop(tx, upload)
    assert kept(db) == 0


def test_there_is_room_for_so_much(
    db: Database, blob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs, "BLOB_BYTES_MAX", 6)
    monkeypatch.setattr(blobs, "ALL_BYTES_MAX", 10)
    with db.transaction() as tx:
        other = tx.create("blob", {})
    put(db, blob, b"123456")
    for size in (5, 7):
        with pytest.raises(XenAPIError, match="VALUE_NOT_SUPPORTED"), db.transaction() as tx:
            blobs.begin(tx, other, size)
    put(db, other, b"1234")


def test_an_upload_that_nobody_ends_is_given_up(
    db: Database, blob: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as tx:
        upload = blobs.begin(tx, blob, blobs.BLOB_BYTES_MAX)
        blobs.add(tx, upload, b"some")
    monkeypatch.setattr(blobs, "UPLOAD_MAX_S", -1.0)
    put(db, blob, b"other")
    with pytest.raises(XenAPIError, match="INTERNAL_ERROR"), db.transaction() as tx:
        blobs.add(tx, upload, b"more")
    assert held(db, blob) == b"other"
