"""The measuring glass with real events: true millimetres, clicks that count threads, drags."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage

from fabricfinder.domain.density import YarnDensity
from fabricfinder.ui.glass_marks import (
    ENDS,
    LOOK,
    PICKS,
    REPEAT,
    RULER,
    Stretch,
    ThreadMarks,
    agreement,
    scale_of_ruler,
)
from fabricfinder.ui.measuring_glass import MeasuringGlass

LEFT = Qt.MouseButton.LeftButton
PX_PER_CM, PERIOD = 240.0, 12.0  # 20 threads per cm


@pytest.fixture
def glass(qtbot):
    glass = MeasuringGlass()
    qtbot.addWidget(glass)
    glass.resize(600, 500)
    grey = (np.arange(1200) // 6 % 2 * 120 + 60).astype(np.uint8)
    rows = np.ascontiguousarray(np.broadcast_to(grey, (900, 1200)))
    image = QImage(rows.data, 1200, 900, 1200, QImage.Format.Format_Grayscale8).copy()
    glass.set_picture(image, PX_PER_CM)
    with qtbot.waitExposed(glass):
        glass.show()
    return glass


def click(qtbot, glass, x, y):
    at = glass.to_screen(QPointF(x, y))
    qtbot.mouseClick(glass, LEFT, pos=at.toPoint())


def drag(qtbot, glass, start, end):
    qtbot.mousePress(glass, LEFT, pos=start)
    for share in (0.5, 1.0):
        qtbot.mouseMove(glass, QPoint(*(round(a + (b - a) * share) for a, b in zip(
            start.toTuple(), end.toTuple(), strict=True))))  # fmt: skip
    qtbot.mouseRelease(glass, LEFT, pos=end)


@settings(deadline=None)
@given(
    st.floats(2, 80), st.floats(20, 900), st.integers(2, 60), st.floats(0, 500),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_n_threads_make_n_less_one_steps_in_any_order(per_cm, px_per_cm, n, start, random):
    places = [start + i * px_per_cm / per_cm for i in range(n)]
    random.shuffle(places)
    marks = ThreadMarks(tuple(places))
    assert marks.per_cm(px_per_cm) == pytest.approx(per_cm)
    assert marks.within(px_per_cm) == pytest.approx(per_cm / 2 / (n - 1))
    assert marks.shortened().at == tuple(places[:-1])


def test_one_click_or_no_scale_counts_nothing():
    assert ThreadMarks((5.0,)).per_cm(100) is None
    assert ThreadMarks((5.0, 9.0)).per_cm(None) is None
    assert ThreadMarks((5.0, 5.0)).per_cm(100) is None


def test_a_count_agrees_within_both_intervals():
    density = YarnDensity(20.0, 18.0, 0.4, 0.4, 12.0)
    assert agreement(20.5, 0.2, density, ENDS)
    assert not agreement(20.7, 0.2, density, ENDS)
    assert not agreement(20.0, 0.2, density, PICKS)
    assert agreement(20.0, 0.2, YarnDensity(), ENDS) is None


def test_the_pick_glass_is_one_centimetre_of_cloth(glass):
    assert glass.glass_rect() is None
    glass.set_tool(ENDS)
    box = glass.glass_rect()
    assert box.width() / glass.zoom == pytest.approx(PX_PER_CM)
    assert 0.7 * glass.height() < box.height() < glass.height()


def test_true_size_is_the_screens_own_millimetre(glass, qtbot):
    qtbot.keyClick(glass, Qt.Key.Key_1)
    assert glass.times == pytest.approx(1.0)
    assert glass.zoom * PX_PER_CM / 10 == pytest.approx(glass.screen().physicalDotsPerInch() / 25.4)
    glass.show_true_size(8)
    assert glass.times == pytest.approx(8.0)


def test_clicks_count_ends_and_backspace_takes_one_back(glass, qtbot):
    glass.set_tool(ENDS)
    for i in range(9):
        click(qtbot, glass, 550 + PERIOD * i, 450)
    assert glass.marks[ENDS].per_cm(PX_PER_CM) == pytest.approx(20, rel=0.02)
    assert glass.marks[PICKS].at == ()
    qtbot.keyClick(glass, Qt.Key.Key_Backspace)
    assert len(glass.marks[ENDS].at) == 8


def test_a_drag_while_counting_moves_the_cloth_and_marks_nothing(glass, qtbot):
    glass.set_tool(PICKS)
    before = QPointF(glass.centre)
    drag(qtbot, glass, QPoint(300, 250), QPoint(260, 250))
    assert glass.marks[PICKS].at == ()
    assert glass.centre.x() == pytest.approx(before.x() + 40 / glass.zoom)


def test_clicks_beside_the_cloth_count_for_nothing(glass, qtbot):
    glass.fit()
    glass.set_tool(ENDS)
    glass.mark(QPointF(-3, 20))
    assert glass.marks[ENDS].at == ()


def test_threads_can_be_counted_by_key_alone(glass, qtbot):
    glass.setFocus()
    glass.set_tool(PICKS)
    for _ in range(4):
        qtbot.keyClick(glass, Qt.Key.Key_Space)
        for _ in range(3):
            qtbot.keyClick(glass, Qt.Key.Key_Down)
    at = glass.marks[PICKS].at
    assert len(at) == 4 and np.allclose(np.diff(at), np.diff(at)[0]) and at[1] > at[0]


def test_the_repeat_is_dragged_in_millimetres(glass, qtbot):
    glass.set_tool(REPEAT)
    start = glass.to_screen(QPointF(240, 240)).toPoint()
    end = glass.to_screen(QPointF(720, 480)).toPoint()
    drag(qtbot, glass, start, end)
    across, down = glass.stretch.sides_mm(PX_PER_CM)
    assert across == pytest.approx(20, abs=0.3) and down == pytest.approx(10, abs=0.3)
    glass.set_tool(RULER)
    assert glass.stretch is None


def test_the_ruler_gives_the_scale(glass, qtbot):
    assert scale_of_ruler(Stretch(0, 0, 300, 400), 50) == pytest.approx(100)
    assert scale_of_ruler(Stretch(0, 0, 1, 0), 50) is None
    assert scale_of_ruler(Stretch(0, 0, 300, 0), 0) is None
    glass.set_tool(RULER)
    glass.setFocus()
    qtbot.keyClick(glass, Qt.Key.Key_Space)
    for _ in range(5):
        qtbot.keyClick(glass, Qt.Key.Key_Right)
    qtbot.keyClick(glass, Qt.Key.Key_Space)
    step = 2 / glass.zoom
    assert glass.stretch.length == pytest.approx(5 * step)


def test_the_wheel_keeps_what_lies_under_the_cursor(glass, qtbot):
    place = QPointF(150, 120)
    before = glass.to_picture(place)
    glass._zoom_at(place, 2.0)
    after = glass.to_picture(place)
    assert (after - before).manhattanLength() < 1e-6


def test_another_view_shows_the_same_part_at_the_same_millimetres(glass, qtbot):
    other = MeasuringGlass()
    qtbot.addWidget(other)
    other.resize(300, 300)
    image = QImage(400, 300, QImage.Format.Format_RGB888)
    image.fill(0)
    other.set_picture(image, PX_PER_CM / 3)
    told = []
    other.view_changed.connect(lambda *part: told.append(part))
    glass.view_changed.connect(other.show_part)
    glass.show_true_size(6)
    assert other.times == pytest.approx(6.0) and not told
    assert other.centre.x() / 400 == pytest.approx(glass.centre.x() / 1200)


def test_without_scale_there_is_no_glass_and_no_true_size(glass):
    glass.set_scale(None)
    glass.set_tool(ENDS)
    zoom = glass.zoom
    glass.show_true_size()
    assert glass.glass_rect() is None and glass.times is None and glass.zoom == zoom
    glass.set_tool(LOOK)
    glass.set_picture(None)
    assert glass.picture_size.isEmpty()
    glass.grab()


def test_no_such_tool(glass):
    with pytest.raises(ValueError, match="hammer"):
        glass.set_tool("hammer")
    assert math.isfinite(glass.zoom)
