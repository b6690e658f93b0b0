"""The demo library: rendered cloth to try everything on, with a query swatch lying beside it."""

import csv
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query
from fabricfinder.jobs import run_to_end
from fabricfinder.synthesis.demo import DEMO_FABRICS, write_demo
from fabricfinder.synthesis.demo import QUERY_NAME as DRAWN_QUERY_NAME

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

QUERY_NAME = "customer-scrap.jpg"
SHEET_NAME = "archive.csv"
FIRST_ARTICLE = 1001
CHECK_FABRICS = 48  # the first of the demo's cloths with the query's glen check among them

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """A ready demo: its library folder and the swatch to search with."""

    folder: Path
    query_path: Path


def default_demo_folder() -> Path:
    """Where the demo library lives when nobody says otherwise."""
    return user_data_path("fabricfinder") / "demo"


def make_demo(finder: "Finder", folder: Path | None = None, n_fabrics: int = DEMO_FABRICS) -> Steps:
    """Draw the demo cloths (once), import them, and open that library; returns a Demo.

    Cancelled halfway, the next time draws again what was not finished, and the import skips what
    is there: the same seed draws the same bytes.
    """
    folder = folder or default_demo_folder()
    pictures, sheet = folder / "pictures", folder / "pictures" / SHEET_NAME
    query_path = folder / QUERY_NAME
    if not sheet.exists():
        pictures.mkdir(parents=True, exist_ok=True)
        yield from write_demo(pictures, n=n_fabrics)
        (pictures / DRAWN_QUERY_NAME).replace(query_path)
        write_label_sheet(pictures / "labels.csv", sheet)
    place = folder / "library"
    yield from finder.open_library(place, create=not (place / "library.fflib").exists())
    assert finder.catalog is not None
    if not finder.catalog.read_only:
        yield from finder.import_paths([str(pictures / "images")], labels_csv=str(sheet))
        if finder.catalog.demo_query != str(query_path):
            finder.remember("demo_query", str(query_path))
    return Demo(place, query_path)


def write_label_sheet(source: Path, target: Path) -> None:
    """Turn the exact labels of rendered cloth into a sheet as a mill would keep it.

    A design is an article and gets a number; its colours are colourways 01, 02, ...
    """
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    same = ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex", "fine", "tightness")
    articles: dict[str, str] = {}
    colourways: dict[str, dict[str, str]] = {}
    unfinished = target.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        columns = ("path", "article", "colourway", "coarse", "repeat", *same)
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            design = row["design"]
            word = row["coarse_minor"].split("/")[1].replace("-", " ").capitalize()
            article = articles.setdefault(design, f"{word} {FIRST_ARTICLE + len(articles)}")
            numbers = colourways.setdefault(design, {})
            colourway = numbers.setdefault(row["colourway"], f"{len(numbers) + 1:02}")
            writer.writerow(
                {
                    "path": row["path"], "article": article, "colourway": colourway,
                    "coarse": row["coarse_minor"], "repeat": row["repeat_mm"],
                    **{name: row[name] for name in same},
                }
            )  # fmt: skip
    unfinished.replace(target)


def self_check(folder: Path) -> Iterator[str]:
    """Make a small library of rendered cloth, search it, reopen it; yields a line a step.

    Raises:
        FabricFinderError: something does not work; the sentence says what.
    """
    from fabricfinder.eyes import best_encoder
    from fabricfinder.finder import Finder

    finder = Finder(encoder_source=lambda: best_encoder(print))
    try:
        demo = run_to_end(make_demo(finder, folder, n_fabrics=CHECK_FABRICS))
        assert finder.catalog is not None and finder.encoder is not None
        yield f"Library: {len(finder.catalog)} swatches, coded by {finder.encoder.id}"
        result = run_to_end(finder.search(Query(path=str(demo.query_path))))
        best = result.ranked(Preference(), 1)[0]
        yield f"Search: {best.swatch.name} first, overall {best.overall:.2f}"
        if not best.swatch.name.startswith("Glen"):
            raise FabricFinderError("The search does not find the demo's own glen check.")
        again = run_to_end(finder.search(Query(swatch_id=best.swatch.id, exclude_self=True)))
        if again.n_searched != len(finder.catalog) - 1:
            raise FabricFinderError("A search by swatch does not see the whole library.")
        yield f"Search by swatch: {again.n_searched} searched"
    finally:
        finder.close()
