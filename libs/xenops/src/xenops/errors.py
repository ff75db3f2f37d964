"""The one exception of xenopsd: a variant of ``ErrorsError``, as it travels in a reply."""

from typing import Any

from xenops.types import ErrorsError


class XenopsError(Exception):
    """A call failed or was refused by xenopsd."""

    def __init__(self, tag: str, value: Any = None) -> None:
        super().__init__(tag, value)
        self.error = ErrorsError(tag, value)

    @property
    def tag(self) -> str:
        return self.error.tag

    @property
    def value(self) -> Any:
        return self.error.value

    def __str__(self) -> str:
        return self.tag if self.value is None else f"{self.tag}{self.value!r}"


def does_not_exist(kind: str, name: str) -> XenopsError:
    return XenopsError("Does_not_exist", (kind, name))


def bad_power_state(found: Any, expected: Any) -> XenopsError:
    return XenopsError("Bad_power_state", (found, expected))


def internal_error(text: str) -> XenopsError:
    return XenopsError("Internal_error", text)
