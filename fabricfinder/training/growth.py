"""Training the texture synthesis network on rendered cloth: generator against discriminator.

One step looks at a few windows of cloth, grows their middles, and lowers (1) of texture-synthesis
guided hashing. ``state.pt`` lets it go on after a kill, ``log.jsonl`` is its curve, ``best.pt`` the
averaged generator that did best on held-out cloth, and ``grown-*.png`` what it looked like.
"""

import copy
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from fabricfinder.domain.grown import GROWN_PX, PATCH_PX
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.repeats import continuations
from fabricfinder.hashing.growth import (
    Discriminator,
    Generator,
    GrowthTerms,
    adversarial_loss,
    beside,
    discriminator_loss,
    pixel_loss,
    signed,
)
from fabricfinder.hashing.style import StyleEyes, style_loss
from fabricfinder.training.camera import Light, expose, turn_of, warp
from fabricfinder.training.cloth import ClothSet
from fabricfinder.training.loop import follow, has_fast_bfloat16

NEAR_SHARE = 0.3
TURNED_SHARE = 0.3
OWN_L1 = 0.3
N_JUDGED = 16
N_SHOWN = 12


@dataclass(frozen=True, slots=True)
class GrowthSchedule:
    """How the generator is trained.

    Attributes:
        terms: weights of (1).
        steps: of both networks; pairs: windows of cloth in each.
        rate: Adam's, with β1 = 0.5 as in the paper; theirs is 2e-4, for many more steps.
        anywhere: the patch lies anywhere in its ground truth, as in the paper; else in the middle.
        style_px: side of the square, somewhere in the grown picture, that style is compared on.
        ema: decay of the averaged generator.
        keep_every: steps between judgements on held-out cloth.
        seed: of weights, windows and camera.
    """

    terms: GrowthTerms
    steps: int = 4000
    pairs: int = 4
    rate: float = 6e-4
    anywhere: bool = False
    style_px: int = 96
    ema: float = 0.995
    keep_every: int = 200
    seed: int = 1


class Pairs(NamedTuple):
    """Windows of cloth and what is grown from.

    Attributes:
        truth: uint8 (B, 3, 256, 256); patch: uint8 (B, 3, 128, 128), cut from it.
        ways: uint8 (B, N, 3, 256, 256), continuations of the patch; costs: float (B, N), theirs.
    """

    truth: Tensor
    patch: Tensor
    ways: Tensor
    costs: Tensor

    def signed(self, part: slice = slice(None)) -> "Pairs":
        """Some of them, pictures in [−1, 1]."""
        return Pairs(*(signed(p[part]) for p in self[:3]), self.costs[part])


def window(cloth: ClothSet, row: int, rng: np.random.Generator) -> np.ndarray:
    """A window of 256 px on one cloth, as a camera sees it: far or near, turned now and then."""
    near = rng.random() < NEAR_SHARE
    master = cloth.micro[row] if near else cloth.macro[row]
    turn = turn_of(rng) if rng.random() < TURNED_SHARE else 0.0
    most = master.shape[0] / (1.3 if abs(turn) > 0.02 else 1.0)
    view = warp(master, rng, most * rng.uniform(0.6, 1.0), turn, GROWN_PX)
    light = Light.sample(rng)
    light = replace(light, noise=light.noise / 3, jpeg=max(light.jpeg, 80) if light.jpeg else 0)
    return expose(view, light, rng, rng.uniform(0, 0.8))


def draw_pairs(
    cloth: ClothSet, rows: np.ndarray, rng: np.random.Generator, anywhere: bool = False
) -> Pairs:
    """One window, and a patch of it, of each of some cloths."""
    truths, patches, ways, costs = [], [], [], []
    for row in rows:
        truth = window(cloth, int(row), rng)
        y, x = rng.integers(0, PATCH_PX + 1, 2) if anywhere else (PATCH_PX // 2, PATCH_PX // 2)
        patch = truth[y : y + PATCH_PX, x : x + PATCH_PX]
        truths.append(truth)
        patches.append(patch)
        going_on = continuations(patch)
        ways.append(going_on.pictures)
        costs.append(going_on.costs)
    truth, patch = (torch.from_numpy(np.stack(p)).permute(0, 3, 1, 2) for p in (truths, patches))
    pictures = torch.from_numpy(np.stack(ways)).permute(0, 1, 4, 2, 3)
    return Pairs(truth, patch, pictures, torch.from_numpy(np.stack(costs)))


def judged_pairs(cloth: ClothSet, held: np.ndarray) -> Pairs:
    """The windows of held-out cloth that generators are judged on, always the same."""
    rows = held[np.linspace(0, len(held) - 1, N_JUDGED).astype(int)]
    return draw_pairs(cloth, rows, np.random.default_rng(99))


def pair_stream(
    cloth: ClothSet, rows: np.ndarray, schedule: GrowthSchedule, first_step: int
) -> Iterator[Pairs]:
    """Endless pairs, drawn one step ahead; step k is the same whenever it is drawn."""

    def draw(step: int) -> Pairs:
        rng = np.random.default_rng((schedule.seed, 3, step))
        chosen = rng.choice(rows, schedule.pairs)
        return draw_pairs(cloth, chosen, rng, schedule.anywhere)

    with ThreadPoolExecutor(1) as pool:
        step = first_step
        ahead = pool.submit(draw, step)
        while True:
            pairs = ahead.result()
            step += 1
            ahead = pool.submit(draw, step)
            yield pairs


def generator_terms(
    generator: Generator,
    discriminator: Discriminator,
    pairs: Pairs,
    eyes: StyleEyes,
    schedule: GrowthSchedule,
    rng: np.random.Generator,
) -> tuple[dict[str, Tensor], Tensor]:
    """The weighted terms of (1) by name, and the pictures that were grown."""
    terms, weights = {}, schedule.terms
    truth, *seen = pairs.signed()
    grown = generator(*seen)
    if weights.adversarial:
        terms["adversarial"] = weights.adversarial * adversarial_loss(discriminator(grown.picture))
    if weights.style:
        y, x = rng.integers(0, GROWN_PX - schedule.style_px + 1, 2)
        cut = (..., slice(y, y + schedule.style_px), slice(x, x + schedule.style_px))
        with torch.no_grad():
            wanted = eyes.look(truth[cut])
        terms["style"] = weights.style * style_loss(eyes.look(grown.picture[cut]), wanted)
    if weights.l1:
        terms["l1"] = weights.l1 * pixel_loss(grown.picture, truth)
        if generator.chooser is not None:  # its own picture is learned beside the chosen one
            terms["own"] = OWN_L1 * weights.l1 * pixel_loss(grown.own, truth)
    return terms, grown.picture


@dataclass
class GrowthRun:
    """Both networks and their optimisers, and the file that lets them go on after a kill.

    Attributes:
        average: the generator's exponential moving average.
        step, minutes: done so far; best: the lowest judgement yet.
    """

    generator: Generator
    average: Generator
    discriminator: Discriminator
    optimizers: tuple[torch.optim.Optimizer, torch.optim.Optimizer]
    out: Path
    step: int = 0
    minutes: float = 0.0
    best: float = float("inf")

    @classmethod
    def begin(cls, generator: Generator, schedule: GrowthSchedule, out: Path) -> "GrowthRun":
        """A fresh run, or the one that ``out`` holds."""
        torch.manual_seed(schedule.seed)
        discriminator = Discriminator()
        optimizers = tuple(
            torch.optim.Adam(network.parameters(), lr=schedule.rate, betas=(0.5, 0.999))
            for network in (generator, discriminator)
        )
        run = cls(generator, copy.deepcopy(generator).eval(), discriminator, optimizers, out)
        path = out / "state.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            for part, saved in zip(run.parts(), state["parts"], strict=True):
                part.load_state_dict(saved)
            run.step, run.minutes, run.best = state["step"], state["minutes"], state["best"]
        return run

    def parts(self) -> tuple[Any, ...]:
        """Everything that has a state."""
        return (self.generator, self.average, self.discriminator, *self.optimizers)

    def keep(self, row: dict[str, float]) -> None:
        """Log a judgement, keep the average if it is the best yet, and save the state."""
        with (self.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        if row["judged"] < self.best:
            self.best = row["judged"]
            torch.save(self.average.state_dict(), self.out / "best.pt")
        unfinished = self.out / "state.part"
        torch.save({"parts": [part.state_dict() for part in self.parts()], "step": self.step,
                    "minutes": self.minutes, "best": self.best}, unfinished)  # fmt: skip
        unfinished.replace(self.out / "state.pt")


def learn_step(
    run: GrowthRun, pairs: Pairs, eyes: StyleEyes, schedule: GrowthSchedule
) -> dict[str, float]:
    """One step of both networks; returns the terms."""
    rng = np.random.default_rng((schedule.seed, 4, run.step))
    generator, discriminator = run.generator.train(), run.discriminator.train()
    with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
        terms, picture = generator_terms(generator, discriminator, pairs, eyes, schedule, rng)
    run.optimizers[0].zero_grad(set_to_none=True)
    torch.stack([term.float() for term in terms.values()]).sum().backward()
    torch.nn.utils.clip_grad_norm_(generator.parameters(), 5.0)
    run.optimizers[0].step()
    if schedule.terms.adversarial:
        with torch.autocast("cpu", torch.bfloat16, enabled=has_fast_bfloat16()):
            both = discriminator(signed(pairs.truth)), discriminator(picture.detach())
        terms["discriminator"] = discriminator_loss(*both)
        run.optimizers[1].zero_grad(set_to_none=True)
        terms["discriminator"].backward()
        run.optimizers[1].step()
    follow(run.average, generator, min(schedule.ema, (1 + run.step) / (10 + run.step)))
    return {name: float(term.detach()) for name, term in terms.items()}


def grow_cloth(
    generator: Generator,
    cloth: ClothSet,
    rows: np.ndarray,
    held: np.ndarray,
    eyes: StyleEyes,
    schedule: GrowthSchedule,
    out: Path,
) -> Iterator[Progress]:
    """Train; returns (by the generator) the averaged generator that did best on held cloth."""
    out.mkdir(parents=True, exist_ok=True)
    run = GrowthRun.begin(generator, schedule, out)
    began = time.monotonic() - run.minutes * 60
    judged = judged_pairs(cloth, held)
    stream = pair_stream(cloth, rows, schedule, run.step)
    running: dict[str, float] = {}
    while run.step < schedule.steps:
        terms = learn_step(run, next(stream), eyes, schedule)
        run.step += 1
        for name, value in terms.items():
            running[name] = 0.95 * running.get(name, value) + 0.05 * value
        run.minutes = (time.monotonic() - began) / 60
        row: dict[str, float] | None = None
        if run.step % schedule.keep_every == 0 or run.step == schedule.steps:
            row = {"step": run.step, "minutes": round(run.minutes, 2),
                   "images": run.step * schedule.pairs,
                   **judge_growth(run.average, judged, eyes, schedule.terms),
                   **{f"loss_{k}": round(v, 4) for k, v in running.items()}}  # fmt: skip
            run.keep(row)
            contact_sheet(run.average, judged, out / f"grown-{run.step:06d}.png")
        yield Progress("Learning to grow", run.step, schedule.steps, "steps", partial=row)
    run.average.load_state_dict(torch.load(out / "best.pt", weights_only=True))
    return run.average


@torch.no_grad()
def judge_growth(
    generator: Generator, pairs: Pairs, eyes: StyleEyes, terms: GrowthTerms
) -> dict[str, float]:
    """How near grown cloth comes to the truth beside the patch: mean absolute difference (of
    −1…1) and style, of the network's picture, of its own alone, and of the best-repeat and
    mirrored continuations.

    ``judged`` is what chooses: style and L1 of the picture by their weights in (1).
    """
    generator.eval()
    totals: dict[str, float] = {}
    count = len(pairs.truth)
    for start in range(0, count, 8):
        truth, *seen = pairs.signed(slice(start, start + 8))
        ways = seen[1]
        grown = generator(*seen)
        ring = beside(truth)
        wanted = eyes.look(truth)
        plain = {"_repeat": ways[:, 0], "_mirror": ways[:, -1]}
        shown = {"": grown.picture, "_own": grown.own} | plain
        for name, picture in shown.items():
            l1 = (picture - truth)[..., ring].abs().mean()
            style = style_loss(eyes.look(picture), wanted)
            for figure, value in (("l1", l1), ("style", style)):
                key = figure + name
                totals[key] = totals.get(key, 0.0) + float(value) * len(truth) / count
        totals["share_own"] = totals.get("share_own", 0.0) + float(
            grown.shares[:, 0][:, ring].mean()
        ) * len(truth) / count
    figures = {name: round(value, 5) for name, value in totals.items()}
    weight = max(terms.style, 1.0), max(terms.l1, 1.0)
    return figures | {"judged": weight[0] * figures["style"] + weight[1] * figures["l1"]}


@torch.no_grad()
def contact_sheet(generator: Generator, pairs: Pairs, path: Path) -> None:
    """Truth, grown, the network's own picture and the best repeat, side by side, as PNG."""
    generator.eval()
    picks = np.linspace(0, len(pairs.truth) - 1, N_SHOWN).astype(int)
    truth, *seen = Pairs(*(p[picks] for p in pairs)).signed()
    grown = generator(*seen)
    shown = (truth, grown.picture, grown.own, seen[1][:, 0])
    rows = torch.cat(shown, 3).permute(0, 2, 3, 1)
    pixels = ((rows + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()
    half = len(pixels) // 2
    sheet = np.concatenate([np.concatenate(pixels[:half]), np.concatenate(pixels[half:])], 1)
    cv2.imwrite(str(path), np.ascontiguousarray(sheet[..., ::-1]))
