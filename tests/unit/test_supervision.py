"""The pool's supervisor, when it is not there any more."""

from pathlib import Path

from simulated_pool.supervision import Supervisor


def test_one_that_has_ended_is_shut_down(tmp_path: Path) -> None:
    Supervisor(tmp_path).shutdown()
