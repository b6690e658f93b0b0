"""The grid's arithmetic: every pixel belongs to the cell that is painted there."""

import statistics
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    QStringListModel,
    Qt,
)
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from fabricfinder.ui.library_grid import LibraryGrid
from fabricfinder.ui.library_model import LibraryModel
from fabricfinder.ui.uniform_grid import UniformGrid


def make_grid(n, width=500, height=400, cell=(90, 120)):
    grid = UniformGrid()
    grid.setModel(QStringListModel([f"swatch {i}" for i in range(n)], grid))
    grid.set_cell(QSize(*cell))
    grid.resize(width, height)
    grid.show()
    return grid


@pytest.fixture
def grid(qtbot):
    grid = make_grid(103)
    qtbot.addWidget(grid)
    return grid


def at(grid, place):
    return grid.model().index(place, 0)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(0, 300), width=st.integers(60, 900), height=st.integers(60, 700),
    cell_width=st.integers(20, 300), cell_height=st.integers(20, 300), scroll=st.floats(0, 1),
)  # fmt: skip
def test_every_pixel_of_a_cell_belongs_to_its_index(
    qapp, n, width, height, cell_width, cell_height, scroll
):
    grid = make_grid(n, width, height, (cell_width, cell_height))
    bar = grid.verticalScrollBar()
    bar.setValue(round(scroll * bar.maximum()))
    room = grid.viewport().rect()
    seen = set()
    for place in grid.visible_range():
        rect = grid.visualRect(at(grid, place))
        assert rect.intersects(room)
        for corner in (rect.topLeft(), rect.bottomRight(), rect.topRight(), rect.center()):
            if room.contains(corner):
                assert grid.indexAt(corner).row() == place
        seen.add(place)
    # Nothing outside the visible range is in sight.
    for place in set(range(n)) - seen:
        assert not grid.visualRect(at(grid, place)).intersects(room)
    grid.deleteLater()


def test_a_row_fills_the_width_without_gaps(grid):
    rects = [grid.visualRect(at(grid, i)) for i in range(grid.n_columns)]
    assert rects[0].left() == 0
    assert rects[-1].right() + 1 == grid.viewport().width()
    for left, right in zip(rects, rects[1:], strict=False):
        assert left.right() + 1 == right.left()


def test_the_scroll_bar_ends_at_the_last_row(grid):
    bar = grid.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert grid.visualRect(at(grid, 102)).bottom() + 1 == grid.viewport().height()


def test_points_beside_cells_are_no_index(grid):
    assert not grid.indexAt(QPoint(-1, 5)).isValid()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    last = grid.visualRect(at(grid, 102))
    assert not grid.indexAt(last.center() + QPoint(last.width(), 0)).isValid()


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("Right", 0, 1), ("Left", 1, 0), ("Left", 0, 0), ("Down", 0, 5), ("Up", 7, 2),
        ("Up", 2, 2), ("Down", 99, 102), ("Down", 101, 101), ("End", 3, 102), ("Home", 40, 0),
        ("PageDown", 0, 15), ("PageUp", 20, 5), ("PageDown", 95, 102), ("Right", 102, 102),
    ],
)  # fmt: skip
def test_keys_walk_the_grid(grid, qtbot, key, start, end):
    assert grid.n_columns == 5
    grid.setCurrentIndex(at(grid, start))
    qtbot.keyClick(grid, getattr(Qt.Key, f"Key_{key}"))
    assert grid.currentIndex().row() == end
    assert grid.visualRect(grid.currentIndex()).intersects(grid.viewport().rect())


def test_without_a_cursor_every_step_leads_to_the_first_cell(grid):
    grid.setCurrentIndex(QModelIndex())
    for action in (QListView.CursorAction.MoveDown, QListView.CursorAction.MovePageUp):
        assert grid.moveCursor(action, Qt.KeyboardModifier.NoModifier).row() == 0


def test_clicking_selects_and_shift_extends(grid, qtbot):
    def click(place, modifier=Qt.KeyboardModifier.NoModifier):
        point = grid.visualRect(at(grid, place)).center()
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, point)

    click(1)
    assert [i.row() for i in grid.selectedIndexes()] == [1]
    click(3, Qt.KeyboardModifier.ControlModifier)
    assert sorted(i.row() for i in grid.selectedIndexes()) == [1, 3]
    click(2)
    click(7, Qt.KeyboardModifier.ShiftModifier)
    assert sorted(i.row() for i in grid.selectedIndexes())[0] == 2
    assert grid.currentIndex().row() == 7


def test_a_frame_selects_what_it_touches(grid):
    select = QItemSelectionModel.SelectionFlag.ClearAndSelect
    cell = grid.visualRect(at(grid, 0))
    grid.setSelection(QRect(cell.center(), QSize(cell.width(), cell.height())), select)
    assert sorted(i.row() for i in grid.selectedIndexes()) == [0, 1, 5, 6]


def test_scroll_to_brings_any_cell_into_sight(grid):
    for hint in (QListView.ScrollHint.EnsureVisible, QListView.ScrollHint.PositionAtCenter):
        for place in (102, 50, 0, 77):
            grid.scrollTo(at(grid, place), hint)
            assert grid.viewport().rect().contains(grid.visualRect(at(grid, place)))


def test_hovering_repaints_the_card(qtbot, grid):
    QTest.mouseMove(grid.viewport(), grid.visualRect(at(grid, 2)).center())
    qtbot.waitUntil(lambda: grid._hovered == 2)
    QTest.mouseMove(grid.viewport(), grid.visualRect(at(grid, 3)).center())
    qtbot.waitUntil(lambda: grid._hovered == 3)


def test_without_a_model_nothing_breaks(qtbot):
    grid = UniformGrid()
    qtbot.addWidget(grid)
    grid.show()
    grid.repaint()
    assert not grid.indexAt(QPoint(5, 5)).isValid()


@pytest.fixture
def big(qtbot, thumbnails, new_catalog, tmp_path):
    """A grid over 100,000 swatches."""
    catalog = new_catalog(tmp_path, 100_000, n_coded=2000)
    _ = catalog.row_of, catalog.table_row_of
    model = LibraryModel(thumbnails)
    model.show(catalog)
    view = LibraryGrid(model)
    qtbot.addWidget(view)
    view.resize(1200, 800)
    return view, model, catalog


def milliseconds(deed) -> float:
    """Time this thread itself was at work: what else the machine does is no stall of ours."""
    began = time.thread_time()
    deed()
    return (time.thread_time() - began) * 1000


def test_a_hundred_thousand_swatches_are_no_layout(big, qapp, qtbot):
    view, model, catalog = big
    asked = []
    sound = model.data
    model.data = lambda index, role=0: (asked.append(index.row()), sound(index, role))[1]
    with qtbot.waitExposed(view):
        view.show()
    bar = view.verticalScrollBar()
    assert bar.maximum() > 1_000_000

    def jump(k):
        bar.setValue(k * 7919 * 131 % bar.maximum())
        view.viewport().repaint()

    scrolling = statistics.median(milliseconds(lambda k=k: jump(k)) for k in range(25))
    resizing = statistics.median(
        milliseconds(lambda w=w: (view.resize(w, 800), qapp.processEvents()))
        for w in (1000, 1010, 1190, 1200, 1100)
    )
    picture = statistics.median(
        milliseconds(
            lambda i=i: (
                model.dataChanged.emit(model.index(i, 0), model.index(i, 0)),
                qapp.processEvents(),
            )
        )
        for i in range(5)
    )
    assert scrolling < 50 and resizing < 50 and picture < 50, (scrolling, resizing, picture)
    assert len(set(asked)) < 3000, "only what is seen is asked for"


def test_readers_of_the_screen_hear_every_swatch(big, qtbot):
    view, model, catalog = big
    with qtbot.waitExposed(view):
        view.show()
    interface = QAccessible.queryAccessibleInterface(view)
    assert interface.role() == QAccessible.Role.List
    assert interface.childCount() == 100_000
    cell = interface.child(12_345)
    role = Qt.ItemDataRole.AccessibleTextRole
    assert cell.text(QAccessible.Text.Name) == model.index(12_345, 0).data(role)
    assert catalog.swatches[12_345].name in cell.text(QAccessible.Text.Name)
    view.setCurrentIndex(model.index(7, 0))
    rect = view.visualRect(model.index(7, 0))
    spoken = interface.childAt(*view.viewport().mapToGlobal(rect.center()).toTuple())
    assert catalog.swatches[7].name in spoken.text(QAccessible.Text.Name)
