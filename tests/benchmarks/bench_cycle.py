"""Measures an initial cycle against a plain script over PyPI scim2-client, in one run.

Both bring the same people into an embedded tenant (a process of its own, empty each time): the
script does for each person what comes naturally (query by userName, then create), the workbench
runs `looop-gui sync`'s own cycle with log, links and journal on the disk. `--like-entra` adds the
cycle with a query for each person, as Entra does it. Then the same directory unchanged, with one
change, and the share of the time that went into requests.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import uvloop
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import SearchRequest

from looop_gui.model.connection import (
    Application,
    Connection,
    ConnectionSettings,
    MatchingStrategy,
    SourceSettings,
    SourceType,
    TenantConnection,
)
from looop_gui.model.directory import DirectoryObject, DirectorySnapshot
from looop_gui.model.job import Cycle
from looop_gui.model.scope import ProvisioningScope
from looop_gui.model.secret import SecretText
from looop_gui.services.cycle_launch import CycleSetting, run_cycle
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.sources.source import open_source

TOKEN = "token-of-the-benchmark"


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=2_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--like-entra", action="store_true")
    parser.add_argument("--without-script", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = SourceSettings(SourceType.DEMO, folder=folder, users=options.users)
        snapshot = open_source(source, Path(folder)).read()
    people = [person for person in snapshot.users.values() if person.active]
    rate = 0.0
    if not options.without_script:
        rate = _measured("scim2-client, query then create", len(people), _script(people))
    names = {"looop-gui, automatic": {}, "looop-gui, with Bulk": {"bulk": True}}
    if options.like_entra:
        entra = {"matching": MatchingStrategy.FILTER, "separate_references": True}
        names["looop-gui, exactly like Entra"] = entra
    for name, settings in names.items():
        _cycles(name, snapshot, settings, options.concurrency, len(people), rate)


def _script(people: list[DirectoryObject]) -> Callable[[str], None]:
    def run(url: str) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx2.Client(base_url=url, headers=headers, timeout=30) as client:
            scim = SyncSCIMClient(client)
            scim.discover()
            model = scim.get_resource_model("User")
            for person in people:
                _find_or_create(scim, model, person)

    return run


def _find_or_create(scim: SyncSCIMClient, model: type, person: DirectoryObject) -> None:
    get = person.attributes.get
    name = get("userPrincipalName")
    query = SearchRequest(filter=f'userName eq "{name}"')
    if scim.query(model, query_parameters=query).total_results:
        return
    mail = get("mail")
    scim.create(
        model(
            user_name=name,
            active=True,
            external_id=person.id,
            name={"given_name": get("givenName"), "family_name": get("surname")},
            emails=[{"type": "work", "value": mail}] if mail else None,
        )
    )


def _measured(name: str, people: int, run: Callable[[str], None]) -> float:
    with _tenant() as url:
        began, cpu = time.perf_counter(), time.process_time()
        run(url)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    rate = people / seconds
    print(f"{name:34} {rate:8,.0f} people/s  {seconds:6.2f} s  ({cpu:.2f} s of its own CPU)")
    return rate


@dataclass
class _Source:
    """A snapshot that can be exchanged."""

    snapshot: DirectorySnapshot

    def read(self, *_: object) -> DirectorySnapshot:
        return self.snapshot


def _cycles(
    name: str,
    snapshot: DirectorySnapshot,
    settings: dict[str, object],
    concurrency: int,
    people: int,
    script_rate: float,
) -> None:
    source = _Source(snapshot)
    with (
        _tenant() as url,
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        connection = Connection(
            "bench",
            "Bench",
            Application.LOOOP,
            TenantConnection(url),
            SourceSettings(SourceType.FILES),
            ConnectionSettings(
                scope=ProvisioningScope.ALL,
                concurrency=concurrency,
                **settings,  # type: ignore[arg-type]
            ),
        )
        worker = runner.run(StoreWorker.open(Path(folder)))
        setting = CycleSetting(
            connection=connection,
            schema=default_schema(Application.LOOOP),
            token=SecretText(TOKEN),
            data_folder=Path(folder),
            worker=worker,
            read_source=source.read,
            source_digest=lambda *_: source.snapshot.digest,
        )
        seconds, cpu, cycle = _timed(runner, setting)
        rate = cycle.users.created / seconds
        times = f", {rate / script_rate:.1f} times the script" if script_rate else ""
        print(
            f"{name:34} {rate:8,.0f} people/s  {seconds:6.2f} s  ({cpu:.2f} s of its own CPU)"
            f"{times}"
        )
        print(
            f"  {cycle.requests} requests for {people} people and {cycle.groups.created} groups: "
            f"{cycle.requests / people:.2f} a person, {cycle.requests / seconds:,.0f}/s"
        )
        _print_next(runner, setting, "  nothing changed")
        source.snapshot = replace(snapshot, digest="rewritten")
        _print_next(runner, setting, "  rewritten, nothing changed")
        source.snapshot = _with_one_change(snapshot)
        _print_next(runner, setting, "  one person changed")
        runner.run(worker.close())


def _print_next(runner: asyncio.Runner, setting: CycleSetting, what: str) -> None:
    seconds, cpu, cycle = _timed(runner, setting)
    print(
        f"{what:34} {seconds:8.3f} s  ({cpu:.3f} s of CPU), {cycle.requests} requests, "
        f"{cycle.users.updated} updated"
    )


def _timed(runner: asyncio.Runner, setting: CycleSetting) -> tuple[float, float, Cycle]:
    began, cpu = time.perf_counter(), time.process_time()
    cycle = runner.run(run_cycle(setting, None, stopping=asyncio.Event(), tell=lambda *_: None))
    return time.perf_counter() - began, time.process_time() - cpu, cycle


def _with_one_change(snapshot: DirectorySnapshot) -> DirectorySnapshot:
    first = next(person for person in snapshot.users.values() if person.active)
    changed = replace(first, attributes={**first.attributes, "surname": "Changed"})
    return replace(snapshot, users={**snapshot.users, first.id: changed}, digest="one changed")


@contextmanager
def _tenant() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "looop_gui", "serve", "--token", TOKEN], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["scimEndpoint"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


if __name__ == "__main__":
    main()
