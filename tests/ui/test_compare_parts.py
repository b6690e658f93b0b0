"""The parts of a comparison: millimetres, pictures, palettes and charts, pixel by pixel."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from fabricfinder.comparing import Cloth
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.retrieval.palette_transport import transport_plan
from fabricfinder.sheets.differences import DIFFERS, ONE_SIDED, SAME, Difference
from fabricfinder.ui.compare_canvas import CompareCanvas
from fabricfinder.ui.compare_count import GlassPair
from fabricfinder.ui.compare_painting import BLINK, SIDE, SPLIT, SWIPE, veil_image
from fabricfinder.ui.compare_palettes import LEAST_FLOW, PaletteFlow
from fabricfinder.ui.compare_pictures import ComparePictures
from fabricfinder.ui.facts_table import FactsTable
from fabricfinder.ui.linked_view import LinkedView, cloth_sizes, fitting, whole
from fabricfinder.ui.score_chart import ChartRow, ScoreChart
from fabricfinder.ui.theme import scaled_font

RED, BLUE = (200, 30, 30), (30, 30, 200)
PANE = QRectF(0, 0, 400, 300)
px = st.floats(-200, 200)


def sizes(scales=(80.0, 160.0), shapes=((800, 600), (800, 600))):
    return cloth_sizes(shapes, scales, ((0.5, 0.5), (0.5, 0.5)))


@given(st.floats(0.5, 40), px, px, st.floats(0.3, 3), px, px)
def test_what_lies_under_the_cursor_stays_there(zoom, x, y, factor, dx, dy) -> None:
    view = LinkedView(zoom, x / 10, y / 10)
    at = PANE.center() + QPointF(dx / 2, dy / 2)
    after = view.zoomed(factor, at, PANE)
    before_mm, after_mm = view.mm_at(at, PANE), after.mm_at(at, PANE)
    assert after_mm.x() == pytest.approx(before_mm.x(), abs=1e-6)
    assert after_mm.y() == pytest.approx(before_mm.y(), abs=1e-6)


def test_a_millimetre_is_as_long_in_both_whatever_their_pictures() -> None:
    """100 mm and 50 mm wide: at 3 px a mm they are 300 and 150 px wide, about one middle."""
    one, other = sizes()
    view = LinkedView(3.0, 5.0, 0.0)
    places = [view.place(size, PANE) for size in (one, other)]
    assert [p.width() for p in places] == pytest.approx([300, 150])
    for place in places:  # 5 mm right of each cloth's middle lies in the middle of the pane
        assert place.left() + place.width() / 2 + 15 == pytest.approx(PANE.center().x())


def test_an_unknown_scale_is_a_guess_and_says_so() -> None:
    one, other = sizes((80.0, None), ((800, 600), (400, 400)))
    assert (other.width, other.height, other.true) == (100.0, 100.0, False) and one.true
    both = sizes((None, None))
    assert [s.width for s in both] == [100.0, 100.0] and not any(s.true for s in both)


def test_fill_and_whole() -> None:
    one, other = sizes()
    assert fitting((one, other), PANE).zoom == pytest.approx(8.0)  # 50 × 37.5 mm fills 400 × 300
    assert whole((one, other), PANE).zoom == pytest.approx(4.0)
    far = LinkedView(4.0, 1e5, -1e5).within((one, other))
    assert (far.x, far.y) == pytest.approx((50.0, -37.5))


@pytest.fixture
def cloths(tmp_path: Path) -> tuple[Cloth, Cloth]:
    """A red cloth of 40 mm at 80 px/cm, and a blue one of 40 mm at 160 px/cm."""
    found = []
    for name, color, side, scale in (("red", RED, 320, 80.0), ("blue", BLUE, 640, 160.0)):
        path = tmp_path / f"{name}.png"
        Image.new("RGB", (side, side), color).save(path)
        found.append(Cloth(name, name, str(path), "", side, side, scale))
    return found[0], found[1]


@pytest.fixture
def canvas(qtbot, cloths):
    pictures = ComparePictures()
    canvas = CompareCanvas(pictures)
    qtbot.addWidget(canvas)
    canvas.resize(402, 300)
    canvas.show()
    pictures.show(list(cloths))
    canvas.set_pair(*cloths, ("Query: red", "blue"))
    qtbot.waitUntil(lambda: all(pictures.best(c.key, 1) for c in cloths), timeout=10_000)
    yield canvas
    canvas.stop()
    pictures.stop()
    qtbot.waitUntil(lambda: pictures._reader._pool.activeThreadCount() == 0, timeout=10_000)


def color_at(canvas: CompareCanvas, x: int, y: int) -> tuple[int, int, int]:
    return canvas.grab().toImage().pixelColor(x, y).getRgb()[:3]


def test_every_way_shows_each_cloth_where_it_belongs(canvas) -> None:
    canvas.set_mode(SIDE)
    assert color_at(canvas, 100, 150) == RED and color_at(canvas, 300, 150) == BLUE
    canvas.set_mode(SWIPE)
    canvas.line = 0.7
    assert color_at(canvas, 260, 100) == RED and color_at(canvas, 300, 100) == BLUE
    canvas.set_mode(SPLIT)
    assert color_at(canvas, 200, 130) == RED and color_at(canvas, 200, 240) == BLUE
    canvas.set_mode(BLINK)
    assert color_at(canvas, 200, 150) == RED
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert color_at(canvas, 200, 150) == BLUE and not canvas._blinking.isActive()


def test_both_reach_equally_far_in_millimetres(canvas) -> None:
    """40 mm each at 4 px a mm: 160 px wide in the middle of either pane."""
    canvas.view = LinkedView(4.0)
    image = canvas.grab().toImage()
    ratio = canvas.devicePixelRatioF()
    row = [image.pixelColor(round(x * ratio), round(150 * ratio)).getRgb()[:3] for x in range(402)]
    for color in (RED, BLUE):
        assert sum(p == color for p in row) == pytest.approx(160, abs=1)


def test_keys_move_and_zoom_both_and_the_zoom_stays_when_paging(qtbot, canvas, cloths) -> None:
    canvas.setFocus()
    before = canvas.view
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.view.x == pytest.approx(before.x + 40 / before.zoom)
    canvas.zoom(1.5)
    held = canvas.view
    with qtbot.waitSignal(canvas.turn_wanted) as turned:
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert turned.args == [1]
    third = replace(cloths[1], key="third", title="third")
    canvas.set_pair(cloths[0], third, ("Query: red", "third"))
    assert canvas.view == held
    canvas.set_pair(replace(cloths[0], key="other query"), third, ("Query", "third"))
    assert canvas.view != held  # another query begins anew


def test_the_swipe_line_is_dragged_and_the_cloth_beside_it_is_not(canvas) -> None:
    canvas.set_mode(SWIPE)
    view = canvas.view
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(201, 150))
    QTest.mouseMove(canvas, QPoint(100, 150))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    assert canvas.line == pytest.approx(100 / 402) and canvas.view == view
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 150))
    QTest.mouseMove(canvas, QPoint(280, 150))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(280, 150))
    assert canvas.view.x == pytest.approx(view.x + 20 / view.zoom)


def test_a_picture_that_is_gone_is_said_and_its_small_one_shown(qtbot, cloths, tmp_path) -> None:
    pictures = ComparePictures()
    gone = replace(cloths[0], key="gone", path=str(tmp_path / "no.png"), fallback=cloths[1].path)
    lost = replace(cloths[0], key="lost", path=str(tmp_path / "no.png"))
    pictures.show([gone, lost])
    qtbot.waitUntil(lambda: pictures.failed("lost"), timeout=10_000)
    assert pictures.best("gone", 1e6).width() == 640 and not pictures.failed("gone")
    assert pictures.best("lost", 1) is None
    pictures.stop()


def test_a_veil_is_clear_where_most_was_lost() -> None:
    losses = np.zeros((4, 4))
    losses[1, 2] = 0.1
    image = veil_image(losses)
    assert image.pixelColor(2, 1).alpha() == 0 and image.pixelColor(0, 0).alpha() > 200
    flat = veil_image(np.full((4, 4), 0.3))
    assert len({flat.pixelColor(x, 0).alpha() for x in range(4)}) == 1


def palette(*shades: tuple[int, float, float]) -> Palette:
    return Palette(tuple(PaletteColor(r, h, 0.7, 0.6, s) for r, h, s in shades))


def test_bands_are_as_wide_as_what_became_of_each_colour(qtbot) -> None:
    one, other = palette((8, 220, 0.7), (3, 0, 0.3)), palette((8, 210, 0.4), (3, 5, 0.6))
    flows = transport_plan(one.to_array(), other.to_array())[:2, :2]
    chart = PaletteFlow()
    qtbot.addWidget(chart)
    chart.resize(500, chart.sizeHint().height())
    chart.set_palettes(one, other, flows)
    bands = chart.bands()
    for i, color in enumerate(one.colors):
        upper = sum(b[2].width() for b in bands if b[0] == i)
        assert upper == pytest.approx(500 * color.share, abs=1)
    for j, color in enumerate(other.colors):
        lower = sorted((b[3].left(), b[3].width()) for b in bands if b[1] == j)
        assert sum(w for _, w in lower) == pytest.approx(500 * color.share, abs=1)
    assert all(b[2].width() == pytest.approx(500 * flows[b[0], b[1]], abs=1e-3) for b in bands)
    assert (flows[flows < LEAST_FLOW] == 0).all()


def test_bars_of_the_chart_begin_together_and_are_as_long_as_their_scores(qtbot) -> None:
    chart = ScoreChart()
    qtbot.addWidget(chart)
    chart.resize(400, 300)
    rows = [ChartRow("a", "Alpha", (1.0, 0.5, 0.25, None), palette((8, 220, 1.0))),
            ChartRow("b", "Beta", (0.0, 0.75, 1.0, 0.5))]  # fmt: skip
    chart.set_rows(rows, "a")
    chart.show()
    tracks = [chart.bar_rect(place, 2) for place in chart.places()]
    assert tracks[0].left() == tracks[1].left() and tracks[0].width() == tracks[1].width()
    image = chart.grab().toImage()
    from fabricfinder.ui.theme import current_theme

    fill = current_theme().dimensions[DIMENSIONS[2]].color
    y = round(tracks[0].center().y())
    left = round(tracks[0].left()) + 1
    drawn = [image.pixelColor(x, y).name() == fill for x in range(left, round(tracks[0].right()))]
    assert sum(drawn) == pytest.approx(0.25 * tracks[0].width(), abs=2)
    assert "Alpha" in chart.accessibleDescription()
    with qtbot.waitSignal(chart.chosen) as chosen:
        QTest.mouseClick(chart, Qt.MouseButton.LeftButton,
                         pos=chart.places()[1].center().toPoint())  # fmt: skip
    assert chosen.args == ["b"]
    QTest.keyClick(chart, Qt.Key.Key_Up)
    with qtbot.waitSignal(chart.chosen) as chosen:
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chosen.args == ["a"]


def test_threads_are_counted_in_both_glasses_and_they_move_together(qtbot, cloths) -> None:
    pictures = ComparePictures()
    pair = GlassPair(pictures)
    qtbot.addWidget(pair)
    pair.resize(900, 520)
    pair.show()
    pictures.show(list(cloths))
    pair.show_pair(*cloths, ("Query: red", "blue"))
    qtbot.waitUntil(lambda: all(not s.glass.picture_size.isEmpty() for s in pair.sides),
                    timeout=10_000)  # fmt: skip
    pair.show_pair(*cloths, ("Query: red", "blue"))
    for side, n in zip(pair.sides, (5, 9), strict=True):
        box = side.glass.glass_rect()
        assert box.width() == pytest.approx(box.height())
        for i in range(n):
            at = QPointF(box.left() + box.width() * i / (n - 1), box.center().y()).toPoint()
            at.setX(min(max(at.x(), 1), side.glass.width() - 2))
            QTest.mouseClick(side.glass, Qt.MouseButton.LeftButton, pos=at)
    assert pair.sides[0].said.text().startswith("Ends 4.0")
    assert pair.sides[1].said.text().startswith("Ends 8.0")
    first, second = (side.glass for side in pair.sides)
    assert first.zoom * first.px_per_cm == pytest.approx(second.zoom * second.px_per_cm)
    QTest.mousePress(first, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(first, QPoint(140, 100))
    QTest.mouseRelease(first, Qt.MouseButton.LeftButton, pos=QPoint(140, 100))
    mm = [(g.centre.x() - g.picture_size.width() / 2) * 10 / g.px_per_cm for g in (first, second)]
    assert mm[0] != 0 and mm[0] == pytest.approx(mm[1], abs=0.05)
    pair.picks.click()
    assert {s.glass.tool for s in pair.sides} == {"picks"}
    pair.clear.click()
    assert not any(side.marked for side in pair.sides)
    pictures.stop()


@pytest.mark.parametrize("width", [264, 300, 340, 600])
def test_the_facts_table_cuts_no_word_at_any_width(qtbot, width) -> None:
    rows = (
        Difference("weave", "Weave", "2/2 twill", "2/2 twill", SAME, "same"),
        Difference("tightness", "Tightness", "77 ± 6 %", "88 %", DIFFERS, "+11 points"),
        Difference("warp", "Warp yarn", "24.6 tex (Nm 40.6)", "", ONE_SIDED, "known of one only"),
        Difference("repeat", "Repeat", "32.2 mm", "30 mm", DIFFERS, "−2.2 mm (−7 %)"),
    )
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows(rows)
    table.resize(width, 300)
    with qtbot.waitExposed(table):
        table.show()
    header = table.horizontalHeader()
    texts = [header.model().headerData(x, Qt.Orientation.Horizontal) for x in range(4)]
    assert sum(table.columnWidth(x) for x in range(4)) == table.viewport().width()
    for x in range(4):
        said = [texts[x], *(table.item(y, x).text() for y in range(4))]
        bold = QFontMetrics(scaled_font(1.0, bold=True))
        metrics = bold if x == 3 else QFontMetrics(table.font())
        longest = max(metrics.horizontalAdvance(w) for text in said for w in text.split())
        assert table.columnWidth(x) > longest
        assert table.columnWidth(x) > header.fontMetrics().horizontalAdvance(texts[x])
    rows_high = sum(table.rowHeight(y) for y in range(4))
    assert table.height() >= header.height() + rows_high
