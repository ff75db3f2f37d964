"""squeezed's interface, ``memory``: all amounts are KiB, all parameters travel by position.

A reservation's id is that of the operation (and so of the message) that asked for it: asked again,
squeezed answers with the same one, and the asker can end it without having heard the answer.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from service_table.names import MEMORY_QUEUE

from xenops.envelope import Interface
from xenops.errors import Failure
from xenops.idl import Int64, Method, Variant, methods, variant

MEMORY: dict[str, Method] = {}
TYPES: dict[str, type] = {}


@variant("domain_zero_policy", into=TYPES)
@dataclass(frozen=True)
class DomainZeroPolicy(Variant):
    """How much memory dom0 has: a fixed amount, or what squeezed gives it between two bounds."""

    tags: ClassVar[dict[str, Any]] = {"Fixed_size": Int64, "Auto_balloon": tuple[Int64, Int64]}


@variant("errors", default="Unknown_error", into=TYPES)
@dataclass(frozen=True)
class Errors(Variant):
    """``Cannot_free_this_much_memory`` tells what is needed and what is free."""

    tags: ClassVar[dict[str, Any]] = {
        "Cannot_free_this_much_memory": tuple[Int64, Int64],
        "Domains_refused_to_cooperate": list[int],
        "Unknown_reservation": str,
        "No_reservation": None,
        "Invalid_memory_value": Int64,
        "Internal_error": str,
        "Unknown_error": None,
    }


@methods("", into=MEMORY)
class Memory:
    """``login`` begins a client's session, and ends its reservations that have no domain yet."""

    def balance_memory(debug_info: str) -> None: ...
    def delete_reservation(debug_info: str, session: str, reservation: str) -> None: ...
    def get_diagnostics(debug_info: str) -> str: ...
    def get_domain_zero_policy(debug_info: str) -> DomainZeroPolicy: ...
    def get_host_initial_free_memory(debug_info: str) -> Int64: ...
    def get_host_reserved_memory(debug_info: str) -> Int64: ...
    def login(debug_info: str, client: str) -> str: ...
    def query_reservation_of_domain(debug_info: str, session: str, domid: int) -> str: ...
    def reserve_memory(debug_info: str, session: str, kib: Int64) -> str: ...
    def reserve_memory_range(
        debug_info: str, session: str, minimum: Int64, maximum: Int64
    ) -> tuple[str, Int64]: ...
    def transfer_reservation_to_domain(
        debug_info: str, session: str, reservation: str, domid: int
    ) -> None: ...


class SqueezedError(Failure):
    """A call failed or was refused by squeezed."""

    variant = Errors


class Squeezed(Interface):
    Memory = Memory


SQUEEZED = Squeezed(MEMORY_QUEUE, MEMORY, SqueezedError, unknown="Internal_error", positional=True)
