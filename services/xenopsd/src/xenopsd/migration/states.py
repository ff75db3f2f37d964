"""How far a migration is, in the words of either side's journal."""

from xenops.extensions import MigrationStatus

PREPARED, RECEIVING, COMMITTED, COMPLETED, ABORTED = (
    MigrationStatus.Prepared.value,
    MigrationStatus.Receiving.value,
    MigrationStatus.Committed.value,
    MigrationStatus.Completed.value,
    MigrationStatus.Aborted.value,
)
OFFERED, SENDING, IN_DOUBT, SENT = "Offered", "Sending", "InDoubt", "Sent"
INTERRUPTED = "Interrupted"
"""A restart took the prepared copy away: it is aborted, unless it is to be prepared again."""
