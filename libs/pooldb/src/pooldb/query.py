"""The expressions of ``get_all_where`` and ``get_all_records_where``.

``field "name__label" = "web" and not (field "power_state" = "Running")``. ``and`` and ``or`` have
the same precedence and group from the left; ``not`` has a lower one: it applies to all that
follows. Values are compared as text, in the form that upstream's database writes. The size of an
expression is bounded, since it is evaluated for each object while other calls wait.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datamodel import api
from datamodel.errors import XenAPIError
from datamodel.model import Field

REF_COLUMN = "_ref"


@dataclass(frozen=True)
class WithRef:
    """A record as expressions see it, with its reference as one more field."""

    record: Mapping[str, Any]
    ref: str

    def __getitem__(self, name: str) -> Any:
        return self.ref if name == REF_COLUMN else self.record[name]


Predicate = Callable[[WithRef], bool]
Text = Callable[[WithRef], str]

TOKEN = re.compile(
    r'[ \t\n]*(?:"(?P<text>[^"]*)"|(?P<word>true|false|and|or|not|field|[()=])|(?P<end>\Z))'
)

# Clients compare these words, so they are upstream's.
NO_TOKEN = 'Failure("lexing: empty token")'
OUT_OF_PLACE = "Xapi_database.Db_filter_parse.MenhirBasics.Error"


TERMS_MAX, DEPTH_MAX = 1000, 100
"""How many comparisons an expression has at most, and how deep it is nested."""


class BadExpression(Exception):
    """The text is no expression."""


def parse(expression: str, cls: str) -> Predicate:
    """A predicate on records of ``cls``; raises INVALID_VALUE[expression, reason]."""
    try:
        parser = Parser(expression, cls)
        predicate = parser.expression()
        parser.end()
    except BadExpression as error:
        raise XenAPIError("INVALID_VALUE", expression, str(error)) from error
    return predicate


def as_text(value: object) -> str:
    """A native value as upstream's database writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.18g}"
    if isinstance(value, list):
        return "(" + " ".join(_quoted(item) for item in value) + ")"
    if isinstance(value, dict):
        pairs = (f"({_quoted(key)} {_quoted(item)})" for key, item in value.items())
        return "(" + " ".join(pairs) + ")"
    return str(value)


def _quoted(value: object) -> str:
    escaped = as_text(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


class Parser:
    """One expression, read from the left token by token; errors tell the first mistake."""

    def __init__(self, expression: str, cls: str) -> None:
        self._expression = expression
        self._at = 0
        self._next: Token | None = None
        self._terms = self._depth = 0
        self._columns = {field.db_column: field for field in api.classes[cls].fields.values()}

    def _peek(self) -> str:
        if self._next is None:
            self._next = self._read()
        return self._next.kind

    def _read(self) -> Token:
        match = TOKEN.match(self._expression, self._at)
        if match is None:
            raise BadExpression(NO_TOKEN)
        self._at = match.end()
        kind, text = str(match.lastgroup), match[str(match.lastgroup)]
        return Token(text if kind == "word" else kind, text)

    def _take(self, kind: str) -> Token:
        if self._peek() != kind or self._next is None:
            raise BadExpression(OUT_OF_PLACE)
        taken, self._next = self._next, None
        return taken

    def end(self) -> None:
        self._take("end")

    def expression(self) -> Predicate:
        """Raises BadExpression, also for an expression that is too large."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise BadExpression(f"nested more than {DEPTH_MAX} deep")
        first, more = self._operand(), list[tuple[str, Predicate]]()
        while (word := self._peek()) in ("and", "or"):
            self._take(word)
            more.append((word, self._operand()))
        self._depth -= 1
        return _chain(first, more) if more else first

    def _operand(self) -> Predicate:
        self._terms += 1
        if self._terms > TERMS_MAX:
            raise BadExpression(f"more than {TERMS_MAX} terms")
        match self._peek():
            case "not":
                self._take("not")
                inner = self.expression()
                return lambda record: not inner(record)
            case "true" | "false" as word:
                self._take(word)
                return lambda record: word == "true"
            case "(":
                self._take("(")
                inner = self.expression()
                self._take(")")
                return inner
            case _:
                left = self._value()
                self._take("=")
                right = self._value()
                return lambda record: left(record) == right(record)

    def _value(self) -> Text:
        if self._peek() == "text":
            literal = self._take("text").text
            return lambda record: literal
        self._take("field")
        return self._field(self._take("text").text)

    def _field(self, column: str) -> Text:
        if column == REF_COLUMN:
            return lambda record: record.ref
        field = self._columns.get(column)
        return _unknown(column) if field is None else _reader(field)


def _reader(field: Field) -> Text:
    name = field.name
    return lambda record: as_text(record[name])


def _unknown(column: str) -> Text:
    """An unknown field is an error only once its value is needed."""

    def read(record: WithRef) -> str:
        raise XenAPIError("INTERNAL_ERROR", "missing field", column, "")

    return read


def _chain(first: Predicate, more: list[tuple[str, Predicate]]) -> Predicate:
    """Group from the left; what cannot change the result any more is not evaluated."""

    def holds(record: WithRef) -> bool:
        so_far = first(record)
        for word, operand in more:
            if so_far is (word == "and"):
                so_far = operand(record)
        return so_far

    return holds
