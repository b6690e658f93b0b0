"""Two cloths side by side, from a search to values: their pictures, their facts, what spoke."""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fabricfinder.composing import thumbnail_of
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.certainty import certainty
from fabricfinder.domain.density import settle
from fabricfinder.domain.descriptor import FabricDescriptor, table_of
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import SearchResult
from fabricfinder.domain.similarity import SimilarityBreakdown
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.retrieval.explanation import explain
from fabricfinder.retrieval.occlusion import Part, occlusion_steps, scores_against
from fabricfinder.retrieval.palette_transport import transport_plan
from fabricfinder.sheets.build import color_line
from fabricfinder.sheets.content import ColorLine, Scores, SheetValue
from fabricfinder.sheets.differences import Difference, counted_values, differences
from fabricfinder.sheets.profiles import PROFILES
from fabricfinder.sheets.values import (
    printable,
    scale_text,
    seen_values,
    swatch_name,
    swatch_values,
)
from fabricfinder.vision.decode import DecodedImage
from fabricfinder.vision.density import density_readings
from fabricfinder.vision.palette import palette_pixels
from fabricfinder.vision.views import Crop, crop_region, cut_views, load_for_encoding

Steps = Generator[Progress, None, Any]
WAIT_S = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """One cloth of a comparison.

    Attributes:
        key: swatch id, or the path of a query that is no swatch.
        title: what it is called.
        path: its picture; ``fallback``: a small one where that is not at hand, or "".
        width, height: of the whole picture in px, 0 where not known.
        px_per_cm: scale, or None; ``scale_source``: who says it, one of ``SCALE_SOURCES`` or "".
        crop: the part that was searched with, 0..1, or None for all of it.
        known: what the program sees in it, or None.
        values: its facts in the order a weaver reads them.
        swatch: the library's record, or None.
    """

    key: str
    title: str
    path: str
    fallback: str = ""
    width: int = 0
    height: int = 0
    px_per_cm: float | None = None
    crop: Crop | None = None
    known: FabricDescriptor | None = None
    values: tuple[SheetValue, ...] = ()
    swatch: Swatch | None = None
    scale_source: str = ""


def swatch_cloth(
    swatch: Swatch, catalog: Catalog, words: Mapping[str, str], taxonomy: Taxonomy | None = None
) -> Cloth:
    """A swatch of the library as one side of a comparison.

    Args:
        words: phrases of a sheet.
        taxonomy: what patterns and weaves are called; the usual one by default.
    """
    row = catalog.table_row_of.get(swatch.id)
    known = None if row is None else catalog.table.descriptor(row)
    inside = PROFILES["internal"]
    values = swatch_values(swatch, known, inside, taxonomy or default_taxonomy(), words)
    counted = () if known is None else counted_values(known.density, words)
    return Cloth(
        swatch.id, swatch_name(swatch, inside, words), swatch.path,
        str(thumbnail_of(catalog.folder, swatch.id)), swatch.width, swatch.height,
        swatch.px_per_cm, None, known, _with_counts(values, counted), swatch,
        swatch.scale_source,
    )  # fmt: skip


def query_cloth(
    result: SearchResult, catalog: Catalog, words: Mapping[str, str],
    taxonomy: Taxonomy | None = None,
) -> Cloth:  # fmt: skip
    """The query of a search as the pinned side of a comparison; args as ``swatch_cloth``."""
    query, swatch = result.query, catalog.find(result.query.swatch_id)
    if swatch is not None:
        cloth = swatch_cloth(swatch, catalog, words, taxonomy)
        return replace(
            cloth, px_per_cm=result.query_px_per_cm, crop=query.crop, known=result.descriptor,
            scale_source=result.query_scale_source,
        )
    seen = result.descriptor
    values = tuple(seen_values(seen, taxonomy or default_taxonomy(), words))
    scale = result.query_px_per_cm
    if scale is not None:
        values += (SheetValue("scale", words["scale"], scale_text(scale, words), scale, "px/cm"),)
    name = printable(query.path.replace("\\", "/").rpartition("/")[2])
    return Cloth(
        query.path, name, query.path, "", *result.query_size, scale, query.crop, seen,
        _with_counts(values, counted_values(seen.density, words)),
        scale_source=result.query_scale_source,
    )  # fmt: skip


def _with_counts(
    values: tuple[SheetValue, ...], counted: tuple[SheetValue, ...]
) -> tuple[SheetValue, ...]:
    """The facts with the counted threads before scale and file."""
    late = [v for v in values if v.key in ("scale", "file")]
    return (*(v for v in values if v not in late), *counted, *late)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What two cloths have in common and what not.

    Attributes:
        scores: the four dimensions 0..1, None = cannot be judged.
        unsure: which of them are guesses.
        sentence: why they are near, or "" where nothing is known of one of them.
        color: the main colours compared, both formulas named, or None.
        differences: fact by fact.
        flows: float32 (k, m), how much of the cloth each of the pinned cloth's k colours becomes
            of the candidate's m: rows sum to its shares, columns to theirs; (0, 0) without.
    """

    scores: Scores
    unsure: tuple[bool, bool, bool, bool]
    sentence: str
    color: ColorLine | None
    differences: tuple[Difference, ...]
    flows: np.ndarray


def compare(
    pinned: Cloth, candidate: Cloth, words: Mapping[str, str], measure: str = "emd_hsv",
    scores: Scores | None = None, taxonomy: Taxonomy | None = None,
) -> Comparison:  # fmt: skip
    """Compare two cloths; about a millisecond.

    Args:
        scores: those of the search that found the candidate, where there was one.
        taxonomy: what patterns and weaves are called; the usual one by default.
    """
    rows = differences(pinned.values, candidate.values, words)
    if pinned.known is None or candidate.known is None:
        return _incomparable(rows)
    a, b = (_with_threads(cloth) for cloth in (pinned, candidate))
    if a.encoder != b.encoder:
        return _incomparable(rows)
    table = table_of([b], [candidate.key])
    if scores is None:
        swatch = candidate.swatch or Swatch(candidate.key, candidate.path, candidate.title, 0, 0)
        found = scores_against(a, [swatch], table, measure)[0]
        scores = SimilarityBreakdown.from_row(found).as_tuple()
    names = taxonomy or default_taxonomy()
    sentence = explain(a, b, SimilarityBreakdown(*scores), names, phrases=words)
    unsure = certainty(a, table, table.density, names).unsure[0]
    flows = np.zeros((0, 0), np.float32)
    if a.palette.colors and b.palette.colors:
        plan = transport_plan(a.palette.to_array(), b.palette.to_array())
        flows = plan[: len(a.palette.colors), : len(b.palette.colors)]
    line = color_line(a.palette, b.palette, words)
    return Comparison(scores, tuple(unsure.tolist()), sentence, line, rows, flows)


def _incomparable(rows: tuple[Difference, ...]) -> Comparison:
    """Two cloths of which only facts can be compared."""
    return Comparison((None,) * 4, (False,) * 4, "", None, rows, np.zeros((0, 0), np.float32))


def _with_threads(cloth: Cloth) -> FabricDescriptor:
    """What is known of a cloth, with the threads to compare it by."""
    return cloth.known if cloth.swatch is None else cloth.known.with_stated_threads(cloth.swatch.fields)


def scores_of(result: SearchResult, catalog: Catalog, ids: Sequence[str]) -> dict[str, Scores]:
    """Scores of some swatches in a search, by id; those its conditions left out are scored now.

    A swatch that was not looked at by the search's encoder is left out.
    """
    wanted = set(ids)
    found = {
        swatch.id: SimilarityBreakdown.from_row(result.scores[row]).as_tuple()
        for row, swatch in enumerate(result.swatches)
        if swatch.id in wanted
    }
    rows = [catalog.table_row_of[i] for i in ids if i not in found and i in catalog.table_row_of]
    if rows and catalog.table.encoder == result.descriptor.encoder:
        table, swatches = catalog.table.take(np.array(rows)), [catalog.coded[r] for r in rows]
        measure = result.query.color_measure
        for swatch, row in zip(
            swatches, scores_against(result.descriptor, swatches, table, measure), strict=True
        ):
            found[swatch.id] = SimilarityBreakdown.from_row(row).as_tuple()
    return found


# What spoke for the match -----------------------------------------------------------------------


def occlusion(
    cloth: Cloth, others: Sequence[Cloth], encoder: Encoder, measure: str = "emd_hsv"
) -> Steps:
    """Which parts of a cloth spoke for its match with each of the others; returns OcclusionMaps.

    The cloth is looked at again with one part covered after the other, by the same encoder, views,
    palette and thread count as a search uses; cancel by closing. What a person has labelled is
    not seen in the picture: no part of it speaks there.

    Args:
        cloth: the one whose parts are covered; a part cropped for the search is its own whole.
        others: those it is compared with, each with ``known``, by the same encoder.
        encoder: of the open library.
        measure: how colours are compared, as ``Query.color_measure``.

    Raises:
        UnreadableImageError: its picture cannot be read.
    """
    yield Progress("Reading the picture")
    with ThreadPoolExecutor(1, "occlusion") as pool:
        reading = pool.submit(load_for_encoding, cloth.path, cloth.crop, cloth.px_per_cm)
        while wait([reading], timeout=WAIT_S).not_done:
            yield Progress("Reading the picture")
        image, _ = reading.result()
    look = looker(image, cloth.crop, encoder, cloth.known, default_taxonomy())
    table = table_of([other.known for other in others], [other.key for other in others])
    swatches = [o.swatch or Swatch(o.key, o.path, o.title, 0, 0) for o in others]
    return (
        yield from occlusion_steps(look, lambda d: scores_against(d, swatches, table, measure))
    )


def looker(
    image: DecodedImage, crop: Crop | None, encoder: Encoder,
    known: FabricDescriptor | None, taxonomy: Taxonomy,
) -> Callable[[Part | None], FabricDescriptor]:  # fmt: skip
    """Describes a cloth with a part of it covered, or whole for None.

    For the network and the thread count the part is painted in the cloth's mean colour; from the
    palette its pixels are simply left out. The known descriptor's labels by a person stay.
    """
    pixels = crop_region(image, crop)
    mean = np.rint(pixels.reshape(-1, 3).mean(axis=0)).astype(np.uint8)
    small = palette_pixels(pixels)

    def look(part: Part | None) -> FabricDescriptor:
        covered = pixels if part is None else _painted(pixels, part, mean)
        size = round(covered.shape[1] * image.reduction), round(covered.shape[0] * image.reduction)
        seen = DecodedImage(covered, *size, image.px_per_cm, image.reduction)
        encoding = encoder.encode([cut_views(seen)])[0]
        readings = density_readings(covered, image.working_px_per_cm)
        density, _ = settle(readings, encoding.fine, taxonomy)
        palette = palette_from_rgb(small, _left(small, part))
        certain = frozenset() if known is None else known.certain
        if certain:
            said = {name: getattr(known.encoding, name) for name in certain}
            encoding = replace(encoding, **said)
        return FabricDescriptor(encoder.id, encoding, palette, certain, density)

    return look


def _painted(pixels: np.ndarray, part: Part, color: np.ndarray) -> np.ndarray:
    """A copy with a part in one colour."""
    painted = pixels.copy()
    top, bottom, left, right = _bounds(pixels, part)
    painted[top:bottom, left:right] = color
    return painted


def _left(small: np.ndarray, part: Part | None) -> np.ndarray | None:
    """1 for every pixel of a palette's picture that is not covered, 0 for the others.

    ``small`` is the central 90 % of the cloth, ``part`` a share of all of it.
    """
    if part is None:
        return None
    inner = tuple(min(1.0, max(0.0, (v - 0.05) / 0.9)) for v in part)
    weights = np.ones(small.shape[:2])
    top, bottom, left, right = _bounds(small, inner)
    weights[top:bottom, left:right] = 0.0
    return weights


def _bounds(pixels: np.ndarray, part: Part) -> tuple[int, int, int, int]:
    """Rows and columns of a part: top, bottom, left, right."""
    height, width = pixels.shape[:2]
    left, right = round(part[0] * width), round(part[2] * width)
    return round(part[1] * height), round(part[3] * height), left, right
