"""``warren setup`` and ``warren password``: a machine's settings, and what was made with them."""

import os
from typing import Annotated

import typer

from warren import earlier, installation
from warren.installation import Site
from warren.options import ROOT, Root
from warren.output import Json, show


def setup(
    root: Root = ROOT,
    simulated: Annotated[
        int, typer.Option(help="Make a pool of so many simulated hosts instead of this machine.")
    ] = 0,
    pool_name: Annotated[str, typer.Option(help="What the pool is called.")] = "pool",
    hostname: Annotated[str, typer.Option(help="This machine's name in the pool.")] = "host1",
    address: Annotated[
        str, typer.Option(help="Where other hosts send this machine guests' memory.")
    ] = "127.0.0.1",
    memory_mib: Annotated[int, typer.Option(help="Memory of each host, all of it.")] = 8192,
    cpus: Annotated[int, typer.Option(help="Processors of each host.")] = os.cpu_count() or 1,
    broker_host: Annotated[str, typer.Option(help="The broker's name.")] = "localhost",
    gateway_host: Annotated[
        str, typer.Option(help="The gateway's name, for this command line.")
    ] = "localhost",
    database_host: Annotated[
        str,
        typer.Option(help="The PostgreSQL server of the pool database; none keeps it in a file."),
    ] = "",
    listen_host: Annotated[str, typer.Option(help="Where the gateway listens.")] = "0.0.0.0",
    https_port: Annotated[int, typer.Option(help="Its port for calls.")] = 443,
    http_port: Annotated[int, typer.Option(help="Its port that points to the other.")] = 80,
    public_port: Annotated[
        int | None, typer.Option(help="The port that clients use, if it is another one.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A name that clients call the gateway by; repeat it.")
    ] = None,
    log_dir: Annotated[
        str | None, typer.Option(help="Folder of the logs; without it they are printed.")
    ] = None,
    json: Json = False,
) -> None:
    """Write this machine's settings, secrets and certificates. What is there stays."""
    if simulated:
        names = [f"host{number}" for number in range(1, simulated + 1)]
        hosts = installation.new_hosts(names, cpus, memory_mib, None)
    else:
        hosts = installation.new_hosts([hostname], cpus, memory_mib, address)
    site = Site(
        root=root,
        pool_name=pool_name,
        broker_host=broker_host,
        gateway_host=gateway_host,
        database_host=database_host or None,
        listen_host=listen_host,
        https_port=https_port,
        http_port=http_port,
        public_port=public_port or https_port,
        names=tuple(name or [hostname, "localhost", "127.0.0.1"]),
        log_dir=log_dir,
        hosts=tuple(hosts),
    )
    made = installation.install(site)
    show([{"host": host.name, "uuid": host.uuid} for host in made.hosts], json)


def upgrade(root: Root = ROOT, json: Json = False) -> None:
    """Bring settings that an earlier version wrote to what this one reads; safe to repeat."""
    show([{"host": name, "has": "a door now"} for name in earlier.bring_up(root)], json)


def password(
    who: Annotated[
        installation.Account, typer.Argument(help="root of the XenAPI, or the broker's operator")
    ],
    root: Root = ROOT,
) -> None:
    """Print the password that the setup made."""
    typer.echo(installation.password(root, who))
