"""Which attributes are secrets by their name: their values are neither shown nor kept."""

import re
from functools import lru_cache

from looop_gui.engine.log_free_text import SENSITIVE_NAMES

_SECRET_NAME = re.compile(SENSITIVE_NAMES, re.IGNORECASE)


@lru_cache(maxsize=2048)
def is_secret(name: str) -> bool:
    """True for an attribute, or a path to one, whose name says that it is a secret."""
    return _SECRET_NAME.search(name) is not None
