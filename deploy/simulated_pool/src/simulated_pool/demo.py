"""What ``make demo`` shows: the pool coming up, a VM's walk hop by hop, and where to look next."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path

import XenAPI
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from xenports.hypervisor import HypervisorError

from simulated_pool import disks, pool, story
from simulated_pool.furnish import USERNAME, furnish
from simulated_pool.layout import Layout
from simulated_pool.supervision import Supervisor
from simulated_pool.walk import Follower


class WalkFailed(Exception):
    """The demo's walk did not end as it should have."""


def up(layout: Layout, console: Console) -> None:
    """Start the pool and describe it in ``demo.json``."""
    began = time.monotonic()
    pool.up(layout, lambda text: console.print(f"[dim]{text}[/dim]"))
    _describe(layout)
    console.print(f"the pool is up after {time.monotonic() - began:.1f} s\n")


def walk_through(layout: Layout, console: Console) -> None:
    """Walk a VM through the pool; raises WalkFailed with the pool's error if that fails.

    The pool gets SRs with bytes first, unless it has them.
    """
    with (
        Progress(
            TextColumn("[progress.description]{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bars,
        Follower(layout.folder / "log", console),
    ):
        bar = bars.add_task("Async.VM.pool_migrate", total=1.0, visible=False)
        teller = story.Teller(
            chapter=lambda text: console.print(f"\n[bold]{text}[/bold]"),
            progress=lambda fraction: bars.update(bar, completed=fraction, visible=True),
            xens=disks.xens(layout),
        )
        try:
            teller.chapter("SR.create: shared storage, storage of each host, an ISO library")
            furnish(layout)
            story.tell(layout.url, USERNAME, layout.secret("root"), teller)
        except (story.StoryFailed, XenAPI.Failure, OSError, HypervisorError) as error:
            raise WalkFailed(
                f"the walk failed: {error}\nThe services' logs are in {layout.folder / 'log'}."
            ) from error
    console.print(
        "\n[green]The VM walked: created, started, migrated, taken back, shut down.[/green]"
    )


def print_directions(layout: Layout, console: Console) -> None:
    console.print(
        f"""
[bold]The pool is running.[/bold]
  XenAPI            {layout.url}
  user, password    {USERNAME}  {layout.secret("root")}
  broker's page     {layout.management_url}
  user, password    operator  {layout.secret("broker-operator")}
  for scripts       {layout.folder / "demo.json"}
  logs              {layout.folder / "log"}
  stop it           make down
""",
        soft_wrap=True,
    )


def print_status(folder: Path, console: Console) -> None:
    supervisor = Supervisor(folder)
    if not supervisor.running():
        console.print("nothing is running")
        return
    for process in supervisor.processes():
        console.print(f"{process['name']:<20} {process['statename']:<10} {process['description']}")


def _describe(layout: Layout) -> None:
    """Write ``demo.json``, which scripts need to use the pool. Only its owner may read it."""
    described = layout.folder / "demo.json"
    with suppress(FileNotFoundError):
        described.unlink()
    descriptor = os.open(described, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        json.dump(
            {
                "url": layout.url,
                "username": USERNAME,
                "password": layout.secret("root"),
                "management_url": layout.management_url,
                "management_username": "operator",
                "management_password": layout.secret("broker-operator"),
                "pids": Supervisor(layout.folder).pids(),
            },
            file,
            indent=2,
        )
