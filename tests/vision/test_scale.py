"""Which stated resolutions are believed, in every form a file may state them."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fabricfinder.vision.decode import decode


def picture(width: int = 400, height: int = 300) -> Image.Image:
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    return Image.fromarray(np.broadcast_to(ramp[None, :, None], (height, width, 3)).copy())


def jfif(path: Path, unit: int, x: int, y: int, exif: Image.Exif | None = None) -> str:
    """A JPEG whose JFIF density is set by hand."""
    picture().save(path, **({"exif": exif.tobytes()} if exif is not None else {}))
    data = bytearray(path.read_bytes())
    at = data.index(b"JFIF\0") + 7
    data[at : at + 5] = struct.pack(">BHH", unit, x, y)
    path.write_bytes(bytes(data))
    return str(path)


def exif_of(x: float, y: float, unit: int | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x011A], exif[0x011B] = x, y
    if unit is not None:
        exif[0x0128] = unit
    return exif


@pytest.mark.parametrize(
    ("unit", "x", "y", "dpi"),
    [
        (1, 300, 300, 300),
        (1, 600, 600, 600),
        (2, 118, 118, 118 * 2.54),
        (1, 72, 72, None),
        (1, 96, 96, None),
        (1, 144, 144, None),
        (1, 240, 240, None),
        (1, 149, 149, None),
        (1, 150, 150, 150),
        (1, 113, 113, 113),
        (2, 45, 45, 45 * 2.54),
        (1, 31, 31, 31),
        (1, 29, 29, None),
        (2, 28, 28, None),  # 71.1 dpi: 72 in whole pixels a centimetre
        (2, 38, 38, None),  # 96.5
        (2, 47, 47, None),  # 119.4
        (1, 95, 95, None),
        (1, 102, 102, None),
        (1, 113, 117, None),
        (0, 1, 1, None),
        (0, 300, 300, None),
        (1, 1, 1, None),
        (1, 300, 600, None),
        (1, 20000, 20000, None),
        (1, 2400, 2400, None),  # the whole picture would be 4.2 mm long
    ],
)
def test_jfif_density(tmp_path: Path, unit: int, x: int, y: int, dpi: float | None) -> None:
    found = decode(jfif(tmp_path / "a.jpg", unit, x, y)).px_per_cm
    assert found == (None if dpi is None else pytest.approx(dpi / 2.54))


@pytest.mark.parametrize(
    ("x", "unit", "dpi"), [(400, 2, 400), (400, None, 400), (157.48, 3, 400), (400, 1, None)]
)
@pytest.mark.parametrize("name", ["e.jpg", "e.webp", "e.tif"])
def test_exif_and_tiff_units(
    tmp_path: Path, name: str, x: float, unit: int | None, dpi: float | None
) -> None:
    path = tmp_path / name
    if name.endswith("jpg"):
        jfif(path, 0, 1, 1, exif_of(x, x, unit))
    else:
        picture().save(path, exif=exif_of(x, x, unit).tobytes())
    found = decode(str(path)).px_per_cm
    assert found == (None if dpi is None else pytest.approx(dpi / 2.54, rel=1e-3))


@pytest.mark.parametrize("name", ["p.png", "p.bmp", "p.tif"])
@pytest.mark.parametrize(("dpi", "believed"), [(300, True), (72, False), (96, False)])
def test_png_bmp_and_tiff_dpi(tmp_path: Path, name: str, dpi: int, believed: bool) -> None:
    path = tmp_path / name
    picture().save(path, dpi=(dpi, dpi))
    found = decode(str(path)).px_per_cm
    assert found == (pytest.approx(dpi / 2.54, rel=1e-3) if believed else None)


def test_no_resolution_at_all(tmp_path: Path) -> None:
    for name in ("n.png", "n.gif", "n.webp"):
        picture().save(tmp_path / name)
        assert decode(str(tmp_path / name)).px_per_cm is None


def test_a_lens_knows_no_scale(tmp_path: Path) -> None:
    exif = exif_of(300, 300, 2)
    exif.get_ifd(0x8769)[0x829A] = 0.01  # exposure time
    assert decode(jfif(tmp_path / "lens.jpg", 1, 300, 300, exif)).px_per_cm is None
    assert decode(jfif(tmp_path / "scan.jpg", 1, 300, 300, exif_of(300, 300, 2))).px_per_cm


def test_two_resolutions_that_contradict_each_other(tmp_path: Path) -> None:
    assert decode(jfif(tmp_path / "c.jpg", 1, 300, 300, exif_of(600, 600, 2))).px_per_cm is None
    default = decode(jfif(tmp_path / "d.jpg", 1, 96, 96, exif_of(600, 600, 2)))
    assert default.px_per_cm == pytest.approx(600 / 2.54)  # 96 says nothing, so nothing contradicts


def test_nonsense_ratios(tmp_path: Path) -> None:
    exif = exif_of(300, 300, 2)
    payload = exif.tobytes().replace(struct.pack(">II", 300, 1), struct.pack(">II", 300, 0))
    path = tmp_path / "z.webp"
    picture().save(path, exif=payload)
    assert decode(str(path)).px_per_cm is None


def test_reduction_keeps_the_working_scale_right(tmp_path: Path) -> None:
    path = tmp_path / "r.png"
    picture(800, 600).save(path, dpi=(508, 508))
    image = decode(str(path), max_side=200)
    assert image.px_per_cm == pytest.approx(200, rel=1e-3)
    assert image.reduction == pytest.approx(4)
    assert image.working_px_per_cm == pytest.approx(50, rel=1e-3)


def test_a_coarse_scale_that_is_no_default_is_a_fact_unless_a_lens_took_it(tmp_path: Path) -> None:
    path = tmp_path / "c.png"
    picture().save(path, dpi=(113.4, 113.4))
    assert decode(str(path)).px_per_cm == pytest.approx(113.4 / 2.54, rel=1e-3)
    exif = exif_of(113, 113, 2)
    exif.get_ifd(0x8769)[0x829A] = 0.01
    assert decode(jfif(tmp_path / "lens.jpg", 1, 113, 113, exif)).px_per_cm is None
    assert decode(jfif(tmp_path / "d.jpg", 1, 113, 113, exif_of(300, 300, 2))).px_per_cm is None
