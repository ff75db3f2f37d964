"""A client of NBD servers, as simulated guests and tests need it.

Debian's `python3-libnbd` is a binding for Debian's own Python, outside any virtual environment, and
PyPI has no client that is kept: hence this one, which knows what QEMU's servers speak.
"""

from xenports.simulated.nbd.address import Address, is_address
from xenports.simulated.nbd.client import BLOCK_STATUS_MAX, REQUEST_MAX, Client, connect
from xenports.simulated.nbd.wire import Extent, NbdError, NbdGone

__all__ = [
    "BLOCK_STATUS_MAX",
    "REQUEST_MAX",
    "Address",
    "Client",
    "Extent",
    "NbdError",
    "NbdGone",
    "connect",
    "is_address",
]
