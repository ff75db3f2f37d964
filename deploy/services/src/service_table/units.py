"""systemd's units, made from the table; a unit grants what its service needs.

Settings that all units share are in the package's drop-in ``warren-.service.d/common.conf``.

By hand: configparser cannot write a key twice, as units need it.
"""

from service_table.rows import Need, Service

STATE_FOLDERS = {Need.SHARED_STORAGE: "warren/storage", Need.DATABASE: "warren/pool"}
"""The folder below /var/lib that each need brings, besides the service's own."""

BOOTLOADER = ("MKNOD", "CHOWN", "SETUID", "SETGID", "SYS_CHROOT")
"""Capabilities for pygrub to become an unprivileged user who sees only the guest's disk."""

AFTER = {Need.DATABASE: "warren-first-boot.service"}
"""The units that a need starts before the service, besides the broker's."""


def unit_name(service: Service) -> str:
    return f"warren-{service.name}.service"


def unit(service: Service) -> str:
    """The unit of a service; systemd skips it if the service has no settings."""
    folder = f"/etc/warren/{service.settings_folder}"
    config = f"{folder}/{service.settings_file}"
    user = "root" if service.capabilities else "warren"
    return _text(
        {
            "Unit": [
                ("Description", f"Warren: {service.does}"),
                ("After", _words("warren-rabbitmq.service", *_of(service, AFTER))),
                ("ConditionPathExists", config),
            ],
            "Service": [
                ("User", user),
                ("Group", user),
                ("Restart", "always" if service.restarts else "no"),
                ("ExecStart", f"/usr/bin/python3 -m {service.module} --config {config}"),
                ("StateDirectory", _words(*state_folders(service))),
                ("BindReadOnlyPaths", folder),
                *_capabilities(service),
                # The operator says where the SRs are.
                *([("ProtectSystem", "no")] if Need.SRS in service.needs else []),
                # By default systemd ends all processes that a service started.
                *([("KillMode", "process")] if service.outlived else []),
            ],
        }
    )


def state_folders(service: Service) -> list[str]:
    """A service's folders below /var/lib."""
    own = [f"warren/{service.state_folder}"] if Need.STATE in service.needs else []
    return own + _of(service, STATE_FOLDERS)


def _capabilities(service: Service) -> list[tuple[str, str]]:
    # Ports below 1024.
    ambient = ["CAP_NET_BIND_SERVICE"] if Need.CLIENTS in service.needs else []
    more = BOOTLOADER if Need.BOOTLOADER in service.needs else ()
    bounding = [*ambient, *(f"CAP_{name}" for name in (*service.capabilities, *more))]
    return [("AmbientCapabilities", _words(*ambient)), ("CapabilityBoundingSet", _words(*bounding))]


def _of(service: Service, by_need: dict[Need, str]) -> list[str]:
    return [value for need, value in by_need.items() if need in service.needs]


def _words(*words: str) -> str:
    return " ".join(words)


def _text(sections: dict[str, list[tuple[str, str]]]) -> str:
    """A unit file; empty settings are left out, except for capabilities."""
    parts = []
    for name, settings in sections.items():
        lines = [
            f"{key}={said}" for key, said in settings if said or key == "CapabilityBoundingSet"
        ]
        parts.append("\n".join([f"[{name}]", *lines]) + "\n")
    return "\n".join(parts)
