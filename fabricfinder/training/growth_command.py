"""``fabricfinder train tsn --stage 1``: train the generator, write its files.

The generator that ships was made by:

    fabricfinder train tsn --stage 1 --out runs/grow --cloth runs/parts --steps 600 --ship resources

(its average after 400 steps was judged best).
"""

import argparse
import json
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.grown import GROWTH_CHECKPOINT
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.resources import SHIPPED_CHECKPOINT, resource_path
from fabricfinder.hashing.beyond import Beyond
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.growth import PAPER, PRESETS, Generator, GrowthConfig
from fabricfinder.hashing.growth_file import export_growth, load_growth, save_growth
from fabricfinder.hashing.style import StyleEyes, fabric_eyes, vgg_eyes
from fabricfinder.hashing.tsn import TSNConfig
from fabricfinder.terminal import run
from fabricfinder.training.cloth import ClothSet
from fabricfinder.training.growth import GrowthSchedule, grow_cloth, judge_growth, judged_pairs
from fabricfinder.training.loop import split_rows
from fabricfinder.training.settings import configured

JUDGED = ("l1", "style", "l1_own", "style_own", "l1_repeat", "style_repeat", "l1_mirror",
          "style_mirror", "share_own")  # fmt: skip
PAPER_RATE = 2e-4


def best_eyes() -> StyleEyes:
    """VGG-19 where its weights are on this computer, else the encoder that ships."""
    seen = vgg_eyes()
    if seen is not None:
        return seen
    shipped = load_checkpoint(resource_path(SHIPPED_CHECKPOINT))
    return fabric_eyes(shipped.model, shipped.card.id)


def growth_schedule(arguments: argparse.Namespace) -> GrowthSchedule:
    """How stage 1 is trained: ours, or with ``--form literal`` at the paper's rate and anywhere."""
    schedule = GrowthSchedule(PRESETS[arguments.preset], arguments.steps, seed=arguments.seed)
    if arguments.form != "literal":
        return schedule
    return replace(schedule, rate=PAPER_RATE, anywhere=True)


def growth_form(arguments: argparse.Namespace) -> GrowthConfig:
    """The generator a command line asks for; ``--set repeats=false`` paints everything itself."""
    literal = arguments.form == "literal"
    return configured(PAPER if literal else GrowthConfig(), arguments.set)


def train_growth(arguments: argparse.Namespace, cloth: ClothSet) -> int:
    """Train stage 1 on a cloth set and write ``tsn-grow`` into ``--out``, and ``--ship``."""
    out = Path(arguments.out)
    rows, held, _ = split_rows(cloth)
    form = growth_form(arguments)
    schedule = growth_schedule(arguments)
    torch.manual_seed(arguments.seed)
    eyes = best_eyes()

    def tell(progress: Progress) -> None:
        if progress.partial:
            print(progress.partial, file=sys.stderr, flush=True)

    generator = run(grow_cloth(Generator(form), cloth, rows, held, eyes, schedule, out), tell)
    figures = judge_growth(generator, judged_pairs(cloth, held), eyes, schedule.terms)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    best = min(log, key=lambda row: row["judged"])
    made = {
        "command": "fabricfinder train " + shlex.join(sys.argv[2:]), "seed": arguments.seed,
        "preset": arguments.preset, "style": eyes.name, "steps": int(best["step"]),
        "images_seen": int(best["images"]), "minutes": float(best["minutes"]),
        "figures": {name: figures[name] for name in JUDGED},
    }  # fmt: skip
    path = out / GROWTH_CHECKPOINT
    save_growth(generator, made, path)
    files = [path]
    if form.repeats:
        export_growth(path, path.with_suffix(".onnx"))
        files.append(path.with_suffix(".onnx"))
    print("Written: " + " and ".join(str(file) for file in files))
    if arguments.ship:
        for file in files:
            shutil.copyfile(file, Path(arguments.ship) / file.name)
        shutil.copyfile(out / "log.jsonl", Path(arguments.ship) / f"{path.stem}.log.jsonl")
    return 0


def tsn_config(arguments: argparse.Namespace) -> TSNConfig:
    """The configuration a command line asks for: the paper's network and losses, with our terms.

    The label heads are let into the features, and captures of one fabric are drawn together.
    """
    return TSNConfig(
        n_bits=arguments.bits, hashing=arguments.hashing, pairs="graded",
        beyond=Beyond(joint=True, recapture=1.0),
    )  # fmt: skip


def asked_generator(arguments: argparse.Namespace) -> Generator:
    """The generator of ``--generator``, or the one that ships.

    Raises:
        FabricFinderError: there is none yet.
    """
    path = Path(arguments.generator) if arguments.generator else resource_path(GROWTH_CHECKPOINT)
    if not path.is_file():
        raise FabricFinderError(
            f"There is no generator at {path}; train it first: “fabricfinder train tsn --stage 1”."
        )
    return load_growth(path).generator
