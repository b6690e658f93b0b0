"""Checks how a difference of colour is measured and worded."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fabricfinder.domain.color import delta_e_2000, srgb_to_lab
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.retrieval.color_words import color_difference, direction

OPPOSITE = {
    "lighter": "darker", "brighter": "duller", "redder": "greener", "yellower": "bluer",
    "warmer": "cooler",
}  # fmt: skip
OPPOSITE |= {b: a for a, b in OPPOSITE.items()}


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        ((128, 128, 128), (145, 145, 145), "lighter"), ((30, 30, 90), (20, 20, 60), "darker"),
        ((200, 40, 40), (180, 75, 70), "duller"), ((120, 80, 80), (135, 70, 72), "brighter"),
        ((200, 40, 40), (200, 60, 40), "yellower"), ((200, 40, 40), (200, 40, 60), "bluer"),
        ((200, 180, 60), (200, 170, 60), "redder"), ((200, 180, 60), (190, 183, 60), "greener"),
        ((40, 120, 60), (40, 120, 90), "bluer"), ((40, 120, 60), (70, 120, 60), "yellower"),
        ((40, 60, 160), (62, 55, 160), "redder"), ((60, 100, 160), (48, 104, 156), "greener"),
        ((128, 128, 128), (136, 128, 119), "warmer"), ((128, 128, 128), (120, 129, 136), "cooler"),
        ((245, 240, 225), (243, 243, 243), "cooler"),
    ],
)  # fmt: skip
def test_words_a_dye_house_would_use(start, end, word: str):
    labs = srgb_to_lab(np.array([start, end]))
    assert direction(*labs) == word


lab_values = st.tuples(st.floats(5, 95), st.floats(-60, 60), st.floats(-60, 60))


@given(lab_values, st.floats(2, 20))
def test_lightness_alone_is_said_as_lightness(lab, step: float):
    assert direction(np.array(lab), np.array(lab) + (step, 0, 0)) == "lighter"
    assert direction(np.array(lab), np.array(lab) - (step, 0, 0)) == "darker"


@given(lab_values, lab_values)
def test_every_difference_has_a_word_and_lightness_turns_round(a, b):
    assume(np.abs(np.subtract(a, b)).max() > 1e-3)
    there, back = direction(np.array(a), np.array(b)), direction(np.array(b), np.array(a))
    assert {there, back} <= set(OPPOSITE)
    if there in ("lighter", "darker", "brighter", "duller"):
        assert back == OPPOSITE[there]


def palette(*parts: tuple[tuple[int, int, int], float]) -> Palette:
    rgb = np.array([color for color, _ in parts], np.uint8)
    return palette_from_rgb(rgb, np.array([share for _, share in parts]))


RED, ROSE, GREEN, BLACK = (200, 30, 30), (205, 45, 40), (30, 160, 60), (10, 10, 10)


def test_the_main_colour_is_compared_with_what_it_becomes():
    query = palette((RED, 0.6), (BLACK, 0.4))
    candidate = palette((BLACK, 0.55), (ROSE, 0.45))  # its own main colour is the black
    difference = color_difference(query, candidate)
    assert difference.query.name == difference.candidate.name == "red"
    labs = srgb_to_lab(np.array([RED, ROSE]))
    assert difference.delta_e == pytest.approx(float(delta_e_2000(*labs)), abs=0.5)
    assert difference.rest_share == pytest.approx(0.55, abs=1e-3) and not difference.strangers


def test_a_colour_nothing_comes_near_is_a_stranger():
    plain = palette((RED, 1.0))
    spotted = palette((RED, 0.9), (GREEN, 0.1))
    trace = palette((RED, 0.97), (GREEN, 0.03))
    assert color_difference(plain, spotted).strangers and color_difference(spotted, plain).strangers
    assert not color_difference(plain, trace).strangers
    same = color_difference(plain, plain)
    assert (same.delta_e, same.rest, same.rest_share, same.strangers) == (0, 0, 0, False)


def test_no_colours_no_difference():
    assert color_difference(Palette(()), palette((RED, 1.0))) is None
    assert color_difference(palette((RED, 1.0)), Palette(())) is None
