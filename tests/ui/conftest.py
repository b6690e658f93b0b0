"""Fakes of the window's tests: a finder with no library behind it, catalogs of drawn cloth."""

import hashlib
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

from fabricfinder.domain.archive import Originals, Relinked
from fabricfinder.domain.tables import Column, TableOffer, TableReport
from fabricfinder.archive.deeds import with_siblings
from fabricfinder.demo import Demo
from fabricfinder.domain.archive import Collection, Removed, Step
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.expression import ExpressionError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Filters, Query, SearchResult
from fabricfinder.domain.swatch import Alike, ImportProblem, ImportReport, Labels, Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.trade_fields import FIELDS
from fabricfinder.retrieval.filters import facet_counts
from fabricfinder.ui.desk import Desk
from fabricfinder.ui.thumbnails import ThumbnailCache, thumbnail_path

ENCODER_ID = "fake-64/fp32"

QLocale.setDefault(QLocale("en_150"))  # numbers and days look the same on every desktop


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of windows with a least size, of menus and of raising."""
    for item in items:
        if "/ui/" in item.path.as_posix():
            # and QtMultimedia of the video drivers a bare machine lacks
            item.add_marker(pytest.mark.qt_log_ignore(
                "This plugin does not support", "Couldn't (load|resolve)"
            ))  # fmt: skip


def make_table(ids: Sequence[str], seed: int = 0) -> DescriptorTable:
    """A table of random but well-formed descriptors."""
    rng, n, taxonomy = np.random.default_rng(seed), len(ids), default_taxonomy()
    palettes = np.zeros((n, 10, 5), np.float32)
    palettes[:, 0] = np.stack(
        [rng.integers(0, 10, n), rng.uniform(0, 360, n), *rng.uniform(0.2, 1, (2, n)), np.ones(n)],
        axis=1,
    )
    return DescriptorTable(
        ENCODER_ID, tuple(ids), rng.integers(0, 256, (n, 8), np.uint8),
        rng.dirichlet(np.full(len(taxonomy.coarse), 0.1), n).astype(np.float32),
        rng.dirichlet(np.full(len(taxonomy.fine), 0.1), n).astype(np.float32),
        np.stack([rng.uniform(20, 95, n), np.full(n, 5.0)], axis=1).astype(np.float32),
        palettes, np.full(n, 0.2, np.float32), np.zeros((n, 3), bool),
    )  # fmt: skip


def make_swatches(n: int, start: int = 0) -> tuple[Swatch, ...]:
    """Swatches with digests, names and no files."""
    return tuple(
        Swatch(
            hashlib.sha256(str(i).encode()).hexdigest()[:40], f"/cloth/swatch-{i:05}.jpg",
            f"swatch-{i:05}", 1200, 900, 236.0 if i % 3 else None,
        )
        for i in range(start, start + n)
    )  # fmt: skip


def make_catalog(folder: Path, n: int, n_coded: int | None = None, **changes: Any) -> Catalog:
    """A catalog of n swatches, the first ``n_coded`` of them (or all) coded."""
    swatches = make_swatches(n)
    table = make_table([s.id for s in swatches[:n_coded]])
    return replace(Catalog(1, folder, folder.name, swatches, table), **changes)


def draw_thumbnails(catalog: Catalog, picture: Callable[[int], np.ndarray]) -> None:
    """Write a 256 px JPEG for every swatch, ``picture(i)`` being uint8 RGB (h, w, 3)."""
    for i, swatch in enumerate(catalog.swatches):
        path = thumbnail_path(catalog.folder, swatch.id)
        path.parent.mkdir(parents=True, exist_ok=True)
        rgb = np.ascontiguousarray(picture(i))
        height, width = rgb.shape[:2]
        image = QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        assert image.scaled(256, 256).save(str(path), "JPEG", 90)


def make_result(catalog: Catalog, query: Query) -> SearchResult:
    """A search result over a catalog, with scores drawn by lot."""
    n, rng = len(catalog.table), np.random.default_rng(3)
    scores = rng.uniform(0, 1, (n, 4)).astype(np.float32)
    return SearchResult(
        query, catalog.table.descriptor(0), catalog.coded, catalog.table,
        rng.integers(0, 64, n), rng.uniform(0, 1, n).astype(np.float32), scores,
        np.full(4, 0.5), (0.5, 0.3), n, n, 0.1,
    )  # fmt: skip


class FakeFinder:
    """The finder's operations without a library: every one a real generator of Progress.

    Attributes:
        known: catalogs that ``open_library`` opens, by folder.
        calls: what was asked, in order: (operation, argument).
        threads: identities of the threads that stepped an operation.
        step_s: how long each step of an import takes.
        gate: an import waits at a safe point until it is set.
        closed: operations that were closed before their end.
    """

    def __init__(self, known: dict[Path, Catalog] | None = None) -> None:
        self.encoder: Any = None
        self.catalog: Catalog | None = None
        self.known = dict(known or {})
        self.calls: list[tuple[str, Any]] = []
        self.archive = FakeArchive(self)
        self.threads: set[int] = set()
        self.step_s = 0.0
        self.gate = threading.Event()
        self.gate.set()
        self.closed: list[str] = []
        self.refusal: FabricFinderError | None = None
        self.search_error: FabricFinderError | None = None
        self.shut = False
        self.words: dict[str, str] = {}

    def _note(self, name: str, argument: Any = None) -> None:
        self.calls.append((name, argument))
        self.threads.add(threading.get_ident())

    def load_encoder(self) -> Generator[Progress, None, Any]:
        yield Progress("Loading the model")
        self._note("load_encoder")
        self.encoder = object()
        return self.encoder

    def keep(self, key: str, value: str) -> None:
        self.words[key] = value

    def kept(self, key: str) -> str:
        return self.words.get(key, "")

    def open_library(
        self, folder: Path, *, create: bool = False, read_only: bool = False
    ) -> Generator[Progress, None, Catalog]:
        yield Progress("Opening the library")
        self._note("open_library", (folder, create, read_only))
        if self.refusal is not None and not read_only:
            raise self.refusal
        if create:
            self.known[folder] = make_catalog(folder, 0)
        self.catalog = replace(self.known[folder], read_only=read_only)
        return self.catalog

    def restore_backup(self, folder: Path, backup: Path) -> Generator[Progress, None, Catalog]:
        self._note("restore_backup", (folder, backup))
        self.refusal = None
        return (yield from self.open_library(folder))

    def import_paths(
        self, paths: Sequence[str], *, labels_csv: str = ""
    ) -> Generator[Progress, None, ImportReport]:
        self._note("import_paths", tuple(paths))
        n = 40
        try:
            for i in range(n):
                while not self.gate.is_set():
                    yield Progress("Reading", i, n)
                time.sleep(self.step_s)
                self.threads.add(threading.get_ident())
                if i % 10 == 9:
                    catalog = make_catalog(self.catalog.folder, len(self.catalog) + 10)
                    self.catalog = replace(catalog, revision=self.catalog.revision + 1)
                yield Progress("Looking at the cloth", i + 1, n)
        except GeneratorExit:
            self.closed.append("import")
            raise
        problem = ImportProblem("/cloth/broken.jpg", "The file is empty.")
        self.catalog = replace(self.catalog, problems=(problem,))
        return ImportReport(n, 0, (problem,))

    def resume_import(self) -> Generator[Progress, None, ImportReport]:
        self._note("resume_import")
        self.catalog = replace(self.catalog, pending_import=0)
        yield Progress("Reading", 1, 1)
        return ImportReport(3)

    def make_demo(self, folder: Path | None) -> Generator[Progress, None, Any]:
        self._note("make_demo", folder)
        folder = folder or Path("/nowhere/demo")
        try:
            for i in range(20):
                time.sleep(self.step_s)
                while not self.gate.is_set():
                    yield Progress("Weaving", i, 20)
                yield Progress("Weaving", i, 20)
        except GeneratorExit:
            self.closed.append("demo")
            raise
        self.catalog = make_catalog(folder, 12, demo_query=str(folder / "query.jpg"))
        return Demo(folder, folder / "query.jpg")

    def recode(self) -> Generator[Progress, None, Catalog]:
        self._note("recode")
        yield Progress("Looking at the cloth", 1, 2)
        self.catalog = replace(self.catalog, other_codes=0)
        return self.catalog

    def label(
        self, ids: Sequence[str], labels: Labels, *, replace: bool = False
    ) -> Generator[Progress, None, Catalog]:
        self._note("label", (tuple(ids), labels, replace))
        yield Progress("Saving labels")
        return self.catalog

    def find_text(self, text: str) -> Generator[Progress, None, tuple[str, ...]]:
        self._note("find_text", text)
        yield Progress("Searching the words")
        if ":" in text and not text.startswith("name:"):
            raise ExpressionError(f"There is no field “{text.partition(':')[0]}”.")
        text = text.removeprefix("name:")
        return tuple(s.id for s in self.catalog.swatches if text in s.name)

    def search(self, query: Query) -> Generator[Progress, None, SearchResult]:
        self._note("search", query)
        yield Progress("Looking at the cloth")
        if self.search_error is not None:
            raise self.search_error
        result = make_result(self.catalog, query)
        yield Progress("Searching", partial=result)
        return result

    def facets(self, filters: Filters, text_ids: Sequence[str] | None = None) -> Any:
        ids = None if text_ids is None else set(text_ids)
        return facet_counts(
            filters, self.catalog.coded, self.catalog.table, ids, default_taxonomy()
        )

    def close(self) -> None:
        self._note("close")
        self.shut = True


class FakeArchive:
    """Notes what is asked of the archive; edits and steps act on the fake finder's catalog."""

    def __init__(self, finder: FakeFinder) -> None:
        self.finder = finder
        self.missing: frozenset[str] = frozenset()
        self.refusal: FabricFinderError | None = None
        self.steps: list[tuple[str, Catalog]] = []
        self.undone: list[tuple[str, Catalog]] = []

    def _change(self, name: str, **changes: Any) -> Generator[Progress, None, Catalog]:
        yield Progress("Saving")
        if self.refusal is not None:
            raise self.refusal
        self.steps.append((name, self.finder.catalog))
        self.undone.clear()
        self._publish(**changes)
        return self.finder.catalog

    def _publish(self, **changes: Any) -> None:
        done = [Step(i + 1, name, "ana", 1_700_000_000) for i, (name, _) in enumerate(self.steps)]
        again = [
            Step(len(done) + i + 1, name, "ana", 1_700_000_000, True)
            for i, (name, _) in enumerate(reversed(self.undone))
        ]
        before = self.finder.catalog
        self.finder.catalog = replace(
            before, revision=before.revision + 1, history=(*done, *again), **changes
        )

    def edit(self, ids: Sequence[str], fields: dict, name: str) -> Any:
        self.finder._note("edit", (tuple(ids), fields, name))
        level = {f.name: f.level for f in FIELDS}
        swatches = list(self.finder.catalog.swatches)
        for key, value in fields.items():
            filing = key in ("article", "colourway")
            reach = ids if filing else with_siblings(self.finder.catalog, ids, level[key])
            for row in (self.finder.catalog.row_of[i] for i in reach):
                said = {k: v for k, v in swatches[row].fields.items() if k != key}
                new = said | ({key: value} if value != "" else {})
                swatches[row] = replace(swatches[row], fields=new)
        return self._change(name, swatches=tuple(swatches))

    def set_view(self, ids: Sequence[str], view: str, name: str) -> Any:
        self.finder._note("set_view", (tuple(ids), view))
        swatches = tuple(
            replace(s, view=view) if s.id in ids else s for s in self.finder.catalog.swatches
        )
        return self._change(name, swatches=swatches)

    def set_scale(
        self, ids: Sequence[str], px_per_cm: float | None, name: str, *, source: str = "hand"
    ) -> Any:
        self.finder._note("set_scale", (tuple(ids), px_per_cm))
        return self._change(name)

    def make_collection(
        self, collection: str, name: str, *, rule: str = "", ids: Sequence[str] = ()
    ) -> Any:
        self.finder._note("make_collection", (collection, rule, tuple(ids)))
        new = Collection(collection, rule, tuple(ids))
        return self._change(name, collections=(*self.finder.catalog.collections, new))

    def rename_collection(self, collection: str, new: str, name: str) -> Any:
        self.finder._note("rename_collection", (collection, new))
        return self._change(name, collections=tuple(
            replace(c, name=new) if c.name == collection else c
            for c in self.finder.catalog.collections
        ))  # fmt: skip

    def drop_collection(self, collection: str, name: str) -> Any:
        self.finder._note("drop_collection", collection)
        kept = tuple(c for c in self.finder.catalog.collections if c.name != collection)
        return self._change(name, collections=kept)

    def gather(
        self, collection: str, ids: Sequence[str], name: str, *, take_out: bool = False
    ) -> Any:
        self.finder._note("gather", (collection, tuple(ids), take_out))
        return self._change(name)

    def take_out(self, ids: Sequence[str], name: str) -> Any:
        self.finder._note("take_out", tuple(ids))
        before = self.finder.catalog
        kept = tuple(s for s in before.swatches if s.id not in ids)
        gone = tuple(Removed(s.id, s.name, s.path, 0) for s in before.swatches if s.id in ids)
        rows = [row for row, i in enumerate(before.table.ids) if i not in ids]
        return self._change(name, swatches=kept, removed=gone, table=before.table.take(rows))

    def put_back(self, ids: Sequence[str], name: str) -> Any:
        self.finder._note("put_back", tuple(ids))
        return self._change(name, removed=())

    def undo(self, to: int) -> Generator[Progress, None, None]:
        self.finder._note("undo", to)
        yield Progress("Taking back")
        while len(self.steps) >= to:
            name, before = self.steps.pop()
            self.undone.append((name, self.finder.catalog))
            self._publish(swatches=before.swatches, table=before.table,
                          collections=before.collections, removed=before.removed)  # fmt: skip

    def redo(self, to: int) -> Generator[Progress, None, None]:
        self.finder._note("redo", to)
        yield Progress("Doing again")
        while len(self.steps) < to:
            name, after = self.undone.pop()
            self.steps.append((name, self.finder.catalog))
            self._publish(swatches=after.swatches, table=after.table,
                          collections=after.collections, removed=after.removed)  # fmt: skip

    def use_units(self, units: Any) -> Generator[Progress, None, None]:
        yield Progress("Saving")

    def check_originals(self) -> Generator[Progress, None, Originals]:
        yield Progress("Looking for originals")
        n = len(self.missing)
        folders = {"/cloth": n} if n else {}
        return Originals(self.missing, len(self.finder.catalog), folders)

    def relink(self, swatch_id: str, path: str) -> Generator[Progress, None, Relinked]:
        self.finder._note("relink", (swatch_id, path))
        yield Progress("Looking for originals")
        n, self.missing = len(self.missing), frozenset()
        return Relinked(n, 0)

    def offer_table(self, path: Path) -> Generator[Progress, None, TableOffer]:
        yield Progress("Reading the table")
        columns = (Column("article"), Column("width"), Column())
        return TableOffer(path, ("Quality", "Width", "Price"), (("A", "B"), ("150",), ("9",)), 2,
                          columns, False)  # fmt: skip

    def take_table(
        self, path: Path, columns: tuple, name: str
    ) -> Generator[Progress, None, TableReport]:
        self.finder._note("take_table", (path, columns, name))
        yield Progress("Reading the table")
        return TableReport(12, ("Line 3: no article “C” is in the library.",))

    def write_table(self, path: Path, ids: Any, units: Any) -> Generator[Progress, None, int]:
        self.finder._note("write_table", (path, ids, units))
        yield Progress("Writing the table")
        return len(self.finder.catalog)

    def duplicates(self) -> Generator[Progress, None, tuple]:
        yield Progress("Looking for the same cloth twice")
        ids = self.finder.catalog.table.ids
        return (Alike(ids[1], ids[0], 0.9),), {}


PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """Waits longer than the five seconds a busy machine may need for what takes a moment."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> SignalBlocker:
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(
        self, signals: list[Any], *, timeout: int = PATIENCE_MS, **more: Any
    ) -> MultiSignalBlocker:
        return super().waitSignals(signals, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: Any, request: pytest.FixtureRequest) -> PatientBot:
    """pytest-qt's own, more patient."""
    return PatientBot(request)


@pytest.fixture
def new_catalog() -> Callable[..., Catalog]:
    """``make_catalog`` for tests: (folder, n, **changes) -> Catalog."""
    return make_catalog


@pytest.fixture
def draw() -> Callable[..., None]:
    """``draw_thumbnails`` for tests: (catalog, picture) writes a JPEG a swatch."""
    return draw_thumbnails


@pytest.fixture
def plain_thumbnails() -> Callable[[Catalog], None]:
    """Gives every swatch of a catalog a flat grey thumbnail."""
    return lambda catalog: draw_thumbnails(catalog, lambda i: np.full((8, 8, 3), 90, np.uint8))


@pytest.fixture
def finder() -> FakeFinder:
    """A fake finder that knows no library yet; put catalogs into ``known``."""
    return FakeFinder()


@pytest.fixture
def desk(qtbot: Any, finder: FakeFinder) -> Iterator[Desk]:
    """A running desk over the fake finder."""
    desk = Desk(lambda: finder, lambda f, folder: f.make_demo(folder))
    desk.start()
    yield desk
    assert desk.close(), "the worker did not end in time"


@pytest.fixture
def thumbnails(qtbot: Any) -> Iterator[ThumbnailCache]:
    """A thumbnail cache; its decodes are over before it goes."""
    cache = ThumbnailCache()
    yield cache
    cache.wait()


@pytest.fixture
def catalog(tmp_path: Path, finder: FakeFinder) -> Catalog:
    """A catalog of 30 swatches that the fake finder can open; no thumbnails on disk."""
    catalog = make_catalog(tmp_path / "Autumn archive", 30)
    finder.known[catalog.folder] = catalog
    return catalog
