"""Target attributes as people read them: without the URN of their schema, which is said apart."""

_EXTENSION = "urn:ietf:params:scim:schemas:extension:"


def schema_title(target_attribute: str, core_title: str) -> str:
    """The schema that a target attribute belongs to, as a heading."""
    if not target_attribute.startswith("urn:"):
        return core_title
    urn = target_attribute.rpartition(":")[0]
    if urn.startswith(_EXTENSION):
        name = urn.removeprefix(_EXTENSION).split(":", 1)[0]
        return f"{name[:1].upper()}{name[1:]} extension"
    return urn


def short_name(target_attribute: str) -> str:
    """A target attribute without the URN of its schema."""
    is_urn = target_attribute.startswith("urn:")
    return target_attribute.rpartition(":")[2] if is_urn else target_attribute


def readable(target_attribute: str) -> str:
    """The short name with the name of its extension: `department · Enterprise extension`."""
    title = schema_title(target_attribute, "")
    name = short_name(target_attribute)
    return f"{name} · {title}" if title else name
