"""A weave told by its draft, squared out by hand or read from a WIF file: what it is called."""

from pathlib import Path

import numpy as np

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.weave_record import WeaveRecord, record_of
from fabricfinder.synthesis.drafts import draft_of, one_repeat, weave_of
from fabricfinder.synthesis.wif import load_draft

MOST_SHOWN = 64


def known_weave(lift: np.ndarray, shafts: int = 0) -> WeaveRecord:
    """The record of a lift, bool (picks, ends), row 0 at the top.

    Args:
        lift: at least one repeat.
        shafts: of the draft; 0 = as many as it needs.

    Raises:
        FabricFinderError: an end or a pick never interlaces, so it is no cloth.
    """
    repeat = one_repeat(np.ascontiguousarray(lift, bool))
    for axis, thread in ((0, "end"), (1, "pick")):
        if repeat.all(axis=axis).any() or not repeat.any(axis=axis).all():
            raise FabricFinderError(
                f"A whole {thread} floats free: every {thread} must pass both over and under."
            )
    weave = weave_of(repeat, shafts or draft_of(repeat).shafts)
    taxonomy = default_taxonomy()
    return record_of(repeat, weave.fine, taxonomy.families.get(weave.fine, weave.fine))


def weave_of_file(path: Path) -> tuple[WeaveRecord, np.ndarray]:
    """The record of a WIF file and its repeat, bool (picks, ends), at most 64 each way.

    Raises:
        FabricFinderError: it is no draft that can be woven; the sentence says why.
    """
    draft = load_draft(path)
    lift = draft.lift()
    record = known_weave(lift, draft.shafts)
    return record, one_repeat(lift)[:MOST_SHOWN, :MOST_SHOWN]
