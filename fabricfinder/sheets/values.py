"""A swatch's facts in words and numbers, in the order a weaver reads them."""

import math
import os
from collections.abc import Mapping, Sequence

import numpy as np

from fabricfinder.domain.certainty import SURE, VAGUE_TIGHTNESS
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.palette import Palette
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.textile import CM_PER_INCH, tex_to_nm
from fabricfinder.domain.trade_fields import TRADE_FIELDS
from fabricfinder.retrieval.explanation import short_name
from fabricfinder.sheets.content import Shade, SheetValue
from fabricfinder.sheets.profiles import Profile

# Facts of the cloth first, then those of the trade, then those of the house.
_ORDER = (
    "article", "colourway", "design", "weave", "pattern", "ends_per_cm", "picks_per_cm",
    "warp_tex", "weft_tex", "weight", "width", "repeat", "tightness", "composition", "finish",
)  # fmt: skip
_LAST = ("scale", "file")
_WARP = {"ends_per_cm": "picks_per_cm", "warp_tex": "weft_tex"}
_WEFT = {weft: warp for warp, weft in _WARP.items()}
_BARE = ("weight",)
TITLE_KEYS = frozenset({"article", "colourway", "design"})


def swatch_name(swatch: Swatch, profile: Profile, words: Mapping[str, str]) -> str:
    """What a swatch is called on a sheet; a file's name only where files may be shown."""
    article = str(swatch.fields.get("article", "")).strip()
    if article:
        colourway = str(swatch.fields.get("colourway", "")).strip()
        design = str(swatch.fields.get("design", "")).strip()
        return " ".join(filter(None, (f"{article}-{colourway}" if colourway else article, design)))
    if profile.files:
        return printable(swatch.name)
    return words["swatch_unnamed"].format(record=swatch.id[:8])


def printable(path: str) -> str:
    """Words fit for a page: bytes that are not UTF-8 and control letters become marks."""
    shown = os.fsencode(path).decode("utf-8", "replace")
    return "".join(c if c.isprintable() or c == "\u200b" else " " for c in shown)


def scale_text(px_per_cm: float, words: Mapping[str, str]) -> str:
    """A scale as scanners and as microscopes tell it: “600 dpi (236 px/cm)”."""
    dpi = f"{px_per_cm * CM_PER_INCH:.0f}"
    return words["scale_text"].format(dpi=dpi, scale=f"{px_per_cm:.0f}")


def swatch_values(
    swatch: Swatch,
    known: FabricDescriptor | None,
    profile: Profile,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
) -> tuple[SheetValue, ...]:
    """Every fact the profile allows; what is not known is left out, so that no holes stand open.

    Args:
        swatch: the cloth.
        known: what the program sees in it; stated only where it is sure or a person said it.
        profile: for whom.
        taxonomy: the vocabularies.
        words: phrases of the sheet.
    """
    found = {key: _trade_value(key, value, words) for key, value in swatch.fields.items()}
    found |= {value.key: value for value in seen_values(known, taxonomy, words)}
    if swatch.px_per_cm is not None:
        text = scale_text(swatch.px_per_cm, words)
        found["scale"] = SheetValue("scale", words["scale"], text, swatch.px_per_cm, "px/cm")
    found["file"] = SheetValue("file", words["file"], printable(swatch.path))
    order = dict.fromkeys((*_ORDER, *TRADE_FIELDS, *sorted(found.keys() - set(_LAST)), *_LAST))
    keys = [key for key in order if key in found]
    return tuple(found[k] for k in keys if profile.allows(k) and found[k].text.strip())


def _trade_value(key: str, value: str | float, words: Mapping[str, str]) -> SheetValue:
    unit = TRADE_FIELDS.get(key, "")
    label = words.get(f"field_{key}", key.replace("_", " ").capitalize())
    if not isinstance(value, float | int) or isinstance(value, bool):
        return SheetValue(key, label, printable(str(value)).strip())
    text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    if unit == "1/cm":
        text = f"{text} /cm"
    elif unit:
        text = f"{text} {unit}"
    if unit == "tex" and value > 0:
        text = f"{value:.3g} tex · Nm {tex_to_nm(value):.3g}"
    return SheetValue(key, label, text, float(value), unit)


def seen_values(
    known: FabricDescriptor | None, taxonomy: Taxonomy, words: Mapping[str, str]
) -> list[SheetValue]:
    """Weave, pattern and tightness, as a person labelled them or the program is sure of them."""
    if known is None:
        return []
    values = []
    weave = sure_label(known, "fine")
    if weave is not None:
        name = short_name(taxonomy.names[taxonomy.fine[weave]])
        values.append(SheetValue("weave", words["weave"], name))
    pattern = sure_label(known, "coarse")
    if pattern is not None:
        major, _, tail = taxonomy.coarse[pattern].partition("/")
        key = major if tail == "other" else taxonomy.coarse[pattern]
        values.append(SheetValue("pattern", words["pattern"], short_name(taxonomy.names[key])))
    mean, spread = known.encoding.tightness
    if not math.isnan(mean) and ("tightness" in known.certain or spread <= VAGUE_TIGHTNESS):
        sure = "tightness" in known.certain or math.isnan(spread)
        text = f"{mean:.0f} %" if sure else f"{mean:.0f} ± {max(1, round(spread))} %"
        values.append(SheetValue("tightness", words["cover"], text, round(mean, 1), "%"))
    return values


def sure_label(known: FabricDescriptor, dimension: str) -> int | None:
    """The column of the weave ("fine") or pattern ("coarse") that is labelled or surely seen."""
    belief = getattr(known.encoding, dimension)
    if not belief.size or np.isnan(belief).any():
        return None
    best = int(np.argmax(belief))
    return best if dimension in known.certain or belief[best] >= SURE else None


def shades(palette: Palette, words: Mapping[str, str]) -> tuple[Shade, ...]:
    """A palette as the sheet shows it."""
    return tuple(Shade(c.rgb, words[c.name], c.share) for c in palette.colors)


def summary(values: Sequence[SheetValue]) -> str:
    """Facts in one line as a weaver writes them: “2/2 twill · 35.5 × 28 /cm · 24.6 × 30 tex”."""
    known = {value.key: value for value in values if value.key not in TITLE_KEYS}
    said = []
    for key, value in known.items():
        if key in _WEFT:
            if _WEFT[key] not in known:
                said.append(f"{value.label} {value.text}")
        elif key in _WARP and _WARP[key] in known:
            said.append(_crossed(value, known[_WARP[key]]))
        elif key in _BARE or value.number is None:
            said.append(value.text)
        else:
            said.append(f"{value.label} {value.text}")
    return "\u00a0· ".join(said)  # no line begins with the point


def _crossed(warp: SheetValue, weft: SheetValue) -> str:
    """Warp × weft in one unit; both in full where one of them is words."""
    if warp.number is None or weft.number is None:
        return f"{warp.label} {warp.text} · {weft.label} {weft.text}"
    unit = "/cm" if warp.unit == "1/cm" else warp.unit
    return f"{warp.number:.3g} × {weft.number:.3g} {unit}"
