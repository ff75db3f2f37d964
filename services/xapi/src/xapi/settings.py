"""The settings of xapi."""

from broker.settings import Secret
from daemon.settings import ConnectedSettings
from msgspec import field


class Settings(ConnectedSettings, frozen=True, kw_only=True):
    listen: tuple[str, int]
    """Address and port for clients."""
    one_of_several: bool = False
    """Whether other xapis serve the same clients; then a call first catches up with them."""
    certificates_dir: str | None = None
    """The folder of ``gateway.pem``; None for plain HTTP, on loopback alone."""
    redirect: tuple[str, int] | None = None
    """Where plain HTTP is redirected to HTTPS."""
    public_port: int | None = None
    """The port at which clients reach the gateway, if it differs from a container's own."""
    unix_socket: str
    """Only this user and root can open this socket, and are trusted as root there."""
    database: str
    """The URL of the pool database."""
    root_password: Secret = field(name="root_password_file")
    """The password that root gets in a new pool."""
    pool_secret: Secret = field(name="pool_secret_file")
    """The secret that the pool's own members log in with."""
