"""What is odd about a published schema: facts that make provisioning surprising later."""

from collections.abc import Iterator

from looop_gui.scim.messages import ENTERPRISE_USER_SCHEMA, GROUP_SCHEMA, USER_SCHEMA
from looop_gui.scim.schema import Schema, SchemaAttribute
from looop_gui.setup.discovered_attributes import TYPES, USUAL_TYPES

_MUTABILITIES = frozenset({"readwrite", "readonly", "immutable", "writeonly"})
_BOOLEANS = frozenset({"active", "primary"})
_PLAIN_SUB_ATTRIBUTES = 3


def schema_oddities(schema: Schema) -> Iterator[str]:
    """A sentence for each oddity of one schema."""
    urn = schema.id.casefold()
    if not schema.id.startswith("urn:"):
        yield f"The schema {schema.id} has an id that is no URN."
    if not schema.attributes:
        yield f"The schema {schema.name} names no attributes."
    seen: set[str] = set()
    for attribute in schema.attributes:
        if attribute.name.casefold() in seen:
            yield f"{schema.name} names {attribute.name} twice."
        seen.add(attribute.name.casefold())
        yield from _attribute(attribute, schema)
    if urn == USER_SCHEMA.casefold():
        yield from _user(schema)
    elif urn == ENTERPRISE_USER_SCHEMA.casefold():
        yield from _enterprise(schema)
    elif urn == GROUP_SCHEMA.casefold() and "members" not in seen:
        yield "Groups have no members, so memberships cannot be provisioned."


def _attribute(attribute: SchemaAttribute, schema: Schema) -> Iterator[str]:
    name = f"{schema.name}.{attribute.name}"
    if attribute.type.casefold() not in TYPES:
        yield f"{name} has the unknown type {attribute.type}; it is read as a text."
    if attribute.mutability.casefold() not in _MUTABILITIES:
        yield f"{name} has the unknown mutability {attribute.mutability}."
    if attribute.name.casefold() in _BOOLEANS and attribute.type.casefold() != "boolean":
        yield f"{name} is {attribute.type} and not boolean."
    if attribute.type.casefold() == "complex" and not attribute.sub_attributes:
        yield f"{name} is complex and names no sub-attributes."
    if attribute.name.casefold() in USUAL_TYPES and not attribute.multi_valued:
        yield f"{name} is not multi-valued, as RFC 7643 has it."
    names = {sub.name.casefold() for sub in attribute.sub_attributes}
    is_list = attribute.multi_valued and names and attribute.name.casefold() != "members"
    if is_list and not names & {"type", "primary"}:
        yield f"{name} has neither type nor primary, so its elements cannot be told apart."
    custom = not schema.id.casefold().startswith("urn:ietf:params:scim:schemas:")
    if custom and len(names) >= _PLAIN_SUB_ATTRIBUTES:
        yield (
            f"{name} is complex with {len(names)} sub-attributes; Entra cannot feed those in"
            " general."
        )


def _user(schema: Schema) -> Iterator[str]:
    by_name = {attribute.name.casefold(): attribute for attribute in schema.attributes}
    user_name = by_name.get("username")
    if user_name is not None:
        if user_name.case_exact:
            yield "userName is case exact here; Entra expects it not to be."
        if user_name.uniqueness.casefold() == "none":
            yield "userName is not said to be unique."
        if user_name.mutability.casefold() != "readwrite":
            yield f"userName is {user_name.mutability}, so people cannot be renamed."
    active = by_name.get("active")
    if active is not None and active.mutability.casefold() == "readonly":
        yield "active is read only, so nobody can be disabled."
    manager = by_name.get("manager")
    if manager is not None:
        yield "The core User has a manager; RFC 7643 has it in the enterprise extension."


def _enterprise(schema: Schema) -> Iterator[str]:
    by_name = {attribute.name.casefold(): attribute for attribute in schema.attributes}
    manager = by_name.get("manager")
    if manager is not None and manager.type.casefold() != "complex":
        yield (
            f"manager is {manager.type} and not complex; Entra patches it in every cycle when it"
            " is returned as a plain text."
        )
