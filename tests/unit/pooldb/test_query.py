"""The expressions of ``get_all_where``: how they group, and how large they may be."""

import itertools

import pytest
from datamodel import XenAPIError
from pooldb import query

TRUE, FALSE = "true", "false"


def holds(expression: str) -> bool:
    return query.parse(expression, "VM")(query.WithRef({}, "ref"))


@pytest.mark.parametrize("values", [*itertools.product((TRUE, FALSE), repeat=4)])
@pytest.mark.parametrize("words", [*itertools.product(("and", "or"), repeat=3)])
def test_and_and_or_group_from_the_left(values: tuple[str, ...], words: tuple[str, ...]) -> None:
    said, left = values[0], values[0] == TRUE
    for word, value in zip(words, values[1:], strict=True):
        said += f" {word} {value}"
        left = (left and value == TRUE) if word == "and" else (left or value == TRUE)
    assert holds(said) is left


@pytest.mark.parametrize("word", ["and", "or"])
def test_a_field_is_asked_only_where_its_value_counts(word: str) -> None:
    settled = FALSE if word == "and" else TRUE
    assert holds(f'{settled} {word} field "none" = "x"') is (settled == TRUE)


@pytest.mark.parametrize(
    "large",
    [
        "(" * query.DEPTH_MAX + TRUE + ")" * query.DEPTH_MAX,
        "(" * 100_000,
        "not " * 100_000 + TRUE,
        " and ".join([TRUE] * (query.TERMS_MAX + 1)),
        " or ".join(['field "uuid" = "x"'] * 10_000),
    ],
)
def test_what_is_too_large_is_refused(large: str) -> None:
    with pytest.raises(XenAPIError) as refused:
        query.parse(large, "VM")
    assert refused.value.description[:2] == ["INVALID_VALUE", large]
    assert "more than" in refused.value.params[1]


def test_what_is_not_is_worked_out() -> None:
    deep = query.DEPTH_MAX - 1
    assert holds("(" * deep + TRUE + ")" * deep)
    assert holds(" and ".join([TRUE] * query.TERMS_MAX))
