"""From a search and a basket to a sheet: what is chosen, said and left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from fabricfinder.domain.bands import SAME_SWATCH
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.color import delta_e_2000, delta_e_cmc, lab_differences, palette_lab
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.palette import Palette, PaletteColor
from fabricfinder.domain.search import RankedSwatch, SearchResult
from fabricfinder.domain.similarity import SimilarityBreakdown
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy
from fabricfinder.retrieval.color_words import color_difference, direction
from fabricfinder.retrieval.explanation import explain
from fabricfinder.sheets.content import ColorLine, Sheet, SheetEntry, SheetPicture, SheetQuery
from fabricfinder.sheets.errors import SheetError
from fabricfinder.sheets.profiles import PROFILES, Profile
from fabricfinder.sheets.request import Pick, SheetRequest
from fabricfinder.sheets.settings import exact_settings, library_name, query_settings
from fabricfinder.sheets.starting_spec import starting_spec
from fabricfinder.sheets.values import printable, seen_values, shades, swatch_name, swatch_values

RECORD_PREFIX = "fabricfinder:swatch/"
LEAST_DELTA = 0.5  # a CIELAB difference under this gets no word
Pictures = Mapping[str, tuple[SheetPicture | None, SheetPicture | None]]
QUERY = ""  # the query's own key in ``Pictures``


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """A cloth that will stand on the sheet, before its pictures are made."""

    swatch: Swatch
    known: FabricDescriptor | None
    ranked: RankedSwatch | None
    note: str


def choose(request: SheetRequest, catalog: Catalog) -> list[Chosen]:
    """The cloths of a sheet in their order, without those its profile must not show.

    Raises:
        SheetError: nothing is left to put on it.
    """
    profile, result = PROFILES[request.profile], request.result
    ranked: dict[str, RankedSwatch] = {}
    if result is not None:
        ranked = {r.swatch.id: r for r in result.ranked(request.preference)}
        if request.picks:
            ranked |= _left_out(result, request, ranked)
    picks = request.picks or tuple(Pick(i) for i in ranked)
    found: list[Chosen] = []
    cloths: set[tuple[object, object]] = set()
    for pick in picks:
        swatch = catalog.find(pick.swatch_id)
        if swatch is None or not profile.may_show(swatch):
            continue
        if request.fold and swatch.fields.get("article"):
            cloth = swatch.fields["article"], swatch.fields.get("colourway")
            if cloth in cloths:
                continue
            cloths.add(cloth)
        row = catalog.table_row_of.get(swatch.id)
        known = None if row is None else catalog.table.descriptor(row)
        one = ranked.get(swatch.id) if profile.match else None
        found.append(Chosen(swatch, known, one, printable(pick.note).strip()))
        if not request.picks and len(found) == request.top:
            break
    if not found:
        raise SheetError(
            "There is nothing to put on this sheet: the basket is empty, every cloth in it is "
            "private, or nothing was found."
        )
    return found


def _left_out(
    result: SearchResult, request: SheetRequest, ranked: Mapping[str, RankedSwatch]
) -> dict[str, RankedSwatch]:
    """Picks the preference's locks or floor leave out of the order still have their scores."""
    wanted = {pick.swatch_id for pick in request.picks} - set(ranked)
    overall = result.overall(request.preference.effective_weights)
    return {
        swatch.id: RankedSwatch(
            0, row, swatch, int(result.hamming[row]), float(overall[row]),
            SimilarityBreakdown.from_row(result.scores[row]),
        )
        for row, swatch in enumerate(result.swatches)
        if swatch.id in wanted
    }  # fmt: skip


def build_sheet(
    request: SheetRequest,
    catalog: Catalog,
    chosen: Sequence[Chosen],
    pictures: Pictures,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
    today: date,
) -> Sheet:
    """Put the sheet together; what its profile hides does not get in.

    Args:
        request: as asked for.
        catalog: the library it is about.
        chosen: from ``choose``.
        pictures: swatch id -> (whole, true-scale) picture; the query's under QUERY.
        taxonomy: the vocabularies.
        words: every phrase, ``words.ENGLISH`` or a translation.
        today: the sheet's date.
    """
    profile, result = PROFILES[request.profile], request.result
    entries = tuple(
        _entry(number, one, result, profile, taxonomy, words, pictures)
        for number, one in enumerate(chosen, start=1)
    )
    query = None
    if result is not None and profile.match:
        query = _query(request, catalog, profile, taxonomy, words, pictures, today)
    title = printable(request.title).strip()
    if not title:
        title = words["title_plain"]
        if query is not None:
            named = profile.files or bool(result.query.swatch_id)
            title = words["title" if named else "title_sample"].format(query=query.title)
    facts = tuple(
        (words[f"fact_{key}"], printable(text).strip())
        for key, text in request.facts
        if text.strip() and key not in profile.withheld_facts
    )
    return Sheet(
        title, profile.key, today.isoformat(), words, query, entries,
        (*facts, (words["library"], library_name(catalog, words))) if profile.files else facts,
        starting_spec(entries, words),
    )  # fmt: skip


def _entry(
    number: int,
    one: Chosen,
    result: SearchResult | None,
    profile: Profile,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
    pictures: Pictures,
) -> SheetEntry:
    """One cloth of the sheet."""
    whole, true = pictures.get(one.swatch.id, (None, None))
    palette = one.known.palette if one.known else Palette(())
    about = {
        "number": number,
        "record": RECORD_PREFIX + one.swatch.id,
        "title": swatch_name(one.swatch, profile, words),
        "values": swatch_values(one.swatch, one.known, profile, taxonomy, words),
        "whole": whole, "true": true, "palette": shades(palette, words), "note": one.note,
    }  # fmt: skip
    ranked = one.ranked
    if ranked is None or result is None:
        return SheetEntry(**about)
    band = result.band(ranked.row, ranked.overall)
    if result.extra.get("digest") == one.swatch.id:
        band = SAME_SWATCH
    candidate = result.candidate(ranked.row)
    sentence = explain(result.descriptor, candidate, ranked.breakdown, taxonomy, phrases=words)
    return SheetEntry(
        **about, overall=ranked.overall, band=words[band.key],
        scores=ranked.breakdown.as_tuple(), unsure=result.unsure(ranked.row),
        sentence=words["as_sentence"].format(words=f"{sentence[:1].upper()}{sentence[1:]}"),
        color=color_line(result.descriptor.palette, candidate.palette, words),
    )  # fmt: skip


def _query(
    request: SheetRequest,
    catalog: Catalog,
    profile: Profile,
    taxonomy: Taxonomy,
    words: Mapping[str, str],
    pictures: Pictures,
    today: date,
) -> SheetQuery | None:
    """The query block; a query that is a private swatch is left out with all it says."""
    result = request.result
    swatch = catalog.find(result.query.swatch_id) if result.query.swatch_id else None
    seen = seen_values(result.descriptor, taxonomy, words)
    title, values = words["your_sample"], tuple(v for v in seen if profile.allows(v.key))
    if swatch is not None:
        if not profile.may_show(swatch):
            return None
        title = swatch_name(swatch, profile, words)
        values = swatch_values(swatch, result.descriptor, profile, taxonomy, words)
    elif profile.files:
        title = printable(result.query.path.replace("\\", "/").rpartition("/")[2])
    whole, true = pictures.get(QUERY, (None, None))
    settings = query_settings(request, catalog, profile, taxonomy, words, today)
    palette = shades(result.descriptor.palette, words)
    exact = exact_settings(request, profile, words)
    return SheetQuery(title, settings, whole, true, palette, values, exact)


def color_line(query: Palette, candidate: Palette, words: Mapping[str, str]) -> ColorLine | None:
    """The main colours of two palettes compared, or None where one is empty."""
    difference = color_difference(query, candidate)
    if difference is None:
        return None
    old, new = (_lab(c) for c in (difference.query, difference.candidate))
    lightness, chroma, hue = (float(x) for x in lab_differences(old, new))
    return ColorLine(
        tuple(map(float, new)), tuple(map(float, old)), float(delta_e_2000(old, new)),
        float(delta_e_cmc(old, new)), lightness, chroma, hue,
        _delta_words(old, new, (lightness, chroma, hue), words),
    )  # fmt: skip


def _lab(color: PaletteColor) -> np.ndarray:
    """A palette colour in CIELAB, (3,)."""
    return palette_lab(Palette((_whole_share(color),)))[0, :3]


def _whole_share(color: PaletteColor) -> PaletteColor:
    return PaletteColor(color.region, color.hue, color.saturation, color.value, 1.0)


def _delta_words(
    old: np.ndarray, new: np.ndarray, deltas: tuple[float, float, float], words: Mapping[str, str]
) -> str:
    """ΔL, ΔC and Δh in words: “darker, duller, redder”; what cannot be seen is not said."""
    lightness, chroma, hue = deltas
    said = []
    if abs(lightness) >= LEAST_DELTA:
        said.append(words["lighter" if lightness > 0 else "darker"])
    if abs(chroma) >= LEAST_DELTA:
        said.append(words["brighter" if chroma > 0 else "duller"])
    if abs(hue) >= LEAST_DELTA:
        # The candidate at the query's lightness and chroma: what is left to differ is the hue.
        scale = np.hypot(*old[1:]) / max(float(np.hypot(*new[1:])), 1e-9)
        turned = np.array([old[0], new[1] * scale, new[2] * scale])
        word = words[direction(old, turned)]
        if word not in said:
            said.append(word)
    return words["join"].join(said) or words["same_color"]
