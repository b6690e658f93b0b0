"""One sheet, from what was asked to a value that can be painted: choosing, reading pictures."""

import os
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import UnreadableImageError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.sheets.build import QUERY, Chosen, build_sheet, choose
from fabricfinder.sheets.content import SheetPicture
from fabricfinder.sheets.csv_sheet import write_csv
from fabricfinder.sheets.html_sheet import write_html
from fabricfinder.sheets.output import Output
from fabricfinder.sheets.plots import map_points, sheet_plots
from fabricfinder.sheets.profiles import PROFILES
from fabricfinder.sheets.request import SheetRequest
from fabricfinder.sheets.words import ENGLISH
from fabricfinder.sheets.xlsx_sheet import write_xlsx
from fabricfinder.vision.decode import decode_at_least, shrink_to
from fabricfinder.vision.thumbnail import thumbnail_jpeg

Steps = Generator[Progress, None, Any]
Box = tuple[float, float]
WAIT_S = 0.01
MM_PER_INCH = 25.4
PRINT_PPI = 400  # of few pictures; many share a budget, see ``print_ppi``
LEAST_PPI = 72
SPARING_PPI = 120  # still a sharp print: what pictures of a sheet of many may come down to
QUALITIES = (90, 80, 65, 50)  # of JPEG: the first that keeps within the bytes
# Pixels and bytes of all pictures of a sheet together, those at 1:1 and the whole ones: a JPEG of
# cloth takes .1 to .7 bytes a pixel, and a PDF of 200 cloths is to stay under 20 MB.
TRUE_PIXELS, WHOLE_PIXELS = 60e6, 6e6
TRUE_BYTES, WHOLE_BYTES = 14e6, 3e6
THUMBNAILS = "thumbnails"
HTML_SIDE, XLSX_SIDE = 720, 256  # px of a picture's longer side
MANY = 60  # cloths from which on documents get smaller pictures


@dataclass(frozen=True, slots=True)
class PictureWish:
    """What pictures a sheet wants of each cloth.

    Attributes:
        whole_side: longer side of the whole picture in px; 0 = not wanted.
        box_mm: size of the window printed 1:1, or None when not wanted.
        query_box_mm: the same of the query; None = as ``box_mm``.
        ppi: resolution of the windows in px per inch.
        least_ppi: what they may come down to where that spares most of the decoding: a JPEG is
            read at half its size in less than half the time. 0 = ``ppi`` itself.
        n: how many pictures share the bytes of a sheet.
    """

    whole_side: int
    box_mm: Box | None
    query_box_mm: Box | None = None
    ppi: float = PRINT_PPI
    least_ppi: float = 0.0
    n: int = 1


def print_ppi(box_mm: Box, n_pictures: int) -> float:
    """The finest resolution, at most ``PRINT_PPI``, at which n windows keep within the budget."""
    square_inches = max(1, n_pictures) * box_mm[0] * box_mm[1] / MM_PER_INCH**2
    return max(LEAST_PPI, min(PRINT_PPI, (TRUE_PIXELS / square_inches) ** 0.5))


def least_ppi(ppi: float, n_pictures: int) -> float:
    """What pictures may come down to, to be read quickly: only where they are many."""
    return ppi if n_pictures <= MANY else min(ppi, SPARING_PPI)


def whole_side(most: int, n_pictures: int) -> int:
    """The longer side in px, at most ``most``, at which n whole pictures keep within theirs."""
    return min(most, round((WHOLE_PIXELS / max(1, n_pictures)) ** 0.5))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a picture comes from: the file, its scale and width, and a small picture in need."""

    path: str
    px_per_mm: float | None
    full_width: int
    crop: tuple[float, float, float, float] | None = None
    fallback: str = ""


def compose(
    request: SheetRequest,
    catalog: Catalog,
    wish: Callable[[int], PictureWish],
    words: Mapping[str, str] = ENGLISH,
    today: date | None = None,
    taxonomy: Taxonomy | None = None,
) -> Steps:
    """Make a sheet; returns a Sheet.

    Args:
        request: what is asked for.
        catalog: the open library.
        wish: from the number of cloths, the pictures wanted of each.
        words: every phrase of the sheet in its language.
        today: the date that stands on it.
        taxonomy: what patterns and weaves are called; the usual one by default.

    Raises:
        SheetError: nothing is left to put on the sheet.
    """
    yield Progress("Making the sheet")
    chosen = choose(request, catalog)
    sources = _sources(request, catalog, chosen)
    wanted = wish(len(chosen))
    pictures: dict[str, tuple[SheetPicture | None, SheetPicture | None]] = {}
    pool = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), "sheet")
    try:
        query_wish = replace(wanted, box_mm=wanted.query_box_mm or wanted.box_mm)
        futures = {
            key: pool.submit(_pictures, source, wanted if key != QUERY else query_wish)
            for key, source in sources.items()
        }
        for done, (key, future) in enumerate(futures.items()):
            yield from _until(future, Progress("Reading pictures", done, len(futures), "pictures"))
            pictures[key] = future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    called, day = taxonomy or default_taxonomy(), today or date.today()
    sheet = build_sheet(request, catalog, chosen, pictures, called, words, day)
    if not request.plots:
        return sheet
    yield Progress("Drawing", len(sources), len(sources), "pictures")
    # What the whole archive holds is nobody's business outside the house.
    inside = PROFILES[request.profile].files
    return replace(sheet, plots=sheet_plots(sheet, map_points(catalog) if inside else None))


def make_document(
    request: SheetRequest,
    catalog: Catalog,
    output: Output,
    words: Mapping[str, str] = ENGLISH,
    taxonomy: Taxonomy | None = None,
) -> Steps:
    """Make a sheet and write it as HTML, XLSX or CSV; returns its path. Needs no Qt.

    Raises:
        SheetError: nothing to show, or the file cannot be written; nothing half-written is left.
    """
    output.require_folder()
    side = {"html": HTML_SIDE, "xlsx": XLSX_SIDE, "csv": 0}[output.kind]

    def wish(n: int) -> PictureWish:
        return PictureWish(side if n <= MANY else side // 2, None, n=n)

    sheet = yield from compose(request, catalog, wish, words, None, taxonomy)
    yield Progress("Writing the sheet", len(sheet.entries), len(sheet.entries))
    if output.kind == "html":
        write_html(sheet, output.path)
    elif output.kind == "xlsx":
        write_xlsx(sheet, output.path)
    else:
        write_csv(sheet, output.path, output.dialect)
    return output.path


def _until(future: Future, progress: Progress) -> Steps:
    """Yield until a future is done, a step at a time."""
    yield progress
    while wait([future], timeout=WAIT_S).not_done:
        yield progress


def _sources(
    request: SheetRequest, catalog: Catalog, chosen: Sequence[Chosen]
) -> dict[str, _Source]:
    """Every picture of the sheet by swatch id; the query's under QUERY where it may be shown."""
    found = {one.swatch.id: _swatch_source(one.swatch, catalog) for one in chosen}
    result, profile = request.result, PROFILES[request.profile]
    if result is None or not profile.match:
        return found
    query = result.query
    swatch = catalog.find(query.swatch_id) if query.swatch_id else None
    if swatch is not None:
        if profile.may_show(swatch):
            source = _swatch_source(swatch, catalog)
            scale = result.query_px_per_cm
            scale = None if scale is None else scale / 10
            found[QUERY] = replace(source, px_per_mm=scale, crop=query.crop)
    elif query.path:
        scale = result.query_px_per_cm
        scale = None if scale is None else scale / 10
        found[QUERY] = _Source(query.path, scale, result.query_size[0], query.crop)
    return found


def _swatch_source(swatch: Any, catalog: Catalog) -> _Source:
    scale = None if swatch.px_per_cm is None else swatch.px_per_cm / 10
    small = thumbnail_of(catalog.folder, swatch.id)
    return _Source(swatch.path, scale, swatch.width, None, str(small))


def _pictures(
    source: _Source, wish: PictureWish
) -> tuple[SheetPicture | None, SheetPicture | None]:
    """The whole picture and its true-scale window; what cannot be read is None."""
    if not wish.whole_side and wish.box_mm is None:
        return None, None
    for path in filter(None, (source.path, source.fallback)):
        try:
            return _read(path, source, wish)
        except (UnreadableImageError, OSError):
            continue
    return None, None


def _read(
    path: str, source: _Source, wish: PictureWish
) -> tuple[SheetPicture | None, SheetPicture | None]:
    target = wish.ppi / MM_PER_INCH  # px per mm of the window
    least = (wish.least_ppi or wish.ppi) / MM_PER_INCH

    def need(width: int, height: int, _: float | None) -> int:
        share = 0.0
        if wish.box_mm is not None and source.px_per_mm is not None:
            # Of the file's own pixels, which may be a reduced copy of the original.
            own = source.px_per_mm * width / max(source.full_width, 1)
            share = _spared(min(1.0, target / own), least / own)
        elif wish.box_mm is not None:
            share = min(1.0, max(wish.box_mm) * target / max(width, height))
        crop = source.crop
        cropped = 1.0 if crop is None else max(0.05, min(crop[2] - crop[0], crop[3] - crop[1]))
        return max(1, round(max(max(width, height) * share, wish.whole_side / cropped)))

    image = decode_at_least(path, need)
    rgb = image.rgb
    scale = None
    if source.px_per_mm is not None:
        scale = source.px_per_mm * rgb.shape[1] / max(source.full_width, 1)
    if source.crop is not None:
        rgb = _cropped(rgb, source.crop)
    whole = true = None
    if wish.whole_side:
        whole = _picture(rgb, scale, wish.whole_side, WHOLE_BYTES / wish.n)
    if wish.box_mm is not None:
        true = _window(rgb, scale, wish.box_mm, target, TRUE_BYTES / wish.n)
    return whole, true


def _spared(share: float, least: float) -> float:
    """The share of a picture's pixels a side to read: the smallest half of a half … that has
    ``least`` of them, where that is less than ``share``.
    """
    halved = 1.0
    while halved / 2 >= least:
        halved /= 2
    return min(share, halved)


def _cropped(rgb: np.ndarray, crop: tuple[float, float, float, float]) -> np.ndarray:
    """The part of the picture that was searched with."""
    height, width = rgb.shape[:2]
    left, right = round(crop[0] * width), round(crop[2] * width)
    top, bottom = round(crop[1] * height), round(crop[3] * height)
    return np.ascontiguousarray(rgb[top : max(bottom, top + 1), left : max(right, left + 1)])


def _window(
    rgb: np.ndarray, scale: float | None, box_mm: Box, target: float, most_bytes: float
) -> SheetPicture:
    """The middle of the cloth that a box of mm shows at 1:1; unknown scale: that fills the box."""
    height, width = rgb.shape[:2]
    if scale is not None:
        side = [min(n, round(mm * scale)) for n, mm in ((width, box_mm[0]), (height, box_mm[1]))]
    else:
        share = min(width / box_mm[0], height / box_mm[1])
        side = [round(mm * share) for mm in box_mm]
    side = [max(1, n) for n in side]
    left, top = (width - side[0]) // 2, (height - side[1]) // 2
    part = np.ascontiguousarray(rgb[top : top + side[1], left : left + side[0]])
    longest = max(side)
    if scale is not None:
        longest = round(longest * min(1.0, target / scale))
    else:
        longest = min(longest, round(max(box_mm) * target))
    return _picture(part, scale, max(1, longest), most_bytes)


def _picture(
    rgb: np.ndarray, scale: float | None, side: int, most_bytes: float
) -> SheetPicture:
    """Reduce and encode, as finely as the bytes allow; nothing of the file's metadata goes in."""
    small = shrink_to(rgb, side)
    if scale is not None:
        scale = scale * max(small.shape[:2]) / max(rgb.shape[:2])
    for quality in QUALITIES:
        jpeg = thumbnail_jpeg(small, side, quality)
        if len(jpeg) <= most_bytes:
            break
    return SheetPicture(jpeg, small.shape[1], small.shape[0], scale)


def thumbnail_of(folder: Path, swatch_id: str) -> Path:
    """Where a library keeps the small picture of a swatch."""
    return folder / THUMBNAILS / swatch_id[:2] / f"{swatch_id}.jpg"
