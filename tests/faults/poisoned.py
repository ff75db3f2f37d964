"""``python -m tests.faults.poisoned WIRE --config FILE``: a forwarder that a message kills.

The process is killed as a crash would, with no handler and no ``finally`` run.
"""

import os
import signal
import sys
from typing import Any

from forwarder import __main__ as forwarder
from forwarder import messages, worker
from forwarder.core import registry
from forwarder.settings import Settings


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    assert messages.DRAWERS
    registry.FUNCTIONS[sys.argv.pop(1)] = die
    # What another forwarder left is found soon.
    worker.LEASE_S, worker.RENEW_EVERY_S, worker.TAKE_OVER_EVERY_S = 1.0, 0.2, 0.2
    forwarder.main("forwarder", __doc__, Settings, forwarder.run)


if __name__ == "__main__":
    main()
