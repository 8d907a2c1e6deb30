"""What an import does not know is named, at every level, and nothing that Graph documents is."""

import json
from typing import Any

from looop_gui.model.connection import Application
from looop_gui.setup.default_mappings import default_schema
from looop_gui.setup.schema_unknown import unknown_fields
from looop_gui.setup.synchronization_schema import import_text, to_graph_text


def document() -> dict[str, Any]:
    return json.loads(to_graph_text(default_schema(Application.LOOOP)))


def test_an_export_of_our_own_has_nothing_unknown() -> None:
    assert list(unknown_fields(document())) == []


def test_every_level_is_looked_at() -> None:
    given = document()
    rule = given["synchronizationRules"][0]
    rule |= {"name": "Users", "odd": 1}
    users = rule["objectMappings"][0]
    users["attributeMappings"][0]["source"]["odd"] = 1
    operand = {"values": ["IT"], "odd": 1}
    clause = {"sourceOperandName": "department", "operatorName": "EQUALS", "targetOperand": operand}
    users["scope"] = {"groups": [{"name": "IT", "clauses": [clause], "odd": 1}], "odder": 1}
    directory = given["directories"][0]
    directory["odd"] = 1
    directory["objects"][0]["attributes"][0]["odd"] = 1
    kept = "which is not known here; it is kept."
    assert set(unknown_fields(given)) == {
        f'The synchronization rule "Users" has odd, {kept}',
        f"The source of userName has odd, {kept}",
        f'The scope of "{users["name"]}" has odder, {kept}',
        f'The filter "IT" has odd, {kept}',
        f'The clause of department in "IT" has odd, {kept}',
        f'The directory "{directory["name"]}" has odd, {kept}',
        f'odd, at 1 of the attributes of User in "{directory["name"]}", is not known here;'
        " it is kept.",
    }


def test_a_rule_without_users_is_named_and_kept() -> None:
    given = document()
    given["synchronizationRules"].append({"id": "w", "name": "Writeback", "objectMappings": []})
    imported = import_text(json.dumps(given))
    named = 'The synchronization rule "Writeback" has no mapping of users; it is kept,'
    assert any(note.startswith(named) for note in imported.notes)
    assert json.loads(to_graph_text(imported.schema)) == given
