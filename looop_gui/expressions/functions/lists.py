"""Functions on multi-valued attributes (reference section d.3)."""

from looop_gui.expressions.coercion import as_integer, as_text, as_values, text_or_empty
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import Value


@function("Count(attribute: List) -> Number", ("Count([proxyAddresses])", "2"))
def count(source: Value) -> Value:
    """Gives the number of values of a multi-valued attribute; without a value it is 0."""
    return str(len(as_values(source)))


@function(
    "Item(attribute: List, index: Number) -> String",
    ("Item([proxyAddresses], 1)", "smtp:ann@contoso.com"),
)
def item(source: Value, index: Value) -> Value:
    """Gives one value of a multi-valued attribute; the first has the number 1.

    A number outside the list is an error.
    """
    values, number = as_values(source), as_integer(index, "index")
    if not 1 <= number <= len(values):
        raise EvaluationError(
            "out_of_bounds", f"There is no value number {number}; there are {len(values)}."
        )
    return values[number - 1]


@function(
    "RemoveDuplicates(attribute: List) -> List",
    ("RemoveDuplicates([proxyAddresses])", "smtp:ann@contoso.com"),
)
def remove_duplicates(source: Value) -> Value:
    """Keeps the first of equal values of a multi-valued attribute, in their order."""
    if source is None:
        return None
    return tuple(dict.fromkeys(as_values(source)))


@function(
    "Split(source: String, delimiter: String) -> List",
    ('Split([extensionAttribute5], ",")', "PermissionSetOne and PermissionSetTwo"),
)
def split(source: Value, delimiter: Value) -> Value:
    """Splits a text at a delimiter into a list; blanks around the items are removed."""
    text = as_text(source)
    if text is None:
        return None
    if not text:
        return ()
    between = text_or_empty(delimiter)
    pieces = text.split(between) if between else [text]
    return tuple(piece.strip() for piece in pieces)


LIST_FUNCTIONS = (count, item, remove_duplicates, split)
