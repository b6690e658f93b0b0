"""The query block's lines: in the house all that is needed to ask again, outside scale and date."""

import math
from collections.abc import Mapping
from datetime import date

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Filters, Preference
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.systems import title_and_bits
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.domain.trade_fields import TRADE_FIELDS
from fabricfinder.sheets.profiles import Profile
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.sheets.values import printable, scale_text

Lines = tuple[tuple[str, str], ...]


def query_settings(
    request: SheetRequest,
    catalog: Catalog,
    profile: Profile,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
    today: date,
) -> Lines:
    """(label, text) of what a profile's reader may know of the search.

    How it was asked, by which model and among how many cloths is nobody's business outside.
    """
    result = request.result
    scale = words["no_scale"]
    if result.query_px_per_cm is not None:
        scale = scale_text(result.query_px_per_cm, words)
    lines = [(words["scale"], scale), (words["date"], today.isoformat())]
    if profile.files:
        return (*_asked(request, taxonomy, words), *lines, *_inside(request, catalog, words))
    return tuple(lines)


def exact_settings(request: SheetRequest, profile: Profile, words: Mapping[str, str]) -> Lines:
    """(label, text) of the names that ask exactly the same again: for tables kept in the house."""
    if not profile.files:
        return ()
    result = request.result
    return (
        (words["exact_model"], result.descriptor.encoder),
        (words["exact_measure"], result.query.color_measure),
    )


def _asked(request: SheetRequest, taxonomy: Taxonomy, words: Mapping[str, str]) -> list:
    """Everything that decided the order."""
    result = request.result
    query, preference = result.query, request.preference
    lines = [(words["weights"], _weights(preference, words))]
    locked = preference.locked - preference.free
    for label, names in (("locked", locked), ("freed", preference.free)):
        if names:
            lines.append((words[label], _dimensions(names, words)))
    conditions = filter_words(query.filters, taxonomy, words)
    if conditions:
        lines.append((words["filters"], words["join"].join(conditions)))
    if preference.order != "overall":
        order = f"order_{preference.order}"
        lines.append((words["order"], words.get(order, words.get(preference.order, ""))))
    if preference.floor:
        lines.append((words["floor"], f"{100 * preference.floor:.0f}"))
    searched = words["searched_text"].format(n=f"{result.n_searched:,}", m=f"{result.n_library:,}")
    lines.append((words["searched"], searched))
    if query.crop is not None:
        left, top, right, bottom = (f"{100 * part:.0f}" for part in query.crop)
        text = words["crop_text"].format(left=left, top=top, right=right, bottom=bottom)
        lines.append((words["crop"], text))
    return [
        *lines, (words["measure"], words[f"measure_{query.color_measure}"]),
        (words["model"], _model(result.descriptor.encoder, words)),
    ]  # fmt: skip


def _model(encoder_id: str, words: Mapping[str, str]) -> str:
    """“DVSH, 128 bits”; of a graph of one's own the name it has."""
    known = title_and_bits(encoder_id)
    if known is None:
        return encoder_id.partition("/")[0]
    return words["model_text"].format(title=known[0], bits=known[1])


def library_name(catalog: Catalog, words: Mapping[str, str]) -> str:
    """What a library is called; the demo's folder is nobody's choice."""
    return words["demo_library"] if catalog.demo_query else catalog.name


def _inside(request: SheetRequest, catalog: Catalog, words: Mapping[str, str]) -> list:
    """Lines that only the house may read."""
    result = request.result
    lines = [(words["library"], library_name(catalog, words))]
    if result.query.path:
        lines.append((words["file"], printable(result.query.path)))
    if result.notes:
        lines.append((words["notes_of_search"], " ".join(result.notes)))
    return lines


def _weights(preference: Preference, words: Mapping[str, str]) -> str:
    """“Coarse 25 %, Fine 25 %, …” in the fixed order, as they really count."""
    shares = preference.effective_weights.as_array()
    said = [f"{words[name]} {100 * share:.0f} %"
            for name, share in zip(DIMENSIONS, shares, strict=True)]  # fmt: skip
    return words["join"].join(said)


def _dimensions(names: frozenset[str], words: Mapping[str, str]) -> str:
    return words["join"].join(words[name] for name in DIMENSIONS if name in names)


def _span(key: str, low: float, high: float, words: Mapping[str, str]) -> str:
    """A range of a measured field, open at an end that is infinite: “180–220 g/m²”."""
    unit = "/cm" if TRADE_FIELDS[key] == "1/cm" else TRADE_FIELDS[key]
    form = "up_to" if math.isinf(low) else "at_least" if math.isinf(high) else "between"
    return words[form].format(low=f"{low:.3g}", high=f"{high:.3g}", unit=unit)


def filter_words(filters: Filters, taxonomy: Taxonomy, words: Mapping[str, str]) -> list[str]:
    """The conditions in words."""
    keys = sorted(filters.majors) + sorted(filters.coarse) + sorted(filters.fine)
    said = [taxonomy.names[key] for key in keys]
    said += [words[name] for name in sorted(filters.colors)]
    if filters.tightness is not None:
        low, high = filters.tightness
        said.append(f"{words['cover']} {low:.0f}–{high:.0f} %")
    for key, value in sorted(filters.fields):
        said.append(f"{words.get(f'field_{key}', key)}: {printable(str(value))}")
    for key, low, high in sorted(filters.ranges):
        said.append(f"{words.get(f'field_{key}', key)} {_span(key, low, high, words)}")
    for key, flag in (("labelled", filters.labelled), ("scale_known", filters.scale_known)):
        if flag is not None:
            said.append(words[key if flag else f"not_{key}"])
    if filters.text.strip():
        said.append(f"“{printable(filters.text.strip())}”")
    return said
