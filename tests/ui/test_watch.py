"""Watched folders with a real folder: what comes in, F5, focus, a drive that goes and comes back."""

import re
import shutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.main_window import MainWindow
from fabricfinder.ui.session import Session
from fabricfinder.ui.watch_flow import WatchFlow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails, monkeypatch):
    monkeypatch.setattr("fabricfinder.ui.watch_flow.AGAIN_MS", 30)
    plain_thumbnails(catalog)
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    window.flow.ask_folder = lambda title: str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    yield window
    assert window.capture.watch.devices.close()
    window.close()


def imports(finder) -> list[tuple[str, ...]]:
    return [argument for name, argument in finder.calls if name == "import_paths"]


def begin(window, qtbot) -> WatchFlow:
    """Watch the folder by its page."""
    window.capture.watch_action.trigger()
    dialog = window.capture.watch._dialog
    assert dialog.nothing.isVisible() and not dialog.look_button.isEnabled()
    qtbot.mouseClick(dialog.add_button, LEFT)
    flow = window.capture.watch
    qtbot.waitUntil(lambda: bool(flow.looks) and not flow._once_more and not flow._job)
    return flow


def test_a_new_file_comes_in_at_f5_and_the_foot_says_when(window, qtbot, finder, swatch_folder, tmp_path):
    flow = begin(window, qtbot)
    assert re.fullmatch(r"Watching incoming · last looked \d\d:\d\d", flow.label.text())
    assert flow.label.isVisible() and not imports(finder)
    copy = shutil.copy(swatch_folder / "swatch-00.png", tmp_path / "incoming" / "new.png")
    window.capture.look_action.trigger()
    qtbot.waitUntil(lambda: imports(finder) == [(str(copy),)], timeout=5000)
    window.capture.look_action.trigger()
    qtbot.waitUntil(lambda: not flow._once_more and not flow._job)
    qtbot.wait(60)
    assert len(imports(finder)) == 1, "told once"


def test_the_window_coming_to_the_front_looks_again(window, qtbot, finder, swatch_folder, tmp_path):
    begin(window, qtbot)
    shutil.copy(swatch_folder / "swatch-01.png", tmp_path / "incoming")
    QGuiApplication.instance().applicationStateChanged.emit(
        Qt.ApplicationState.ApplicationActive
    )
    qtbot.waitUntil(lambda: len(imports(finder)) == 1, timeout=5000)


def test_a_drive_that_is_gone_is_said_and_looked_for_again(window, qtbot, finder, swatch_folder, tmp_path):
    flow = begin(window, qtbot)
    (tmp_path / "incoming").rename(tmp_path / "away")
    window.capture.look_action.trigger()
    qtbot.waitUntil(lambda: "incoming is not there now" in flow.label.text())
    assert "looked for again" in flow._dialog.list.item(0).text()
    shutil.copy(swatch_folder / "swatch-02.png", tmp_path / "away")
    (tmp_path / "away").rename(tmp_path / "incoming")
    qtbot.waitUntil(lambda: not flow._job and not flow._once_more)
    window.capture.look_action.trigger()
    qtbot.waitUntil(lambda: len(imports(finder)) == 1, timeout=5000)
    qtbot.waitUntil(lambda: "Watching incoming" in flow.label.text())


def test_watched_folders_belong_to_their_library_and_are_kept(
    window, qtbot, desk, finder, tmp_path, new_catalog
):
    flow = begin(window, qtbot)
    other = new_catalog(tmp_path / "Other", 3)
    finder.known[other.folder] = other
    here = desk.catalog.folder
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(other.folder)
    assert flow.folders == [] and not flow.label.isVisible()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(here)
    assert flow.folders == [str(tmp_path / "incoming")] and flow.label.isVisible()
    window.capture.watch_action.trigger()
    qtbot.mouseClick(flow._dialog.remove_button, LEFT)
    assert flow.folders == [] and flow._dialog.nothing.isVisible()
