"""The hall: every operation the program can do; window, command line and tests all enter here.

An operation is a generator that yields Progress at safe points and returns its value. One thread
runs them all (see ``jobs``); decoding and thumbnails are made in small pools that hand values back.
"""

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.archive.deeds import Archive, swatches_text
from fabricfinder.choosing import Choosing, unjudged
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.density import TOO_COARSE, settle
from fabricfinder.domain.descriptor import DescriptorTable, Encoding, FabricDescriptor
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError, LibraryError, QueryError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Filters, Query, SearchResult
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import Taxonomy, default_taxonomy
from fabricfinder.importing import Importing, Look, look_at
from fabricfinder.jobs import until_done
from fabricfinder.labelling.deeds import Labelling
from fabricfinder.library import Library
from fabricfinder.recoding import recode
from fabricfinder.retrieval.filters import FacetCounts, facet_counts, filter_mask
from fabricfinder.retrieval.scan import search as scan
from fabricfinder.teaching import Teaching

Steps = Generator[Progress, None, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What is known of a query: descriptor, digest, full size, scale, sentences."""

    descriptor: FabricDescriptor
    digest: str
    size: tuple[int, int]
    px_per_cm: float | None
    notes: tuple[str, ...] = ()


class Finder:
    """The open library, the encoder, and what can be done with them.

    Attributes:
        encoder: turns views into encodings, or None until it is loaded.
        catalog: the latest snapshot of the open library, or None.
        archive: what a person does to the open library.
        labels: what is asked of a person and said by her.
        teaching: what the open library's own encoder is taught.
        choosing: which system's encoder the open library is seen with.
    """

    def __init__(
        self,
        encoder: Encoder | None = None,
        *,
        encoder_source: Callable[[], Encoder] | None = None,
        own_source: Callable[[Path], Encoder | None] | None = None,
        model_source: Callable[[str], Encoder] | None = None,
    ) -> None:
        self.encoder = self._shipped = encoder
        self.catalog: Catalog | None = None
        self.taxonomy: Taxonomy = default_taxonomy()
        self._encoder_source = encoder_source
        self._notices: list[str] = []
        self._library: Library | None = None
        self._revision = 0
        # Queries have a thread of their own, so that an import's pictures never queue before them.
        self._query_pool = ThreadPoolExecutor(1, "query")
        self._import_pool = ThreadPoolExecutor(2, "import")
        self.archive = Archive(self._opened, self._publish, self._snapshot)
        self.labels = Labelling(self._opened, self._publish, self._snapshot)
        encoders = lambda: (self.encoder, self._shipped)  # noqa: E731
        self.teaching = Teaching(self._writable, encoders, self.recode, own_source)
        self.choosing = Choosing(
            self._opened, encoders, self.recode, self.teaching.fitting, model_source
        )

    def notify(self, sentence: str) -> None:
        """Keep a quiet sentence (of the encoder) for the operation that runs next or now."""
        self._notices.append(sentence)

    def close(self) -> None:
        """Close the library and the pools; safe to call twice."""
        if self._library is not None:
            self._library.close()
            self._library = None
        self.catalog = None
        self.archive.close()
        for pool in (self._query_pool, self._import_pool):
            pool.shutdown(wait=True, cancel_futures=True)

    # -- the encoder ---------------------------------------------------------------------------

    def load_encoder(self) -> Steps:
        """Load the encoder if that has not happened; returns it.

        Raises:
            EncoderError: the shipped graph is missing, corrupt or of another version.
        """
        if self._shipped is None:
            if self._encoder_source is None:
                raise FabricFinderError("No model is installed; reinstall fabricfinder.")
            yield Progress("Loading the model")
            loading = self._query_pool.submit(self._encoder_source)
            yield from until_done([loading], Progress("Loading the model"))
            self.encoder = self._shipped = loading.result()
            if self._library is not None:
                self._publish()
        return self.encoder

    # -- the library ---------------------------------------------------------------------------

    def open_library(self, folder: Path, *, create: bool = False, read_only: bool = False) -> Steps:
        """Open a library (or make one) in place of the one now open; returns its Catalog.

        Raises:
            LibraryError: the sentence says why it cannot be opened; the one now open stays open.
        """
        yield Progress("Opening the library")
        folder = Path(folder)
        here = self._library
        if here is not None and here.folder.resolve() == folder.resolve():
            if read_only or not here.read_only:
                return self.catalog
        library = Library.create(folder) if create else Library.open(folder, read_only=read_only)
        try:
            yield from self.load_encoder()
            encoder, notice = self.choosing.fitting(library, self._shipped)
        except BaseException:  # cancelled here too: the open library and its catalog stay a pair
            library.close()
            raise
        if self._library is not None:
            self._library.close()
        self._library, self.encoder = library, encoder
        self._publish()
        for sentence in (*library.notices, *filter(None, [notice])):
            yield Progress("Opening the library", notice=sentence)
        return self.catalog

    def restore_backup(self, folder: Path, backup: Path) -> Steps:
        """Put a backup in a library's place and open it; what was there stays beside it."""
        yield Progress("Putting the backup back")
        if self._library is not None and self._library.folder.resolve() == folder.resolve():
            self._library.close()
            self._library, self.catalog = None, None
        Library.restore_backup(folder, backup)
        return (yield from self.open_library(folder))

    def import_paths(self, paths: Sequence[str], *, labels_csv: str = "") -> Steps:
        """Bring pictures and folders of pictures into the library; returns an ImportReport.

        Files already here are left alone; files that cannot be read become lines of the report.
        Killed or cancelled at any moment it can be resumed: see ``resume_import``.

        Raises:
            LibraryError: no library is open, or it cannot be written.
        """
        return (yield from self._bring(lambda importing: importing.run(paths, labels_csv)))

    def resume_import(self) -> Steps:
        """Go on with the import that was interrupted; returns an ImportReport."""
        return (yield from self._bring(lambda importing: importing.run_pending()))

    def _bring(self, run: Callable[[Importing], Steps]) -> Steps:
        """Run an import as one step that can be taken back; returns an ImportReport."""
        library = self._writable()
        encoder = yield from self.load_encoder()
        before = frozenset(library.known())
        importing = Importing(library, encoder, self._import_pool, self._grow)
        report = yield from self._with_notices(run(importing))
        new = [swatch.id for swatch in library.swatches() if swatch.id not in before]
        library.note_arrival(new, f"Add {swatches_text(len(new))}")
        self._publish()
        yield Progress("Import finished", report.imported, report.imported, partial=self.catalog)
        return report

    def recode(self, encoder: Encoder | None = None) -> Steps:
        """Code every swatch an encoder (the current one) has not seen; returns the Catalog.

        Codes of the older encoder stay and answer until all is done, so a cancel loses nothing.
        """
        encoder = encoder or (yield from self.load_encoder())
        if self._opened().ids_without(encoder.id):
            yield from recode(self._writable(), encoder, self._import_pool)
        self.encoder = encoder
        self._publish()
        return self.catalog

    def label(self, ids: Sequence[str], labels: Labels, *, replace: bool = False) -> Steps:
        """Set a person's labels on some swatches; returns the Catalog.

        Args:
            ids: swatches; those not in the library are left out.
            labels: what is said of each of them.
            replace: exactly that is said from now on, so that None takes a label away; else None
                leaves a label as it was.

        Raises:
            LibraryError: no library is open, or it cannot be written.
        """
        name = f"Label {swatches_text(len(ids))}"
        return (yield from self.archive.label(ids, labels, name, replace=replace))

    def find_text(self, text: str) -> Steps:
        """What a typed search means, words and fields; returns ids, best first."""
        return (yield from self.archive.find(text))

    def facets(self, filters: Filters, text_ids: Sequence[str] | None = None) -> FacetCounts:
        """How many swatches each facet value would leave; pure and quick, on the snapshot."""
        catalog = self.catalog
        if catalog is None:
            raise LibraryError("Open a library first.")
        ids = None if text_ids is None else set(text_ids)
        return facet_counts(filters, catalog.coded, catalog.table, ids, self.taxonomy)

    def remember(self, key: str, value: str) -> None:
        """Keep a word with the open library (``demo_query``) and publish it."""
        self._writable().meta_set(key, value)
        self._publish()

    def keep(self, key: str, value: str) -> None:
        """Keep a word with the open library (``basket``) without a new snapshot."""
        self._writable().meta_set(key, value)

    def kept(self, key: str) -> str:
        """A word kept with the open library, or ""."""
        return self._opened().meta_get(key) or ""

    # -- the search ----------------------------------------------------------------------------

    def search(self, query: Query) -> Steps:
        """Find the nearest cloths to a picture or a swatch; returns a SearchResult.

        Raises:
            UnreadableImageError: the query picture cannot be read.
            QueryError: it is too small, or the library is coded by another encoder.
        """
        began = time.perf_counter()
        yield Progress("Looking at the cloth")
        encoder = yield from self.load_encoder()
        catalog = self._searchable()
        seen: Seen = yield from self._see(query, encoder, catalog)
        words = query.filters.text.strip()
        text_ids = set(self.archive.matching_ids(words)) if words else None
        mask = filter_mask(query.filters, catalog.coded, catalog.table, text_ids, self.taxonomy)
        if query.exclude_self:
            mask &= np.array([i != seen.digest for i in catalog.table.ids], bool)
        result: SearchResult = yield from scan(
            seen.descriptor, catalog.coded, catalog.table, query, mask, encoder.blend,
            self.taxonomy, measure=query.color_measure, layout=encoder.code_layout,
        )  # fmt: skip
        asked = catalog.find(query.swatch_id) if query.swatch_id else None
        extra = {
            "digest": seen.digest, "not_coded": len(catalog) - len(catalog.table),
            "conformal": encoder.conformal,
            "scale_source": asked.scale_source if asked else "",
        }  # fmt: skip
        return replace(
            result, seconds=time.perf_counter() - began, notes=seen.notes + result.notes,
            query_size=seen.size, query_px_per_cm=seen.px_per_cm, extra=extra,
        )  # fmt: skip

    def _see(self, query: Query, encoder: Encoder, catalog: Catalog) -> Steps:
        """Describe the query; returns Seen. A whole library swatch is not looked at again."""
        swatch = catalog.find(query.swatch_id) if query.swatch_id else None
        row = catalog.table_row_of.get(query.swatch_id) if query.swatch_id else None
        if swatch and row is not None and query.crop is None and query.px_per_cm is None:
            known = catalog.table.descriptor(row).with_stated_threads(swatch.fields)
            return Seen(known, swatch.id, (swatch.width, swatch.height), swatch.px_per_cm)
        path, scale = self._query_file(query, catalog)
        seeing = self._query_pool.submit(look_at, path, query.crop, scale)
        yield from until_done([seeing], Progress("Looking at the cloth"))
        look: Look = seeing.result()
        encoding = encoder.encode([look.views])[0]
        encoding = self.labels.heads.over_encoding(encoding, encoder.id)
        encoding = without_beliefs(encoding) if look.hopeless else encoding
        yield Progress("Searching", notice=self._notices.pop(0) if self._notices else "")
        described = look.described(encoder.id, encoding)
        if swatch is not None:
            described = described.with_stated_threads(swatch.fields)
        return Seen(
            described, look.digest, (look.width, look.height), look.px_per_cm,
            look.notes + self._beliefs_notes(encoding, look),
        )  # fmt: skip

    def _with_notices(self, operation: Steps) -> Steps:
        """Run an operation, adding the encoder's quiet sentences to its progress."""
        while True:
            try:
                progress = next(operation)
            except StopIteration as stop:
                return stop.value
            try:
                yield replace(progress, notice=self._notices.pop(0)) if self._notices else progress
            except GeneratorExit:
                operation.close()
                raise

    # -- inside --------------------------------------------------------------------------------

    def _opened(self) -> Library:
        if self._library is None:
            raise LibraryError("Open a library first.")
        return self._library

    def _writable(self) -> Library:
        library = self._opened()
        if library.read_only:
            raise LibraryError("This library is open to read only, so nothing can be changed in it.")
        return library

    def _snapshot(self) -> Catalog:
        self._opened()
        assert self.catalog is not None
        return self.catalog

    def _searchable(self) -> Catalog:
        """The catalog, if its codes can be compared with this encoder's."""
        catalog = self._snapshot()
        if catalog.other_codes and not len(catalog.table):
            raise QueryError(
                "The cloth of this library was looked at by another model. Let it be looked at again "
                "first; the pictures stay as they are."
            )
        return catalog

    def _query_file(self, query: Query, catalog: Catalog) -> tuple[str, float | None]:
        if not query.swatch_id:
            return query.path, query.px_per_cm
        swatch = catalog.find(query.swatch_id)
        if swatch is None:
            raise QueryError("That swatch is not in this library any more.")
        return swatch.path, query.px_per_cm or swatch.px_per_cm

    def _beliefs_notes(self, encoding: Encoding, look: Look) -> tuple[str, ...]:
        if look.hopeless:  # said already, and nothing worse can be said
            return ()
        missing = unjudged(encoding)
        notes = [missing] if missing else []
        if np.isnan(encoding.fine).all():
            pass  # the scale is not what keeps it from judging
        elif look.views.macro_px_per_cm is not None and not look.views.scale_known:
            notes.append("Too coarse for yarns: fine texture and tightness count on looks alone.")
        elif not look.views.scale_known:
            notes.append("Scale unknown: fine texture and tightness count on looks alone.")
        elif settle(look.threads, encoding.fine, self.taxonomy)[1] == TOO_COARSE:
            notes.append(TOO_COARSE)
        if encoding.unfamiliarity >= 1:
            notes.append("Unfamiliar: this does not look like cloth the program knows well.")
        return tuple(notes)

    def _publish(self) -> None:
        """Make a new snapshot from the library itself."""
        library = self._opened()
        encoder_id = self.encoder.id if self.encoder is not None else ""
        table = self.labels.heads.over_table(library.table(encoder_id))
        self._set_catalog(library.swatches(), table)

    def _grow(self) -> Catalog:
        """A new snapshot while an import runs; called now and then by ``Importing``."""
        self._publish()
        assert self.catalog is not None
        return self.catalog

    def _set_catalog(self, swatches: tuple, table: DescriptorTable) -> None:
        library = self._opened()
        counts = library.encoder_counts()
        coded_elsewhere = max([n for name, n in counts.items() if name != table.encoder], default=0)
        self._revision += 1
        self.catalog = Catalog(
            self._revision, library.folder, library.name, swatches, table, library.read_only,
            max(0, min(coded_elsewhere, len(swatches) - len(table))), library.pending_count(),
            tuple(library.problems()), library.meta_get("demo_query") or "",
            library.collections(), library.history(), library.removed(),
            self.encoder.conformal if self.encoder is not None else (0.0, 0.0),
        )  # fmt: skip
        self.facets(Filters())  # its columns are worked out here, not on the thread that asks first


def without_beliefs(encoding: Encoding) -> Encoding:
    """An encoding that says nothing of pattern, weave and tightness: there was no cloth to see."""
    nothing = np.full_like
    return replace(
        encoding, coarse=nothing(encoding.coarse, np.nan), fine=nothing(encoding.fine, np.nan),
        tightness=(np.nan, np.nan),
    )  # fmt: skip
