"""A run's record: a line of the log for each look at the host while memory moves."""

import logging
from typing import Any

from squeezed.squeezer import Sample

log_ = logging.getLogger("memory")


def facts(sample: Sample) -> dict[str, Any]:
    """A sample as a line of the log has it, in KiB and seconds."""
    return {
        "at": round(sample.at, 3),
        "free": sample.host.free_kib,
        "spoken_for": sample.host.spoken_for_kib,
        "domains": [
            {
                "domid": domain.domid,
                "name": sample.names.get(domain.domid, ""),
                "target": domain.target_kib,
                "pages": domain.pages_kib,
                "standing": domain.standing.name,
            }
            for domain in sample.host.domains
        ],
    }


def log(sample: Sample) -> None:
    """Write a sample to the log, from which the picture is drawn."""
    text = f"{sample.host.free_kib} KiB free, {len(sample.host.domains)} domains"
    log_.info("%s", text, extra={"facts": {"memory": facts(sample)}})
