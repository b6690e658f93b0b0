"""The import review with real events: four lists, another picture of an article, retry, resume."""

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt

from fabricfinder.domain.swatch import Alike, ImportProblem, ImportReport
from fabricfinder.ui.find_page import FindPage
from fabricfinder.ui.import_rows import ALIKE, HERE, NEW, UNREAD, lines_of
from fabricfinder.ui.main_window import LIBRARY, MainWindow
from fabricfinder.ui.session import Session

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot, desk, thumbnails, tmp_path, catalog, plain_thumbnails):
    plain_thumbnails(catalog)
    session = Session(tmp_path / "settings.ini")
    window = MainWindow(desk, thumbnails, session, FindPage(desk, thumbnails), tmp_path / "home")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    yield window
    window.close()


@pytest.fixture
def report(catalog):
    ids = [s.id for s in catalog.swatches]
    return ImportReport(
        3, 2, (ImportProblem("/cloth/torn.jpg", "The picture is cut short."),), new=tuple(ids[20:23]),
        here=(("/copies/a.jpg", ids[4]), ("/copies/b.jpg", ids[5])),
        alike=(Alike(ids[21], ids[2], 0.95), Alike(ids[22], ids[3], 0.9)),
    )  # fmt: skip


@pytest.fixture
def review(window, qtbot, report):
    window.desk.import_done.emit(report)
    window.capture.review_action.trigger()
    dialog = window.capture.review.dialog
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def tab_texts(review):
    return [review.tabs.tabText(i) for i in range(review.tabs.count())]


def test_four_lists_and_the_one_that_asks_comes_first(review, window):
    assert tab_texts(review) == [
        "New 3", "Same cloth, new photo 2", "Already here 2", "Cannot read 1"
    ]
    assert review.tab == ALIKE
    line = review.models[ALIKE].lines[0]
    assert "95 % alike" in line.detail and "swatch-00002" in line.detail
    assert "swatch-00002" in review.question.text()
    assert "were here" not in window.line.message.text()


def test_yes_files_the_new_picture_under_the_same_article(review, window, finder, qtbot, report):
    qtbot.mouseClick(review.first, LEFT)
    qtbot.waitUntil(lambda: any(name == "edit" for name, _ in finder.calls))
    ids, fields, name = next(a for n, a in finder.calls if n == "edit")
    assert set(ids) == {report.alike[0].swatch, report.alike[0].earlier}
    assert fields == {"article": "swatch-00002"} and "another picture of" in name
    assert tab_texts(review)[1] == "Same cloth, new photo 1", "answered for, asked no more"
    qtbot.waitUntil(lambda: window.archive.steps.count() == 1)
    window.archive.undo.trigger()
    qtbot.waitUntil(lambda: any(name == "undo" for name, _ in finder.calls))


def test_an_article_and_colourway_that_are_there_are_taken_over(review, window, finder, qtbot, report):
    window.desk.run("edit", lambda f: f.archive.edit(
        [report.alike[0].earlier], {"article": "20341", "colourway": "07"}, "File"))  # fmt: skip
    qtbot.waitUntil(
        lambda: "article" in window.desk.catalog.find(report.alike[0].earlier).fields
    )
    finder.calls.clear()
    qtbot.mouseClick(review.first, LEFT)
    qtbot.waitUntil(lambda: any(name == "edit" for name, _ in finder.calls))
    ids, fields, _ = next(a for n, a in finder.calls if n == "edit")
    assert ids == (report.alike[0].swatch,) and fields == {"article": "20341", "colourway": "07"}


def test_no_is_remembered_and_changes_nothing(review, finder, qtbot):
    for left in (1, 0):
        qtbot.mouseClick(review.second, LEFT)
        assert tab_texts(review)[1] == f"Same cloth, new photo {left}"
    assert not any(name == "edit" for name, _ in finder.calls)
    assert review.nothing.isVisible() and "No new picture" in review.nothing.text()


def test_new_ones_are_shown_in_the_library(review, window, qtbot):
    review.show_tab(NEW)
    qtbot.mouseClick(review.first, LEFT)
    assert window.page == LIBRARY and window.library.model.rowCount() == 3


def test_what_could_not_be_read_says_why_and_is_tried_again(review, finder, qtbot):
    review.show_tab(UNREAD)
    assert review.models[UNREAD].lines[0].detail == "The picture is cut short."
    review.list.selectionModel().select(
        review.models[UNREAD].index(0), QItemSelectionModel.SelectionFlag.Select
    )
    qtbot.mouseClick(review.second, LEFT)
    qtbot.waitUntil(lambda: ("import_paths", ("/cloth/torn.jpg",)) in finder.calls)


def test_here_already_names_the_swatch(review, catalog, report):
    lines = lines_of(report, catalog)[HERE]
    assert [(line.title, line.detail) for line in lines] == [
        ("a.jpg", "is here as swatch-00004"), ("b.jpg", "is here as swatch-00005")
    ]  # fmt: skip


def test_an_import_is_held_let_go_stopped_and_gone_on_with(review, window, finder, qtbot):
    finder.gate.clear()
    window.desk.import_paths(["/cloth"])
    qtbot.waitUntil(review.pause_button.isVisible, timeout=5000)
    qtbot.mouseClick(review.pause_button, LEFT)
    qtbot.waitUntil(lambda: review.pause_button.text() == "Continue")
    assert "Paused" in review.where.text()
    qtbot.mouseClick(review.pause_button, LEFT)
    qtbot.mouseClick(review.stop_button, LEFT)
    qtbot.waitUntil(lambda: "import" in finder.closed)
    finder.gate.set()
    qtbot.waitUntil(lambda: "pending" in window.banners.shown())
    qtbot.mouseClick(window.banners.banner("pending").findChild(object, "bannerAction0"), LEFT)
    qtbot.waitUntil(lambda: ("resume_import", None) in finder.calls)


def test_the_window_offers_the_review_only_where_there_is_something_to_answer(
    window, report, qtbot
):
    window.desk.import_done.emit(ImportReport(3, new=report.new))
    assert "alike" not in window.banners.shown()
    window.desk.import_done.emit(report)
    assert "2 new pictures seem to show cloth you have" in window.banners.shown()["alike"]
    qtbot.mouseClick(window.banners.banner("alike").findChild(object, "bannerAction0"), LEFT)
    assert window.capture.review.dialog.isVisible()
