"""HAProxy, as operators put it before several gateways: one address for all of them."""

import contextlib
import socket
import subprocess
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from simulated_pool.layout import Gateway

CONFIGURATION = """
defaults
    mode http
    timeout connect 2s
    timeout client 90s
    timeout server 90s
    # A request that reached nobody goes to the next one; one that may have had effect does not.
    retries 2
    option redispatch
frontend address
    bind 127.0.0.1:{port}
    default_backend gateways
backend gateways
    balance roundrobin
    option httpchk GET /
    default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
"""


@contextlib.contextmanager
def running(gateways: Collection[Gateway]) -> Iterator[str]:
    """Serve before these; the one address for all of them."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    servers = [f"    server {at.name} {at.machine.address}:{at.port}" for at in gateways]
    with tempfile.TemporaryDirectory(prefix="warren-haproxy-") as folder:
        settings = Path(folder) / "haproxy.cfg"
        settings.write_text(CONFIGURATION.format(port=port) + "\n".join(servers) + "\n")
        with subprocess.Popen(["haproxy", "-db", "-q", "-f", str(settings)]) as process:
            try:
                _await(port)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def _await(port: int) -> None:
    """Until it listens; the test's timeout ends what never comes."""
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
