"""Pictures of 16 bits a channel, chunky and planar, counted from black and from white."""

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from fabricfinder.vision.decode import decode


@pytest.mark.parametrize("name", ["d.png", "d.tif"])
@pytest.mark.parametrize("kind", ["grey", "rgb", "rgba"])
def test_sixteen_bits_keep_their_high_byte(tmp_path: Path, name: str, kind: str) -> None:
    y, x = np.mgrid[0:60, 0:80]
    deep = np.stack([x * 800, y * 1000, (x + y) * 400], -1).astype(np.uint16) + 200
    if kind == "grey":
        written = deep[..., 0]
        expected = np.repeat((written >> 8)[..., None], 3, 2)
    elif kind == "rgb":
        written, expected = deep[..., ::-1], deep >> 8
    else:
        written = np.dstack([deep[..., ::-1], np.full((60, 80), 65535, np.uint16)])
        expected = deep >> 8
    path = str(tmp_path / name)
    if name.endswith("tif") and kind == "rgba":
        Path(path).write_bytes(deep_tiff(np.moveaxis(written[..., [2, 1, 0, 3]], 2, 0), False))
    else:
        assert cv2.imwrite(path, written)
    np.testing.assert_array_equal(decode(path).rgb, expected)


def deep_tiff(planes: np.ndarray, planar: bool, order: str = "<") -> bytes:
    """An uncompressed 16-bit TIFF of (channels, h, w): RGB or RGBA, chunky or planar."""
    count, height, width = planes.shape
    coded = planes.astype(f"{order}u2")
    strips = [p.tobytes() for p in coded] if planar else [np.moveaxis(coded, 0, 2).tobytes()]
    tags: list[tuple[int, str, list[int]]] = [
        (256, "I", [width]), (257, "I", [height]), (258, "H", [16] * count), (259, "H", [1]),
        (262, "H", [2]), (273, "I", [0] * len(strips)), (277, "H", [count]), (278, "I", [height]),
        (279, "I", [len(s) for s in strips]), (284, "H", [2 if planar else 1]),
    ]  # fmt: skip
    if count == 4:
        tags.append((338, "H", [2]))
    body_at = 8 + 2 + 12 * len(tags) + 4
    sizes = {"H": 2, "I": 4}
    long = sum(len(v) * sizes[f] for _, f, v in tags if len(v) * sizes[f] > 4)
    starts = [body_at + long + sum(len(s) for s in strips[:i]) for i in range(len(strips))]
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    head += struct.pack(f"{order}H", len(tags))
    body = b""
    for tag, form, values in tags:
        values = starts if tag == 273 else values
        raw = struct.pack(f"{order}{len(values)}{form}", *values)
        head += struct.pack(f"{order}HHI", tag, 3 if form == "H" else 4, len(values))
        if len(raw) > 4:
            head += struct.pack(f"{order}I", body_at + len(body))
            body += raw
        else:
            head += raw.ljust(4, b"\0")
    return head + b"\0\0\0\0" + body + b"".join(strips)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("planar", [False, True])
def test_sixteen_bit_tiff_in_planes_and_both_byte_orders(
    tmp_path: Path, order: str, planar: bool
) -> None:
    planes = (np.arange(3 * 40 * 50).reshape(3, 40, 50) * 9).astype(np.uint16)
    path = tmp_path / "planar.tif"
    path.write_bytes(deep_tiff(planes, planar, order))
    np.testing.assert_array_equal(decode(str(path)).rgb, np.moveaxis(planes >> 8, 0, 2))


def test_sixteen_bit_grey_counted_from_white(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    path = str(tmp_path / "w.tif")
    Image.fromarray(grey).save(path)
    data = bytearray(Path(path).read_bytes())
    at = data.find(struct.pack("<HHI", 262, 3, 1))
    data[at + 8 : at + 10] = struct.pack("<H", 0)
    Path(path).write_bytes(bytes(data))
    np.testing.assert_array_equal(decode(path).rgb[..., 0], 255 - (grey >> 8))
