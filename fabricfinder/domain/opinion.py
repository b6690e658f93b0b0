"""What somebody said of a swatch in one dimension: who, when, and from which suggestion.

A library keeps the latest word of every person and every model beside one another. The word in
force is always a person's; what a model says waits to be asked.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fabricfinder.domain.weave_record import WeaveRecord, weave_record_from

DIMENSIONS = ("coarse", "fine", "tightness")
CANT_TELL, NOT_CLOTH = "cant-tell", "not-cloth"
# Answers that are no label: the question was asked and is not asked again.
ANSWERS = frozenset({CANT_TELL, NOT_CLOTH})
# Where a value comes from, the surest first.
MEASURED, COMPUTED, JUDGED, ESTIMATED = "measured", "computed", "judged", "estimated"
SOURCES = (MEASURED, COMPUTED, JUDGED, ESTIMATED)
# How far a tightness of each source may be off, as a standard deviation in percent of cover.
TRUST = {MEASURED: 2.0, COMPUTED: 4.0, JUDGED: 8.0, ESTIMATED: 12.0}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a model proposed before somebody answered.

    Attributes:
        model: the encoder's id.
        value: taxonomy id, or percent of cover.
        certainty: 0..1.
    """

    model: str
    value: str | float
    certainty: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """One word on one swatch.

    Attributes:
        swatch: the swatch's id.
        dimension: one of DIMENSIONS.
        value: id of a term, percent of cover, or one of ANSWERS.
        who: a person's name, or the id of the model.
        at: seconds since 1970.
        by_model: whether a model said it.
        suggestion: what was on the screen when a person said it; None = nothing.
        source: one of SOURCES.
        weave: how it is woven, where that was told by a draft.
    """

    swatch: str
    dimension: str
    value: str | float
    who: str
    at: int = 0
    by_model: bool = False
    suggestion: Suggestion | None = None
    source: str = JUDGED
    weave: WeaveRecord | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a dimension, source or tightness that cannot be."""
        if self.dimension not in DIMENSIONS:
            raise ValueError(f"no dimension {self.dimension!r}")
        if self.source not in SOURCES:
            raise ValueError(f"no source {self.source!r}")
        if self.is_answer:
            return
        if (self.dimension == "tightness") == isinstance(self.value, str):
            raise ValueError(f"{self.value!r} cannot be a {self.dimension}")
        if not isinstance(self.value, str) and not 0 <= self.value <= 100:
            raise ValueError(f"tightness is a percentage from 0 to 100, not {self.value}")

    @property
    def is_answer(self) -> bool:
        """Whether it says that nothing can be said."""
        return self.value in ANSWERS

    @property
    def accepted(self) -> bool:
        """Whether it is just what the model had proposed."""
        return self.suggestion is not None and self.suggestion.value == self.value

    def how(self) -> str:
        """Everything but who, when and what, as compact JSON; "" when there is nothing to tell."""
        told: dict[str, Any] = {}
        if self.by_model:
            told["model"] = True
        if self.source != JUDGED:
            told["source"] = self.source
        if self.suggestion is not None:
            told |= {
                "by": self.suggestion.model, "suggested": self.suggestion.value,
                "certainty": round(self.suggestion.certainty, 4),
            }  # fmt: skip
        if self.weave is not None:
            told["weave"] = self.weave.to_json()
        return json.dumps(told, ensure_ascii=True, sort_keys=True) if told else ""


def read_opinion(
    swatch: str, dimension: str, who: str, value: str | float, at: int, how: str
) -> Opinion:
    """The opinion whose ``how()`` was kept; raises ValueError when that is no such text."""
    told = json.loads(how) if how else {}
    suggestion = None
    if "by" in told:
        suggestion = Suggestion(told["by"], told["suggested"], float(told["certainty"]))
    return Opinion(
        swatch, dimension, value, who, at, bool(told.get("model")), suggestion,
        told.get("source", JUDGED),
        weave_record_from(told["weave"]) if told.get("weave") else None,
    )  # fmt: skip


def in_force(opinions: Iterable[Opinion]) -> Opinion | None:
    """The word that counts among opinions on one swatch and dimension; None when none is a label.

    A person's before any model's, then the later one; “can't tell” takes nobody's label away.
    """
    labels = [o for o in opinions if not o.is_answer]
    return max(labels, key=lambda o: (not o.by_model, o.at), default=None)
