"""Events become signals, the newest of a kind once a frame."""

import pytest

from looop_gui.model.job import CycleCounts, CycleKind, CyclePhase, CycleProgress
from looop_gui.services.events import CycleProgressed, Events, LogAppended
from looop_gui.ui.bridge import Bridge


def progress(connection_id: str, done: int) -> CycleProgressed:
    counts = CycleCounts()
    return CycleProgressed(
        CycleProgress(
            connection_id,
            "c",
            CycleKind.INITIAL,
            CyclePhase.EXPORT,
            done,
            100,
            counts,
            counts,
            requests=done,
            retries=0,
            throttled=0,
            requests_per_second=1.0,
            response_milliseconds=1.0,
            seconds=1.0,
            seconds_remaining=None,
        )
    )


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def bridge(events: Events, qapp) -> Bridge:
    bridge = Bridge()
    bridge.connect_events(events)
    return bridge


def test_a_burst_costs_one_signal(events: Events, bridge: Bridge, qtbot) -> None:
    seen: list[int] = []
    bridge.cycle_progressed.connect(lambda event: seen.append(event.progress.done))
    for done in range(500):
        events.publish(progress("a", done))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [499]


def test_connections_do_not_hide_each_other(events: Events, bridge: Bridge, qtbot) -> None:
    seen: list[str] = []
    bridge.cycle_progressed.connect(lambda event: seen.append(event.progress.connection_id))
    events.publish(progress("a", 1))
    events.publish(progress("b", 1))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert sorted(seen) == ["a", "b"]


def test_appended_rows_are_added_up(events: Events, bridge: Bridge, qtbot) -> None:
    seen: list[int] = []
    bridge.log_appended.connect(lambda event: seen.append(event.count))
    for _ in range(10):
        events.publish(LogAppended("a", "c", 3))
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [30]


def test_nothing_arrives_after_the_bridge_was_closed(events: Events, bridge: Bridge, qtbot) -> None:
    seen: list[object] = []
    bridge.log_appended.connect(seen.append)
    events.publish(LogAppended("a", "c", 3))
    bridge.disconnect_events()
    events.publish(LogAppended("a", "c", 3))
    qtbot.wait(150)
    assert not seen
