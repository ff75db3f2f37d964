"""Faults, with the codes of the "Specification for Fault Code Interoperability"."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603


class Fault(Exception):
    """An XML-RPC fault: an integer and a sentence for the caller."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


class ParseError(Exception):
    """The request is no XML-RPC call; the text says where and why."""


class TooLarge(ParseError):
    """The request goes beyond a limit."""


class UnknownCharset(ParseError):
    """The request is in an unknown character set."""
