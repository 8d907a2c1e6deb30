"""Fills a tenant with plausible people and groups, the same ones for the same seed."""

from random import Random

from looop_gui.mockserver.service import ScimService
from looop_gui.scim.messages import ENTERPRISE_USER_SCHEMA, GROUP_SCHEMA, USER_SCHEMA, JsonObject

_GIVEN = (
    "Aiko", "Amélie", "Anders", "Ann", "Bogdan", "Carla", "Chidi", "Dana", "Elif", "Farid",
    "Grace", "Hana", "Ivan", "Jorge", "Katya", "Lars", "Mei", "Nadia", "Óscar", "Priya",
    "Quinn", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wen", "Ximena", "Yusuf", "Zoë",
)  # fmt: skip
_FAMILY = (
    "Almeida", "Bauer", "Chen", "Diallo", "Eriksen", "Fischer", "García", "Haddad", "Ito",
    "Jansen", "Kowalski", "Lee", "Martin", "Nguyen", "Okafor", "Petrov", "Quispe", "Rossi",
    "Silva", "Tanaka", "Unger", "Varga", "Weber", "Xu", "Yılmaz", "Zimmermann",
)  # fmt: skip
_DEPARTMENTS = ("Sales", "Engineering", "Finance", "Legal", "Marketing", "Operations", "Support")
_PEOPLE_PER_GROUP = 50


def prefill(service: ScimService, users: int, seed: int) -> None:
    """Create so many users, and a group for each department with its people."""
    random = Random(f"{seed}:people")  # noqa: S311  (people, not secrets)
    user_kind = service.schema_set.resource_type("User")
    group_kind = service.schema_set.resource_type("Group")
    if user_kind is None:
        return
    enterprise = any(e.schema == ENTERPRISE_USER_SCHEMA for e in user_kind.schema_extensions)
    members: dict[str, list[JsonObject]] = {}
    for number in range(1, users + 1):
        department = random.choice(_DEPARTMENTS)
        body = _user(random, number, department if enterprise else None)
        record = service.resources.create(user_kind, body)
        members.setdefault(department, []).append({"value": record.id})
    if group_kind is not None:
        for department in sorted(members):
            body = {
                "schemas": [GROUP_SCHEMA],
                "displayName": department,
                "members": members[department][:_PEOPLE_PER_GROUP],
            }
            service.resources.create(group_kind, body)
    service.storage.commit()


def _user(random: Random, number: int, department: str | None) -> JsonObject:
    given, family = random.choice(_GIVEN), random.choice(_FAMILY)
    user_name = f"user{number:06d}@looop.example"
    body: JsonObject = {
        "schemas": [USER_SCHEMA],
        "userName": user_name,
        "externalId": f"prefilled-{number:06d}",
        "name": {"givenName": given, "familyName": family, "formatted": f"{given} {family}"},
        "displayName": f"{given} {family}",
        "active": True,
        "emails": [{"type": "work", "value": user_name, "primary": True}],
    }
    if department is not None:
        body["schemas"].append(ENTERPRISE_USER_SCHEMA)
        body[ENTERPRISE_USER_SCHEMA] = {
            "department": department,
            "employeeNumber": f"{number:06d}",
        }
    return body
