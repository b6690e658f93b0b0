"""Fit the small network that tells which peaks of a spectrum are yarns, on rendered cloth.

    python -m fabricfinder.training.density --fabrics 3000 --out resources/yarn-density.json

A fifth of the fabrics is held back: it sets the least probability at which a count is given and the
width of the interval. The figures printed are of another fifth that neither step has seen.
"""

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from fabricfinder.domain.density import COVERAGE, MIN_PX_PER_YARN, SAME_COUNT
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.calibration import conformal_quantile
from fabricfinder.synthesis.camera import RECIPE_V1, SCANNER, CaptureSettings, capture
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.processes import in_processes
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.weaves import WEAVE_FINES
from fabricfinder.vision.density import PairWeigher, pairs_in
from fabricfinder.vision.yarn_spectrum import PeakPairs

SIDE_PX = 640
SCANNED_AT = (300 / 2.54, 400 / 2.54, 600 / 2.54)  # px/cm of common scans
SCALES = (80.0, 260.0)  # px/cm of the others
HIDDEN = 32
EPOCHS = 40
BATCH = 64
RIGHT_SHARE = 0.97  # of the answers given on held-back cloth
SLACK = 0.002  # added to an error before its logarithm is fitted


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """Pairs of peaks of one rendered picture, and the truth.

    Attributes:
        pairs: of the picture as it is, and of it lying on its side.
        counts: true ends and picks per cm.
        weave: taxonomy id.
        px_per_cm: scale.
    """

    pairs: tuple[PeakPairs, PeakPairs]
    counts: tuple[float, float]
    weave: str
    px_per_cm: float

    def errors(self, turned: int = 0) -> np.ndarray:
        """Larger relative error of both counts of each pair, whichever system is the warp, (n,)."""
        pairs = self.pairs[turned]
        seen = np.stack([pairs.across, pairs.along], axis=1) * self.px_per_cm
        off = [np.abs(seen / np.array(c) - 1).max(axis=1) for c in (self.counts, self.counts[::-1])]
        return np.minimum(*off)


def settings_of(rng: np.random.Generator) -> CaptureSettings:
    """A scan, or in one case of three a photograph by the benchmark's recipe, at a known scale."""
    scanned = rng.random() < 0.6
    logs = np.log(SCALES)
    scale = float(rng.choice(SCANNED_AT)) if scanned else float(np.exp(rng.uniform(*logs)))
    base = SCANNER if rng.random() < 0.65 else RECIPE_V1
    return replace(
        base, rotation_deg=15.0 if rng.random() < 0.6 else 3.0, side_px=SIDE_PX, scale=(1.0, 1.0),
        field_cm=(SIDE_PX / scale, SIDE_PX / scale), fold_or_edge=0.1,
        crop=(0.6, 1.0) if rng.random() < 0.8 else (0.3, 0.6),
    )  # fmt: skip


def photographed(task: tuple[int, int]) -> Capture:
    """Render and look at the cloth of (seed, number): odd numbers by minor, even ones by weave."""
    rng = generator(*task)
    fine = None if task[1] % 2 else WEAVE_FINES[int(rng.integers(len(WEAVE_FINES)))]
    fabric = sample_fabric(rng, fine=fine)
    photo = capture(fabric, rng, settings_of(rng))
    turned = np.ascontiguousarray(photo.image.swapaxes(0, 1))
    return Capture(
        (pairs_in(photo.image, photo.px_per_cm), pairs_in(turned, photo.px_per_cm)),
        (fabric.ends_per_cm, fabric.picks_per_cm), fabric.fine, photo.px_per_cm,
    )  # fmt: skip


class _Net(nn.Module):
    """The trainable form of ``PairWeigher``."""

    def __init__(self, n_facts: int, n_weaves: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(n_facts, HIDDEN)
        self.output = nn.Linear(HIDDEN, n_weaves)
        self.none = nn.Parameter(torch.zeros(n_weaves))
        self.drop = nn.Dropout(0.2)

    def forward(self, facts: Tensor, here: Tensor) -> Tensor:
        """Log weights (n, k + 1, w) of facts (n, k, f), of which ``here`` (n, k) are pairs."""
        weights = self.output(self.drop(torch.relu(self.hidden(facts))))
        weights = weights.masked_fill(~here[..., None], -1e9)
        return torch.cat([weights, self.none.expand(len(facts), 1, -1)], dim=1)


def reading_loss(weights: Tensor, right: Tensor, weave: Tensor) -> Tensor:
    """−log of the share of right readings under any weave, and half as much under the true one.

    Args:
        weights: (n, k + 1, w).
        right: bool (n, k); where no pair is right, "none" is.
        weave: column of the true weave, (n,).
    """
    log_share = weights.flatten(1).log_softmax(1).view_as(weights)
    target = torch.cat([right, ~right.any(1, keepdim=True)], dim=1)
    any_weave = log_share.logsumexp(2).masked_fill(~target, -1e9).logsumexp(1)
    own = log_share[torch.arange(len(weave)), :, weave].masked_fill(~target, -1e9).logsumexp(1)
    return -(any_weave + 0.5 * own).mean() / 1.5


def _stacked(
    captures: Sequence[Capture], weaves: tuple[str, ...], middle: np.ndarray, scale: np.ndarray
) -> tuple[Tensor, ...]:
    """Facts, which are pairs, which are right, and the weave of both turns of every capture."""
    views = [(c, turned) for c in captures for turned in (0, 1) if len(c.pairs[turned])]
    k = max(len(c.pairs[turned]) for c, turned in views)
    facts = np.zeros((len(views), k, len(middle)), np.float32)
    here, right = np.zeros((2, len(views), k), bool)
    for row, (c, turned) in enumerate(views):
        n = len(c.pairs[turned])
        facts[row, :n] = (c.pairs[turned].facts - middle) / scale
        here[row, :n] = True
        right[row, :n] = c.errors(turned) <= SAME_COUNT
    columns = np.array([weaves.index(c.weave) for c, _ in views])
    return tuple(map(torch.from_numpy, (facts, here, right, columns)))


def fit_weigher(captures: Sequence[Capture], epochs: int = EPOCHS, seed: int = 0) -> PairWeigher:
    """Fit the network and the spread of the frequencies; ``least`` is left at ½."""
    torch.manual_seed(seed)
    weaves = tuple(sorted({c.weave for c in captures}))
    every = np.concatenate([c.pairs[turned].facts for c in captures for turned in (0, 1)])
    middle, scale = every.mean(axis=0), every.std(axis=0) + 0.05
    facts, here, right, weave = _stacked(captures, weaves, middle, scale)
    net = _Net(len(middle), len(weaves))
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=2e-2)
    steps = epochs * math.ceil(len(facts) / BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    for _ in range(epochs):
        for rows in torch.randperm(len(facts)).split(BATCH):
            seen = facts[rows] + 0.1 * torch.randn_like(facts[rows])
            loss = reading_loss(net(seen, here[rows]), right[rows], weave[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    with torch.no_grad():
        return PairWeigher(
            weaves, middle, scale, net.hidden.weight.T.numpy().copy(),
            net.hidden.bias.numpy().copy(), net.output.weight.T.numpy().copy(),
            net.output.bias.numpy().copy(), net.none.numpy().copy(), 0.5, _fit_spread(captures),
        )  # fmt: skip


def _fit_spread(captures: Sequence[Capture]) -> np.ndarray:
    """Least squares of log |error| of right frequencies on what their peaks look like, (5,)."""
    signs, errors = [], []
    for c in captures:
        for row in np.flatnonzero(c.errors() <= SAME_COUNT)[:1]:
            signs.append(c.pairs[0].spread[row])
            errors.append(single_errors(c, int(row)))
    x = np.concatenate(signs)
    y = np.log(np.concatenate(errors) + SLACK)
    return np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]


def single_errors(c: Capture, row: int) -> np.ndarray:
    """Relative error of each count of one pair, the warp being whichever fits better, (2,)."""
    seen = np.array([c.pairs[0].across[row], c.pairs[0].along[row]]) * c.px_per_cm
    off = [np.abs(seen / np.array(counts) - 1) for counts in (c.counts, c.counts[::-1])]
    return min(off, key=max)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """The likeliest reading of a capture, without a belief about the weave.

    Attributes:
        chance: its probability.
        errors: relative error of both counts.
        within: relative half widths of their intervals.
        px_per_yarn: of the true, finer system.
    """

    chance: float
    errors: np.ndarray
    within: np.ndarray
    px_per_yarn: float


def answers(weigher: PairWeigher, captures: Sequence[Capture]) -> Iterator[Answer]:
    """What the network says of each capture by itself."""
    for c in captures:
        pairs, finest = c.pairs[0], c.px_per_cm / max(c.counts)
        if not len(pairs):
            yield Answer(0.0, np.full(2, np.inf), np.zeros(2), finest)
            continue
        log = weigher.weights(pairs.facts)
        share = np.exp(log - log.max())
        chances = share[:-1].sum(axis=1) / share.sum()
        best = int(chances.argmax())
        alike = np.abs(pairs.across / pairs.across[best] - 1) < SAME_COUNT
        alike &= np.abs(pairs.along / pairs.along[best] - 1) < SAME_COUNT
        within = weigher.within(pairs.spread[best : best + 1])[0]
        yield Answer(float(chances[alike].sum()), single_errors(c, best), within, finest)


def calibrated(weigher: PairWeigher, captures: Sequence[Capture]) -> PairWeigher:
    """The least probability and the width of the interval that keep their promises here."""
    said = sorted(answers(weigher, captures), key=lambda a: -a.chance)
    right = np.cumsum([a.errors.max() <= SAME_COUNT for a in said]) / np.arange(1, len(said) + 1)
    enough = np.flatnonzero(right >= RIGHT_SHARE)
    least = max(0.5, said[int(enough[-1])].chance) if len(enough) else 0.99
    given = [a for a in said if a.chance >= least]
    scores = np.concatenate([a.errors / a.within for a in given])
    wider = math.log(conformal_quantile(scores, COVERAGE))
    spread = weigher.spread + np.array([wider, 0, 0, 0, 0])
    return replace(weigher, least=least, spread=spread)


def figures(weigher: PairWeigher, captures: Sequence[Capture]) -> dict[str, float]:
    """Share of countable cloth (2.5 px a yarn) that is answered, share of answers within 3 % in
    both systems, share of counts inside their interval, median half width in percent."""
    said = list(answers(weigher, captures))
    given = [a for a in said if a.chance >= weigher.least]
    countable = [a for a in said if a.px_per_yarn >= MIN_PX_PER_YARN]
    inside = [a.errors <= a.within for a in given]
    return {
        "countable": len(countable),
        "answered": sum(a.chance >= weigher.least for a in countable) / max(1, len(countable)),
        "within_3_percent": float(np.mean([a.errors.max() <= SAME_COUNT for a in given])),
        "inside_interval": float(np.mean(inside)),
        "median_half_width_percent": 100 * float(np.median([a.within for a in given])),
    }


def save_weigher(weigher: PairWeigher, path: Path, found: dict[str, float]) -> None:
    """Write the network as JSON, four digits a number."""
    raw: dict[str, object] = {"weaves": weigher.weaves, "least": round(weigher.least, 4)}
    for name in ("middle", "scale", "hidden", "hidden_bias", "output", "output_bias", "none",
                 "spread"):  # fmt: skip
        raw[name] = np.round(getattr(weigher, name).astype(float), 4).tolist()
    raw["figures"] = {name: round(value, 4) for name, value in found.items()}
    path.write_text(json.dumps(raw, separators=(",", ":")) + "\n", "utf-8")


def learn(captures: Sequence[Capture], path: Path) -> dict[str, float]:
    """Fit on three fifths, calibrate on one, measure on the last; write the file."""
    taxonomy = default_taxonomy()
    counted = {f for f in taxonomy.fine if taxonomy.constructions[f] == "woven"}
    captures = [c for c in captures if c.weave in counted]
    n = len(captures)
    held, unseen = captures[3 * n // 5 : 4 * n // 5], captures[4 * n // 5 :]
    weigher = calibrated(fit_weigher(captures[: 3 * n // 5]), held)
    found = figures(weigher, unseen)
    save_weigher(weigher, path, found)
    return found


def main() -> None:
    """The command of the module's first lines."""
    parser = argparse.ArgumentParser(description="Fit the yarn counter on rendered cloth.")
    parser.add_argument("--fabrics", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=104)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    tasks = [(args.seed, i) for i in range(args.fabrics)]
    captures = list(in_processes(photographed, tasks, args.workers, chunk=8))
    for name, value in learn(captures, args.out).items():
        print(f"{name}: {value:.4g}")


if __name__ == "__main__":
    main()
