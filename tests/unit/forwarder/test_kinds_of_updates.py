"""Each kind of update has one handler; a kind that nobody takes is told of once and ignored."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from forwarder.updates import registry
from pooldb import Database, Transaction


def nothing(tx: Transaction, host: str, body: Mapping[str, Any]) -> None: ...


def test_the_kinds_that_hosts_tell_have_handlers() -> None:
    assert registry.TAKES.keys() == {"host", "multipath", "storage", "vm"}


@pytest.mark.parametrize("kind", sorted(registry.TAKES))
def test_a_kind_has_one_handler(kind: str) -> None:
    with pytest.raises(registry.SecondHandler, match=kind):
        registry.on(kind)(nothing)


def test_an_unknown_kind_is_told_of_once_and_ignored(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = db.view.generation
    caplog.set_level(logging.WARNING)
    for _ in range(3):
        assert not registry.is_known(db, "host", {"kind": "weather"})
        with db.transaction() as tx:
            registry.take(tx, "host", {"kind": "weather", "state": "rain"})
    assert db.view.generation == before
    assert [record.getMessage() for record in caplog.records] == [
        "nobody takes updates of kind 'weather'"
    ]


@pytest.mark.parametrize("kind", sorted(registry.TAKES))
def test_a_host_that_was_destroyed_changes_nothing(db: Database, kind: str) -> None:
    before = db.view.generation
    with db.transaction() as tx:
        registry.take(tx, "OpaqueRef:gone", {"kind": kind})
    assert db.view.generation == before
