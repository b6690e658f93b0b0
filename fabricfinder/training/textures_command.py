"""``fabricfinder textures``: texture-synthesis hashing by its own protocol, line by line.

What each seed of a line scored is kept in ``OUT/seeds.jsonl`` as soon as it is there, so that a
study can be stopped and gone on with; two processes may share ``OUT`` when ``--only`` gives them
different lines.
"""

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.grown import GROWTH_CHECKPOINT
from fabricfinder.domain.resources import resource_path
from fabricfinder.evaluation.differences import differences_table
from fabricfinder.evaluation.intervals import cluster_bootstrap, paired_difference
from fabricfinder.evaluation.report import aligned
from fabricfinder.hashing.growth import PRESETS, Generator, GrowthConfig
from fabricfinder.hashing.growth_file import load_growth
from fabricfinder.hashing.style import StyleEyes
from fabricfinder.terminal import run
from fabricfinder.training.cloth import ClothSet, open_cloth_set
from fabricfinder.training.growth import GrowthSchedule, grow_cloth
from fabricfinder.training.growth_command import best_eyes
from fabricfinder.training.loop import split_rows
from fabricfinder.training.textures import (
    ARMS,
    TextureArm,
    TextureBudget,
    Textures,
    fit_textures,
    judge_textures,
    read_textures,
)

RESAMPLES = 2000
# The four of Table 2 are alike but for their losses, so they stand against their own full form.
FULL_LOSSES = "generator by adv + style + L1"


@dataclass(frozen=True)
class Judged:
    """One seed of one line.

    Attributes:
        line: as in ``ARMS``.
        images: patches seen in stage 2.
        precision: tie-aware average precision at 500 of each query.
        pictures: which picture each query is of.
        minutes: of one core, training and judging.
        eyes: what compared style while the line's own generator learned (``style.StyleEyes.name``);
            empty where it was given.
    """

    line: str
    seed: int
    images: int
    precision: list[float]
    pictures: list[int]
    minutes: float
    eyes: str = ""


def textures_command(arguments: argparse.Namespace) -> int:
    """Run the protocol; seeds of lines that are already in ``--out`` are not run again.

    Raises:
        FabricFinderError: ``--only`` names no line, or one that wants ``--cloth``.
    """
    arms = asked_arms(arguments.only, bool(arguments.cloth))
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    kept = out / "seeds.jsonl"
    textures: Textures = run(read_textures(Path(arguments.photos), arguments.rendered))
    given = load_growth(
        Path(arguments.generator) if arguments.generator else resource_path(GROWTH_CHECKPOINT)
    ).generator
    cloth = open_cloth_set(Path(arguments.cloth)) if arguments.cloth else None
    budget = TextureBudget(steps=arguments.steps, growth_steps=arguments.growth_steps)
    for seed in range(1, arguments.seeds + 1):
        for arm in arms:
            if any((one.line, one.seed) == (arm.name, seed) for one in kept_seeds(kept, budget.images)):
                continue
            generator, seen_by = given, ""
            if cloth is not None and arm.generator in PRESETS:
                eyes = best_eyes()
                generator, seen_by = grown_by(arm.generator, cloth, budget, eyes, out), eyes.name
            one = judged_seed(arm, textures, generator, budget, seed, seen_by)
            with kept.open("a") as file:
                file.write(json.dumps(asdict(one)) + "\n")
            print(f"{arm.name}, seed {seed}: {np.mean(one.precision):.4f}", flush=True)
    done = kept_seeds(kept, budget.images)
    print(f"Stand-in for VisTex, STex and ALOT: {int((~textures.rendered).sum())} photographs and "
          f"{int(textures.rendered.sum())} rendered swatches, each its own class.")  # fmt: skip
    print(table(done, textures))
    for eyes in sorted({one.eyes for one in done} - {""}):
        print(f"Generators of Table 2: style seen by {eyes}.")
    print(differences(done))
    return 0


def asked_arms(only: Sequence[str], has_cloth: bool) -> list[TextureArm]:
    """The lines to run: those named, or all that can be."""
    arms = {arm.name: arm for arm in ARMS}
    for name in only:
        if name not in arms:
            raise FabricFinderError(f"There is no line “{name}”; there are: {', '.join(arms)}.")
        if arms[name].generator in PRESETS and not has_cloth:
            raise FabricFinderError(
                f"“{name}” stands on a generator that is trained first: say on what, with --cloth."
            )
    return [
        arm for arm in ARMS
        if (arm.name in only if only else has_cloth or arm.generator not in PRESETS)
    ]  # fmt: skip


def grown_by(
    preset: str, cloth: ClothSet, budget: TextureBudget, eyes: StyleEyes, out: Path
) -> Generator:
    """The generator of one line of Table 2: kept in ``out``, trained there if it is not yet.

    It paints everything itself, as the paper's does, since what a network may copy from the patch
    says little about its losses.
    """
    torch.manual_seed(1)
    rows, held, _ = split_rows(cloth)
    schedule = GrowthSchedule(PRESETS[preset], budget.growth_steps)
    fresh, folder = Generator(GrowthConfig(repeats=False)), out / f"generator-{preset}"
    return run(grow_cloth(fresh, cloth, rows, held, eyes, schedule, folder))


def judged_seed(
    arm: TextureArm, textures: Textures, generator: Generator, budget: TextureBudget, seed: int,
    eyes: str = "",
) -> Judged:  # fmt: skip
    """Train stage 2 of one line on a generator, and search with it; ``eyes`` as ``Judged``."""
    began = time.process_time()
    model = run(fit_textures(arm, textures, generator, budget, seed))
    precision, pictures = run(judge_textures(model, textures, budget))
    return Judged(
        arm.name, seed, budget.images, precision.round(5).tolist(), pictures.tolist(),
        round((time.process_time() - began) / 60, 1), eyes,
    )  # fmt: skip


def kept_seeds(path: Path, images: int) -> list[Judged]:
    """The seeds that are done on a budget of so many patches."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [one for line in lines if (one := Judged(**json.loads(line))).images == images]


def by_line(done: Iterable[Judged]) -> dict[str, list[Judged]]:
    """The seeds of each line, lines in the order of ``ARMS``."""
    order = {arm.name: i for i, arm in enumerate(ARMS)}
    lines: dict[str, list[Judged]] = {}
    for one in sorted(done, key=lambda one: (order[one.line], one.seed)):
        lines.setdefault(one.line, []).append(one)
    return lines


def mean_precision(seeds: list[Judged]) -> np.ndarray:
    """Average precision of each query, mean over seeds."""
    return np.mean([one.precision for one in seeds], 0)


def table(done: Iterable[Judged], textures: Textures) -> str:
    """All lines: MAP at 500 with its interval over pictures, beside what the paper claims."""
    rows = [["MAP@500, 64 bits", "seeds", "all", "photographs", "rendered", "sd of seeds",
             "patches seen", "min", "paper: STex VisTex ALOT"]]  # fmt: skip
    claims = {arm.name: arm.claim for arm in ARMS}
    for line, seeds in by_line(done).items():
        precision, pictures = mean_precision(seeds), np.array(seeds[0].pictures)
        drawn = textures.rendered[pictures]
        cells = []
        for chosen in (np.ones(len(drawn), bool), ~drawn, drawn):
            if not chosen.any():
                cells.append("")
                continue
            bounds = cluster_bootstrap(precision[chosen], pictures[chosen], resamples=RESAMPLES)
            cells.append(f"{bounds.value:.3f} ({bounds.low:.3f}-{bounds.high:.3f})")
        spread = np.std([np.mean(one.precision) for one in seeds])
        minutes = np.mean([one.minutes for one in seeds])
        rows.append([line, str(len(seeds)), *cells, f"{spread:.3f}", f"{seeds[0].images:,}",
                     f"{minutes:.1f}", claims[line]])  # fmt: skip
    return aligned(rows)


def differences(done: Iterable[Judged]) -> str:
    """Every line against the first, Table 2's against its full form, paired by query."""
    lines = by_line(done)
    presets = {arm.name for arm in ARMS if arm.generator in PRESETS}
    pairs = []
    for line in lines:
        head = FULL_LOSSES if line in presets else ARMS[0].name
        if head != line and head in lines:
            pairs.append((line, head))
    found = [
        paired_difference(mean_precision(lines[a]), mean_precision(lines[b]), lines[a][0].pictures)
        for b, a in pairs
    ]
    return differences_table([(line, head, "MAP@500") for line, head in pairs], found)
