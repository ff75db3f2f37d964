"""A migration's certificate: self-signed, known to the source by its fingerprint, used once."""

import datetime
import hashlib
import os
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# A source that lost its destination may ask for the outcome long afterwards.
VALID_DAYS = 3650
LABEL_MAX = 63


def make(name: str) -> tuple[str, str]:
    """A new key with its certificate, as PEM, and the certificate's SHA-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=VALID_DAYS))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    der = certificate.public_bytes(serialization.Encoding.DER)
    return pem.decode(), hashlib.sha256(der).hexdigest()


def server_name(fingerprint: str) -> str:
    """What a source asks for to be shown this certificate."""
    return fingerprint[:LABEL_MAX]


def context(pem: str) -> ssl.SSLContext:
    """A server's side that shows it. The key touches no disk on its way."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    memory = os.memfd_create("certificate")
    try:
        os.write(memory, pem.encode())
        made.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)
    return made
