"""The dots per inch of a scan written into its file, without touching a pixel.

A scanner's resolution is a fact, but some scanners leave it out of their JPEG and some resolutions
(75, 100, 150) are also what programs write for no reason. So the file also says who scanned it:
``vision.scale`` believes any resolution beside ``SCANNED_BY``.
"""

import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from fabricfinder.capture.errors import CaptureError
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.vision.scale import SCANNED_BY

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_IHDR = 33  # the signature and the first chunk
_M_PER_INCH = 0.0254
_WIDTH, _HEIGHT, _BITS, _STRIPS, _SAMPLES = 256, 257, 258, 273, 277
_X_DPI, _Y_DPI, _UNIT, _SOFTWARE = 282, 283, 296, 305
_ASCII, _SHORT, _RATIO = 2, 3, 5


def stamp(path: Path, dpi: float) -> None:
    """Write the resolution into a TIFF, JPEG or PNG file.

    Args:
        dpi: dots per inch, the same in both directions.

    Raises:
        CaptureError: it is none of these, or damaged.
    """
    with path.open("rb") as file:
        head = file.read(8)
    try:
        if head[:4] in (b"II*\0", b"MM\0*"):
            _stamp_tiff(path, dpi)
        elif head[:2] == b"\xff\xd8":
            _rewrite(path, stamped_jpeg(path.read_bytes(), dpi))
        elif head == _PNG_HEAD:
            _rewrite(path, stamped_png(path.read_bytes(), dpi))
        else:
            raise CaptureError(f"{path.name} is no TIFF, JPEG or PNG, so it holds no scale.")
    except (struct.error, IndexError) as error:
        raise CaptureError(f"{path.name} came damaged from the scanner; scan it again.") from error


def _rewrite(path: Path, raw: bytes) -> None:
    """Replace a file whole or not at all."""
    with whole_file(path) as unfinished:
        unfinished.write_bytes(raw)


def stamped_png(raw: bytes, dpi: float) -> bytes:
    """A PNG with its resolution (pHYs, whole pixels a metre) and its maker (tEXt)."""
    per_metre = round(dpi / _M_PER_INCH)
    kept = _without(raw, b"pHYs")
    chunks = _chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1))
    chunks += _chunk(b"tEXt", b"Software\0" + SCANNED_BY.encode("latin-1"))
    return kept[:_PNG_IHDR] + chunks + kept[_PNG_IHDR:]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _without(raw: bytes, kind: bytes) -> bytes:
    """A PNG without its chunks of one kind."""
    kept, at = [raw[:8]], 8
    while at < len(raw):
        (length,) = struct.unpack_from(">I", raw, at)
        end = at + 12 + length
        if raw[at + 4 : at + 8] != kind:
            kept.append(raw[at:end])
        at = end
    return b"".join(kept)


def stamped_jpeg(raw: bytes, dpi: float) -> bytes:
    """A JPEG with its resolution and maker in a new EXIF; JFIF's density is made to agree."""
    at = 2
    kept = [raw[:2], b"", _exif(dpi)]
    while raw[at] == 0xFF and raw[at + 1] in (0xE0, 0xE1):
        (length,) = struct.unpack_from(">H", raw, at + 2)
        segment = raw[at : at + 2 + length]
        at += 2 + length
        if segment[4:9] == b"JFIF\0":
            whole = max(1, min(65535, round(dpi)))
            kept[1] = segment[:11] + struct.pack(">BHH", 1, whole, whole) + segment[16:]
        elif segment[4:10] != b"Exif\0\0":
            kept.append(segment)
    return b"".join(kept) + raw[at:]


def _exif(dpi: float) -> bytes:
    """An APP1 segment that says resolution and maker."""
    maker = SCANNED_BY.encode("ascii") + b"\0"
    entries = 4
    values = 8 + 2 + 12 * entries + 4
    body = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", entries)
    body += struct.pack(">HHII", _X_DPI, _RATIO, 1, values)
    body += struct.pack(">HHII", _Y_DPI, _RATIO, 1, values)
    body += struct.pack(">HHIHH", _UNIT, _SHORT, 1, 2, 0)
    body += struct.pack(">HHII", _SOFTWARE, _ASCII, len(maker), values + 8)
    body += struct.pack(">I", 0) + struct.pack(">II", round(dpi * 1000), 1000) + maker
    return b"\xff\xe1" + struct.pack(">H", len(body) + 8) + b"Exif\0\0" + body


def _value(raw: bytes, order: str) -> int:
    """The number of a directory entry, or where its numbers stand."""
    kind, count = struct.unpack_from(order + "HI", raw, 2)
    if kind == _SHORT and count == 1:
        return int(struct.unpack_from(order + "H", raw, 8)[0])
    return int(struct.unpack_from(order + "I", raw, 8)[0])


def _directory(file: BinaryIO) -> tuple[dict[int, bytes], str]:
    """The entries of a TIFF's first directory, 12 bytes each, and its byte order; at its end."""
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    file.seek(struct.unpack(order + "I", file.read(4))[0])
    (count,) = struct.unpack(order + "H", file.read(2))
    entries = {}
    for _ in range(count):
        raw = file.read(12)
        entries[struct.unpack_from(order + "H", raw)[0]] = raw
    return entries, order


def _stamp_tiff(path: Path, dpi: float) -> None:
    """Append a directory with the resolution to a TIFF and point its header there."""
    with path.open("r+b") as file:
        entries, order = _directory(file)
        following = file.read(4)
        end = file.seek(0, os.SEEK_END)
        end += file.write(b"\0" * (end % 2))
        maker = SCANNED_BY.encode("ascii") + b"\0"
        ratio = struct.pack(order + "II", round(dpi * 1000), 1000)
        file.write(ratio + maker + b"\0" * (len(maker) % 2))
        for tag in (_X_DPI, _Y_DPI):
            entries[tag] = struct.pack(order + "HHII", tag, _RATIO, 1, end)
        entries[_UNIT] = struct.pack(order + "HHIHH", _UNIT, _SHORT, 1, 2, 0)
        entries[_SOFTWARE] = struct.pack(order + "HHII", _SOFTWARE, _ASCII, len(maker), end + 8)
        directory = file.tell()
        file.write(struct.pack(order + "H", len(entries)))
        file.write(b"".join(entries[tag] for tag in sorted(entries)) + following)
        file.seek(4)
        file.write(struct.pack(order + "I", directory))


def tiff_dpi(path: Path) -> float | None:
    """The resolution a TIFF states, dots per inch, or None."""
    with path.open("rb") as file:
        entries, order = _directory(file)
        unit = entries.get(_UNIT)
        found = entries.get(_X_DPI)
        if found is None or (unit and struct.unpack_from(order + "H", unit, 8)[0] == 1):
            return None
        file.seek(struct.unpack_from(order + "I", found, 8)[0])
        above, below = struct.unpack(order + "II", file.read(8))
    factor = 2.54 if unit and struct.unpack_from(order + "H", unit, 8)[0] == 3 else 1.0
    return above / below * factor if above and below else None


def tiff_is_whole(path: Path) -> bool:
    """Whether a TIFF in one strip has all the bytes its size asks for.

    Raises:
        CaptureError: it is no TIFF.
    """
    try:
        with path.open("rb") as file:
            entries, order = _directory(file)
            length = file.seek(0, os.SEEK_END)
            values = {tag: _value(raw, order) for tag, raw in entries.items()}
            samples = values[_SAMPLES]
            deep = values[_BITS]
            if samples > 2:  # then the entry only says where the depths of the channels stand
                file.seek(deep)
                (deep,) = struct.unpack(order + "H", file.read(2))
        row = (values[_WIDTH] * samples * deep + 7) // 8
        return length - values[_STRIPS] >= row * values[_HEIGHT] > 0
    except (struct.error, KeyError) as error:
        raise CaptureError(f"{path.name} came damaged from the scanner; scan it again.") from error
