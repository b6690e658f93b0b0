"""Swatches on a scanner's bed: rendered cloth laid at angles, found, straightened, cut apart."""

from dataclasses import dataclass

import cv2
import numpy as np
import pytest
from PIL import Image

from fabricfinder.capture.scanner import ScannedPage
from fabricfinder.capture.split import cut_out, find_swatches
from fabricfinder.capture.splitting import split_pages
from fabricfinder.jobs import run_to_end
from fabricfinder.synthesis.render import render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.vision.decode import decode

SIZE = (900, 640)  # an A4 bed, height and width, px
SPOTS = ((170, 170), (470, 175), (165, 460), (475, 460), (170, 745), (470, 740))


@dataclass(frozen=True)
class Laid:
    """What was laid down: middle (2,), turn in degrees, width and height, px."""

    middle: tuple[float, float]
    turned: float
    width: float
    height: float


def bed(seed: int, n: int, lid: float, pale: bool = False) -> tuple[np.ndarray, list[Laid]]:
    """n rendered swatches with soft shadows on a lid of a grey level, and where they lie."""
    rng = np.random.default_rng(seed)
    picture = rng.normal(lid, 1.2, (*SIZE, 3)) + np.linspace(-2, 2, SIZE[1])[None, :, None]
    laid = []
    for middle in SPOTS[:n]:
        one = Laid(middle, float(rng.uniform(-30, 30)), *rng.uniform(140, 220, 2))
        cloth = render(sample_fabric(rng), 232, 30.0).astype(np.float32)
        if pale:
            cloth = 235 + (cloth - cloth.mean()) * 0.12
        turn = np.radians(one.turned)
        axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        there = np.column_stack([axes, np.array(middle) - axes @ (116, 116)])
        shape = np.zeros((232, 232), np.float32)
        top, left = round(116 - one.height / 2), round(116 - one.width / 2)
        shape[top : 232 - top, left : 232 - left] = 1
        size = SIZE[::-1]
        mask = cv2.warpAffine(shape, there, size)[..., None]
        spread = cv2.warpAffine(cloth, there, size, borderMode=cv2.BORDER_REPLICATE)
        shadow = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None] * (1 - mask)
        picture = picture * (1 - 0.5 * shadow) * (1 - mask) + spread * mask
        laid.append(one)
    return np.clip(picture, 0, 255).astype(np.uint8), laid


@pytest.mark.parametrize(("lid", "pale", "within"), [(248, False, 6), (20, False, 6), (246, True, 10)])
@pytest.mark.parametrize("n", [1, 6])
def test_each_is_found_where_it_lies(lid: float, pale: bool, within: float, n: int) -> None:
    picture, laid = bed(n + int(lid), n, lid, pale)
    found = find_swatches(picture)
    assert len(found) == n
    for outline, one in zip(found, laid, strict=True):  # in reading order
        assert outline.corners.mean(axis=0) == pytest.approx(one.middle, abs=within / 2)
        assert outline.turned_deg == pytest.approx(one.turned, abs=1.0)
        assert outline.size == pytest.approx((one.width, one.height), abs=within)


def test_a_piece_is_straight_and_keeps_its_scale() -> None:
    picture = np.full((*SIZE, 3), 248, np.uint8)
    stripes = np.where((np.arange(200) // 10 % 2)[None, :, None], (30, 60, 120), (200, 160, 90))
    cloth = np.broadcast_to(stripes, (160, 200, 3)).astype(np.uint8)
    turn = np.radians(17)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    there = np.column_stack([axes, np.array((300, 400)) - axes @ (100, 80)])
    cv2.warpAffine(cloth, there, SIZE[::-1], picture, borderMode=cv2.BORDER_TRANSPARENT)
    (outline,) = find_swatches(picture)
    piece = cut_out(picture, outline)
    assert piece.shape[0] == pytest.approx(160, abs=6)
    assert piece.shape[1] == pytest.approx(200, abs=6)
    assert piece.min(axis=2).max() < 240, "no lid is left at its rim"
    columns = piece.astype(float).std(axis=0).mean()
    assert columns < 12, "the stripes stand upright"
    edges = np.abs(np.diff(piece[80, :, 2].astype(float)))
    peaks = [i for i in range(2, len(edges) - 2) if edges[i] == edges[i - 2 : i + 3].max() > 15]
    assert np.median(np.diff(peaks)) == pytest.approx(10, abs=1), "10 px are still 10 px"


def test_an_empty_bed_and_dust() -> None:
    rng = np.random.default_rng(3)
    empty = np.clip(rng.normal(248, 1.2, (*SIZE, 3)), 0, 255).astype(np.uint8)
    assert find_swatches(empty) == []
    for x, y in rng.integers(20, 600, (40, 2)):
        cv2.circle(empty, (int(x), int(y)), 2, (90, 90, 90), -1)
    cv2.line(empty, (100, 100), (500, 300), (60, 60, 60), 2)
    assert find_swatches(empty) == []


def test_pages_become_files_with_their_scale(tmp_path) -> None:
    picture, laid = bed(4, 3, 248)
    path = tmp_path / "scan-p0001.png"
    Image.fromarray(picture).save(path)
    pieces = run_to_end(split_pages([ScannedPage(path, 77.0)]))
    assert [p.name for p in pieces] == [f"scan-p0001-s{i}.png" for i in (1, 2, 3)]
    for piece, one in zip(pieces, laid, strict=True):
        image = decode(piece)
        assert image.px_per_cm == pytest.approx(77 / 2.54, rel=1e-3)
        assert image.full_width == pytest.approx(one.width, abs=8)
