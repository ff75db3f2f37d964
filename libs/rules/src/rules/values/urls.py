"""The parts of URLs that clients give."""

from urllib.parse import SplitResult, urlsplit


def split(url: str) -> SplitResult | None:
    """The parts of a URL; None if its host or port is invalid."""
    try:
        parts = urlsplit(url)
        # A port is parsed, and found invalid, only when it is asked for.
        return parts if parts.port is None or parts.port in range(1, 65536) else None
    except ValueError:
        return None
