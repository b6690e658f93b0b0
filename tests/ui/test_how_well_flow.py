"""Measuring her own library from the window: command, progress, stop, failure, and what is kept."""

import csv

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.measuring import kept
from fabricfinder.ui import how_well_flow
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.how_well_flow import HOW_WELL
from fabricfinder.ui.main_window import FIND, LIBRARY, START, MainWindow
from fabricfinder.ui.session import Session


@pytest.fixture
def library(fake_encoder, swatch_folder, tmp_path):
    """A library of twelve swatches, labels of their pattern."""
    folder = tmp_path / "library"
    sheet = swatch_folder / "sheet.csv"
    with sheet.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "coarse"))
        writer.writerows(
            (f"swatch-{i:02}.png", "plaid/gingham" if i % 2 else "stripe/candy") for i in range(12)
        )
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(folder, create=True))
    run_to_end(finder.import_paths([str(swatch_folder)], labels_csv=str(sheet)))
    finder.close()
    return folder


@pytest.fixture
def few(monkeypatch):
    """Two pictures are photographed again, not two hundred."""
    measure = kept.measure_own
    monkeypatch.setattr(kept, "measure_own", lambda finder: measure(finder, at_most=2))


@pytest.fixture
def window(qtbot, thumbnails, fake_encoder, tmp_path):
    """The window over a real finder, not a fake one."""
    desk = Desk(lambda: Finder(fake_encoder))
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    window.how_well._figures = tmp_path / "no figures.json"
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    desk.start()
    yield window
    window.close()
    assert desk.close(20_000)


@pytest.fixture
def opened(window, library, qtbot):
    with qtbot.waitSignal(window.desk.library_opened, timeout=60_000):
        window.desk.open_library(library)
    return window


def test_it_is_in_the_menus_and_on_the_keys(window, qtbot) -> None:
    action = window.how_well.action
    assert any(action in menu.actions() for menu in window.menus)
    library_menu: QMenu = window.header.library.menu()
    library_menu.aboutToShow.emit()
    assert action in library_menu.actions()
    assert window.page == START
    window.activateWindow()
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_W, keys)
    qtbot.waitUntil(lambda: window.page == HOW_WELL)
    page = window.how_well.page
    assert not page.own.button.isEnabled() and "Open a library" in page.own.state.text()
    qtbot.waitUntil(lambda: "No figures" in page.note.text(), timeout=60_000)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.page == START


def test_her_library_is_measured_and_remembered(opened, library, qtbot, few) -> None:
    opened.show_page(LIBRARY)
    flow, own = opened.how_well, opened.how_well.page.own
    flow.action.trigger()
    assert opened.page == HOW_WELL and "Not measured yet" in own.state.text()
    assert own.button.isEnabled()
    own.button.setFocus()
    qtbot.keyClick(own.button, Qt.Key.Key_Space)
    assert own.running and own.stop.isVisible() and not own.button.isVisible()
    assert own.bar.isVisible() and own.stop.hasFocus()  # the keyboard is not lost
    seen = set()
    own_text = own.state.text
    opened.book.changed.connect(lambda: seen.add(own_text().split(" · ")[0]))
    qtbot.waitUntil(lambda: not own.running, timeout=120_000)
    assert any(text.startswith("Photographing again") for text in seen)
    assert own.button.isVisible() and own.button.text() == "Measure again"
    assert "Measured on" in own.state.text() and "12 swatches" in own.state.text()
    said = own.accessibleDescription()
    assert "2 of your pictures were photographed again" in said
    assert "12 swatches with your label of pattern: label 50" in said
    qtbot.mouseClick(flow.page.back, Qt.MouseButton.LeftButton)
    assert opened.page == LIBRARY
    opened.desk.open_library(opened.desk.catalog.folder.parent / "other", create=True)
    qtbot.waitUntil(lambda: "no cloth" in own.state.text(), timeout=60_000)
    with qtbot.waitSignal(opened.desk.library_opened, timeout=60_000):
        opened.desk.open_library(library)
    assert own.accessibleDescription() == ""
    flow.action.trigger()
    qtbot.waitUntil(lambda: own.button.text() == "Measure again", timeout=60_000)
    assert own.accessibleDescription() == said


def test_it_can_be_stopped_and_searched_meanwhile(opened, qtbot, monkeypatch) -> None:
    def endless(finder):
        while True:
            yield Progress("Photographing again", 1, 9)

    monkeypatch.setattr(how_well_flow, "_measure", endless)
    opened.how_well.show()
    own = opened.how_well.page.own
    own.button.click()
    qtbot.waitUntil(lambda: own.bar.maximum() == 9 and own.bar.value() == 1, timeout=60_000)
    with qtbot.waitSignal(opened.desk.search_done, timeout=60_000):
        opened.use_swatch(opened.desk.catalog.swatches[0].id)
    assert own.running and opened.page == FIND
    opened.how_well.show()
    own.stop.click()
    qtbot.waitUntil(lambda: not own.running, timeout=60_000)
    assert "Stopped before the end" in own.state.text() and own.button.isVisible()


def test_a_failure_says_why_and_can_be_tried_again(opened, qtbot, monkeypatch) -> None:
    def failing(finder):
        yield Progress("Measuring")
        raise FabricFinderError("The drive is gone; connect it.")

    monkeypatch.setattr(how_well_flow, "_measure", failing)
    opened.how_well.show()
    own = opened.how_well.page.own
    own.button.click()
    qtbot.waitUntil(lambda: not own.running, timeout=60_000)
    assert own.state.text() == "The drive is gone; connect it."
    assert own.button.text() == "Try again" and own.button.isEnabled()
