"""From a file to sRGB pixels, once, at the edge: every kind of picture by the same path.

What is settled here:
- Sizes come from the header before anything is decoded: up to 400 megapixels are read, above is
  refused, and so is anything under 32 px a side.
- JPEG is decoded at the smallest DCT scale that still gives the side asked for. Other formats are
  decoded whole (4 bytes a pixel, 1.6 GB at the limit) and reduced strip by strip; pictures over
  64 megapixels take turns, so two threads never hold two of them.
- A truncated file is refused, even where most of its pixels are there: half a swatch is another
  swatch. (A PNG or GIF that lacks only its end mark has all its pixels and is read.)
- 16-bit values keep their high byte. Transparent is laid on white, animations and multi-page
  files give their first picture, both with a note where something was left out.
- ``ImageFile.LOAD_TRUNCATED_IMAGES`` stays False; nothing here changes while running, so threads
  may decode side by side.
"""

import os
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

import cv2
import numpy as np
from PIL import (
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from fabricfinder.domain.errors import UnreadableImageError
from fabricfinder.vision.colorspace import flatten, to_srgb
from fabricfinder.vision.files import open_picture
from fabricfinder.vision.refusal import refusal
from fabricfinder.vision.scale import read_exif, stated_scale

MAX_PIXELS = 400_000_000
FULL_VIEW_PIXELS = 50_000_000
MIN_SIDE = 32

# The only plug-ins a file may reach (JPEG's opens MPO itself). Imported here because Pillow
# registers them lazily, which two threads must not do at once.
_FORMATS = tuple(
    plugin.format
    for plugin in (
        JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, TiffImagePlugin.TiffImageFile,
        WebPImagePlugin.WebPImageFile, BmpImagePlugin.BmpImageFile,
        BmpImagePlugin.DibImageFile, GifImagePlugin.GifImageFile,
    )
)  # fmt: skip
_BIG_PIXELS = 64_000_000
_STRIP_PIXELS = 8_000_000
_big_picture = threading.Lock()

# Pillow warns at 89 megapixels; our limit is checked here, from the header, with a sentence.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Pillow's remarks on sloppy tags are no use to a designer. Set once, at import, because catching
# warnings around each call is not safe with threads.
warnings.filterwarnings("ignore", module=r"PIL\.")


@dataclass(frozen=True, slots=True, eq=False)
class DecodedImage:
    """A picture as sRGB pixels, perhaps reduced.

    Attributes:
        rgb: uint8 (h, w, 3), sRGB, turned upright.
        full_width, full_height: pixels of the whole picture, upright.
        px_per_cm: scale of the whole picture, or None when unknown.
        reduction: pixels of the whole picture per pixel of ``rgb``, >= 1.
        notes: sentences about what was left out or assumed.
        scale_source: who says the scale, see ``domain.swatch``; "" where none is known.
    """

    rgb: np.ndarray
    full_width: int
    full_height: int
    px_per_cm: float | None = None
    reduction: float = 1.0
    notes: tuple[str, ...] = ()
    scale_source: str = ""

    @property
    def working_px_per_cm(self) -> float | None:
        """Scale of ``rgb``, or None when unknown."""
        return None if self.px_per_cm is None else self.px_per_cm / self.reduction


class _Facts(NamedTuple):
    """What the header says: upright size, scale and who states it, EXIF and its turn."""

    width: int
    height: int
    px_per_cm: float | None
    scale_source: str
    exif: Image.Exif
    turn: int


def decode(
    source: str | os.PathLike[str] | BinaryIO, *, max_side: int | None = None
) -> DecodedImage:
    """Read a picture.

    Args:
        source: a path (names that are not UTF-8 surrogate-escaped) or an open binary file.
        max_side: reduce so that the longer side is at most this many pixels; None gives the
            whole picture, reduced only beyond 50 megapixels.

    Raises:
        UnreadableImageError: with a sentence saying why.
    """
    limit = max_side or 1 << 30
    return _decode(source, lambda w, h, _: min(limit, _full_view_side(w, h)), exact=True)


def decode_at_least(
    source: str | os.PathLike[str] | BinaryIO, need: Callable[[int, int, float | None], int]
) -> DecodedImage:
    """Read a picture in one pass at the cheapest size that still suffices.

    Args:
        source: as for ``decode``.
        need: from full width, height and px_per_cm, the longer side needed.

    Returns:
        A picture whose longer side is at least the one needed and under twice that (or the whole
        picture where it is smaller).
    """
    return _decode(source, need, exact=False)


def _decode(
    source: str | os.PathLike[str] | BinaryIO,
    need: Callable[[int, int, float | None], int],
    exact: bool,
) -> DecodedImage:
    opened = open_picture(source) if isinstance(source, str | os.PathLike) else nullcontext(source)
    with opened as stream, _sentences_for(stream), _identify(stream) as image:
        _check_size(*image.size)
        with _big_picture if image.width * image.height > _BIG_PIXELS else nullcontext():
            if image.format == "PNG":
                image.load()  # a PNG's EXIF may stand behind its pixels
            facts = _facts(image)
            side = max(need(facts.width, facts.height, facts.px_per_cm), 1)
            notes = _first_of_many(image)
            pixels, note = _pixels(image, facts.exif, side)
        rgb = np.ascontiguousarray(_upright(pixels, facts.turn))
        if exact:
            rgb = shrink_to(rgb, side)
        return DecodedImage(
            rgb,
            facts.width,
            facts.height,
            facts.px_per_cm,
            max(facts.width, facts.height) / max(rgb.shape[:2]),
            (*notes, note) if note else notes,
            facts.scale_source,
        )


@contextmanager
def _sentences_for(stream: BinaryIO) -> Iterator[None]:
    """Turn whatever a decoder raises into a sentence; an error of the drive keeps its own."""
    try:
        yield
    except UnreadableImageError:
        raise
    except MemoryError as error:
        raise UnreadableImageError(
            "There is not enough free memory to open this picture."
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableImageError(_too_large_sentence(None)) from error
    except Exception as error:  # noqa: BLE001 - decoders raise nearly every kind on foul files
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise refusal(stream, error) from error


def _identify(stream: BinaryIO) -> Image.Image:
    """Open without decoding; only our formats, so that no plug-in starts another program."""
    image = Image.open(stream, formats=_FORMATS)
    if image.mode == "F" or (image.mode == "I" and image.format != "PNG"):
        raise UnidentifiedImageError("pixels are floating-point or 32-bit")
    return image


def _check_size(width: int, height: int) -> None:
    """Refuse by the header's size.

    Raises:
        UnreadableImageError: over 400 megapixels or under 32 px a side.
    """
    if width * height > MAX_PIXELS:
        raise UnreadableImageError(_too_large_sentence((width, height)))
    if min(width, height) < MIN_SIDE:
        raise UnreadableImageError(
            f"This picture is only {width} × {height} pixels; "
            f"at least {MIN_SIDE} × {MIN_SIDE} are needed."
        )


def _too_large_sentence(size: tuple[int, int] | None) -> str:
    of = f" of {size[0]:,} × {size[1]:,} pixels" if size else ""
    return f"This picture{of} is larger than the limit of {MAX_PIXELS // 10**6} megapixels."


def _facts(image: Image.Image) -> _Facts:
    """Read size, turn and scale from the header."""
    exif = read_exif(image)
    turn = exif.get(ExifTags.Base.Orientation, 1)
    turn = turn if isinstance(turn, int) and 1 <= turn <= 8 else 1
    if image.format == "TIFF":  # Pillow turns these itself, and states the upright size
        turn = 1
    width, height = image.size if turn < 5 else image.size[::-1]
    return _Facts(width, height, *stated_scale(image, exif), exif, turn)


def _first_of_many(image: Image.Image) -> tuple[str, ...]:
    """Say so when only the first page or frame is read (an MPO's others are its own previews)."""
    if image.format == "MPO" or not getattr(image, "is_animated", False):
        return ()
    kind = "page" if image.format == "TIFF" else "picture"
    return (f"This file holds several {kind}s; the first is used.",)


def _pixels(image: Image.Image, exif: Image.Exif, side: int) -> tuple[np.ndarray, str]:
    """Decode, flatten, reduce by a whole factor and turn to sRGB, not yet upright.

    Returns:
        uint8 (h, w, 3) with a longer side of ``side`` to twice that, and a note or "".
    """
    profile = image.info.get("icc_profile")
    if image.format in ("JPEG", "MPO"):
        share = side / max(image.size)
        image.draft(None, tuple(max(1, int(np.ceil(s * share))) for s in image.size))
    if image.format == "TIFF":
        _mend_planar_tiff(image)
    deep = _deep_grey_facts(image)
    image.load()
    factor = max(1, max(image.size) // side)
    return to_srgb(_reduced(image, factor, deep), profile, exif)


def _reduced(image: Image.Image, factor: int, deep: tuple[int, bool]) -> Image.Image:
    """Flatten and area-average by a whole factor, in strips where the picture is large."""
    if factor == 1 or image.width * image.height <= _STRIP_PIXELS:
        flat = flatten(image, *deep)
        return flat.reduce(factor) if factor > 1 else flat
    rows = max(1, _STRIP_PIXELS // image.width // factor) * factor
    strips = []
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        strips.append(flatten(strip, *deep).reduce(factor))
    whole = Image.new(strips[0].mode, (strips[0].width, sum(s.height for s in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    return whole


def _deep_grey_facts(image: Image.Image) -> tuple[int, bool]:
    """Significant bits of a 16-bit grey picture, and whether it counts from white."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return 16, False
    bits = tags.get(258, (16,))
    return int(bits[0] if isinstance(bits, tuple) else bits), tags.get(262, 1) == 0


def _mend_planar_tiff(image: Image.Image) -> None:
    """Pillow reads the planes of an uncompressed 16-bit planar TIFF as 8-bit; name them rightly."""
    tags = image.tag_v2  # type: ignore[attr-defined]
    if tags.get(284, 1) != 2 or 16 not in tags.get(258, ()):
        return
    order = "L" if tags.prefix == b"II" else "B"
    image.tile = [
        tile._replace(args=(f"{tile.args[0]};16{order}", *tile.args[1:]))
        if tile.codec_name == "raw" and len(tile.args[0]) == 1
        else tile
        for tile in image.tile
    ]


_TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: a.swapaxes(0, 1)[:, ::-1],
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
    8: lambda a: a.swapaxes(0, 1)[::-1],
}


def _upright(rgb: np.ndarray, turn: int) -> np.ndarray:
    """Undo the EXIF orientation 1..8 (a view)."""
    return _TURNS[turn](rgb)


def _full_view_side(width: int, height: int) -> int:
    """The longer side at which a picture has at most 50 megapixels."""
    share = min(1.0, (FULL_VIEW_PIXELS / (width * height)) ** 0.5)
    return max(1, int(max(width, height) * share))


def shrink_to(rgb: np.ndarray, side: int) -> np.ndarray:
    """Area-average uint8 (h, w, 3) so that its longer side is at most ``side``; never enlarges."""
    height, width = rgb.shape[:2]
    if max(height, width) <= side:
        return rgb
    share = side / max(height, width)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
