"""``warren pool``: a machine comes into the pool, and leaves it."""

import json as codec
import os
import uuid
from pathlib import Path
from typing import Annotated

import typer

from warren import pool
from warren.files import write_private
from warren.installation import AMQPS_PORT, Host
from warren.options import ROOT, Root
from warren.output import Json, show

app = typer.Typer(
    no_args_is_help=True,
    help="Invite a machine at the pool's side, join the pool at its own, remove it.",
)

PRINTED = Path("-")


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="What the host is called in the pool.")],
    invitation: Annotated[
        Path, typer.Argument(help="The file to write, - to print it. It holds a password.")
    ],
    address: Annotated[str, typer.Option(help="Where other hosts send it guests' memory.")],
    broker_host: Annotated[str, typer.Option(help="Where it reaches this pool's broker.")],
    broker_port: Annotated[int, typer.Option(help="And the port there.")] = AMQPS_PORT,
    root: Root = ROOT,
    json: Json = False,
) -> None:
    """Add a host to this pool, with a vhost and a user at the broker, and write its invitation."""
    host = Host(name, str(uuid.uuid4()), address, cpus=1, memory_mib=0)
    made = pool.invite(root, host, (broker_host, broker_port))
    text = codec.dumps(made, indent=2)
    if invitation == PRINTED:
        typer.echo(text)
        return
    write_private(invitation, text)
    show([{"host": name, "uuid": made["host"]["uuid"], "invitation": str(invitation)}], json)


@app.command()
def join(
    invitation: Annotated[
        typer.FileText, typer.Argument(help="What `warren pool invite` wrote; - reads it.")
    ],
    cpus: Annotated[int, typer.Option(help="Processors of this machine.")] = os.cpu_count() or 1,
    simulated: Annotated[bool, typer.Option(help="Its Xen is a simulated one.")] = False,
    log_dir: Annotated[
        str | None, typer.Option(help="Folder of the logs; without it they are printed.")
    ] = None,
    root: Root = ROOT,
    json: Json = False,
) -> None:
    """Make this machine the host that was invited."""
    said = codec.load(invitation)
    said["host"] |= {"cpus": cpus, "simulated": simulated}
    host = pool.join(root, said, log_dir)
    show([{"host": host.name, "uuid": host.uuid, "folder": str(root / host.folder)}], json)


@app.command()
def remove(
    name: Annotated[str, typer.Argument(help="What the host is called in the pool.")],
    root: Root = ROOT,
) -> None:
    """Take out a host that is gone for good; what it ran can be started elsewhere."""
    pool.remove(root, name)
