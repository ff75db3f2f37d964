"""``warren broker``: what the services could not handle, why, and to send it again."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from broker.dead_letters import DeadLetter, look, resend

from warren.operator import Operator
from warren.options import ROOT, Root
from warren.output import Json, show

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, explain, resend.")

Id = Annotated[str, typer.Argument(help="The message's id, or the beginning of it.")]


def _all(root: Root) -> list[DeadLetter]:
    return [letter for vhost in Operator(root).vhosts() for letter in look(vhost)]


def _found(letters: list[DeadLetter], id_: str) -> list[DeadLetter]:
    matching = [letter for letter in letters if letter.id.startswith(id_)]
    if not matching:
        raise typer.BadParameter(f"there is no dead letter {id_}")
    return matching


def _summary(letter: DeadLetter) -> dict[str, object]:
    sent = datetime.fromtimestamp(letter.time, UTC).isoformat()
    return {
        "id": letter.id,
        "sent": sent,
        "vhost": letter.vhost,
        "queue": letter.queue,
        "method": letter.method,
        "reason": letter.reason,
    }


@app.command("list")
def list_(root: Root = ROOT, json: Json = False) -> None:
    """List the dead letters of all vhosts."""
    show([_summary(letter) for letter in _all(root)], json)


@app.command()
def explain(id_: Id, root: Root = ROOT) -> None:
    """Say what became of a message, and what sending it again would do."""
    for letter in _found(_all(root), id_):
        for name, value in _summary(letter).items():
            typer.echo(f"{name:8} {value}")
        typer.echo(f"headers  {json.dumps(letter.headers, default=str)}")
        typer.echo(f"body     {letter.body}\n\n{letter.advice()}\n")


@app.command("resend")
def resend_(
    id_: Annotated[str | None, typer.Argument(help="The message's id, or its beginning.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Send all of them again.")] = False,
    root: Root = ROOT,
    json: Json = False,
) -> None:
    """Send a dead letter to the queue that it was meant for; it leaves the dead letters."""
    if (id_ is None) is not everything:
        raise typer.BadParameter("name a message or say --all, not both")
    sent = [
        letter
        for vhost in Operator(root).vhosts()
        for letter in resend(vhost, lambda letter: everything or letter.id.startswith(id_ or ""))
    ]
    if id_ is not None:
        _found(sent, id_)
    show([_summary(letter) for letter in sent], json)
