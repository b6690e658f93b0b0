"""The flowing layout: nothing overlaps, nothing runs out, its height is what it takes."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fabricfinder.ui.flow_layout import FlowLayout


class Chip(QWidget):
    def __init__(self, size: QSize) -> None:
        super().__init__()
        self._size = size

    def sizeHint(self) -> QSize:
        return self._size


@pytest.fixture
def laid_out(qtbot):
    def lay_out(sizes, width):
        pane = QWidget()
        qtbot.addWidget(pane)
        flow = FlowLayout(pane, spacing=4)
        for size in sizes:
            flow.addWidget(Chip(QSize(*size)))
        height = flow.heightForWidth(width)
        pane.resize(width, height)
        pane.show()
        boxes = [flow.itemAt(i).widget().geometry() for i in range(flow.count())]
        pane.hide()
        return boxes, height

    return lay_out


SIZES = [(40, 20), (90, 10), (30, 30), (200, 20), (10, 10), (60, 24), (60, 24)]


@pytest.mark.parametrize("width", [50, 100, 150, 210, 500, 2000])
def test_nothing_overlaps_or_runs_out(laid_out, width):
    boxes, height = laid_out(SIZES, width)
    for i, box in enumerate(boxes):
        assert box.left() >= 0
        assert box.right() < width
        assert box.bottom() < height
        assert not any(box.intersects(other) for other in boxes[i + 1 :])


def test_a_wide_pane_takes_one_line_centred(laid_out):
    boxes, height = laid_out(SIZES, 2000)
    assert height == 30
    assert len({box.center().y() for box in boxes}) <= 2, "centres agree to a pixel"
    assert [b.left() for b in boxes] == sorted(b.left() for b in boxes)


def test_a_wider_pane_is_never_taller(laid_out):
    sizes = [(width, 20) for width in (40, 90, 30, 110, 10, 60, 60, 35)]
    heights = [laid_out(sizes, width)[1] for width in range(120, 600, 40)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[-1] == 20


def test_cleared_it_is_empty(laid_out, qtbot):
    pane = QWidget()
    qtbot.addWidget(pane)
    flow = FlowLayout(pane)
    flow.addWidget(Chip(QSize(10, 10)))
    flow.clear()
    assert flow.count() == 0
    assert flow.heightForWidth(100) == 0


def test_a_chip_that_comes_later_gets_its_place(qtbot):
    """Though the pane keeps its height, as when a facet's values change."""
    outer = QWidget()
    qtbot.addWidget(outer)
    column = QVBoxLayout(outer)
    pane = QWidget(outer)
    column.addWidget(pane)
    flow = FlowLayout(pane, spacing=4)
    flow.addWidget(Chip(QSize(100, 20)))
    outer.resize(260, 80)
    outer.show()
    qtbot.waitExposed(outer)
    for _ in range(3):
        while flow.count():
            flow.takeAt(0).widget().deleteLater()
        for _ in range(3):
            chip = Chip(QSize(110, 20))
            chip.setParent(pane)
            chip.show()
            flow.addWidget(chip)
        qtbot.wait(1)
        boxes = [flow.itemAt(i).widget().geometry() for i in range(flow.count())]
        assert all(box.size() == QSize(110, 20) for box in boxes)
        assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
