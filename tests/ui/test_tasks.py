"""Coroutines belong to widgets: results, failures and ends are never lost."""

import asyncio

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from looop_gui.model.errors import StoreFullError
from looop_gui.ui.tasks import Tasks
from looop_gui.ui.widgets.page import Page


async def give(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def fail() -> None:
    await asyncio.sleep(0)
    raise StoreFullError("The disk is full.", safe="All is kept.", next_step="Make room.")


def test_a_result_arrives(loop, qtbot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    results: list[int] = []
    Tasks(owner).start(give(7), results.append)
    loop.until(lambda: results)
    assert results == [7]


def test_a_failure_is_shown_by_the_nearest_page(loop, theme, qtbot) -> None:
    page = Page(theme, "Page")
    qtbot.addWidget(page)
    child = QWidget()
    QVBoxLayout(child)
    page.body.addWidget(child)
    page.show()
    Tasks(child).start(fail())
    loop.until(page.banner.isVisible)
    assert page.banner.sentence == "The disk is full."


def test_a_failure_may_be_taken_by_the_caller(loop, qtbot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    errors: list[Exception] = []
    Tasks(owner).start(fail(), on_error=errors.append)
    loop.until(lambda: errors)
    assert isinstance(errors[0], StoreFullError)


def test_a_newer_one_of_the_same_kind_replaces_the_older(loop, qtbot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    tasks = Tasks(owner)
    results: list[int] = []
    first = tasks.start(give(1), results.append, replace="search")
    tasks.start(give(2), results.append, replace="search")
    loop.until(lambda: not tasks.busy)
    assert first.cancelled()
    assert results == [2]


def test_the_end_of_a_widget_cancels_what_it_started(loop, qapp) -> None:
    owner = QWidget()
    tasks = Tasks(owner)
    task = tasks.start(asyncio.sleep(60))
    loop.until(lambda: tasks.busy)
    owner.deleteLater()
    loop.until(task.done)
    assert task.cancelled()


def test_a_result_for_a_widget_that_is_gone_is_dropped(loop, qapp) -> None:
    owner = QWidget()
    results: list[int] = []
    future: asyncio.Future[None] = loop.run(_future())

    async def late() -> int:
        try:
            await future
        except asyncio.CancelledError:
            return 1
        return 2

    task = Tasks(owner).start(late(), results.append)
    loop.run(asyncio.sleep(0))
    owner.deleteLater()
    loop.until(task.done)
    assert not results


async def _future() -> "asyncio.Future[None]":
    return asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("error", [ValueError("x"), StoreFullError("The disk is full.")])
def test_an_unexpected_error_is_described_without_a_traceback(error, theme, qtbot, loop) -> None:
    page = Page(theme, "Page")
    qtbot.addWidget(page)
    page.show()

    async def break_down() -> None:
        raise error

    Tasks(page).start(break_down())
    loop.until(page.banner.isVisible)
    assert "Traceback" not in page.banner.accessibleName()
