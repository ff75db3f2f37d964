"""How the storage says that something failed."""

from typing import NoReturn


class BackendError(Exception):
    """A failure with the number by which clients know it: SR_BACKEND_FAILURE_<number>.

    ``text`` names the object and the remedy. If ``answer`` is given, clients parse it: a probe
    answers so when its configuration is incomplete.
    """

    def __init__(self, number: int, text: str, answer: str = "") -> None:
        super().__init__(f"{number}: {text}")
        self.number = number
        self.text = text
        self.answer = answer

    @property
    def code(self) -> str:
        return f"SR_BACKEND_FAILURE_{self.number}"

    @property
    def params(self) -> list[str]:
        return ["", self.text, self.answer]


def missing(key: str) -> NoReturn:
    """Refuse a device_config that lacks ``key``."""
    raise BackendError(90, f"device_config lacks its key {key!r}")
