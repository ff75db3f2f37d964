"""An installation's certificates: the broker's authority, those that it signs, and the gateway's.

Each is a PEM file with the key before the certificate, readable by its owner alone.
"""

import datetime
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from warren.files import write_private

AUTHORITY_NAME = "Warren"
AUTHORITY_DAYS, LEAF_DAYS = 3650, 825
CURVE = ec.SECP256R1()


@dataclass(frozen=True)
class Authority:
    """The key that signs and its certificate, from the file that ``authority`` makes."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def public(self) -> bytes:
        """The certificate alone, for those who check others by it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def signed(self, path: Path) -> bool:
        """Whether this authority signed the certificate in ``path``."""
        present = x509.load_pem_x509_certificate(path.read_bytes())
        try:
            present.verify_directly_issued_by(self.certificate)
        except (ValueError, InvalidSignature):
            return False
        return True


def authority(path: Path, name: str) -> Authority:
    """The authority in ``path``, made at its first use."""
    if not path.exists():
        key = ec.generate_private_key(CURVE)
        builder = _certificate(name, name, key.public_key(), AUTHORITY_DAYS).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        write_private(path, _pem(key, builder.sign(key, hashes.SHA256())))
    content = path.read_bytes()
    kept = serialization.load_pem_private_key(content, None)
    assert isinstance(kept, ec.EllipticCurvePrivateKey)
    return Authority(kept, x509.load_pem_x509_certificate(content))


def signed(by: Authority, names: Sequence[str]) -> bytes:
    """A new key and a certificate for a server of these names and addresses."""
    key = ec.generate_private_key(CURVE)
    issuer = by.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    builder = _server(_certificate(names[0], str(issuer), key.public_key(), LEAF_DAYS), names)
    return _pem(key, builder.sign(by.key, hashes.SHA256()))


def self_signed(names: Sequence[str]) -> bytes:
    """A new key and a self-signed certificate for it."""
    key = ec.generate_private_key(CURVE)
    builder = _server(_certificate(names[0], names[0], key.public_key(), LEAF_DAYS), names)
    return _pem(key, builder.sign(key, hashes.SHA256()))


def names_in(path: Path) -> list[str]:
    """The names and addresses that the certificate in ``path`` is for."""
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def valid_until(path: Path) -> datetime.datetime:
    return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc


def is_self_signed(path: Path) -> bool:
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    return certificate.issuer == certificate.subject


def fingerprint(path: Path) -> str:
    """The SHA-256 of the certificate in ``path``, as browsers show it."""
    digest = x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256())
    return digest.hex(":").upper()


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        # Hosts' clocks may differ by some hours before they are set.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _server(builder: x509.CertificateBuilder, names: Sequence[str]) -> x509.CertificateBuilder:
    return builder.add_extension(
        x509.SubjectAlternativeName([_general(name) for name in names]), critical=False
    ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
