"""Where the broker is and who connects, as the services' settings say it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class BrokerSettings:
    """``name`` is what the broker's management page shows."""

    host: str
    port: int
    vhost: str
    user: str
    password: str
    name: str
    authority_file: str | None = None
    """Who vouches for the broker's certificate; None speaks without TLS, for loopback alone."""

    @classmethod
    def read(cls, said: Mapping[str, Any], name: str) -> "BrokerSettings":
        """The object ``broker`` of a service's settings; KeyError names what is missing."""
        return cls(
            host=said["host"],
            port=said["port"],
            vhost=said["vhost"],
            user=said["user"],
            password=Path(said["password_file"]).read_text().strip(),
            name=name,
            authority_file=said.get("authority_file"),
        )

    def tls(self) -> ssl.SSLContext | None:
        """Checks the broker's certificate and name; read anew, so that a rotated one is known."""
        if self.authority_file is None:
            return None
        return ssl.create_default_context(cafile=self.authority_file)
