"""Functions that turn one kind of value into another (reference section d.3)."""

import base64

from looop_gui.expressions.coercion import (
    as_boolean,
    as_integer,
    as_text,
    boolean_text,
    bounded,
)
from looop_gui.expressions.functions.diacritics import normalize
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import EvaluationContext, Value


@function("BitAnd(value1: Number, value2: Number) -> Number", ("BitAnd(&HF, &HF7)", "7"))
def bit_and(first: Value, second: Value) -> Value:
    """Gives the number with the bits that both numbers have.

    Without a value on either side there is no result.
    """
    if as_text(first) is None or as_text(second) is None:
        return None
    return str(as_integer(first, "value1") & as_integer(second, "value2"))


@function("CBool(expression: Any) -> Boolean", ("CBool([attribute1] = [attribute2])", "True"))
def to_boolean(value: Value) -> Value:
    """Is "True" for "True" and for a number that is not zero, "False" for null and empty text."""
    return boolean_text(as_boolean(value))


@function("CStr(value: Any) -> String", ("CStr([accountEnabled])", "True"))
def to_string(value: Value) -> Value:
    """Gives a number, a reference or a truth as text."""
    return as_text(value)


@function(
    "ConvertToBase64(source: String) -> String",
    ('ConvertToBase64("Hello world!")', "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
)
def to_base64(source: Value) -> Value:
    """Encodes a text in base 64, as the bytes of UTF-16 (little-endian)."""
    text = as_text(source)
    if text is None:
        return None
    return bounded(base64.b64encode(text.encode("utf-16-le", "surrogatepass")).decode("ascii"))


@function(
    "ConvertToUTF8Hex(source: String) -> String",
    ('ConvertToUTF8Hex("Hello world!")', "48656C6C6F20776F726C6421"),
)
def to_utf8_hex(source: Value) -> Value:
    """Writes the bytes of UTF-8 of a text as hexadecimal digits in upper case."""
    text = as_text(source)
    return None if text is None else bounded(text.encode("utf-8", "surrogatepass").hex().upper())


@function(
    "NormalizeDiacritics(source: String) -> String",
    ("NormalizeDiacritics([givenName])", "Zoe"),
)
def normalize_diacritics(source: Value) -> Value:
    """Replaces letters with diacritical marks by plain ones, by Microsoft's table.

    The umlaut ä becomes a (not ae), ø becomes oe, ß becomes ss; letters that the table does not
    have stay as they are.
    """
    text = as_text(source)
    return None if text is None else bounded(normalize(text))


@function(
    "DefaultDomain() -> String",
    ('Join("@", [mailNickname], DefaultDomain())', "ann@contoso.com"),
    needs_context=True,
)
def default_domain(context: EvaluationContext) -> Value:
    """Gives the default domain of the tenant."""
    return context.default_domain or None


CONVERSION_FUNCTIONS = (
    bit_and,
    to_boolean,
    to_string,
    to_base64,
    to_utf8_hex,
    normalize_diacritics,
    default_domain,
)
