"""A private RabbitMQ node from Debian's package: own ports, own folder, loopback only.

``python -m broker.node --folder D …`` becomes the broker, so that a supervisor holds its pid.
"""

import argparse
import base64
import os
import secrets
import urllib.request
from pathlib import Path

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
MEMORY_MAX = "400MB"
DISK_FREE_MIN = "200MB"
# Erlang's schedulers must not burn the processors of a small machine while they wait.
CALM = "+sbwt none +sbwtdcpu none +sbwtdio none"


class NotInstalled(Exception):
    """Debian's package rabbitmq-server is missing."""


def environment(
    folder: Path, *, amqp: int, management: int, distribution: int, epmd: int
) -> dict[str, str]:
    """Write the node's configuration into ``folder`` and return the environment it runs in."""
    for name in ("home", "mnesia", "log", "schema", "generated"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    cookie = folder / "home" / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (folder / "env.conf").write_text("")
    (folder / "rabbitmq.conf").write_text(
        "\n".join(
            [
                f"listeners.tcp.1 = 127.0.0.1:{amqp}",
                "management.tcp.ip = 127.0.0.1",
                f"management.tcp.port = {management}",
                f"load_definitions = {folder / 'definitions.json'}",
                f"vm_memory_high_watermark.absolute = {MEMORY_MAX}",
                f"disk_free_limit.absolute = {DISK_FREE_MIN}",
                "log.console = false",
                "log.file.level = warning",
                "",
            ]
        )
    )
    loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "ERL_EPMD_PORT": str(epmd),
        "RABBITMQ_NODENAME": f"warren{amqp}@localhost",
        "RABBITMQ_NODE_PORT": str(amqp),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SCHEMA_DIR": str(folder / "schema"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{loopback} {CALM}",
        "RABBITMQ_CTL_ERL_ARGS": loopback,
        # The script becomes the node instead of watching over it: whoever kills this process kills
        # the broker, and leaves no node behind that nobody stops.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def is_up(management: int, user: str, password: str) -> bool:
    """Whether the node serves: its management page answers to ``user``."""
    request = urllib.request.Request(f"http://127.0.0.1:{management}/api/overview")
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    request.add_header("Authorization", f"Basic {token}")
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m broker.node", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    for name in ("amqp", "management", "distribution", "epmd"):
        parser.add_argument(f"--{name}", type=int, required=True, metavar="PORT")
    arguments = parser.parse_args()
    if not Path(SERVER).exists():
        raise NotInstalled("rabbitmq-server is not installed: apt-get install rabbitmq-server")
    settings = environment(
        arguments.folder.resolve(),
        amqp=arguments.amqp,
        management=arguments.management,
        distribution=arguments.distribution,
        epmd=arguments.epmd,
    )
    os.chdir(arguments.folder)
    os.execve(SERVER, [SERVER], settings)


if __name__ == "__main__":
    main()
