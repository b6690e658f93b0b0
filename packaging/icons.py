"""Draws the program's icon: a 2/2 twill under a pick glass, threads and all, in every size.

    python packaging/icons.py            # resources/icons/fabricfinder-SIZE.png, again
    python packaging/icons.py --into DIR # also fabricfinder.ico and fabricfinder.icns
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parents[1]
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
WARP = (38, 62, 92)
WEFT = (233, 222, 200)
GLASS = (176, 67, 43)
FINE = 4  # drawn so many times larger, then reduced


def twill(side: int, threads: int) -> Image.Image:
    """A 2/2 twill of round yarns with light from above left, ``threads`` across, RGB."""
    y, x = np.mgrid[0:side, 0:side] / side * threads
    end, pick = np.floor(x).astype(int), np.floor(y).astype(int)
    across_end, across_pick = x - end - 0.5, y - pick - 0.5
    over = (end - pick) % 4 < 2  # warp on top
    # A yarn is round across and dives under where it is crossed.
    round_warp = np.sqrt(np.clip(1 - (across_end / 0.5) ** 2, 0, 1))
    round_weft = np.sqrt(np.clip(1 - (across_pick / 0.5) ** 2, 0, 1))
    light_warp = 0.42 + 0.58 * round_warp - 0.16 * across_end
    light_weft = 0.42 + 0.58 * round_weft - 0.16 * across_pick
    light = np.where(over, light_warp, light_weft)[..., None]
    yarn = np.where(over[..., None], np.array(WARP), np.array(WEFT))
    return Image.fromarray((yarn * light).clip(0, 255).astype(np.uint8), "RGB")


def rounded(side: int, radius: float, inset: float = 0.0) -> Image.Image:
    """A mask of a square with round corners."""
    mask = Image.new("L", (side, side), 0)
    edge = inset * side
    ImageDraw.Draw(mask).rounded_rectangle(
        (edge, edge, side - 1 - edge, side - 1 - edge), radius * side, fill=255
    )
    return mask


def icon(size: int) -> Image.Image:
    """The icon at one size, RGBA: coarser cloth where there are few pixels."""
    side = size * FINE
    picture = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    threads = 4 if size <= 24 else 8 if size <= 64 else 12
    picture.paste(twill(side, threads), (0, 0), rounded(side, 0.22, 0.03))
    # The pick glass: a square frame, and what lies under it at twice the size.
    low, high = 0.34, 0.90
    box = [round(v * side) for v in (low, low, high, high)]
    wide = box[2] - box[0]
    seen = twill(wide, max(2, round(threads * (high - low) / 2)))
    seen = Image.blend(seen, Image.new("RGB", seen.size, (255, 255, 255)), 0.10)
    if size > 32:
        shade = Image.new("RGBA", (side, side), (0, 0, 0, 0))
        drop = [v + round(0.012 * side) for v in box]
        ImageDraw.Draw(shade).rounded_rectangle(drop, 0.05 * side, fill=(10, 10, 10, 150))
        shade = shade.filter(ImageFilter.GaussianBlur(0.02 * side))
        picture = Image.composite(
            Image.alpha_composite(picture, shade), picture, rounded(side, 0.22, 0.03)
        )
    picture.paste(seen, box[:2], rounded(wide, 0.08))
    frame = max(FINE, round((0.045 if size > 32 else 0.085) * side))
    ImageDraw.Draw(picture).rounded_rectangle(box, 0.05 * side, outline=(*GLASS, 255), width=frame)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    """Draw all sizes; ``--into`` also packs them for Windows and macOS."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--into", type=Path)
    into = parser.parse_args().into
    drawn = {size: icon(size) for size in SIZES}
    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
        small = [drawn[size] for size in SIZES if size <= 256]
        small[-1].save(
            into / "fabricfinder.ico", sizes=[i.size for i in small], append_images=small[:-1]
        )
        large = [drawn[size] for size in SIZES if size in (32, 64, 128, 256, 512)]
        drawn[1024].save(into / "fabricfinder.icns", append_images=large)
        return
    folder = ROOT / "resources" / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES[:-1]:
        drawn[size].quantize(128).save(folder / f"fabricfinder-{size}.png", optimize=True)


if __name__ == "__main__":
    main()
