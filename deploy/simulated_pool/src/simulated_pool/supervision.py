"""The supervisor of the pool's processes: starts them, restarts those that die, and stops them.

By hand: supervisor does the work, but has no client for Python, only a transport.
"""

import shlex
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

from simulated_pool.services import Process

# After so many quick deaths in a row a process stays down; its log says why.
RETRIES = 10
# The answer of a supervisor that is ending (supervisor.xmlrpc.Faults).
SHUTDOWN_STATE = 6
LAUNCH_TIMEOUT_S = 15.0


def write_settings(folder: Path, processes: list[Process]) -> Path:
    """Write ``supervisord.conf`` into ``folder`` and return its path."""
    said = ConfigParser(interpolation=None)
    said["supervisord"] = {
        "logfile": f"{folder}/log/supervisord.log",
        "pidfile": f"{folder}/supervisord.pid",
        "identifier": "warren",
        "silent": "true",
    }
    said["unix_http_server"] = {"file": str(socket_path(folder)), "chmod": "0600"}
    factory = "supervisor.rpcinterface:make_main_rpcinterface"
    said["rpcinterface:supervisor"] = {"supervisor.rpcinterface_factory": factory}
    for process in processes:
        said[f"program:{process.name}"] = program(folder, process)
    settings = folder / "supervisord.conf"
    with settings.open("w") as file:
        said.write(file)
    return settings


def program(folder: Path, process: Process) -> dict[str, str]:
    """What ``supervisord.conf`` says of a process."""
    return {
        "command": shlex.join(process.command).replace("%", "%%"),
        "priority": str(process.order),
        "autostart": "false",
        "autorestart": str(process.restarts).lower(),
        "startsecs": "0",
        "startretries": str(RETRIES),
        "stopwaitsecs": "20",
        "stdout_logfile": f"{folder}/log/{process.name}.out",
        "redirect_stderr": "true",
    }


def socket_path(folder: Path) -> Path:
    return folder / "supervisor.sock"


class Supervisor:
    """Talks to the supervisor of the pool in ``folder`` over its unix socket."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def _api(self) -> Any:
        # A transport that has failed once stays unusable, so each call has its own one.
        transport = SupervisorTransport(None, None, f"unix://{socket_path(self._folder)}")
        return ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def running(self) -> bool:
        try:
            return str(self._api.getState()["statename"]) == "RUNNING"
        except Fault:
            return True  # it is ending, but still there
        except OSError:
            return False

    def launch(self, settings: Path) -> None:
        """Start the supervisor, which detaches; returns once it answers."""
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(settings)]
        subprocess.run(command, check=True)
        deadline = time.monotonic() + LAUNCH_TIMEOUT_S
        while not self.running():
            if time.monotonic() > deadline:
                raise TimeoutError(f"the supervisor does not answer; see {self._folder}/log")
            time.sleep(0.02)

    def start(self, name: str) -> None:
        """Start a process, unless it runs."""
        try:
            self._api.startProcess(name)
        except Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop(self, name: str) -> None:
        self._api.stopProcess(name)

    def replace(self, name: str) -> None:
        """Stop a process, if there is one, and start it as ``supervisord.conf`` says now."""
        self._api.reloadConfig()
        if name in [process["name"] for process in self.processes()]:
            self.stop(name)
            self._api.removeProcessGroup(name)
        self._api.addProcessGroup(name)
        self.start(name)

    def pids(self) -> dict[str, int]:
        """Processes that run, by name."""
        return {entry["name"]: entry["pid"] for entry in self.processes() if entry["pid"]}

    def processes(self) -> list[dict[str, Any]]:
        return list(self._api.getAllProcessInfo())

    def shutdown(self) -> None:
        """Stop all processes, the last started first, then the supervisor, if they run."""
        try:
            self._api.shutdown()
        except (FileNotFoundError, ConnectionRefusedError):
            return  # it has ended meanwhile
        except Fault as error:
            if error.faultCode != SHUTDOWN_STATE:
                raise
