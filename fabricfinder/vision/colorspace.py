"""From whatever colour space a file is in to sRGB, and from whatever pixel type to 8 bits."""

import io
from functools import lru_cache

import numpy as np
from PIL import ExifTags, Image, ImageCms

from fabricfinder.domain.color import linear_to_srgb

BROKEN_PROFILE = "Its colour profile is damaged, so it was taken as sRGB."
FOREIGN_PROFILE = "Its colour profile is for another kind of picture, so it was taken as sRGB."
NO_CMYK_PROFILE = "A CMYK picture without a colour profile: its colours are approximate."

# Adobe RGB (1998), linear, to linear sRGB; both have the D65 white, so no adaptation is needed.
_ADOBE_TO_SRGB = np.array(
    [
        [1.3983557, -0.3983557, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, -0.0429290, 1.0429290],
    ]
)
_ADOBE_GAMMA = 563 / 256


def flatten(image: Image.Image, bits: int = 16, white_is_zero: bool = False) -> Image.Image:
    """Bring a picture to mode L, RGB, CMYK or LAB with 8 bits a channel, transparent over white.

    Args:
        image: any mode Pillow opens except 32-bit integer and float.
        bits: significant bits of a 16-bit grey picture (12 in some scanners' TIFF).
        white_is_zero: a 16-bit grey TIFF that counts from white.
    """
    if image.mode.startswith("I"):
        return _flatten_deep_grey(image, bits, white_is_zero)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        return _over_white(image)
    if image.mode in ("L", "RGB", "CMYK", "LAB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _flatten_deep_grey(image: Image.Image, bits: int, white_is_zero: bool) -> Image.Image:
    """16-bit grey to 8 bits by its significant high byte, as Pillow does for 16-bit colour."""
    values = np.asarray(image).astype(np.int64)
    grey = np.clip(values >> max(bits - 8, 0), 0, 255).astype(np.uint8)
    if white_is_zero:
        grey = 255 - grey
    transparent = image.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    return Image.fromarray(grey)


def _over_white(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on white, as a swatch on paper."""
    key = image.info.get("transparency")
    if isinstance(key, tuple) and max(key) > 255:  # a 16-bit key cannot be met at 8 bits
        image = image.copy()
        del image.info["transparency"]
    rgba = image.convert("RGBA")
    paper = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, rgba).convert("RGB")


def to_srgb(image: Image.Image, profile: bytes | None, exif: Image.Exif) -> tuple[np.ndarray, str]:
    """Turn a flattened picture into sRGB.

    Relative colorimetric with black point compensation, as photo programs show pictures. Without
    a profile the picture is taken as sRGB, unless its camera marked it Adobe RGB (EXIF R03).

    Returns:
        uint8 (h, w, 3), and a sentence about the profile or "".
    """
    note = ""
    if profile:
        try:
            space = _profile_space(profile)
            if space == "sRGB":
                return np.asarray(image.convert("RGB")), ""
            ready = _in_space(image, space)
            if ready is not None:
                transform = _transform(profile, ready.mode)
                return np.asarray(transform.apply(ready)), ""
            note = FOREIGN_PROFILE
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            note = BROKEN_PROFILE
    if image.mode == "LAB":
        return np.asarray(_lab_transform().apply(image)), note
    if not profile and image.mode == "RGB" and _is_marked_adobe(exif):
        return adobe_rgb_to_srgb(np.asarray(image)), ""
    if image.mode == "CMYK":
        note = note or NO_CMYK_PROFILE
    return np.asarray(image.convert("RGB")), note


def _in_space(image: Image.Image, space: str) -> Image.Image | None:
    """The picture in the mode its profile describes, or None where the two do not belong."""
    if space == "GRAY" and image.mode == "L":
        return image
    if space == "RGB" and image.mode in ("L", "RGB"):  # grey pixels may carry a display profile
        return image.convert("RGB")
    return image if space == image.mode else None


@lru_cache(maxsize=32)
def _profile_space(profile: bytes) -> str:
    """The colour space an ICC profile describes: GRAY, RGB, CMYK, LAB, or sRGB itself."""
    opened = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile
    space = opened.xcolor_space.strip()
    if space == "RGB" and (opened.profile_description or "").startswith("sRGB"):
        return "sRGB"
    return "LAB" if space == "Lab" else space


@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    """A transform to sRGB, kept because scans from one machine share one profile."""
    return ImageCms.ImageCmsTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )


@lru_cache(maxsize=1)
def _lab_transform() -> ImageCms.ImageCmsTransform:
    """CIELAB D50, as TIFF stores it, to sRGB."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return ImageCms.ImageCmsTransform(lab, srgb, "LAB", "RGB")


def _is_marked_adobe(exif: Image.Exif) -> bool:
    """Whether a camera marked the picture Adobe RGB: colour space "uncalibrated", index R03."""
    try:
        inner = exif.get_ifd(ExifTags.IFD.Exif)
        index = exif.get_ifd(ExifTags.IFD.Interop).get(1, "")
    except Exception:  # noqa: BLE001 - damaged EXIF never spoils a picture
        return False
    space = inner.get(ExifTags.Base.ColorSpace)
    return space == 2 or (space == 65535 and str(index).startswith("R03"))


def adobe_rgb_to_srgb(rgb: np.ndarray) -> np.ndarray:
    """Adobe RGB (1998) uint8 (h, w, 3) to sRGB uint8, clipped to the gamut."""
    linear = (np.arange(256) / 255.0).astype(np.float32) ** np.float32(_ADOBE_GAMMA)
    out = np.empty_like(rgb)
    for start in range(0, len(rgb), 512):  # in strips: three float copies of a scan are large
        strip = linear[rgb[start : start + 512]] @ _ADOBE_TO_SRGB.T.astype(np.float32)
        out[start : start + 512] = np.rint(linear_to_srgb(strip) * 255.0)
    return out
