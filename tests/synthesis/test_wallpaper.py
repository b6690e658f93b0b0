"""Checks that each of the 17 plane groups has its own symmetries, and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.painters_wallpaper import PAINTERS, cell_of
from fabricfinder.synthesis.wallpaper import (
    GROUPS,
    HEXAGONAL,
    SQUARE,
    Operation,
    folded,
    has_symmetry,
    orbits,
    rectangle,
    tile_ratio,
    to_fraction,
)

N = 24
SQUARE_POINTS = [((a, b), (c, d)) for a, b, c, d in (
    (1, 0, 0, 1), (-1, 0, 0, -1), (-1, 0, 0, 1), (1, 0, 0, -1),
    (0, -1, 1, 0), (0, 1, -1, 0), (0, 1, 1, 0), (0, -1, -1, 0))]  # fmt: skip
SHIFTS = [(0, 0), (0, 1), (1, 0), (1, 1)]
# Order of the point group and of the orbit in one cell: International Tables, plane groups.
ORDERS = {"p1": 1, "p2": 2, "pm": 2, "pg": 2, "cm": 4, "pmm": 4, "pmg": 4, "pgg": 4, "cmm": 8,
          "p4": 4, "p4m": 8, "p4g": 8, "p3": 3, "p3m1": 6, "p31m": 6, "p6": 6,
          "p6m": 12}  # fmt: skip


def hexagonal_points() -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """All twelve operations of the hexagonal lattice, made by multiplying two of them."""
    turn, mirror = np.array([[1, -1], [1, 0]]), np.array([[0, 1], [1, 0]])
    found = []
    for m in (np.eye(2, dtype=int), mirror):
        for k in range(6):
            w = np.linalg.matrix_power(turn, k) @ m
            found.append(((int(w[0, 0]), int(w[0, 1])), (int(w[1, 0]), int(w[1, 1]))))
    return found


@pytest.mark.parametrize("group", GROUPS)
def test_a_folded_cell_has_exactly_the_symmetries_of_its_group(group: str) -> None:
    cell = folded(generator(3).random((N, N)), group)
    matrices = hexagonal_points() if group in HEXAGONAL else SQUARE_POINTS
    candidates = {Operation(m, s) for m in matrices for s in SHIFTS}
    held = {o for o in candidates if has_symmetry(cell, o)}
    assert held == set(GROUPS[group])
    assert len(held) == ORDERS[group]


@pytest.mark.parametrize("group", GROUPS)
def test_operations_form_a_group(group: str) -> None:
    operations = set(GROUPS[group])
    for a in operations:
        for b in operations:
            wa, wb = np.array(a.matrix), np.array(b.matrix)
            w = wa @ wb
            shift = (wa @ np.array(b.shift) + np.array(a.shift)) % 2
            (p, q), (r, s) = w.tolist()
            assert Operation(((p, q), (r, s)), (int(shift[0]), int(shift[1]))) in operations


@pytest.mark.parametrize("group", GROUPS)
def test_the_fundamental_domain_is_one_point_of_each_orbit(group: str) -> None:
    first = orbits(group, N)
    assert np.array_equal(first[first], first)
    generic = np.bincount(first, minlength=N * N).max()
    assert generic == ORDERS[group]
    assert 1 / ORDERS[group] <= len(np.unique(first)) / (N * N) < 1.6 / ORDERS[group] + 0.02


@settings(max_examples=25, deadline=None)
@given(group=st.sampled_from(sorted(GROUPS)), x=st.floats(0, 1), y=st.floats(0, 1))
def test_operations_keep_distances_in_the_plane(group: str, x: float, y: float) -> None:
    here, origin = np.array([[x, y]]), np.zeros((1, 2))
    back = np.linalg.inv(to_fraction(np.eye(2), group))
    for operation in GROUPS[group]:
        moved = operation.on(to_fraction(here, group)) - operation.on(to_fraction(origin, group))
        assert np.linalg.norm(moved @ back) == pytest.approx(np.hypot(x, y), abs=1e-9)


@pytest.mark.parametrize("group", ["p1", "pg", "cmm", "p4g", "p31m", "p6"])
@pytest.mark.parametrize("curved", [True, False])
def test_painted_cells_are_symmetric_and_patterned(group: str, curved: bool) -> None:
    cell = cell_of(group, 4, generator(8), curved)
    assert all(has_symmetry(cell, operation) for operation in GROUPS[group])
    assert len(np.unique(cell)) >= 2 and cell.max() < 4


@pytest.mark.parametrize("group", ["p3", "p31m", "p6m", "p4m", "pmg"])
def test_tiles_repeat_without_a_seam(group: str) -> None:
    cell = cell_of(group, 3, generator(5), False).astype(int)
    ratio = tile_ratio(group) or 1.0
    tile = rectangle(cell, group, (round(256 * ratio), 256), 1)
    for axis in (0, 1):
        inside = np.mean(np.diff(tile, axis=axis) != 0)
        seam = np.mean(np.take(tile, 0, axis=axis) != np.take(tile, -1, axis=axis))
        assert seam < 0.06 + 3 * inside
    if group == "p6m":
        # A third of a turn about the tile's corner: what the hexagonal cell has, the tile has.
        y, x = np.mgrid[20:60, 20:60].astype(float)
        c, s = np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3)
        turned = tile[np.rint(s * x + c * y).astype(int) % tile.shape[0],
                      np.rint(c * x - s * y).astype(int) % 256]  # fmt: skip
        assert np.mean(turned == tile[20:60, 20:60]) > 0.9


def test_square_and_hexagonal_groups_ask_for_their_shape() -> None:
    assert {g for g in GROUPS if tile_ratio(g) == 1.0} == set(SQUARE)
    assert tile_ratio("p6") == pytest.approx(3**0.5)
    assert tile_ratio("pgg") is None
    assert len(PAINTERS) == 34
    with pytest.raises(ValueError, match="even"):
        orbits("p2", 7)
    with pytest.raises(KeyError):
        orbits("p5", 8)
