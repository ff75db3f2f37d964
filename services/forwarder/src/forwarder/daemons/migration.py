"""What the forwarder tells both sides of a migration."""

import json
from urllib.parse import urlencode

from xenops.codec import encode
from xenops.extensions import MigrationEndpoint
from xenops.types import Metadata


def metadata_text(metadata: Metadata) -> str:
    """A VM's metadata as it travels in ``VM.import_metadata`` and ``MIGRATION.prepare``."""
    return json.dumps(encode(Metadata, metadata))


def url(endpoint: MigrationEndpoint, migration: str) -> str:
    """Where the source connects, and how both recognise each other."""
    query = {"token": endpoint.token, "fingerprint": endpoint.fingerprint, "migration": migration}
    return f"tls://{endpoint.host}:{endpoint.port}/?{urlencode(query)}"
