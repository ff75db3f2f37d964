"""Blobs: bytes that clients attach to objects."""

from collections.abc import AsyncIterator
from functools import partial

from datamodel import XenAPIError
from datamodel.classes import Blob, BlobRef
from datamodel.refs import as_ref
from pooldb import Transaction, blobs
from pooldb.tasks import now

from xapi.http.asked import Asked
from xapi.http.pages import Refused, bare, page
from xapi.http.registry import serves
from xapi.http.streams import SILENT_MAX_S, Stream

GET_REALM = "Blob handler"
READ_BYTES = 64 * 1024


@serves("get_blob")
async def get_blob(asked: Asked, stream: Stream, ref: str | None, uuid: str | None) -> None:
    """Send a blob's bytes; anybody may read a public blob."""
    if ref is None and uuid is None:
        raise _unnamed()
    blob = _found(asked, ref, uuid)
    record = asked.view.find(Blob, blob)
    if record is None or not record.public:
        asked.require_role(GET_REALM)
    if record is None:
        raise _unknown(blob)
    pool = asked.pool
    contents = await pool.run(blobs.find, pool.db, blob)
    if contents is None:
        raise Refused(bare(404), XenAPIError("HANDLE_INVALID", "blob", blob))
    headers = {"content-length": str(contents.size), "content-type": record.mime_type}
    await stream.start(200, headers)
    for number in range(contents.pieces):
        await stream.write(await pool.run(blobs.read, pool.db, contents, number))


@serves("put_blob")
async def put_blob(asked: Asked, stream: Stream, ref: str | None, uuid: str | None) -> None:
    """Replace a blob's bytes; the client waits for an answer before it sends the first of them."""
    if ref is None and uuid is None:
        raise _unnamed()
    blob = _found(asked, ref, uuid)
    if asked.view.find(Blob, blob) is None:
        raise _unknown(blob)
    size, pool = _length(asked), asked.pool
    try:
        upload = await pool.write(lambda tx: blobs.begin(tx, blob, size))
    except XenAPIError as error:
        raise Refused(page(413, "content too large", ""), error) from error
    try:
        await stream.start(200, {"access-control-allow-origin": "*"})
        async for piece in _pieces(stream, size):
            await pool.write(partial(blobs.add, upload=upload, piece=piece))
        await pool.write(lambda tx: _finish(tx, blob, upload))
    except BaseException:
        await pool.write(lambda tx: blobs.drop(tx, upload))
        raise


def _finish(tx: Transaction, blob: BlobRef, upload: str) -> None:
    contents = blobs.finish(tx, upload)
    changed_blob = tx.edit(Blob, blob)
    changed_blob.size = contents.size
    changed_blob.last_updated = now()


async def _pieces(stream: Stream, size: int) -> AsyncIterator[bytes]:
    """The client's bytes, in pieces to be kept; raises ConnectionError if too few come."""
    left, piece = size, bytearray()
    while left:
        data = await stream.read(min(READ_BYTES, left), SILENT_MAX_S)
        if not data:
            raise ConnectionAbortedError(f"{left} bytes less than the request says")
        piece += data
        left -= len(data)
        if len(piece) >= blobs.PIECE_BYTES or not left:
            yield bytes(piece)
            piece.clear()


def _length(asked: Asked) -> int:
    """The length of the body, as the request declares it; raises Refused."""
    length = asked.request.headers.get("content-length", "")
    if not length.isdecimal():
        raise Refused(page(411, "length required", ""), XenAPIError("INVALID_VALUE", "length", ""))
    return int(length)


def _found(asked: Asked, ref: str | None, uuid: str | None) -> BlobRef:
    """The reference that a request names, by ``ref`` or ``uuid``; it may be of no blob."""
    named = ref if ref is not None else str(uuid)
    try:
        return as_ref(named) if ref is not None else asked.view.by_uuid(Blob, named)
    except XenAPIError:
        return as_ref(named)


def _unnamed() -> Refused:
    return Refused(bare(400), XenAPIError("INVALID_VALUE", "ref", ""))


def _unknown(blob: BlobRef) -> Refused:
    return Refused(bare(404, "Unknown reference\n"), XenAPIError("HANDLE_INVALID", "blob", blob))
