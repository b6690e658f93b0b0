"""The page "How well does it find?": its words, its plots, its plates."""

import threading
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import shiboken6
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.beliefs import BeliefFigures
from fabricfinder.evaluation.differences import Change
from fabricfinder.evaluation.intervals import Difference
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.report import Figure, Report
from fabricfinder.measuring.asked import Answer
from fabricfinder.measuring.drawn import Measurement, save_answers
from fabricfinder.measuring.kept import OwnFigures, OwnRun
from fabricfinder.ui.how_well_flow import read_shipped
from fabricfinder.ui.how_well_own import OwnPanel
from fabricfinder.ui.how_well_own_words import (
    change_words,
    label_rows,
    own_words,
    wanting_words,
)
from fabricfinder.ui.how_well_page import HowWellPage
from fabricfinder.ui.how_well_plots import PlotPainter, PlotView
from fabricfinder.ui.how_well_words import (
    hundred,
    hundred_range,
    shipped_note,
    shipped_words,
)
from fabricfinder.ui.models_words import figure_words
from fabricfinder.ui.theme import apply_theme, current_theme

NAN = float("nan")


def figure(name, value, low=NAN, high=NAN, n=100, floor=NAN, group=""):
    return Figure(name, value, n, floor, low, high, 0, group)


@pytest.fixture
def measured() -> Measurement:
    """Every question that has words."""
    recaptures = Report(
        "", "v1, T1: re-captured among 2,000 fabrics",
        (figure("recall@1", 0.614, 0.58, 0.64, floor=1 / 2000), figure("recall@10", 0.9)),
        (figure("recall@1", 0.7, group="kind base"),
         figure("recall@1", 0.42, 0.4, 0.5, group="kind sett 10 %"),
         figure("told apart", 0.97, 0.9, 1, group="sibling colour")),
    )  # fmt: skip
    graded = Report("", "v1, T2: similarity to absent cloth", (
        figure("skill@50", 0.81, 0.79, 0.83),
        figure("NDCG@50 of coarse labels", 0.75, floor=0.5),
    ))  # fmt: skip
    minors = default_taxonomy().coarse
    table = np.zeros((len(minors), len(minors)), int)
    table[0, 0], table[0, 1], table[2, 3], table[4, 5] = 6, 4, 3, 1
    believed = Report("", "v1, beliefs about new captures", (
        figure("minor right", 0.9, 0.88, 0.92), figure("ECE minor", 0.04),
    ))  # fmt: skip
    bars = Report("", "v1, error of each bar", tuple(figure(str(i), i / 50) for i in range(4)))
    photos = Report("", "photos, leave one out", (
        figure("P@1", 0.6, 0.55, 0.65, 1200, 0.1), figure("mAP", 0.3, floor=0.08),
    ))  # fmt: skip
    at = np.arange(1, 12)
    curves = {
        name: PrecisionRecall(at, np.full(11, value), at / 20)
        for name, value in (("DVSH", 0.8), ("LSH", 0.3), ("ITQ", 0.5))
    }
    return Measurement({"encoder": "dvsh-128-aa/fp32"}, (
        Answer((recaptures,), (0,)), Answer((graded,), curves=curves),
        Answer((believed, bars), (0, 1),
               beliefs=BeliefFigures(believed, table, minors, {"coarse": (), "fine": ()})),
        Answer((photos,), (0,)),
    ))  # fmt: skip


def test_shares_are_said_of_a_hundred() -> None:
    assert [hundred(v) for v in (0.614, 0.0, 0.0004, 1.0, NAN)] == ["61", "0", "less than 1", "100", "–"]
    assert hundred_range(figure("x", 0.614, 0.58, 0.642)) == "61 (58 to 64)"
    assert hundred_range(figure("x", 0.614)) == "61"


def test_each_plot_says_what_it_shows(measured) -> None:
    said = shipped_words(measured)
    assert said["recall-by-sibling"].startswith(
        "Of 100 scraps of cloth already in the drawer, 61 (58 to 64) are found in first place, 90"
        " among the first ten. The drawer holds 2,000 cloths"
    )
    assert "By chance it would be less than 1." in said["recall-by-sibling"]
    assert "Hardest is a design with its sett off by 10 %: 42 (40 to 50)" in said["recall-by-sibling"]
    assert "97 (90 to 100) for another colour" in said["siblings-told-apart"]
    assert "81 (79 to 83)" in said["ndcg-by-bits"] and "alone would reach 50." in said["ndcg-by-bits"]
    assert "80 of every 100" in said["precision-recall"] and "50 (ITQ)" in said["precision-recall"]
    assert "the pattern rightly 90 (88 to 92) times" in said["reliability"]
    assert "by 4 of 100" in said["reliability"] and "weave" not in said["reliability"]
    assert "coarse texture 0, fine texture 2, colour 4, tightness 6" in said["error-of-each-bar"]
    assert "1,200 of them: for 60 (55 to 65)" in said["by-label"] and "30; by chance 8" in said["by-label"]
    # As a share of its own row, and never on one picture alone.
    habits = said["confusion"]
    assert habits.index("(3 of 3)") < habits.index("(4 of 10)") and "of 1)" not in habits
    assert shipped_words(Measurement({}, ())) == {}


def test_the_two_readings_of_the_weave_cannot_be_taken_for_one_another() -> None:
    believed = Report("", "v1, beliefs about new captures", (
        figure("fine right", 0.31, 0.25, 0.37), figure("ECE fine", 0.06),
        figure("fine right, ≥ 4 px a yarn", 0.43, 0.33, 0.52),
    ))  # fmt: skip
    said = shipped_words(Measurement({}, (Answer((believed,)),)))["reliability"]
    assert "the weave or knit of all cloth rightly 31 (25 to 37) times of 100" in said
    assert "whose yarns can be seen alone" in said and "43 (33 to 52) times of 100" in said
    few = {key: words for key, words, _ in figure_words()}
    assert few["weave seen"] == "Weave, where yarns show"


def test_figures_of_another_model_are_told_as_such(measured) -> None:
    assert "never seen" in shipped_note(measured, "dvsh-128-aa/int8")
    assert "never seen" in shipped_note(measured, "")  # it has not woken yet
    other = shipped_note(measured, "dvsh-128-bb/fp32")
    assert "dvsh-128-aa/fp32" in other and "dvsh-128-bb/fp32" in other


def own_run(**changes) -> OwnRun:
    by_label = Report("code", "mine: pattern, leave one out", (
        figure("P@1", 0.4, 0.3, 0.5, 60, 0.2), figure("mAP", 0.35, floor=0.15),
    ), (
        figure("P@1", 0.5, 0.3, 0.7, 20, 0.3, "plaid/gingham"),
        figure("mAP", 0.45, 0.4, 0.5, 20, 0.25, "plaid/gingham"),
        figure("P@1", 0.3, 0.2, 0.4, 40, 0.1, "stripe/candy"),
        figure("mAP", 0.25, 0.2, 0.3, 40, 0.05, "stripe/candy"),
        figure("P@1", 1, 1, 1, 2, 0.1, "solid/plain"), figure("mAP", 1, 1, 1, 2, 0.1, "solid/plain"),
    ))  # fmt: skip
    again = Report("four", "mine: 80 of your pictures, photographed again", (
        figure("the very swatch first", 0.75, 0.7, 0.8, 80, 1 / 60),
        figure("the very swatch among ten", 0.95, 0.9, 1, 80, 1 / 6),
        figure("pattern named as you did", 0.66, 0.5, 0.8, 60),
        figure("error of tightness, points", 7.4, 6, 9, 60),
    ))  # fmt: skip
    run = OwnRun(
        datetime(2026, 11, 20, 22, 0, tzinfo=UTC), "dvsh-128-aa/fp32", 90,
        {"coarse": 60, "fine": 12}, {"coarse": by_label}, again, {},
    )  # fmt: skip
    return replace(run, **changes)


def change(value, low, high, p, name="the very swatch first") -> Change:
    return Change("recaptured", name, "", "", 0.5, 0.5 + value, Difference(value, low, high, p), p)


def test_her_library_is_said_in_sentences() -> None:
    said = own_words(OwnFigures(own_run()))
    assert said[0].startswith(
        "80 of your pictures were photographed again. Of 100 such scraps, 75 (70 to 80) find the"
        " very swatch in first place, 95 (90 to 100) among the first ten. By chance it would be 2."
    )
    assert "for 40 (30 to 50) of 100" in said[1] and "By chance it would be 20." in said[1]
    assert "pattern as you did 66 (50 to 80)" in said[2] and "7 points off" in said[2]
    assert wanting_words(OwnFigures(own_run()), "dvsh-128-aa/fp32") == [
        "12 swatches with your label of weave or knit: label 50 for a figure worth reading."
    ]
    wanting = wanting_words(OwnFigures(own_run(labelled={"coarse": 60, "fine": 60}), kept=False), "x")
    assert "all alike" in wanting[0] and "read only" in wanting[1] and "has changed" in wanting[2]
    assert "could be read" in own_words(OwnFigures(own_run(recaptured=None)))[0]
    few = replace(own_run().recaptured, figures=(
        figure("the very swatch first", 0.75, n=9), figure("the very swatch among ten", 1, n=9),
    ))  # fmt: skip
    assert "Only 9 pictures" in wanting_words(OwnFigures(own_run(recaptured=few)), "")[-1]


@pytest.mark.parametrize(("value", "low", "high", "p", "begin"), (
    (0.04, 0.01, 0.07, 0.01, "Better by 4 (1 to 7) of 100 than with the model before: the very"),
    (-0.04, -0.07, -0.01, 0.01, "Worse by 4 (1 to 7) of 100"),
    (0.01, -0.02, 0.04, 0.5, "No difference that counts, +1 (−2 to 4) of 100"),
))  # fmt: skip
def test_a_new_model_is_better_or_worse(value, low, high, p, begin) -> None:
    figures = OwnFigures(own_run(), own_run(), (("recaptured", 80, change(value, low, high, p)),))
    (said,) = change_words(figures)
    assert said.startswith(begin) and said.endswith("(80 swatches asked both times).")


def test_what_cannot_be_compared_is_said() -> None:
    assert change_words(OwnFigures(own_run())) == []
    none = (("recaptured", 3, change(0.1, NAN, NAN, NAN)),)
    assert "cannot be compared" in change_words(OwnFigures(own_run(), own_run(), none))[0]


def test_the_table_of_labels() -> None:
    rows = label_rows(own_run().by_label["coarse"])
    assert rows[0][1:] == ("40", "30 (20 to 40)", "10", "25 (20 to 30)", "5")
    assert rows[1][0] == default_taxonomy().names["plaid/gingham"]
    assert rows[2][1:] == ("2", "too few to say", "–", "–", "–")  # never “100 (100 to 100)” of two


# Plots --------------------------------------------------------------------------------------------


@pytest.fixture
def painter(qtbot):
    painter = PlotPainter()
    yield painter
    assert painter.wait()


@pytest.fixture
def light(qapp):
    apply_theme(qapp, "light")
    yield
    apply_theme(qapp, "light")


def bars(look):
    from fabricfinder.evaluation.plots import bars_plot

    return bars_plot([figure("a", 0.5)], ["a"], look, title="t", subtitle="", across="x")


def test_a_plot_is_drawn_elsewhere_at_its_width_and_theme(qtbot, qapp, painter, light) -> None:
    threads = []

    def draw(look):
        threads.append(threading.get_ident())
        return bars(look)

    parent = QWidget()
    qtbot.addWidget(parent)
    view = PlotView(painter, draw, "name", "words", parent)
    assert (view.accessibleName(), view.accessibleDescription()) == ("name", "words")
    view.resize(500, 300)
    parent.show()
    qtbot.waitUntil(lambda: not view.image.isNull(), timeout=60_000)
    assert abs(view.image.width() - 500) <= 1 and threading.get_ident() not in threads
    assert view.image.pixelColor(1, 1).name() == current_theme().panel
    assert view.heightForWidth(500) == view.image.height()
    view.setMaximumWidth(400)
    assert view.heightForWidth(9000) == view.heightForWidth(400)
    qtbot.waitUntil(lambda: abs(view.image.width() - 400) <= 1, timeout=60_000)
    apply_theme(qapp, "dark")
    qtbot.waitUntil(lambda: view.image.pixelColor(1, 1).name() == current_theme().panel, timeout=60_000)
    assert view.drawn_for == (400, "dark")
    n = len(threads)
    view.resize(399, 300)
    view.resize(400, 300)
    qtbot.wait(300)
    assert len(threads) == n and painter.idle  # as wide as before: nothing to draw


def test_a_plot_that_fails_says_so(qtbot, painter, caplog) -> None:
    def draw(look):
        raise ZeroDivisionError

    view = PlotView(painter, draw, "", "", None)
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show()
    qtbot.waitUntil(lambda: painter.idle and view.drawn_for[0] == 300, timeout=60_000)
    assert view.image.isNull() and "could not be drawn" in caplog.text
    assert isinstance(view.grab().toImage(), QImage)


def test_a_plot_that_is_gone_takes_nothing(qtbot, painter) -> None:
    may_draw, drawn = threading.Event(), []

    def draw(look):
        may_draw.wait(60)
        drawn.append(look)
        return bars(look)

    view = PlotView(painter, draw, "", "", None)
    view.resize(300, 200)
    view.show()
    qtbot.waitUntil(lambda: view.drawn_for[0] == 300)
    shiboken6.delete(view)
    may_draw.set()
    qtbot.waitUntil(lambda: painter.idle, timeout=60_000)  # pytest-qt fails on an error in a slot
    assert drawn


# The page -----------------------------------------------------------------------------------------


@pytest.fixture
def page(qtbot, painter):
    page = HowWellPage(painter)
    qtbot.addWidget(page)
    return page


def test_a_page_without_figures_says_so(page, tmp_path) -> None:
    assert read_shipped(tmp_path / "none.json") is None
    (tmp_path / "figures.json").write_text("{}")
    assert read_shipped(tmp_path / "figures.json") is None
    page.show_shipped(None)
    assert "No figures came with this model" in page.note.text() and page.plates == ()
    page.show_encoder("dvsh-128-aa/fp32", {"recall@1": 0.646, "coarse": 0.408, "skill": 1.0})
    assert "first place 65 times, named the pattern rightly 41 times." in page.note.text()
    assert "kept back" in page.note.text() and "weave" not in page.note.text()


def test_the_plates_come_in_order_and_find_their_place(page, qtbot, measured, tmp_path) -> None:
    only = Measurement(measured.made, (measured.answers[0], measured.answers[1]))
    save_answers(tmp_path / "figures.json", only.answers, only.made, queries=False)
    page.show_shipped(read_shipped(tmp_path / "figures.json"))
    page.show_encoder("other-1/fp32")
    assert "other-1/fp32" in page.note.text()
    keys = [plate.key for plate in page.plates]
    assert keys == ["recall-by-sibling", "siblings-told-apart", "ndcg-by-bits", "precision-recall"]
    first, second, third, _ = page.plates
    assert third.plot is None and first.plot.accessibleDescription() == first.words.text()
    assert all(plate.accessibleName() == plate.words.text() != "" for plate in page.plates)
    page.show()

    def placed(beside: bool) -> bool:
        """Side by side at one height, or below each other; the third always below the first."""
        one, two, three = (plate.geometry() for plate in (first, second, third))
        if three.x() != one.x() or three.y() <= (one if beside else two).bottom():
            return False
        return (two.x() > one.right() and two.y() == one.y()) if beside else two.y() > one.bottom()

    for width, beside in ((1280, False), (1920, True), (1280, False)):
        page.resize(width, 800)
        qtbot.waitUntil(lambda beside=beside: placed(beside))
    page.show_shipped(None)
    assert page.plates == ()


def test_the_panel_of_her_library(qtbot, painter, new_catalog, tmp_path) -> None:
    panel = OwnPanel(painter)
    qtbot.addWidget(panel)
    assert not panel.button.isEnabled() and "Open a library" in panel.state.text()
    panel.show_library(new_catalog(tmp_path, 0))
    assert not panel.button.isEnabled() and "no cloth" in panel.state.text()
    unseen = replace(new_catalog(tmp_path, 3), table=new_catalog(tmp_path, 0).table)
    panel.show_library(unseen)
    assert not panel.button.isEnabled() and "not looked at" in panel.state.text()
    panel.show_library(new_catalog(tmp_path, 3))
    assert panel.button.isEnabled() and panel.button.text() == "Measure my library"
    panel.show_encoder("dvsh-128-aa/fp32")
    panel.show_figures(OwnFigures(own_run()))
    assert panel.button.text() == "Measure again" and "90 swatches" in panel.state.text()
    assert "75 (70 to 80)" in panel.accessibleDescription()
    assert "has changed" not in panel.accessibleDescription()
    panel.show_encoder("dvsh-128-bb/fp32")
    assert "has changed" in panel.accessibleDescription()
    panel.show_library(new_catalog(tmp_path, 3))
    assert panel.accessibleDescription() == "" and panel._results.count() == 0
