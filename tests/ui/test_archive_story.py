"""One story on the real library: fill in the spec, find the nearest older article, undo it all."""

import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from fabricfinder.finder import Finder
from fabricfinder.library import Library
from fabricfinder.library.backups import backups
from fabricfinder.ui.app import make_window
from fabricfinder.ui.session import Session


@pytest.fixture
def window(qtbot, fake_encoder, tmp_path):
    session = Session(tmp_path / "settings.ini")
    window = make_window(session, lambda: Finder(fake_encoder), tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1400, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.desk.start()
    yield window
    window.close()


def _say(qtbot, page, field, text):
    edit = page.spec.rows[field].edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)


def _choose(page, *rows):
    page.grid.clearSelection()
    for row in rows:
        index = page.model.index(row, 0)
        page.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    page.grid.setCurrentIndex(page.model.index(rows[0], 0))
    for row in rows[1:]:
        index = page.model.index(row, 0)
        page.grid.selectionModel().select(index, QItemSelectionModel.SelectionFlag.Select)
    page.grid.selection.emit()


def test_three_swatches_are_filed_found_undone_and_done_again(
    window, qtbot, swatch_folder, tmp_path
):
    library, page, steps = tmp_path / "archive", window.library, window.archive.steps
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(library, create=True)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        window.desk.import_paths([str(swatch_folder)])
    window.show_page("library")
    page.bar.spec.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 12)
    before = window.desk.catalog.swatches
    _choose(page, 0, 1, 2)
    for field, text in (
        ("article", "20341"), ("weight", "5.3 oz/yd2"), ("ends_per_cm", "28"),
        ("composition", "60 CO 40 WO"), ("supplier", "Mill North"),
    ):  # fmt: skip
        n = steps.count()
        _say(qtbot, page, field, text)
        qtbot.waitUntil(lambda n=n: steps.count() == n + 1)
    filled = window.desk.catalog.swatches
    assert [s.fields.get("composition") for s in filled[:4]] == [
        "60 % cotton, 40 % wool"
    ] * 3 + [None]
    page.bar.search.setText("supplier:north gsm:170..190")
    qtbot.waitUntil(lambda: page.model.rowCount() == 3)
    page.bar.search.clear()
    qtbot.waitUntil(lambda: page.model.rowCount() == 12)
    with qtbot.waitSignal(window.desk.search_done, timeout=30_000) as found:
        window.use_swatch(filled[0].id)
    nearest = found.args[0].swatches
    assert filled[0].id not in {s.id for s in nearest} and len(nearest) == 11
    window.show_page("library")
    done = steps.count()
    for n in range(done):
        window.archive.undo.trigger()
        qtbot.waitUntil(lambda n=n: sum(s.undone for s in window.desk.catalog.history) == n + 1)
    assert len(window.desk.catalog) == 0 and len(window.desk.catalog.removed) == 12
    steps.setIndex(done)
    qtbot.waitUntil(lambda: window.desk.catalog.swatches == filled)
    steps.setIndex(1)  # all but the import
    qtbot.waitUntil(lambda: window.desk.catalog.swatches == before)
    assert window.desk.close()
    with Library.open(library) as again:  # and in the next sitting it can still be done again
        assert [s.undone for s in again.history()] == [False] + [True] * (done - 1)
        while again.redo():
            pass
        assert again.swatches() == filled


def test_a_damaged_library_comes_back_with_one_click(window, qtbot, swatch_folder, tmp_path):
    library = tmp_path / "archive"
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(library, create=True)
    with qtbot.waitSignal(window.desk.import_done, timeout=30_000):
        window.desk.import_paths([str(swatch_folder)])
    elsewhere = tmp_path / "other"
    with qtbot.waitSignal(window.desk.library_opened):
        window.desk.open_library(elsewhere, create=True)
    Library.open(library).close()  # the day's backup
    assert backups(library)
    file: Path = library / "library.fflib"
    file.write_bytes(b"this was a library once" * 400)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(file).execute("SELECT * FROM swatch")
    with qtbot.waitSignal(window.desk.library_refused):
        window.desk.open_library(library)
    banner = window.banners.banner("refused")
    button = banner.findChild(object, "bannerAction0")
    with qtbot.waitSignal(window.desk.library_opened, timeout=20_000):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(window.desk.catalog) == 12
    assert list(library.glob("library-damaged-*.fflib"))  # nothing was deleted
