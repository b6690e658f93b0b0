"""The demo library: rendered cloth to try everything on, with a query swatch lying beside it."""

import csv
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path

from fabricfinder.domain.progress import Progress
from fabricfinder.synthesis.demo import DEMO_CAPTURES, DEMO_FABRICS, write_demo
from fabricfinder.synthesis.demo import QUERY_NAME as DRAWN_QUERY_NAME

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

QUERY_NAME = "customer-scrap.jpg"
SHEET_NAME = "archive.csv"
LIBRARY_NAME = "Demo library"
FIRST_ARTICLE = 1001
UNLABELLED = 1 / 3  # of the articles, at most
# Column of the sheet -> column of the exact labels.
LABELS = {"coarse": "coarse_minor", "fine": "fine", "tightness": "tightness"}

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """A ready demo: its library folder and the swatch to search with."""

    folder: Path
    query_path: Path


def default_demo_folder() -> Path:
    """Where the demo library lives when nobody says otherwise."""
    return user_data_path("fabricfinder") / "demo"


def make_demo(
    finder: "Finder",
    folder: Path | None = None,
    n_fabrics: int = DEMO_FABRICS,
    captures: int = DEMO_CAPTURES,
) -> Steps:
    """Draw the demo cloths (once), import them, and open that library; returns a Demo.

    Cancelled halfway, the next time draws again what was not finished, and the import skips what
    is there: the same seed draws the same bytes.
    """
    folder = folder or default_demo_folder()
    pictures, sheet = folder / "pictures", folder / "pictures" / SHEET_NAME
    query_path = folder / QUERY_NAME
    if not sheet.exists():
        pictures.mkdir(parents=True, exist_ok=True)
        yield from write_demo(pictures, n=n_fabrics, captures=captures)
        (pictures / DRAWN_QUERY_NAME).replace(query_path)
        write_label_sheet(pictures / "labels.csv", sheet)
    place = folder / "library"
    yield from finder.open_library(place, create=not (place / "library.fflib").exists())
    assert finder.catalog is not None
    if not finder.catalog.read_only:
        yield from finder.import_paths([str(pictures / "images")], labels_csv=str(sheet))
        if finder.catalog.demo_query != str(query_path):
            finder.remember("name", LIBRARY_NAME)
            finder.remember("demo_query", str(query_path))
    return Demo(place, query_path)


def write_label_sheet(source: Path, target: Path) -> None:
    """Turn the exact labels of rendered cloth into a sheet as a mill would keep it.

    A design is an article and gets a number; its colours are colourways 01, 02, ... About a third
    of the articles are left without labels, as in any drawer: there is something to label.
    """
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    same = ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex")
    open_designs = unlabelled_designs(rows)
    articles: dict[str, str] = {}
    colourways: dict[str, dict[str, str]] = {}
    unfinished = target.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        columns = ("path", "article", "colourway", "coarse", "repeat", *same, "fine", "tightness")
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            design = row["design"]
            word = row["coarse_minor"].split("/")[1].replace("-", " ").capitalize()
            article = articles.setdefault(design, f"{word} {FIRST_ARTICLE + len(articles)}")
            numbers = colourways.setdefault(design, {})
            colourway = numbers.setdefault(row["colourway"], f"{len(numbers) + 1:02}")
            labels = {name: row[of] for name, of in LABELS.items()}
            writer.writerow(
                {
                    "path": row["path"], "article": article, "colourway": colourway,
                    "repeat": row["repeat_mm"], **{name: row[name] for name in same},
                    **({} if design in open_designs else labels),
                }
            )  # fmt: skip
    unfinished.replace(target)


def unlabelled_designs(rows: Sequence[Mapping[str, str]]) -> set[str]:
    """Designs that lie in the demo unlabelled, the same ones every time.

    Only those of whose pattern and weave a labelled one lies before them, so that every kind has
    an example, and never more than ``UNLABELLED`` of those before and with them.
    """
    kinds = {row["design"]: {row["coarse_minor"], row["fine"]} for row in rows}
    unlabelled: set[str] = set()
    shown: set[str] = set()
    for at, (design, kind) in enumerate(kinds.items(), 1):
        if kind <= shown and len(unlabelled) + 1 <= UNLABELLED * at:
            unlabelled.add(design)
        else:
            shown |= kind
    return unlabelled
