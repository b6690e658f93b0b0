"""Values of a sitting: what is asked of whom, and what an answer brought."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fabricfinder.domain.archive import Step
from fabricfinder.domain.opinion import ESTIMATED, Suggestion
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Asked:
    """One swatch to be labelled.

    Attributes:
        swatch: it.
        ghosts: what the model would say, the likeliest first.
        said: what is in force by now, or None.
        source: of the first ghost: estimated by the model, or computed from counts.
    """

    swatch: Swatch
    ghosts: tuple[Suggestion, ...] = ()
    said: str | float | None = None
    source: str = ESTIMATED


@dataclass(frozen=True, slots=True)
class LabelQueue:
    """What is asked in a sitting.

    Attributes:
        dimension, order: of what, and how sorted.
        asked: in order.
        labelled, total: swatches of the library with a label in this dimension, and all.
        vocabulary: the words to answer with.
        open: dimension -> swatches that nobody has answered in it.
        rungs: name and cover in percent of the ladder's swatches, loosest first; of tightness only.
    """

    dimension: str
    order: str
    asked: tuple[Asked, ...]
    labelled: int
    total: int
    vocabulary: Vocabulary
    open: Mapping[str, int] = field(default_factory=dict)
    rungs: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Turned:
    """A step that was made, taken back or done again, and the library's history after it.

    Attributes:
        step: the step, or None when there was none to turn.
        history: every step, oldest first, those taken back at the end.
    """

    step: Step | None
    history: tuple[Step, ...]
