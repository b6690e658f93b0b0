"""The crop rectangle with real mouse and key events: drawn, moved, resized, dropped, announced once."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtTest import QTest

from fabricfinder.ui.crop_view import MARGIN, STEP, CropView

LEFT = Qt.MouseButton.LeftButton
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def view(qtbot):
    """A view of 400 × 200 px of cloth at exactly one picture px per widget px."""
    view = CropView()
    qtbot.addWidget(view)
    view.resize(400 + 2 * MARGIN, 200 + 2 * MARGIN)
    picture = QPixmap(400, 200)
    picture.fill(QColor("#557799"))
    view.set_picture(picture)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def announced(view):
    crops = []
    view.crop_changed.connect(crops.append)
    return crops


def at(x, y):
    return QPoint(MARGIN + x, MARGIN + y)


def drag(view, start, end, steps=4):
    QTest.mousePress(view, LEFT, pos=start)
    for i in range(1, steps + 1):
        QTest.mouseMove(view, start + (end - start) * i / steps)
    QTest.mouseRelease(view, LEFT, pos=end)


def test_a_drag_draws_a_crop_and_announces_it_once_on_release(view, announced):
    QTest.mousePress(view, LEFT, pos=at(100, 50))
    QTest.mouseMove(view, at(150, 80))
    QTest.mouseMove(view, at(300, 150))
    assert view.crop == pytest.approx((0.25, 0.25, 0.75, 0.75))
    assert announced == []
    QTest.mouseRelease(view, LEFT, pos=at(300, 150))
    assert announced == [pytest.approx((0.25, 0.25, 0.75, 0.75))]


def test_a_drag_backwards_and_out_of_the_picture_stays_inside_it(view, announced):
    drag(view, at(200, 100), at(-90, -90))
    assert announced == [pytest.approx((0.0, 0.0, 0.5, 0.5))]


def test_a_click_changes_nothing(view, announced):
    QTest.mouseClick(view, LEFT, pos=at(50, 50))
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    QTest.mouseClick(view, LEFT, pos=at(10, 10))
    QTest.mouseClick(view, LEFT, pos=at(200, 100))
    assert view.crop == (0.25, 0.25, 0.75, 0.75)
    assert announced == []


def test_a_drag_inside_moves_the_crop_up_to_the_edge(view, announced):
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    drag(view, at(200, 100), at(240, 110))
    assert announced[-1] == pytest.approx((0.35, 0.30, 0.85, 0.80))
    drag(view, at(200, 100), at(900, 100))
    assert announced[-1] == pytest.approx((0.5, 0.30, 1.0, 0.80))
    assert len(announced) == 2


@pytest.mark.parametrize(
    ("grip", "to", "crop"),
    [
        ((100, 50), (60, 20), (0.15, 0.10, 0.75, 0.75)),
        ((300, 150), (360, 180), (0.25, 0.25, 0.90, 0.90)),
        ((300, 100), (340, 100), (0.25, 0.25, 0.85, 0.75)),
        ((200, 50), (200, 20), (0.25, 0.10, 0.75, 0.75)),
        ((100, 150), (340, 170), (0.75, 0.25, 0.85, 0.85)),
    ],
)
def test_handles_resize_even_past_the_other_side(view, announced, grip, to, crop):
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    drag(view, at(*grip), at(*to))
    assert announced == [pytest.approx(crop)]


def test_escape_double_click_and_reset_take_the_whole_picture(view, announced):
    for reset in (
        lambda: QTest.keyClick(view, Qt.Key.Key_Escape),
        lambda: QTest.mouseDClick(view, LEFT, pos=at(200, 100)),
        view.reset_crop,
    ):
        view.set_crop((0.25, 0.25, 0.75, 0.75))
        reset()
        assert view.crop is None
        assert announced.pop() is None
    view.reset_crop()
    assert announced == [], "nothing to reset, nothing to announce"


def test_escape_during_a_drag_brings_the_old_crop_back(view, announced):
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    QTest.mousePress(view, LEFT, pos=at(10, 10))
    QTest.mouseMove(view, at(80, 80))
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, pos=at(80, 80))
    assert view.crop == (0.25, 0.25, 0.75, 0.75)
    assert announced == []


def test_the_keyboard_draws_moves_and_resizes(view, announced):
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert announced == [pytest.approx((0.25, 0.25, 0.75, 0.75))]
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert announced[-1] == pytest.approx((0.25 - STEP, 0.25 + STEP, 0.75 - STEP, 0.75 + STEP))
    QTest.keyClick(view, Qt.Key.Key_Right, SHIFT)
    assert announced[-1] == pytest.approx((0.25 - STEP, 0.25 + STEP, 0.75, 0.75 + STEP))
    for _ in range(80):
        QTest.keyClick(view, Qt.Key.Key_Up, SHIFT)
    left, top, right, bottom = view.crop
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1


def test_a_held_key_is_announced_once_when_let_go(view, announced):
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    view.setFocus()
    QTest.keyPress(view, Qt.Key.Key_Right)
    assert announced == []
    QTest.keyRelease(view, Qt.Key.Key_Right)
    assert len(announced) == 1


def test_without_a_picture_nothing_can_be_cropped(qtbot):
    view = CropView()
    qtbot.addWidget(view)
    view.resize(200, 200)
    view.show()
    crops = []
    view.crop_changed.connect(crops.append)
    drag(view, QPoint(20, 20), QPoint(150, 150))
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert crops == []
    assert view.crop is None
    view.grab()


def test_what_is_left_out_is_faded_and_the_part_is_not(view):
    view.set_crop((0.25, 0.25, 0.75, 0.75))
    image = view.grab().toImage()
    inside, outside = image.pixelColor(at(200, 80)), image.pixelColor(at(30, 30))
    assert inside == QColor("#557799")
    assert outside.hsvSaturation() < inside.hsvSaturation() / 2
