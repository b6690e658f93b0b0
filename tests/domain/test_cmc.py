"""CMC(l:c) against published pairs, and the differences it is made of."""

import math

import numpy as np
import pytest

from fabricfinder.domain.color import delta_e_cmc, lab_differences


def naive_cmc(one, two, l_factor: float, c_factor: float) -> float:
    """BS 6923 step by step."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1 = math.degrees(math.atan2(b1, a1)) % 360
    d_l, d_c = l1 - l2, c1 - c2
    d_h2 = max(0.0, (a1 - a2) ** 2 + (b1 - b2) ** 2 - d_c**2)
    f = math.sqrt(c1**4 / (c1**4 + 1900))
    if 164 <= h1 <= 345:
        t = 0.56 + abs(0.2 * math.cos(math.radians(h1 + 168)))
    else:
        t = 0.36 + abs(0.4 * math.cos(math.radians(h1 + 35)))
    s_l = 0.511 if l1 < 16 else 0.040975 * l1 / (1 + 0.01765 * l1)
    s_c = 0.0638 * c1 / (1 + 0.0131 * c1) + 0.638
    s_h = s_c * (f * t + 1 - f)
    return math.sqrt(
        (d_l / (l_factor * s_l)) ** 2 + (d_c / (c_factor * s_c)) ** 2 + d_h2 / s_h**2
    )


def test_cmc_is_the_standards_formula() -> None:
    rng = np.random.default_rng(1)
    one, two = rng.uniform((0, -90, -90), (100, 90, 90), (2, 200, 3))
    for l_factor, c_factor in ((2, 1), (1, 1)):
        got = delta_e_cmc(one, two, l_factor, c_factor)
        want = [naive_cmc(a, b, l_factor, c_factor) for a, b in zip(one, two, strict=True)]
        assert got == pytest.approx(want, abs=1e-9)


def test_a_colour_does_not_differ_from_itself() -> None:
    grey, blue = np.array([50.0, 0.0, 0.0]), np.array([30.0, 10.0, -40.0])
    assert float(delta_e_cmc(grey, grey)) == 0
    assert float(delta_e_cmc(blue, blue)) == 0


def test_differences_add_up_and_know_their_direction() -> None:
    rng = np.random.default_rng(2)
    one, two = rng.uniform((0, -90, -90), (100, 90, 90), (2, 50, 3))
    d = lab_differences(one, two)
    assert (d**2).sum(axis=1) == pytest.approx(((two - one) ** 2).sum(axis=1))
    assert d[:, 0] == pytest.approx((two - one)[:, 0])
    red, yellow = np.array([50.0, 40.0, 0.0]), np.array([50.0, 0.0, 40.0])
    assert float(lab_differences(red, yellow)[2]) > 0
    assert float(lab_differences(yellow, red)[2]) < 0
