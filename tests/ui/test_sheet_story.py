"""Afternoons on a virtual screen: drop, weigh, gather three, compare, note, sheet, open the PDF."""

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

    qtbot.mouseClick(dock.compare_button, LEFT)
    compared = window.compare.opened
    qtbot.waitUntil(compared.isVisible, timeout=20_000)
    picks = [pick.swatch_id for pick in window.sheets.basket.picks]
    assert [c.key for c in compared.compared.candidates] == picks
    QTest.keyClick(compared.canvas, Qt.Key.Key_Right)
    assert compared.candidate.key == picks[1]
    QTest.keyClick(compared, Qt.Key.Key_Escape)
    assert not compared.isVisible()

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


@pytest.fixture
def compared(window, qtbot, swatch_folder, request):
    """The comparison of the third result and those after it, opened by key or by button."""
    with qtbot.waitSignal(window.desk.search_done, timeout=20_000):
        drop_on(window, swatch_folder / "swatch-05.png")
    results = window.find.panes.results
    results.grid.setFocus()
    results.grid.setCurrentIndex(results.model.index(2, 0))
    if request.node.name.endswith("by_keys"):
        QTest.keyClick(results.grid, Qt.Key.Key_C)
    else:
        qtbot.mouseClick(window.find.panes.inspector.compare_button, LEFT)
    assert window.compare.opened.isVisible()
    return window.compare.opened


def test_results_are_compared_by_keys(window, qtbot, compared) -> None:
    results = window.find.panes.results
    ranked = [results.model.view.ranked(place).swatch.id for place in range(2, 7)]
    assert [c.key for c in compared.compared.candidates] == ranked
    assert compared.compared.pinned.title == "swatch-05.png"
    shown = results.model.view.ranked(2)
    assert compared.facts.bars.scores == pytest.approx(shown.breakdown.as_tuple())
    assert "CMC(2:1)" in compared.facts.color.text() and "ΔE00" in compared.facts.color.text()

    compared.canvas.zoom(2.0)
    zoom = compared.canvas.view.zoom
    for key, place in ((Qt.Key.Key_Right, 1), (Qt.Key.Key_PageDown, 2), (Qt.Key.Key_Left, 1)):
        QTest.keyClick(compared.canvas, key)
        assert compared.candidate.key == ranked[place]
    assert compared.canvas.view.zoom == zoom
    for key, way in ((Qt.Key.Key_W, "swipe"), (Qt.Key.Key_K, "blink"), (Qt.Key.Key_H, "split"),
                     (Qt.Key.Key_S, "side")):  # fmt: skip
        QTest.keyClick(compared, key)
        assert compared.canvas.mode == way
    QTest.keyClick(compared, Qt.Key.Key_A)
    assert [row.key for row in compared.chart.rows[1:]] == ranked and compared.chart.isVisible()
    QTest.keyClick(compared, Qt.Key.Key_B)
    assert ranked[1] in window.sheets.basket

    window.sheets.dock.chart_button.click()
    (row,) = window.sheets.dock.chart.rows
    assert row.key == ranked[1] and row.palette.colors
    facts = results.model.view.facts.result
    scores = facts.scores[[s.id for s in facts.swatches].index(ranked[1])]
    assert row.scores == pytest.approx(tuple(scores))


def test_what_spoke_is_worked_out_shown_and_stopped(window, qtbot, compared) -> None:
    QTest.keyClick(compared, Qt.Key.Key_O)
    qtbot.waitUntil(lambda: compared.maps.maps is not None, timeout=30_000)
    maps = compared.maps.maps
    assert maps.losses.shape[:2] == (5, 4)
    assert compared.spoke.button.isChecked() and compared.spoke.dimension.isVisible()
    if compared.canvas.veil is not None:
        assert (compared.canvas.veil == maps.losses[0, 0]).all()
    compared.spoke.dimension.setFocus()
    QTest.keyClick(compared.spoke.dimension, Qt.Key.Key_Down)
    assert compared.spoke.column == 1 and compared.spoke.said.text().startswith("Fine")
    QTest.keyClick(compared, Qt.Key.Key_O)
    assert compared.canvas.veil is None

    compared.maps._asked = ()
    compared.maps.show_compared(compared.compared.pinned, compared.compared.candidates, "emd_hsv")
    QTest.keyClick(compared, Qt.Key.Key_O)
    compared.spoke.stop.click()
    qtbot.waitUntil(lambda: not compared.spoke.stop.isVisible(), timeout=20_000)
    assert compared.maps.maps is None and not compared.spoke.button.isChecked()


def test_an_unknown_scale_is_said_set_and_kept(window, qtbot, compared) -> None:
    assert not any(size.true for size in compared.canvas.sizes)
    assert "not true" in compared.size_label.text()
    chip = compared.scales[0]
    chip.chip.click()
    chip.dpi.selectAll()
    QTest.keyClicks(chip.dpi, "254")
    with qtbot.waitSignal(window.desk.search_done, timeout=20_000):
        QTest.keyClick(chip.dpi, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: compared.compared.pinned.px_per_cm == pytest.approx(100.0))
    query, other = compared.canvas.sizes
    assert (query.true, other.true) == (True, False)
    assert (query.width, other.width) == pytest.approx((16.0, 16.0))  # 160 px; the other a guess
    assert window.find.session.query.px_per_cm == pytest.approx(100.0)

    swatch_id = compared.candidate.key
    chip = compared.scales[1]
    chip.chip.click()
    chip.dpi.selectAll()
    QTest.keyClicks(chip.dpi, "127")
    QTest.keyClick(chip.dpi, Qt.Key.Key_Return)
    assert compared.canvas.sizes[1].width == pytest.approx(32.0)
    kept = lambda: window.desk.catalog.find(swatch_id).px_per_cm  # noqa: E731
    qtbot.waitUntil(lambda: kept() == pytest.approx(50.0), timeout=20_000)
    assert compared.candidate.key == swatch_id and compared.canvas.sizes[1].true


def test_swatches_of_the_library_are_gathered_and_compared_from_its_menu(window, qtbot) -> None:
    window.show_page("library")
    grid = window.library.grid
    grid.selectAll()
    grid.customContextMenuRequested.emit(grid.visualRect(grid.model().index(0, 0)).center())
    menu = QApplication.activePopupWidget()
    words = [action.text().replace("&", "") for action in menu.actions()]
    assert "Put into the basket\tB" in words and "Compare\tC" in words
    menu.actions()[words.index("Put into the basket\tB")].trigger()
    assert len(window.sheets.basket) == 12
    menu.actions()[words.index("Compare\tC")].trigger()
    menu.close()
    compared = window.compare.opened
    assert compared.isVisible() and not compared.compared.is_query
    assert len(compared.compared.candidates) == 5
    assert compared.facts.bars.scores[0] is not None
