"""The mark of an imagined picture, in its pixels and in its file, so that nobody takes it for cloth.

Around the edge runs a band of slanting black and white, the true middle has a frame of dashes, and
words say which is which. The file says the same where programs look for it: the IPTC's *composite
with trained algorithmic media* in XMP, and a sentence in the description.
"""

import os
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, JpegImagePlugin, PngImagePlugin, TiffImagePlugin

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.grown import IMAGINED_WORDS, GrownSwatch

BAND_SHARE, LEAST_BAND = 0.012, 5
WORDS = "imagined around the dashed frame"
LETTERS, LEAST_LETTERS = 2.0, 9  # bands, px; a line of letters is LINE times as high
LINE = 1.5
SOURCE_TYPE = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPE}">'
    f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{IMAGINED_WORDS}</rdf:li></rdf:Alt>'
    "</dc:description></rdf:Description></rdf:RDF></x:xmpmeta>"
)
KINDS = {
    ".png": PngImagePlugin.PngImageFile, ".jpg": JpegImagePlugin.JpegImageFile,
    ".jpeg": JpegImagePlugin.JpegImageFile, ".tif": TiffImagePlugin.TiffImageFile,
    ".tiff": TiffImagePlugin.TiffImageFile,
}  # fmt: skip
CM_PER_INCH = 2.54
DESCRIPTION_TAG, SOFTWARE_TAG, XMP_TAG = 270, 305, 700


def marked(grown: GrownSwatch, ink: np.ndarray | None = None) -> np.ndarray:
    """The picture with its band, frame and words, uint8 (2h, 2w, 3).

    Args:
        grown: the picture.
        ink: a line that says WORDS in another language, uint8 (h', w'), 255 where its letters are;
            None writes them in English.
    """
    rgb = grown.rgb.copy()
    height, width = rgb.shape[:2]
    band = max(LEAST_BAND, round(BAND_SHARE * max(height, width)))
    y, x = np.ogrid[:height, :width]
    at_edge = (np.minimum(y, height - 1 - y) < band) | (np.minimum(x, width - 1 - x) < band)
    light = ((x + y) // band % 2).astype(bool)
    rgb[at_edge & light], rgb[at_edge & ~light] = 255, 0
    left, top, right, bottom = grown.true_box
    thick = max(2, band // 3)
    for inset, colour in ((-2 * thick, 0), (-thick, 255)):  # outside the true cloth, both tones
        on_y = _line(height, top + inset, thick) | _line(height, bottom - inset - thick, thick)
        on_x = _line(width, left + inset, thick) | _line(width, right - inset - thick, thick)
        across = (x >= left + inset) & (x < right - inset) & (x // (2 * band) % 2 == 0)
        along = (y >= top + inset) & (y < bottom - inset) & (y // (2 * band) % 2 == 0)
        rgb[(on_y[:, None] & across) | (on_x[None] & along)] = colour
    return _with_words(rgb, band, ink)


def _line(length: int, start: int, thick: int) -> np.ndarray:
    """Which of ``length`` places lie in ``thick`` from ``start`` on, bool (length,)."""
    places = np.arange(length)
    return (places >= start) & (places < start + thick)


def _with_words(rgb: np.ndarray, band: int, ink: np.ndarray | None) -> np.ndarray:
    """The words on a plate at the lower left, where the picture is wide enough to hold them."""
    image = Image.fromarray(rgb)
    draw = ImageDraw.Draw(image)
    if ink is None:
        font = ImageFont.load_default(max(LEAST_LETTERS, round(LETTERS * band)))
        wide, high = draw.textbbox((0, 0), WORDS, font=font)[2:]
        high += band // 2
    else:
        high = round(max(LEAST_LETTERS, LETTERS * band) * LINE)
        wide = round(ink.shape[1] * high / ink.shape[0])
    x, y = band, image.height - band - high
    if wide + 3 * band < image.width and high + 2 * band < image.height // 4:
        draw.rectangle((x, y, x + wide + band, y + high), fill="black")
        if ink is None:
            draw.text((x + band // 2, y), WORDS, fill="white", font=font)
        else:
            line = Image.fromarray(ink).resize((wide, high), Image.Resampling.LANCZOS)
            image.paste("white", (x + band // 2, y), line)
    return np.asarray(image)


def require_kind(path: Path) -> None:
    """See that a marked picture can be written there before any work is done.

    Raises:
        FabricFinderError: another ending, or a folder that is not there.
    """
    if path.suffix.lower() not in KINDS:
        raise FabricFinderError(
            f"“{path.name}” should end in .png, .jpg or .tif: that says what kind of picture to write."
        )
    if not path.parent.is_dir():
        raise FabricFinderError(f"There is no folder {path.parent}; make it first.")


def save_marked(grown: GrownSwatch, path: Path, ink: np.ndarray | None = None) -> None:
    """Write the picture ``marked`` with ``ink``, in one step; the file says that it is imagined.

    Raises:
        FabricFinderError: as ``require_kind``, or the file cannot be written.
    """
    require_kind(path)
    image = Image.fromarray(marked(grown, ink))
    unfinished = path.with_name(path.name + ".part")
    kind = KINDS[path.suffix.lower()].format
    options: dict[str, object] = {"format": kind}
    if grown.px_per_cm is not None:
        options["dpi"] = (grown.px_per_cm * CM_PER_INCH,) * 2
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Description", IMAGINED_WORDS)
        words.add_text("Software", "fabricfinder")
        words.add_itxt("XML:com.adobe.xmp", XMP)
        options["pnginfo"] = words
    else:
        exif = Image.Exif()
        exif[DESCRIPTION_TAG], exif[SOFTWARE_TAG] = IMAGINED_WORDS, "fabricfinder"
        options |= {"exif": exif, "quality": 94, "subsampling": 0, "xmp": XMP.encode()}
    if kind == "TIFF":
        options = {"format": kind, "compression": "tiff_deflate",
                   "tiffinfo": {DESCRIPTION_TAG: IMAGINED_WORDS, SOFTWARE_TAG: "fabricfinder",
                                XMP_TAG: XMP.encode()}} | (
            {"dpi": options["dpi"]} if "dpi" in options else {}
        )  # fmt: skip
    try:
        image.save(unfinished, **options)
        os.replace(unfinished, path)
    except OSError as error:
        raise FabricFinderError(f"{path} cannot be written ({error.strerror or error}).") from error
    finally:
        unfinished.unlink(missing_ok=True)
