"""A place to begin: what the nearest cloths with a spec have in common, always with its range.

Several pictures of one cloth are one source, so that a cloth photographed often has one voice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from fabricfinder.domain.textile import tex_to_nm
from fabricfinder.sheets.content import SheetEntry, SheetValue, SpecLine

NEAREST = 5  # cloths a spec rests on; further ones are other cloth
BEST_FLOORS = (0.80, 0.65)  # close; related, where fewer than two are close
_SPEC = ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex", "weight")
_ORDER = ("weave", *_SPEC, "width", "tightness", "repeat", "composition", "finish")


def starting_spec(
    entries: Sequence[SheetEntry], words: Mapping[str, str]
) -> tuple[SpecLine, ...]:
    """The spec of the nearest ``NEAREST`` different cloths that carry one, best first.

    Args:
        entries: the sheet's cloths, in their order.
        words: phrases of the sheet.

    Returns:
        A line for each value that any of them has; empty when none has a density or a yarn.
    """
    cloths = _cloths(entries)
    if not cloths:
        return ()
    lines = []
    for key in _ORDER:
        having = [(entry.title, entry.value(key)) for entry in cloths if entry.value(key)]
        if not having:
            continue
        measured = all(value.number is not None for _, value in having)
        lines.append((_numbers if measured else _said)(key, having, words))
    return tuple(lines)


def rests_on(
    line: SpecLine, spec: Sequence[SpecLine], words: Mapping[str, str],
    called: Mapping[str, object] | None = None,
) -> str:  # fmt: skip
    """Which of a spec's cloths a line rests on: “from all 3 cloths”, “from 2 of 3 cloths: 1, 3”.

    Args:
        called: what each cloth is called, by its title; the title itself where not told.
    """
    n = len({title for one in spec for title in one.sources})
    if line.n == n:
        return words["from_one" if n == 1 else "from_all"].format(n=n)
    named = [str(title if called is None else called[title]) for title in line.sources]
    return words["from_some"].format(k=line.n, n=n, sources=words["join"].join(named))


def _cloths(entries: Sequence[SheetEntry]) -> list[SheetEntry]:
    """The nearest different cloths that carry a density, a yarn count or a weight.

    Those that are close; the related ones too where fewer than two are. Without a query all of
    the sheet's cloths count, as the designer chose them.
    """
    found: dict[str, SheetEntry] = {}
    order = sorted(entries, key=lambda e: (-(e.overall if e.overall is not None else 1), e.number))
    for entry in order:
        if any(entry.value(key) and entry.value(key).number is not None for key in _SPEC):
            found.setdefault(entry.title, entry)
    for floor in BEST_FLOORS:
        near = [e for e in found.values() if e.overall is None or e.overall >= floor]
        if len(near) > 1:
            break
    return near[:NEAREST]


def _numbers(
    key: str, having: Sequence[tuple[str, SheetValue]], words: Mapping[str, str]
) -> SpecLine:
    """A range of numbers."""
    numbers = [value.number for _, value in having]
    low, high = min(numbers), max(numbers)
    unit = "/cm" if having[0][1].unit == "1/cm" else having[0][1].unit
    form = "range" if f"{low:.3g}" != f"{high:.3g}" else "all_alike"
    if len(having) == 1:
        form = "single_source"
    text = words[form].format(low=f"{low:.3g}", high=f"{high:.3g}", unit=unit)
    if unit == "tex" and low > 0:
        counts = sorted({f"{tex_to_nm(high):.3g}", f"{tex_to_nm(low):.3g}"}, key=float)
        text = f"{text} (Nm {'–'.join(counts)})"
    titles = tuple(title for title, _ in having)
    return SpecLine(key, having[0][1].label, text, low, high, unit, len(having), titles)


def _said(
    key: str, having: Sequence[tuple[str, SheetValue]], words: Mapping[str, str]
) -> SpecLine:
    """Words with how many of the cloths say them, most frequent first; of one word no count."""
    counted = Counter(value.text for _, value in having).most_common()
    n = len(having)
    text = words["join"].join(
        words["share_of"].format(word=word, k=k, n=n) if k < n else word for word, k in counted
    )
    titles = tuple(title for title, _ in having)
    return SpecLine(key, having[0][1].label, text, None, None, "", n, titles)
