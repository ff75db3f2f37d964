"""A migration's certificate is its own, and the one that its source was told of."""

import hashlib
import ssl

from xenopsd.migration import certificate

from tests.handshake import shown


def test_a_source_sees_what_it_was_told_of() -> None:
    pem, fingerprint = certificate.make("host1")
    name = certificate.server_name(fingerprint)
    found = shown(certificate.context(pem), name)
    assert hashlib.sha256(found).hexdigest() == fingerprint


def test_no_two_migrations_share_a_key() -> None:
    (first, _), (second, _) = certificate.make("host1"), certificate.make("host1")
    assert first != second
    assert isinstance(certificate.context(second), ssl.SSLContext)
