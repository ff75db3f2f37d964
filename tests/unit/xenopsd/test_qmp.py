"""Commands to a device model: answers among events, refusals, a model that ends."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from xenopsd.ports.qmp import Qmp, QmpError

GREETING = {"QMP": {"version": {}, "capabilities": []}}
READY: dict[str, Any] = {"return": {}}


@contextmanager
def model(path: Path, answers: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """A device model that gives these answers, one for each line; and what it has been told."""
    told: list[dict[str, Any]] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rwb") as stream:
                stream.write(json.dumps(GREETING).encode() + b"\n")
                stream.flush()
                for answer in answers:
                    told.append(json.loads(stream.readline()))
                    event = json.dumps({"event": "RESUME"}).encode() + b"\n"
                    stream.write(event + json.dumps(answer).encode() + b"\n")
                    stream.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        yield told
        thread.join()


def test_an_answer_is_found_among_events(tmp_path: Path) -> None:
    path = tmp_path / "qmp"
    with model(path, [READY, {"return": {"running": True}}]) as told, Qmp(path) as qmp:
        assert qmp.execute("query-status") == {"running": True}
    assert [said["execute"] for said in told] == ["qmp_capabilities", "query-status"]


def test_a_refusal_says_why(tmp_path: Path) -> None:
    path = tmp_path / "qmp"
    refusal = {"error": {"class": "GenericError", "desc": "no such drive"}}
    refused = pytest.raises(QmpError, match="no such drive")
    with model(path, [READY, refusal]), Qmp(path) as qmp, refused:
        qmp.execute("eject", id="ide0-cd0")


def test_a_model_that_ends_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "qmp"
    with model(path, [READY]), Qmp(path) as qmp, pytest.raises(QmpError):
        qmp.execute("cont")


def test_there_may_be_no_model(tmp_path: Path) -> None:
    with pytest.raises(QmpError, match="there is no device model"):
        Qmp(tmp_path / "qmp")
