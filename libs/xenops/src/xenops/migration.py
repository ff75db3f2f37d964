"""The texts that the two sides of a migration and the forwarder between them exchange."""

import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from xenops.codec import DecodeError, decode, encode
from xenops.errors import internal_error
from xenops.extensions import MigrationEndpoint
from xenops.types import Metadata


def metadata_text(metadata: Metadata) -> str:
    """A VM with its devices as text, for ``VM.import_metadata`` and ``MIGRATION.prepare``."""
    return json.dumps(encode(Metadata, metadata))


def read_metadata(text: str) -> Metadata:
    """Read such a text; raises XenopsError if it is not one."""
    try:
        metadata: Metadata = decode(Metadata, json.loads(text))
    except (DecodeError, ValueError) as error:
        raise internal_error(f"the metadata cannot be read: {error}") from error
    return metadata


def url_of(endpoint: MigrationEndpoint, migration: str) -> str:
    """Where the source connects, and how both sides recognise each other."""
    query = {"token": endpoint.token, "fingerprint": endpoint.fingerprint, "migration": migration}
    return f"tls://{endpoint.host}:{endpoint.port}/?{urlencode(query)}"


def facts_of(url: str) -> dict[str, Any]:
    """What `url_of` says: the destination's host and port, and its query."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return {"host": parts.hostname, "port": parts.port, **query}
