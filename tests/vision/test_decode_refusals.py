"""Files that are no pictures we can read: each gets a sentence, none a crash or much memory."""

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from fabricfinder.domain.errors import UnreadableImageError
from fabricfinder.vision.decode import decode


def refused(path: object) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(UnreadableImageError) as caught:
        decode(path, max_side=256)
    sentence = str(caught.value)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "Error" not in sentence
    return sentence


def peak_memory_kib() -> int:
    """The most memory this process has held; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def noise(height: int = 300, width: int = 400) -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return Image.fromarray(pixels)


def png_header(width: int, height: int, rows: bytes = b"") -> bytes:
    """A grey PNG that claims a size, with whatever compressed rows are given."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("t.jpg", {}),
        ("t.jpg", {"progressive": True}),
        ("t.png", {}),
        ("t.tif", {}),
        ("t.tif", {"compression": "tiff_lzw"}),
        ("t.webp", {}),
        ("t.bmp", {}),
        ("t.gif", {}),
    ],
)
@pytest.mark.parametrize("kept", [0.3, 0.8, 0.98])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_truncated_files_are_cut_short(
    tmp_path: Path, name: str, options: dict, kept: float
) -> None:
    path = tmp_path / name
    noise().save(path, **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    sentence = refused(str(path))
    # A TIFF whose table of contents stood at its end has lost it: damaged is all one can say.
    assert "cut short" in sentence or (name == "t.tif" and "TIFF" in sentence)


def test_a_jpeg_without_its_last_rows_is_refused_at_every_reduction(tmp_path: Path) -> None:
    path = tmp_path / "t.jpg"
    noise(1200, 1600).save(path, quality=80)
    data = path.read_bytes()
    path.write_bytes(data[:-2000])
    for side in (None, 1000, 400, 100):
        with pytest.raises(UnreadableImageError, match="cut short"):
            decode(str(path), max_side=side)


def test_text_and_foreign_files_whatever_their_name(tmp_path: Path) -> None:
    for content, word in (
        (b"Dear Ana,\nhere are the swatches of autumn 1962.\n" * 30, "text"),
        (b"%PDF-1.7\n\x00\x01", "PDF"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (b"PK\x03\x04" + bytes(40), "archive"),
        (b"\0\0\0\x18ftypheic" + bytes(100), "HEIC"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
        (bytes(range(256)) * 8, "not a picture"),
        (b"\xff\xd8\xff\xe0hello", "cut short"),
        (b"\x89PNG\r\n\x1a\nhello", "PNG"),
    ):
        path = tmp_path / "picture.jpg"
        path.write_bytes(content)
        assert word in refused(str(path)), content[:12]


def test_empty_missing_folder_and_pipe(tmp_path: Path) -> None:
    empty = tmp_path / "e.jpg"
    empty.write_bytes(b"")
    assert "empty" in refused(str(empty))
    assert "not there" in refused(str(tmp_path / "none.jpg"))
    assert "folder" in refused(str(tmp_path))
    assert "possible file name" in refused("a\0b.jpg")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        assert "ordinary file" in refused(str(tmp_path / "pipe.jpg"))


def test_a_name_far_too_long_is_a_sentence(tmp_path: Path) -> None:
    refused(str(tmp_path / ("a" * 5000 + ".jpg")))


def test_permission_denied_and_a_failing_drive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.png"
    noise().save(path)

    def deny(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", deny)
        assert "permission" in refused(str(path))

    class Failing:
        def __init__(self, *_args: object) -> None:
            pass

        def __enter__(self) -> "Failing":
            return self

        def __exit__(self, *_args: object) -> None:
            pass

        def read(self, *_args: object) -> bytes:
            raise OSError(5, "Input/output error")

        tell = seek = read

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", Failing)
        assert "drive" in refused(str(path))


@pytest.mark.parametrize("size", [(1, 1), (31, 400), (400, 31)])
def test_too_small(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "s.png"
    Image.new("RGB", size).save(path)
    assert f"{size[0]} × {size[1]}" in refused(str(path))


def test_claims_of_60000_by_60000_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(60_000, 60_000, zlib.compress(bytes(1000))))
    before = peak_memory_kib()
    assert "400 megapixels" in refused(str(path))
    path.write_bytes(png_header(20_001, 20_000, zlib.compress(bytes(1000))))
    assert "400 megapixels" in refused(str(path))
    jpeg = tmp_path / "huge.jpg"
    noise(64, 64).save(jpeg)
    data = bytearray(jpeg.read_bytes())
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    jpeg.write_bytes(bytes(data))
    assert "400 megapixels" in refused(str(jpeg))
    assert peak_memory_kib() - before < 50_000  # KiB


def test_a_zipped_comment_that_would_swell_is_refused(tmp_path: Path) -> None:
    body = b"comment\0\0" + zlib.compress(bytes(80_000_000))
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))
    data = png_header(64, 64, zlib.compress(bytes(65 * 64)))
    at = data.index(b"IDAT") - 4
    path = tmp_path / "bomb.png"
    path.write_bytes(data[:at] + chunk + data[at:])
    before = peak_memory_kib()
    try:
        assert decode(str(path)).rgb.shape == (64, 64, 3)
    except UnreadableImageError:
        pass
    assert peak_memory_kib() - before < 60_000


def test_floating_point_tiff_is_refused(tmp_path: Path) -> None:
    values = np.linspace(0, 1, 64 * 64).reshape(64, 64).astype(np.float32)
    path = tmp_path / "f.tif"
    Image.fromarray(values).save(path)
    assert "floating-point" in refused(str(path))
    Image.fromarray((values * 1e6).astype(np.int32)).save(path)
    assert "8 or 16 bits" in refused(str(path))


def test_out_of_memory_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.png"
    noise().save(path)

    def exhausted(_image: Image.Image) -> None:
        raise MemoryError

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", exhausted)
    assert "memory" in refused(str(path))


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    st.sampled_from(["jpg", "png", "tif", "webp", "bmp", "gif"]),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=12),
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_flipped_bytes_give_a_picture_or_a_sentence(
    tmp_path: Path, suffix: str, flips: list[tuple[int, int]]
) -> None:
    path = tmp_path / f"x.{suffix}"
    noise(40, 48).save(path)
    data = bytearray(path.read_bytes())
    for at, value in flips:
        data[at % len(data)] = value
    path.write_bytes(bytes(data))
    try:
        assert decode(str(path), max_side=64).rgb.dtype == np.uint8
    except UnreadableImageError as error:
        assert str(error).endswith(".")
