"""Live migration: memory from one xenopsd to the other through its host's door, decided once.

The forwarder has the destination ``prepare``: it makes a paused domain and answers where the door
is, with a token for this migration. The source then streams memory to it, lets the guest
suspend, sends the rest, and asks to commit. **The point of no return is the destination's journal
entry ``Committed``.**

| destination's journal | the guest may run | a failure ends with |
| --- | --- | --- |
| Prepared, Receiving | on the source | the destination aborts, the source resumes |
| Committed | on the destination | the destination completes, whenever it comes back |
| Aborted | on the source | the source resumes; a late commit is refused |

What has to follow the decision is tried again until it is done: the destination completes, the
source lets its domain go.

When the source has asked to commit and lost the connection it is in doubt: it keeps its guest
still and asks the destination for the outcome until it gets one. A destination that has not
committed when it is asked aborts, and answers so; hence exactly one side goes on.

A destination that is dead never answers. A newer epoch of the VM says that the pool has given up
what may have become of it there: the guest, which may have run on since, does not go on here.
"""
