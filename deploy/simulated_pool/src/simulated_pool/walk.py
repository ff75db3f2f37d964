"""The walk of a request, read from the services' logs and printed hop by hop as it happens."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

LOOK_EVERY_S = 0.1
COLOURS = {"xapi": "cyan", "forwarder": "magenta", "xenopsd": "green", "squeezed": "blue"}


class Follower:
    """Prints the hops that are added to the logs in ``folder`` while this context lasts."""

    def __init__(self, folder: Path, console: Console) -> None:
        self._folder = folder
        self._console = console
        self._read: dict[Path, int] = {path: path.stat().st_size for path in self._logs()}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="walk", daemon=True)

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._ended.set()
        self._thread.join()

    def _logs(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _follow(self) -> None:
        while not self._ended.wait(LOOK_EVERY_S):
            self._print_new()
        self._print_new()

    def _print_new(self) -> None:
        hops = sorted((hop for path in self._logs() for hop in self._new(path)), key=_time)
        for hop in hops:
            self._console.print(line(hop), soft_wrap=True)

    def _new(self, path: Path) -> Iterator[dict[str, Any]]:
        start = self._read.get(path, 0)
        with path.open("rb") as file:
            file.seek(start)
            added = file.read()
        # A line that is still being written is read next time.
        whole = added[: added.rfind(b"\n") + 1]
        self._read[path] = start + len(whole)
        for text in whole.splitlines():
            entry = json.loads(text)
            if entry.get("hop"):
                yield entry


def _time(hop: dict[str, Any]) -> str:
    return str(hop["time"])


def line(hop: dict[str, Any]) -> Text:
    """One hop as a line of text: time, service, what it did, where, and how long."""
    service = str(hop["service"])
    text = Text(f"{str(hop['time'])[11:23]}  ", style="dim")
    text.append(f"{service:<16}", style=COLOURS.get(service.split("-")[0].split(" ")[0], "yellow"))
    if "atomic" in hop:
        text.append(f"    {hop['atomic']}")
    else:
        text.append(str(hop.get("message", "")), style="bold")
    for name in (
        "step",
        "queue",
        "host",
        "result",
        "refused",
        "rounds",
        "pages_sent",
        "downtime_s",
    ):
        if name in hop:
            text.append(f"  {name} ", style="dim")
            text.append(str(hop[name]))
    if "ms" in hop:
        text.append(f"  {hop['ms']:.1f} ms", style="yellow")
    return text
