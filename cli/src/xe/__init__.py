"""``xe``, the thin client: the server has the commands, this prints, asks and moves files."""
