"""Proof by intervention: change one thing about a cloth, and see which bits of its code move.

A cloth is re-dyed, re-woven or re-set and photographed again by the same camera, standing at the
same place, in the same light. Of a code made of sub-codes only the one meant may move.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from fabricfinder.domain.encoder import CodeLayout, Encoder, Views
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.similarity import DIMENSIONS, TIGHTNESS_ALPHA, TIGHTNESS_ETA
from fabricfinder.evaluation.intervals import Interval, cluster_bootstrap
from fabricfinder.evaluation.report import Figure, Report
from fabricfinder.retrieval.palette_transport import palette_similarity
from fabricfinder.synthesis.camera import SCANNER, capture
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.render import macro_field_cm, palette_of
from fabricfinder.synthesis.sampling import MINORS, sample_fabric
from fabricfinder.synthesis.siblings import redyed, reset, rewoven
from fabricfinder.vision.views import views_of

Kind = Literal["re-dyed", "re-woven", "re-set"]
MEANT: dict[Kind, str] = {"re-dyed": "color", "re-woven": "fine", "re-set": "tightness"}
SETT_FACTORS = (0.75, 0.9, 1.1, 1.25)
FIELD_CM = (4.0, 8.0)
PX_PER_CM = 118.11  # 300 dpi
# A change that moves another dimension by more than this is no clean intervention.
ALIKE = 0.95
ENCODED_AT_ONCE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One cloth before and after an intervention, seen by one camera.

    Attributes:
        kind: what was done; ``MEANT[kind]`` is the dimension it is meant to change.
        fabric: index of the cloth before; pairs of one cloth share it.
        before, after: views of both.
        similarity: the four S_d of the labels, float (4,).
    """

    kind: Kind
    fabric: int
    before: Views
    after: Views
    similarity: np.ndarray


def changed(fabric: Fabric, kind: Kind, rng: np.random.Generator) -> Fabric:
    """The cloth after an intervention; its repeat keeps its mm."""
    if kind == "re-dyed":
        return redyed(fabric, rng)
    if kind == "re-woven":
        return rewoven(fabric, rng)
    return reset(fabric, float(rng.choice(SETT_FACTORS)))


def label_similarity(one: Fabric, other: Fabric) -> np.ndarray:
    """S of each dimension by the exact labels of two cloths, float64 (4,)."""
    gap = abs(one.tightness - other.tightness) / (TIGHTNESS_ALPHA * TIGHTNESS_ETA)
    palettes = [palette_of(fabric).to_array() for fabric in (one, other)]
    return np.array([
        one.coarse == other.coarse, one.fine == other.fine,
        palette_similarity(palettes[0], palettes[1][None])[0], max(0.0, 1 - gap),
    ], np.float64)  # fmt: skip


def is_clean(similarity: np.ndarray, meant: str) -> bool:
    """Whether the dimension meant did change and every other one stayed what it was."""
    at = DIMENSIONS.index(meant)
    return bool(similarity[at] < ALIKE and (np.delete(similarity, at) >= ALIKE).all())


def same_camera(fabrics: Sequence[Fabric], seed: tuple[int, ...]) -> list[Views]:
    """Views of each cloth by one scan of 300 dpi: place, light and noise are the same."""
    field = float(np.clip(macro_field_cm(fabrics[0]), *FIELD_CM))
    settings = replace(
        SCANNER, side_px=round(PX_PER_CM * field), field_cm=(field, field), scale=(1.0, 1.0),
        crop=(1.0, 1.0), fold_or_edge=0.0, max_px=4000,
    )  # fmt: skip
    photos = [capture(fabric, np.random.default_rng(seed), settings) for fabric in fabrics]
    return [views_of(photo.image, photo.px_per_cm) for photo in photos]


def intervene(
    n_pairs: int, seed: int = 0, minors: Sequence[str] = MINORS
) -> Iterator[tuple[Pair | None, int]]:
    """Draw cloths and change each in every way that is clean, until there are n pairs.

    Yields:
        each pair with the number of changes refused since the last; None after a cloth that
        gave none.
    """
    made = 0
    index = 0
    while made < n_pairs:
        rng = np.random.default_rng((seed, index))
        base = sample_fabric(rng, minor=minors[index % len(minors)])
        refused = 0
        clean: list[tuple[Kind, Fabric, np.ndarray]] = []
        for kind, meant in MEANT.items():
            other = changed(base, kind, rng)
            similarity = label_similarity(base, other)
            if is_clean(similarity, meant):
                clean.append((kind, other, similarity))
            else:
                refused += 1
        clean = clean[: n_pairs - made]
        if not clean:
            yield None, refused
        else:
            before, *after = same_camera([base, *(f for _, f, _ in clean)], (seed, index, 1))
            for (kind, _, similarity), views in zip(clean, after, strict=True):
                yield Pair(kind, index, before, views, similarity), refused
                refused = 0
        made += len(clean)
        index += 1


def flips(encoder: Encoder, pairs: Sequence[Pair], layout: CodeLayout) -> np.ndarray:
    """Bits that differ in each sub-code of each pair, int64 (n, 4)."""
    codes = []
    for side in ("before", "after"):
        encodings = encoder.encode([getattr(pair, side) for pair in pairs])
        codes.append(np.stack([e.code.bits for e in encodings]))
    moved = codes[0] != codes[1]
    return np.stack([moved[:, start:stop].sum(1) for _, start, stop in layout], 1)


def leak_of(moved: np.ndarray, meant: np.ndarray) -> np.ndarray:
    """Flipped bits outside the sub-code meant / all flipped bits, a pair.

    Args:
        moved: int (n, 4), from ``flips``.
        meant: int (n,), column of the sub-code meant.

    Returns:
        float64 (n,) in [0, 1]; nan where nothing moved at all.
    """
    total = moved.sum(1)
    inside = moved[np.arange(len(moved)), meant]
    return np.where(total > 0, (total - inside) / np.maximum(total, 1), np.nan)


def leak_report(
    moved: np.ndarray, kinds: Sequence[Kind], clusters: Sequence[int], refused: int, system: str
) -> Report:
    """Leak, and the share of pairs that move the sub-code meant at all, over all and by kind."""
    names = np.array(kinds)
    meant = np.array([DIMENSIONS.index(MEANT[kind]) for kind in kinds], int)
    leak = leak_of(moved, meant)
    inside = moved[np.arange(len(moved)), meant]
    overall, by_kind = [], []
    for group in ("", *MEANT):
        rows = np.flatnonzero(names == group) if group else np.arange(len(names))
        if not len(rows):
            continue
        of = [clusters[row] for row in rows]
        found = by_kind if group else overall
        for name, values in (
            ("leak", leak[rows]), ("moves its sub-code", (inside[rows] > 0).astype(float)),
            ("bits moved inside", inside[rows].astype(float)),
            ("bits moved outside", (moved.sum(1) - inside)[rows].astype(float)),
        ):  # fmt: skip
            found.append(_figure(name, values, cluster_bootstrap(values, of), group))
    note = f"{refused} changes refused: they would have changed another dimension's label too."
    return Report(system, "leak by intervention", tuple(overall), tuple(by_kind), (note,))


def _figure(name: str, values: np.ndarray, interval: Interval, group: str) -> Figure:
    known = int((~np.isnan(values)).sum())
    return Figure(
        name, interval.value, known, float("nan"), interval.low, interval.high,
        len(values) - known, group,
    )  # fmt: skip


def evaluate_leak(
    encoder: Encoder, n_pairs: int = 500, seed: int = 0, minors: Sequence[str] = MINORS
) -> Generator[Progress, None, Report]:
    """Measure the leak of an encoder's sub-codes over pairs drawn for it.

    Yields:
        Progress in pairs.

    Raises:
        FabricFinderError: the encoder's code has no sub-codes.
    """
    layout = encoder.code_layout
    if not layout:
        raise FabricFinderError(
            f"The code of {encoder.id} is one knot, not made of sub-codes; there is no leak to "
            "measure. Name a model trained as dvsh-facets."
        )
    waiting: list[Pair] = []
    moved, kinds, clusters = [], [], []
    refused = 0
    for pair, no in intervene(n_pairs, seed, minors):
        refused += no
        if pair is not None:
            waiting.append(pair)
            kinds.append(pair.kind)
            clusters.append(pair.fabric)
        if len(waiting) == ENCODED_AT_ONCE or (waiting and len(kinds) == n_pairs):
            moved.append(flips(encoder, waiting, layout))
            waiting = []
        yield Progress("Changing cloth", len(kinds), n_pairs, "pairs")
    return leak_report(np.concatenate(moved), kinds, clusters, refused, encoder.id)
