"""Recognises the directory's object ids in a text."""

import re

_OBJECT_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def find_object_ids(text: str) -> list[str]:
    """Whatever looks like an object id in `text`."""
    return _OBJECT_ID.findall(text)
