"""The arithmetic of cloth: yarn counts, yarn diameter, densities, weights and tightness.

Tightness is the textile term for percent cover: how much of the cloth's area its yarns hide.
It is always stored in percent (0..100), never as a fraction. Densities are threads per cm,
yarns in tex (g/km), lengths in mm, fabric weight in g/m², unless the name says otherwise.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CM_PER_INCH = 2.54
# Ne = 590.5 ÷ tex: the trade's rounding of 590.541 (840 yd hanks in a pound).
NE_TEX = 590.5
NM_TEX = 1000.0
DENIER_PER_TEX = 9.0
GRAMS_PER_M2_IN_OZ_PER_YD2 = 33.906
PEIRCE_FULL_COVER = 28.0
KNIT_TIGHTNESS_PER_FACTOR = 50.0

# Yarn diameter is k·√tex millimetres; k follows from the packing of each fibre.
DIAMETER_FACTORS: Mapping[str, float] = MappingProxyType(
    {"cotton": 0.037, "wool": 0.040, "polyester": 0.038, "filament": 0.036, "linen": 0.036}
)


def _positive(value: float, what: str) -> float:
    """Return value; raises ValueError unless it is a positive finite number."""
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{what} must be a positive number, not {value}")
    return value


def tex_to_ne(tex: float) -> float:
    """English cotton count of a yarn (hanks of 840 yd per pound); ValueError unless tex > 0."""
    return NE_TEX / _positive(tex, "tex")


def ne_to_tex(ne: float) -> float:
    """Tex of an English cotton count; ValueError unless ne > 0."""
    return NE_TEX / _positive(ne, "Ne")


def tex_to_nm(tex: float) -> float:
    """Metric count (m/g) of a yarn; ValueError unless tex > 0."""
    return NM_TEX / _positive(tex, "tex")


def nm_to_tex(nm: float) -> float:
    """Tex of a metric count; ValueError unless nm > 0."""
    return NM_TEX / _positive(nm, "Nm")


def tex_to_denier(tex: float) -> float:
    """Denier (g per 9 km) of a yarn; ValueError unless tex > 0."""
    return _positive(tex, "tex") * DENIER_PER_TEX


def denier_to_tex(denier: float) -> float:
    """Tex of a denier; ValueError unless denier > 0."""
    return _positive(denier, "denier") / DENIER_PER_TEX


def per_cm_to_per_inch(per_cm: float) -> float:
    """Threads per inch (epi, ppi) of threads per cm."""
    return per_cm * CM_PER_INCH


def per_inch_to_per_cm(per_inch: float) -> float:
    """Threads per cm of threads per inch (epi, ppi)."""
    return per_inch / CM_PER_INCH


def gsm_to_oz_per_yd2(gsm: float) -> float:
    """Ounces per square yard of grams per square metre."""
    return gsm / GRAMS_PER_M2_IN_OZ_PER_YD2


def oz_per_yd2_to_gsm(oz: float) -> float:
    """Grams per square metre of ounces per square yard."""
    return oz * GRAMS_PER_M2_IN_OZ_PER_YD2


def gsm_to_grams_per_metre(gsm: float, width_m: float) -> float:
    """Grams per running metre of a cloth ``width_m`` metres wide."""
    return gsm * _positive(width_m, "width")


def yarn_diameter_mm(tex: float, fibre: str = "cotton") -> float:
    """Diameter of a yarn, k·√tex mm.

    Raises:
        ValueError: tex is not positive.
        KeyError: no such fibre in ``DIAMETER_FACTORS``.
    """
    return DIAMETER_FACTORS[fibre] * math.sqrt(_positive(tex, "tex"))


def thread_cover(per_cm: float, tex: float, fibre: str = "cotton") -> float:
    """Cover of one thread system alone in percent, d·P, capped at 100.

    20 tex at 28 ends per cm (280 per 10 cm) covers 46.33 %.
    """
    return min(100.0, yarn_diameter_mm(tex, fibre) * _positive(per_cm, "density") * 10.0)


def combine_covers(warp: float, weft: float) -> float:
    """Cover of both systems in percent: E = Ej + Ew − Ej·Ew/100.

    Raises:
        ValueError: a cover outside 0..100.
    """
    for cover in (warp, weft):
        if not 0 <= cover <= 100:
            raise ValueError(f"a cover is a percentage from 0 to 100, not {cover}")
    return min(100.0, warp + weft - warp * weft / 100.0)


def tightness(
    ends_per_cm: float,
    picks_per_cm: float,
    warp_tex: float,
    weft_tex: float,
    warp_fibre: str = "cotton",
    weft_fibre: str | None = None,
) -> float:
    """Tightness of a woven cloth in percent (0..100); 67.645 % for 20 tex at 28 × 24 per cm."""
    return combine_covers(
        thread_cover(ends_per_cm, warp_tex, warp_fibre),
        thread_cover(picks_per_cm, weft_tex, weft_fibre or warp_fibre),
    )


def peirce_cover_factor(per_inch: float, ne: float) -> float:
    """Peirce's K of one thread system: threads per inch over √Ne."""
    return per_inch / math.sqrt(_positive(ne, "Ne"))


def peirce_cloth_cover(warp: float, weft: float) -> float:
    """Peirce's cloth cover Kc = K1 + K2 − K1·K2/28 (several pages misprint the product)."""
    return warp + weft - warp * weft / PEIRCE_FULL_COVER


def peirce_to_percent(factor: float) -> float:
    """A Peirce factor as percent cover: 28 covers everything."""
    return 100.0 * factor / PEIRCE_FULL_COVER


def knit_tightness_factor(tex: float, loop_mm: float) -> float:
    """Tightness factor of a knit, √tex over the loop length in mm (jersey about 1.0 to 1.8)."""
    return math.sqrt(_positive(tex, "tex")) / _positive(loop_mm, "loop length")


def knit_tightness(tex: float, loop_mm: float) -> float:
    """A knit's tightness on the percent scale, 50 · factor capped at 100 (our convention)."""
    return min(100.0, KNIT_TIGHTNESS_PER_FACTOR * knit_tightness_factor(tex, loop_mm))


def cloth_weight_gsm(
    ends_per_cm: float,
    picks_per_cm: float,
    warp_tex: float,
    weft_tex: float,
    crimp_percent: float = 0.0,
) -> float:
    """Weight of a woven cloth in g/m²: threads per cm × tex ÷ 10, lengthened by crimp."""
    grams = (ends_per_cm * warp_tex + picks_per_cm * weft_tex) / 10.0
    return grams * (1 + crimp_percent / 100.0)


@dataclass(frozen=True, slots=True)
class CoverWorking:
    """How a tightness follows from counts and densities, to be shown beside it.

    Attributes:
        warp_mm, weft_mm: yarn diameters, mm.
        warp, weft: cover of each thread system, percent.
        tightness: of both together, percent.
        lines: the formula with its numbers, line by line.
    """

    warp_mm: float
    weft_mm: float
    warp: float
    weft: float
    tightness: float
    lines: tuple[str, ...]


def cover_working(
    ends_per_cm: float, picks_per_cm: float, warp_tex: float, weft_tex: float, fibre: str = "cotton"
) -> CoverWorking:
    """Tightness of a woven cloth with the way to it; ``tightness`` gives the same number.

    Args:
        ends_per_cm, picks_per_cm: densities.
        warp_tex, weft_tex: yarn counts, tex.
        fibre: a key of ``DIAMETER_FACTORS``.

    Raises:
        ValueError: a number is not positive.
        KeyError: no such fibre.
    """
    k = DIAMETER_FACTORS[fibre]
    diameters = [yarn_diameter_mm(tex, fibre) for tex in (warp_tex, weft_tex)]
    warp, weft = (
        thread_cover(density, tex, fibre)
        for density, tex in ((ends_per_cm, warp_tex), (picks_per_cm, weft_tex))
    )
    both = combine_covers(warp, weft)
    lines = [
        f"{name}: d = {k:g} · √{tex:g} tex = {d:.3f} mm;  "
        f"E{mark} = {d:.3f} mm × {density:g} /cm × 10 = {cover:.1f} %{_capped(d * density * 10)}"
        for name, mark, tex, d, density, cover in (
            ("Warp", "j", warp_tex, diameters[0], ends_per_cm, warp),
            ("Weft", "w", weft_tex, diameters[1], picks_per_cm, weft),
        )
    ]
    lines.append(
        f"E = Ej + Ew − Ej·Ew/100 = {warp:.1f} + {weft:.1f} − {warp * weft / 100:.1f} = {both:.1f} %"
    )
    return CoverWorking(diameters[0], diameters[1], warp, weft, both, tuple(lines))


def _capped(cover: float) -> str:
    return " (at most 100)" if cover > 100 else ""
