"""Faults on command: what each does on the wire, its text form, and that a seed repeats it."""

import asyncio
import email.utils
import json
from typing import Any

import pytest

from looop_gui.mockserver.fault_text import FaultTextError
from looop_gui.mockserver.faults import Faults, fault_descriptions
from looop_gui.mockserver.http_messages import HttpAnswer, HttpRequest

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def new_user(name: str) -> bytes:
    return json.dumps({"schemas": [USER], "userName": name}).encode()


class Clock:
    """A clock that is turned by hand; wall time is 2026-11-24T00:00:00Z plus the same."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_795_478_400.0 + self.now - 1000.0


def ask(faults: Faults, method: str = "GET", path: str = "/Users") -> HttpAnswer:
    """One request through the faults, served with 200 unless refused."""
    request = HttpRequest(method, b"", {})
    early = faults.before(request, path)
    if early is not None:
        return early
    return faults.after(request, path, HttpAnswer(200, b'{"schemas": ["urn:x"]}'))


def with_faults(*texts: str, seed: int = 1) -> tuple[Faults, Clock]:
    clock = Clock()
    return Faults(texts, seed=seed, clock=clock, wall=clock.wall), clock


def header(answer: HttpAnswer, name: str) -> str | None:
    return dict(answer.headers).get(name)


def test_every_example_in_the_catalogue_can_be_switched_on() -> None:
    faults, _ = with_faults()
    for description in fault_descriptions():
        assert description.example.split("=")[0] == description.name
        assert description.sentence.endswith(".")
        faults.switch_on(description.example)
    assert len(faults.texts) == len(fault_descriptions()) == 14


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "latency",
        "latency=fast",
        "latency=poisson:5ms",
        "latency=uniform:5ms",
        "throttle=",
        "throttle=requests:25",
        "throttle=coffee:1/s",
        "throttle=requests:0/s",
        "throttle=requests:1/s,retry-after:soon",
        "errors=200",
        "errors=503@2",
        "error-burst=503:9/5",
        "reset-after-write=maybe",
        "token-expiry=soon",
        "maintenance=later",
        "slow-body=slowly",
        "disk-full=x",
    ],
)
def test_a_text_that_cannot_be_read_is_refused_with_a_sentence(text: str) -> None:
    faults, _ = with_faults()
    with pytest.raises(FaultTextError) as caught:
        faults.switch_on(text)
    assert str(caught.value).endswith(".")
    assert not faults.active


def test_the_same_seed_gives_the_same_faults_and_another_seed_others() -> None:
    def run(seed: int) -> list[int]:
        faults, _ = with_faults("errors=503@0.5", seed=seed)
        return [ask(faults).status for _ in range(200)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert 70 < run(1).count(503) < 130


def test_switching_one_fault_on_does_not_change_the_draws_of_another() -> None:
    alone, _ = with_faults("errors=503@0.5")
    both, _ = with_faults("errors=503@0.5", "latency=uniform:1ms-2ms")
    assert [ask(alone).status for _ in range(100)] == [ask(both).status for _ in range(100)]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("latency=50ms", 0.05, 0.05),
        ("latency=lognormal:50ms", 0.045, 0.055),
        ("latency=uniform:10ms-90ms", 0.045, 0.055),
        ("latency=exponential:50ms", 0.03, 0.04),
    ],
)
def test_latency_follows_its_distribution(text: str, low: float, high: float) -> None:
    faults, _ = with_faults(text)
    delays = sorted(ask(faults).delivery.delay for _ in range(2001))
    assert low <= delays[1000] <= high


def test_throttle_is_a_real_quota_with_retry_after_in_seconds() -> None:
    faults, clock = with_faults("throttle=requests:4/s,retry-after=seconds")
    assert [ask(faults).status for _ in range(6)] == [200] * 4 + [429] * 2
    refused = ask(faults)
    assert header(refused, "Retry-After") == "1"
    assert header(refused, "RateLimit-Limit") == "4"
    assert header(refused, "RateLimit-Remaining") == "0"
    assert json.loads(refused.body)["status"] == "429"
    clock.now += 0.5
    assert [ask(faults).status for _ in range(3)] == [200, 200, 429]


def test_throttle_tells_what_is_left_on_every_answer() -> None:
    faults, _ = with_faults("throttle=requests:10/s")
    assert [header(ask(faults), "RateLimit-Remaining") for _ in range(3)] == ["9", "8", "7"]
    quiet, _ = with_faults("throttle=requests:10/s,headers:off")
    assert header(ask(quiet), "RateLimit-Remaining") is None


def test_throttle_may_tell_a_date_or_nothing() -> None:
    dated, clock = with_faults("throttle=writes:1/min,retry-after:date")
    assert ask(dated, "POST").status == 200
    told = header(ask(dated, "POST"), "Retry-After")
    assert told == "Tue, 24 Nov 2026 00:01:00 GMT"
    assert email.utils.parsedate_to_datetime(told).timestamp() == clock.wall() + 60
    silent, _ = with_faults("throttle=requests:1/min,retry-after:none")
    ask(silent)
    assert header(ask(silent), "Retry-After") is None


def test_a_quota_counts_only_its_own_requests() -> None:
    faults, clock = with_faults("throttle=users:2/h,writes:3/min")
    assert ask(faults, "POST", "/Users").status == 200
    assert ask(faults, "POST", "/Users").status == 200
    assert ask(faults, "POST", "/Users").status == 429
    assert ask(faults, "GET", "/Users").status == 200
    assert ask(faults, "POST", "/Users/.search").status == 200
    assert ask(faults, "PATCH", "/Groups/g").status == 200
    assert ask(faults, "PATCH", "/Groups/g").status == 429
    clock.now += 60
    assert ask(faults, "PATCH", "/Groups/g").status == 200
    assert ask(faults, "POST", "/Users").status == 429


@pytest.mark.parametrize(
    ("name", "method", "path", "burst"),
    [
        ("slack", "POST", "/Users", 20),
        ("miro", "DELETE", "/Users/u", 20),
        ("miro", "GET", "/Groups", 5),
        ("github", "POST", "/Users", 1000),
        ("instaclustr", "GET", "/Users", 35),
        ("eptura", "GET", "/Users", 500),
        ("entra-minimum", "GET", "/Users", 25),
    ],
)
def test_known_quotas(name: str, method: str, path: str, burst: int) -> None:
    faults, _ = with_faults(f"throttle={name}")
    answers = [ask(faults, method, path).status for _ in range(burst + 1)]
    assert answers == [200] * burst + [429]


def test_error_bursts_come_in_a_row() -> None:
    faults, _ = with_faults("error-burst=500:2/5")
    assert [ask(faults).status for _ in range(10)] == [200, 200, 200, 500, 500] * 2


def test_502_is_the_page_of_a_proxy_and_503_tells_when() -> None:
    bad_gateway, _ = with_faults("errors=502")
    answer = ask(bad_gateway)
    assert (answer.status, answer.media_type) == (502, "text/html")
    unavailable, _ = with_faults("errors=503")
    assert header(ask(unavailable), "Retry-After") == "1"


def test_maintenance_has_a_beginning_and_an_end() -> None:
    faults, clock = with_faults("maintenance=60s+30s")
    assert ask(faults).status == 200
    clock.now += 61
    answer = ask(faults)
    assert (answer.status, header(answer, "Retry-After")) == (503, "29")
    clock.now += 30
    assert ask(faults).status == 200


def test_disk_full_refuses_writes_but_deletes() -> None:
    faults, _ = with_faults("disk-full=1")
    assert ask(faults, "POST").status == 200
    assert ask(faults, "POST").status == 507
    assert ask(faults, "PATCH", "/Users/u").status == 507
    assert ask(faults, "DELETE", "/Users/u").status == 200
    assert ask(faults, "GET").status == 200


def test_a_fault_that_was_switched_off_does_no_more() -> None:
    faults, _ = with_faults("errors=503")
    assert ask(faults).status == 503
    assert faults.switch_off("errors")
    assert not faults.switch_off("errors")
    assert ask(faults).status == 200
    assert faults.acted == {"errors": 1}


async def test_a_token_expires_and_a_reset_gives_a_new_life(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("token-expiry=2",))
    async with wire(tenant) as client:
        answers = [await client.ask("GET", "/Users") for _ in range(3)]
        assert [one.status for one in answers] == [200, 200, 401]
        assert "expired" in answers[2].headers["www-authenticate"]
        token = tenant.reset_token()
        assert (await client.ask("GET", "/Users", token=token)).status == 200


async def test_a_reset_before_the_write_leaves_nothing(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("reset-before-write",))
    async with wire(tenant) as client:
        with pytest.raises(ConnectionResetError):
            await client.ask("POST", "/Users", new_user("ann"))
    assert tenant.storage.count("User") == 0


async def test_a_reset_after_the_write_leaves_it_applied(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("reset-after-write=1",))
    async with wire(tenant) as client:
        with pytest.raises(ConnectionResetError):
            await client.ask("POST", "/Users", new_user("ann"))
    assert tenant.storage.count("User") == 1
    async with wire(tenant) as client:
        assert (await client.ask("GET", "/Users")).json["totalResults"] == 1


async def test_a_truncated_body_ends_in_its_middle(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("truncated-body",))
    async with wire(tenant) as client:
        answer = await client.ask("GET", "/Users")
        assert (answer.status, answer.whole) == (200, False)
        assert 0 < len(answer.text) < int(answer.headers["content-length"])


async def test_broken_json_has_the_length_it_tells(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("broken-json",))
    async with wire(tenant) as client:
        answer = await client.ask("GET", "/Users")
        assert answer.whole
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.text)


async def test_an_html_page_comes_with_200_and_nothing_was_changed(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant(faults=("html-page",))
    async with wire(tenant) as client:
        answer = await client.ask("POST", "/Users", new_user("ann"))
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert "Sign in" in answer.text
    assert tenant.storage.count("User") == 0


async def test_a_slow_body_drips_but_arrives_whole(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("slow-body=2000",))
    loop = asyncio.get_running_loop()
    async with wire(tenant) as client:
        began = loop.time()
        answer = await client.ask("GET", "/ServiceProviderConfig")
        assert answer.json["patch"] == {"supported": True}
        assert loop.time() - began > 0.15


async def test_latency_delays_the_answer(start_tenant: Any, wire: Any) -> None:
    tenant = await start_tenant(faults=("latency=120ms",))
    loop = asyncio.get_running_loop()
    async with wire(tenant) as client:
        began = loop.time()
        assert (await client.ask("GET", "/Users")).status == 200
        assert loop.time() - began >= 0.11


async def test_requests_that_cannot_be_read_meet_the_faults_too(
    start_tenant: Any, wire: Any
) -> None:
    tenant = await start_tenant(faults=("throttle=requests:10/s",))
    async with wire(tenant) as client:
        answer = await client.ask("POST", "/Users", b"{not json")
        assert (answer.status, answer.headers["ratelimit-remaining"]) == (400, "9")


def test_a_created_user_shows_in_lists_only_after_a_delay(call_with: Any) -> None:
    wall = [1_795_478_400.0]
    call = call_with(faults=Faults(["eventual-consistency=5s"]), wall=lambda: wall[0])
    user = call.user("ann@looop.example")
    assert call.get(f"/Users/{user['id']}").status == 200
    assert call.find('userName eq "ann@looop.example"') == []
    assert call.get("/Users").body["totalResults"] == 0
    body = {"schemas": [USER], "userName": "ann@looop.example"}
    assert call("POST", "/Users", body).status == 409
    wall[0] += 5.1
    assert call.find('userName eq "ann@looop.example"') == [user]
    assert call.get("/Users").body["totalResults"] == 1
