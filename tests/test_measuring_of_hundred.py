"""The window's plots speak of 100 as its words do; the command line's stay shares."""

import numpy as np
import pytest

from fabricfinder.domain.resources import resource_path
from fabricfinder.evaluation.plots import LOOKS, bars_plot
from fabricfinder.evaluation.report import Figure
from fabricfinder.measuring.drawn import load_answers
from fabricfinder.measuring.label_curves import curve_drawing, study_drawing
from fabricfinder.measuring.of_hundred import AXES, of_hundred
from fabricfinder.measuring.plotting import drawings_of

LOOK = LOOKS["light"]


def _bars():
    figures = [Figure("told apart", value, 100, 0.5, value - 0.1, value + 0.1, 0, "")
               for value in (0.62, 0.05)]  # fmt: skip
    return bars_plot(figures, ["sett off by 25 %", "another colour"], LOOK, title="Told apart?",
                     subtitle="dashed: chance; 95 % intervals",
                     across="share of siblings that lie below the cloth itself")  # fmt: skip


def test_shares_become_numbers_of_a_hundred() -> None:
    figure = _bars()
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["0.62", "0.05"]
    of_hundred(figure)
    assert [text.get_text() for text in axes.texts] == ["62", "5"]
    assert axes.get_xlabel() == "of 100 times, the cloth itself lies above"
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == [f"{100 * at:.0f}" for at in axes.get_xticks()]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["sett off by 25 %", "another colour"]
    said = [text.get_text() for text in figure.texts]
    assert said == ["Told apart?", "dashed: chance; with the range for 19 times in 20"]


def test_every_axis_of_shares_that_is_shown_has_its_words() -> None:
    """Whatever runs from 0 to 1 and has no names at its ticks is a share."""
    answers = load_answers(resource_path("figures.json")).answers
    draws = [drawing.draw for answer in answers for drawing in drawings_of(answer)] + [study_drawing()]
    told = set()
    for draw in draws:
        for axes in draw(LOOK).axes:
            for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
                values = np.array([t.get_text() for t in axis.get_ticklabels()])
                named = any(text and not text.replace("−", "").replace(".", "").isdigit() for text in values)
                if low > -0.1 and high < 1.5 and not named:
                    assert axis.get_label_text() in AXES, (axis.get_label_text(), low, high)
                    told.add(axis.get_label_text())
    assert len(told) >= 5


@pytest.mark.parametrize("tightness", [True, False])
def test_what_is_no_share_keeps_its_numbers(tightness: bool) -> None:
    figure = curve_drawing([(20, 0.5), (40, 0.6)], 0.4, (0.01, 0.03), tightness=tightness)(LOOK)
    (axes,) = figure.axes
    before = axes.get_ylabel(), [t.get_text() for t in axes.get_yticklabels()]
    of_hundred(figure)
    assert (axes.get_ylabel(), [t.get_text() for t in axes.get_yticklabels()]) == before
