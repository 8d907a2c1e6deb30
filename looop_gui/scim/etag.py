"""Entity tags of resources and the conditional headers (RFC 7644 section 3.14, RFC 9110 13.1)."""

import re

_ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')


def weak_etag(version: str | int) -> str:
    """The weak entity tag of a version, as `meta.version` and the ETag header hold it."""
    return f'W/"{version}"'


def matches(header: str, etag: str) -> bool:
    """True when a header such as If-Match names an entity tag or is `*`.

    Tags are compared weakly, because those of SCIM resources are weak; a bare tag without its
    quotation marks is taken too, as some clients send `meta.version` that way.
    """
    text = header.strip()
    if text == "*":
        return True
    opaque = _opaque(etag)
    named = _ENTITY_TAG.findall(text) or text.split(",")
    return any(_opaque(tag) == opaque for tag in named)


def _opaque(tag: str) -> str:
    return tag.strip().removeprefix("W/").removeprefix("w/").strip('"')
