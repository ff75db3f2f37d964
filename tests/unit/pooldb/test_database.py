"""Transactions, relations, the view and the log of the pool database."""

import sqlite3
from pathlib import Path
from typing import Any

import pooldb
import pytest
from datamodel import XenAPIError
from pooldb import Database, InvariantError, View, view


def vm_with_vbd(db: Database) -> tuple[str, str]:
    with db.transaction() as tx:
        vm = tx.create("VM", {"name_label": "web"})
        vbd = tx.create("VBD", {"VM": vm})
    return vm, vbd


def test_the_other_end_of_a_relation_follows(db: Database) -> None:
    vm, vbd = vm_with_vbd(db)
    assert db.view.get("VM", vm)["VBDs"] == [vbd]
    with db.transaction() as tx:
        tx.delete("VBD", vbd)
        assert tx.get("VM", vm)["VBDs"] == []
    assert db.view.get("VM", vm)["VBDs"] == []


def test_a_change_at_one_end_is_an_event_at_the_other(db: Database) -> None:
    vm, _ = vm_with_vbd(db)
    before = db.view.generation
    with db.transaction() as tx:
        tx.create("VBD", {"VM": vm})
    assert vm in {ref for _, ref, _ in db.view.changed_since(before)}


def test_a_derived_set_cannot_be_set(db: Database) -> None:
    vm, _ = vm_with_vbd(db)
    with pytest.raises(InvariantError), db.transaction() as tx:
        tx.update("VM", vm, {"VBDs": []})


@pytest.mark.parametrize("field", ["VBDs", "name_lable"])
def test_a_new_object_has_the_fields_of_its_class_alone(db: Database, field: str) -> None:
    with pytest.raises(InvariantError, match=field), db.transaction() as tx:
        tx.create("VM", {field: []})


def test_both_ends_of_many_to_many_are_kept(db: Database) -> None:
    with db.transaction() as tx:
        group = tx.create("VM_group", {"name_label": "apart"})
        vm = tx.create("VM", {})
        tx.update("VM", vm, {"groups": [group]})
    assert db.view.get("VM_group", group)["VMs"] == [vm]
    with db.transaction() as tx:
        tx.update("VM", vm, {"groups": []})
    assert db.view.get("VM_group", group)["VMs"] == []


def test_what_a_block_raises_undoes_it(db: Database) -> None:
    generation = db.view.generation
    with pytest.raises(RuntimeError), db.transaction() as tx:
        tx.create("VM", {})
        raise RuntimeError
    assert db.view.generation == generation
    assert db.view.refs("VM") == []


def test_a_dead_reference_is_an_error(db: Database) -> None:
    with pytest.raises(XenAPIError) as caught:
        db.view.get("VM", "OpaqueRef:dead")
    assert caught.value.description == ["HANDLE_INVALID", "VM", "OpaqueRef:dead"]


def test_another_process_sees_it_after_refresh(db: Database, url: str) -> None:
    other = pooldb.connect(url)
    vm, vbd = vm_with_vbd(db)
    assert other.view.find("VM", vm) is None
    other.refresh()
    assert other.view.get("VM", vm) == db.view.get("VM", vm)
    with db.transaction() as tx:
        tx.delete("VM", vm)
        tx.delete("VBD", vbd)
    other.refresh()
    assert other.view.find("VM", vm) is None
    assert {deletion.ref for deletion in other.view.deleted_since(0)} == {vm, vbd}


def test_a_restart_finds_the_same(db: Database, url: str) -> None:
    vm, vbd = vm_with_vbd(db)
    with db.transaction() as tx:
        tx.update("VM", vm, {"name_label": "mail"})
    again = pooldb.connect(url)
    assert again.view.get("VM", vm) == db.view.get("VM", vm)
    assert again.view.generation == db.view.generation
    assert again.view.by_uuid("VBD", db.view.get("VBD", vbd)["uuid"]) == vbd
    assert {ref for _, ref, _ in again.view.changed_since(1)} == {vm}


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("true", True),
        ('field "name__label" = "web"', True),
        ('not field "name__label" = "web" and false', True),
        ("true or true and false", False),
        ('field "is_a_template"="false"', True),
        ('field "VBDs"="()"', True),
        ("nottrue", False),
        ('field "HVM__shadow_multiplier"="1"', True),
    ],
)
def test_expressions(db: Database, expression: str, holds: bool) -> None:
    with db.transaction() as tx:
        tx.create("VM", {"name_label": "web"})
    assert bool(db.view.where("VM", expression)) is holds


NO_TOKEN = 'Failure("lexing: empty token")'
OUT_OF_PLACE = "Xapi_database.Db_filter_parse.MenhirBasics.Error"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", OUT_OF_PLACE),
        ("tru", NO_TOKEN),
        ("true true", OUT_OF_PLACE),
        ('"a"', OUT_OF_PLACE),
        ('(field "uuid"="x"', OUT_OF_PLACE),
        ("=", OUT_OF_PLACE),
        ('"a', NO_TOKEN),
        ("truefalse", OUT_OF_PLACE),
        ("true) 'x'", OUT_OF_PLACE),
        ("true 'x' )", NO_TOKEN),
    ],
)
def test_what_is_no_expression_is_refused(db: Database, expression: str, words: str) -> None:
    with pytest.raises(XenAPIError) as caught:
        db.view.where("VM", expression)
    assert caught.value.description == ["INVALID_VALUE", expression, words]


def test_what_is_committed_while_a_process_starts_is_not_missed(
    db: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.transaction() as tx:
        tx.create("VM", {})
    late: list[str] = []
    reload = View.reload

    def commit_and_reload(view: View, *read: Any, **facts: int) -> None:
        with db.transaction() as tx:
            late.append(tx.create("VM", {}))
        reload(view, *read, **facts)

    monkeypatch.setattr(View, "reload", commit_and_reload)
    started = pooldb.connect(url)
    started.refresh()
    assert started.view.find("VM", late[0]) is not None


def test_a_block_that_fails_undoes_itself_and_no_other(db: Database) -> None:
    with db.transaction() as tx:
        with tx.block():
            kept = tx.create("VM", {"name_label": "kept"})
            tx.kv_set("ns", "kept", 1)
        with pytest.raises(RuntimeError), tx.block():
            tx.update("VM", kept, {"name_label": "lost"})
            tx.create("VM", {"name_label": "lost"})
            tx.kv_set("ns", "lost", 1)
            raise RuntimeError
        assert tx.get("VM", kept)["name_label"] == "kept"
    assert db.view.refs("VM") == [kept]
    assert db.view.get("VM", kept)["name_label"] == "kept"
    assert (db.read_kv("ns", "kept"), db.read_kv("ns", "lost")) == (1, None)


def test_an_object_is_not_found_as_another_class_before_its_commit(db: Database) -> None:
    with db.transaction() as tx:
        vm = tx.create("VM", {})
        assert tx.find("VDI", vm) is None
        assert tx.find("VM", vm) is not None


def test_roles_are_there_without_rows(db: Database) -> None:
    found = db.view.by_name("role", "pool-admin")
    assert len(found) == 1
    assert db.view.find("role", db.view.get("role", found[0])["subroles"][0]) is not None
    assert list(db.view.changed_since(-1)) == []
    db.view.reload([], [], complete_since=0, generation=0)
    assert db.view.by_name("role", "pool-admin") == found


def test_rows_that_an_older_schema_kept_of_roles_go(tmp_path: Path) -> None:
    path = tmp_path / "pool.db"
    pooldb.connect(f"sqlite:///{path}").close()
    with sqlite3.connect(path) as connection:
        connection.execute("insert into rows values ('role', 'old', 1, 1, '{}')")
        connection.execute("pragma user_version = 1")
    assert pooldb.connect(f"sqlite:///{path}").view.find("role", "old") is None


def test_what_is_deleted_leaves_the_sets_at_the_other_ends(db: Database) -> None:
    with db.transaction() as tx:
        group = tx.create("VM_group", {})
        vms = [tx.create("VM", {}) for _ in range(2)]
        for vm in vms:
            tx.update("VM", vm, {"groups": [group]})
    with db.transaction() as tx:
        tx.delete("VM", vms[0])
    assert db.view.get("VM_group", group)["VMs"] == [vms[1]]
    with db.transaction() as tx:
        tx.delete("VM_group", group)
    assert db.view.get("VM", vms[1])["groups"] == []


def test_a_follower_shows_no_state_that_never_was(db: Database, url: str) -> None:
    """Records are read as they are now, so what changed twice fits no generation in between."""
    first, second = "first", "second"
    with db.transaction() as tx:
        one, other = (tx.create("VM", {"name_label": "made"}) for _ in range(2))
    follower = pooldb.connect(url)
    seen: list[tuple[str, str]] = []

    def look() -> None:
        found = follower.view.all("VM")
        seen.append((found[one]["name_label"], found[other]["name_label"]))

    follower.view.subscribe(look)
    with db.transaction() as tx:
        tx.update("VM", one, {"name_label": first})
    with db.transaction() as tx:
        for vm in (one, other):
            tx.update("VM", vm, {"name_label": second})
    follower.refresh()
    follower.close()
    assert seen == [(second, second)]


def test_an_old_token_is_known_to_be_too_old_when_deletions_were_forgotten(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "DELETIONS_KEPT", 2)
    db = pooldb.connect(url)
    generations = []
    for _ in range(3):
        with db.transaction() as tx:
            vm = tx.create("VM", {})
        with db.transaction() as tx:
            tx.delete("VM", vm)
        generations.append(db.view.generation)
    again = pooldb.connect(url)
    assert db.view.complete_since == again.view.complete_since == generations[0]
    assert len(db.view.deleted_since(generations[0])) == 2
    db.close()
    again.close()


def test_a_view_that_is_far_behind_is_never_seen_empty(
    db: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vm, vbd = vm_with_vbd(db)
    follower = pooldb.connect(url)
    monkeypatch.setattr("pooldb.database.LOG_ENTRIES_KEPT", 1)
    for name in ("one", "two"):
        with db.transaction() as tx:
            tx.update("VM", vm, {"name_label": name})
    seen = []
    follower.view.subscribe(lambda: seen.append(follower.view.find("VM", vm)))
    follower.refresh()
    follower.close()
    assert [(record["name_label"], record["VBDs"]) for record in seen if record] == [("two", [vbd])]
    assert len(seen) == 1
