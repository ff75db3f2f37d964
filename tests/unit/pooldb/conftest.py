"""The pool database on each engine that it runs on."""

from collections.abc import Iterator
from pathlib import Path

import pooldb
import pytest
from pooldb import Database

from tests import postgresql


@pytest.fixture(scope="session")
def server() -> Iterator[postgresql.Server]:
    with postgresql.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty pool database is to be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pool.db'}"
    server: postgresql.Server = request.getfixturevalue("server")
    return server.new_database()


@pytest.fixture
def db(url: str) -> Iterator[Database]:
    db = pooldb.connect(url)
    yield db
    db.close()
