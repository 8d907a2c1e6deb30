"""Functions of the cloud-sync page, admitted by a switch (reference section d.3, below the table).

Their availability for SaaS applications is not stated by Microsoft.
"""

import base64
import binascii
import re

from looop_gui.expressions.coercion import as_integer, as_text, as_values, text_or_empty
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import Value

_ENCODINGS = {"": "utf-16-le", "unicode": "utf-16-le", "ascii": "ascii", "utf8": "utf-8"}
_COMPONENT = re.compile(r"((?:[^,\\]|\\.)*)(?:,|$)", re.DOTALL)


@function(
    "ConvertFromBase64(source: String, encoding?: String) -> String",
    ('ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)', "Hello world!"),
    extended=True,
)
def from_base64(source: Value, encoding: Value = None) -> Value:
    """Decodes a text in base 64; the bytes are Unicode (UTF-16) unless ASCII or UTF8 is given."""
    text = as_text(source)
    if text is None:
        return None
    name = _ENCODINGS.get(text_or_empty(encoding).casefold())
    if name is None:
        raise EvaluationError("wrong_argument", "The encoding is Unicode, ASCII or UTF8.")
    return _decode(text).decode(name, "replace")


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EvaluationError("wrong_argument", "The text is not in base 64.") from error


@function("Trim(value: Any) -> Any", ('Trim(" Test ")', "Test"), extended=True)
def trim(value: Value) -> Value:
    """Removes white space from both ends of a text, or of each value of a list."""
    if isinstance(value, str):
        return value.strip()
    return tuple(each.strip() for each in as_values(value)) or None


@function(
    "Error(message: String) -> Any",
    (
        'IIF(IsPresent([accountName]), [accountName], Error("AccountName is required"))',
        "an error for people without accountName",
    ),
    extended=True,
)
def error(message: Value) -> Value:
    """Fails the object with a message of your own."""
    raise EvaluationError("error", text_or_empty(message) or "The expression calls Error.")


@function(
    "Contains(attribute: List, search: String) -> Number",
    ('Contains([proxyAddresses], "SMTP:")', "1"),
    extended=True,
)
def contains(attribute: Value, search: Value) -> Value:
    """Gives the number of the first value that contains a text, counted from 1, or 0.

    Letter case counts.
    """
    part = text_or_empty(search)
    for number, value in enumerate(as_values(attribute), start=1):
        if part in value:
            return str(number)
    return "0"


@function(
    "StringFromSid(source: String) -> String",
    ('StringFromSid("AQUAAAAAAAUVAAAA")', "S-1-5-21-..."),
    extended=True,
)
def string_from_sid(source: Value) -> Value:
    """Writes a security identifier, given as bytes in base 64, as S-1-5-..."""
    text = as_text(source)
    if text is None:
        return None
    data = _decode(text)
    # MS-DTYP 2.4.2.2: revision, count, six bytes of authority, then 32-bit numbers.
    if len(data) < 8 or data[0] != 1 or len(data) != 8 + 4 * data[1]:
        raise EvaluationError("wrong_argument", "The bytes are not a security identifier.")
    parts = [int.from_bytes(data[at : at + 4], "little") for at in range(8, len(data), 4)]
    authority = int.from_bytes(data[2:8], "big")
    return "-".join(map(str, ("S", data[0], authority, *parts)))


@function(
    "DNComponent(dn: String, componentNumber: Number) -> String",
    ("DNComponent(CRef([dn]), 1)", "Joe"),
    extended=True,
)
def dn_component(dn: Value, number: Value) -> Value:
    """Gives the value of one component of a distinguished name, counted from the left from 1."""
    text = as_text(dn)
    if text is None:
        return None
    parts = [part.strip() for part in _COMPONENT.findall(text) if part.strip()]
    wanted = as_integer(number, "ComponentNumber")
    if not 1 <= wanted <= len(parts):
        raise EvaluationError("out_of_bounds", f"The name has no component number {wanted}.")
    value = parts[wanted - 1].partition("=")[2]
    return re.sub(r"\\(.)", r"\1", value)


@function("CRef(value: String) -> String", ("DNComponent(CRef([dn]), 1)", "Joe"), extended=True)
def to_reference(value: Value) -> Value:
    """Gives a text as a reference to an object; here both are the same."""
    return as_text(value)


EXTENDED_FUNCTIONS = (
    from_base64,
    trim,
    error,
    contains,
    string_from_sid,
    dn_component,
    to_reference,
)
