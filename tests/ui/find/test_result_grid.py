"""The grid and its cards: how they fit, what they paint, what keys do, and parity with the table."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from fabricfinder.domain.search import Preference
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.ui.result_delegate import PAD, SwatchCardDelegate
from fabricfinder.ui.result_grid import GUTTER, NEARLY, SIDES, ResultGrid
from fabricfinder.ui.result_model import ResultModel, ResultRole
from fabricfinder.ui.result_order import SCORE_COLUMNS, Column
from fabricfinder.ui.result_table import ResultTable
from fabricfinder.ui.score_bars import paint_score_bar
from fabricfinder.ui.theme import THEMES, apply_theme, current_theme


@pytest.fixture
def model(fake_thumbnails, new_result):
    model = ResultModel(fake_thumbnails, default_taxonomy())
    model.show_result(new_result(), Preference())
    return model


@pytest.fixture
def grid(qtbot, model):
    grid = ResultGrid(model)
    qtbot.addWidget(grid)
    grid.resize(700, 600)
    with qtbot.waitExposed(grid):
        grid.show()
    return grid


def painted_bar(score, familiar=True, dimension="fine", unsure=False):
    image = QImage(120, 12, QImage.Format.Format_RGB32)
    image.fill(QColor(current_theme().surround))
    painter = QPainter(image)
    paint_score_bar(painter, QRectF(0, 0, 120, 12), dimension, score, familiar=familiar,
                    unsure=unsure)  # fmt: skip
    painter.end()
    return np.array(image.bits()).reshape(12, 120, 4)[:, :, 2::-1].astype(int)


def painted_card(model, row, state=QStyle.StateFlag.State_Enabled):
    cards = SwatchCardDelegate()
    cards.side = 200
    size = cards.card_size()
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(QColor(current_theme().surround))
    option = QStyleOptionViewItem()
    option.rect = QRect(QPoint(0, 0), size)
    option.state = state
    painter = QPainter(image)
    cards.paint(painter, option, model.index(row, 0))
    painter.end()
    return np.array(image.bits()).reshape(size.height(), size.width(), 4)[:, :, 2::-1].astype(int)


def is_coloured(pixels):
    return (pixels.max(axis=-1) - pixels.min(axis=-1)) > 25


@pytest.mark.parametrize("name", ["light", "dark", "grey"])
def test_a_guess_is_an_outline_told_without_colour(qapp, name):
    asked = list(product((True, False), DIMENSIONS))
    apply_theme(qapp, name)
    try:
        painted = [[painted_bar(0.6, *one, unsure) for unsure in (False, True)] for one in asked]
    finally:
        apply_theme(qapp, "light")
    for (familiar, dimension), (sure, guess) in zip(asked, painted, strict=True):
        one = f"{dimension}, {'familiar' if familiar else 'unfamiliar'}"
        grey = guess.mean(axis=-1)
        edge, inside, track = grey[0, 5:60].mean(), grey[3:-3, 5:60], grey[3:-3, 90:]
        assert inside.std() < 2, f"{one}: nothing fills it"
        assert abs(edge - inside.mean()) > 25, f"{one}: its edge stands out, in grey too"
        assert abs(grey[3:-3, 71].mean() - track.mean()) > 15, f"{one}: it ends where the score does"
        assert abs(sure.mean(axis=-1)[3:-3, 5:60].mean() - inside.mean()) > 25, one


def test_not_judged_is_hollow_and_hatched_not_an_empty_track():
    unknown, zero, half = painted_bar(None), painted_bar(0.0), painted_bar(0.5)
    frame = unknown[0, 5:-5].mean()
    inside = unknown[3:-3, 5:-5]
    assert frame < zero[0, 5:-5].mean() - 40, "a frame stands out, a track does not"
    assert inside.std() > 15, "hatched inside"
    assert zero.std() < 2, "an empty track is flat"
    assert not is_coloured(unknown).any(), "no dimension's colour: nothing is claimed"
    assert is_coloured(half[:, :58]).mean() > 0.9
    assert not is_coloured(half[:, 62:]).any()


def test_an_unfamiliar_querys_bars_are_grey():
    grey = painted_bar(0.5, familiar=False)
    assert not is_coloured(grey).any()
    assert grey[6, 20].mean() < grey[6, 100].mean() - 40, "the length still shows"


@pytest.mark.parametrize("theme", THEMES)
def test_the_four_bars_differ_by_pattern_alone(theme):
    style = THEMES[theme].dimensions
    assert len({style[d].pattern for d in DIMENSIONS}) == 4
    luminances = [painted_bar(1.0, dimension=d).mean(axis=-1) for d in DIMENSIONS]
    shapes = [np.abs(np.fft.rfft2(bar - bar.mean())).round(-1) for bar in luminances]
    for i, first in enumerate(shapes):
        for second in shapes[i + 1 :]:
            assert not np.array_equal(first, second)


def test_the_cloth_fills_its_square_and_is_never_dimmed_by_a_low_band(model, new_result):
    low = replace(new_result(), scores=np.full((40, 4), 0.1, np.float32), blend=(0.0, 0.0))
    model.show_result(low, Preference())
    assert model.index(0, 0).data(ResultRole.FAINT)
    card = painted_card(model, 0)
    cloth = card[PAD : PAD + 200, PAD : PAD + 200]
    assert (cloth == (200, 60, 40)).all()
    model.stale = True
    dimmed = painted_card(model, 0)[PAD : PAD + 200, PAD : PAD + 200]
    assert not (dimmed == (200, 60, 40)).any(), "while searching, old answers are dimmed whole"


def test_a_picture_on_its_way_leaves_a_neutral_square(model, fake_thumbnails):
    fake_thumbnails.late.add(model.index(0, 0).data(ResultRole.SWATCH_ID))
    cloth = painted_card(model, 0)[PAD : PAD + 200, PAD : PAD + 200]
    assert not is_coloured(cloth).any()


def test_bars_on_a_card_stand_in_the_fixed_order(model, new_result):
    scores = np.full((40, 4), np.nan, np.float32)
    for column, dimension in enumerate(DIMENSIONS):
        one = scores.copy()
        one[:, column] = 1.0
        model.show_result(replace(new_result(), scores=one), Preference())
        card = painted_card(model, 0)
        block = is_coloured(card[PAD + 205 : PAD + 205 + 60, 70:160]).mean(axis=1)
        rows = np.flatnonzero(block > 0.5)
        assert rows.size, f"{dimension} is painted"
        centre = rows.mean() / 60
        assert abs(centre - (column + 0.5) / 4) < 0.15


def test_numbers_show_on_the_chosen_card_only(model):
    flags = QStyle.StateFlag
    judged = [model.view.ranked(r).breakdown.judged == 4 for r in range(model.rowCount())]
    row = judged.index(True)
    plain = painted_card(model, row)
    chosen = painted_card(model, row, flags.State_Enabled | flags.State_Selected)
    numbers = (slice(PAD + 205, PAD + 255), slice(PAD + 172, PAD + 200))
    assert plain[numbers].std() < 2
    assert chosen[numbers].std() > 20


def test_the_keyboards_card_has_a_ring(model):
    flags = QStyle.StateFlag
    ringed = painted_card(model, 0, flags.State_Enabled | flags.State_HasFocus)
    edge = ringed[1, 20:-20].mean()
    assert abs(edge - painted_card(model, 0)[1, 20:-20].mean()) > 120


@pytest.mark.parametrize("width", [320, 500, 700, 1100, 1900])
@pytest.mark.parametrize("side", [130, 200, 420])
def test_columns_share_the_width_and_cloths_are_very_nearly_as_asked(grid, qtbot, width, side):
    grid.resize(width, 600)
    grid.set_swatch_side(side)
    around = 2 * PAD + GUTTER
    room = grid.viewport().width()
    least = min(side, room - around)
    assert grid.swatch_side + around >= (least + around) / NEARLY - 1
    assert grid.n_columns * (grid.swatch_side + around) <= room
    first = grid.visualRect(grid.model().index(0, 0))
    assert first.height() == grid.itemDelegate().card_size().height() + GUTTER
    assert grid.model().picture_px == round(grid.swatch_side * grid.devicePixelRatioF())


@pytest.mark.parametrize("size", [(700, 400), (640, 640), (1500, 330)])
def test_a_card_is_never_higher_than_the_window(grid, size):
    grid.resize(*size)
    grid.set_swatch_side(420)
    card = grid.itemDelegate().card_size().height()
    assert card <= grid.viewport().height() or grid.swatch_side == SIDES[0]


def test_only_cards_in_sight_work_out_their_sentence(model, monkeypatch, qtbot, new_result):
    from fabricfinder.ui import wording

    asked: set[int] = set()
    real = wording.result_sentence

    def counting(result, row, taxonomy):
        asked.add(row)
        return real(result, row, taxonomy)

    monkeypatch.setattr(wording, "result_sentence", counting)
    model.show_result(new_result(n=400), Preference())
    grid = ResultGrid(model)
    qtbot.addWidget(grid)
    grid.resize(700, 600)
    with qtbot.waitExposed(grid):
        grid.show()
    grid.viewport().repaint()
    assert 0 < len(asked) <= len(grid.visible_range())


def test_enter_chooses_space_looks_arrows_walk(grid, qtbot):
    grid.setFocus()
    grid.setCurrentIndex(grid.model().index(0, 0))
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert grid.currentIndex().row() == 1
    qtbot.keyClick(grid, Qt.Key.Key_Down)
    assert grid.currentIndex().row() == 1 + grid.n_columns
    with qtbot.waitSignal(grid.chosen) as chosen:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert chosen.args[0].row() == 1 + grid.n_columns
    with qtbot.waitSignal(grid.preview_wanted):
        qtbot.keyClick(grid, Qt.Key.Key_Space)
    with qtbot.waitSignal(grid.chosen):
        where = grid.visualRect(grid.currentIndex()).center()
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_the_table_shows_the_same_rows_in_the_same_order(grid, model, qtbot):
    table = ResultTable(model)
    qtbot.addWidget(table)
    table.setSelectionModel(grid.selectionModel())
    table.show()
    header = table.horizontalHeader()
    for column in (Column.NAME, Column.FINE, Column.FINE, Column.COVER, Column.RANK):
        at = header.sectionViewportPosition(column) + 5
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))
        shown = [table.model().index(r, Column.NAME).data() for r in range(model.rowCount())]
        cards = [grid.model().index(r, 0).data(ResultRole.TITLE) for r in range(model.rowCount())]
        assert shown == cards
        assert header.sortIndicatorSection() == column
    grid.setCurrentIndex(model.index(6, 0))
    assert table.currentIndex().row() == 6
    selected = {i.column() for i in table.selectionModel().selectedIndexes()}
    assert selected == set(range(len(Column))), "a card chosen in the grid is a whole row"


def test_no_title_is_cut_off_in_a_language_of_longer_words(model, qtbot, monkeypatch):
    title = "Gleichmäßigkeit der Farbe"
    monkeypatch.setattr(model, "headerData", lambda *_: title)
    table = ResultTable(model)
    qtbot.addWidget(table)
    wide = table.horizontalHeader().fontMetrics().horizontalAdvance(title)
    assert all(table.columnWidth(column) > wide + 20 for column in Column)


def test_a_score_columns_first_click_puts_the_best_first(model, qtbot):
    table = ResultTable(model)
    qtbot.addWidget(table)
    table.show()
    header = table.horizontalHeader()
    for column in SCORE_COLUMNS:
        at = QPoint(header.sectionViewportPosition(column) + 5, 8)
        if at.x() > header.viewport().width():
            continue
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        top = model.view.ranked(0).breakdown.as_tuple()[SCORE_COLUMNS.index(column)]
        assert top == pytest.approx(
            float(np.nanmax(model.view.facts.result.scores[:, SCORE_COLUMNS.index(column)]))
        )


def test_the_tables_picture_keeps_its_colours_in_a_chosen_row(model, qtbot):
    table = ResultTable(model)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    table.selectRow(0)
    image = table.viewport().grab().toImage()
    middle = table.visualRect(model.index(0, Column.PICTURE)).center()
    assert image.pixelColor(middle) == QColor(200, 60, 40)


def test_painting_a_row_that_went_away_draws_nothing(model):
    cards = SwatchCardDelegate()
    image = QImage(QSize(300, 400), QImage.Format.Format_RGB32)
    image.fill(0)
    index = model.index(39, 0)
    model.show_result(None, Preference())
    painter = QPainter(image)
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    cards.paint(painter, option, index)
    painter.end()
    assert not np.array(image.bits()).reshape(400, 300, 4)[:, :, :3].any()
