"""The function of each command."""

from collections.abc import Awaitable, Callable

from xapi.xe.declared import XeCommand, commands
from xapi.xe.desk import Desk

Function = Callable[[Desk, XeCommand], Awaitable[None]]
FUNCTIONS: dict[str, Function] = {}


def does(*names: str) -> Callable[[Function], Function]:
    """Declare the function for these commands of the table."""

    def declare(function: Function) -> Function:
        for name in names:
            assert name in commands() and name not in FUNCTIONS, name
            FUNCTIONS[name] = function
        return function

    return declare
