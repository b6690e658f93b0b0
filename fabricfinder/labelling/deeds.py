"""What the Label workspace does to an open library; every change a step that can be taken back.

A new snapshot of a large library takes longer than a key may, so nothing is published while she
labels: ``settle`` does that when she pauses. Operations are generators as in ``finder``.
"""

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.domain.agreement import Agreement, Suspect, agreements, suspicious
from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.errors import LibraryError
from fabricfinder.domain.opinion import COMPUTED, DIMENSIONS, Opinion, Suggestion
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.textile import tightness
from fabricfinder.domain.vocabulary import Vocabulary
from fabricfinder.labelling.exchange import Imported, read_opinions, write_opinions
from fabricfinder.labelling.pairing import Pairing, newest_step
from fabricfinder.labelling.questions import Asked, LabelQueue, Turned
from fabricfinder.labelling.queue import (
    AGAIN,
    DISAGREE,
    SECOND,
    alike_in,
    disagreements,
    nearest,
    order_rows,
    suggestions,
)
from fabricfinder.labelling.refitting import Refitting
from fabricfinder.library import Library
from fabricfinder.library.annotations import this_user

Steps = Generator[Progress, None, Any]
REFERENCES = 3


class Labelling:
    """The deeds on an open library; made by the Finder, which owns the library.

    Attributes:
        heads: what is learned from the labels at once.
        pairs: which of two is tighter, and the scale of all the answers.
    """

    def __init__(
        self,
        library: Callable[[], Library],
        publish: Callable[[], None],
        catalog: Callable[[], Catalog],
    ) -> None:
        """``library`` and ``catalog`` give the open ones or raise; ``publish`` renews the latter."""
        self._library, self._publish, self._catalog = library, publish, catalog
        # Dimension -> swatch id -> label, kept between keys: a large library has many.
        self._labelled: dict[str, dict[str, str | float]] = {}
        self.heads = Refitting(library, publish, catalog)
        self.pairs = Pairing(self._writable, library, catalog, self._as_seen)

    # -- asking --------------------------------------------------------------------------------

    def begin(self, dimension: str, order: str, seed: int = 0, most: int = 2000) -> Steps:
        """What to ask in a dimension; returns a LabelQueue.

        Args:
            dimension: "coarse", "fine" or "tightness".
            order: one of ``queue.ORDERS``.
            seed: of a random order.
            most: how many at most.
        """
        yield Progress("Sorting the swatches")
        library, catalog = self._library(), self._current()
        said: dict[str, str | float] = {}
        spoken: dict[str, set[str]] = {name: set() for name in DIMENSIONS}
        mine: set[str] = set()
        me = this_user()
        for opinion in library.opinions():
            if opinion.by_model:
                continue
            spoken[opinion.dimension].add(opinion.swatch)
            if opinion.dimension == dimension:
                if opinion.who == me:
                    mine.add(opinion.swatch)
                if not opinion.is_answer:
                    said[opinion.swatch] = opinion.value
        answered = spoken[dimension]
        table = self._as_seen(catalog.table, dimension)
        if order == DISAGREE:
            rows = {catalog.table_row_of[i]: v for i, v in said.items() if i in catalog.table_row_of}
            words = library.vocabulary()
            plain = {r: words.shipped(v) if isinstance(v, str) else v for r, v in rows.items()}
            chosen = [table.ids[d.row] for d in disagreements(table, dimension, plain)][:most]
        elif order == SECOND:
            chosen = [s.id for s in catalog.swatches if s.id in said and s.id not in mine][:most]
        elif order == AGAIN:
            chosen = [s.id for s in catalog.swatches if s.id in answered][:most]
        else:
            waiting = np.array([i not in answered for i in table.ids], bool)
            chosen = [table.ids[r] for r in order_rows(table, dimension, order, waiting, seed, most)]
            uncoded = (s.id for s in catalog.swatches if s.id not in catalog.table_row_of)
            chosen += [i for i in uncoded if i not in answered][: most - len(chosen)]
        yield Progress("Sorting the swatches")
        asked = self._ask_all(chosen, table, dimension, {} if order == SECOND else said)
        if order == AGAIN:  # her own words stand there, not the model's
            asked = tuple(a if a.said is None else replace(a, ghosts=()) for a in asked)
        rungs = ladder_covers() if dimension == "tightness" else ()
        left = {name: len(catalog.row_of.keys() - ids) for name, ids in spoken.items()}
        return LabelQueue(
            dimension, order, asked, len(said), len(catalog), library.vocabulary(), left, rungs
        )

    def _ask_all(
        self, ids: Sequence[str], table: DescriptorTable, dimension: str,
        said: Mapping[str, str | float],
    ) -> tuple[Asked, ...]:  # fmt: skip
        """What is asked of some swatches, with the library's own terms among the ghosts."""
        place = self._catalog().table_row_of
        coded = [i for i in ids if i in place]
        found = self.heads.own_terms(table, dimension, [place[i] for i in coded])
        own = dict(zip(coded, found, strict=True))
        return tuple(self._ask(i, table, dimension, said.get(i), own.get(i, ())) for i in ids)

    def _ask(
        self, swatch_id: str, table: DescriptorTable, dimension: str, said: str | float | None,
        own: Sequence[tuple[str, str, float]] = (),
    ) -> Asked:  # fmt: skip
        catalog = self._catalog()
        swatch = catalog.swatches[catalog.row_of[swatch_id]]
        if dimension == "tightness" and (cover := computed_cover(swatch)) is not None:
            return Asked(swatch, (Suggestion("cover", cover, 1.0),), said, COMPUTED)
        row = catalog.table_row_of.get(swatch_id)
        return Asked(swatch, () if row is None else suggestions(table, dimension, row, own), said)

    def references(self, swatch_id: str, dimension: str, k: int = REFERENCES) -> Steps:
        """The nearest labelled swatches, as (swatch id, Asked); returns ``(id, (Asked, …))``."""
        yield Progress("Looking for labelled neighbours")
        library, catalog = self._library(), self._catalog()
        row = catalog.table_row_of.get(swatch_id)
        if dimension not in self._labelled:
            self._labelled[dimension] = {
                o.swatch: o.value for o in library.opinions()
                if o.dimension == dimension and not o.by_model and not o.is_answer
            }  # fmt: skip
        said = self._labelled[dimension]
        if row is None or not said:
            return swatch_id, ()
        known = np.array([catalog.table_row_of[i] for i in said if i in catalog.table_row_of], int)
        near = nearest(catalog.table.codes, row, known, k)
        return swatch_id, tuple(
            Asked(catalog.coded[r], (), said[catalog.table.ids[r]]) for r in near
        )

    def alike(self, swatch_id: str, dimension: str, k: int = 24) -> Steps:
        """Unanswered look-alikes in this dimension only; returns a tuple of Asked."""
        yield Progress("Looking for look-alikes")
        catalog = self._current()
        row = catalog.table_row_of.get(swatch_id)
        if row is None:
            return ()
        library = self._library()
        answered = {
            o.swatch for o in library.opinions() if o.dimension == dimension and not o.by_model
        }
        table = self._as_seen(catalog.table, dimension)
        waiting = np.array([i not in answered for i in table.ids], bool)
        said = getattr(catalog.swatches[catalog.row_of[swatch_id]].labels, dimension)
        rows = alike_in(table, dimension, row, waiting, k, said)
        return self._ask_all([table.ids[r] for r in rows], table, dimension, {})

    def _as_seen(self, table: DescriptorTable, dimension: str) -> DescriptorTable:
        """The table with the model's own beliefs where a person's label lies over them."""
        column = ("coarse", "fine", "tightness").index(dimension)
        rows = np.flatnonzero(table.certain[:, column])
        if not len(rows):
            return table
        values = getattr(table, dimension).copy()
        values[rows] = self.heads.believed(table, dimension, rows)
        return replace(table, **{dimension: values})

    def _current(self) -> Catalog:
        self._labelled.clear()
        self._publish()
        return self._catalog()

    # -- saying --------------------------------------------------------------------------------

    def say(self, opinions: Sequence[Opinion], name: str) -> Steps:
        """Keep words on swatches as one step; ``settle`` shows them elsewhere. Returns Turned."""
        yield Progress("Saving labels", 0, len(opinions))
        library = self._writable()
        with library.step(name):
            library.say(opinions)
        for opinion in opinions:
            if not opinion.is_answer and opinion.dimension in self._labelled:
                self._labelled[opinion.dimension][opinion.swatch] = opinion.value
            elif opinion.is_answer:
                self._labelled.get(opinion.dimension, {}).pop(opinion.swatch, None)
        return newest_step(library)

    def undo(self) -> Steps:
        """Take the newest step back; returns Turned."""
        yield Progress("Taking back")
        library = self._writable()
        self._labelled.clear()
        return Turned(library.undo(), library.history())

    def redo(self) -> Steps:
        """Do the step again that was taken back last; returns Turned."""
        yield Progress("Doing again")
        library = self._writable()
        self._labelled.clear()
        return Turned(library.redo(), library.history())

    def pictures(self, folder: Path) -> Steps:
        """Draw an example of every term and rung into a folder, where it is not there yet."""
        from fabricfinder.synthesis.term_pictures import draw_terms

        yield from draw_terms(folder)

    def read_draft(self, path: str) -> Steps:
        """The weave of a WIF file; returns its WeaveRecord and repeat, bool (picks, ends).

        Raises:
            FabricFinderError: it is no draft that can be woven.
        """
        from fabricfinder.labelling.drafts import weave_of_file

        yield Progress("Reading the draft")
        return weave_of_file(Path(path))

    def know_draft(self, lift: np.ndarray) -> Steps:
        """What a weave squared out by hand is; returns its WeaveRecord and None.

        Raises:
            FabricFinderError: a thread floats free.
        """
        from fabricfinder.labelling.drafts import known_weave

        yield Progress("Looking at the draft")
        return known_weave(lift), None

    def settle(self) -> Steps:
        """Let everybody see what was said; returns the Catalog."""
        yield Progress("Saving labels")
        return self._current()

    def learn(self, dimension: str, order: str) -> Steps:
        """Fit a dimension's head anew and sort what is asked anew.

        Returns:
            a Refit, and a LabelQueue, or None where what is believed stays as it was.
        """
        yield from self.settle()
        before = self.heads.used(dimension)
        refit = yield from self.heads.refit(dimension)
        if not (refit.kept or before):
            return refit, None
        return refit, (yield from self.begin(dimension, order))

    def change_words(self, change: Callable[[Vocabulary], Vocabulary], name: str) -> Steps:
        """Change the vocabulary as one step; returns the new Vocabulary.

        Raises:
            FabricFinderError: the change is none that can be made.
        """
        yield Progress("Saving")
        library = self._writable()
        with library.step(name):
            library.set_vocabulary(change(library.vocabulary()))
        self._publish()
        return library.vocabulary()

    def words(self) -> Steps:
        """The vocabulary, and how many labels of anybody's name each term; (Vocabulary, counts)."""
        yield Progress("Looking up")
        library = self._library()
        used = Counter(
            str(o.value) for o in library.opinions() if not o.is_answer and isinstance(o.value, str)
        )
        return library.vocabulary(), dict(used)

    # -- trust, in and out ---------------------------------------------------------------------

    def suspects(self, dimension: str) -> Steps:
        """Labels their neighbours speak against; returns (Swatch, Suspect) pairs."""
        yield Progress("Looking at the neighbours")
        catalog = self._current()
        coded = catalog.coded
        labels = [getattr(s.labels, dimension) for s in coded]
        if dimension == "tightness":
            labels = [None if v is None else int(v // 10) for v in labels]
        groups = [s.fields.get("article") or s.id for s in coded]
        found: list[Suspect] = suspicious(catalog.table.codes, labels, groups)
        return tuple((coded[s.row], s) for s in found)

    def agreement(self) -> Steps:
        """How far people agree; returns a tuple of Agreement."""
        yield Progress("Comparing opinions")
        found: list[Agreement] = agreements(self._library().opinions())
        return tuple(found)

    def export(self, path: Path) -> Steps:
        """Write every opinion to a file by its ending; returns how many.

        Raises:
            FabricFinderError: the ending is none of ``exchange.FORMATS`` or it cannot be written.
        """
        yield Progress("Writing labels")
        library = self._library()
        return write_opinions(path, library.opinions(), library.swatches(), library.vocabulary())

    def bring(self, path: Path, name: str) -> Steps:
        """Read opinions from a file as one step; returns an Imported.

        Raises:
            FabricFinderError: it is no such file.
        """
        yield Progress("Reading labels")
        library = self._writable()
        read: Imported = read_opinions(path, library.swatches(), library.vocabulary())
        with library.step(name):
            if read.terms:
                library.set_vocabulary(library.vocabulary().with_terms(read.terms))
            library.say(read.opinions)
        self._publish()
        return read

    def _writable(self) -> Library:
        library = self._library()
        if library.read_only:
            raise LibraryError("This library is open to read only, so nothing can be changed in it.")
        return library


def computed_cover(swatch: Swatch) -> float | None:
    """Tightness by the swatch's own counts and densities in percent, or None without all four."""
    names = ("ends_per_cm", "picks_per_cm", "warp_tex", "weft_tex")
    values = [swatch.fields.get(name) for name in names]
    if not all(isinstance(v, float) and v > 0 for v in values):
        return None
    return round(tightness(*values), 1)


def ladder_covers() -> tuple[tuple[str, float], ...]:
    """Name and cover in percent of each reference swatch of the ladder."""
    from fabricfinder.synthesis.ladder import ladder

    return tuple((rung.name, round(rung.cover, 1)) for rung in ladder())
