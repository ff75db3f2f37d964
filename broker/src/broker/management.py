"""RabbitMQ's management interface, to ask for the broker's state and to set up what it holds.

By hand: a few requests in JSON, for which Python's own HTTP client is enough.
"""

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any

from broker.errors import BrokerError

TIMEOUT_S = 30.0


class Management:
    """The interface at ``url``; ``authority_file`` vouches for its certificate, if not None.

    Calls raise BrokerError.
    """

    def __init__(self, url: str, user: str, password: str, authority_file: str | None) -> None:
        self._url = url
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        self._tls = ssl.create_default_context(cafile=authority_file)

    def vhosts(self) -> list[str]:
        return [str(said["name"]) for said in self._ask("GET", "/api/vhosts")]

    def running_nodes(self) -> int:
        """How many nodes this node sees running, itself included."""
        return sum(bool(said.get("running")) for said in self._ask("GET", "/api/nodes"))

    def leader(self, vhost: str, queue: str) -> str:
        """The node that a quorum queue's messages go through."""
        path = "/".join(urllib.parse.quote(part, safe="") for part in (vhost, queue))
        return str(self._ask("GET", f"/api/queues/{path}")["leader"])

    def apply(self, definitions: Mapping[str, Any]) -> None:
        """Make all that ``definitions`` names; everything else stays. Safe to repeat."""
        self._ask("POST", "/api/definitions", definitions)

    def remove(self, user: str) -> None:
        """Remove a user and its own vhosts, with all that they hold. Safe to repeat."""
        if user not in [said["name"] for said in self._ask("GET", "/api/users")]:
            return
        for said in self._ask("GET", f"/api/users/{user}/permissions"):
            self._ask("DELETE", f"/api/vhosts/{urllib.parse.quote(said['vhost'], safe='')}")
        self._ask("DELETE", f"/api/users/{user}")

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, self._headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=self._tls) as answer:
                content = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            raise BrokerError(f"{method} {path}: {error.code} {text}") from error
        except OSError as error:
            raise BrokerError(f"the broker's management at {self._url}: {error}") from error
        return json.loads(content) if content else None
