"""The port's client of the simulated Xen, on a socket that the test answers."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from xenports.simulated import wire
from xenports.simulated.hypervisor import SimulatedHypervisor


def answer_once(listener: socket.socket, result: int) -> None:
    connection, _ = listener.accept()
    with connection:
        wire.receive(connection)
        wire.send(connection, {"result": result})


def test_a_restarted_xen_is_spoken_to_anew(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "xen.sock"))
        listener.listen()
        xen = SimulatedHypervisor(str(tmp_path / "xen.sock"))
        for total in (1, 2):
            with ThreadPoolExecutor(1) as executor:
                answered = executor.submit(answer_once, listener, total)
                assert xen.total_kib() == total
                answered.result()
