"""Some hundred seeds of the simulation, and the sequence that once made two copies of a VM.

Each run is in a Python of its own, whose threads and clock are the simulation's: `make sim`.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AT_ONCE, CHUNKS = 25, 6


def simulate(*arguments: str) -> tuple[int, str]:
    """Whether all is well, as an exit code, and what was said."""
    command = [sys.executable, "-m", "tests.sim", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(1, AT_ONCE * CHUNKS, AT_ONCE))
def test_seeds(first: int) -> None:
    code, said = simulate("--seed", str(first), "--seeds", str(AT_ONCE), "--go-on")
    assert code == 0, said


@pytest.mark.timeout(600)
def test_a_seed_is_the_same_story_to_the_letter() -> None:
    code, said = simulate("--seed", "1", "--seeds", "5", "--twice", "--go-on")
    assert code == 0, said


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", [1, 13])
def test_disks_with_bytes(first: int) -> None:
    arguments = ("--seed", str(first), "--seeds", "12", "--go-on")
    code, said = simulate("--story", "disks", *arguments)
    assert code == 0, said


@pytest.mark.timeout(600)
def test_a_story_of_disks_is_the_same_to_the_letter() -> None:
    code, said = simulate("--story", "disks", "--seed", "1", "--seeds", "3", "--twice", "--go-on")
    assert code == 0, said


@pytest.mark.timeout(600)
def test_one_vm_has_one_place() -> None:
    code, said = simulate("--story", "two-copies", "--seed", "1", "--seeds", "20", "--go-on")
    assert code == 0, said


@pytest.mark.timeout(600)
def test_without_what_was_mended_the_simulation_finds_the_sequence() -> None:
    code, said = simulate("--story", "two-copies-unmended", "--seed", "1", "--seeds", "100")
    assert code == 1
    copies = re.search(r"seed (\d+): two copies", said)
    assert copies is not None, said
    assert f"seed {copies[1]}: a domain of no VM" in said
