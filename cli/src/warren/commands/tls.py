"""``warren tls``: the certificates of this installation, and new ones with new keys."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from warren import certificates
from warren.files import write_private
from warren.installation import (
    BROKER_AUTHORITY,
    BROKER_CERTIFICATE,
    DATABASE_CERTIFICATE,
    GATEWAY_CERTIFICATES,
)
from warren.operator import Operator
from warren.options import ROOT, Root
from warren.output import Json, show

app = typer.Typer(
    no_args_is_help=True,
    help="Certificates: show, rotate. Each migration of a guest has one of its own already.",
)


class Server(enum.StrEnum):
    """Whose certificate: clients' gateway, the broker, or the database if it is a server."""

    GATEWAY = "gateway"
    BROKER = "broker"
    DATABASE = "database"


def _files(root: Path, server: Server) -> list[Path]:
    """A server's certificates; the gateway's are one for each name asked for and one for others."""
    match server:
        case Server.GATEWAY:
            return sorted((root / GATEWAY_CERTIFICATES).glob("*.pem"))
        case Server.BROKER:
            return [root / BROKER_CERTIFICATE]
        case Server.DATABASE:
            return [path for path in [root / DATABASE_CERTIFICATE] if path.exists()]


def _described(server: Server, path: Path) -> dict[str, str]:
    return {
        "server": server.value,
        "file": path.name,
        "names": " ".join(certificates.names_in(path)),
        "until": certificates.valid_until(path).date().isoformat(),
        "sha256": certificates.fingerprint(path),
    }


@app.command("show")
def show_(root: Root = ROOT, json: Json = False) -> None:
    """Show the certificates: names, last day, fingerprint."""
    show(
        [_described(server, path) for server in Server for path in _files(root, server)],
        json,
    )


@app.command()
def rotate(
    server: Annotated[Server, typer.Argument(help="gateway, broker or database")],
    root: Root = ROOT,
    json: Json = False,
) -> None:
    """Make new keys and certificates for the same names; nothing has to be restarted.

    The gateway shows the new ones within seconds, the broker within half a minute, the database at
    once.
    """
    authority = certificates.authority(root / BROKER_AUTHORITY, certificates.AUTHORITY_NAME)
    renewed = [path for path in _files(root, server) if _renew(path, authority)]
    if renewed and server is Server.DATABASE:
        Operator(root).reload_database()
    show([_described(server, path) for path in renewed], json)


def _renew(path: Path, authority: certificates.Authority) -> bool:
    """Make a certificate anew if it was made here; returns whether it was."""
    names = certificates.names_in(path)
    if authority.signed(path):
        write_private(path, certificates.signed(authority, names))
    elif certificates.is_self_signed(path):
        write_private(path, certificates.self_signed(names))
    else:
        typer.echo(f"{path} comes from somebody else: put their new one there", err=True)
        return False
    return True
