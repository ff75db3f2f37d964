"""The kinds of messages, and what the broker promises of each; docs/broker.md has the same table.

Whatever waits for an answer is sent again after a lost connection, and so is what was not confirmed
until then. So a message needs the broker's promise only if nobody would miss it in time.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """``is_durable``: a classic queue that outlives the broker keeps it on disk, as a quorum queue
    does with every message. ``is_confirmed``: the broker tells when it has the message safe, or
    that its queue is full; until then it is sent again.
    """

    what: str
    is_durable: bool
    is_confirmed: bool
    why: str


WORK = Kind(
    "an operation for a host",
    True,
    True,
    "whoever waits for its end asks about it, but sends it only once",
)
REPORT = Kind(
    "the state of a VM, of devices, of SRs or of storage paths",
    True,
    True,
    "a change is told once",
)
DEAD_LETTER = Kind(
    "a dead letter",
    True,
    True,
    "nothing else has it",
)
QUESTION = Kind(
    "a question to a host's daemon, or a call of its squeezed or its storage",
    False,
    True,
    "its sender asks again, but only after a while",
)
CALL = Kind(
    "a call for the forwarders",
    False,
    False,
    "it is in the pool database with its task, or its gateway writes it there if nothing is heard",
)
NEWS = Kind(
    "that the change log has grown",
    False,
    False,
    "who listens looks at the log now and then anyway",
)
PROGRESS = Kind(
    "the progress of an operation",
    False,
    False,
    "it is asked for if nothing is heard for a while",
)
SIGN_OF_LIFE = Kind(
    "that a host is there, with its facts",
    False,
    False,
    "the next one comes soon",
)
REPLY = Kind(
    "a reply",
    False,
    False,
    "its receiver asks again, and a repetition is answered with what is known",
)

KINDS = (WORK, REPORT, DEAD_LETTER, QUESTION, CALL, NEWS, PROGRESS, SIGN_OF_LIFE, REPLY)
