"""Loads the schemas and resource types that a tenant serves: a preset's, or a file of the user's.

A set file of the resources names schema files beside it; a file of the user's own holds whole
schemas: `{"schemas": [...], "resourceTypes": [...]}` as `/Schemas` and `/ResourceTypes` show them.
"""

import json
from pathlib import Path

from looop_gui import resources
from looop_gui.model.errors import ConfigurationError
from looop_gui.scim.messages import JsonObject
from looop_gui.scim.schema import SchemaSet, schema_set_from_json


def load_schema_set(name: str, file: Path | None = None) -> SchemaSet:
    """The set of that name from the resources, or the one in a file.

    Raises ConfigurationError when the file cannot be read or is not a schema set.
    """
    if file is None:
        return schema_set_from_json(_named_set(name))
    try:
        return schema_set_from_json(_with_resource_types(json.loads(file.read_bytes())))
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError) as error:
        raise ConfigurationError(
            f"{file} is not a schema set: {error}.",
            next_step="Save the answers of /Schemas and /ResourceTypes of a server in one file.",
        ) from None


def _named_set(name: str) -> JsonObject:
    value: JsonObject = resources.read_json("schemas", "sets", f"{name}.json")
    schemas = [resources.read_json("schemas", file) for file in value["schemas"]]
    return {"schemas": schemas, "resourceTypes": value["resourceTypes"]}


def _with_resource_types(value: JsonObject) -> JsonObject:
    """Accept the lists as they are, or as ListResponses of `/Schemas` and `/ResourceTypes`."""
    found = dict(value)
    for key in ("schemas", "resourceTypes"):
        part = found.get(key)
        if isinstance(part, dict) and isinstance(part.get("Resources"), list):
            found[key] = part["Resources"]
    return found
