"""Replace, which does five different things depending on its arguments (reference section d.4)."""

from looop_gui.expressions.coercion import as_text, require_length, shorten
from looop_gui.expressions.errors import EvaluationError
from looop_gui.expressions.functions.regular_expressions import (
    compile_pattern,
    find,
    replace_group,
    replace_matches,
)
from looop_gui.expressions.signatures import function
from looop_gui.expressions.values import Value


@function(
    "Replace(source: String, oldValue?: String, regexPattern?: String, regexGroupName?: String, "
    "replacementValue?: String, replacementAttributeName?: String, template?: String) -> String",
    ('Replace([mail], "@contoso.com", , , "", , )', "john.doe"),
    ('Replace([UserID], "<username>", , , , , "<username>@contoso.com")', "jsmith@contoso.com"),
    (
        'Replace([telephoneNumber], , "\\\\+(?<isdCode>\\\\d* )(?<phoneNumber>\\\\d{10})", , '
        '"${phoneNumber}", , )',
        "9998887777",
    ),
    (
        'Replace([AddressLineData], , "(?<streetNumber>^\\\\d*)", "streetNumber", "888", , )',
        "888 Tremont Street",
    ),
)
def replace(
    source: Value,
    old_value: Value = None,
    pattern: Value = None,
    group_name: Value = None,
    replacement: Value = None,
    replacement_attribute: Value = None,
    template: Value = None,
) -> Value:
    """Replaces parts of a text, with attention to letter case.

    With oldValue and replacementValue, every occurrence of oldValue is replaced. With oldValue and
    template, every oldValue in the template is replaced by the source. With regexPattern and
    replacementValue, every match is replaced; ${name} refers to a group. With regexGroupName too,
    only that group's text is replaced. With regexGroupName and replacementAttributeName, a source
    that is empty is replaced by what the group finds in the other attribute.

    Regular expressions are those of .NET, with a time limit; a source without a value gives none.
    """
    text, old, expression = as_text(source), as_text(old_value), as_text(pattern)
    frame = as_text(template)
    if old:
        new = as_text(replacement) or ""
        if text is None:
            return None
        return replace_text(text, old, new) if frame is None else replace_text(frame, old, text)
    if not expression:
        raise EvaluationError("wrong_argument", "Replace needs an oldValue or a regexPattern.")
    group, new_value = as_text(group_name), as_text(replacement)
    other = as_text(replacement_attribute)
    if group and (new_value is None or other is not None):
        return text if text else _extract(expression, group, other)
    if text is None:
        return None
    compiled = compile_pattern(expression)
    if group:
        return replace_group(compiled, text, group, new_value or "")
    return replace_matches(compiled, text, new_value or "")


def replace_text(text: str, old: str, new: str) -> str:
    """Every occurrence replaced. Raises EvaluationError when the result would be too long."""
    require_length(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _extract(expression: str, group: str, text: str | None) -> str | None:
    compiled = compile_pattern(expression)
    if not compiled.has_group(group):
        message = f'The regular expression has no group "{shorten(group)}".'
        raise EvaluationError("wrong_argument", message)
    match = find(compiled, text) if text else None
    return compiled.group(match, group) if match else None


REPLACE_FUNCTIONS = (replace,)
