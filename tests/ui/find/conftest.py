"""Fakes of the Find workspace's tests: a desk that answers at once, results with known scores."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPixmap

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.search import Filters, Query, SearchResult
from fabricfinder.domain.swatch import Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.retrieval.filters import FacetCounts, facet_counts

N = 40


def swatch_id(i: int) -> str:
    """The id of the i-th fake swatch."""
    return hashlib.sha256(str(i).encode()).hexdigest()[:40]


def make_swatches(n: int) -> tuple[Swatch, ...]:
    """Swatches without files; the third has trade fields, every fourth no scale."""
    fields = {"article": "20341", "colourway": "07", "supplier": "Vitale", "ends_per_cm": 28.0}
    return tuple(
        Swatch(
            swatch_id(i), f"/cloth/box {i % 3}/scan-{i:04}.jpg", f"scan-{i:04}", 1200, 900,
            None if i % 4 == 3 else 236.0, Labels(), fields if i == 2 else {},
        )
        for i in range(n)
    )  # fmt: skip


def make_table(n: int, seed: int = 1) -> DescriptorTable:
    """Random well-formed descriptors; the fifth swatch has nothing that could be judged."""
    rng, taxonomy = np.random.default_rng(seed), default_taxonomy()
    palettes = np.zeros((n, 10, 5), np.float32)
    hues, shares = rng.uniform(0, 360, (2, n)), rng.uniform(0.5, 0.9, n)
    palettes[:, 0] = np.stack([np.full(n, 8), hues[0], *rng.uniform(0.3, 1, (2, n)), shares], 1)
    palettes[:, 1] = np.stack([np.full(n, 3), hues[1], *rng.uniform(0.3, 1, (2, n)), 1 - shares], 1)
    coarse = rng.dirichlet(np.full(len(taxonomy.coarse), 0.05), n).astype(np.float32)
    fine = rng.dirichlet(np.full(len(taxonomy.fine), 0.05), n).astype(np.float32)
    tightness = np.stack([rng.uniform(20, 95, n), np.full(n, 4.0)], 1).astype(np.float32)
    if n > 5:
        coarse[5], fine[5], tightness[5] = np.nan, np.nan, np.nan
    certain = np.zeros((n, 3), bool)
    certain[: min(n, 3), 0] = True
    return DescriptorTable(
        "fake-64/fp32", tuple(swatch_id(i) for i in range(n)),
        rng.integers(0, 256, (n, 8), np.uint8), coarse, fine, tightness, palettes,
        np.full(n, 0.2, np.float32), certain,
    )  # fmt: skip


def make_result(query: Query, n: int = N, seed: int = 3, **changes: Any) -> SearchResult:
    """A result with scores drawn by lot, some n/a, one all n/a."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.3, 1, (n, 4)).astype(np.float32)
    scores[rng.random((n, 4)) < 0.1] = np.nan
    if n > 5:
        scores[5] = np.nan
    table = make_table(n)
    parts: dict[str, Any] = {
        "query": query, "descriptor": make_table(8).descriptor(0), "swatches": make_swatches(n),
        "table": table, "hamming": rng.integers(0, 64, n),
        "code_similarity": rng.uniform(0.4, 1, n).astype(np.float32), "scores": scores,
        "medians": np.full(4, 0.6), "blend": (0.4, 0.2), "n_searched": n, "n_library": n,
        "seconds": 0.2, "query_size": (1200, 900), "query_px_per_cm": 236.0,
    }  # fmt: skip
    return SearchResult(**parts | changes)


class FakeDesk(QObject):
    """A desk that keeps what it was asked and answers on the next turn of the event loop.

    Attributes:
        queries: every query asked for.
        labels: every (ids, labels) set; all of them replaced what was there.
        n_recoded: how often re-coding was asked for.
        held: answers stay away until ``answer_now``.
        sentence: searches fail with it, for the query's sake where ``query_refused``.
        make: makes the answer to a query.
    """

    catalog_changed = Signal(object)
    search_started = Signal(int)
    search_partial = Signal(object)
    search_done = Signal(object)
    search_failed = Signal(str)
    notice = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.catalog: Catalog | None = None
        self.queries: list[Query] = []
        self.labels: list[tuple[list[str], Labels]] = []
        self.n_recoded = 0
        self.held = False
        self.sentence, self.query_refused = "", False
        self.make: Callable[[Query], SearchResult] = make_result
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self.answer_now)

    def search(self, query: Query) -> int:
        self.queries.append(query)
        self.search_started.emit(len(self.queries))
        if not self.held:
            self._timer.start()
        return len(self.queries)

    def answer_now(self) -> None:
        if self.sentence:
            self.search_failed.emit(self.sentence)
        else:
            self.search_done.emit(self.make(self.queries[-1]))

    def label(self, ids: list[str], labels: Labels, replace: bool = False) -> int:
        assert replace
        self.labels.append((list(ids), labels))
        return 1

    def recode(self) -> int:
        self.n_recoded += 1
        return 1

    def facets(self, filters: Filters) -> FacetCounts | None:
        if self.catalog is None:
            return None
        catalog = self.catalog
        return facet_counts(filters, catalog.coded, catalog.table, None, default_taxonomy())


class FakeThumbnails(QObject):
    """Thumbnails of plain colour that are there at once, except those in ``late``."""

    ready = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.late: set[str] = set()
        self.asked: list[str] = []

    def pixmap(self, swatch_id: str, side: int, *, fill: bool = False) -> QPixmap | None:
        self.asked.append(swatch_id)
        if swatch_id in self.late:
            return None
        pixmap = QPixmap(side, side)
        pixmap.fill(QColor(200, 60, 40))
        return pixmap


@pytest.fixture
def fake_desk(qtbot: Any) -> FakeDesk:
    """A desk with nothing behind it."""
    return FakeDesk()


@pytest.fixture
def fake_thumbnails(qtbot: Any) -> FakeThumbnails:
    """Pictures that need no file."""
    return FakeThumbnails()


@pytest.fixture
def find_catalog(tmp_path: Path) -> Catalog:
    """A library of N fake swatches."""
    return Catalog(1, tmp_path / "Autumn archive", "Autumn archive", make_swatches(N), make_table(N))


@pytest.fixture
def new_result() -> Callable[..., SearchResult]:
    """Makes results: ``new_result(query=..., n=..., **columns)``."""
    return lambda query=Query(path="/cloth/scrap.jpg"), **changes: make_result(query, **changes)


@pytest.fixture
def page(qtbot: Any, fake_desk: FakeDesk, fake_thumbnails: FakeThumbnails, find_catalog: Catalog,
         tmp_path: Path) -> Any:  # fmt: skip
    """A Find page, shown, on the fake library, with nothing asked yet."""
    from fabricfinder.ui.find_page import FindPage
    from fabricfinder.ui.query_pictures import QueryPictures

    page = FindPage(fake_desk, fake_thumbnails)
    assert isinstance(page.pictures, QueryPictures)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    fake_desk.catalog = find_catalog
    page.set_catalog(find_catalog)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def asked(qtbot: Any, page: Any, fake_desk: FakeDesk) -> Any:
    """The Find page with an answer to one query."""
    with qtbot.waitSignal(fake_desk.search_done):
        page.set_query_path("/cloth/scrap.jpg")
    return page


@pytest.fixture
def grown() -> Callable[[Catalog, int], Catalog]:
    """Makes the next revision of a library of which only ``n_coded`` swatches are coded yet."""

    def grow(catalog: Catalog, n_coded: int) -> Catalog:
        table = catalog.table.take(np.arange(n_coded))
        return replace(catalog, revision=catalog.revision + 1, table=table)

    return grow
