"""A container engine of its own: Debian's dockerd in a folder, and Compose of a later Debian.

It changes no firewall rule and no bridge of the machine, so containers reach only each other and
the ports that they publish.

By hand: testcontainers and the engine's Python client need an engine that already runs.
"""

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

START_TIMEOUT_S = 30.0
LOOK_EVERY_S = 0.1
DOCKER = "/usr/bin/docker"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# Debian 12 has no Compose of the second generation. These two are single programs that need only
# the C library, so those of the next release run here.
PLUGINS = ("docker-compose", "docker-buildx")
PLUGINS_RELEASE = "trixie"


class EngineFailed(Exception):
    """dockerd does not come up."""


class Engine:
    """The engine whose socket, images and logs are in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket = folder / "docker.sock"
        self._pid_file = folder / "docker.pid"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which a client finds this engine."""
        return {
            **os.environ,
            "DOCKER_HOST": f"unix://{self._socket}",
            "DOCKER_CONFIG": str(self.folder / "client"),
            "DOCKER_BUILDKIT": "1",
        }

    def start(self) -> None:
        """Start dockerd unless it runs; raises EngineFailed."""
        self._fetch_plugins()
        if self.running():
            return
        self._pid_file.unlink(missing_ok=True)
        open_files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        command = [
            *("dockerd", "--host", f"unix://{self._socket}", "--pidfile", str(self._pid_file)),
            *("--data-root", str(self.folder / "data"), "--exec-root", str(self.folder / "exec")),
            *("--bridge", "none", "--iptables=false", "--ip-forward=false"),
            *("--storage-driver", "overlay2", "--exec-opt", "native.cgroupdriver=cgroupfs"),
            *("--default-ulimit", f"nofile={open_files}:{open_files}"),
        ]
        with (self.folder / "dockerd.log").open("ab") as log:
            daemon = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.running():
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise EngineFailed(f"dockerd does not answer; see {self.folder}/dockerd.log")
            time.sleep(LOOK_EVERY_S)

    def running(self) -> bool:
        return self._socket.exists() and self._docker_rc("version") == 0

    def stop(self) -> None:
        """Stop dockerd and wait until it is gone; nothing happens when it does not run."""
        if not self._pid_file.exists():
            return
        pid = int(self._pid_file.read_text())
        os.kill(pid, signal.SIGTERM)
        while self._pid_file.exists():
            time.sleep(LOOK_EVERY_S)

    def remove(self) -> None:
        """Stop and delete everything, images too."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def docker(self, *arguments: str, stdin: int | None = None) -> str:
        """Run the client and return what it prints; raises CalledProcessError, its output shown."""
        done = subprocess.run(
            [DOCKER, *arguments],
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return done.stdout

    def has_image(self, name: str) -> bool:
        return self._docker_rc("image", "inspect", name) == 0

    def _docker_rc(self, *arguments: str) -> int:
        return subprocess.run(
            [DOCKER, *arguments], env=self.environment, capture_output=True, check=False
        ).returncode

    def _fetch_plugins(self) -> None:
        plugins = self.folder / "client" / "cli-plugins"
        if all((plugins / name).exists() for name in PLUGINS):
            return
        plugins.mkdir(parents=True, exist_ok=True)
        work = self.folder / "apt"
        for name in ("lists/partial", "cache/archives/partial"):
            (work / name).mkdir(parents=True, exist_ok=True)
        source = f"deb [signed-by={KEYRING}] {mirror()} {PLUGINS_RELEASE} main\n"
        (work / "sources.list").write_text(source)
        options = _apt_options(work)
        subprocess.run(["apt-get", *options, "update"], check=True)
        subprocess.run(["apt-get", *options, "download", *PLUGINS], check=True, cwd=work)
        for package in work.glob("*.deb"):
            subprocess.run(["dpkg", "-x", package, work / "unpacked"], check=True)
        for name in PLUGINS:
            shutil.copy(work / "unpacked/usr/libexec/docker/cli-plugins" / name, plugins)
        shutil.rmtree(work)


def mirror() -> str:
    """The Debian mirror that this machine uses."""
    for path in ("/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"):
        if Path(path).exists():
            for word in Path(path).read_text().split():
                if word.startswith("http") and "snapshot." not in word:
                    return word
    return "http://deb.debian.org/debian"


def _apt_options(work: Path) -> Sequence[str]:
    """apt with its own lists and packages, so that the machine's sources stay unchanged."""
    options = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",
    }
    return ["-qq", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
