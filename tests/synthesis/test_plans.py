"""Checks stripes and checks against the trade's widths."""

import numpy as np
import pytest

from fabricfinder.synthesis import plans
from fabricfinder.synthesis.fabric import Plan
from fabricfinder.synthesis.noise import generator


@pytest.mark.parametrize("minor", ["stripe/candy", "stripe/bengal", "stripe/awning"])
def test_even_stripes_have_the_trade_width(minor: str) -> None:
    low, high = plans.trade_widths()[minor]["stripe"]
    for k in range(20):
        plan = plans.stripe_plan(generator(1, k), minor, 30.0, 2)
        (_, a), (_, b) = plan.runs()
        assert a == b
        assert low - 0.2 <= a * 10 / 30.0 <= high + 0.2


def test_candy_bengal_and_awning_do_not_overlap() -> None:
    ranges = [plans.trade_widths()[m]["stripe"] for m in
              ("stripe/candy", "stripe/bengal", "stripe/awning")]  # fmt: skip
    assert ranges[0][1] < ranges[1][0] and ranges[1][1] < ranges[2][0]
    assert plans.trade_widths()["plaid/gingham"]["stripe"][1] < 25
    assert plans.trade_widths()["plaid/buffalo"]["stripe"][0] >= 25


def test_tartans_are_mirrored_and_madras_is_not() -> None:
    def mirrored(plan: Plan) -> bool:
        order = np.array(plan.threads)
        # Threads round to whole numbers, so compare the order of runs.
        colours = [c for c, _ in plan.runs()]
        n = len(colours)
        del order
        return any(
            all(colours[(k + i) % n] == colours[(k - i) % n] for i in range(n)) for k in range(n)
        )

    tartans = [plans.check_plans(generator(2, k), "plaid/tartan", 20, 20, 4) for k in range(12)]
    madras = [plans.check_plans(generator(3, k), "plaid/madras", 20, 20, 5) for k in range(12)]
    assert all(mirrored(warp) for warp, _ in tartans)
    assert sum(mirrored(warp) for warp, _ in madras) < 3


@pytest.mark.parametrize(
    "minor",
    ["plaid/gingham", "plaid/windowpane", "plaid/tattersall", "plaid/graph", "plaid/buffalo"],
)
def test_checks_are_square_in_millimetres(minor: str) -> None:
    for k in range(8):
        warp, weft = plans.check_plans(generator(4, k), minor, 34.0, 22.0, 2)
        assert warp.repeat / 34.0 == pytest.approx(weft.repeat / 22.0, rel=0.15, abs=0.1)
        assert [c for c, _ in warp.runs()] == [c for c, _ in weft.runs()]


def test_glen_has_four_and_four_beside_two_and_two() -> None:
    runs = plans.glen_plan(generator(5), over=False).runs()
    assert set(n for _, n in runs) <= {2, 4, 6}
    assert sum(n == 4 for _, n in runs) >= 3 and sum(n == 2 for _, n in runs) >= 6


def test_runs_go_there_and_back() -> None:
    runs = [(0, 4), (1, 2), (0, 1), (2, 7)]
    assert Plan.of_runs(runs).runs() == runs
    assert Plan.of_runs(runs).repeat == 14
    assert Plan.of_runs(runs).stretched(2.0).runs() == [(0, 8), (1, 4), (0, 2), (2, 14)]
    assert Plan.of_runs(runs).stretched(0.1).runs() == [(0, 1), (1, 1), (0, 1), (2, 1)]


def test_ombre_stripe_runs_through_every_colour_and_back() -> None:
    plan = plans.stripe_plan(generator(6), "stripe/ombre", 20.0, 3)
    order = np.array(plan.threads)
    assert set(order) == {0, 1, 2}
    half = len(order) // 2
    thirds = [order[: half // 4].mean(), order[half - half // 8 : half + half // 8].mean()]
    assert thirds[0] < 0.6 and thirds[1] > 1.5
