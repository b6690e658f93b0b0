"""The ladder of reference swatches: evenly spaced, its values true, its pictures ever tighter."""

import numpy as np
import pytest

from fabricfinder.synthesis.ladder import ladder, rung_picture


def test_ten_rungs_rise_evenly_and_are_the_fabric_s_own_cover():
    covers = np.array([rung.cover for rung in ladder()])
    assert len(covers) == 10 and covers[0] < 20 and covers[-1] > 90
    assert (np.diff(covers) > 5).all() and (np.diff(covers) < 12).all()
    for rung in ladder():
        assert rung.cover == pytest.approx(rung.fabric.tightness)


def test_less_of_the_ground_shows_on_every_higher_rung():
    """Share of pixels far below the cloth's own shade: the gaps between the yarns."""
    gaps = []
    for rung in ladder():
        grey = rung_picture(rung, 96).mean(axis=2)
        gaps.append(float((grey < 0.85 * np.percentile(grey, 90)).mean()))
    assert gaps[0] > 0.4 and gaps[-1] < 0.1, gaps
    assert np.corrcoef(gaps, [rung.cover for rung in ladder()])[0, 1] < -0.85
    one = ladder()[0]
    assert np.array_equal(rung_picture(one, 40), rung_picture(one, 40))
