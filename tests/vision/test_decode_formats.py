"""Decoding of real files of every kind, made here: the pixels that come out are the ones put in."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from fabricfinder.vision import decode as decode_module
from fabricfinder.vision.colorspace import (
    BROKEN_PROFILE,
    FOREIGN_PROFILE,
    NO_CMYK_PROFILE,
    adobe_rgb_to_srgb,
)
from fabricfinder.vision.decode import DecodedImage, decode, decode_at_least
from fabricfinder.vision.thumbnail import thumbnail_jpeg


def cloth(height: int = 90, width: int = 120) -> np.ndarray:
    """A smooth colourful picture without symmetry, so that turns and channel swaps show."""
    y, x = np.mgrid[0:height, 0:width]
    return np.stack(
        [60 + 150 * x / width, 40 + 180 * y / height, 200 - 120 * (x * y) / (width * height)], -1
    ).astype(np.uint8)


def closeness(one: np.ndarray, two: np.ndarray) -> float:
    """Mean absolute difference in levels."""
    assert one.shape == two.shape
    return float(np.abs(one.astype(int) - two.astype(int)).mean())


def saved(image: Image.Image, folder: Path, name: str, **options: object) -> str:
    path = folder / name
    image.save(path, **options)
    return str(path)


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0.0),
        ("a.bmp", {}, 0.0),
        ("a.tif", {}, 0.0),
        ("a.tif", {"compression": "tiff_lzw"}, 0.0),
        ("a.tiff", {"compression": "tiff_adobe_deflate"}, 0.0),
        ("a.webp", {"lossless": True}, 0.0),
        ("a.webp", {"quality": 95}, 2.5),
        ("a.jpg", {"quality": 97}, 1.5),
        ("a.jpg", {"quality": 97, "progressive": True}, 1.5),
        ("a.gif", {}, 8.0),
    ],
)
def test_plain_files(tmp_path: Path, name: str, options: dict, tolerance: float) -> None:
    pixels = cloth()
    image = decode(saved(Image.fromarray(pixels), tmp_path, name, **options))
    assert image.rgb.dtype == np.uint8
    assert image.rgb.flags["C_CONTIGUOUS"]
    assert closeness(image.rgb, pixels) <= tolerance
    assert (image.full_width, image.full_height, image.reduction) == (120, 90, 1.0)
    assert image.notes == ()


def test_grey_and_bilevel(tmp_path: Path) -> None:
    grey = cloth()[..., 0]
    for name in ("g.png", "g.tif", "g.bmp"):
        image = decode(saved(Image.fromarray(grey), tmp_path, name))
        np.testing.assert_array_equal(image.rgb, np.repeat(grey[..., None], 3, 2))
    jpeg = decode(saved(Image.fromarray(grey), tmp_path, "g.jpg", quality=97))
    assert closeness(jpeg.rgb[..., 0], grey) < 1.5
    bilevel = decode(saved(Image.fromarray(grey > 128), tmp_path, "b.png"))
    np.testing.assert_array_equal(bilevel.rgb[..., 1], np.where(grey > 128, 255, 0))


def test_palette_and_transparency_lie_on_white(tmp_path: Path) -> None:
    pixels = cloth()
    alpha = np.full(pixels.shape[:2], 255, np.uint8)
    alpha[:45, :60] = 0
    alpha[45:, :60] = 128
    rgba = Image.fromarray(np.dstack([pixels, alpha]))
    expected = np.rint(255 - (255 - pixels.astype(float)) * alpha[..., None] / 255)
    for name, options in (("t.png", {}), ("t.tif", {}), ("t.webp", {"lossless": True})):
        image = decode(saved(rgba, tmp_path, name, **options))
        assert np.abs(image.rgb.astype(int) - expected).max() <= 1, name
    palette = Image.fromarray(pixels).quantize(64)
    image = decode(saved(palette, tmp_path, "p.png", transparency=bytes([0] + [255] * 63)))
    seen = np.array(palette.convert("RGB"))
    seen[np.array(palette) == 0] = 255
    np.testing.assert_array_equal(image.rgb, seen)
    grey_alpha = Image.fromarray(np.dstack([pixels[..., 0], alpha]), "LA")
    image = decode(saved(grey_alpha, tmp_path, "la.png"))
    assert np.abs(image.rgb[..., 0].astype(int) - expected[..., 0]).max() <= 1


def test_cmyk_jpeg_with_adobe_marker(tmp_path: Path) -> None:
    ink = np.zeros((64, 96, 4), np.uint8)
    ink[:, :32, 0] = 255  # cyan
    ink[:, 32:64, 1] = 255  # magenta
    path = saved(Image.fromarray(ink, "CMYK"), tmp_path, "c.jpg", quality=95)
    assert b"Adobe" in Path(path).read_bytes()[:400]
    image = decode(path)
    assert image.notes == (NO_CMYK_PROFILE,)
    cyan, magenta, paper = image.rgb[32, 16], image.rgb[32, 48], image.rgb[32, 80]
    assert cyan[0] < 10
    assert min(cyan[1:]) > 245
    assert magenta[1] < 10
    assert min(magenta[0], magenta[2]) > 245
    assert min(paper) > 245


def test_ycck_jpeg(tmp_path: Path) -> None:
    """Adobe transform 2: the same four channels, the first three read as YCC."""
    ink = np.full((64, 64, 4), 0, np.uint8)
    path = Path(saved(Image.fromarray(ink, "CMYK"), tmp_path, "k.jpg", quality=95))
    data = bytearray(path.read_bytes())
    at = data.find(b"Adobe")
    data[at + 11] = 2
    path.write_bytes(bytes(data))
    pixel = decode(str(path)).rgb[32, 32].astype(int)
    # Stored 255,255,255,255. YCC (255, 255, 255) is RGB (255, 120, 255); YCCK holds CMY = 255 - RGB
    # and Adobe stores the inverse of ink, so the paper shows 255 - (255, 120, 255) = (0, 135, 0).
    assert np.abs(pixel - [0, 135, 0]).max() <= 2


def test_cmyk_tiff(tmp_path: Path) -> None:
    ink = np.zeros((64, 64, 4), np.uint8)
    ink[..., 2] = 255
    image = decode(saved(Image.fromarray(ink, "CMYK"), tmp_path, "y.tif"))
    np.testing.assert_array_equal(image.rgb[5, 5], [255, 255, 0])


def icc_profile(gamma: float, primaries: list[list[float]], space: bytes = b"RGB ") -> bytes:
    """A version 2 matrix (or grey) display profile built by hand: colorants as D50 XYZ rows."""

    def s15(value: float) -> bytes:
        return struct.pack(">i", round(value * 65536))

    def xyz(triple: list[float]) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(map(s15, triple))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"made by a test\0"
    described = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + b"\0" * 78
    described += b"\0" * (-len(described) % 4)
    tags = [(b"desc", described), (b"wtpt", xyz([0.9642, 1.0, 0.8249])),
            (b"cprt", b"text\0\0\0\0none\0\0\0\0")]  # fmt: skip
    if space == b"RGB ":
        tags += [(n + b"XYZ", xyz(p)) for n, p in zip((b"r", b"g", b"b"), primaries, strict=True)]
        tags += [(n + b"TRC", curve) for n in (b"r", b"g", b"b")]
    else:
        tags += [(b"kTRC", curve)]
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", 128 + 4 + 12 * len(tags) + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", 132 + 12 * len(tags) + len(body), b"test", 0x02100000,
                       b"mntr", space, b"XYZ ")  # fmt: skip
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28
    head += s15(0.9642) + s15(1.0) + s15(0.8249)
    return head.ljust(128, b"\0") + table + body


ADOBE = icc_profile(
    563 / 256,
    [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]],
)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.tif", "a.webp"])
def test_adobe_rgb_profile_is_turned_into_srgb(tmp_path: Path, name: str) -> None:
    flat = np.full((64, 64, 3), (120, 200, 60), np.uint8)
    options = {"lossless": True} if name.endswith("webp") else {}
    image = decode(saved(Image.fromarray(flat), tmp_path, name, icc_profile=ADOBE, **options))
    expected = adobe_rgb_to_srgb(flat)[0, 0].astype(int)
    assert np.abs(expected - flat[0, 0]).max() > 8  # so that ignoring the profile fails
    assert np.abs(image.rgb[32, 32].astype(int) - expected).max() <= 5
    assert image.notes == ()


def test_camera_marked_adobe_rgb_without_a_profile(tmp_path: Path) -> None:
    flat = np.full((64, 64, 3), (120, 200, 60), np.uint8)
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 65535
    exif.get_ifd(0x8769)[0xA005] = {1: "R03"}
    image = decode(saved(Image.fromarray(flat), tmp_path, "r03.png", exif=exif.tobytes()))
    np.testing.assert_array_equal(image.rgb, adobe_rgb_to_srgb(flat))


def test_grey_profile_foreign_profile_and_broken_profile(tmp_path: Path) -> None:
    grey = Image.fromarray(np.full((64, 64), 128, np.uint8))
    linear = icc_profile(1.0, [], b"GRAY")
    image = decode(saved(grey, tmp_path, "g.png", icc_profile=linear))
    assert abs(int(image.rgb[0, 0, 0]) - 188) <= 2  # linear 0.502 is 188 in sRGB
    color = Image.fromarray(cloth())
    foreign = decode(saved(color, tmp_path, "f.png", icc_profile=linear))
    assert foreign.notes == (FOREIGN_PROFILE,)
    broken = decode(saved(color, tmp_path, "b.png", icc_profile=b"not a profile" * 20))
    assert broken.notes == (BROKEN_PROFILE,)
    for image in (foreign, broken):
        np.testing.assert_array_equal(image.rgb, cloth())


def test_srgb_profile_changes_nothing(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = decode(saved(Image.fromarray(cloth()), tmp_path, "s.png", icc_profile=profile))
    np.testing.assert_array_equal(image.rgb, cloth())


TURNED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: lambda a: np.rot90(np.fliplr(a), 1),
    6: lambda a: np.rot90(a, 3),
    7: lambda a: np.rot90(np.fliplr(a), 3),
    8: lambda a: np.rot90(a, 1),
}


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("name", ["e.png", "e.jpg", "e.tif"])
def test_exif_turn(tmp_path: Path, turn: int, name: str) -> None:
    pixels = cloth()
    exif = Image.Exif()
    exif[0x0112] = turn
    options = {"quality": 97} if name.endswith("jpg") else {}
    path = saved(Image.fromarray(pixels), tmp_path, name, exif=exif.tobytes(), **options)
    image = decode(path)
    assert closeness(image.rgb, TURNED[turn](pixels)) < 1.5
    assert (image.full_height, image.full_width) == TURNED[turn](pixels).shape[:2]
    small = decode(path, max_side=60)
    assert max(small.rgb.shape[:2]) == 60
    assert (small.full_width, small.full_height) == (image.full_width, image.full_height)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nonsense_exif_is_passed_over(tmp_path: Path) -> None:
    path = saved(Image.fromarray(cloth()), tmp_path, "x.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f")
    assert decode(path).rgb.shape == (90, 120, 3)


def test_first_page_and_first_frame_with_a_note(tmp_path: Path) -> None:
    first, second = Image.fromarray(cloth()), Image.fromarray(255 - cloth())
    for name, options in (
        ("m.tif", {"compression": "tiff_lzw"}),
        ("m.gif", {}),
        ("m.png", {}),
        ("m.webp", {"lossless": True}),
    ):
        path = saved(first, tmp_path, name, save_all=True, append_images=[second], **options)
        image = decode(path)
        assert closeness(image.rgb, cloth()) < 8, name
        assert len(image.notes) == 1
        assert "first is used" in image.notes[0]


def test_phone_photo_with_previews_behind_it_needs_no_note(tmp_path: Path) -> None:
    first, preview = Image.fromarray(cloth()), Image.fromarray(cloth(45, 60))
    path = saved(first, tmp_path, "m.mpo", save_all=True, append_images=[preview])
    image = decode(path)
    assert image.rgb.shape == (90, 120, 3)
    assert image.notes == ()


@pytest.mark.parametrize(
    ("name", "with_profile"),
    [(f"t.{suffix}", profile) for suffix in ("jpg", "png", "tif", "webp") for profile in (0, 1)]
    + [("t.bmp", 0)],
)
def test_thumbnail_and_full_view_agree(tmp_path: Path, name: str, with_profile: int) -> None:
    pixels = cloth(720, 1000)
    options: dict = {"icc_profile": ADOBE} if with_profile else {}
    if name.endswith("jpg"):
        options |= {"quality": 95, "exif": b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"
                    b"\x06\0\0\0\0\0\0\0"}  # fmt: skip
    path = saved(Image.fromarray(pixels), tmp_path, name, **options)
    full, small = decode(path), decode(path, max_side=100)
    size = (small.rgb.shape[1], small.rgb.shape[0])
    shrunk = cv2.resize(full.rgb, size, interpolation=cv2.INTER_AREA)
    assert max(size) == 100
    assert closeness(shrunk, small.rgb) < 1.5
    assert small.reduction == pytest.approx(10.0)
    back = cv2.imdecode(np.frombuffer(thumbnail_jpeg(full.rgb, 100), np.uint8), cv2.IMREAD_COLOR)
    assert closeness(back[..., ::-1], small.rgb) < 3


def test_one_pass_gives_at_least_the_side_needed(tmp_path: Path) -> None:
    for name in ("n.jpg", "n.png"):
        path = saved(Image.fromarray(cloth(600, 800)), tmp_path, name)
        for need in (90, 100, 101, 333, 400, 799, 5000):
            side = max(decode_at_least(path, lambda w, h, s, n=need: n).rgb.shape)
            assert min(need, 800) <= side <= max(800 if need > 400 else 0, 2 * need)


def test_strips_equal_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    noisy = rng.integers(0, 256, (205, 301, 4)).astype(np.uint8)
    path = saved(Image.fromarray(noisy), tmp_path, "s.png")
    whole = decode(path, max_side=50).rgb
    monkeypatch.setattr(decode_module, "_STRIP_PIXELS", 301 * 30)
    np.testing.assert_array_equal(decode(path, max_side=50).rgb, whole)


def test_a_full_view_is_reduced_beyond_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode_module, "FULL_VIEW_PIXELS", 2_000)
    image = decode(saved(Image.fromarray(cloth()), tmp_path, "v.png"))
    assert image.rgb.shape[0] * image.rgb.shape[1] <= 2_000
    assert image.full_width == 120
    assert image.reduction == pytest.approx(120 / image.rgb.shape[1])


def test_names_that_are_not_utf8(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/t\xfcch \xff.png"
    try:
        with open(raw, "wb") as stream:
            Image.fromarray(cloth()).save(stream, "PNG")
    except OSError:
        pytest.skip("this file system takes no such name")
    np.testing.assert_array_equal(decode(os.fsdecode(raw)).rgb, cloth())


def test_an_open_file_and_bytes_in_memory(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(cloth()).save(buffer, "PNG")
    buffer.seek(0)
    np.testing.assert_array_equal(decode(buffer).rgb, cloth())


def test_threads_side_by_side_agree(tmp_path: Path) -> None:
    paths = [
        saved(Image.fromarray(cloth(300, 400)), tmp_path, name, icc_profile=ADOBE)
        for name in ("a.jpg", "a.png", "a.tif")
    ] * 6

    def thumb(path: str) -> DecodedImage:
        return decode(path, max_side=128)

    alone = [thumb(p).rgb for p in paths[:3]]
    with ThreadPoolExecutor(4) as pool:
        for index, image in enumerate(pool.map(thumb, paths)):
            np.testing.assert_array_equal(image.rgb, alone[index % 3])


def test_png_with_exif_behind_its_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = Path(saved(Image.fromarray(cloth()), tmp_path, "x.png"))
    data = path.read_bytes()
    payload = b"eXIf" + exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(payload) - 4) + payload + struct.pack(">I", zlib.crc32(payload))
    end = data.rindex(b"IEND") - 4
    path.write_bytes(data[:end] + chunk + data[end:])
    np.testing.assert_array_equal(decode(str(path)).rgb, np.rot90(cloth(), 3))
