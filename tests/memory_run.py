"""``python -m tests.memory_run RECORD``: a run of squeezed on the simulated Xen's clock.

Three guests have all of a host's memory; a fourth comes, for which they give, and goes again. One
of them works only now and then, one not at all. `squeezed.picture` draws the record.
"""

import json
import sys
from pathlib import Path

from squeezed.record import facts

from tests.squeezing import Scenario

MIB = 1024


def run() -> Scenario:
    """The run, with its samples."""
    s = Scenario(memory_kib=2048 * MIB, reserve_kib=72 * MIB)
    s.domain(256 * MIB, 600 * MIB, 1024 * MIB, rate_kib_s=64 * MIB)
    s.domain(256 * MIB, 600 * MIB, 1024 * MIB, rate_kib_s=64 * MIB, stuck_every_s=2.0)
    silent = s.domain(256 * MIB, 600 * MIB, 600 * MIB, stuck=True)
    s.run(15)
    told = s.asked(384 * MIB, 512 * MIB)
    newcomer = s.domain(
        256 * MIB, told.granted_kib, 512 * MIB, pages_kib=0, running=False, rate_kib_s=64 * MIB
    )
    s.give(told, newcomer)
    s.machine.resize(s.machine.find(newcomer), told.granted_kib)
    s.unpause(newcomer)
    s.run(25)
    assert s.is_marked(silent)
    s.destroy(newcomer)
    s.run(25)
    return s


def write(record: Path) -> None:
    """The run's record, as squeezed's log has it."""
    lines = [json.dumps({"memory": facts(sample)}) for sample in run().samples]
    record.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
