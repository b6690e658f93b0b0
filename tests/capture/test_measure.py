"""Measuring a picture file: where its scale comes from, and what is judged beside a card."""

import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

from fabricfinder.__main__ import main
from fabricfinder.capture.cloth import cloth_of
from fabricfinder.capture.measure import beside, measure
from fabricfinder.capture.repeat import find_repeat
from fabricfinder.capture.stamp import stamp
from fabricfinder.importing import look_at
from fabricfinder.vision.decode import decode


def checks(cell: int, size: tuple[int, int] = (600, 800)) -> np.ndarray:
    """A check of two colours, uint8 (h, w, 3)."""
    y, x = np.indices(size)
    return np.where(((x // cell + y // cell) % 2)[..., None], (190, 60, 50), (40, 60, 110)).astype(
        np.uint8
    )


@pytest.fixture
def photo_with_card(photographed: ModuleType, tmp_path: Path) -> tuple[Path, float]:
    """A file of a check of 20 mm beside the card, tilted by 35°, and its true px per mm."""
    pose = photographed.Pose(35, 100, 12, 4.5, off=(0.1, 0.05))
    laid = photographed.table(checks(100, (200, 200)))
    photo = photographed.photograph(laid, pose, np.random.default_rng(1))
    path = tmp_path / "beside a card.jpg"
    Image.fromarray(photo.rgb).save(path, dpi=(305, 305), quality=92)
    return path, photo.px_per_mm


def test_the_card_counts_more_than_the_file(photo_with_card: tuple[Path, float]) -> None:
    path, true = photo_with_card
    seen = measure(str(path))
    assert seen.source == "card"
    assert seen.px_per_cm == pytest.approx(10 * true, rel=0.01)
    across, down = seen.repeat_mm
    assert across == pytest.approx(20, rel=0.03), "the tilt is taken out of lengths"
    assert down == pytest.approx(20, rel=0.03)
    white = (seen.cloth.min(axis=2) > 215).mean()
    assert white < 0.02, "the card itself is not taken for cloth"


def test_a_hand_counts_more_than_the_card(photo_with_card: tuple[Path, float]) -> None:
    seen = measure(str(photo_with_card[0]), dpi=254)
    assert seen.source == "hand"
    assert seen.px_per_cm == pytest.approx(100)


def test_file_and_unknown(tmp_path: Path) -> None:
    path = tmp_path / "scan.png"
    Image.fromarray(checks(24)).save(path)
    assert measure(str(path)).source == "unknown"
    assert measure(str(path)).repeat_mm == (None, None)
    stamp(path, 300)
    seen = measure(str(path))
    assert seen.source == "file"
    assert seen.px_per_cm == pytest.approx(300 / 2.54, rel=1e-3)
    assert seen.repeat_mm[0] == pytest.approx(48 / 300 * 25.4, rel=0.02)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
@pytest.mark.parametrize("dpi", [75.0, 100.0, 600.0, 1270.5])
def test_a_stamp_is_believed_and_touches_no_pixel(tmp_path: Path, suffix: str, dpi: float) -> None:
    path = tmp_path / f"scan.{suffix}"
    Image.fromarray(checks(20)).save(path, dpi=(72, 72))
    before = decode(path)
    assert before.px_per_cm is None
    for _ in range(2):  # stamping twice is stamping once
        stamp(path, dpi)
        after = decode(path)
        assert after.px_per_cm == pytest.approx(dpi / 2.54, rel=0.008 if suffix == "jpg" else 1e-3)
        assert np.array_equal(after.rgb, before.rgb)


def test_beside_keeps_clear_of_the_card() -> None:
    picture = np.zeros((400, 600, 3), np.uint8)
    corners = np.array([(40, 100), (160, 100), (160, 180), (40, 180)], float)
    picture[100:180, 40:160] = 255
    part = beside(picture, corners)
    assert part.max() == 0
    assert part.shape[:2] == (400, 435)
    assert beside(picture, corners * 0 + [(0, 0), (600, 0), (600, 400), (0, 400)]).size == picture.size


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    path = tmp_path / "checks.png"
    Image.fromarray(checks(30)).save(path)
    assert main(["measure", str(path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["scale_source"] == "unknown"
    assert row["px_per_mm"] is None
    assert row["ends_per_cm"] is None
    assert row["not_counted_because"]
    assert row["repeat_px"]["across"] == pytest.approx(60, rel=0.02)
    assert main(["measure", str(path), "--dpi", "100"]) == 0
    assert "3.937 px per mm, as you say" in capsys.readouterr().out
    assert main(["measure", str(tmp_path / "none.png")]) == 1
    assert "not there" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["measure", str(path), "--dpi", "0"])
    assert main(["scale-card", "--out", str(tmp_path / "card.pdf")]) == 0
    assert (tmp_path / "card.pdf").read_bytes().startswith(b"%PDF-1.6")


def test_an_import_sees_the_card_and_not_the_card_as_cloth(photo_with_card: tuple[Path, float]) -> None:
    path, true = photo_with_card
    bare = path.with_name("no dpi.jpg")
    with Image.open(path) as photo:
        photo.save(bare, quality=92)  # a camera's file: it states no scale of its own
    look = look_at(str(bare), with_thumbnail=True)
    assert look.px_per_cm == pytest.approx(10 * true, rel=0.02)
    pale = sum(c.share for c in look.palette.colors if c.saturation < 0.2 and c.value > 0.75)
    assert pale < 0.02, "the card's white is no colour of the cloth"
    by_hand = look_at(str(bare), px_per_cm=100.0)
    assert by_hand.px_per_cm == 100.0
    assert look_at(str(path)).px_per_cm == pytest.approx(305 / 2.54), "a stated scale is believed"
    cut = look_at(str(bare), crop=(0.0, 0.0, 0.3, 0.3))
    assert cut.px_per_cm is None, "what she cut out is looked at alone"


def test_an_import_straightens_cloth_beside_a_tilted_card(
    photo_with_card: tuple[Path, float],
) -> None:
    path, _ = photo_with_card
    bare = path.with_name("tilted.jpg")
    with Image.open(path) as photo:
        photo.save(bare, quality=92)
    look = look_at(str(bare))
    assert look.scale_source == "card"
    assert (look.width, look.height) == (1600, 1200), "the file itself is as it was"
    cloth = cloth_of(str(bare), None, None)
    repeat = find_repeat(cloth.pixels)
    assert repeat.across is not None and repeat.down is not None
    assert repeat.across / repeat.down == pytest.approx(1, abs=0.04), "by the tilt it would be 0.82"
    assert repeat.across * 10 / cloth.px_per_cm == pytest.approx(20, rel=0.04)
    assert look_at(str(bare), px_per_cm=100.0).scale_source == "hand"


def test_who_says_the_scale(tmp_path: Path) -> None:
    path = tmp_path / "cloth.png"
    Image.fromarray(checks(24)).save(path)
    assert look_at(str(path)).scale_source == ""
    Image.fromarray(checks(24)).save(path, dpi=(305, 305))
    assert look_at(str(path)).scale_source == "file"
    stamp(path, 300)
    assert look_at(str(path)).scale_source == "scanner"
