"""A small library on disk without an encoder: drawn cloth, full trade fields, difficult names."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from fabricfinder.composing import PictureWish, compose
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import Filters, Query, SearchResult
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.jobs import run_to_end
from fabricfinder.sheets.content import Sheet
from fabricfinder.sheets.request import SheetRequest

NAMES = ("Glen 1032", "丝绸格子 20341", "قماش صوفي ٤٢", "Summer 🌸 Office", "=1+2", "+ARTICLE",
         "-minus & <b>bold</b>", "@cmd", "A very long article name that goes on and on, Super 120s "
         "worsted flannel with a lilac overcheck and a windowpane", "Last")  # fmt: skip


@dataclass(frozen=True)
class Shelf:
    """A catalog, a search over it, and where the query's picture lies."""

    catalog: Catalog
    result: SearchResult
    query_path: Path


def cloth(seed: int, px: int) -> np.ndarray:
    """A striped picture, uint8 (px, px, 3)."""
    rng = np.random.default_rng(seed)
    ground, stripe = rng.integers(20, 235, (2, 3))
    bright = (np.arange(px) % 24 < 12)[None, :, None]
    image = np.broadcast_to(np.where(bright, ground, stripe), (px, px, 3))
    return np.clip(image + rng.normal(0, 5, (px, px, 1)), 0, 255).astype(np.uint8)


def swatch_for(i: int, name: str, path: Path, px: int, **fields: Any) -> Swatch:
    """A swatch whose fields hold every planted word a record can hold."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    own = {
        "article": name, "colourway": f"{i:02}", "supplier": "ZQXSUPPLIER Mills",
        "price": "ZQXPRICE 12.50", "drawer": "ZQXDRAWER 7", "notes": "ZQXNOTES nobody may read",
        "lot": "ZQXLOT", "house_secret": "ZQXNEWFIELD", "customer": "ZQXCUSTOMER",
        "season": "SS28",
        "ends_per_cm": 26.0 + i % 3, "picks_per_cm": 24.0, "warp_tex": 20.0, "weft_tex": 20.5,
        "weight": 185.0, "composition": "wool 100 %", **fields,
    }  # fmt: skip
    return Swatch(digest, str(path), name, px, px, 80.0 if i % 4 != 3 else None, fields=own)


def table_for(ids: list[str], seed: int = 5) -> DescriptorTable:
    """Well-formed descriptors drawn by lot."""
    rng, taxonomy, n = np.random.default_rng(seed), default_taxonomy(), len(ids)
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = [(8, 210 + 3 * i, 0.6, 0.5, 0.7) for i in range(n)]
    palettes[:, 1] = [(1, 0, 0.02, 0.95, 0.3)] * n
    coarse = rng.dirichlet(np.full(len(taxonomy.coarse), 0.02), n).astype(np.float32)
    fine = rng.dirichlet(np.full(len(taxonomy.fine), 0.02), n).astype(np.float32)
    tightness = np.stack([rng.uniform(40, 90, n), np.full(n, 4.0)], 1).astype(np.float32)
    return DescriptorTable(
        "fake-64/fp32", tuple(ids), rng.integers(0, 256, (n, 8), np.uint8), coarse, fine,
        tightness, palettes, np.full(n, 0.2, np.float32), np.ones((n, 3), bool),
    )  # fmt: skip


def make_shelf(folder: Path, names: tuple[str, ...] = NAMES, px: int = 320) -> Shelf:
    """Draw, describe and search ``names`` and one private swatch; scores fall from the first."""
    place = folder / "ZQXFOLDER"
    place.mkdir(parents=True)
    swatches = []
    for i, name in enumerate((*names, "ZQXPRIVATE cloth")):
        path = place / f"ZQXFILE-{i}.jpg"
        exif = Image.Exif()
        exif[0x010E] = "ZQXEXIF"
        Image.fromarray(cloth(i, px)).save(path, exif=exif, quality=90, comment=b"ZQXEXIF")
        private = {"visibility": "private"} if i == len(names) else {}
        swatches.append(swatch_for(i, name, path, px, **private))
    query_path = place / "ZQXQUERY.jpg"
    Image.fromarray(cloth(99, px)).save(query_path)
    table = table_for([s.id for s in swatches])
    n = len(swatches)
    scores = np.linspace(0.99, 0.4, n)[:, None] * np.ones((1, 4))
    scores = scores.astype(np.float32)
    scores[2, 1] = np.nan
    catalog = Catalog(1, folder, "ZQXLIBRARY", tuple(swatches), table)
    filters = Filters(text="ZQXFILTER", fields=frozenset({("supplier", "ZQXFILTER")}))
    result = SearchResult(
        Query(path=str(query_path), filters=filters), table_for(["q" * 32], 9).descriptor(0),
        tuple(swatches), table, np.arange(n), np.linspace(0.99, 0.4, n).astype(np.float32),
        scores, np.full(4, 0.6), (0.4, 0.2), n, n, 0.1, ("ZQXREMARK",), (px, px), 80.0,
    )  # fmt: skip
    return Shelf(catalog, result, query_path)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Ten difficult names and a private one, with pictures of 40 mm at 80 px/cm."""
    return make_shelf(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="session")
def sheet_for(shelf: Shelf) -> Callable[..., Sheet]:
    """Makes the sheet of a request over the shelf."""

    def make(wish: PictureWish = PictureWish(200, (60.0, 40.0)), **asked: Any) -> Sheet:
        request = SheetRequest(**({"result": shelf.result, "top": 10} | asked))
        return run_to_end(compose(request, shelf.catalog, lambda n: wish))

    return make
