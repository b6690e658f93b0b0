"""In which order swatches are asked, what the model would say, and who looks alike.

Pure: from a table of descriptors to rows; nothing here knows a library.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable
from fabricfinder.domain.opinion import Suggestion
from fabricfinder.domain.taxonomy import default_taxonomy

LEAST_SURE, MOST_USEFUL, RANDOM, DISAGREE = "least-sure", "most-useful", "random", "disagree"
SECOND = "second"  # what somebody else has labelled, without what was said
AGAIN = "again"  # what was answered, to look through once more
ORDERS = (MOST_USEFUL, LEAST_SURE, RANDOM, DISAGREE, SECOND, AGAIN)
GHOSTS = 12
_WORTH_SAYING = 0.01  # a belief below this is no suggestion, but for the likeliest
_ANCHORS = 256
_COVERED = 100  # heads are fitted and the queue sorted anew long before
# A tightness within this much of what the model says is no disagreement, percent.
_NEAR = 12.0


@dataclass(frozen=True, slots=True)
class Disagreement:
    """How far the model believes something else than was said: row, and 0..1."""

    row: int
    amount: float


def beliefs_of(table: DescriptorTable, dimension: str) -> np.ndarray:
    """Belief over the classes of a dimension, float32 (n, classes); raises KeyError for others."""
    return {"coarse": table.coarse, "fine": table.fine}[dimension]


def unsureness(table: DescriptorTable, dimension: str) -> np.ndarray:
    """How unsure the model is of each swatch, float64 (n,) in 0..1; nan beliefs count as 1.

    Entropy over its largest possible value; for tightness the deviation over 25 percent.
    """
    if dimension == "tightness":
        spread = np.nan_to_num(table.tightness[:, 1].astype(float), nan=25.0)
        return np.clip(spread / 25.0, 0, 1)
    belief = beliefs_of(table, dimension).astype(float)
    known = np.isfinite(belief).all(axis=1)
    p = np.clip(np.where(known[:, None], belief, 1.0), 1e-12, 1)
    entropy = -(p * np.log(p)).sum(axis=1) / np.log(belief.shape[1])
    return np.where(known, np.clip(entropy, 0, 1), 1.0)


def order_rows(
    table: DescriptorTable, dimension: str, order: str, waiting: np.ndarray, seed: int = 0,
    most: int = 2000,
) -> np.ndarray:  # fmt: skip
    """Rows to ask, best first.

    Args:
        table: descriptors, as the model sees them.
        dimension: "coarse", "fine" or "tightness".
        order: LEAST_SURE, MOST_USEFUL or RANDOM.
        waiting: bool (n,), the rows not answered yet.
        seed: of RANDOM and MOST_USEFUL, which draw.
        most: how many at most.

    Returns:
        int64 (≤ most,).

    Raises:
        ValueError: no such order.
    """
    rows = np.flatnonzero(waiting)
    rng = np.random.default_rng(seed)
    if order == RANDOM:
        return rng.permutation(rows)[:most]
    unsure = unsureness(table, dimension)
    if order == LEAST_SURE:
        return rows[np.argsort(-unsure[rows], kind="stable")][:most]
    if order != MOST_USEFUL:
        raise ValueError(f"no order {order!r}")
    known = np.flatnonzero(~waiting)
    if len(known) > _ANCHORS:
        known = rng.permutation(known)[:_ANCHORS]
    return _covering(table.codes, rows, known, _doubt(table, dimension, rows), rng)[:most]


def _doubt(table: DescriptorTable, dimension: str, rows: np.ndarray) -> np.ndarray:
    """1 less the lead of the likeliest over the second, float64 (k,); tightness as ``unsureness``."""
    if dimension == "tightness":
        return unsureness(table, dimension)[rows] + 1e-3
    belief = np.nan_to_num(beliefs_of(table, dimension)[rows].astype(float), nan=0.0)
    two = np.partition(belief, -2, axis=1)[:, -2:]
    return 1.0 - np.abs(two[:, 1] - two[:, 0]) + 1e-3


def _covering(
    codes: np.ndarray, rows: np.ndarray, known: np.ndarray, doubt: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Rows in doubt that lie far from what is answered and from one another first, int64 (k,).

    Drawn by doubt × distance to the nearest answered or drawn code (k-means++, Arthur &
    Vassilvitskii 2007), ``_COVERED`` of them; the others follow by doubt. A twin of what is known
    is asked last.
    """
    if not len(rows):
        return rows
    own = codes[rows]
    far = np.full(len(rows), codes.shape[1] * 8.0)
    for one in known:
        np.minimum(far, np.bitwise_count(own ^ codes[one]).sum(axis=1, dtype=np.uint16), out=far)
    drawn: list[int] = []
    for _ in range(min(_COVERED, len(rows))):
        worth = np.cumsum(doubt * far)
        if worth[-1] <= 0:
            break
        at = min(int(np.searchsorted(worth, rng.random() * worth[-1], "right")), len(rows) - 1)
        drawn.append(at)
        np.minimum(far, np.bitwise_count(own ^ own[at]).sum(axis=1, dtype=np.uint16), out=far)
    left = np.ones(len(rows), bool)
    left[drawn] = False
    rest = np.flatnonzero(left)
    rest = rest[np.lexsort((-doubt[rest], far[rest] <= 0))]
    return rows[np.concatenate([np.array(drawn, np.int64), rest])]


def disagreements(
    table: DescriptorTable, dimension: str, said: dict[int, str | float]
) -> list[Disagreement]:
    """Labelled rows of which the model believes something else, the worst first.

    Args:
        table: what the model itself believes.
        dimension: of which labels.
        said: row -> taxonomy id or percent.
    """
    found = []
    taxonomy = default_taxonomy()
    index = taxonomy.coarse_index if dimension == "coarse" else taxonomy.fine_index
    for row, value in said.items():
        if dimension == "tightness":
            off = abs(float(table.tightness[row, 0]) - float(value))
            amount = 0.0 if not off > _NEAR else min(1.0, off / 50.0)
        else:
            belief = beliefs_of(table, dimension)[row]
            best = int(np.nanargmax(belief)) if np.isfinite(belief).any() else -1
            own = index.get(str(value), -1)
            amount = 0.0 if best in (own, -1) else float(belief[best] - max(0.0, belief[own]))
        if amount > 0:
            found.append(Disagreement(row, amount))
    return sorted(found, key=lambda d: (-d.amount, d.row))


def suggestions(
    table: DescriptorTable, dimension: str, row: int,
    own: Sequence[tuple[str, str, float]] = (),
) -> tuple[Suggestion, ...]:  # fmt: skip
    """What the model would say of a row, the likeliest first; () where it cannot say.

    ``own`` are the library's own terms: (term, the shipped one it counts as, chance), and their
    chance is part of what is believed of the shipped one. Of tightness the certainty is the chance to be within five percent, by a normal distribution.
    """
    if dimension == "tightness":
        mean, spread = (float(v) for v in table.tightness[row])
        if not np.isfinite(mean):
            return ()
        from math import erf, sqrt

        sure = erf(5.0 / (max(spread, 0.1) * sqrt(2))) if np.isfinite(spread) else 0.0
        return (Suggestion(table.encoder, round(mean, 1), sure),)
    belief = beliefs_of(table, dimension)[row]
    if not np.isfinite(belief).all():
        return ()
    taxonomy = default_taxonomy()
    ids = taxonomy.coarse if dimension == "coarse" else taxonomy.fine
    chances = dict(zip(ids, belief.tolist(), strict=True))
    for term, counts_as, chance in own:
        chances[term] = chance
        chances[counts_as] = max(0.0, chances[counts_as] - chance)
    best = sorted(chances, key=lambda i: -chances[i])[:GHOSTS]
    return tuple(
        Suggestion(table.encoder, i, chances[i])
        for at, i in enumerate(best) if at == 0 or chances[i] >= _WORTH_SAYING
    )  # fmt: skip


def nearest(codes: np.ndarray, row: int, among: np.ndarray, k: int) -> np.ndarray:
    """The k rows of ``among`` whose codes are nearest to a row's, itself left out, int64 (≤ k,)."""
    among = among[among != row]
    distance = np.bitwise_count(codes[among] ^ codes[row]).sum(axis=1)
    return among[np.argsort(distance, kind="stable")[:k]]


def alike_in(
    table: DescriptorTable, dimension: str, row: int, waiting: np.ndarray, k: int,
    said: str | float | None = None,
) -> np.ndarray:  # fmt: skip
    """Rows that look like one in this dimension only, int64 (≤ k,): beliefs decide, codes part ties.

    Similarity Σ min(p, q) of beliefs (science §2.5), or nearness of tightness; what was ``said`` of
    the one, a shipped term or percent, counts as a second belief that is quite sure.
    """
    rows = np.flatnonzero(waiting)
    rows = rows[rows != row]
    if dimension == "tightness":
        here = table.tightness[row, 0] if said is None else float(said)
        likeness = -np.abs(table.tightness[rows, 0] - here)
    else:
        belief = beliefs_of(table, dimension)
        likeness = np.minimum(belief[rows], belief[row]).sum(axis=1)
        taxonomy = default_taxonomy()
        index = taxonomy.coarse_index if dimension == "coarse" else taxonomy.fine_index
        if said in index:
            likeness = likeness + belief[rows, index[said]]
    likeness = np.nan_to_num(likeness.astype(float), nan=-1e9)
    distance = np.bitwise_count(table.codes[rows] ^ table.codes[row]).sum(axis=1)
    return rows[np.lexsort((distance, -np.round(likeness, 2)))[:k]]
