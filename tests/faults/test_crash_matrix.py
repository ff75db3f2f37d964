"""A sample of the crash matrix: who is at work in an operation dies once in its middle."""

from collections.abc import Iterator

import pytest

from tests.crash_matrix.cells import Cell, World, world
from tests.crash_matrix.operations import OPERATIONS
from tests.crash_matrix.victims import DATABASE

# Those that are at work nowhere, and whose return takes longer than that of others.
BESIDES = {"start": DATABASE, "shutdown": "rabbitmq"}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("crash")) as made:
        yield made


def sample(name: str, pool: World) -> Iterator[Cell]:
    """For each service at work the point in the middle of its own."""
    places = pool.places(OPERATIONS[name])
    for victim in OPERATIONS[name].victims:
        own = [place for place in places if place.service == victim]
        if own:
            yield Cell(name, own[len(own) // 2], victim)
    if name in BESIDES:
        yield Cell(name, places[len(places) // 2], BESIDES[name])


def is_xenopsd(cell: Cell) -> bool:
    return cell.victim.startswith("xenopsd")


@pytest.mark.parametrize("name", ["start", "shutdown"])
def test_an_operation_in_which_somebody_dies(pool: World, name: str) -> None:
    cells = [cell for cell in sample(name, pool) if not is_xenopsd(cell)]
    outcomes = [pool.run(cell) for cell in cells]
    assert len(outcomes) >= 2
    assert not [outcome for outcome in outcomes if outcome.broken]


@pytest.mark.parametrize("name", ["start"])
def test_an_operation_in_which_xenopsd_dies(pool: World, name: str) -> None:
    outcomes = [pool.run(cell) for cell in sample(name, pool) if is_xenopsd(cell)]
    assert outcomes
    assert not [outcome for outcome in outcomes if outcome.broken]
