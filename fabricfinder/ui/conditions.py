"""The conditions of a search one by one, in her words, each with what is left when it is lifted."""

import math
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from fabricfinder.domain.palette import COLOR_NAMES
from fabricfinder.domain.search import Filters
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.trade_fields import FIELD
from fabricfinder.domain.units import show_number
from fabricfinder.ui import field_words, wording
from fabricfinder.ui.number_words import named, pointed

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Condition:
    """One active condition: what it says, and the filters without it."""

    text: str
    without: Filters


def conditions(filters: Filters, taxonomy: Taxonomy) -> tuple[Condition, ...]:
    """The active conditions of some filters, in the order of the facet panel."""
    found = [
        Condition(wording.term(m, taxonomy), replace(filters, majors=filters.majors - {m}))
        for m in taxonomy.majors
        if m in filters.majors
    ]
    found += [
        Condition(wording.coarse_name(c, taxonomy), replace(filters, coarse=filters.coarse - {c}))
        for c in taxonomy.coarse
        if c in filters.coarse
    ]
    found += [
        Condition(wording.term(f, taxonomy), replace(filters, fine=filters.fine - {f}))
        for f in taxonomy.fine
        if f in filters.fine
    ]
    colors = zip(COLOR_NAMES, wording.color_names(), strict=True)
    found += [
        Condition(shown, replace(filters, colors=filters.colors - {key}))
        for key, shown in colors
        if key in filters.colors
    ]
    return (*found, *_single_conditions(filters))


def _single_conditions(filters: Filters) -> list[Condition]:
    """The conditions that have one value."""
    found = []
    if filters.tightness is not None:
        text = tightness_band_text(filters.tightness)
        found.append(Condition(text, replace(filters, tightness=None)))
    if filters.labelled is not None:
        text = labelled_text(filters.labelled)
        found.append(Condition(text, replace(filters, labelled=None)))
    if filters.scale_known is not None:
        text = scale_known_text(filters.scale_known)
        found.append(Condition(text, replace(filters, scale_known=None)))
    found += [
        Condition(field_text(*pair), replace(filters, fields=filters.fields - {pair}))
        for pair in sorted(filters.fields)
    ]
    found += [
        Condition(range_text(one), replace(filters, ranges=filters.ranges - {one}))
        for one in sorted(filters.ranges)
    ]
    if filters.text:
        text = translate("Conditions", "“{words}”").format(words=filters.text)
        found.append(Condition(text, replace(filters, text="")))
    return found


def tightness_band_text(band: tuple[float, float]) -> str:
    """A range of cover: “cover 40–60 %”."""
    return translate("Conditions", "cover {low:.0f}–{high:.0f} %").format(low=band[0], high=band[1])


def field_text(field: str, value: str) -> str:
    """A trade field's value: “supplier: Vitale”."""
    return named(field_words.field_name(field), value)


def range_text(condition: tuple[str, float, float]) -> str:
    """A range of a measured field in her units: “weight 180–220 g/m²”."""
    name, low, high = condition
    unit = field_words.display_units().unit(FIELD[name].kind)
    word = field_words.field_name(name).lower()
    # Of Ne and Nm a higher number is a finer yarn: the ends change places.
    ends = [None if math.isinf(end) else unit.from_stored(end) for end in (low, high)]
    least, most = (pointed(show_number(e, 3)) if e is not None else "" for e in (
        reversed(ends) if unit.inverse else ends))  # fmt: skip
    if not least:
        said = translate("Conditions", "{word} up to {most} {unit}")
    elif not most:
        said = translate("Conditions", "{word} from {least} {unit}")
    else:
        said = translate("Conditions", "{word} {least}–{most} {unit}")
    return said.format(word=word, least=least, most=most, unit=field_words.unit_symbol(unit))


def labelled_text(labelled: bool) -> str:
    """Whether a person has labelled it."""
    if labelled:
        return translate("Conditions", "labelled")
    return translate("Conditions", "not labelled yet")


def scale_known_text(known: bool) -> str:
    """Whether its physical scale is known."""
    if known:
        return translate("Conditions", "scale known")
    return translate("Conditions", "scale unknown")
