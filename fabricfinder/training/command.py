"""``fabricfinder train``: draw the cloth if it is missing, train, calibrate, write the files."""

import argparse
import json
import shlex
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_type_hints

import numpy as np
import torch

from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.hashing.base import BackboneConfig, FabricCNN, HashingMethod
from fabricfinder.hashing.checkpoint import load_checkpoint
from fabricfinder.hashing.dah import DAH, DAHConfig
from fabricfinder.hashing.dshc import DSHC, DSHCConfig
from fabricfinder.hashing.dvsh import DVSH, DVSHConfig
from fabricfinder.hashing.facets import Facets, FacetsConfig
from fabricfinder.hashing.mdffsh import MDFFSH, MDFFSHConfig
from fabricfinder.hashing.methods import HASHING_METHODS
from fabricfinder.hashing.tsn import TSN
from fabricfinder.hashing.trunks import load_imagenet
from fabricfinder.terminal import run
from fabricfinder.training.batches import CAPTURES, choose_by_class, choose_rows
from fabricfinder.training.cloth import PARTS, ClothSet, open_cloth_set, write_cloth_set
from fabricfinder.training.finish import finish
from fabricfinder.training.frozen import Budget, fit, freeze
from fabricfinder.training.growth_command import (
    asked_generator,
    growth_form,
    train_growth,
    tsn_config,
)
from fabricfinder.training.loop import Schedule, split_rows, train
from fabricfinder.training.settings import configured

CHOOSERS = {"dah": choose_by_class}
"""Which fabrics meet in a batch, where it is not ``choose_rows``."""


def dvsh_config(arguments: argparse.Namespace) -> DVSHConfig:
    """The configuration a command line asks for; the weights beyond the paper are ours."""
    return DVSHConfig(
        backbone=BackboneConfig(width=arguments.width),
        n_bits=arguments.bits,
        form=arguments.form,
        ablation=arguments.ablation,
        # The list loss is a mean per place (about 3.5), a 95th of the paper's sum, so that the heads
        # are heard beside it; the KL weight is brought down with it.
        list_per_item=True,
        lambda_kld=3e-5,
        lambda_quantisation=1e-2,  # from 1e-6 to 1e-1 it makes no difference; see study
        weight_coarse=1.0,
        weight_fine=1.0,
        weight_tightness=0.5,
        weight_frequency=0.3,
        weight_recapture=1.0,
        label_smoothing=0.05,
    )


def facets_config(arguments: argparse.Namespace) -> FacetsConfig:
    """Sub-codes for each dimension; their lengths are fixed, so ``--bits`` does not speak here."""
    return FacetsConfig(backbone=BackboneConfig(width=arguments.width))


NEW_MODELS: dict[str, Callable[[argparse.Namespace], HashingMethod]] = {
    "dvsh": lambda arguments: DVSH(configured(dvsh_config(arguments), arguments.set)),
    "dvsh-facets": lambda arguments: Facets(configured(facets_config(arguments), arguments.set)),
    "mdff-sh": lambda arguments: MDFFSH(
        configured(
            MDFFSHConfig(backbone=BackboneConfig(width=arguments.width), n_bits=arguments.bits),
            arguments.set,
        )
    ),
    "dshc": lambda arguments: DSHC(
        configured(
            DSHCConfig(backbone=BackboneConfig(width=arguments.width), n_bits=arguments.bits),
            arguments.set,
        )
    ),
    "dah": lambda arguments: DAH(configured(DAHConfig(n_bits=arguments.bits), arguments.set)),
    "tsn": lambda arguments: TSN.on_generator(
        configured(tsn_config(arguments), arguments.set), asked_generator(arguments)
    ),
}


def new_model(arguments: argparse.Namespace) -> HashingMethod:
    """The network a command line asks for.

    A system that NEW_MODELS says nothing of is made of its own configuration, as its ``__init__``
    names it, with ``--bits`` and ``--set``: a new one needs no line here.
    """
    if arguments.method in NEW_MODELS:
        return NEW_MODELS[arguments.method](arguments)
    network = HASHING_METHODS[arguments.method]
    config = get_type_hints(network.__init__)["config"](n_bits=arguments.bits)
    return network(configured(config, arguments.set))


def begun(arguments: argparse.Namespace) -> HashingMethod:
    """A new model with whatever it starts from; what that is goes to stderr.

    A torchvision trunk takes the ImageNet weights that are here, with ``--imagenet`` fetched ones,
    and it is said where there are none; ``--start`` comes after them and has the last word.
    """
    torch.manual_seed(arguments.seed)
    model = new_model(arguments)
    trunk = getattr(model.config, "trunk", "lite")
    if arguments.imagenet or trunk != "lite":
        backbone = getattr(model, "backbone", model)
        print(load_imagenet(backbone, trunk, fetch=arguments.imagenet), file=sys.stderr)
    if arguments.start:
        fresh = model.start_from(load_checkpoint(Path(arguments.start)).model)
        print(f"From {arguments.start}: all but {len(fresh)} tensors.", file=sys.stderr)
    return model


def learn_whole(
    arguments: argparse.Namespace, cloth: ClothSet, rows: np.ndarray, held: np.ndarray, out: Path
) -> HashingMethod:
    """Train end to end; goes on where ``out`` holds an unfinished run."""
    schedule = Schedule(
        steps=arguments.steps, fabrics=arguments.batch, seed=arguments.seed,
        learning_rate=arguments.rate, small_px=arguments.small_px,
        validate_every=min(Schedule().validate_every, max(1, arguments.steps // 4)),
    )  # fmt: skip

    def tell(progress: Progress) -> None:
        if progress.partial:
            print(progress.partial, file=sys.stderr, flush=True)

    choose = CHOOSERS.get(arguments.method, choose_rows)
    return run(train(begun(arguments), cloth, rows, held, schedule, out, choose), tell)


def learn_frozen(
    arguments: argparse.Namespace, cloth: ClothSet, rows: np.ndarray, out: Path
) -> HashingMethod:
    """Train only what lies behind the base network of ``--start``, on looks taken once.

    Raises:
        FabricFinderError: nothing to start from, or a system with a base network of its own.
    """
    if not arguments.start or not isinstance(getattr(begun(arguments), "backbone", None), FabricCNN):
        raise FabricFinderError(
            "--frozen wants --start, a checkpoint whose base network is kept, and a system that "
            "stands on ours: dvsh, mdff-sh or dshc."
        )
    start = load_checkpoint(Path(arguments.start)).model
    chosen = np.sort(np.random.default_rng(0).permutation(rows)[: arguments.frozen])
    began = time.monotonic()
    seen = run(freeze(start, cloth, chosen, 31, classic=False))
    budget = Budget(arguments.steps, arguments.batch, arguments.rate)
    choose = CHOOSERS.get(arguments.method, choose_rows)
    model = run(fit(lambda: begun(arguments), seen, budget, arguments.seed, choose))
    row = {"step": budget.steps, "minutes": round((time.monotonic() - began) / 60, 2),
           "images": budget.steps * budget.fabrics * CAPTURES, "frozen": len(chosen)}  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "log.jsonl").write_text(json.dumps(row) + "\n")
    return model


def train_command(arguments: argparse.Namespace) -> int:
    """Run ``fabricfinder train``; resumes by itself when ``--out`` holds an unfinished run."""
    out = Path(arguments.out)
    begins = arguments.method == "tsn" and arguments.stage == 1
    (growth_form if begins else new_model)(arguments)  # what cannot be is refused before it is drawn
    folder = Path(arguments.cloth) if arguments.cloth else out / "cloth"
    parts = tuple(part for part in PARTS if not arguments.parts or part.name in arguments.parts)
    run(write_cloth_set(folder, arguments.fabrics, parts))
    cloth = open_cloth_set(folder, parts)
    if begins:
        return train_growth(arguments, cloth)
    rows, held, _ = split_rows(cloth)
    ordinary = rows
    if arguments.judge:
        shuffle = np.random.default_rng(0).permutation
        held, ordinary = shuffle(held)[: arguments.judge], shuffle(rows)[: 3 * arguments.judge]
    if arguments.frozen:
        model = learn_frozen(arguments, cloth, rows, out)
    else:
        model = learn_whole(arguments, cloth, rows, held, out)
    last = json.loads((out / "log.jsonl").read_text().splitlines()[-1])
    made = {
        "command": "fabricfinder train " + shlex.join(sys.argv[2:]),
        "seed": arguments.seed,
        "images_seen": int(last["images"]),
        "minutes": float(last["minutes"]),
    }
    path = finish(
        model, cloth, ordinary, held, out, made, lambda line: print(line, file=sys.stderr)
    )
    print(f"Written: {path} and {path.with_suffix('.onnx')}")
    if arguments.ship:
        for file in (path, path.with_suffix(".onnx"), out / "log.jsonl"):
            name = file.name if file.suffix != ".jsonl" else f"{path.stem}.log.jsonl"
            shutil.copyfile(file, Path(arguments.ship) / name)
    return 0
