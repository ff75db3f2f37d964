"""The exceptions that end a command early, by how its user is told."""


class Failed(Exception):
    """Told on standard error as ``Error: …``."""


class Missing(Exception):
    """A parameter that the command needs was not given."""


class Unnamed(Exception):
    """A code and its parameters, printed as they are."""

    def __init__(self, code: str, *params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class GaveUp(Exception):
    """The command has printed already why it failed."""
