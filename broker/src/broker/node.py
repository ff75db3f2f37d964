"""A private RabbitMQ node from Debian's package: own ports, own folder, by default loopback only.

``python -m broker.node --folder D …`` becomes the broker, so that a supervisor has its pid.

By hand: Debian's scripts run one node for the whole machine, with its settings in /etc, and there
is no library to start another.
"""

import argparse
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
MEMORY_MAX = "400MB"
DISK_FREE_MIN = "200MB"
# Erlang's schedulers must not burn the processors of a small machine while they wait.
CALM = "+sbwt none +sbwtdcpu none +sbwtdio none"
LOOPBACK = "127.0.0.1"
# After this long, the nodes of a cluster miss one that vanished.
NODE_MISSED_S = 15


class NotInstalled(Exception):
    """Debian's package rabbitmq-server is missing."""


def environment(
    folder: Path,
    *,
    address: str,
    amqp: int,
    management: int,
    distribution: int,
    epmd: int,
    cluster: Sequence[str] = (),
    cookie_file: Path | None = None,
) -> dict[str, str]:
    """Write the node's configuration into ``folder``; returns the environment to run it in.

    It listens at ``address``, an IPv4 one. ``cluster`` names all nodes of its cluster, which know
    each other by the secret in ``cookie_file``.
    """
    for name in ("home", "mnesia", "log", "schema", "generated"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    cookie = folder / "home" / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(cookie_file.read_text() if cookie_file else secrets.token_hex(16))
        cookie.chmod(0o400)
    (folder / "enabled_plugins").write_text("[rabbitmq_management].\n")
    (folder / "env.conf").write_text("")
    (folder / "rabbitmq.conf").write_text(
        "\n".join(
            [
                f"listeners.tcp.1 = {address}:{amqp}",
                f"management.tcp.ip = {address}",
                f"management.tcp.port = {management}",
                f"load_definitions = {folder / 'definitions.json'}",
                f"vm_memory_high_watermark.absolute = {MEMORY_MAX}",
                f"disk_free_limit.absolute = {DISK_FREE_MIN}",
                "log.console = false",
                "log.file.level = warning",
                *_clustering(cluster),
                "",
            ]
        )
    )
    interface = f"-kernel inet_dist_use_interface {{{address.replace('.', ',')}}}"
    interface += f" net_ticktime {NODE_MISSED_S}"
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_ADDRESS": address,
        "ERL_EPMD_PORT": str(epmd),
        "RABBITMQ_NODENAME": name_of(address, amqp),
        "RABBITMQ_USE_LONGNAME": str(address != LOOPBACK).lower(),
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
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{interface} {CALM}",
        "RABBITMQ_CTL_ERL_ARGS": interface,
        # The script becomes the node instead of watching over it, so that killing this process
        # kills the broker.
        "RUNNING_UNDER_SYSTEMD": "true",
    }


def name_of(address: str, amqp: int) -> str:
    """The name of the node at this address and port in its cluster."""
    return f"warren{amqp}@{'localhost' if address == LOOPBACK else address}"


def _clustering(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    backend = "cluster_formation.peer_discovery_backend = classic_config"
    nodes = [
        f"cluster_formation.classic_config.nodes.{number} = {name}"
        for number, name in enumerate(names, 1)
    ]
    # In a split cluster the smaller part stands still instead of going its own way.
    return [backend, *nodes, "cluster_partition_handling = pause_minority"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m broker.node", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    for name in ("amqp", "management", "distribution", "epmd"):
        parser.add_argument(f"--{name}", type=int, required=True, metavar="PORT")
    parser.add_argument("--address", default=LOOPBACK)
    parser.add_argument("--cluster", nargs="*", default=[], metavar="NAME")
    parser.add_argument("--cookie-file", type=Path)
    arguments = parser.parse_args()
    if not Path(SERVER).exists():
        raise NotInstalled("rabbitmq-server is not installed: apt-get install rabbitmq-server")
    settings = environment(
        arguments.folder.resolve(),
        address=arguments.address,
        amqp=arguments.amqp,
        management=arguments.management,
        distribution=arguments.distribution,
        epmd=arguments.epmd,
        cluster=arguments.cluster,
        cookie_file=arguments.cookie_file,
    )
    os.chdir(arguments.folder)
    os.execve(SERVER, [SERVER], settings)


if __name__ == "__main__":
    main()
