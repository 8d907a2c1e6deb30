"""The list of functions in the help follows the signatures; run this file to write it anew."""

from pathlib import Path

from looop_gui.expressions.functions.table import FAMILIES
from looop_gui.expressions.signatures import Function

HELP = Path(__file__).parents[3] / "resources" / "help" / "expressions.md"
HEADING = "## All functions\n"
INTRODUCTION = """
A parameter in brackets may be left out; ", ..." says that the last ones repeat. The functions under
*Extended* are documented for cloud sync only and must be admitted under Settings; until then
*Insert function* and completion leave them out.
"""


def reference() -> str:
    """The section of the help with every function, by family."""
    families = (
        f"\n### {family}\n\n" + "".join(entry(each) for each in functions)
        for family, functions in FAMILIES.items()
    )
    return HEADING + INTRODUCTION + "".join(families)


def entry(function: Function) -> str:
    signature = function.signature
    example = signature.examples[0]
    return (
        f"- `{signature.label}` gives {signature.result}. {signature.summary}"
        f" Example: `{example.expression}` gives {example.result or 'an empty text'}\n"
    )


def without_reference(text: str) -> str:
    return text.partition(HEADING)[0]


def test_the_help_lists_every_function_as_it_is() -> None:
    text = HELP.read_text("utf-8")
    assert text == without_reference(text) + reference()


if __name__ == "__main__":
    HELP.write_text(without_reference(HELP.read_text("utf-8")) + reference(), "utf-8")
