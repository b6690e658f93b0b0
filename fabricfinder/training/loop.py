"""Training a hashing method: one loop that reads top to bottom, resumable at any kill.

The command that made a checkpoint stands on its card: ``fabricfinder models --json`` tells it of
every one that ships.
"""

import copy
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from fabricfinder.domain.encoder import VIEW_PX
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.domain.progress import Progress
from fabricfinder.hashing.base import Batch, HashingMethod
from fabricfinder.training.batches import (
    CAPTURES,
    batch_stream,
    choose_rows,
    photograph_batch,
)
from fabricfinder.training.cloth import ClothSet


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train.

    Attributes:
        steps: optimiser steps; images seen = steps · fabrics · 2 captures.
        fabrics: fabrics in a batch (each captured twice).
        learning_rate: peak of a cosine that starts with ``warmup`` linear steps.
        weight_decay: AdamW's.
        ema: decay of the averaged weights that are kept.
        small_until: share of the steps that run at ``small_px`` views, which cost half.
        validate_every: steps between validations; the best validated average is the checkpoint.
        seed: of weights, batches and camera.
    """

    steps: int = 3000
    fabrics: int = 48
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warmup: int = 100
    ema: float = 0.998
    small_until: float = 0.7
    small_px: int = 96
    validate_every: int = 250
    seed: int = 1

    def size_at(self, step: int) -> int:
        """Side of the views at a step, px."""
        return self.small_px if step < self.small_until * self.steps else VIEW_PX

    def rate_at(self, step: int) -> float:
        """Learning rate at a step: linear warm-up, then a cosine to 1 % of the peak."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        share = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


class Split(NamedTuple):
    """Rows of a cloth set: to learn from, to choose by, and to be judged on once."""

    training: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_rows(cloth: ClothSet, validation: float = 0.02, test: float = 0.05) -> Split:
    """Split fabrics by family; families never cross.

    Where a family falls follows from its number alone, so that it stays there when the set grows.
    """
    state = np.random.SeedSequence(0).generate_state(2, np.uint64) | np.uint64(1)
    with np.errstate(over="ignore"):  # a multiplicative hash wraps
        mixed = (cloth.family.astype(np.uint64) + state[0]) * state[1]
        mixed = (mixed ^ (mixed >> np.uint64(31))) * state[0]
    place = (mixed >> np.uint64(11)) / float(1 << 53)
    chosen, judged = place < validation, (place >= validation) & (place < validation + test)
    return Split(*(np.flatnonzero(m) for m in (~chosen & ~judged, chosen, judged)))


SEEN = ("r", "u", "bits", "coarse_logits", "fine_logits", "tightness", "fabric", "coarse", "fine",
        "tightness_true", "known")  # fmt: skip


@torch.no_grad()
def look(
    model: HashingMethod, cloth: ClothSet, rows: np.ndarray, seed: int, palettes: bool = False,
    taken: Callable[..., Batch] = photograph_batch,
) -> dict[str, np.ndarray]:
    """Photograph fabrics twice and gather what the model makes of them, by the names of SEEN.

    Args:
        palettes: also gather the palette seen in each macro view, (n, 10, 5).
        taken: takes the pictures, as ``photograph_batch``.
    """
    model.eval()
    rng = np.random.default_rng(seed)
    gathered: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(rows), 32):
        batch = taken(cloth, rows[start : start + 32], rng)
        output = model(batch.views)
        values = output._asdict() | {"bits": model.bits(output), "fabric": batch.fabric,
                                     "coarse": batch.coarse, "fine": batch.fine,
                                     "tightness_true": batch.tightness,
                                     "known": batch.scale[:, 2]}  # fmt: skip
        for name in SEEN:
            gathered.setdefault(name, []).append(values[name].float().numpy())
        if palettes:
            views = batch.macro.permute(0, 2, 3, 1).numpy()
            shown = [palette_from_rgb(view.reshape(-1, 3)).to_array() for view in views]
            gathered.setdefault("palettes", []).append(np.stack(shown))
    return {name: np.concatenate(parts) for name, parts in gathered.items()}


def figures(seen: dict[str, np.ndarray]) -> dict[str, float]:
    """Validation figures: recall@1 of the other capture by bits, accuracies, tightness error."""
    bits = seen["bits"] * 2 - 1
    first, second = bits[0::CAPTURES], bits[1::CAPTURES]
    distance = -(first @ second.T)
    best = distance.min(axis=1)
    n_best = (distance == best[:, None]).sum(axis=1)
    hit = np.diag(distance) == best
    known = seen["known"] > 0.5
    fine_hit = seen["fine_logits"].argmax(1) == seen["fine"]
    error = np.abs(seen["tightness"][:, 0] * 100 - seen["tightness_true"])
    return {
        "recall@1": float((hit / n_best).mean()),
        "coarse": float((seen["coarse_logits"].argmax(1) == seen["coarse"]).mean()),
        "fine": float(fine_hit[known].mean()),
        "tightness_error": float(np.nanmean(error[known])),  # a felt has none
    }


def train(
    model: HashingMethod,
    cloth: ClothSet,
    rows: np.ndarray,
    held: np.ndarray,
    schedule: Schedule,
    out: Path,
    choose: Callable[..., np.ndarray] = choose_rows,
    taken: Callable[..., Batch] = photograph_batch,
) -> Iterator[Progress]:
    """Train, validate on held fabrics, keep the best average in ``out/best.pt``.

    ``out/state.pt`` holds everything to go on after a kill; ``out/log.jsonl`` the curve. Which
    fabrics meet in a batch ``choose`` says.

    Returns (by the generator): the model with its best averaged weights.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    model = model.to(memory_format=torch.channels_last)
    run = Run(model, copy.deepcopy(model).eval(), optimizer_for(model, schedule), out)
    run.resume()
    began = time.monotonic() - run.minutes * 60
    stream = batch_stream(
        cloth, rows, schedule.fabrics, schedule.seed, run.step, schedule.size_at, choose,
        taken,
    )  # fmt: skip
    running: dict[str, float] = {}
    while run.step < schedule.steps:
        batch = next(stream)
        for group in run.optimizer.param_groups:
            group["lr"] = schedule.rate_at(run.step)
        model.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
            terms = model.loss(batch, run.step)
        total = torch.stack([term.float() for term in terms.values()]).sum()
        run.optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        run.optimizer.step()
        follow(run.average, model, min(schedule.ema, (1 + run.step) / (10 + run.step)))
        run.step += 1
        for name, term in terms.items():
            value = float(term.detach())
            running[name] = 0.95 * running.get(name, value) + 0.05 * value
        run.minutes = (time.monotonic() - began) / 60
        if run.step % schedule.validate_every == 0 or run.step == schedule.steps:
            scores = figures(look(run.average, cloth, held, schedule.seed + 1, taken=taken))
            row = {"step": run.step, "minutes": round(run.minutes, 2),
                   "images": run.step * schedule.fabrics * CAPTURES, **scores,
                   **{f"loss_{k}": round(v, 4) for k, v in running.items()}}  # fmt: skip
            run.keep(row)
            yield Progress("Training", run.step, schedule.steps, "steps", partial=row)
        elif run.step % 10 == 0:
            yield Progress("Training", run.step, schedule.steps, "steps")
    run.average.load_state_dict(torch.load(out / "best.pt", weights_only=True))
    return run.average


def has_fast_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 faster than float32 (AMX or AVX512-BF16)."""
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


@dataclass
class Run:
    """A training run's moving parts, and the file that lets it go on after a kill.

    Attributes:
        model: the weights being trained; average: their exponential moving average.
        optimizer: of the model.
        out: folder of ``state.pt``, ``best.pt`` and ``log.jsonl``.
        step, minutes: done so far; best: the highest validation score yet.
    """

    model: HashingMethod
    average: HashingMethod
    optimizer: torch.optim.Optimizer
    out: Path
    step: int = 0
    minutes: float = 0.0
    best: float = -1.0

    def keep(self, row: dict[str, float]) -> None:
        """Log a validation, keep the average if it is the best yet, and save the state."""
        with (self.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        score = row["recall@1"] + row["coarse"] + row["fine"]
        if score > self.best:
            self.best = score
            torch.save(self.average.state_dict(), self.out / "best.pt")
        state = {"model": self.model.state_dict(), "average": self.average.state_dict(),
                 "optimizer": self.optimizer.state_dict(), "step": self.step,
                 "minutes": self.minutes, "best": self.best}  # fmt: skip
        unfinished = self.out / "state.part"
        torch.save(state, unfinished)
        unfinished.replace(self.out / "state.pt")

    def resume(self) -> None:
        """Go on from ``state.pt`` where there is one."""
        path = self.out / "state.pt"
        if not path.exists():
            return
        state = torch.load(path, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.minutes, self.best = state["step"], state["minutes"], state["best"]


def optimizer_for(model: HashingMethod, schedule: Schedule) -> torch.optim.Optimizer:
    """AdamW; biases and batch-norm weights are not decayed."""
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1],
         "weight_decay": schedule.weight_decay},
        {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]  # fmt: skip
    return torch.optim.AdamW(groups, lr=schedule.learning_rate, betas=(0.9, 0.99))


def follow(average: HashingMethod, model: HashingMethod, decay: float) -> None:
    """Exponential moving average of weights; counters and running statistics are copied."""
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
            slow.lerp_(fast, 1 - decay)
        for slow, fast in zip(average.buffers(), model.buffers(), strict=True):
            slow.copy_(fast)
