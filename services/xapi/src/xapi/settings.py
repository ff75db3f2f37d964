"""What xapi is told at its start."""

from broker.settings import Secret
from daemon.settings import ConnectedSettings
from msgspec import field


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    listen: tuple[str, int]
    """Address and port for clients."""
    one_of_several: bool = False
    """Whether others answer the same clients: then a call first catches up with what they wrote."""
    certificates_dir: str | None = None
    """Where ``gateway.pem`` is; None speaks plain HTTP, for loopback alone."""
    redirect: tuple[str, int] | None = None
    """Where plain HTTP is answered with the address to use instead."""
    public_port: int | None = None
    """The port that clients reach the gateway at, where a container's own is another one."""
    unix_socket: str
    """Only this user and root can open this socket; those who do are trusted as root."""
    database: str
    """The URL of the pool database."""
    root_password: Secret = field(name="root_password_file")
    """The password that root is given when the pool is new."""
    pool_secret: Secret = field(name="pool_secret_file")
    """The secret that the pool's own members log in with."""
