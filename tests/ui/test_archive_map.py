"""The archive map: a lasso drawn with the mouse, the walk by keys, the points where they belong."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPolygonF
from PySide6.QtTest import QTest

from fabricfinder.sheets.plots import MapPoints
from fabricfinder.ui.archive_map import ArchiveMap, points_inside, ticks_between


def make_points(n: int = 9) -> MapPoints:
    """A square of points: three by three."""
    x, y = np.divmod(np.arange(n), 3)
    rgb = np.full((n, 3), (200, 30, 30), np.uint8)
    return MapPoints(tuple(f"{i:032x}" for i in range(n)), 50.0 + 10 * x, 20.0 + 10 * y, rgb)


@pytest.fixture
def archive(qtbot) -> ArchiveMap:
    widget = ArchiveMap()
    qtbot.addWidget(widget)
    widget.resize(600, 400)
    widget.show_points(make_points())
    widget.show()
    return widget


def test_points_stand_where_their_cloth_belongs(archive) -> None:
    loose, tight = (archive.place_of(f"{i:032x}") for i in (0, 8))
    assert loose.x() < tight.x()  # tighter is further right
    assert loose.y() > tight.y()  # finer is higher
    image = archive.grab().toImage()
    color = image.pixelColor(loose.toPoint())
    assert (color.red(), color.green(), color.blue()) == (200, 30, 30)


def test_a_lasso_chooses_what_it_encloses(archive, qtbot) -> None:
    corner = archive.place_of(f"{4:032x}").toPoint()
    around = [QPoint(-25, -25), QPoint(25, -25), QPoint(25, 25), QPoint(-25, 25)]
    with qtbot.waitSignal(archive.chosen_changed):
        QTest.mousePress(archive, Qt.MouseButton.LeftButton, pos=corner + around[0])
        for step in around[1:]:
            QTest.mouseMove(archive, corner + step)
        QTest.mouseRelease(archive, Qt.MouseButton.LeftButton, pos=corner + around[3])
    assert archive.chosen == (f"{4:032x}",)


def test_a_click_chooses_one_and_ctrl_adds(archive) -> None:
    for i, key in ((0, Qt.KeyboardModifier.NoModifier), (8, Qt.KeyboardModifier.ControlModifier)):
        place = archive.place_of(f"{i:032x}").toPoint()
        QTest.mouseClick(archive, Qt.MouseButton.LeftButton, key, place)
    assert archive.chosen == (f"{0:032x}", f"{8:032x}")


def test_the_keyboard_walks_by_tightness(archive, qtbot) -> None:
    archive.setFocus()
    with qtbot.waitSignal(archive.current_changed) as told:
        QTest.keyClick(archive, Qt.Key.Key_Right)
    assert told.args == [f"{0:032x}"]
    QTest.keyClick(archive, Qt.Key.Key_Space)
    assert archive.chosen == tuple(told.args)
    QTest.keyClick(archive, Qt.Key.Key_Escape)
    assert archive.chosen == ()


def test_inside_is_inside() -> None:
    star = QPolygonF([QPointF(0, 0), QPointF(10, 0), QPointF(10, 10), QPointF(5, 4), QPointF(0, 10)])
    rng = np.random.default_rng(3)
    places = rng.uniform(-2, 12, (300, 2))
    want = [star.containsPoint(QPointF(*p), Qt.FillRule.OddEvenFill) for p in places]
    assert points_inside(places, star).tolist() == want


def test_a_hundred_thousand_points_are_painted_at_once(archive) -> None:
    rng, n = np.random.default_rng(4), 100_000
    points = MapPoints(
        tuple(map(str, range(n))), rng.uniform(30, 100, n), rng.uniform(5, 120, n),
        rng.integers(0, 255, (n, 3), np.uint8),
    )  # fmt: skip
    archive.show_points(points)
    assert not archive.grab().isNull()


@pytest.mark.parametrize(("low", "high"), [(0, 1), (40, 97), (3.2, 161), (50, 51)])
def test_ticks_are_few_and_round(low, high) -> None:
    ticks = ticks_between(low, high)
    assert 4 <= len(ticks) <= 9
    assert all(low <= t <= high for t in ticks)
