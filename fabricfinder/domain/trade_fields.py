"""The trade fields of a cloth: what each measures, whose it is, and the words it goes by."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fabricfinder.domain.composition import CompositionError, read_composition
from fabricfinder.domain.units import UNITS, DisplayUnits, Unit, find_unit, read_measure

ARTICLE, COLOURWAY, PICTURE = "article", "colourway", "picture"
# What a picture of an article shows; "" = not said, taken for the face.
VIEWS = ("face", "back", "detail", "repeat", "selvedge")


@dataclass(frozen=True, slots=True)
class TradeField:
    """One field of the spec sheet.

    Attributes:
        name: its id in files and tables.
        kind: "text", "composition", or a key of ``units.UNITS``.
        level: whose it is: the ARTICLE's, the COLOURWAY's or the PICTURE's own.
        words: other names people give it, folded, without units.
    """

    name: str
    kind: str = "text"
    level: str = ARTICLE
    words: tuple[str, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether its values are numbers with a unit."""
        return self.kind in UNITS

    @property
    def unit(self) -> str:
        """Symbol of the unit it is stored in, "" for words; densities are "1/cm"."""
        if self.kind == "threads":
            return "1/cm"
        return UNITS[self.kind][0].symbol if self.measured else ""


FIELDS: tuple[TradeField, ...] = (
    TradeField("article", words=("quality", "article no", "quality no", "art", "art no")),
    TradeField("colourway", level=COLOURWAY, words=("colorway", "colour no", "color no")),
    TradeField("design", words=("design no", "pattern no")),
    TradeField("supplier", words=("mill", "vendor", "maker")),
    TradeField("season", words=("saison",)),
    TradeField("lot", level=COLOURWAY, words=("dye lot", "piece", "batch")),
    TradeField("finish", words=("finishing",)),
    TradeField("composition", "composition", words=("fibre", "fiber", "fibres", "material", "blend", "content")),
    TradeField("drawer", words=("location", "cabinet", "hanger", "place")),
    TradeField("notes", level=PICTURE, words=("note", "remark", "remarks", "comment")),
    TradeField("ends_per_cm", "threads", words=("ends", "epi", "warp density", "sett")),
    TradeField("picks_per_cm", "threads", words=("picks", "ppi", "weft density")),
    TradeField("warp_tex", "yarn", words=("warp", "warp yarn", "warp count", "warp yarn count")),
    TradeField("weft_tex", "yarn", words=("weft", "weft yarn", "weft count", "weft yarn count")),
    TradeField("weight", "weight", words=("gsm", "mass", "grammage", "g/m2", "oz")),
    TradeField("width", "width", words=("cloth width", "full width")),
    TradeField("repeat", "length", words=("rapport", "repeat size")),
    TradeField("colour_name", level=COLOURWAY, words=("color name", "colourway name", "shade")),
    TradeField("customer", words=("client", "buyer")),
    TradeField("end_use", words=("use", "application")),
    TradeField("status", words=("state",)),
    TradeField("dye", words=("dye method", "dyed", "dyeing")),
    TradeField("print_method", words=("print", "printing")),
)
FIELD: Mapping[str, TradeField] = MappingProxyType({f.name: f for f in FIELDS})
# Field -> the unit it is stored in, "" for words.
TRADE_FIELDS: Mapping[str, str] = MappingProxyType({f.name: f.unit for f in FIELDS})
# Words that name a unit by themselves.
_TELLING = {
    "epi": ("ends_per_cm", "per_inch"), "ppi": ("picks_per_cm", "per_inch"),
    "gsm": ("weight", "gsm"), "g/m2": ("weight", "gsm"), "oz": ("weight", "oz_yd2"),
    "oz/yd2": ("weight", "oz_yd2"),
}  # fmt: skip
_STORED_NAMES = frozenset({"ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex"})


def find_field(words: str) -> tuple[TradeField, Unit | None] | None:
    """The field a column or a search calls by some name, and the unit the name tells.

    “Ends per inch”, “EPI”, “ends/cm”, “Weight (oz/yd²)”, “warp Ne” and our own names are
    understood; None when nobody knows it.
    """
    plain = unicodedata.normalize("NFKC", words).casefold().replace("_", " ").replace("-", " ")
    plain = " ".join(plain.split())
    if plain in _TELLING:
        name, key = _TELLING[plain]
        return FIELD[name], next(u for u in UNITS[FIELD[name].kind] if u.key == key)
    for field in FIELDS:
        if plain == field.name.replace("_", " "):
            return field, UNITS[field.kind][0] if field.name in _STORED_NAMES else None
    for field in FIELDS:
        if plain in field.words:
            return field, None
    return _with_unit(plain)


def _with_unit(plain: str) -> tuple[TradeField, Unit] | None:
    """“weight (oz/yd2)”, “width in cm”, “ends per inch”: a name, then a unit."""
    for field in FIELDS:
        if not field.measured:
            continue
        names = (field.name.replace("_", " "), field.name.split("_")[0], *field.words)
        for name in sorted(names, key=len, reverse=True):
            if plain.startswith(name) and plain != name:
                told = plain[len(name) :]
                if told[0].isalnum():
                    continue
                unit = find_unit(field.kind, re.sub(r"^[\s,:([]*(in (?=\w))?", "", told))
                if unit is not None:
                    return field, unit
    return None


def read_value(
    field: TradeField, text: str, assumed: Unit | None = None, *, decimal_comma: bool = True
) -> str | float:
    """What a typed value is as it is stored; "" for an empty text.

    Raises:
        MeasureError: a measure that cannot be read.
        CompositionError: shares that do not add up to 100 %.
    """
    text = " ".join(text.split()) if field.name != "notes" else text.strip()
    if not text:
        return ""
    if field.measured:
        return read_measure(text, field.kind, assumed, decimal_comma=decimal_comma)
    if field.kind == "composition":
        # Words without shares (“wool and a little silk”) are kept as she wrote them.
        return str(read_composition(text)) if re.search(r"\d", text) else _one_fibre(text)
    return text


def _one_fibre(text: str) -> str:
    try:
        return str(read_composition(text))
    except CompositionError:
        return text


def unit_shown(field: TradeField, units: DisplayUnits) -> Unit:
    """The unit a measured field is shown and typed in; raises KeyError for words."""
    return units.unit(field.kind)
