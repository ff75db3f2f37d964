"""Python's side of XML-RPC values.

int, bool, float, str, bytes, list, dict and None stand for themselves. A ``dateTime.iso8601`` is a
``DateTime``, which keeps the text as it was sent, since XML-RPC does not fix its form.
"""


class DateTime(str):
    """The text of a ``dateTime.iso8601`` element."""
