"""Paths lost and given back on real device-mapper multipath, as operators hear of it."""

import statistics

from tests.multipath_lab.conftest import Lab

ROUNDS = 5


def test_both_paths_are_seen(paths: Lab) -> None:
    assert paths.keys["multipathed"] == "true"
    boot = paths.api.host.get_other_config(paths.api.host.get_all()[0])
    assert boot["mpath-boot"] == "[2, 2]"


Figures = dict[str, float]


def lose_and_return(paths: Lab, number: int) -> Figures:
    """Take a path away and give it back; after how many seconds who knew of it."""
    figures = {}
    for what, state, line in (
        ("loss", "offline", "current=1; max=2"),
        ("return", "running", "current=2; max=2"),
    ):
        paths.forget_messages()
        began = paths.set_path(number, state)
        told = paths.await_message(line)
        figures[f"{what} to message"] = told - began
        figures[f"{what} noticed by the kernel to message"] = told - paths.noticed_at()
    return figures


def tell(what: str, rounds: list[Figures]) -> None:
    for name in rounds[0]:
        found = sorted(figures[name] for figures in rounds)
        said = ", ".join(f"{figure:.2f}" for figure in found)
        print(f"\n{what}: {name}: median {statistics.median(found):.2f} s ({said})", end="")


def test_a_path_is_lost_and_returns_while_the_disk_is_idle(paths: Lab) -> None:
    tell("idle", [lose_and_return(paths, number % 2) for number in range(ROUNDS)])


def test_a_path_is_lost_and_returns_under_load(paths: Lab) -> None:
    with paths.load():
        tell("under load", [lose_and_return(paths, number % 2) for number in range(ROUNDS)])


def test_both_paths_are_lost_under_load_and_no_write_fails(paths: Lab) -> None:
    with paths.load():
        for number in range(2):
            paths.set_path(number, "offline")
        paths.await_message("current=0; max=2")
        assert paths.level == "[0, 2]"
        paths.all_well()


def test_a_path_that_is_unplugged_is_missed_until_it_is_plugged(paths: Lab) -> None:
    paths.machine.unplug("second")
    paths.await_message("current=1; max=2")
    paths.forget_messages()
    paths.machine.plug("second")
    paths.await_message("current=2; max=2")


def test_m7_a_path_that_was_unplugged_on_purpose_is_accepted(paths: Lab) -> None:
    key = f"multipath-accepted-{paths.machine.scsi_id}"
    paths.machine.unplug("second")
    paths.await_level("[1, 2]")
    paths.api.PBD.add_to_other_config(paths.pbd, key, "1")
    paths.await_level("[1, 1]")
    paths.machine.plug("second")
    paths.await_level("[2, 2]")
    assert key not in paths.keys


def test_a_restart_of_multipathd_is_nothing_to_tell(paths: Lab) -> None:
    paths.shell.ask("multipathd shutdown; while pidof multipathd; do sleep 0.1; done; multipathd")
    paths.set_path(0, "offline")
    paths.await_message("current=1; max=2")
    assert len(paths.heard) == 1


def test_without_multipathd_the_kernel_tells_of_a_path_lost_under_load(paths: Lab) -> None:
    paths.shell.ask("multipathd shutdown; while pidof multipathd; do sleep 0.1; done")
    with paths.load():
        paths.set_path(0, "offline")
        paths.await_message("current=1; max=2")
    paths.shell.ask("multipathd")


def test_a_host_that_was_killed_tells_when_it_is_back(paths: Lab) -> None:
    paths.set_path(0, "offline")
    paths.await_message("current=1; max=2")
    paths.forget_messages()
    paths.die()
    assert paths.level == "[1, 2]"
    paths.boot()
    paths.await_message("current=2; max=2")
