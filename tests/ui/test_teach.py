"""“Teach it my cloth” under real events: the page, its lesson, stopping it, and the way back."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.lesson import Lesson, Marks
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import Labels
from fabricfinder.teaching import NO_TORCH, Standing
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.teach_dialog import TeachDialog

LEFT = Qt.MouseButton.LeftButton
BETTER = Lesson(
    True, 310, 98, 120, 2, Marks(0.61, 0.5, 0.4), Marks(0.78, 0.7, 0.6), 4.2, "a", "b"
)  # fmt: skip


class FakeTeaching:
    """The operations of teaching without a library: real generators of Progress.

    Attributes:
        asked: what was asked, in order; closed: whether a lesson was ended before its end.
        hold: a lesson waits until it is False.
    """

    def __init__(self) -> None:
        self.state = Standing(None, 0, "")
        self.asked: list[Any] = []
        self.closed = False
        self.hold = False
        self.lesson = BETTER
        self.error: FabricFinderError | None = None

    def standing(self) -> Generator[Progress, None, Standing]:
        yield Progress("Looking up")
        return self.state

    def learn(self, *, with_labels: bool) -> Generator[Progress, None, Lesson]:
        self.asked.append(("learn", with_labels))
        try:
            yield Progress("Learning your cloth", 1, 10, "steps")
            if self.error is not None:
                raise self.error
            while self.hold:
                yield Progress("Learning your cloth", 4, 10, "steps")
        except GeneratorExit:
            self.closed = True
            raise
        if self.lesson.kept:
            self.state = Standing(self.lesson, 0, "")
        return self.lesson

    def take_up(self) -> Generator[Progress, None, None]:
        self.asked.append("take up")
        yield Progress("Looking at the cloth", 1, 2)
        self.state = replace(self.state, waiting=0)

    def go_back(self) -> Generator[Progress, None, None]:
        self.asked.append("go back")
        yield Progress("Looking at the cloth", 1, 2)
        self.state = Standing(None, 0, "")


@pytest.fixture
def teaching(finder: Any) -> FakeTeaching:
    finder.teaching = FakeTeaching()
    return finder.teaching


@pytest.fixture
def window(
    qtbot: Any, desk: Any, thumbnails: Any, tmp_path: Any, finder: Any, catalog: Any,
    teaching: FakeTeaching, plain_thumbnails: Callable,
) -> MainWindow:  # fmt: skip
    """The window with a library of 30 swatches open, 7 of them labelled."""
    swatches = tuple(
        replace(s, labels=Labels(coarse="stripe/pin")) if i < 7 else s
        for i, s in enumerate(catalog.swatches)
    )
    catalog = replace(catalog, swatches=swatches)
    finder.known[catalog.folder] = catalog
    plain_thumbnails(catalog)
    page = FindPage(desk, thumbnails)
    window = MainWindow(desk, thumbnails, Session(tmp_path / "s.ini"), page, tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    return window


@pytest.fixture
def dialog(window: MainWindow, qtbot: Any) -> TeachDialog:
    """The page, opened from the menu."""
    window.actions_by_key["teach"].trigger()
    dialog = window.teaching.dialog
    qtbot.waitUntil(lambda: dialog.start_button.isEnabled())
    return dialog


def click(qtbot: Any, button: Any) -> None:
    qtbot.mouseClick(button, LEFT)


def test_without_a_library_nothing_can_be_taught(qtbot, desk, thumbnails, tmp_path) -> None:
    window = MainWindow(
        desk, thumbnails, Session(tmp_path / "s.ini"), FindPage(desk, thumbnails), tmp_path
    )
    qtbot.addWidget(window)
    assert not window.actions_by_key["teach"].isEnabled()


def test_the_page_says_what_there_is(dialog) -> None:
    assert "30 swatches, 7 of them labelled" in dialog.stock.text()
    assert "came with the program" in dialog.standing_line.text()
    assert dialog.use_labels.isVisible() and dialog.use_labels.isChecked()
    assert not dialog.back_button.isVisible() and not dialog.stop_button.isVisible()
    assert not dialog.outcome.isVisible()


def test_a_lesson_is_followed_and_told(dialog, window, teaching, qtbot) -> None:
    teaching.hold = True
    click(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: "4 of 10" in dialog.where.text())
    assert dialog.bar.maximum() == 10 and dialog.bar.value() == 4
    assert dialog.stop_button.isVisible() and not dialog.start_button.isVisible()
    assert not dialog.use_labels.isEnabled()
    teaching.hold = False
    qtbot.waitUntil(dialog.outcome.isVisible)
    assert teaching.asked == [("learn", True)]
    assert "61 → 78 of 100" in dialog.outcome.accessibleName()
    assert "50 → 70 of 100" in dialog.outcome.accessibleName()
    assert "finds your cloth better" in dialog.outcome.accessibleName()
    qtbot.waitUntil(dialog.back_button.isVisible)
    assert "310" in dialog.standing_line.text()


def test_a_search_is_answered_during_a_lesson(dialog, window, desk, teaching, qtbot) -> None:
    teaching.hold = True
    click(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: "4 of 10" in dialog.where.text())
    with qtbot.waitSignal(desk.search_done):
        window.use_swatch(desk.catalog.swatches[2].id)
    teaching.hold = False
    qtbot.waitUntil(dialog.outcome.isVisible)


def test_stopping_ends_the_lesson_and_changes_nothing(dialog, teaching, qtbot) -> None:
    teaching.hold = True
    click(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: "4 of 10" in dialog.where.text())
    click(qtbot, dialog.stop_button)
    qtbot.waitUntil(lambda: "Stopped" in dialog.said.text())
    assert teaching.closed and not dialog.outcome.isVisible()
    assert dialog.start_button.isVisible() and not dialog.bar.isVisible()


def test_no_better_is_said_and_nothing_offered_back(dialog, teaching, qtbot) -> None:
    teaching.lesson = replace(BETTER, kept=False, after=BETTER.before, taught="")
    qtbot.keyClick(dialog.use_labels, Qt.Key.Key_Space)
    click(qtbot, dialog.start_button)
    qtbot.waitUntil(dialog.outcome.isVisible)
    assert teaching.asked == [("learn", False)]
    assert "Nothing was changed" in dialog.outcome.accessibleName()
    assert not dialog.back_button.isVisible()


def test_what_waits_can_be_gone_on_with_and_given_back(dialog, window, teaching, qtbot) -> None:
    teaching.state = Standing(BETTER, 12, "")
    window.actions_by_key["teach"].trigger()
    qtbot.waitUntil(dialog.go_on_button.isVisible)
    assert "12 swatches" in dialog.standing_line.text()
    click(qtbot, dialog.go_on_button)
    qtbot.waitUntil(lambda: not dialog.go_on_button.isVisible() and dialog.back_button.isVisible())
    click(qtbot, dialog.back_button)
    qtbot.waitUntil(lambda: "answers again" in dialog.said.text())
    assert teaching.asked == ["take up", "go back"]
    qtbot.waitUntil(lambda: "came with the program" in dialog.standing_line.text())


def test_without_torch_the_page_says_so(window, teaching, qtbot) -> None:
    teaching.state = Standing(None, 0, NO_TORCH)
    window.actions_by_key["teach"].trigger()
    dialog = window.teaching.dialog
    qtbot.waitUntil(lambda: dialog.said.text() == NO_TORCH)
    assert not dialog.start_button.isEnabled()


def test_why_it_failed_is_said_on_the_page(dialog, teaching, qtbot) -> None:
    teaching.error = FabricFinderError("There are too few swatches to learn from: 5 here.")
    click(qtbot, dialog.start_button)
    qtbot.waitUntil(lambda: "too few swatches" in dialog.said.text())
    assert dialog.start_button.isVisible()
