"""``xe``, the thin client: the server runs the commands, this prints, asks and moves files."""
