"""Values of the model as JSON, with the names that the events of `sync --json` have."""

from typing import Any

import msgspec


def told(value: object) -> Any:
    """A value of the model with its field names in camelCase, as connection files have them.

    >>> told({"last_cycle": [{"linked_users": 1}]})
    {'lastCycle': [{'linkedUsers': 1}]}
    """
    return _renamed(msgspec.to_builtins(value))


def _renamed(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_camel(name): _renamed(item) for name, item in value.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
