"""``fabricfinder study --whole``: the systems trained end to end, all on one small budget.

Every line sees as many pictures of the same cloth through the same loop at 64 px, three seeds, and
is judged by its codes of unseen cloth. Only the papers' own terms are trained. What a seed scored
is kept in ``OUT`` as soon as it is there; two processes may share one, the second ``--backwards``
(where they meet both train the last seed, and the first to end keeps it).
"""

import argparse
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from fabricfinder.domain.grown import GROWTH_CHECKPOINT
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import resource_path
from fabricfinder.evaluation.truth import CaptureTruth
from fabricfinder.hashing.base import BackboneConfig, HashingMethod
from fabricfinder.hashing.checkpoint import new_card, save_checkpoint
from fabricfinder.hashing.dah import DAH, DAHConfig
from fabricfinder.hashing.growth_file import load_growth
from fabricfinder.hashing.tsn import TSN, TSNConfig
from fabricfinder.terminal import run
from fabricfinder.training.album import Album, fill_album
from fabricfinder.training.batches import CAPTURES, choose_by_class
from fabricfinder.training.cloth import ClothSet, open_cloth_set
from fabricfinder.training.grid import (
    PAIRED,
    RESAMPLES,
    SEEDS,
    GridRow,
    grid_differences,
    grid_plots,
    grid_table,
    row_of,
)
from fabricfinder.training.loop import Schedule, split_rows, train
from fabricfinder.training.systems import OURS, SILENT, SystemArm, system_arms
from fabricfinder.training.trained import judge_looks, truth_for

N_BITS = 64
SIDE_PX = 64
IMAGES = 40_000
LOOKS = 4
HELD = 100
WANTED = {
    "DVSH": ("DVSH", "DVSH1a", "DVSH1b", "DVSH2a", OURS),
    "MDFF-SH": ("whole",),
    "DSHC": ("KBC, marginal",),
}


@dataclass(frozen=True)
class Seed:
    """What one seed of a line scored: ``row`` has it as its only seed."""

    seed: int
    row: GridRow


def whole_arms() -> list[SystemArm]:
    """The systems' main forms and DVSH's ablations with trunks of their own, DVSH first."""
    arms = [arm for arm in system_arms(N_BITS) if arm.form in WANTED.get(arm.system, ())]
    claims = {arm.system: arm.claim for arm in reversed(system_arms(N_BITS))}
    dah = DAHConfig(n_bits=N_BITS, beyond=SILENT)
    # The paper's one patch: a second view would cost as much again as everything else together.
    tsn = TSNConfig(n_bits=N_BITS, beyond=SILENT, views="macro", features=256)
    arms.append(
        SystemArm("DAH", "whole", N_BITS, lambda _: DAH(dah), claims["DAH"], choose_by_class)
    )
    arms.append(
        SystemArm("TSN", "DSDH", N_BITS, lambda _: _on_the_shipped_generator(tsn), claims["TSN"])
    )
    return arms


def _on_the_shipped_generator(config: TSNConfig) -> TSN:
    """A TSN whose stage 1 is the generator that ships."""
    return TSN.on_generator(config, load_growth(resource_path(GROWTH_CHECKPOINT)).generator)


def train_whole(
    arm: SystemArm, cloth: ClothSet, album: Album, split: Sequence[np.ndarray], schedule: Schedule,
    folder: Path,
) -> Iterator[Progress]:  # fmt: skip
    """Train one seed of one line; returns the model.

    Args:
        split: rows to learn from, and to watch.
        folder: where a killed training is gone on with.
    """
    torch.manual_seed(schedule.seed)
    model = arm.build(BackboneConfig())
    rows, held = split
    return (yield from train(model, cloth, rows, held, schedule, folder, arm.choose, album))


def judge_whole(
    model: HashingMethod, arm: SystemArm, cloth: ClothSet, album: Album, truth: CaptureTruth,
    images: int, minutes: float,
) -> GridRow:  # fmt: skip
    """Both tracks of one seed, by the Hamming distance of its codes of two pictures a fabric."""
    judged = judge_looks(model, cloth, album.rows, truth, arm.name, RESAMPLES, album)
    return row_of(arm, [judged], images, minutes)


def together(rows: Sequence[GridRow]) -> GridRow:
    """The seeds of one line as one row: means, and the spread of the seeds."""

    def mean(of: Callable[[GridRow], object]) -> list[float]:
        return np.mean([of(row) for row in rows], 0).tolist()

    figures = {}
    for name in rows[0].figures:
        values = np.array([row.figures[name] for row in rows])
        figures[name] = [*values[:, :3].mean(0).tolist(), float(values[:, 0].std())]
    return replace(
        rows[0], seeds=len(rows), figures=figures,
        per_query={name: mean(lambda r, n=name: r.per_query[n]) for name in PAIRED},
        precision=mean(lambda r: r.precision), recall=mean(lambda r: r.recall),
        radius_precision=mean(lambda r: r.radius_precision),
        radius_recall=mean(lambda r: r.radius_recall),
        distinct=float(np.mean([row.distinct for row in rows])),
        unbalance=float(np.mean([row.unbalance for row in rows])),
        minutes=float(np.mean([row.minutes for row in rows])),
    )  # fmt: skip


def kept_seeds(path: Path) -> list[Seed]:
    """The seeds that are done."""
    if not path.exists():
        return []
    lines = map(json.loads, path.read_text().splitlines())
    return [Seed(line["seed"], GridRow(**line["row"])) for line in lines]


def _is_kept(path: Path, seed: int, name: str) -> bool:
    return any(done.seed == seed and done.row.name == name for done in kept_seeds(path))


def whole_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder study --whole``; seeds that are already in ``--out`` stay."""
    out = Path(arguments.out)
    torch.set_num_threads(arguments.threads)
    cloth = open_cloth_set(Path(arguments.cloth))
    split = split_rows(cloth)
    shuffled = np.random.default_rng(0).permutation
    learnt = np.sort(shuffled(split.training)[: arguments.images // LOOKS])
    held = np.sort(shuffled(split.validation)[:HELD])
    album = run(fill_album(out / "album", cloth, np.concatenate([learnt, held]), LOOKS, SIDE_PX, 51))
    unseen = run(fill_album(out / "unseen", cloth, split.test, CAPTURES, SIDE_PX, 52))
    truth = truth_for(cloth, split.test)
    base = Schedule(learning_rate=1e-3, small_until=1.0, small_px=SIDE_PX)
    steps = max(1, arguments.images // (base.fabrics * CAPTURES))
    base = replace(base, steps=steps, validate_every=max(1, steps // 2))
    path = out / "whole.jsonl"
    asked = [(seed, arm) for seed in range(1, SEEDS + 1) for arm in whole_arms()]
    for seed, arm in asked[:: -1 if arguments.backwards else 1]:
        if arguments.only and arm.system not in arguments.only:
            continue
        # Read anew each time, as another process may be coming from the other end.
        if _is_kept(path, seed, arm.name):
            continue
        began, folder = time.process_time(), out / f"{arm.name} {seed}".replace(" ", "-")
        model = run(train_whole(arm, cloth, album, (learnt, held), replace(base, seed=seed), folder))
        images = base.steps * base.fabrics * CAPTURES
        minutes = (time.process_time() - began) / 60
        row = judge_whole(model.eval(), arm, cloth, unseen, truth, images, minutes)
        if _is_kept(path, seed, arm.name):
            continue
        save_checkpoint(model, new_card(model), folder.with_suffix(".safetensors"))
        with path.open("a") as file:
            file.write(json.dumps(asdict(Seed(seed, row)), ensure_ascii=False) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        print(row.name, seed, {k: round(v[0], 4) for k, v in row.figures.items()}, flush=True)
    return show_whole(kept_seeds(path), truth, out)


def show_whole(done: Sequence[Seed], truth: CaptureTruth, out: Path) -> int:
    """Print the table, the differences and where the plots lie; returns 0."""
    lines: dict[str, list[GridRow]] = {}
    for one in done:
        lines.setdefault(one.row.name, []).append(one.row)
    rows = [together(seeds) for seeds in lines.values()]
    print(grid_table(rows))
    print(grid_differences(rows, truth.queries.families))
    for picture in grid_plots(rows, out):
        print(picture)
    return 0
