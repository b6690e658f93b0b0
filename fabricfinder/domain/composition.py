"""What a cloth is made of: fibres with their share in percent, which add up to 100.

Codes follow the trade's labelling practice (CO, WO, PES: the list behind ISO 2076 names).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.units import show_number

# Code -> the fibre's name, then other words for it.
FIBRES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CO": ("cotton", "baumwolle", "coton", "cotone", "algodon", "棉"),
        "LI": ("linen", "flax", "leinen", "lin", "lino", "亚麻"),
        "HA": ("hemp", "hanf", "chanvre", "大麻", "汉麻"),
        "RA": ("ramie", "苎麻"),
        "JU": ("jute", "黄麻"),
        "WO": ("wool", "wolle", "laine", "lana", "羊毛"),
        "WV": ("virgin wool", "schurwolle", "laine vierge", "lana vergine", "初剪羊毛"),
        "WS": ("cashmere", "kaschmir", "cachemire", "羊绒", "山羊绒"),
        "WM": ("mohair", "马海毛"),
        "WP": ("alpaca", "alpaka", "羊驼毛"),
        "WA": ("angora", "安哥拉兔毛"),
        "WK": ("camel", "kamel", "驼毛"),
        "SE": ("silk", "seide", "soie", "seta", "seda", "真丝"),
        "CV": ("viscose", "rayon", "viskose", "粘胶", "粘纤"),
        "CMD": ("modal", "莫代尔"),
        "CLY": ("lyocell", "tencel", "莱赛尔", "天丝"),
        "CUP": ("cupro", "铜氨", "铜氨丝"),
        "CA": ("acetate", "acetat", "醋酯", "醋酸"),
        "CTA": ("triacetate", "triacetat", "三醋酯"),
        "PES": ("polyester", "pl", "涤纶"),
        "PA": ("polyamide", "nylon", "polyamid", "锦纶", "尼龙"),
        "PAN": ("acrylic", "pc", "acryl", "polyacryl", "腈纶"),
        "MAC": ("modacrylic", "modacryl", "改性腈纶"),
        "PP": ("polypropylene", "polypropylen", "丙纶"),
        "PE": ("polyethylene", "乙纶"),
        "EL": ("elastane", "spandex", "lycra", "ea", "elasthan", "氨纶"),
        "ME": ("metallic", "metal", "lurex", "mtf", "金属丝"),
        "AF": ("other fibres", "other", "others", "其他纤维"),
    }
)
_CODE_OF = {
    word: code for code, words in FIBRES.items() for word in (code.casefold(), *words)
}  # fmt: skip
_PART = re.compile(
    r"(?P<before>\d+(?:[.,]\d+)?)\s*%?\s*(?P<behind>[^\W\d_][^\d,;/+&|%]*)"
    r"|(?P<name>[^\W\d_][^\d,;/+&|%]*?)[\s:]*(?P<share>\d+(?:[.,]\d+)?)\s*%?"
)
_SHARES_FIRST = re.compile(
    r"\s*(\d+(?:[.,]\d+)?(?:\s*/\s*\d+(?:[.,]\d+)?)+)\s*%?\s+(\D+(?:/\D+)+)\s*"
)
TOLERANCE = 0.05


class CompositionError(FabricFinderError):
    """A composition that cannot be true or cannot be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Composition:
    """Fibres and shares, the largest first.

    Attributes:
        parts: (code of FIBRES, or a fibre's own name; percent above 0) pairs.
    """

    parts: tuple[tuple[str, float], ...]

    @property
    def total(self) -> float:
        """What the shares add up to, in percent."""
        return sum(share for _, share in self.parts)

    @property
    def complaint(self) -> str:
        """Why this cannot be stored, in a sentence; "" when the shares add up to 100 %."""
        total = self.total
        if abs(total - 100) <= TOLERANCE:
            return ""
        gap = show_number(abs(total - 100))
        if total < 100:
            return f"The fibres add up to {show_number(total)} %; {gap} % is missing."
        return f"The fibres add up to {show_number(total)} %; that is {gap} % too much."

    def __str__(self) -> str:
        return ", ".join(f"{show_number(share)} % {fibre_name(code)}" for code, share in self.parts)


def fibre_name(code: str) -> str:
    """A fibre's name by its code; a name of her own stays."""
    return FIBRES[code][0] if code in FIBRES else code


def fibre_code(word: str) -> str:
    """The code for a fibre's code or name in any case; a word nobody knows stays as it is."""
    plain = " ".join(word.strip(" .:-").split())
    return _CODE_OF.get(plain.casefold(), plain)


def make_composition(parts: Iterable[tuple[str, float]]) -> Composition:
    """A composition of (fibre, percent) pairs; the same fibre twice is added up.

    Raises:
        CompositionError: a share is not above 0, or the shares do not add up to 100 %.
    """
    shares: dict[str, float] = {}
    for word, share in parts:
        code = fibre_code(word)
        if not share > 0:
            raise CompositionError(f"{show_number(share)} % {fibre_name(code)} cannot be.")
        shares[code] = shares.get(code, 0.0) + share
    ordered = tuple(sorted(shares.items(), key=lambda part: -part[1]))
    made = Composition(ordered)
    if made.complaint:
        raise CompositionError(made.complaint)
    return made


def read_composition(text: str) -> Composition:
    """Read “60 % cotton, 40 % polyester”, “CO 60 PES 40”, “65/35 PES/CO” or a single fibre.

    Raises:
        CompositionError: it holds no fibres with shares, or they do not add up to 100 %.
    """
    parts = _parts(unicodedata.normalize("NFKC", text.strip()).replace("、", ","))
    if not parts:
        raise CompositionError(f"“{text.strip()}” names no fibres; write 60 % cotton, 40 % wool.")
    return make_composition(parts)


def _parts(text: str) -> list[tuple[str, float]]:
    """The (fibre, percent) pairs in a text, [] when there are none."""
    if paired := _SHARES_FIRST.fullmatch(text):
        shares, words = paired[1].split("/"), paired[2].split("/")
        if len(shares) == len(words):
            return [(w, _share(s)) for s, w in zip(shares, words, strict=True)]
    if not re.search(r"\d", text):
        return [(text, 100.0)] if text.casefold() in _CODE_OF else []
    # Text must be used up: a word left over means that it was read wrongly.
    found, left = [], text
    while left := left.lstrip(" ,;/+&|"):
        part = _PART.match(left)
        if part is None:
            return []
        word = part["behind"] or part["name"]
        found.append((word.strip(), _share(part["before"] or part["share"])))
        left = left[part.end() :]
    return found


def _share(text: str) -> float:
    return float(text.replace(",", "."))
