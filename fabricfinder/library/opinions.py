"""Everybody's words on swatches, and the library's own vocabulary."""

import json
from collections.abc import Iterable, Iterator, Sequence

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.opinion import Opinion, read_opinion
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.vocabulary import Term, Vocabulary, shipped_vocabulary
from fabricfinder.library.annotations import this_user
from fabricfinder.library.database import from_stored, to_stored
from fabricfinder.library.descriptor_rows import read_table
from fabricfinder.library.gathering import Gathering
from fabricfinder.library.swatch_rows import row_lists

_COLUMNS = "id, dimension, who, value, said_at, how"


class Opinions(Gathering):
    """Labels with who, when and why; ``set_labels`` writes the plain ones here too."""

    def say(self, opinions: Sequence[Opinion]) -> None:
        """Keep words on swatches; a person's latest is in force, a model's never is.

        A word in place of an earlier one of the same mouth replaces it. “Can't tell” and “not
        cloth” take her own label out of force, nobody else's. A term of the library's own is kept
        as said, and in force is the shipped one it counts as.

        Raises:
            KeyError: a swatch is not in the library.
            FabricFinderError: a term is not in the library's vocabulary.
            LibraryError: the library is read-only or its disk is full; nothing was kept.
        """
        self._db.require_writable()
        if not opinions:
            return
        rows = self._rows_of([o.swatch for o in opinions])
        words = self.vocabulary()
        kept, forced, gone = [], [], []
        for row, o in zip(rows, opinions, strict=True):
            who = to_stored(o.who or this_user())
            kept.append((row, o.dimension, who, o.value, o.at, o.how()))
            if o.by_model:
                continue
            if o.is_answer:
                gone.append((row, o.dimension, who))
                continue
            value = words.shipped(o.value) if isinstance(o.value, str) else float(o.value)
            forced.append((row, o.dimension, value, who, o.at))
        with self._changing():
            self._db.write_many("INSERT OR REPLACE INTO opinion VALUES (?, ?, ?, ?, ?, ?)", kept)
            self._db.write_many("INSERT OR REPLACE INTO label VALUES (?, ?, ?, ?, ?)", forced)
            self._db.write_many(
                "DELETE FROM label WHERE swatch = ? AND dimension = ? AND who = ?", gone
            )
            self._reindex(sorted(set(rows)))
        self._touch(rows)

    def opinions(self, ids: Iterable[str] | None = None) -> tuple[Opinion, ...]:
        """What everybody said, of all swatches or some, in order of arrival and by who."""
        rows = None if ids is None else sorted(set(self._rows_of(list(ids))))
        return tuple(self._read_opinions(rows))

    def _read_opinions(self, rows: Sequence[int] | None) -> Iterator[Opinion]:
        for where in row_lists(rows, "swatch"):
            condition = f"{where} AND" if where else " WHERE"
            for i, dimension, who, value, at, how in self._db.rows(
                f"SELECT {_COLUMNS} FROM opinion JOIN swatch ON swatch.row = swatch"
                f"{condition} removed_at IS NULL ORDER BY swatch, dimension, who"
            ):
                yield read_opinion(i, dimension, from_stored(who), from_stored(value), at, how)

    def answer_pair(self, tighter: str, looser: str, who: str = "", at: int = 0) -> None:
        """Keep that one swatch is tighter than another.

        Raises:
            KeyError: one is not in the library.
            LibraryError: the library is read-only or its disk is full.
        """
        self._db.require_writable()
        one, other = self._rows_of([tighter, looser])
        with self._changing():
            self._db.write(
                "INSERT INTO pair (tighter, looser, who, said_at) VALUES (?, ?, ?, ?)",
                (one, other, to_stored(who or this_user()), at),
            )

    def pairs(self) -> list[tuple[str, str]]:
        """Every answer to “which is tighter?” as (tighter, looser) ids, the first first."""
        return self._db.rows(
            "SELECT t.id, l.id FROM pair JOIN swatch t ON t.row = tighter"
            " JOIN swatch l ON l.row = looser"
            " WHERE t.removed_at IS NULL AND l.removed_at IS NULL ORDER BY pair.row"
        )

    def seen_table(self, encoder_id: str, ids: Iterable[str]) -> DescriptorTable:
        """What an encoder itself believes of some swatches, nobody's label merged in."""
        rows = sorted(self._rows_of(list(ids)))
        return read_table(self._db, encoder_id, default_taxonomy(), rows, as_seen=True)[1]

    def vocabulary(self) -> Vocabulary:
        """The shipped terms, changed and extended as this library has them."""
        rows = self._db.rows("SELECT id, dimension, names, counts_as, merged_into FROM term")
        own = []
        for term_id, dimension, names, counts_as, merged_into in rows:
            told = json.loads(names)
            own.append(
                Term(term_id, dimension, told["names"], tuple(told["also"]), counts_as, merged_into)
            )
        shipped = shipped_vocabulary()
        return shipped.with_terms(own) if own else shipped

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Keep the terms that differ from what ships; labels follow merged terms.

        Raises:
            FabricFinderError: the terms do not hang together.
            LibraryError: the library is read-only or its disk is full.
        """
        self._db.require_writable()
        own = vocabulary.own()
        whole = shipped_vocabulary().with_terms(own)
        before = {term.id for term in self.vocabulary().own()}
        with self._changing():
            gone = [(i,) for i in before - {term.id for term in own}]
            self._db.write_many("DELETE FROM term WHERE id = ?", gone)
            self._db.write_many(
                "INSERT OR REPLACE INTO term VALUES (?, ?, ?, ?, ?)",
                [(t.id, t.dimension, _names_text(t), t.counts_as, t.merged_into) for t in own],
            )
            self._follow(whole)

    def _follow(self, words: Vocabulary) -> None:
        """Put in force what the terms people chose count as now."""
        rows = self._db.rows(
            "SELECT o.swatch, o.dimension, o.value, l.value FROM opinion o JOIN label l"
            " ON l.swatch = o.swatch AND l.dimension = o.dimension AND l.who = o.who"
            " WHERE o.dimension != 'tightness'"
        )
        changed = []
        for row, dimension, said, forced in rows:
            said, forced = from_stored(said), from_stored(forced)
            if said in words.terms and (now := words.shipped(said)) != forced:
                changed.append((now, row, dimension))
        self._db.write_many(
            "UPDATE label SET value = ? WHERE swatch = ? AND dimension = ?", changed
        )
        touched = sorted({row for _, row, _ in changed})
        self._reindex(touched)
        self._touch(touched)


def _names_text(term: Term) -> str:
    return json.dumps({"names": dict(term.names), "also": list(term.also)}, sort_keys=True)
