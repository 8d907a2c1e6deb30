"""Measures an initial cycle against a plain script over PyPI scim2-client, in one run.

Both bring the same people into an embedded tenant (a process of its own, empty each time): the
script does for each person what comes naturally (query by userName, then create), the workbench
runs `looop-gui sync`'s own cycle with log, links and journal on the disk. `--like-entra` adds the
cycle with a query for each person, as Entra does it. Then the same directory unchanged and with one
change, the rate at which the same client sends the same bodies and does nothing else, and the share
of each part of the program.

`--large` takes 10,000 people, 500 groups and 50,000 memberships; `--growth` 1,000, 10,000 and
100,000 people one after the other, which takes minutes. Memory of each process is measured apart
by `bench_sync_process.py`.
"""

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import uvloop
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import SearchRequest

from cycle_parts import (
    Recorder,
    cpu_seconds,
    main_thread_seconds,
    peak_megabytes,
    replay,
    replay_by_httpx,
    with_groups,
)
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
from looop_gui.scim.messages import ScimRequest
from looop_gui.services.cycle_launch import run_cycle
from looop_gui.services.cycle_setting import CycleSetting, open_target
from looop_gui.services.engine_process import prepare_process
from looop_gui.services.store_worker import StoreWorker
from looop_gui.setup.default_mappings import default_schema
from looop_gui.sources.source import open_source
from served_tenant import TOKEN, served_tenant


def main() -> None:
    """Run and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=2_000)
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--like-entra", action="store_true")
    parser.add_argument("--without-script", action="store_true")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--growth", action="store_true")
    options = parser.parse_args()
    if options.growth:
        _growth(options.concurrency)
        return
    snapshot = _directory(10_000 if options.large else options.users)
    if options.large:
        snapshot = with_groups(snapshot, 500, 100)
    people = [person for person in snapshot.users.values() if person.active]
    rate = 0.0
    if not options.without_script:
        rate = _measured("scim2-client, query then create", len(people), _script(people))
    prepare_process()
    names = {"looop-gui, automatic": {}, "looop-gui, with Bulk": {"bulk": True}}
    if options.like_entra:
        entra = {"matching": MatchingStrategy.FILTER, "separate_references": True}
        names["looop-gui, exactly like Entra"] = entra
    for name, settings in names.items():
        _cycles(name, snapshot, settings, options.concurrency, len(people), rate)


def _directory(users: int) -> DirectorySnapshot:
    with tempfile.TemporaryDirectory() as folder:
        source = SourceSettings(SourceType.DEMO, folder=folder, users=users)
        return open_source(source, Path(folder)).read()


def _growth(concurrency: int) -> None:
    """The same cycle for ever larger companies: time and requests a person, and memory."""
    prepare_process()
    for users in (1_000, 10_000, 100_000):
        snapshot = _directory(users)
        people = sum(person.active for person in snapshot.users.values())
        _cycles(f"{users:,} people", snapshot, {}, concurrency, people, 0.0, replayed=False)


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
    with served_tenant() as (url, _process):
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
    *,
    replayed: bool = True,
) -> None:
    """`replayed` keeps all bodies and sends them once more with nothing else to do."""
    source = _Source(snapshot)
    with (
        served_tenant() as (url, tenant),
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
        recorder = Recorder(open_target)
        setting = CycleSetting(
            connection=connection,
            schema=default_schema(Application.LOOOP),
            token=SecretText(TOKEN),
            data_folder=Path(folder),
            worker=worker,
            read_source=source.read,
            source_digest=lambda *_: source.snapshot.digest,
            open_target=recorder.open if replayed else open_target,
        )
        before, main_before = cpu_seconds(tenant), main_thread_seconds()
        seconds, cpu, cycle = _timed(runner, setting)
        served, driven = cpu_seconds(tenant) - before, main_thread_seconds() - main_before
        memory = peak_megabytes(tenant), peak_megabytes(os.getpid())
        rate = cycle.users.created / seconds
        times = f", {rate / script_rate:.1f} times the script" if script_rate else ""
        print(
            f"{name:34} {rate:8,.0f} people/s  {seconds:6.2f} s  ({cpu:.2f} s of its own CPU)"
            f"{times}"
        )
        print(
            f"  {cycle.requests:,} requests for {len(snapshot.users):,} people, {people:,} of them "
            f"active, and {cycle.groups.created:,} groups: "
            f"{cycle.requests / len(snapshot.users):.2f} a person, "
            f"{cycle.requests / seconds:,.0f}/s; "
            f"{1000 * seconds / people:.2f} ms and {1000 * cpu / people:.2f} ms of CPU a person, "
            f"and {1000 * served / people:.2f} ms of the tenant's"
        )
        whole = cpu + served
        print(
            f"  CPU: {driven / whole:.0%} client and engine, {(cpu - driven) / whole:.0%} planning "
            f"and store, {served / whole:.0%} tenant; at most {memory[0]:,.0f} MB in the tenant, "
            f"{memory[1]:,.0f} MB here with the benchmark and all that it keeps"
        )
        if replayed and not settings:
            _compare_with_replay(runner, recorder.creates, concurrency, cycle.requests / seconds)
        _print_next(runner, setting, "  nothing changed")
        source.snapshot = replace(snapshot, digest="rewritten")
        _print_next(runner, setting, "  rewritten, nothing changed")
        source.snapshot = _with_one_change(snapshot)
        _print_next(runner, setting, "  one person changed")
        source.snapshot = _with_all_changed(snapshot)
        _print_next(runner, setting, "  everybody changed")
        runner.run(worker.close())


def _compare_with_replay(
    runner: asyncio.Runner, creates: list[ScimRequest], concurrency: int, rate: float
) -> None:
    for name, send in (
        ("the same client, the same bodies", replay),
        ("httpx.AsyncClient over the same transport", replay_by_httpx),
    ):
        with served_tenant() as (url, _process):
            alone = runner.run(send(url, TOKEN, list(creates), concurrency))
        print(f"  {name}: {alone:,.0f}/s; the cycle has {rate / alone:.0%}")


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


def _with_all_changed(snapshot: DirectorySnapshot) -> DirectorySnapshot:
    users = {
        key: replace(person, attributes={**person.attributes, "surname": "All changed"})
        for key, person in snapshot.users.items()
    }
    return replace(snapshot, users=users, digest="all changed")


if __name__ == "__main__":
    main()
