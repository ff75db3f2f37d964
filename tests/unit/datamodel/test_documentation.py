"""What is written of a class, field, message, parameter and the like says more than its name."""

import re
from collections.abc import Iterator

import pytest
from datamodel import api


def words(text: str) -> list[str]:
    """The words of a text or name, in lower case: ``set_memory`` and ``NtpMode`` have two each."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return re.findall(r"[a-z0-9]+", parted.lower())


FILLER = frozenset(
    words(
        "a all among an and any are as at be by do does every for from get has have here how in "
        "is it its key kinds known list make meant new no of on one or raise say says set so take "
        "tell than that the their this to unless value values whether which who with yes"
    )
)
"""Words that any text may consist of, whatever it is about."""


def texts() -> Iterator[tuple[str, str, str]]:
    """Where a text stands, the names that it must say more than, and the text."""
    yield from _texts_of_classes()
    for name, enum in api.enums.items():
        yield name, name, enum.__doc__ or ""
        for member in enum:
            yield f"{name}.{member}", f"{name} {member}", member.doc
    for code, error in api.errors.items():
        yield code, code, error.doc
    for role in api.roles:
        yield role.name, role.name, role.doc


def _texts_of_classes() -> Iterator[tuple[str, str, str]]:
    for cls in api.classes.values():
        yield cls.name, cls.name, cls.doc
        for field in cls.fields.values():
            yield f"{cls.name}.{field.name}", f"{cls.name} {field.name}", field.doc
        for message in cls.messages.values():
            if message.implicit is None:
                yield message.wire, f"{cls.name} {message.name}", message.doc
                for param in message.params:
                    yield f"{message.wire}({param.name})", f"{cls.name} {param.name}", param.doc


def says_nothing(names: str, text: str) -> bool:
    """Whether all words of a text are filler or forms of the names' own words."""
    own = words(names)
    return all(
        word in FILLER or any(word.removesuffix("s") == name.removesuffix("s") for name in own)
        for word in words(text)
    )


def test_documentation_says_more_than_the_name() -> None:
    empty = [f"{where}: {text}" for where, names, text in texts() if says_nothing(names, text)]
    assert not empty, "say what it is or does:\n" + "\n".join(empty)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("VM maximise_memory", "Have the VM do this: maximise memory."),
        ("Cluster pool_auto_join", "Whether it says yes to: pool auto join."),
        ("VM nvcpu", "The nvcpu"),
        ("VM vm", "The VM that is meant"),
    ],
)
def test_a_text_made_of_names_says_nothing(names: str, text: str) -> None:
    assert says_nothing(names, text)
