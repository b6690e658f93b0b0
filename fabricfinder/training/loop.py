"""Training a hashing method: one loop that reads top to bottom, resumable at any kill.

The commands that made the shipped checkpoint:

    fabricfinder train dvsh --cloth runs/cloth --fabrics 8000 --seed 1 --minutes 60 --out runs/dvsh-128
"""

import copy
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.encoder import VIEW_PX
from fabricfinder.domain.progress import Progress
from fabricfinder.hashing.base import HashingMethod
from fabricfinder.training.batches import CAPTURES, batch_stream, photograph_batch
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
        minutes: stop the clock here whatever the steps say; 0 = no limit.
    """

    steps: int = 3000
    fabrics: int = 48
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warmup: int = 100
    ema: float = 0.998
    small_until: float = 0.6
    small_px: int = 96
    validate_every: int = 250
    seed: int = 1
    minutes: float = 0.0

    def size_at(self, step: int) -> int:
        """Side of the views at a step, px."""
        return self.small_px if step < self.small_until * self.steps else VIEW_PX

    def rate_at(self, step: int) -> float:
        """Learning rate at a step: linear warm-up, then a cosine to 1 % of the peak."""
        if step < self.warmup:
            return self.learning_rate * (step + 1) / self.warmup
        share = min(1.0, (step - self.warmup) / max(1, self.steps - self.warmup))
        return self.learning_rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def split_rows(cloth: ClothSet, n_validation: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Split fabrics by family into training and validation rows; families never cross."""
    families = np.random.default_rng(seed).permutation(np.unique(cloth.family))
    sizes = np.bincount(cloth.family, minlength=families.max() + 1)[families]
    held = families[: int(np.searchsorted(np.cumsum(sizes), n_validation)) + 1]
    is_held = np.isin(cloth.family, held)
    return np.flatnonzero(~is_held), np.flatnonzero(is_held)


@torch.no_grad()
def look(model: HashingMethod, cloth: ClothSet, rows: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Photograph fabrics twice and gather what the model makes of them, by output name, plus bits."""
    model.eval()
    rng = np.random.default_rng(seed)
    gathered: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(rows), 32):
        batch = photograph_batch(cloth, rows[start : start + 32], rng)
        output = model(batch.views)
        values = output._asdict() | {"bits": model.bits(output), "fabric": batch.fabric,
                                     "coarse": batch.coarse, "fine": batch.fine,
                                     "tightness_true": batch.tightness,
                                     "known": batch.scale_known[:, 0]}  # fmt: skip
        for name in ("r", "u", "bits", "coarse_logits", "fine_logits", "tightness", "fabric",
                     "coarse", "fine", "tightness_true", "known"):  # fmt: skip
            gathered.setdefault(name, []).append(values[name].float().numpy())
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
        "tightness_error": float(error[known].mean()),
    }


def train(
    model: HashingMethod,
    cloth: ClothSet,
    rows: np.ndarray,
    held: np.ndarray,
    schedule: Schedule,
    out: Path,
) -> Iterator[Progress]:
    """Train, validate on held fabrics, keep the best average in ``out/best.pt``.

    ``out/state.pt`` holds everything to go on after a kill; ``out/log.jsonl`` the curve.

    Returns (by the generator): the model with its best averaged weights.
    """
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(schedule.seed)
    model = model.to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decayed, "weight_decay": schedule.weight_decay},
              {"params": plain, "weight_decay": 0.0}]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, lr=schedule.learning_rate, betas=(0.9, 0.99))
    step, best, spent = _resume(out, model, average, optimizer)
    began = time.monotonic() - spent
    stream = batch_stream(
        cloth, rows, schedule.fabrics, schedule.seed, step, schedule.size_at
    )
    running: dict[str, float] = {}
    while step < schedule.steps:
        batch = next(stream)
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate_at(step)
        model.train()
        with torch.autocast("cpu", torch.bfloat16):
            terms = model.loss(batch, step)
        total = torch.stack([term.float() for term in terms.values()]).sum()
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        _follow(average, model, min(schedule.ema, (1 + step) / (10 + step)))
        step += 1
        for name, term in terms.items():
            value = float(term.detach())
            running[name] = 0.95 * running.get(name, value) + 0.05 * value
        minutes = (time.monotonic() - began) / 60
        late = schedule.minutes and minutes > schedule.minutes
        if step % schedule.validate_every == 0 or step == schedule.steps or late:
            scores = figures(look(average, cloth, held, schedule.seed + 1))
            row = {"step": step, "minutes": round(minutes, 2), "images": step * schedule.fabrics * CAPTURES,
                   **scores, **{f"loss_{k}": round(v, 4) for k, v in running.items()}}  # fmt: skip
            with (out / "log.jsonl").open("a") as log:
                log.write(json.dumps(row) + "\n")
            score = scores["recall@1"] + scores["coarse"] + scores["fine"]
            if score > best:
                best = score
                torch.save(average.state_dict(), out / "best.pt")
            state = {"model": model.state_dict(), "average": average.state_dict(), "step": step,
                     "optimizer": optimizer.state_dict(), "best": best, "minutes": minutes,
                     "schedule": asdict(schedule)}  # fmt: skip
            torch.save(state, out / "state.tmp")
            (out / "state.tmp").replace(out / "state.pt")
            yield Progress("Training", step, schedule.steps, "steps", partial=row)
        if late:
            break
        if step % 10 == 0:
            yield Progress("Training", step, schedule.steps, "steps")
    average.load_state_dict(torch.load(out / "best.pt", weights_only=True))
    return average


def _follow(average: HashingMethod, model: HashingMethod, decay: float) -> None:
    """Exponential moving average of weights; counters and running statistics are copied."""
    with torch.no_grad():
        for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
            slow.lerp_(fast, 1 - decay)
        for slow, fast in zip(average.buffers(), model.buffers(), strict=True):
            slow.copy_(fast)


def _resume(
    out: Path, model: HashingMethod, average: HashingMethod, optimizer: torch.optim.Optimizer
) -> tuple[int, float, float]:
    """Load ``out/state.pt`` if it is there; return step, best score and seconds already spent."""
    path = out / "state.pt"
    if not path.exists():
        return 0, -1.0, 0.0
    state = torch.load(path, weights_only=True)
    model.load_state_dict(state["model"])
    average.load_state_dict(state["average"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"], state["best"], state["minutes"] * 60
