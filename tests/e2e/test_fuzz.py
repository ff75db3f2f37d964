"""A few hundred drawn calls on a pool of their own; ``make fuzz`` makes twenty thousand."""

from pathlib import Path

from tests.conftest import running_pool
from tests.fuzz import calls
from tests.fuzz.run import Run

SEED, CALLS = 1, 300


def test_drawn_calls_are_answered_in_the_apis_words(tmp_path: Path) -> None:
    with running_pool(tmp_path) as pool:
        run = Run(pool, print)
        run.go(calls.draw(SEED, number) for number in range(CALLS))
    assert run.figures.calls == CALLS
    assert not run.figures.failures, "\n".join(run.figures.report())
