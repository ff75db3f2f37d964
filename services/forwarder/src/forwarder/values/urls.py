"""The parts of URLs that clients say."""

from urllib.parse import SplitResult, urlsplit


def split(url: str) -> SplitResult | None:
    """The parts of a URL; None for what is none, by its host or its port."""
    try:
        parts = urlsplit(url)
        # The port is read only when it is asked for.
        return parts if parts.port is None or parts.port in range(1, 65536) else None
    except ValueError:
        return None
