"""Settings that Entra does not have, over the wire: append only, clear on null."""

from pathlib import Path

from looop_gui.model.job import CycleEnd
from looop_gui.model.scope import ProvisioningScope
from tests.unit.services.test_cycles import open_desk


async def test_append_only_leaves_whoever_leaves(data_folder: Path) -> None:
    async with open_desk(data_folder) as desk:
        for name in ("ann", "bob", "cyd"):
            desk.company.person(name)
        desk.company.group("sales", "ann")
        desk.configure(append_only=True)
        await desk.cycle()
        desk.company.remove("ann")
        desk.company.person("bob", accountEnabled="False")
        desk.company.person("cyd", surname="Other")
        desk.company.remove("sales")
        desk.company.person("dan")

        cycle = await desk.cycle()

        users = await desk.users()
        assert cycle.ended_by is CycleEnd.COMPLETED
        assert {name: user["active"] for name, user in users.items()} == dict.fromkeys(
            ("ann", "bob", "cyd", "dan"), True
        )
        assert users["cyd"]["name"]["familyName"] == "Other"
        assert set(await desk.groups()) == {"Sales"}
        assert (await desk.cycle()).users.updated == 0

        desk.configure(append_only=False)
        await desk.cycle()
        users = await desk.users()
        assert {name: user["active"] for name, user in users.items()} == {
            "bob": False,
            "cyd": True,
            "dan": True,
        }


async def test_who_left_scope_under_append_only_is_disabled_when_it_is_turned_off(
    data_folder: Path,
) -> None:
    async with open_desk(data_folder) as desk:
        desk.configure(scope=ProvisioningScope.ASSIGNED, append_only=True)
        for name in ("ann", "bob"):
            desk.company.person(name)
        desk.company.assign("ann", "bob")
        await desk.cycle()
        desk.company.unassign("ann")

        assert (await desk.cycle()).users.skipped == 1
        desk.company.version += 1
        # Told once, not in every cycle.
        assert (await desk.cycle()).users.skipped == 0

        desk.configure(append_only=False)
        assert (await desk.cycle()).users.disabled == 1
        assert {name: user["active"] for name, user in (await desk.users()).items()} == {
            "ann": False,
            "bob": True,
        }


async def test_clear_on_null_ends_in_a_cycle_without_writes(data_folder: Path) -> None:
    async with open_desk(data_folder) as desk:
        desk.company.person("ann", surname="Lee")
        await desk.cycle()
        desk.configure(clear_on_null=True)
        desk.company.person("ann", surname=None)

        assert (await desk.cycle()).users.updated == 1
        assert (await desk.users())["ann"]["name"] == {"givenName": "Ann"}
        desk.company.version += 1
        assert (await desk.cycle()).users.updated == 0
