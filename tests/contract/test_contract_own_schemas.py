"""A schema set of the user's own: every attribute type and characteristic (RFC 7643 section 2)."""

import json
from typing import Any

import pytest

DEVICE = "urn:example:params:scim:schemas:core:2.0:Device"
LEASE = "urn:example:lease"


def attribute(name: str, kind: str = "string", **more: Any) -> dict:
    return {"name": name, "type": kind, "multiValued": False, "description": name} | more


SET = {
    "schemas": [
        {
            "id": DEVICE,
            "name": "Device",
            "attributes": [
                attribute("serial", required=True, mutability="immutable", uniqueness="server"),
                attribute("label", returned="always"),
                attribute("cores", "integer"),
                attribute("weight", "decimal"),
                attribute("bought", "dateTime"),
                attribute("photo", "binary"),
                attribute("owner", "reference", referenceTypes=["User"]),
                attribute("lent", "boolean"),
                attribute("tags", multiValued=True),
                attribute("firmware", mutability="readOnly"),
                attribute("pin", mutability="writeOnly", returned="never"),
                attribute("notes", returned="request"),
                attribute(
                    "ports",
                    "complex",
                    multiValued=True,
                    subAttributes=[
                        attribute("value", "integer", required=True),
                        attribute("type", canonicalValues=["usb", "hdmi"]),
                        attribute("primary", "boolean"),
                    ],
                ),
            ],
        },
        {"id": LEASE, "name": "Lease", "attributes": [attribute("until", "dateTime")]},
    ],
    "resourceTypes": [
        {
            "name": "Device",
            "endpoint": "/Devices",
            "schema": DEVICE,
            "schemaExtensions": [{"schema": LEASE, "required": False}],
        }
    ],
}
FULL = {
    "label": "L",
    "cores": 8,
    "weight": 1.25,
    "bought": "2026-01-31T10:00:00+01:00",
    "photo": "aGVsbG8=",
    "owner": "https://example.com/Users/1",
    "lent": True,
    "tags": ["b", "a"],
    "ports": [{"value": 1, "type": "usb", "primary": True}, {"value": 2, "type": "hdmi"}],
    LEASE: {"until": "2027-01-01T00:00:00Z"},
}


@pytest.fixture(scope="module", params=["memory", "database"])
def devices(
    request: pytest.FixtureRequest, start: Any, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    folder = tmp_path_factory.mktemp("own")
    file = folder / "schemas.json"
    file.write_text(json.dumps(SET), "utf-8")
    more = ["--database", str(folder / "tenant.sqlite3")] if request.param == "database" else []
    return start("--schemas", str(file), *more)


def made(devices: Any, **attributes: Any) -> dict:
    body = {"schemas": [DEVICE], "serial": devices.unique("serial")} | attributes
    response = devices.post("/Devices", body)
    assert response.status_code == 201, response.text
    device: dict = response.json()
    return device


def test_6_the_types_are_served(devices: Any) -> None:
    kinds = devices.get("/ResourceTypes").json()["Resources"]
    assert [(kind["name"], kind["endpoint"]) for kind in kinds] == [("Device", "/Devices")]
    schemas = devices.get("/Schemas").json()["Resources"]
    assert [schema["id"] for schema in schemas] == [DEVICE, LEASE]
    assert devices.get("/Users").status_code == 404


def test_2_3_every_type_comes_back(devices: Any) -> None:
    device = made(devices, **FULL)
    assert {name: device[name] for name in FULL} == FULL
    assert device["schemas"] == [DEVICE, LEASE]
    assert device["meta"]["resourceType"] == "Device"
    assert devices.get(f"/Devices/{device['id']}").json() == device


WRONG = {
    "integer, fraction": {"cores": 1.5},
    "integer, boolean": {"cores": True},
    "integer, text": {"cores": "many"},
    "decimal, text": {"weight": "heavy"},
    "dateTime, no date": {"bought": "yesterday"},
    "dateTime, no time": {"bought": "2026-01-31"},
    "dateTime, impossible": {"bought": "2026-02-30T00:00:00Z"},
    "binary": {"photo": "#!"},
    "reference": {"owner": 5},
    "text in a list of texts": {"tags": [1]},
    "required sub-attribute": {"ports": [{"type": "usb"}]},
    "type of a sub-attribute": {"ports": [{"value": "one"}]},
}


@pytest.mark.parametrize("attributes", WRONG.values(), ids=WRONG.keys())
def test_2_3_the_wrong_type_is_400(attributes: dict, devices: Any) -> None:
    body = {"schemas": [DEVICE], "serial": devices.unique("serial")} | attributes
    devices.refused(devices.post("/Devices", body), 400, "invalidValue")
    device = made(devices)
    (name, value), *_ = attributes.items()
    operation = {"op": "replace", "path": name, "value": value}
    devices.refused(devices.patch(f"/Devices/{device['id']}", operation), 400, "invalidValue")


FOUND = {
    "cores eq 8": True,
    "cores gt 7": True,
    "cores ge 8": True,
    "cores lt 8": False,
    "cores eq 8.0": True,
    "weight gt 1": True,
    "weight le 1.25": True,
    'bought eq "2026-01-31T09:00:00Z"': True,
    'bought gt "2026-01-31T09:30:00Z"': False,
    'bought lt "2026-01-31T09:30:00Z"': True,
    "lent eq true": True,
    "lent ne true": False,
    'tags eq "a"': True,
    'tags co "z"': False,
    'tags[value eq "b"]': True,
    'ports[value gt 1 and type eq "hdmi"]': True,
    'ports[value gt 1 and type eq "usb"]': False,
    "ports.value eq 2": True,
    "ports eq 2": True,
    f'{LEASE}:until gt "2026-12-31T23:59:59Z"': True,
    "pin pr": False,
}


@pytest.mark.parametrize(("text", "expected"), FOUND.items(), ids=FOUND.keys())
def test_3_4_2_2_filters_by_type(text: str, expected: bool, devices: Any) -> None:
    device = made(devices, pin="1", **FULL)
    found = devices.found("/Devices", f'({text}) and serial eq "{device["serial"]}"')
    assert [one["id"] for one in found] == ([device["id"]] if expected else [])


@pytest.mark.parametrize("text", ["cores co 1", 'cores gt "x"', 'photo gt "a"', 'bought gt "x"'])
def test_3_4_2_2_what_cannot_be_compared_is_400(text: str, devices: Any) -> None:
    devices.refused(devices.get("/Devices", params={"filter": text}), 400, "invalidFilter")


def test_7_immutable(devices: Any) -> None:
    device = made(devices, **FULL)
    path = f"/Devices/{device['id']}"
    change = {"op": "replace", "path": "serial", "value": "other"}
    devices.refused(devices.patch(path, change), 400, "mutability")
    same = {"op": "replace", "path": "serial", "value": device["serial"]}
    assert devices.patch(path, same).json() == device
    devices.refused(devices.put(path, {"schemas": [DEVICE], "serial": "x"}), 400, "mutability")
    kept = devices.put(path, {"schemas": [DEVICE], "serial": device["serial"]}).json()
    assert set(kept) == {"schemas", "id", "serial", "meta"}


def test_7_read_only_and_write_only(devices: Any) -> None:
    device = made(devices, firmware="9", pin="1234")
    assert not {"firmware", "pin"} & set(device)
    path = f"/Devices/{device['id']}"
    change = {"op": "add", "path": "firmware", "value": "9"}
    devices.refused(devices.patch(path, change), 400, "mutability")
    assert devices.patch(path, {"op": "add", "path": "pin", "value": "1"}).status_code == 200
    assert "pin" not in devices.get(path, params={"attributes": "pin"}).json()


def test_7_returned(devices: Any) -> None:
    device = made(devices, label="L", notes="N", cores=1)
    path = f"/Devices/{device['id']}"
    assert device["notes"] == "N", "what was just written is returned"
    assert "notes" not in devices.get(path).json()
    assert devices.get(path, params={"attributes": "notes"}).json() == {
        "schemas": [DEVICE],
        "id": device["id"],
        "label": "L",
        "notes": "N",
    }
    assert devices.get(path, params={"excludedAttributes": "label,cores"}).json()["label"] == "L"


def test_7_uniqueness_of_another_attribute(devices: Any) -> None:
    device = made(devices)
    body = {"schemas": [DEVICE], "serial": device["serial"].upper()}
    devices.refused(devices.post("/Devices", body), 409, "uniqueness")


def test_3_5_2_lists_of_texts(devices: Any) -> None:
    device = made(devices, tags=["a", "b"])
    path = f"/Devices/{device['id']}"
    added = devices.patch(path, {"op": "add", "path": "tags", "value": ["b", "c"]})
    assert added.json()["tags"] == ["a", "b", "c"]
    removed = devices.patch(path, {"op": "remove", "path": 'tags[value eq "b"]'})
    assert removed.json()["tags"] == ["a", "c"]
    assert "tags" not in devices.patch(path, {"op": "remove", "path": "tags"}).json()


def test_3_4_2_3_sorting_by_type(devices: Any) -> None:
    label = devices.unique("sorted")
    for cores, bought in ((10, "2026-01-01T00:00:00Z"), (9, "2026-01-01T00:30:00+01:00")):
        made(devices, label=label, cores=cores, bought=bought)
    for name in ("cores", "bought"):
        query = {"filter": f'label eq "{label}"', "sortBy": name}
        found = devices.get("/Devices", params=query).json()["Resources"]
        assert [one["cores"] for one in found] == [9, 10]
