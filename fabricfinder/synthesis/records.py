"""The exact labels of a rendered fabric, as one line of ``labels.csv``."""

from fabricfinder.domain.palette import Palette
from fabricfinder.synthesis.fabric import Fabric

COLUMNS = (
    "path", "fabric", "design", "colourway", "capture", "coarse_major", "coarse_minor", "fine",
    "palette", "ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex", "tightness", "repeat_mm",
    "px_per_cm",
)  # fmt: skip


def palette_text(palette: Palette) -> str:
    """A palette as text: ``blue #1f2b4d 0.623; white #f4f3ee 0.377``."""
    return "; ".join(
        f"{c.name} #{''.join(f'{v:02x}' for v in c.rgb)} {c.share:.3f}" for c in palette.colors
    )


def label_row(
    fabric: Fabric, palette: Palette, path: str, capture: int, px_per_cm: float
) -> dict[str, str]:
    """One line of ``labels.csv``: columns ``COLUMNS``, densities per cm, yarns in tex, tightness
    in percent, repeat as width x height in mm."""
    wide, high = fabric.repeat_mm
    return {
        "path": path,
        "fabric": fabric.id,
        "design": fabric.design,
        "colourway": fabric.colourway,
        "capture": str(capture),
        "coarse_major": fabric.coarse.split("/")[0],
        "coarse_minor": fabric.coarse,
        "fine": fabric.fine,
        "palette": palette_text(palette),
        "ends_per_cm": f"{fabric.ends_per_cm:.2f}",
        "picks_per_cm": f"{fabric.picks_per_cm:.2f}",
        "warp_tex": f"{fabric.warp_yarn.tex:.2f}",
        "weft_tex": f"{fabric.weft_yarn.tex:.2f}",
        "tightness": f"{fabric.tightness:.2f}",
        "repeat_mm": f"{wide:.1f}x{high:.1f}",
        "px_per_cm": f"{px_per_cm:.3f}",
    }
