"""``warren tls``: the certificates of this installation, and new ones with new keys."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from warren import certificates
from warren.files import write_private
from warren.installation import BROKER_AUTHORITY, BROKER_CERTIFICATE, GATEWAY_CERTIFICATE
from warren.options import ROOT, Root
from warren.output import Json, show

app = typer.Typer(
    no_args_is_help=True,
    help="Certificates: show, rotate. Each migration of a guest has one of its own already.",
)


class Server(enum.StrEnum):
    """Whose certificate: clients' gateway, or the broker."""

    GATEWAY = "gateway"
    BROKER = "broker"


FILES = {Server.GATEWAY: GATEWAY_CERTIFICATE, Server.BROKER: BROKER_CERTIFICATE}


def _described(server: Server, path: Path) -> dict[str, str]:
    return {
        "server": server.value,
        "names": " ".join(certificates.names_in(path)),
        "until": certificates.valid_until(path).date().isoformat(),
        "sha256": certificates.fingerprint(path),
    }


@app.command("show")
def show_(root: Root = ROOT, json: Json = False) -> None:
    """Show the certificates: names, last day, fingerprint."""
    show([_described(server, root / file) for server, file in FILES.items()], json)


@app.command()
def rotate(
    server: Annotated[Server, typer.Argument(help="gateway, or broker")],
    root: Root = ROOT,
    json: Json = False,
) -> None:
    """Make a new key and certificate for the same names; nothing has to be restarted.

    The gateway shows the new one within seconds, the broker within half a minute.
    """
    path = root / FILES[server]
    names = certificates.names_in(path)
    if server is Server.BROKER:
        authority = certificates.authority(root / BROKER_AUTHORITY, certificates.AUTHORITY_NAME)
        write_private(path, certificates.signed(authority, names))
    elif certificates.is_self_signed(path):
        write_private(path, certificates.self_signed(names))
    else:
        raise typer.BadParameter(f"{path} comes from somebody else: put their new one there")
    show([_described(server, path)], json)
