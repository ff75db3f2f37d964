"""Journals: what an earlier version wrote is read by this one."""

import json
import sqlite3
from pathlib import Path

import pytest
from daemon.database import SCHEMA, SchemaTooNew
from daemon.journal import Journal, Operation

EARLIER = """
create table vms (id text primary key, metadata text not null);
create table extras (id text primary key, extra text not null);
create table operations (
    id text primary key, method text not null, vm text not null, params text not null,
    debug text not null, began real not null, outcome text
);
create table migrations (id text primary key, vm text not null, role text not null,
    state text not null, facts text not null);
create index migrations_of_vm on migrations (vm);
create table facts (name text primary key, value integer not null);
insert into facts values ('version', 4001);
"""
BODY = {"method": "VM.start", "params": [{"id": "a VM"}], "forget": False}


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """What xenopsd wrote before its journal was the kit's."""
    path = tmp_path / "journal.db"
    db = sqlite3.connect(path)
    db.executescript(EARLIER)
    rows = [("ended", 1.0, json.dumps({"duration": 2.0, "facts": {}})), ("begun", 3.0, None)]
    for id_, began, outcome in rows:
        values = (id_, "VM.start", "a VM", json.dumps(BODY), "debug", began, outcome)
        db.execute("insert into operations values (?, ?, ?, ?, ?, ?, ?)", values)
    db.commit()
    db.close()
    return path


def test_an_earlier_journal_is_read_and_written(earlier: Path) -> None:
    journal = Journal(earlier)
    begun = Operation("begun", "VM.start", "a VM", BODY, "debug", 3.0)
    assert journal.unfinished() == [begun]
    assert not journal.begin(begun)
    ended = journal.operation("ended")
    assert ended is not None and ended.outcome == {"duration": 2.0, "facts": {}}
    journal.end("begun", {"duration": 1.0, "facts": {}})
    assert journal.begin(Operation("new", "VM.start", "a VM", BODY, "debug"))
    assert [operation.id for operation in journal.unfinished()] == ["new"]
    assert journal.next_version(1000) == 4001
    journal.close()


def test_the_version_before_reads_what_this_one_writes(earlier: Path) -> None:
    """A pool may go back to the release that it came from."""
    journal = Journal(earlier)
    journal.begin(Operation("new", "VM.start", "a VM", BODY, "debug", 5.0))
    journal.close()
    db = sqlite3.connect(earlier)
    found = db.execute("select vm, params from operations where id = 'new'").fetchone()
    db.close()
    assert (found[0], json.loads(found[1])) == ("a VM", BODY)


def test_epochs_outlive_the_process_and_never_go_back(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    journal = Journal(path)
    assert journal.epoch("a VM") == 0
    assert journal.see("a VM", 7)
    assert not journal.see("a VM", 6)
    assert journal.begin(Operation("new", "VM.start", "another", {"epoch": 3}, "debug"))
    journal.close()
    again = Journal(path)
    assert (again.epoch("a VM"), again.epoch("another")) == (7, 3)
    again.close()


def test_a_journal_of_a_newer_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    db = sqlite3.connect(path)
    db.executescript(f"create table later (id text); pragma user_version = {SCHEMA + 1};")
    db.close()
    before = path.read_bytes()
    with pytest.raises(SchemaTooNew, match=f"schema {SCHEMA + 1}, this program knows {SCHEMA}"):
        Journal(path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["journal.db"]


def synced(journal: Journal) -> int:
    return int(journal._db.execute("pragma synchronous").fetchone()[0])


def test_what_is_noted_until_power_off_outlives_the_process(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    full = synced(journal)
    with journal.until_power_off():
        assert synced(journal) < full
        journal.see("a VM", 7)
    assert synced(journal) == full
    # Another process would find the same: nothing of it is only here.
    assert Journal(tmp_path / "journal.db").epoch("a VM") == 7


def test_a_failure_leaves_the_next_transaction_durable(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    full = synced(journal)
    with pytest.raises(sqlite3.OperationalError), journal.until_power_off():
        journal._run("insert into nothing values (1)")
    assert synced(journal) == full
    with journal.together(), journal.until_power_off():
        journal.see("a VM", 7)
        assert synced(journal) == full
    assert journal.epoch("a VM") == 7
