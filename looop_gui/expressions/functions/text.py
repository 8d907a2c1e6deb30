"""Functions on text: parts, letter case, searching, words (reference section d.3).

Positions and lengths count characters, where .NET counts UTF-16 units; they differ only for
characters beyond U+FFFF, such as emoji, which .NET can cut in two.
"""

import re

from looop_gui.expressions.coercion import (
    as_integer,
    as_text,
    as_values,
    bounded,
    require_length,
    text_or_empty,
)
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.letter_case import lower, title_case, title_case_after, upper
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import Value

_LONG_SEPARATOR = 100


@function(
    "Append(source: String, suffix: String) -> String",
    ('Append([userPrincipalName], ".test")', "John.Doe@contoso.com.test"),
)
def append(source: Value, suffix: Value) -> Value:
    """Adds a suffix to the end of the source.

    A source without a value gives no value; a suffix without a value changes nothing.
    """
    text = as_text(source)
    return None if text is None else bounded(text + text_or_empty(suffix))


@function(
    "Join(separator: String, source+: Any) -> String",
    ('Join(" ", [givenName], [surname])', "Ann Lee"),
    ('Join(";", [proxyAddresses])', "smtp:ann@contoso.com;smtp:lee@contoso.com"),
)
def join(separator: Value, *sources: Value) -> Value:
    """Joins texts with a separator between them.

    Sources that are null or empty are left out together with their separator. Every value of a
    multi-valued source is joined.
    """
    parts: list[str] = []
    for source in sources:
        if isinstance(source, str):
            if source:
                parts.append(source)
        else:
            parts.extend(value for value in as_values(source) if value)
    between = text_or_empty(separator)
    if len(between) > _LONG_SEPARATOR:
        # Known before it is built: a long separator between many parts would fill the memory.
        require_length(len(between) * (len(parts) - 1))
    return bounded(between.join(parts))


@function("Left(source: String, numChars: Number) -> String", ('Left("John Doe", 3)', "Joh"))
def left(source: Value, number: Value) -> Value:
    """Gives the first characters of the source.

    A negative number gives the whole source, a source without a value gives an empty text.
    """
    text = text_or_empty(source)
    count = as_integer(number, "NumChars")
    return text if count < 0 else text[:count]


@function(
    "Mid(source: String, start: Number, length?: Number) -> String",
    ("Mid([userPrincipalName], 1, 8)", "johns@co"),
)
def mid(source: Value, start: Value, length: Value = None) -> Value:
    """Gives a part of the source; the first character has the number 1.

    A length beyond the end stops at the end; a start beyond the end gives an empty text. A sample
    of the cloud-sync page leaves the length out and means all the rest.
    """
    text = as_text(source)
    if text is None:
        return None
    first = as_integer(start, "start")
    count = len(text) if length is None else as_integer(length, "length")
    if first < 1:
        raise EvaluationError("out_of_bounds", f"start must be 1 or more, not {first}.")
    if count < 0:
        raise EvaluationError("out_of_bounds", f"length must be 0 or more, not {count}.")
    return text[first - 1 : first - 1 + count]


@function("Len(source: String) -> Number", ("Len([employeeId])", "6"))
def length_of(source: Value) -> Value:
    """Gives the number of characters of the source; a source without a value has 0."""
    return str(len(text_or_empty(source)))


@function(
    "ToLower(source: String, culture?: String) -> String",
    ("ToLower([mail])", "ann.lee@contoso.com"),
)
def to_lower(source: Value, culture: Value = None) -> Value:
    """Turns all letters into lower case, by the rules of a culture such as tr-TR if one is given.

    To correct the letter case of values that the target has already, the target attribute must be
    marked as case-exact.
    """
    text = as_text(source)
    return None if text is None else lower(text, as_text(culture))


@function(
    "ToUpper(source: String, culture?: String) -> String",
    ("ToUpper([country])", "CH"),
)
def to_upper(source: Value, culture: Value = None) -> Value:
    """Turns all letters into upper case, by the rules of a culture such as tr-TR if one is given.

    To correct the letter case of values that the target has already, the target attribute must be
    marked as case-exact.
    """
    text = as_text(source)
    return None if text is None else upper(text, as_text(culture))


@function(
    "PCase(source: String, wordSeparators?: String) -> String",
    ('PCase("PABLO GONSALVES (SECOND)")', "Pablo Gonsalves (Second)"),
    ('PCase("PINTO-DE\'SILVA", " \'-")', "Pinto-De'Silva"),
)
def proper_case(source: Value, separators: Value = None) -> Value:
    """Turns the first letter of each word into upper case and all others into lower case.

    Without word separators, words end at blanks, punctuation and symbols, but not at an
    apostrophe; with them, words end exactly at the given characters.
    """
    text = as_text(source)
    if text is None:
        return None
    between = as_text(separators)
    return title_case_after(text, between) if between else title_case(text)


@function("StripSpaces(source: String) -> String", ('StripSpaces(" a b ")', "ab"))
def strip_spaces(source: Value) -> Value:
    """Removes every blank (U+0020) from the source; other white space stays."""
    text = as_text(source)
    return None if text is None else text.replace(" ", "")


@function(
    "InStr(value1: String, value2: String, start?: Number, compareType?: String) -> Number",
    ('InStr("The quick brown fox", "quick")', "5"),
    ('InStr("repEated", "e", 3, vbBinaryCompare)', "7"),
)
def in_string(
    searched: Value, sought: Value, start: Value = None, compare_type: Value = None
) -> Value:
    """Gives the place of the first occurrence of value2 in value1, counted from 1, or 0.

    The search begins at start. It distinguishes letter case (vbBinaryCompare) unless compareType
    is vbTextCompare.
    """
    text, part = text_or_empty(searched), text_or_empty(sought)
    first = 1 if start is None else as_integer(start, "start")
    if first < 1:
        raise EvaluationError("out_of_bounds", f"start must be 1 or more, not {first}.")
    match text_or_empty(compare_type):
        case "" | "vbBinaryCompare":
            pass
        case "vbTextCompare":
            text, part = upper(text, None), upper(part, None)
        case other:
            raise EvaluationError(
                "wrong_argument", f"compareType is vbTextCompare or vbBinaryCompare, not {other}."
            )
    if not text or first > len(text):
        return "0"
    return str(text.find(part, first - 1) + 1)


@function(
    "Word(source: String, wordNumber: Number, delimiters: String) -> String",
    ('Word("The quick brown fox", 3, " ")', "brown"),
    ('Word("This,string!has&many separators", 3, ",!&#")', "has"),
)
def word(source: Value, number: Value, delimiters: Value) -> Value:
    """Gives one word of the source; each of the delimiters' characters ends a word.

    A number below 1, a source without a value or with too few words gives an empty text. Several
    delimiters in a row count as one.
    """
    text, count = text_or_empty(source), as_integer(number, "WordNumber")
    between = text_or_empty(delimiters)
    if count < 1 or not text:
        return ""
    pieces = re.split(f"[{re.escape(between)}]", text) if between else [text]
    words = [piece for piece in pieces if piece]
    return words[count - 1] if count <= len(words) else ""


TEXT_FUNCTIONS = (
    append,
    join,
    left,
    mid,
    length_of,
    to_lower,
    to_upper,
    proper_case,
    strip_spaces,
    in_string,
    word,
)
