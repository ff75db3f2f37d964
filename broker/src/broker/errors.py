"""What can go wrong between two services."""


class BrokerError(Exception):
    """A message could not be sent or answered."""


class CallTimeout(BrokerError):
    """No answer came within the call's deadline. The call may still take effect."""


class Unroutable(BrokerError):
    """There is no such queue, so nobody will ever read the message."""
