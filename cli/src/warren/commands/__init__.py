"""The commands: each module reads those of one subject, and other modules do the work."""

import typer

from warren.commands import dead_letters, pool, setup, tls

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Sets machines up, joins pools, reads dead letters, rotates keys.",
)
app.command()(setup.setup)
app.command()(setup.upgrade)
app.command()(setup.password)
app.add_typer(dead_letters.app, name="broker")
app.add_typer(tls.app, name="tls")
app.add_typer(pool.app, name="pool")
