"""A VM with its devices as one text, which goes from host to host."""

import json

from xenops.codec import DecodeError, decode, encode
from xenops.errors import internal_error
from xenops.types import Metadata


def metadata_text(metadata: Metadata) -> str:
    return json.dumps(encode(Metadata, metadata))


def read_metadata(text: str) -> Metadata:
    """Raises XenopsError for text that is no metadata."""
    try:
        metadata: Metadata = decode(Metadata, json.loads(text))
    except (DecodeError, ValueError) as error:
        raise internal_error(f"the metadata cannot be read: {error}") from error
    return metadata
