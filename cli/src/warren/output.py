"""How commands answer: a table for people, JSON for programs."""

import json as codec
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def show(rows: Sequence[Mapping[str, Any]], as_json: bool) -> None:
    """Print rows that have the same columns."""
    if as_json:
        typer.echo(codec.dumps(list(rows), indent=2))
        return
    if not rows:
        typer.echo("nothing")
        return
    table = Table(box=None, header_style="bold")
    for column in rows[0]:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(highlight=False).print(table)
