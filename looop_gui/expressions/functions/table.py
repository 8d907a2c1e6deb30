"""The table of all functions by name (reference section d.3)."""

from collections.abc import Mapping

from looop_gui.expressions.functions.conversions import CONVERSION_FUNCTIONS
from looop_gui.expressions.functions.dates import DATE_FUNCTIONS
from looop_gui.expressions.functions.extended import EXTENDED_FUNCTIONS
from looop_gui.expressions.functions.lists import LIST_FUNCTIONS
from looop_gui.expressions.functions.logic import LOGIC_FUNCTIONS
from looop_gui.expressions.functions.random_values import RANDOM_FUNCTIONS
from looop_gui.expressions.functions.replacing import REPLACE_FUNCTIONS
from looop_gui.expressions.functions.roles import ROLE_FUNCTIONS
from looop_gui.expressions.functions.text import TEXT_FUNCTIONS
from looop_gui.expressions.signatures import Function
from looop_gui.expressions.values import EvaluationOptions

FAMILIES: Mapping[str, tuple[Function, ...]] = {
    "Text": TEXT_FUNCTIONS,
    "Replacing": REPLACE_FUNCTIONS,
    "Conditions": LOGIC_FUNCTIONS,
    "Dates": DATE_FUNCTIONS,
    "Lists": LIST_FUNCTIONS,
    "Conversions": CONVERSION_FUNCTIONS,
    "Roles": ROLE_FUNCTIONS,
    "Random values": RANDOM_FUNCTIONS,
    "Extended": EXTENDED_FUNCTIONS,
}
"""The functions by family, under the headings of the help."""

FUNCTIONS: Mapping[str, Function] = {
    each.name: each for family in FAMILIES.values() for each in family
}
"""Every function by the name that expressions call it by; names are case-sensitive."""


def find_function(name: str, options: EvaluationOptions) -> Function | None:
    """The function of that name, if there is one and the options admit it."""
    found = FUNCTIONS.get(name)
    if found is None or (found.signature.extended and not options.extended):
        return None
    return found
