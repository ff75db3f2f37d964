"""Where the broker is and who connects, from the services' settings."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pika

Address = tuple[str, int]

GONE_S = 12
"""After this long a machine that vanished is known to be gone.

The kernels find it out, so a machine that is only busy is not taken for a vanished one.
"""
PROBES = 3


@dataclass(frozen=True)
class BrokerSettings:
    """``addresses`` are those of the broker's nodes; each attempt to connect tries the next.

    ``name`` is what the broker's management page shows.
    """

    addresses: tuple[Address, ...]
    vhost: str
    user: str
    password: str
    name: str
    authority_file: str | None = None
    """What vouches for the broker's certificate; None for no TLS, on loopback alone."""

    @classmethod
    def read(cls, said: Mapping[str, Any], name: str) -> "BrokerSettings":
        """The object ``broker`` of a service's settings.

        Raises msgspec.ValidationError, which names the setting and what is wrong.
        """
        return msgspec.convert(said, BrokerAccess, dec_hook=of_text).settings(name)

    def parameters(self, attempt: int = 0, **options: Any) -> pika.ConnectionParameters:
        """How to connect at this attempt; the certificates are read anew for each."""
        host, port = self.addresses[attempt % len(self.addresses)]
        tls = None
        if self.authority_file is not None:
            tls = pika.SSLOptions(ssl.create_default_context(cafile=self.authority_file), host)
        return pika.ConnectionParameters(
            host=host,
            port=port,
            virtual_host=self.vhost,
            credentials=pika.PlainCredentials(self.user, self.password),
            client_properties={"connection_name": self.name},
            ssl_options=tls,
            tcp_options={
                "TCP_USER_TIMEOUT": GONE_S * 1000,
                "TCP_KEEPIDLE": GONE_S // (PROBES + 1),
                "TCP_KEEPINTVL": GONE_S // (PROBES + 1),
                "TCP_KEEPCNT": PROBES,
            },
            **options,
        )


class Secret:
    """A setting that names a file; its value is the file's text, stripped of white space."""

    def __init__(self, path: str) -> None:
        """Raise ValueError when the file cannot be read."""
        try:
            self.text = Path(path).read_text().strip()
        except OSError as error:
            raise ValueError(str(error)) from error


def of_text(kind: type, said: Any) -> Any:
    """A setting of a type that JSON lacks, such as a path; msgspec reports its errors."""
    return kind(said)


HostAndPort = Annotated[str, msgspec.Meta(pattern=r"^.+:[0-9]+$")]


class BrokerAccess(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The object ``broker`` of a service's settings."""

    addresses: Annotated[tuple[HostAndPort, ...], msgspec.Meta(min_length=1)]
    vhost: str
    user: str
    password: Secret = msgspec.field(name="password_file")
    authority_file: str | None = None

    def settings(self, name: str) -> BrokerSettings:
        """These settings for a connection of this name."""
        return BrokerSettings(
            addresses=tuple(_address(text) for text in self.addresses),
            vhost=self.vhost,
            user=self.user,
            password=self.password.text,
            name=name,
            authority_file=self.authority_file,
        )


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    return host, int(port)
