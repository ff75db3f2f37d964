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


_LACKING = {"device": 90, "location": 94, "serverpath": 101, "server": 102}


def missing(key: str, answer: str = "") -> NoReturn:
    """Refuse a device_config that lacks ``key``, in the words that clients know."""
    number = _LACKING.get(key, 90)
    raise BackendError(number, f"The request is missing the {key} parameter", answer)
