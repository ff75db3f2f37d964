"""The door shows one certificate for as long as its host keeps it: the one that is announced."""

import hashlib
import stat
from pathlib import Path

from door import certificate

from tests.handshake import shown


def test_who_comes_sees_what_was_announced(tmp_path: Path) -> None:
    path = certificate.keep(tmp_path)
    found = shown(certificate.context(path), "whatever it asks for")
    assert hashlib.sha256(found).hexdigest() == certificate.fingerprint(path)


def test_it_is_made_once_and_is_the_doors_alone(tmp_path: Path) -> None:
    before = certificate.keep(tmp_path).read_text()
    path = certificate.keep(tmp_path)
    assert path.read_text() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_two_hosts_share_a_key() -> None:
    assert certificate.make() != certificate.make()
