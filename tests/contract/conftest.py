"""Fixtures of the replays."""

from collections.abc import Iterator

import pytest

from tests.conftest import Pool, running_pool
from tests.contract.replay import Client


@pytest.fixture(scope="module")
def recorded_pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    """A pool of its own, of one host as the recorded one: replays change what others rely on."""
    with running_pool(tmp_path_factory.mktemp("recorded"), hosts=1) as pool:
        yield pool


@pytest.fixture
def client(recorded_pool: Pool) -> Iterator[Client]:
    client = Client(recorded_pool.layout.folder / "xapi.sock")
    yield client
    # A recording may have changed it.
    client.result("session.change_password", "", recorded_pool.password)
    client.close()
