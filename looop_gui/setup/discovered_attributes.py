"""Turns a schema's attributes into target attribute paths with their metadata (section c.4)."""

from collections.abc import Iterator

from looop_gui.model.mapping import AttributeDefinition, AttributeType, Mutability
from looop_gui.scim.schema import Schema, SchemaAttribute

USUAL_TYPES = {
    "emails": ("work", "home", "other"),
    "phonenumbers": ("work", "mobile", "fax", "home", "pager", "other"),
    "addresses": ("work", "home", "other"),
    "ims": ("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
    "photos": ("photo", "thumbnail"),
}
"""The canonical values of `type` (RFC 7643 section 4.1.2), for targets that do not list them."""

TYPES = {
    "string": AttributeType.STRING,
    "boolean": AttributeType.BOOLEAN,
    "integer": AttributeType.INTEGER,
    "decimal": AttributeType.STRING,
    "datetime": AttributeType.DATE_TIME,
    "reference": AttributeType.STRING,
    "binary": AttributeType.BINARY,
    "complex": AttributeType.STRING,
}
"""SCIM's types (RFC 7643 section 2.3) in Entra's words; a URI reference is a text there."""

_MUTABILITY = {
    "readonly": Mutability.READ_ONLY,
    "immutable": Mutability.IMMUTABLE,
    "writeonly": Mutability.WRITE_ONLY,
}
_NOT_PROVISIONED = frozenset(
    {"schemas", "meta", "password", "x509certificates", "groups"} | {"entitlements"}
)
_CONTAINED = {
    "type": frozenset({"type", "primary", "display", "$ref"}),
    "primary": frozenset({"primary", "$ref"}),
}
"""What an element chosen by type or by primary has besides what one maps."""

_OBJECTS = {
    "user": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    "group": "urn:ietf:params:scim:schemas:core:2.0:Group",
}


def comparable(path: str) -> str:
    """A path for comparing: names and URNs do not care for letter case (RFC 7643 section 2.1)."""
    return path.casefold()


def attribute_paths(schema: Schema, *, is_extension: bool) -> Iterator[AttributeDefinition]:
    """Every attribute that can be mapped, as a path; an extension's begin with its URN."""
    prefix = f"{schema.id}:" if is_extension else ""
    for attribute in schema.attributes:
        if not is_extension and attribute.name.casefold() in _NOT_PROVISIONED:
            continue
        yield from _paths(attribute, prefix)


def _paths(attribute: SchemaAttribute, prefix: str) -> Iterator[AttributeDefinition]:
    name = prefix + attribute.name
    if _is_reference(attribute):
        yield _definition(attribute, name, reference=True)
    elif not attribute.sub_attributes:
        yield _definition(attribute, name)
    elif not attribute.multi_valued:
        for sub in attribute.sub_attributes:
            yield _definition(sub, f"{name}.{sub.name}")
    else:
        for kind in _kinds(attribute):
            for sub in attribute.sub_attributes:
                if sub.name.casefold() not in _CONTAINED[kind[0]]:
                    path = f'{name}[{kind[0]} eq "{kind[1]}"].{sub.name}'
                    yield _definition(sub, path)


def _is_reference(attribute: SchemaAttribute) -> bool:
    """An attribute that holds ids of people or groups: manager, members."""
    value = attribute.by_name.get("value")
    if attribute.name.casefold() in ("manager", "members"):
        return True
    reference = attribute.by_name.get("$ref")
    targets = {t.casefold() for t in reference.reference_types} if reference else set()
    return value is not None and bool(targets & _OBJECTS.keys())


def _kinds(attribute: SchemaAttribute) -> list[tuple[str, str]]:
    """The elements one can map: by `type`, or the primary one where there is no type."""
    kind = attribute.by_name.get("type")
    if kind is None:
        return [("primary", "True")]
    values = kind.canonical_values or USUAL_TYPES.get(attribute.name.casefold(), ())
    return [("type", value) for value in values] or [("primary", "True")]


def _definition(
    attribute: SchemaAttribute, name: str, *, reference: bool = False
) -> AttributeDefinition:
    return AttributeDefinition(
        name=name,
        type=AttributeType.REFERENCE
        if reference
        else TYPES.get(attribute.type.casefold(), AttributeType.STRING),
        required=attribute.required and "[" not in name and "." not in name.rpartition(":")[2],
        multivalued=attribute.multi_valued,
        case_exact=attribute.case_exact,
        mutability=_MUTABILITY.get(attribute.mutability.casefold(), Mutability.READ_WRITE),
        referenced_objects=_referenced(attribute) if reference else (),
        canonical_values=attribute.canonical_values,
    )


def _referenced(attribute: SchemaAttribute) -> tuple[str, ...]:
    reference = attribute.by_name.get("$ref")
    named = {t.casefold() for t in reference.reference_types} if reference else set()
    if attribute.name.casefold() == "manager":
        named = {"user"}
    return tuple(urn for word, urn in _OBJECTS.items() if word in named or not named)
