"""The lab's words on the command line: train, study, cifar, textures; torch is not loaded to read them."""

import argparse
from collections.abc import Callable

from fabricfinder.domain.errors import NoTorchError
from fabricfinder.models_command import add_model_choice, model_name

Number = Callable[[str], int]


def add_lab_commands(
    commands: argparse._SubParsersAction, count: Number, seed: Number
) -> None:
    """Add the lab's words to the command line.

    Args:
        count, seed: read a number ≥ 1 and one ≥ 0, or refuse.
    """
    train = commands.add_parser("train", help="train a model on rendered cloth (extra: train)")
    train.set_defaults(command="train")
    train.add_argument("method", nargs="?", type=model_name, default="", metavar="NAME",
                       help="of the model (see “fabricfinder models”)")  # fmt: skip
    add_model_choice(train, "the same as NAME")
    train.add_argument("--out", metavar="DIR", required=True, help="checkpoint, log, resumable state")
    train.add_argument("--cloth", metavar="DIR", default="", help="cloth set (drawn when missing)")
    train.add_argument("--fabrics", type=count, default=22000, metavar="N")
    train.add_argument("--start", metavar="FILE", default="", help="begin from this checkpoint's weights")
    train.add_argument("--parts", nargs="*", choices=("woven", "printed", "pile", "knit"), default=(),
                       help="only these parts of the cloth set")  # fmt: skip
    train.add_argument("--steps", type=count, default=3000, metavar="N")
    train.add_argument("--rate", type=float, default=1.5e-3, metavar="R", help="peak learning rate")
    train.add_argument("--batch", type=count, default=48, metavar="N", help="fabrics in a batch")
    train.add_argument("--bits", type=int, choices=(32, 64, 128, 256), default=128)
    train.add_argument("--form", choices=("corrected", "signs", "literal"), default="corrected")
    train.add_argument("--ablation", choices=("DVSH", "DVSH1a", "DVSH1b", "DVSH2a"), default="DVSH")
    _add_tsn_choices(train)
    train.add_argument("--width", type=int, choices=(16, 24, 32, 64), default=16)
    train.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                       help="another field of the configuration")  # fmt: skip
    train.add_argument("--imagenet", action="store_true",
                       help="fetch ImageNet weights where they are not here")  # fmt: skip
    train.add_argument("--small-px", type=int, choices=(64, 96, 128), default=96,
                       help="side of the views in the first 70 %% of the steps")  # fmt: skip
    train.add_argument("--frozen", type=seed, default=0, metavar="N",
                       help="keep the base network of --start as it is, and learn the rest from "
                            "looks at N fabrics")  # fmt: skip
    train.add_argument("--judge", type=seed, default=0, metavar="N",
                       help="judge and calibrate by so many held fabrics (default: all)")  # fmt: skip
    train.add_argument("--seed", type=seed, default=1)
    train.add_argument("--ship", metavar="DIR", default="", help="also write checkpoint and graph here")
    _add_study(commands, count)
    _add_cifar(commands, count, seed)
    _add_textures(commands, count)


def _add_tsn_choices(train: argparse.ArgumentParser) -> None:
    """Add what only ``train tsn`` listens to."""
    train.add_argument("--stage", type=int, choices=(1, 2), default=2,
                       help="tsn: 1 the generator, 2 the hashing network on it")  # fmt: skip
    train.add_argument("--preset", default="cloth",
                       choices=("cloth", "paper", "zhou", "l1+style", "adv", "adv+style"),
                       help="tsn, stage 1: which losses at which weights")  # fmt: skip
    train.add_argument("--generator", metavar="FILE", default="", help="tsn, stage 2: on this one")
    train.add_argument("--hashing", choices=("dsdh", "dpsh", "dhcq"), default="dsdh",
                       help="tsn, stage 2: which losses")  # fmt: skip


def _add_cifar(commands: argparse._SubParsersAction, count: Number, seed: Number) -> None:
    cifar = commands.add_parser("cifar", help="the hashing papers' benchmark (extra: train)")
    cifar.set_defaults(command="cifar")
    cifar.add_argument("--data", metavar="FILE", required=True, help="CIFAR-10 as JPEGs in one npz")
    cifar.add_argument("--out", metavar="DIR", required=True, help="where figures and states lie")
    cifar.add_argument("--systems", nargs="*",
                       choices=("mdff-sh", "dshc", "dah", "nonea-dah", "dah-gain"),
                       help="dah-gain: DAH whose classifier is heard sooner (ours)")  # fmt: skip
    cifar.add_argument("--bits", nargs="*", type=count, metavar="N", help="(the paper's lengths)")
    cifar.add_argument("--budget", choices=("small", "full"), default="small",
                       help="full wants a CUDA device")  # fmt: skip
    cifar.add_argument("--images", type=seed, default=0, metavar="N",
                       help="with small: pictures seen in training")  # fmt: skip


def _add_study(commands: argparse._SubParsersAction, count: Number) -> None:
    study = commands.add_parser("study", help="compare losses and codes on frozen features")
    study.set_defaults(command="study")
    study.add_argument("--model", metavar="FILE", default="resources/dvsh-128.safetensors",
                       help="whose features: a checkpoint (default: %(default)s)")  # fmt: skip
    study.add_argument("--trained", nargs="+", metavar="FILE", default=(),
                       help="judge these checkpoints, trained end to end, side by side")  # fmt: skip
    study.add_argument("--cloth", metavar="DIR", required=True, help="cloth set, as train draws it")
    study.add_argument("--out", metavar="DIR", required=True, help="where each arm's figures are kept")
    study.add_argument("--fabrics", type=count, default=3000, metavar="N", help="to learn from")
    study.add_argument("--steps", type=count, default=1500, metavar="N", help="of every arm")
    study.add_argument("--threads", type=count, default=2, metavar="N")
    study.add_argument("--systems", action="store_true",
                       help="the five systems, their ablations, 32, 64 and 128 bits")  # fmt: skip
    study.add_argument("--backwards", action="store_true",
                       help="with --systems or --whole: from the other end, beside another process")  # fmt: skip
    study.add_argument("--whole", action="store_true",
                       help="train the systems end to end, all on one small budget at 64 px")  # fmt: skip
    study.add_argument("--images", type=count, default=40_000, metavar="N",
                       help="with --whole: pictures each seed sees")  # fmt: skip
    study.add_argument("--only", nargs="*", default=(), metavar="SYSTEM",
                       help="with --whole: DVSH, MDFF-SH, DSHC, DAH, TSN")  # fmt: skip


def _add_textures(commands: argparse._SubParsersAction, count: Number) -> None:
    textures = commands.add_parser("textures",
                                   help="texture-synthesis hashing by its own protocol (extra: train)")  # fmt: skip
    textures.set_defaults(command="textures")
    textures.add_argument("--photos", metavar="DIR", required=True, help="pictures and labels.csv")
    textures.add_argument("--out", metavar="DIR", required=True, help="where each line is kept")
    textures.add_argument("--generator", metavar="FILE", default="", help="instead of the shipped one")
    textures.add_argument("--cloth", metavar="DIR", default="",
                          help="cloth set, as train draws it: also trains the generators of the "
                               "paper's Table 2 on it, and their lines")  # fmt: skip
    textures.add_argument("--only", nargs="*", default=(), metavar="LINE", help="these lines")
    for name, value, words in (("rendered", 200, "rendered swatches"), ("steps", 300, "of each line"),
                               ("growth-steps", 800, "with --cloth: of each generator"),
                               ("seeds", 3, "of each line"), ("threads", 1, "of the processor")):  # fmt: skip
        textures.add_argument(f"--{name}", type=count, default=value, metavar="N", help=words)


def is_lab(arguments: argparse.Namespace) -> bool:
    """Whether a command runs in the lab, which needs torch: a lesson's own process does too."""
    learning = arguments.command == "teach" and arguments.progress == "json"
    return learning or arguments.command in ("train", "study", "cifar", "textures")


def lab_command(arguments: argparse.Namespace) -> int:
    """Run a command of the lab.

    Raises:
        FabricFinderError: torch is not installed.
    """
    try:
        from fabricfinder.training.cifar import cifar_command
        from fabricfinder.training.command import train_command
        from fabricfinder.training.grid import grid_command
        from fabricfinder.training.study import study_command
        from fabricfinder.training.teach_command import teach_command
        from fabricfinder.training.textures_command import textures_command
        from fabricfinder.training.trained import trained_command
        from fabricfinder.training.whole import whole_command
    except ModuleNotFoundError as error:
        raise NoTorchError from error
    study = study_command
    if arguments.command == "study":
        asked = {grid_command: arguments.systems, trained_command: arguments.trained,
                 whole_command: arguments.whole}  # fmt: skip
        study = next((command for command, wanted in asked.items() if wanted), study_command)
    deeds = {"train": train_command, "study": study, "cifar": cifar_command,
             "textures": textures_command, "teach": teach_command}  # fmt: skip
    return deeds[arguments.command](arguments)
