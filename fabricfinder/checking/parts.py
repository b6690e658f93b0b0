"""The whole way once, part by part, on rendered cloth: library, search, labels, sheets, window."""

import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fabricfinder.checking.codes import N_FABRICS, compare, draw_pictures, see, shipped_graphs
from fabricfinder.demo import Demo, make_demo
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.importing import look_at
from fabricfinder.synthesis.demo import demo_query
from fabricfinder.teaching import hindrance
from fabricfinder.vision.decode import decode

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

SCREENSHOT, SHEET, GROWN = "screenshot.png", "sheet.pdf", "grown.png"
KEPT = (SCREENSHOT, SHEET, GROWN)
OTHER_SHEETS = ("sheet.html", "sheet.xlsx", "sheet.csv", "sheet.png")
# A window that shows nothing but its ground has a few colours and one of them nearly everywhere.
LEAST_COLOURS = 300
MOST_OF_ONE = 0.9
GROWN_FROM_PX = 160


class NotTriedError(FabricFinderError):
    """A part that could not be tried, since an earlier one that it needs failed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one part went.

    Attributes:
        part: its name.
        good: whether all of it worked.
        says: what was seen, or what failed, in a sentence.
        seconds: it took.
        trace: of a bug, else "".
        figures: what was counted, by name.
    """

    part: str
    good: bool
    says: str
    seconds: float
    trace: str = ""
    figures: dict[str, Any] = field(default_factory=dict)


def self_check(folder: Path, make_finder: "Callable[[], Finder]") -> Iterator[Outcome]:
    """Go the whole way; yields an Outcome a part, whatever fails.

    Args:
        folder: where all of it is written, KEPT among it; what is drawn there is not drawn again.
        make_finder: a Finder as the program uses it.
    """
    way = Way(folder, make_finder)
    try:
        for part in (way.library, way.search, way.labels, way.reopening, way.sheets, way.window,
                     way.growing, way.codes, way.learning):  # fmt: skip
            yield tried(part)
    finally:
        way.close()


def tried(part: Callable[[], tuple[str, dict[str, Any]]]) -> Outcome:
    """Try one part; a bug is an outcome too, with its trace."""
    began = time.perf_counter()
    good, trace, figures = False, "", {}
    try:
        says, figures = part()
        good = True
    except FabricFinderError as error:
        says = str(error)
    except Exception as error:  # the check must tell of every part, whatever one dies of
        says = f"{type(error).__name__}: {error}"
        trace = traceback.format_exc()
    return Outcome(part.__name__, good, says, time.perf_counter() - began, trace, figures)


class Way:
    """The parts, each on what the one before has left.

    A part is a method that returns what it saw and figures of it.
    """

    def __init__(self, folder: Path, make_finder: "Callable[[], Finder]") -> None:
        self._folder, self._make_finder = folder, make_finder
        self._finder: Finder | None = None
        self._demo: Demo | None = None
        self._result: SearchResult | None = None
        self._application: Any = None  # kept alive while there is something to paint

    def close(self) -> None:
        """Close the library; safe to call twice."""
        if self._finder is not None:
            self._finder.close()
            self._finder = None

    def library(self) -> tuple[str, dict[str, Any]]:
        """Draw cloth, make a library, import."""
        self._finder = finder = self._make_finder()
        demo = run_to_end(make_demo(finder, self._folder, N_FABRICS, captures=1))
        catalog, encoder = finder.catalog, finder.encoder
        _require(not catalog.problems, "Pictures that were just drawn could not be read.")
        _require(len(catalog) == N_FABRICS, f"{len(catalog)} of {N_FABRICS} pictures came in.")
        _require(len(catalog.table) == N_FABRICS, "Not every picture got its code.")
        self._demo = demo
        return (f"{len(catalog)} swatches, coded by {encoder.id}",
                {"swatches": len(catalog), "encoder": encoder.id})  # fmt: skip

    def search(self) -> tuple[str, dict[str, Any]]:
        """Search with a new photograph of one cloth, with a swatch, and with words."""
        finder, demo = self._opened()
        result = run_to_end(finder.search(Query(path=str(demo.query_path))))
        best = result.ranked(Preference(), 1)[0]
        wanted = demo_query(n=N_FABRICS).id
        _require(Path(best.swatch.path).stem.startswith(wanted),
                 "The search does not find the cloth that was photographed again.")  # fmt: skip
        again = run_to_end(finder.search(Query(swatch_id=best.swatch.id, exclude_self=True)))
        _require(again.n_searched == N_FABRICS - 1,
                 "A search by swatch does not see the whole library.")  # fmt: skip
        words = best.swatch.name.split()[0]
        _require(best.swatch.id in run_to_end(finder.find_text(words)),
                 "The search of the words does not find a swatch by its name.")  # fmt: skip
        self._result = result
        return (f"{best.swatch.name} first, overall {best.overall:.2f}",
                {"searched": result.n_searched, "overall": round(best.overall, 4)})  # fmt: skip

    def labels(self) -> tuple[str, dict[str, Any]]:
        """Label two swatches, take one of the two back."""
        finder, _ = self._opened()
        first, second = (swatch.id for swatch in finder.catalog.swatches[-2:])
        before = finder.catalog.find(second).labels
        said = _other_labels(before)
        run_to_end(finder.label([first], said))
        run_to_end(finder.label([second], said))
        _require(finder.catalog.find(second).labels == said, "A label was not kept.")
        run_to_end(finder.archive.undo())
        _require(finder.catalog.find(second).labels == before, "A label was not taken back.")
        _require(finder.catalog.find(first).labels == said, "Taking one label back took two.")
        return "said of two swatches, one taken back", {}

    def reopening(self) -> tuple[str, dict[str, Any]]:
        """Close the library and open it again: all must be there."""
        finder, demo = self._opened()
        kept = [(s.id, s.labels) for s in finder.catalog.swatches]
        codes = finder.catalog.table.codes.copy()
        self.close()
        self._finder = finder = self._make_finder()
        run_to_end(finder.open_library(demo.folder))
        _require([(s.id, s.labels) for s in finder.catalog.swatches] == kept,
                 "The library is not as it was left.")  # fmt: skip
        _require(np.array_equal(finder.catalog.table.codes, codes),
                 "The library's codes are not as they were left.")  # fmt: skip
        return "swatches, labels and codes as they were left", {}

    def sheets(self) -> tuple[str, dict[str, Any]]:
        """Write the search as PDF with drawings, and in every other format."""
        from fabricfinder.sheets.output import Output
        from fabricfinder.sheets.request import SheetRequest
        from fabricfinder.ui.sheet_files import make_sheet_file

        finder, _ = self._opened()
        if self._result is None:
            raise NotTriedError("Not tried: there was no search to write down.")
        self._paint()
        request = SheetRequest(self._result, top=6, plots=True)
        for name in (SHEET, *OTHER_SHEETS):
            run_to_end(make_sheet_file(request, finder.catalog, Output(self._folder / name)))
            _require((self._folder / name).stat().st_size > 500, f"{name} is empty.")
        pages = pdf_pages(self._folder / SHEET)
        _require(pages >= 1, "The sheet's PDF has no page.")
        size = (self._folder / SHEET).stat().st_size
        page = "page" if pages == 1 else "pages"
        return (f"PDF of {pages} {page}, {size // 1000:,} kB; HTML, XLSX, CSV, PNG",
                {"pages": pages, "bytes": size})  # fmt: skip

    def window(self) -> tuple[str, dict[str, Any]]:
        """Take a picture of the real window after a search."""
        from fabricfinder.ui.app import screenshot

        _, demo = self._opened()
        self.close()
        self._paint()
        rgb = decode(screenshot(demo.folder, self._folder / SCREENSHOT, demo.query_path)).rgb
        colours, most = colours_of(rgb)
        _require(colours >= LEAST_COLOURS and most <= MOST_OF_ONE,
                 f"The window shows next to nothing: {colours} colours, {most:.0%} of it one.")  # fmt: skip
        height, width = rgb.shape[:2]
        return (f"{width} × {height} px, {colours:,} colours",
                {"width": width, "height": height, "colours": colours,
                 "most_of_one": round(most, 4)})  # fmt: skip

    def growing(self) -> tuple[str, dict[str, Any]]:
        """Grow a cloth to twice its size."""
        from fabricfinder.growing import grow_swatch, save_grown

        source = draw_pictures(self._folder / "fixed")[0]
        grown = run_to_end(grow_swatch(source, max_side=GROWN_FROM_PX))
        left, top, right, bottom = grown.true_box
        small = decode(source, max_side=GROWN_FROM_PX).rgb
        _require(grown.rgb.shape[0] == 2 * small.shape[0] and grown.rgb.shape[1] == 2 * small.shape[1],
                 "The grown cloth is not twice as large.")  # fmt: skip
        _require(np.array_equal(grown.rgb[top:bottom, left:right], small),
                 "The grown cloth does not hold the true one in its middle.")  # fmt: skip
        run_to_end(save_grown(grown, self._folder / GROWN))
        return f"to {grown.rgb.shape[1]} × {grown.rgb.shape[0]} px, marked as imagined", {}

    def codes(self) -> tuple[str, dict[str, Any]]:
        """Compare codes of fixed pictures with those written down when the program was made."""
        pictures = draw_pictures(self._folder / "fixed")
        graphs = shipped_graphs()
        _require(bool(graphs), "No model came with this program; install it again.")
        compared, redrawn = compare(see(pictures, graphs), pictures)
        says = "; ".join(each.sentence for each in compared)
        if redrawn:
            says += f" ({redrawn} of {len(pictures)} pictures are rounded otherwise here)"
        _require(all(each.good for each in compared), f"Codes differ. {says}")
        differing = {each.encoder: sum(each.differing) for each in compared}
        allowed = {each.encoder: each.allowed for each in compared}
        return says, {"pictures": len(pictures), "redrawn": redrawn, "differing_bits": differing,
                      "allowed_bits_a_picture": allowed}  # fmt: skip

    def learning(self) -> tuple[str, dict[str, Any]]:
        """One step of training, exported, and seen alike by torch and by the graph."""
        if hindrance():
            return f"not in this edition. {hindrance()}", {"here": False}
        import fabricfinder.training.teach_command  # noqa: F401  all that a lesson needs
        from fabricfinder.hashing.torch_encoder import TorchEncoder
        from fabricfinder.training.proof import learn_once

        self._folder.mkdir(parents=True, exist_ok=True)
        checkpoint, graph = learn_once(self._folder)
        pictures = draw_pictures(self._folder / "fixed")
        views = [look_at(str(picture)).views for picture in pictures]
        (seen,) = see(pictures, [graph])
        by_torch = [encoding.code for encoding in TorchEncoder(checkpoint).encode(views)]
        differing = sum(a.distance(b) for a, b in zip(by_torch, seen.codes, strict=True))
        _require(differing <= len(pictures), f"Torch and graph differ in {differing} bits.")
        return f"one step, exported; {differing} bits differ", {
            "here": True, "differing_bits": differing,
        }  # fmt: skip

    def _paint(self) -> None:
        """Have Qt ready: on Linux off any screen, unless QT_QPA_PLATFORM says where."""
        from fabricfinder.ui.app import application

        if sys.platform.startswith("linux"):
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._application = application()

    def _opened(self) -> "tuple[Finder, Demo]":
        if self._finder is None or self._demo is None:
            raise NotTriedError("Not tried: there is no library to try it on.")
        return self._finder, self._demo


def pdf_pages(path: Path) -> int:
    """How many pages a whole PDF has; 0 for what is no PDF or was cut short."""
    content = path.read_bytes()
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-32:]:
        return 0
    return len(re.findall(rb"/Type\s*/Page\b", content))


def colours_of(rgb: np.ndarray) -> tuple[int, float]:
    """How many colours uint8 (h, w, 3) has, and the share of the one it has most of."""
    wide = rgb.astype(np.uint32)
    _, counts = np.unique(wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2], return_counts=True)
    return len(counts), float(counts.max() / counts.sum())


def _other_labels(before: Labels) -> Labels:
    """Labels of which none is the one of before."""
    taxonomy = default_taxonomy()
    coarse = next(term for term in taxonomy.coarse if term != before.coarse)
    fine = next(term for term in taxonomy.fine if term != before.fine)
    return Labels(coarse, fine, 61.0 if before.tightness != 61.0 else 62.0)


def _require(true: bool, sentence: str) -> None:
    """Raises FabricFinderError with the sentence unless something is true."""
    if not true:
        raise FabricFinderError(sentence)
