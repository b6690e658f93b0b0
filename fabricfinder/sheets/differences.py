"""Two cloths' facts side by side: what is the same, what differs and by how much."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fabricfinder.domain.density import YarnDensity
from fabricfinder.sheets.content import SheetValue

SAME, DIFFERS, ONE_SIDED = "same", "differs", "one_sided"
SAME_SHARE = 0.01  # numbers nearer to one another than this are one value
_NOT_COMPARED = frozenset({"file", "scale", "article", "colourway", "design", "notes"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact of two cloths.

    Attributes:
        key, label: what it is.
        pinned, candidate: as each cloth has it, "" where it is not known.
        verdict: SAME, DIFFERS, or ONE_SIDED where only one of them is known.
        words: the same in words: “same”, “+2 /cm (+8 %)”, “+11 points”, “another”, “known of one only”; numbers
            that differ by less than their own doubt are “not to be told apart”.
    """

    key: str
    label: str
    pinned: str
    candidate: str
    verdict: str
    words: str


def counted_values(density: YarnDensity, words: Mapping[str, str]) -> tuple[SheetValue, ...]:
    """Threads counted in a picture, as facts; () where none were, or they are stated facts."""
    if not density.known or density.stated:
        return ()
    return tuple(
        SheetValue(key, words[key], f"{count:.1f} ± {max(0.1, within):.1f} /cm", count, "1/cm")
        for key, count, within in (
            ("counted_across", density.ends, density.ends_within),
            ("counted_down", density.picks, density.picks_within),
        )
    )  # fmt: skip


def differences(
    pinned: Sequence[SheetValue], candidate: Sequence[SheetValue], words: Mapping[str, str]
) -> tuple[Difference, ...]:
    """Every fact that either cloth has, in the order the facts come; names and files left out."""
    sides = [{v.key: v for v in values} for values in (pinned, candidate)]
    keys = dict.fromkeys(v.key for v in (*candidate, *pinned) if v.key not in _NOT_COMPARED)
    return tuple(_difference(sides[0].get(key), sides[1].get(key), words) for key in keys)


def _difference(
    one: SheetValue | None, other: SheetValue | None, words: Mapping[str, str]
) -> Difference:
    known = other or one
    assert known is not None
    texts = one.text if one else "", other.text if other else ""
    verdict, said = _verdict(one, other, words)
    return Difference(known.key, known.label, *texts, verdict, said)


def _verdict(
    one: SheetValue | None, other: SheetValue | None, words: Mapping[str, str]
) -> tuple[str, str]:
    """The verdict on a fact, and its words."""
    if one is None or other is None:
        return ONE_SIDED, words["one_sided"]
    if one.number is None or other.number is None or one.unit != other.unit:
        same = one.text.casefold() == other.text.casefold()
        return (SAME, words["same_value"]) if same else (DIFFERS, words["other_value"])
    change = other.number - one.number
    if not math.isfinite(change):
        return ONE_SIDED, words["one_sided"]
    if abs(change) <= SAME_SHARE * max(abs(one.number), abs(other.number)):
        return SAME, words["same_value"]
    if abs(change) <= math.hypot(_doubt(one), _doubt(other)):
        return SAME, words["within_doubt"]
    if one.unit == "%":  # of the cloth: 77 % and 88 % differ by 11 points, not by 11 %
        return DIFFERS, words["points"].format(n=f"{change:+.0f}".replace("-", "−"))
    unit = "/cm" if one.unit == "1/cm" else one.unit
    said = f"{change:+.3g} {unit}".strip()
    if one.number > 0:
        said = f"{said} ({100 * change / one.number:+.0f} %)"
    return DIFFERS, said.replace("-", "−")


def _doubt(value: SheetValue) -> float:
    """The half width that stands behind a measured number: 10 of “71 ± 10 %”, else 0."""
    found = re.search(r"±\s*([\d.]+)", value.text)
    return float(found[1]) if found else 0.0
