"""Records as text: one field a line, or values separated by commas."""

from xapi.xe.desk import Desk

Line = tuple[str, str, str]
"""Name, mark and value of a field; the mark of a deprecated one says so."""


def record_text(lines: list[Line]) -> str:
    """The fields of a record, their names in a column."""
    heads = [head(name, mark) for name, mark, _ in lines]
    width = max(map(len, heads), default=0) + 4
    texts = [
        f"{name.rjust(width) if place else name.ljust(width)}: {value}"
        for place, (name, (_, _, value)) in enumerate(zip(heads, lines, strict=True))
    ]
    return "\n".join(texts) + "\n\n"


def head(name: str, mark: str) -> str:
    kind, _, deprecated = mark.partition(" [")
    return f"{name} ({kind})" + (f" [{deprecated}" if deprecated else "")


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(",", "\\,")


async def records(desk: Desk, found: list[list[Line]]) -> None:
    """Print records: with ``--minimal`` the first field of each, in one line."""
    if "minimal" in desk.said.flags:
        await desk.print(",".join(escaped(lines[0][2]) for lines in found if lines))
        return
    for lines in found:
        await desk.print(record_text(lines))


async def values(desk: Desk, found: list[str]) -> None:
    """Print values, one a line or separated by commas."""
    if "minimal" in desk.said.flags:
        await desk.print(",".join(map(escaped, found)))
        return
    for each in found:
        await desk.print(each)
