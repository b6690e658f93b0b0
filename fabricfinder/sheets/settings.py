"""The query block's lines: all that is needed to ask the same question again."""

from collections.abc import Mapping
from datetime import date

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.search import Filters, Preference
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.sheets.profiles import Profile
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.sheets.values import printable

Lines = tuple[tuple[str, str], ...]


def query_settings(
    request: SheetRequest,
    catalog: Catalog,
    profile: Profile,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
    today: date,
) -> Lines:
    """(label, text) of everything that decided the order, fit for a profile's reader."""
    result = request.result
    query, preference = result.query, request.preference
    lines = [(words["weights"], _weights(preference, words))]
    locked = preference.locked - preference.free
    for label, names in (("locked", locked), ("freed", preference.free)):
        if names:
            lines.append((words[label], _dimensions(names, words)))
    conditions = filter_words(query.filters, profile, taxonomy, words)
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
    scale = words["no_scale"]
    if result.query_px_per_cm is not None:
        scale = words["scale_text"].format(scale=f"{result.query_px_per_cm:.0f}")
    lines += [
        (words["scale"], scale), (words["measure"], words[f"measure_{query.color_measure}"]),
        (words["model"], result.descriptor.encoder), (words["date"], today.isoformat()),
    ]  # fmt: skip
    if profile.files:
        lines += _inside(request, catalog, words)
    return tuple(lines)


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


def filter_words(
    filters: Filters, profile: Profile, taxonomy: Taxonomy, words: Mapping[str, str]
) -> list[str]:
    """The conditions in words; those on fields the reader must not see are only counted."""
    keys = sorted(filters.majors) + sorted(filters.coarse) + sorted(filters.fine)
    said = [taxonomy.names[key] for key in keys]
    said += [words[name] for name in sorted(filters.colors)]
    if filters.tightness is not None:
        low, high = filters.tightness
        said.append(f"{words['cover']} {low:.0f}–{high:.0f} %")
    hidden = 0
    for key, value in sorted(filters.fields):
        if profile.allows(key):
            said.append(f"{words.get(f'field_{key}', key)}: {printable(str(value))}")
        else:
            hidden += 1
    if filters.text.strip():
        if profile.files:
            said.append(f"“{printable(filters.text.strip())}”")
        else:
            hidden += 1
    for flag in (filters.labelled, filters.scale_known):
        hidden += flag is not None
    if hidden:
        said.append(words["more_conditions"].format(n=hidden))
    return said
