"""Under which names an object is exported: its userName and its matching values, as digests.

A link keeps them, so that a cycle that would rename many people is noticed before its first write.
The names themselves are not kept: what is asked is only whether they are others.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b

from looop_gui.engine.processing import DesiredValue, shown

_SIZE = 4


def identity(desired: Sequence[DesiredValue]) -> str:
    """The digests of an object's names, a line each: attribute, colon, digest."""
    return "\n".join(
        [
            f"{item.rule.path.text}:{_digest(comparable_name(item))}"
            for item in desired
            if item.rule.is_name and item.value is not None
        ]
    )


def is_renamed(before: str, now: str) -> bool:
    """True when an attribute that is in both identities has another value."""
    known = dict(_parts(before))
    return any(known.get(name, digest) != digest for name, digest in _parts(now))


def comparable_name(item: DesiredValue) -> str:
    """A name as it is compared: without letter case unless its attribute is exact."""
    text = shown(item.value) or ""
    return text if item.rule.definition.case_exact else text.casefold()


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_SIZE).hexdigest()


def _parts(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        name, _, digest = line.rpartition(":")
        yield name, digest
