"""The modules under test, loaded so that they wait, tell the time and draw by the simulation."""

import broker
from tests.sim import broker as simulated
from tests.sim import threads


def load() -> None:
    """Once in a Python that has loaded none of them yet, and is for nothing else."""
    threads.install()
    broker.connect = simulated.connect  # type: ignore[assignment]
    broker.Connection = simulated.Connection  # type: ignore[assignment, misc]
    import tests.sim.stories
    import tests.sim.world

    assert tests.sim.world and tests.sim.stories
