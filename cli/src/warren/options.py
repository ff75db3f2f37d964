"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Root = Annotated[
    Path, typer.Option(envvar="WARREN_ETC", help="Folder of the settings and secrets.")
]
ROOT = Path("/etc/warren")
