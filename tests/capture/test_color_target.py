"""The colour target under coloured light, turned and tilted; the grey card; nothing where none is."""

import cv2
import numpy as np
import pytest

from fabricfinder.capture.color_target import (
    PATCHES,
    color_cast,
    corrected,
    find_color_target,
    grey_balance,
    published_colors,
    read_patches,
)
from fabricfinder.domain.color import delta_e_2000, linear_to_srgb, srgb_to_lab, srgb_to_linear

# Published sRGB of the ColorChecker's lowest row (white to black) and of three colours, 0..255.
GREYS = {18: 243, 19: 200, 20: 160, 21: 122, 22: 85, 23: 52}
COLORS = {0: (115, 82, 68), 12: (56, 61, 150), 14: (175, 54, 60)}
WARM = np.array([[0.95, 0.05, 0.0], [0.02, 0.80, 0.03], [0.0, 0.06, 0.55]])


def drawn_target(pitch: int = 60) -> np.ndarray:
    """The target from straight above, uint8 (h, w, 3)."""
    colors = np.rint(linear_to_srgb(published_colors()) * 255).astype(np.uint8)
    gap = pitch // 8
    side = pitch - gap
    target = np.full((4 * pitch + 3 * gap, 6 * pitch + 3 * gap, 3), 25, np.uint8)
    for i, color in enumerate(colors):
        y, x = 2 * gap + i // 6 * pitch, 2 * gap + i % 6 * pitch
        target[y : y + side, x : x + side] = color
    return target


def photographed(light: np.ndarray, seed: int, turn: float = 12.0) -> np.ndarray:
    """The target on cloth, seen a little from the side, in coloured light, with noise."""
    rng = np.random.default_rng(seed)
    target = drawn_target()
    height, width = target.shape[:2]
    scene = np.full((900, 1200, 3), (150, 120, 100), np.uint8)
    scene[:, ::14] = (90, 70, 60)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    rim = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (230, 155)
    rim = rim @ np.array([[c, s], [-s, c]]) + (600, 450) + rng.uniform(-14, 14, (4, 2))
    whole = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    warp = cv2.getPerspectiveTransform(whole, np.float32(rim))
    there = cv2.warpPerspective(np.full((height, width), 255, np.uint8), warp, (1200, 900)) > 127
    scene[there] = cv2.warpPerspective(target, warp, (1200, 900), flags=cv2.INTER_AREA)[there]
    scene = cv2.GaussianBlur(scene, (0, 0), 0.9)
    lit = linear_to_srgb(srgb_to_linear(scene / 255) @ light) * 255
    return np.clip(lit + rng.normal(0, 3, lit.shape), 0, 255).astype(np.uint8)


def test_the_published_colors_are_the_targets() -> None:
    made = linear_to_srgb(published_colors()) * 255
    for i, grey in GREYS.items():
        assert np.abs(made[i] - grey).max() < 5
    for i, color in COLORS.items():
        assert delta_e_2000(srgb_to_lab(made[i]), srgb_to_lab(np.array(color))) < 4


@pytest.mark.parametrize("turn", [0.0, 25.0, -35.0])
def test_warm_light_is_taken_out(turn: float) -> None:
    photo = photographed(WARM, 3, turn)
    reading = find_color_target(photo)
    assert reading is not None
    assert reading.mean_before > 8 and reading.helps
    assert reading.mean_after < 2.5
    assert reading.used.sum() >= 20
    middle = reading.corners.mean(axis=0)
    assert np.abs(middle - (600, 450)).max() < 12
    again = find_color_target(corrected(photo, reading.matrix))
    assert again is not None
    assert again.mean_before < 2.5


def test_true_colors_are_left_alone() -> None:
    reading = find_color_target(photographed(np.eye(3), 5))
    assert reading is not None
    assert reading.mean_before < 2.5
    assert np.abs(reading.matrix - np.eye(3)).max() < 0.12


def test_what_it_is_worth_is_measured_on_patches_left_out() -> None:
    """With colours drawn by lot no matrix helps, and the figure must say so."""
    rng = np.random.default_rng(0)
    seen = rng.uniform(20, 235, (PATCHES, 3))
    reading = read_patches(seen, np.zeros((4, 2)))
    assert reading is not None
    assert reading.mean_after > 15


def test_burnt_out_patches_are_not_used() -> None:
    seen = linear_to_srgb(published_colors() * 1.05) * 255
    seen[18] = 255.0
    reading = read_patches(seen, np.zeros((4, 2)))
    assert reading is not None
    assert not reading.used[18] and np.isnan(reading.after[18])
    assert reading.mean_after < 1
    seen[:12] = 255.0
    assert read_patches(seen, np.zeros((4, 2))) is None


def test_cloth_is_no_target() -> None:
    checks = np.kron(np.indices((8, 12)).sum(axis=0) % 2, np.ones((60, 60)))
    plaid = np.where(checks[..., None] > 0, (180, 60, 50), (40, 60, 120)).astype(np.uint8)
    assert find_color_target(plaid) is None
    assert find_color_target(np.full((300, 400, 3), 128, np.uint8)) is None


def test_a_grey_card_turns_neutral_and_keeps_its_lightness() -> None:
    picture = np.full((200, 300, 3), (170, 140, 100), np.uint8)
    picture[:, 150:] = (60, 90, 40)
    part = (0.05, 0.1, 0.4, 0.9)
    matrix = grey_balance(picture, part)
    assert matrix is not None
    made = corrected(picture, matrix)
    assert color_cast(picture, part) > 20
    assert color_cast(made, part) < 1.0
    lightness = [srgb_to_lab(p[50, 50])[0] for p in (picture, made)]
    assert lightness[0] == pytest.approx(lightness[1], abs=0.6)


def test_a_burnt_out_or_tiny_part_is_no_grey_card() -> None:
    white = np.full((100, 100, 3), 254, np.uint8)
    assert grey_balance(white, (0, 0, 1, 1)) is None
    assert grey_balance(white // 2, (0.5, 0.5, 0.51, 0.51)) is None


def test_no_correction_changes_nothing() -> None:
    every = np.arange(256, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 3), np.uint8)
    assert np.array_equal(corrected(every, np.eye(3)), every)
