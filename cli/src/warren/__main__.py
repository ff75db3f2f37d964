"""``warren``: sets machines up, joins pools, reads dead letters, rotates keys."""

import sys

from broker import BrokerError
from warren.commands import app
from warren.gateway import GatewayError
from warren.operator import NotSetUp


def main() -> None:
    try:
        app()
    except (BrokerError, GatewayError, NotSetUp) as error:
        sys.exit(f"warren: {error}")


if __name__ == "__main__":
    main()
