"""Which of two swatches is tighter: what is asked, what is kept, and the scale taken over as labels."""

import math
import time
from collections.abc import Callable, Generator
from typing import Any

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.opinion import (
    COMPUTED,
    ESTIMATED,
    JUDGED,
    MEASURED,
    TRUST,
    Opinion,
    Suggestion,
)
from fabricfinder.domain.pairs import UNKNOWN, PairScale, fit_scale, next_pair
from fabricfinder.domain.progress import Progress
from fabricfinder.labelling.questions import Turned
from fabricfinder.library import Library

Steps = Generator[Progress, None, Any]
PAIRED = 60  # swatches that take part in the questions of pairs
SURE_ENOUGH = 12.0  # deviation in percent of cover up to which a place becomes a label
PAIRS = "pairs"  # what suggested a label that was read off the scale
_NEAR = 5.0


class Pairing:
    """The deeds on pairs of an open library; made by Labelling."""

    def __init__(
        self, writable: Callable[[], Library], library: Callable[[], Library],
        catalog: Callable[[], Catalog],
        as_seen: Callable[[DescriptorTable, str], DescriptorTable],
    ) -> None:  # fmt: skip
        """``as_seen`` gives a table as the model sees it, people's labels of a dimension out."""
        self._writable, self._library = writable, library
        self._catalog, self._as_seen = catalog, as_seen

    def scale(self, seed: int = 0) -> Steps:
        """The scale of tightness from all that is known and answered.

        Returns:
            ids taking part, their PairScale, the two ids to ask next, and how many answers there are.
        """
        yield Progress("Weighing the answers")
        ids, mean, spread = self._known_covers(seed)
        place = {swatch_id: at for at, swatch_id in enumerate(ids)}
        answers = [(place[t], place[s]) for t, s in self._library().pairs()
                   if t in place and s in place]  # fmt: skip
        scale: PairScale = fit_scale(len(ids), answers, mean, spread)
        pair = tuple(ids[at] for at in next_pair(scale)) if len(ids) > 1 else ()
        return ids, scale, pair, len(answers)

    def answer(self, tighter: str, looser: str, name: str) -> Steps:
        """Keep an answer as one step; returns Turned."""
        yield Progress("Saving")
        library = self._writable()
        with library.step(name):
            library.answer_pair(tighter, looser)
        return newest_step(library)

    def take_over(self, name: str) -> Steps:
        """Make the places on the scale labels, judged by her, as one step; returns how many.

        Only swatches she has compared, and whose place is known well enough; what was measured,
        computed from counts or judged by itself stays as it is.
        """
        ids, scale, _, _ = yield from self.scale()
        library = self._writable()
        compared = {i for pair in library.pairs() for i in pair}
        firm = {o.swatch for o in self._said().values() if not _by_pairs(o)
                and o.source in (MEASURED, COMPUTED, JUDGED)}  # fmt: skip
        now, found = int(time.time()), []
        for swatch_id, mean, sd in zip(ids, scale.mean, scale.sd, strict=True):
            if swatch_id in compared and swatch_id not in firm and sd <= SURE_ENOUGH:
                value = round(float(np.clip(mean, 0, 100)), 1)
                sure = math.erf(_NEAR / (float(sd) * math.sqrt(2)))
                suggestion = Suggestion(PAIRS, value, sure)
                found.append(Opinion(swatch_id, "tightness", value, "", now, suggestion=suggestion,
                                     source=JUDGED))  # fmt: skip
        with library.step(name):
            library.say(found)
        return len(found)

    def _said(self) -> dict[str, Opinion]:
        """Swatch id -> a person's tightness of it."""
        return {
            o.swatch: o for o in self._library().opinions()
            if o.dimension == "tightness" and not o.by_model and not o.is_answer
        }  # fmt: skip

    def _known_covers(self, seed: int) -> tuple[list[str], np.ndarray, np.ndarray]:
        """The swatches compared, and what is known of each: mean and deviation in percent.

        A label read off the scale is no further evidence for the scale.
        """
        catalog = self._catalog()
        said = {i: o for i, o in self._said().items() if not _by_pairs(o)}
        asked = {i for pair in self._library().pairs() for i in pair}
        rest = [s.id for s in catalog.swatches if s.id not in asked]
        drawn = np.random.default_rng(seed).permutation(len(rest))[: max(0, PAIRED - len(asked))]
        ids = [s.id for s in catalog.swatches if s.id in asked] + [rest[i] for i in drawn]
        mean, spread = np.full(len(ids), UNKNOWN[0]), np.full(len(ids), UNKNOWN[1])
        table = self._as_seen(catalog.table, "tightness")
        for at, swatch_id in enumerate(ids):
            word = said.get(swatch_id)
            row = catalog.table_row_of.get(swatch_id)
            if word is not None:
                mean[at], spread[at] = float(word.value), TRUST[word.source]
            elif row is not None and np.isfinite(table.tightness[row]).all():
                mean[at] = table.tightness[row, 0]
                spread[at] = max(TRUST[ESTIMATED], float(table.tightness[row, 1]))
        return ids, mean, spread


def _by_pairs(opinion: Opinion) -> bool:
    return opinion.suggestion is not None and opinion.suggestion.model == PAIRS


def newest_step(library: Library) -> Turned:
    """The step a library made last, and its history."""
    history = library.history()
    return Turned(next((s for s in reversed(history) if not s.undone), None), history)
