"""What a person does to her archive: fields, labels, collections, taking out, relinking, undoing.

Every change is a named step of the library's history. Operations are generators as in ``finder``.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fabricfinder.archive.doubles import doubles
from fabricfinder.archive.originals import find_moved, look_for
from fabricfinder.archive.tables import TableOffer, TableReport, offer_table, take_table, write_table
from fabricfinder.domain.archive import Step
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.expression import is_plain, parse, words_wanted
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import Labels
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.trade_fields import ARTICLE, COLOURWAY, FIELD, PICTURE
from fabricfinder.domain.units import DisplayUnits
from fabricfinder.library import Library
from fabricfinder.library.tables import Column, mapping_text
from fabricfinder.retrieval.where import matching

Steps = Generator[Progress, None, Any]


class Archive:
    """The deeds on an open library; made by the Finder, which owns the library.

    Attributes:
        units: how bare numbers in the search box are meant; None refuses them.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        publish: Callable[[], None],
        catalog: Callable[[], Catalog],
    ) -> None:
        """``library`` and ``catalog`` give the open ones or raise; ``publish`` renews the latter."""
        self._library, self._publish, self._catalog = library, publish, catalog
        self.units: DisplayUnits | None = None
        self._pool = ThreadPoolExecutor(2, "originals")

    def close(self) -> None:
        """End the pool; safe to call twice."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    # -- words ---------------------------------------------------------------------------------

    def find(self, text: str) -> Steps:
        """The swatches a typed search means; returns ids, best first where words decide.

        Raises:
            ExpressionError: it cannot be understood; the sentence says where.
        """
        yield Progress("Searching the words")
        return self.matching_ids(text)

    def matching_ids(self, text: str) -> tuple[str, ...]:
        """The ids ``find`` returns, here and now; () for an empty text."""
        library, catalog = self._library(), self._catalog()
        if not text.strip():
            return ()
        if is_plain(text):
            return tuple(library.find_text(text))
        asked = parse(text, self.units)
        mask = matching(asked, catalog, default_taxonomy(), lambda w: library.find_text(w))
        words = " ".join(f'"{w.text}"' if w.quoted else w.text for w in words_wanted(asked))
        if words:
            rows = catalog.row_of
            ranked = library.find_text(words)
            return tuple(i for i in ranked if i in rows and mask[rows[i]])
        return tuple(catalog.swatches[row].id for row in mask.nonzero()[0])

    def use_units(self, units: DisplayUnits) -> Steps:
        """Mean bare numbers in these units from now on."""
        self.units = units
        return
        yield

    # -- saying something of swatches ----------------------------------------------------------

    def edit(self, ids: Sequence[str], fields: Mapping[str, str | float], name: str) -> Steps:
        """Set trade fields; what is the article's or the colourway's is said of all its pictures.

        Args:
            ids: swatches; those not in the library are left out.
            fields: in stored units; "" takes one away.
            name: of the step, in her language.

        Raises:
            LibraryError: no library is open, or it cannot be written.
        """
        yield Progress("Saving", 0, len(ids))
        catalog = self._catalog()
        said: dict[str, dict[str, str | float]] = {}
        for key, value in fields.items():
            level = FIELD[key].level if key in FIELD else PICTURE
            filing = key in ("article", "colourway")
            for swatch_id in ids if filing else with_siblings(catalog, ids, level):
                said.setdefault(swatch_id, {})[key] = value
        known = self._library().known()
        said = {i: values for i, values in said.items() if i in known}
        return self._do(name, lambda library: library.set_fields(said))

    def label(
        self, ids: Sequence[str], labels: Labels, name: str, *, replace: bool = False
    ) -> Steps:
        """Set a person's labels; with ``replace``, None takes one away. Returns the Catalog."""
        yield Progress("Saving labels", 0, len(ids))
        known = self._library().known()
        said = {i: labels for i in ids if i in known}
        return self._do(name, lambda library: library.set_labels(said, merge=not replace))

    def set_view(self, ids: Sequence[str], view: str, name: str) -> Steps:
        """Say what pictures show of their article, one of ``trade_fields.VIEWS`` or ""."""
        yield Progress("Saving")
        views = dict.fromkeys(self._here(ids), view)
        return self._do(name, lambda library: library.set_views(views))

    def set_scale(
        self, ids: Sequence[str], px_per_cm: float | None, name: str, *, source: str = "hand"
    ) -> Steps:
        """Set the scale of pictures in px/cm; their descriptors stay until they are re-coded."""
        yield Progress("Saving")
        scales = dict.fromkeys(self._here(ids), px_per_cm)
        return self._do(name, lambda library: library.set_scales(scales, source))

    # -- collections ---------------------------------------------------------------------------

    def make_collection(
        self, collection: str, name: str, *, rule: str = "", ids: Sequence[str] = ()
    ) -> Steps:
        """Make a collection, smart with a rule, else of these swatches; returns the Catalog."""
        yield Progress("Saving")
        if rule:
            parse(rule, self.units)
        here = self._here(ids)

        def make(library: Library) -> None:
            library.make_collection(collection, rule)
            if here and not rule:
                library.gather(" ".join(collection.split()), here)

        return self._do(name, make)

    def rename_collection(self, collection: str, new: str, name: str) -> Steps:
        """Call a collection otherwise; returns the Catalog."""
        yield Progress("Saving")
        return self._do(name, lambda library: library.rename_collection(collection, new))

    def drop_collection(self, collection: str, name: str) -> Steps:
        """Drop a collection; its swatches stay. Returns the Catalog."""
        yield Progress("Saving")
        return self._do(name, lambda library: library.drop_collection(collection))

    def gather(
        self, collection: str, ids: Sequence[str], name: str, *, take_out: bool = False
    ) -> Steps:
        """Put swatches into a collection or take them out of it; returns the Catalog."""
        yield Progress("Saving")
        here = self._here(ids)
        return self._do(name, lambda library: library.gather(collection, here, take_out=take_out))

    # -- out, back, undo -----------------------------------------------------------------------

    def take_out(self, ids: Sequence[str], name: str) -> Steps:
        """Take swatches out of the library; their records stay. Returns the Catalog."""
        yield Progress("Saving")
        here = self._here(ids)
        return self._do(name, lambda library: library.take_out(here))

    def put_back(self, ids: Sequence[str], name: str) -> Steps:
        """Put swatches that were taken out back; returns the Catalog."""
        yield Progress("Saving")
        return self._do(name, lambda library: library.put_back(ids))

    def undo(self, to: int | None = None) -> Steps:
        """Take the newest step back, or every step down to and with number ``to``."""
        yield Progress("Taking back")
        library, turned = self._library(), None
        while (step := library.undo()) is not None:
            turned = step
            if to is None or step.number <= to:
                break
        return self._turned(turned)

    def redo(self, to: int | None = None) -> Steps:
        """Do the step again that was taken back last, or every one up to and with ``to``."""
        yield Progress("Doing again")
        library, turned = self._library(), None
        while (step := library.redo()) is not None:
            turned = step
            if to is None or step.number >= to:
                break
        return self._turned(turned)

    def _turned(self, step: Step | None) -> Step | None:
        if step is not None:
            self._publish()
        return step

    # -- originals -----------------------------------------------------------------------------

    def check_originals(self) -> Steps:
        """Look whether every original is where it was; returns Originals."""
        paths = {s.id: s.path for s in self._catalog().swatches}
        return (yield from look_for(paths, self._pool))

    def relink(self, swatch_id: str, path: str) -> Steps:
        """Take one example of where an original lies now, and find its missing neighbours too.

        Returns:
            Relinked.

        Raises:
            LibraryError: the file is not the original of that swatch.
        """
        library = self._writable()
        paths, relinked = yield from find_moved(library.places(), swatch_id, path, self._pool)
        library.move(paths)
        self._publish()
        return relinked

    def duplicates(self) -> Steps:
        """Swatches that may be one cloth twice, and files that are one swatch.

        Returns:
            Alikes of different articles, the most alike first; and swatch id -> its files, where
            it has several.
        """
        twice = yield from doubles(self._catalog())
        return twice, self._library().copies()

    # -- tables --------------------------------------------------------------------------------

    def offer_table(self, path: Path) -> Steps:
        """Read a CSV or XLSX and what its columns seem to be; returns a TableOffer."""
        offer: TableOffer = yield from offer_table(path, self._library().meta_get, self._pool)
        return offer

    def take_table(self, path: Path, columns: Sequence[Column], name: str) -> Steps:
        """Take over what a table says, its columns as told; returns a TableReport.

        The mapping is remembered for the next table with this header.
        """
        library = self._writable()
        key, said, report = yield from take_table(path, columns, self._catalog(), self._pool)

        def write(library: Library) -> None:
            library.set_fields(said.fields)
            library.set_labels(said.labels, merge=True)
            library.set_views(said.views)

        library.meta_set(key, mapping_text(columns))
        self._do(name, write)
        result: TableReport = report
        return result

    def write_table(self, path: Path, ids: Sequence[str] | None, units: DisplayUnits) -> Steps:
        """Write everything known of some swatches (None: all) as CSV or XLSX; returns how many."""
        return (yield from write_table(path, ids, self._catalog(), units, self._pool))

    # -- inside --------------------------------------------------------------------------------

    def _do(self, name: str, deed: Callable[[Library], None]) -> Catalog:
        """Do something as one named step, and publish what became of it."""
        library = self._writable()
        with library.step(name):
            deed(library)
        self._publish()
        return self._catalog()

    def _writable(self) -> Library:
        library = self._library()
        if library.read_only:
            raise LibraryError("This library is open to read only, so nothing can be changed in it.")
        return library

    def _here(self, ids: Sequence[str]) -> list[str]:
        known = self._library().known()
        return [i for i in ids if i in known]


def with_siblings(catalog: Catalog, ids: Sequence[str], level: str) -> list[str]:
    """Swatches, and with them all that share a field of this level, in order of arrival."""
    if level not in (ARTICLE, COLOURWAY):
        return list(ids)
    rows = {catalog.row_of[i] for i in ids if i in catalog.row_of}
    for row in tuple(rows):
        fields = catalog.swatches[row].fields
        if article := fields.get("article"):
            group = catalog.articles[str(article)]
            if level == COLOURWAY:
                same = fields.get("colourway")
                group = [r for r in group if catalog.swatches[r].fields.get("colourway") == same]
            rows.update(group)
    return [catalog.swatches[row].id for row in sorted(rows)]


def swatches_text(n: int) -> str:
    """“one swatch”, “12 swatches”."""
    return "one swatch" if n == 1 else f"{n:,} swatches"
