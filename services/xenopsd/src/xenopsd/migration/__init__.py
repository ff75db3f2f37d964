"""Live migration: memory goes through the door of the destination's host; one side decides.

The forwarder has the destination ``prepare``: it makes a paused domain and answers where its door
is, with a token for this migration. The source then streams memory there, has the guest suspend,
sends the rest, and asks to commit. **The point of no return is the destination's journal entry
``Committed``.**

| destination's journal | the guest may run | a failure ends with |
| --- | --- | --- |
| Prepared, Receiving | on the source | the destination aborts, the source resumes |
| Committed | on the destination | the destination completes, whenever it comes back |
| Aborted | on the source | the source resumes; a late commit is refused |

What follows the decision is tried again until it is done: the destination completes, the source
removes its domain.

A source that asked to commit and lost the connection is in doubt: it keeps its guest still and asks
the destination for the outcome until it gets one. A destination that has not committed when it is
asked aborts, and says so; hence the guest goes on on exactly one side.

A dead destination never answers. A newer epoch of the VM says that the pool has given up whatever
ran there. The guest may have run on there since, so it does not go on here.
"""
