"""An afternoon on a virtual screen: drop, weigh, gather three, note, sheet, open the PDF."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from fabricfinder.finder import Finder
from fabricfinder.jobs import run_to_end
from fabricfinder.ui.app import make_window
from fabricfinder.ui.drop_overlay import SEARCH
from fabricfinder.ui.session import Session

COPY, LEFT = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def library(fake_encoder, swatch_folder, tmp_path) -> Path:
    """A library of twelve swatches, ready on disk."""
    finder = Finder(fake_encoder)
    run_to_end(finder.open_library(tmp_path / "library", create=True))
    run_to_end(finder.import_paths([str(swatch_folder)]))
    finder.close()
    return tmp_path / "library"


@pytest.fixture
def window(qtbot, fake_encoder, library, tmp_path):
    """The real window on the real finder."""
    window = make_window(
        Session(tmp_path / "settings.ini"), lambda: Finder(fake_encoder), tmp_path / "home"
    )
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    window.desk.start()
    with qtbot.waitSignal(window.desk.library_opened, timeout=20_000):
        window.desk.open_library(library)
    window.activateWindow()
    yield window
    window.close()


def drop_on(window, path: Path) -> None:
    """Drag a file from the desktop onto the window's search target."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(600, 400), COPY, mime, LEFT, NONE))
    sheet = window.overlay
    QApplication.sendEvent(sheet, QDragEnterEvent(QPoint(5, 5), COPY, mime, LEFT, NONE))
    place = QPointF(sheet.targets()[SEARCH].center())
    QApplication.sendEvent(sheet, QDropEvent(place, COPY, mime, LEFT, NONE))


def test_from_a_scrap_to_a_pdf(
    window, qtbot, library, fake_encoder, swatch_folder, tmp_path, monkeypatch
) -> None:
    with qtbot.waitSignal(window.desk.search_done, timeout=20_000):
        drop_on(window, swatch_folder / "swatch-05.png")
    match, results = window.find.panes.match, window.find.panes.results
    color = match.rows["color"].slider
    color.setFocus()
    for _ in range(5):
        QTest.keyClick(color, Qt.Key.Key_PageUp)
    assert window.find.session.preference.weights.color > 0.5

    results.grid.setFocus()
    for row in (0, 2, 4):
        results.grid.setCurrentIndex(results.model.index(row, 0))
        QTest.keyClick(results.grid, Qt.Key.Key_B)
    assert len(window.sheets.basket) == 3
    assert window.sheets.dock.isVisible()
    dock = window.sheets.dock
    dock.list.setCurrentRow(1)
    dock.note.setFocus()
    QTest.keyClicks(dock.note, "three metres, please")

    qtbot.mouseClick(dock.sheet_button, LEFT)
    dialog = window.sheets.dialog
    qtbot.waitUntil(lambda: dialog.preview.shown is not None, timeout=20_000)
    target = tmp_path / "for Ana.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), "PDF (*.pdf)"))
    qtbot.waitUntil(dialog.save_button.isEnabled, timeout=20_000)
    qtbot.mouseClick(dialog.save_button, LEFT)
    qtbot.waitUntil(dialog.open_button.isVisible, timeout=20_000)
    assert target.read_bytes().startswith(b"%PDF")
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    qtbot.mouseClick(dialog.open_button, LEFT)
    assert opened == [str(target)]

    picks = window.sheets.basket.picks
    dialog.close()
    window.close()  # what she gathered is still there tomorrow
    again = Finder(fake_encoder)
    run_to_end(again.open_library(library))
    kept = again.kept("basket")
    again.close()
    assert all(pick.swatch_id in kept for pick in picks)
    assert "three metres, please" in kept
