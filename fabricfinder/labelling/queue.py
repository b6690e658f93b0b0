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
ORDERS = (MOST_USEFUL, LEAST_SURE, RANDOM, DISAGREE)
GHOSTS = 12
_WORTH_SAYING = 0.01  # a belief below this is no suggestion, but for the likeliest
_ANCHORS = 256
_BLOCK = 4096
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
        seed: of RANDOM and of what is drawn for MOST_USEFUL.
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
    worth = unsure[rows] * _typical(table.codes, rows, rng)
    best = rows[np.argsort(-worth, kind="stable")][: 4 * most]
    return _spread_out(table.codes, best, min(most, 200))[:most]


def _typical(codes: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How many others each row is like, float64 (k,): a label there tells of many."""
    if not len(rows):
        return np.zeros(0)
    anchors = codes[rng.permutation(rows)[:_ANCHORS]]
    tau = codes.shape[1]  # an eighth of the bits
    found = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        block = codes[rows[start : start + _BLOCK]]
        distance = np.zeros((len(block), len(anchors)), np.uint16)
        for byte in range(codes.shape[1]):
            distance += np.bitwise_count(block[:, byte, None] ^ anchors[None, :, byte])
        found[start : start + len(block)] = np.exp(distance * (-1.0 / tau)).mean(axis=1)
    return found


def _spread_out(codes: np.ndarray, rows: np.ndarray, first: int) -> np.ndarray:
    """The best rows, of near twins only one among the ``first``; the twins follow later."""
    kept: list[int] = []
    late: list[int] = []
    near = codes.shape[1] * 8 // 16
    for at, row in enumerate(rows):
        if len(kept) >= first:
            return np.array([*kept, *late, *rows[at:]], np.int64)
        distance = np.bitwise_count(codes[kept] ^ codes[row]).sum(axis=1) if kept else None
        (late if distance is not None and distance.min() < near else kept).append(int(row))
    return np.array([*kept, *late], np.int64)


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
