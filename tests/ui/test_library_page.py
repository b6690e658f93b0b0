"""The Library workspace under real typing, clicks and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from fabricfinder.domain.search import Filters
from fabricfinder.ui.library_bar import LibraryBar
from fabricfinder.ui.library_grid import PAD, LibraryCardDelegate
from fabricfinder.ui.library_page import LibraryPage
from fabricfinder.ui.library_states import EmptyDrawer


@pytest.fixture
def page(qtbot, desk, thumbnails, catalog):
    with qtbot.waitSignal(desk.library_opened):
        desk.open_library(catalog.folder)
    page = LibraryPage(desk, thumbnails)
    qtbot.addWidget(page)
    page.resize(1200, 760)
    page.set_catalog(desk.catalog)
    with qtbot.waitExposed(page):
        page.show()
    return page


def shown(page):
    return [page.model.index(i, 0).data() for i in range(page.model.rowCount())]


def test_everything_is_shown_and_counted(page):
    assert len(shown(page)) == 30
    assert page.bar.count.text() == "30 swatches"
    assert page.grid.isVisible() and page.empty.isHidden()


def test_typing_searches_after_a_pause_and_only_once(page, finder, qtbot):
    page.focus_search()
    qtbot.keyClicks(page.bar.search, "0001")
    qtbot.waitUntil(lambda: len(shown(page)) == 11)
    assert page.bar.count.text() == "11 of 30"
    assert [text for name, text in finder.calls if name == "find_text"] == ["0001"]


def test_clearing_shows_everything_again(page, qtbot):
    qtbot.keyClicks(page.bar.search, "0001")
    qtbot.waitUntil(lambda: len(shown(page)) == 11)
    page.bar.search.clear()
    qtbot.waitUntil(lambda: len(shown(page)) == 30)


def test_words_nobody_has_are_answered_kindly(page, qtbot):
    qtbot.keyClicks(page.bar.search, "taffeta")
    qtbot.waitUntil(lambda: page.nothing.isVisible())
    assert "taffeta" in page.nothing.sentence.text()
    qtbot.mouseClick(page.nothing.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown(page)) == 30)
    assert page.bar.search.text() == "" and page.grid.isVisible()


def test_ticks_nothing_fits_can_be_lifted(page, qtbot):
    page.facets.filters_changed.emit(Filters(tightness=(0.0, 0.0)))
    assert page.nothing.isVisible() and "ticked" in page.nothing.sentence.text()
    qtbot.mouseClick(page.nothing.button, Qt.MouseButton.LeftButton)
    assert len(shown(page)) == 30


def test_a_late_answer_to_older_words_is_ignored(page, qtbot):
    qtbot.keyClicks(page.bar.search, "0001")
    qtbot.waitUntil(lambda: len(shown(page)) == 11)
    page.choice._take_found("something else", ())
    assert len(shown(page)) == 11


def test_facets_narrow_and_say_how_many(page, qtbot):
    labels = page._catalog.table.fine.argmax(axis=1)
    from fabricfinder.domain.taxonomy import default_taxonomy

    wanted = default_taxonomy().fine[int(np.bincount(labels).argmax())]
    page.facets.filters_changed.emit(Filters(fine=frozenset({wanted})))
    n = int((labels == np.bincount(labels).argmax()).sum())
    assert len(shown(page)) == n
    assert page.bar.count.text() == f"{n} of 30"
    page.facets.filters_changed.emit(Filters())
    assert len(shown(page)) == 30


def test_words_and_facets_together(page, qtbot):
    page.facets.filters_changed.emit(Filters(scale_known=False))
    assert len(shown(page)) == 10
    qtbot.keyClicks(page.bar.search, "0001")
    qtbot.waitUntil(lambda: set(shown(page)) == {"swatch-00012", "swatch-00015", "swatch-00018"})


def test_enter_and_double_click_use_a_swatch_as_query(page, qtbot):
    page.grid.setCurrentIndex(page.model.index(3, 0))
    with qtbot.waitSignal(page.use_as_query) as used:
        qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert used.args == [page._catalog.swatches[3].id]
    point = page.grid.visualRect(page.model.index(1, 0)).center()
    with qtbot.waitSignal(page.use_as_query) as used:
        qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=point)
        qtbot.mouseDClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=point)
    assert used.args == [page._catalog.swatches[1].id]


def test_details_follow_the_cursor(page, qtbot):
    page.grid.setFocus()
    page.grid.setCurrentIndex(page.model.index(0, 0))
    qtbot.keyClick(page.grid, Qt.Key.Key_Right)
    assert page.details._title.text() == "swatch-00001"
    assert "1200 × 900" in page.details._size.text()
    assert "236 px/cm" in page.details._size.text()
    with qtbot.waitSignal(page.use_as_query) as used:
        qtbot.mouseClick(page.details.query_button, Qt.MouseButton.LeftButton)
    assert used.args == [page._catalog.swatches[1].id]


def test_the_context_menu_offers_the_same(page, qtbot):
    page.grid.customContextMenuRequested.emit(
        page.grid.visualRect(page.model.index(2, 0)).center()
    )
    menu = page.findChild(QMenu)
    words = [a.text().split("\t")[0] for a in menu.actions()]
    assert [word for word in words if word] == [
        "Use as query", "Look closer", "Show in folder", "Copy", "Copy path",
        "Put into collection", "Take out of the library", "Take out, originals to the trash",
    ]  # fmt: skip
    with qtbot.waitSignal(page.use_as_query) as used:
        menu.actions()[0].trigger()
    assert used.args == [page._catalog.swatches[2].id]
    menu.actions()[3].trigger()
    urls = QGuiApplication.clipboard().mimeData().urls()
    assert urls[0].toLocalFile() == page._catalog.swatches[2].path
    menu.actions()[4].trigger()
    assert QGuiApplication.clipboard().text() == page._catalog.swatches[2].path
    menu.close()


def test_the_menu_by_key_belongs_to_the_cursor(page, qtbot):
    page.grid.setCurrentIndex(page.model.index(4, 0))
    page.grid.customContextMenuRequested.emit(QPoint(-5, -5))
    menu = page.findChild(QMenu)
    with qtbot.waitSignal(page.use_as_query) as used:
        menu.actions()[0].trigger()
    assert used.args == [page._catalog.swatches[4].id]
    menu.close()


def test_space_looks_closer_and_arrows_turn_the_page(page, qtbot):
    page.grid.setFocus()
    page.grid.setCurrentIndex(page.model.index(0, 0))
    qtbot.keyClick(page.grid, Qt.Key.Key_Space)
    assert page.quick.isVisible() and page.quick.swatch is page._catalog.swatches[0]
    qtbot.keyClick(page.quick, Qt.Key.Key_Right)
    assert page.quick.swatch is page._catalog.swatches[1]
    assert page.grid.current_id() == page._catalog.swatches[1].id
    with qtbot.waitSignal(page.use_as_query) as used:
        qtbot.keyClick(page.quick, Qt.Key.Key_Return)
    assert used.args == [page._catalog.swatches[1].id] and page.quick.isHidden()
    qtbot.keyClick(page.grid, Qt.Key.Key_Space)
    qtbot.keyClick(page.quick, Qt.Key.Key_Escape)
    assert page.quick.isHidden() and page.grid.hasFocus()


def test_ctrl_c_copies_the_selection(page, qtbot):
    page.grid.selectAll()
    qtbot.keyClick(page.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert len(QGuiApplication.clipboard().mimeData().urls()) == 30


def test_growing_keeps_her_place(page, new_catalog, qtbot):
    page.resize(700, 500)
    page.grid.setCurrentIndex(page.model.index(20, 0))
    bar = page.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before, chosen = bar.value(), page.grid.current_id()
    page.set_catalog(new_catalog(page._catalog.folder, 60))
    qtbot.wait(10)
    assert len(shown(page)) == 60
    assert bar.value() == before and page.grid.current_id() == chosen


def test_growing_asks_the_words_again(page, finder, new_catalog, qtbot):
    qtbot.keyClicks(page.bar.search, "0003")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    finder.catalog = new_catalog(page._catalog.folder, 40)
    page.set_catalog(finder.catalog)
    qtbot.waitUntil(lambda: page.model.rowCount() == 11)


def test_another_library_starts_afresh(page, finder, new_catalog, tmp_path, qtbot):
    qtbot.keyClicks(page.bar.search, "0001")
    qtbot.waitUntil(lambda: len(shown(page)) == 11)
    page.set_catalog(new_catalog(tmp_path / "other", 5))
    assert page.bar.search.text() == "" and len(shown(page)) == 5


def test_an_empty_library_is_a_drawer_with_two_buttons(page, new_catalog, tmp_path, qtbot):
    page.set_catalog(new_catalog(tmp_path / "new", 0))
    assert page.empty.isVisible() and page.grid.isHidden() and page.details.isHidden()
    with qtbot.waitSignal(page.choose_folder):
        qtbot.mouseClick(page.empty.folder_button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.choose_pictures):
        qtbot.mouseClick(page.empty.pictures_button, Qt.MouseButton.LeftButton)


def test_size_and_order(page, qtbot):
    columns = page.grid.n_columns
    page.bar.size.setValue(page.bar.size.maximum())
    assert page.grid.n_columns < columns and page.grid.side == 416
    page.bar.order.setCurrentIndex(page.bar.order.findData("newest"))
    assert shown(page)[0] == "swatch-00029"
    page.set_side(96)
    assert page.grid.side == 96 and page.bar.size.value() == 6


def test_missing_thumbnails_paint_a_placeholder(page, qtbot):
    # No file lies on disk: every card is painted all the same, with the fail picture in the end.
    swatch = page._catalog.swatches[0].id
    page.grid.model()._thumbnails.set_library(page._catalog.folder)
    page.grid.viewport().update()
    qtbot.waitUntil(lambda: page.grid.model()._thumbnails.failed(swatch))
    image = page.grid.grab().toImage()
    assert image.width() == page.grid.width()


def test_an_empty_drawer_says_when_swatches_are_on_their_way(qtbot):
    drawer = EmptyDrawer()
    qtbot.addWidget(drawer)
    drawer.show()
    assert "empty drawer" in drawer.heading.text() and drawer.folder_button.isVisible()
    drawer.show_coming(True)
    assert "on their way" in drawer.heading.text() and not drawer.folder_button.isVisible()
    drawer.show_coming(False)
    assert drawer.pictures_button.isVisible()


def test_several_chosen_are_counted_and_one_is_told_of_again(page, qtbot):
    page.grid.setFocus()
    page.grid.setCurrentIndex(page.model.index(0, 0))
    qtbot.keyClick(page.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.details._title.text() == "30 swatches chosen")
    assert not page.details.query_button.isVisible() and not page.details._picture.isVisible()
    with qtbot.waitSignal(page.use_as_query) as used:  # the key still means the one she is at
        qtbot.keyClick(page.grid, Qt.Key.Key_Return)
    assert used.args == [page._catalog.swatches[0].id]
    point = page.grid.visualRect(page.model.index(2, 0)).center()
    qtbot.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: page.details._title.text() == "swatch-00002")
    assert page.details.query_button.isVisible()


def test_what_is_chosen_is_told_where_the_cursor_is_nowhere(page, qtbot):
    page.grid.selectAll()
    page.grid.selectionModel().clearCurrentIndex()
    qtbot.waitUntil(lambda: page.details._title.text() == "30 swatches chosen")


@pytest.mark.parametrize("width", [1100, 760, 560, 420, 300, 240, 180])
def test_nothing_in_the_bar_overlaps_or_is_cut_at_any_width(qtbot, width):
    pane, bar = QWidget(), LibraryBar()
    qtbot.addWidget(pane)
    column = QVBoxLayout(pane)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(bar)
    column.addStretch(1)
    bar.show_count("12,345 of 67,890")
    pane.resize(1100, 300)
    with qtbot.waitExposed(pane):
        pane.show()
    pane.resize(width, 300)
    qtbot.waitUntil(lambda: bar.width() == width, timeout=2000)
    qtbot.wait(20)  # a line more or less is laid out when events come round
    parts = [p for p in (bar.search, bar.count, bar.piles, bar.order, bar.size, bar.spec)
             if p.isVisible()]  # fmt: skip
    places = [QRect(p.mapTo(bar, QPoint(0, 0)), p.rect().size()) for p in parts]
    for i, (part, place) in enumerate(zip(parts, places, strict=True)):
        assert bar.rect().contains(place), type(part)
        assert not any(place.intersects(other) for other in places[i + 1 :]), type(part)
        if part is not bar.search:
            assert place.width() >= part.sizeHint().width() or part is bar.size
    assert {bar.search, bar.piles, bar.order, bar.spec} <= set(parts)
    assert (bar.count in parts and bar.size in parts) or width < 500


def test_a_name_in_another_script_keeps_off_the_line_below(qtbot):
    """Rows of pixels with ink, of the name alone and of what stands under it alone."""

    def inked(title, subtitle):
        delegate = LibraryCardDelegate()
        delegate.side = 96
        size = delegate.card_size()
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        place = QRect(0, 96 + PAD, size.width(), size.height() - 96 - PAD)
        delegate._paint_words(painter, place, title, subtitle)
        painter.end()
        return {y for y in range(image.height()) for x in range(image.width())
                if image.pixelColor(x, y) != QColor(Qt.GlobalColor.white)}  # fmt: skip

    below = inked("", "xyzacu")
    for name in ("ABCH", "最终版", "قماش"):
        assert inked(name, "") and max(inked(name, "")) < max(below)
        assert len(inked(name, "") & below) <= 3  # the foot of a letter at most
    assert inked("最终版", "xyzacu") == inked("最终版", "") | below  # it stands where it stood
