"""The scale card: its print's millimetres, and what is read from photographs of it."""

import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from PIL import Image

from fabricfinder.capture.card_drawing import CHECK_MM, PAPERS, card_pdf, card_picture, write_card
from fabricfinder.capture.errors import CaptureError
from fabricfinder.capture.scale_card import (
    HEIGHT_MM,
    MARKER_MM,
    MARKERS,
    WIDTH_MM,
    card_corners,
    find_scale_card,
    local_scale,
    marker_bits,
    straightened,
)

MM = 72 / 25.4


def on_grey(px_per_mm: float, pad: int = 60) -> np.ndarray:
    """The card seen straight on, uint8 (h, w, 3), on grey."""
    card = cv2.copyMakeBorder(card_picture(px_per_mm), pad, pad, pad, pad,
                              cv2.BORDER_CONSTANT, value=120)  # fmt: skip
    return np.repeat(card[..., None], 3, axis=2)


@pytest.mark.parametrize("px_per_mm", [4.0, 6.0, 11.0])
def test_straight_on_the_scale_is_exact(px_per_mm: float) -> None:
    reading = find_scale_card(on_grey(px_per_mm))
    assert reading is not None
    assert reading.px_per_mm == pytest.approx(px_per_mm, rel=0.003)
    assert reading.px_per_cm == 10 * reading.px_per_mm
    assert reading.tilt_deg < 5
    assert reading.markers == 4
    side = np.linalg.norm(reading.corners[1] - reading.corners[0])
    assert side == pytest.approx(WIDTH_MM * px_per_mm, rel=0.005)
    assert reading.corners[0] == pytest.approx((60, 60), abs=1.5)


@pytest.mark.parametrize("seed", range(4))
def test_poses(photographed: ModuleType, seed: int) -> None:
    rng = np.random.default_rng(seed)
    photo = photographed.photograph(photographed.table(), photographed.random_pose(rng), rng)
    reading = find_scale_card(photo.rgb)
    assert reading is not None
    assert reading.px_per_mm == pytest.approx(photo.px_per_mm, rel=0.01)
    assert reading.px_per_mm_along == pytest.approx(photo.px_per_mm_along, rel=0.015)


def test_tilt_is_told_and_straightened_away(photographed: ModuleType) -> None:
    rng = np.random.default_rng(9)
    pose = photographed.Pose(40, 30, 20, 5.0, focal=1.2)
    photo = photographed.photograph(photographed.table(), pose, rng)
    reading = find_scale_card(photo.rgb)
    assert reading is not None
    assert reading.tilt_deg == pytest.approx(40, abs=3)
    straight = straightened(photo.rgb, reading, 4.0)
    again = find_scale_card(straight)
    assert again is not None
    assert again.px_per_mm == pytest.approx(4.0, rel=0.01)
    assert again.tilt_deg < 8


def test_no_card_half_a_card_and_two_cards(photographed: ModuleType) -> None:
    assert find_scale_card(np.full((300, 400, 3), 130, np.uint8)) is None
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), dtype=np.uint8)
    assert find_scale_card(noise) is None
    one = on_grey(6.0)
    assert find_scale_card(one[:, :300]) is not None, "two markers are enough"
    assert find_scale_card(one[:230, :300]) is None, "one marker is not"
    assert find_scale_card(np.hstack([one, one])) is None, "which of two is not known"
    assert find_scale_card(np.ascontiguousarray(one[:, ::-1])) is None, "mirrored is no card"


def test_a_bent_card_is_refused() -> None:
    card = on_grey(6.0)
    height, width = card.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(card, x, y + 90 * ((x - width / 2) / width) ** 2 * 4 * (y > height / 2),
                     cv2.INTER_LINEAR, borderValue=(120, 120, 120))  # fmt: skip
    assert find_scale_card(bent) is None


def test_local_scale_is_the_derivative() -> None:
    to_px = np.array([[5.0, 0.7, 100], [0.2, 4.0, 50], [0.001, 0.002, 1]])

    def at(x: float, y: float) -> np.ndarray:
        u, v, w = to_px @ (x, y, 1)
        return np.array([u, v]) / w

    step = 1e-5
    moved = [(at(50 + step, 30) - at(50, 30)) / step, (at(50, 30 + step) - at(50, 30)) / step]
    expected = np.linalg.svd(np.column_stack(moved), compute_uv=False)
    assert local_scale(to_px, 50, 30) == pytest.approx(tuple(expected), rel=1e-4)


@pytest.mark.parametrize("paper", PAPERS)
def test_the_pdf_is_true_to_the_millimetre(paper: str) -> None:
    raw = card_pdf(paper)
    wide, high = (float(n) for n in re.search(rb"MediaBox \[0 0 (\S+) (\S+)\]", raw).groups())
    assert (wide / MM, high / MM) == pytest.approx(PAPERS[paper], abs=0.01)
    assert b"/PrintScaling /None" in raw
    boxes = [tuple(map(float, m)) for m in
             re.findall(rb"(\S+) g (\S+) (\S+) (\S+) (\S+) re f", raw)]  # fmt: skip
    markers = [b for b in boxes if b[3] == b[4] and b[3] == pytest.approx(MARKER_MM * MM, abs=0.01)]
    assert len(markers) == len(MARKERS)
    lefts = sorted(b[1] for b in markers)
    first, last = (card_corners(m)[0, 0] for m in list(MARKERS)[:2])
    assert (lefts[-1] - lefts[0]) / MM == pytest.approx(last - first, abs=0.01)
    assert any(b[3] / MM == pytest.approx(CHECK_MM, abs=0.01) for b in boxes)


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm (poppler-utils)")
def test_the_printed_page_is_read_back_at_its_scale(tmp_path: Path) -> None:
    write_card(tmp_path / "card.pdf")
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", tmp_path / "card.pdf",
                    tmp_path / "page"], check=True, timeout=60)  # fmt: skip
    with Image.open(tmp_path / "page.png") as opened:
        page = np.asarray(opened.convert("RGB"))
    reading = find_scale_card(page)
    assert reading is not None
    assert reading.px_per_mm == pytest.approx(150 / 25.4, rel=0.005)


def test_the_png_states_its_scale(tmp_path: Path) -> None:
    write_card(tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as picture:
        assert picture.info["dpi"] == pytest.approx((600, 600), abs=0.1)
        assert picture.width / 600 * 25.4 == pytest.approx(WIDTH_MM, abs=0.05)
        assert picture.height / 600 * 25.4 == pytest.approx(HEIGHT_MM, abs=0.05)


def test_where_it_cannot_go(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match=r"ending in \.pdf"):
        write_card(tmp_path / "card.docx")
    with pytest.raises(CaptureError, match="cannot be written"):
        write_card(tmp_path / "missing" / "card.pdf")


def test_markers_are_those_of_the_dictionary() -> None:
    for marker in MARKERS:
        bits = marker_bits(marker)
        assert not bits[[0, -1]].any()
        assert not bits[:, [0, -1]].any()
        assert bits.any()
