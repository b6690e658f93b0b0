"""Checks the arithmetic of cloth against the trade's numbers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain import textile

counts = st.floats(0.5, 2000)


def test_cover_of_a_known_cloth() -> None:
    warp = textile.thread_cover(28.0, 20.0)
    weft = textile.thread_cover(24.0, 20.0)
    assert warp == pytest.approx(46.331, abs=5e-4)
    assert weft == pytest.approx(39.713, abs=5e-4)
    assert textile.combine_covers(warp, weft) == pytest.approx(67.645, abs=1e-3)
    assert textile.tightness(28, 24, 20, 20) == pytest.approx(67.645, abs=1e-3)


def test_peirce_agrees_with_percent_cover() -> None:
    factor = textile.peirce_cover_factor(textile.per_cm_to_per_inch(28), textile.tex_to_ne(20))
    assert factor == pytest.approx(13.09, abs=5e-3)
    assert textile.peirce_to_percent(factor) == pytest.approx(46.745, abs=0.01)
    assert textile.peirce_cloth_cover(28, 28) == 28
    assert textile.peirce_cloth_cover(14, 14) == 21


def test_trade_conversions() -> None:
    assert textile.tex_to_ne(590.5) == 1
    assert textile.tex_to_ne(20) == pytest.approx(29.525)
    assert textile.tex_to_nm(20) == 50
    assert textile.tex_to_denier(20) == 180
    assert textile.per_cm_to_per_inch(30) == pytest.approx(76.2)
    assert textile.gsm_to_oz_per_yd2(339.06) == pytest.approx(10)
    assert textile.gsm_to_grams_per_metre(200, 1.5) == 300
    assert textile.yarn_diameter_mm(25) == pytest.approx(0.185)
    assert textile.yarn_diameter_mm(25, "wool") == pytest.approx(0.2)
    assert textile.cloth_weight_gsm(28, 24, 20, 20) == pytest.approx(104)


def test_knits_have_a_tightness_factor() -> None:
    assert textile.knit_tightness_factor(25, 2.5) == pytest.approx(2)
    assert textile.knit_tightness(16, 4) == pytest.approx(50)
    assert textile.knit_tightness(100, 1) == 100


@given(counts)
def test_counts_go_there_and_back(tex: float) -> None:
    assert textile.ne_to_tex(textile.tex_to_ne(tex)) == pytest.approx(tex)
    assert textile.nm_to_tex(textile.tex_to_nm(tex)) == pytest.approx(tex)
    assert textile.denier_to_tex(textile.tex_to_denier(tex)) == pytest.approx(tex)
    assert textile.per_inch_to_per_cm(textile.per_cm_to_per_inch(tex)) == pytest.approx(tex)
    assert textile.oz_per_yd2_to_gsm(textile.gsm_to_oz_per_yd2(tex)) == pytest.approx(tex)


@given(st.floats(0, 100), st.floats(0, 100))
def test_cover_lies_between_its_parts_and_a_hundred(warp: float, weft: float) -> None:
    both = textile.combine_covers(warp, weft)
    assert max(warp, weft) - 1e-9 <= both <= 100 + 1e-9
    assert both == pytest.approx(textile.combine_covers(weft, warp))


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
def test_nonsense_counts_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        textile.tex_to_ne(bad)


def test_covers_are_percent_and_capped() -> None:
    assert textile.thread_cover(200, 100) == 100
    with pytest.raises(ValueError, match="percentage"):
        textile.combine_covers(120, 10)


def test_the_working_shows_the_numbers_of_the_formula() -> None:
    working = textile.cover_working(28, 24, 20, 20)
    assert working.tightness == pytest.approx(textile.tightness(28, 24, 20, 20))
    assert (working.warp, working.weft) == pytest.approx((46.33, 39.71), abs=0.01)
    assert "√20 tex = 0.165 mm" in working.lines[0] and "46.3 %" in working.lines[0]
    assert working.lines[2].endswith("= 46.3 + 39.7 − 18.4 = 67.6 %")
    tight = textile.cover_working(80, 20, 30, 30)
    assert tight.tightness == 100 and "(at most 100)" in tight.lines[0]
    with pytest.raises(ValueError, match="positive"):
        textile.cover_working(0, 24, 20, 20)
