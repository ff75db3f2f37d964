"""What the two sides of a migration say to each other: lines of JSON on TLS, around the memory."""

import hashlib
import json
import logging
import socket
import ssl
from typing import Any, BinaryIO, cast

from xenops.errors import XenopsError

from xenopsd.migration import certificate

log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S = 30.0
SILENCE_MAX_S = 120.0
LINE_MAX = 4096
STREAM, OUTCOME = "stream", "outcome"


def connect(facts: dict[str, Any]) -> ssl.SSLSocket:
    """A TLS connection to the certificate that the forwarder was told of, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    raw = socket.create_connection((facts["host"], facts["port"]), timeout=CONNECT_TIMEOUT_S)
    name = certificate.server_name(facts["fingerprint"])
    connection = context.wrap_socket(raw, server_hostname=name)
    shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
    if shown != facts["fingerprint"]:
        connection.close()
        raise OSError("the destination shows another certificate than was announced")
    connection.settimeout(SILENCE_MAX_S)
    return connection


def stream_of(connection: ssl.SSLSocket) -> BinaryIO:
    return cast(BinaryIO, connection.makefile("rwb"))


def write_line(stream: BinaryIO, said: dict[str, Any]) -> None:
    stream.write(json.dumps(said).encode() + b"\n")
    stream.flush()


def try_line(stream: BinaryIO, said: dict[str, Any]) -> None:
    """Say it if the other side still listens; what it says is in the journal in any case."""
    try:
        write_line(stream, said)
    except (OSError, ValueError) as error:
        log.info("the peer of a migration is gone: %s", error)


def read_line(stream: BinaryIO) -> dict[str, Any]:
    line = stream.readline(LINE_MAX)
    if not line.endswith(b"\n"):
        raise OSError("the peer closed the connection")
    said = json.loads(line)
    if not isinstance(said, dict):
        raise ValueError("the peer said something else than was expected")
    return said


def expect(stream: BinaryIO, word: str) -> None:
    said = read_line(stream)
    if not said.get(word):
        raise failed(f"the destination failed: {said.get('error', said)}")


def failed(why: str) -> XenopsError:
    """A migration that did not take place, for a reason that is no bug."""
    return XenopsError("Failed_to_contact_remote_service", why, why)
