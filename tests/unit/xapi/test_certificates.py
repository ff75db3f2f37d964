"""The gateway's certificates: chosen by name, replaced while it runs."""

import itertools
import ssl
import threading
from pathlib import Path

import pytest
from warren import certificates
from xapi.rpc.certificates import Certificates

from tests.handshake import shown


def der(path: Path) -> bytes:
    text = path.read_text()
    return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("gateway", "pool.example"):
        (tmp_path / f"{name}.pem").write_bytes(certificates.self_signed([name]))
    return tmp_path


def test_a_client_sees_the_certificate_of_the_name_that_it_asks_for(folder: Path) -> None:
    context = Certificates(folder).context
    assert shown(context, "pool.example") == der(folder / "pool.example.pem")
    assert shown(context, "other.example") == der(folder / "gateway.pem")


def test_a_replaced_certificate_is_shown_to_the_next_client(folder: Path) -> None:
    found = Certificates(folder)
    context = found.context
    before = shown(context, "other.example")
    new = folder / "new"
    new.write_bytes(certificates.self_signed(["gateway"]))
    new.rename(folder / "gateway.pem")
    found.refresh()
    assert shown(context, "other.example") == der(folder / "gateway.pem") != before


def test_who_shakes_hands_while_certificates_are_replaced_is_served(folder: Path) -> None:
    found = Certificates(folder)
    context, stop = found.context, threading.Event()
    certain = [certificates.self_signed(["gateway"]) for _ in range(2)]

    def replace() -> None:
        for pem in itertools.cycle(certain):
            if stop.is_set():
                return
            (folder / "new").write_bytes(pem)
            (folder / "new").rename(folder / "gateway.pem")
            found.refresh()

    replacing = threading.Thread(target=replace)
    replacing.start()
    try:
        for _ in range(300):
            assert shown(context, "other.example")
    finally:
        stop.set()
        replacing.join()


def test_a_broken_file_leaves_the_old_certificate_in_use(folder: Path) -> None:
    found = Certificates(folder)
    before = der(folder / "gateway.pem")
    (folder / "gateway.pem").write_text("no certificate")
    found.refresh()
    assert shown(found.context, "other.example") == before
