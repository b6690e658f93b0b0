"""The demo library: rendered cloth to try everything on, with a query swatch lying beside it."""

import csv
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from platformdirs import user_data_path

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query
from fabricfinder.jobs import run_to_end
from fabricfinder.synthesis.demo import DemoPicture, demo_pictures

if TYPE_CHECKING:
    from fabricfinder.finder import Finder

SEED = 2026
PICTURES = "pictures"
QUERY_NAME = "customer-scrap.jpg"
CHUNK = 8

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True)
class Demo:
    """A ready demo: its library folder and the swatch to search with."""

    folder: Path
    query_path: Path


def default_demo_folder() -> Path:
    """Where the demo library lives when nobody says otherwise."""
    return user_data_path("fabricfinder") / "demo"


def make_demo(finder: "Finder", folder: Path | None = None, *, n_fabrics: int = 300) -> Steps:
    """Draw the demo cloths (once), import them, and open that library; returns a Demo.

    Cancelled halfway it goes on where it was the next time: pictures are drawn in order and the
    import skips what is there.
    """
    folder = folder or default_demo_folder()
    pictures = folder / PICTURES
    query_path = folder / QUERY_NAME
    if not (folder / "labels.csv").exists():
        yield from _draw(pictures, query_path, folder / "labels.csv", n_fabrics)
    is_new = not (folder / "library" / "library.fflib").exists()
    yield from finder.open_library(folder / "library", create=is_new)
    if finder.catalog is not None and not finder.catalog.read_only:
        yield from finder.import_paths([str(pictures)], labels_csv=str(folder / "labels.csv"))
        finder.remember("demo_query", str(query_path))
    return Demo(folder / "library", query_path)
