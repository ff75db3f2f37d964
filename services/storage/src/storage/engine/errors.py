"""How an engine says that something failed."""


class EngineError(Exception):
    """The engine refused, and nothing has changed; the text names the disk or the file."""


class SilentError(EngineError):
    """The engine has not answered in time: what it was asked may still be done.

    Mostly its storage hangs; its guests see disks that do not answer.
    """


class CancelledError(EngineError):
    """A long operation was cancelled; it can be begun again."""


class EngineGone(EngineError):
    """The engine's process has ended, and with it what its guests had written but not flushed.

    No other engine may take its place behind a guest's back: the guest would believe that its
    writes are safe.
    """
