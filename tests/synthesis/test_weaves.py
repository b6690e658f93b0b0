"""Checks weaves against the facts any weaver knows."""

import numpy as np
import pytest

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.synthesis.weaves import (
    WEAVE_FINES,
    WEAVES,
    Weave,
    basket,
    diamond,
    draft,
    float_lengths,
    herringbone,
    honeycomb,
    mock_leno,
    pointed,
    runs_tie_up,
    satin,
    steep_twill,
    twill,
    weaves_of,
)


def plain_floats(lift: np.ndarray) -> tuple[int, int]:
    """Longest warp and weft float, by walking over two repeats thread by thread."""
    picks, ends = lift.shape

    def walk(cells: list[bool]) -> int:
        best = run = 0
        for up in cells * 2:
            run = run + 1 if up else 0
            best = max(best, run)
        return min(best, len(cells))

    warp = max(walk([bool(lift[p, e]) for p in range(picks)]) for e in range(ends))
    weft = max(walk([not lift[p, e] for e in range(ends)]) for p in range(picks))
    return warp, weft


def test_sixteen_classes_or_more_and_all_of_them_in_the_taxonomy() -> None:
    assert len(WEAVE_FINES) >= 16
    assert set(WEAVE_FINES) <= set(default_taxonomy().fine)


@pytest.mark.parametrize("weave", WEAVES, ids=lambda w: w.name)
def test_every_thread_is_bound_and_floats_are_counted_right(weave: Weave) -> None:
    # An end always (or never) up would lie loose on the cloth.
    assert weave.lift.any(0).all() and not weave.lift.all(0).any()
    assert weave.lift.any(1).all() and not weave.lift.all(1).any()
    assert float_lengths(weave.lift) == plain_floats(weave.lift)


def test_draft_is_threading_tie_up_treadling() -> None:
    threading, treadling = [0, 1, 2, 3, 2, 1], [0, 1, 2, 3]
    tie_up = runs_tie_up((2, 2))
    lift = draft(threading, tie_up, treadling)
    for pick, treadle in enumerate(treadling):
        for end, shaft in enumerate(threading):
            assert lift[pick, end] == tie_up[treadle, shaft]


def test_twill_two_two() -> None:
    lift = twill(2, 2)
    assert lift.shape == (4, 4) and lift.sum() == 8
    assert float_lengths(lift) == (2, 2)
    # Each pick is the one before, one end on.
    assert all(np.array_equal(lift[p + 1], np.roll(lift[p], -1)) for p in range(3))


def test_twill_three_one_floats_three_over_the_warp() -> None:
    assert float_lengths(twill(3, 1)) == (3, 1)
    assert float_lengths(twill(1, 3)) == (1, 3)
    assert np.array_equal(np.unique(twill(3, 1).sum(0)), [3])


@pytest.mark.parametrize("runs", [(2, 1), (2, 2), (3, 1), (1, 3)])
def test_s_and_z_are_mirror_images(runs: tuple[int, int]) -> None:
    s, z = twill(*runs, direction="S"), twill(*runs, direction="Z")
    assert np.array_equal(s, z[:, ::-1])
    assert np.array_equal(steep_twill(runs, 2, "S"), steep_twill(runs, 2, "Z")[:, ::-1])


def test_z_climbs_to_the_right() -> None:
    lift = twill(1, 3, "Z")
    (end_low,), (end_high,) = np.flatnonzero(lift[3])[:1], np.flatnonzero(lift[2])[:1]
    assert (end_high - end_low) % 4 == 1


@pytest.mark.parametrize(("n", "step"), [(5, 2), (5, 3), (8, 3), (8, 5)])
def test_satin_interlacings_are_spread_by_the_step(n: int, step: int) -> None:
    lift = satin(n, step)
    assert (~lift).sum(0).tolist() == [1] * n and (~lift).sum(1).tolist() == [1] * n
    places = [int(np.flatnonzero(~lift[:, e])[0]) for e in range(n)]
    assert all((b - a) % n == step for a, b in zip(places, places[1:], strict=False))
    # No two interlacings touch, not even at a corner of neighbouring ends and picks.
    assert all((b - a) % n not in (1, n - 1) for a, b in zip(places, places[1:], strict=False))
    assert float_lengths(lift) == (n - 1, 1)


@pytest.mark.parametrize(("n", "step"), [(4, 2), (6, 2), (6, 3), (8, 2), (5, 1), (5, 4), (6, 4)])
def test_there_is_no_such_satin(n: int, step: int) -> None:
    with pytest.raises(ValueError, match="no step"):
        satin(n, step)


def test_basket_is_plain_weave_doubled() -> None:
    assert np.array_equal(basket(1), [[1, 0], [0, 1]])
    assert float_lengths(basket(3)) == (3, 3)


def test_herringbone_reverses_and_cuts_the_floats() -> None:
    base, block = twill(2, 2), 8
    lift = herringbone(base, block)
    assert lift.shape == (4, 2 * block)

    def step(end: int) -> int:
        shifts = [k for k in range(4) if np.array_equal(np.roll(lift[:, end], k), lift[:, end + 1])]
        return shifts[0]

    first, second = {step(e) for e in range(block - 1)}, {step(e) for e in range(block, 15)}
    assert len(first) == len(second) == 1 and (first.pop() + second.pop()) % 4 == 0
    # At the turn every crossing changes: that is the clean cut a herringbone shows.
    assert np.array_equal(lift[:, block - 1], ~lift[:, block])
    assert float_lengths(lift) == (2, 2)


def test_pointed_twill_mirrors_about_its_points() -> None:
    lift = pointed(twill(2, 2), 8)
    assert lift.shape == (4, 14)
    for k in range(1, 7):
        assert np.array_equal(lift[:, 7 - k], lift[:, (7 + k) % 14])


def test_diamonds_are_symmetric_both_ways() -> None:
    lift = diamond(runs_tie_up((1, 3)), 4)
    assert np.array_equal(lift, np.roll(lift[::-1], 1, axis=0).T)


def test_honeycomb_frames_its_cells_with_long_floats() -> None:
    lift = honeycomb(6)
    warp, weft = float_lengths(lift)
    assert lift.shape == (10, 10) and warp >= 6 and weft >= 6
    assert np.array_equal(lift, lift.T)


def test_mock_leno_alternates_groups() -> None:
    lift = mock_leno(3)
    assert np.array_equal(lift[:3, :3], ~lift[:3, 3:])
    assert np.array_equal(lift[:3, :3], lift[3:, 3:])


def test_lifts_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        weaves_of("plain")[0].lift[0, 0] = True


def test_unknown_weave() -> None:
    with pytest.raises(KeyError):
        weaves_of("macramé")
