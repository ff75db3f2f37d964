"""The bytes of blobs, in pieces, so that every process that a client may ask has them.

New bytes replace the old ones all at once, in the transaction that ends their upload; an upload
that breaks off changes nothing.
"""

import base64
from dataclasses import asdict, dataclass
from typing import Any

from datamodel import XenAPIError
from datamodel.classes import Blob, BlobRef
from datamodel.refs import new_uuid

from pooldb.database import Database
from pooldb.transaction import Transaction

CONTENTS = "blob-contents"
"""kv namespace: what a blob holds, by its reference."""

UPLOADS = "blob-uploads"
"""kv namespace: uploads that have not ended, by their names, and since when."""

PIECES = "blob-pieces"
"""kv namespace: ``<name of the upload>/<number>`` → base64."""

PIECE_BYTES = 1024 * 1024
BLOB_BYTES_MAX = 32 * 1024 * 1024
ALL_BYTES_MAX = 512 * 1024 * 1024
# A client that has uploaded for longer is taken to be gone.
UPLOAD_MAX_S = 3600.0


@dataclass(frozen=True)
class Contents:
    """A blob's bytes: the name of their upload, their length, and the number of pieces."""

    upload: str
    size: int
    pieces: int = 0


def begin(tx: Transaction, blob: BlobRef, size: int) -> str:
    """Begin to replace a blob's bytes, and return the upload's name; raises VALUE_NOT_SUPPORTED."""
    for upload, said in tx.kv_items(UPLOADS).items():
        if said["at"] < tx.now() - UPLOAD_MAX_S:
            drop(tx, upload)
    kept = [*tx.kv_items(CONTENTS).values(), *tx.kv_items(UPLOADS).values()]
    if size > BLOB_BYTES_MAX:
        raise _too_large(size, f"a blob holds at most {BLOB_BYTES_MAX} bytes")
    if size + sum(each["size"] for each in kept) > ALL_BYTES_MAX:
        raise _too_large(size, f"the blobs of a pool hold at most {ALL_BYTES_MAX} bytes")
    upload = new_uuid()
    tx.kv_set(UPLOADS, upload, {"blob": blob, "size": size, "pieces": 0, "at": tx.now()})
    return upload


def _too_large(size: int, reason: str) -> XenAPIError:
    return XenAPIError("VALUE_NOT_SUPPORTED", "size", size, reason)


def add(tx: Transaction, upload: str, piece: bytes) -> None:
    """Keep the next piece of an upload; raises INTERNAL_ERROR if the upload was given up."""
    entry = _upload(tx, upload)
    tx.kv_set(PIECES, f"{upload}/{entry['pieces']}", base64.b64encode(piece).decode())
    tx.kv_set(UPLOADS, upload, {**entry, "pieces": entry["pieces"] + 1})


def finish(tx: Transaction, upload: str) -> Contents:
    """Replace the blob's bytes by those of the upload; raises HANDLE_INVALID."""
    entry = _upload(tx, upload)
    tx.get(Blob, entry["blob"])
    forget(tx, entry["blob"])
    contents = Contents(upload, entry["size"], entry["pieces"])
    tx.kv_set(CONTENTS, entry["blob"], asdict(contents))
    tx.kv_delete(UPLOADS, upload)
    return contents


def _upload(tx: Transaction, upload: str) -> Any:
    entry = tx.kv_get(UPLOADS, upload)
    if entry is None:
        raise XenAPIError("INTERNAL_ERROR", "the upload of the blob's bytes was given up")
    return entry


def drop(tx: Transaction, upload: str) -> None:
    """Give up an upload, unless it has ended."""
    entry = tx.kv_get(UPLOADS, upload)
    if entry is not None:
        _drop_pieces(tx, upload, entry["pieces"])
        tx.kv_delete(UPLOADS, upload)


def forget(tx: Transaction, blob: BlobRef) -> None:
    """Drop the bytes of a blob."""
    entry = tx.kv_get(CONTENTS, blob)
    if entry is not None:
        _drop_pieces(tx, entry["upload"], entry["pieces"])
        tx.kv_delete(CONTENTS, blob)


def remove(tx: Transaction, blob: BlobRef) -> None:
    """Delete a blob with its bytes; raises HANDLE_INVALID."""
    forget(tx, blob)
    tx.delete(Blob, blob)


def _drop_pieces(tx: Transaction, upload: str, pieces: int) -> None:
    for number in range(pieces):
        tx.kv_delete(PIECES, f"{upload}/{number}")


def find(db: Database, blob: BlobRef) -> Contents | None:
    """A blob's bytes; None before its first upload."""
    entry = db.read_kv(CONTENTS, blob)
    return None if entry is None else Contents(**entry)


def read(db: Database, contents: Contents, number: int) -> bytes:
    """One of the pieces; raises INTERNAL_ERROR if the bytes were replaced meanwhile."""
    piece = db.read_kv(PIECES, f"{contents.upload}/{number}")
    if piece is None:
        raise XenAPIError("INTERNAL_ERROR", "the blob's bytes were replaced while they were read")
    return base64.b64decode(piece)
