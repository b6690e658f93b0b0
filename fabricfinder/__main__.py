"""The front door: no arguments opens the window, a word does one thing on the command line."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

from fabricfinder import __version__
from fabricfinder.capture_commands import CAPTURE_COMMANDS, add_capture_commands, number_between
from fabricfinder.domain.errors import FabricFinderError, sentence_of
from fabricfinder.grow_command import GROW_COMMANDS, add_grow_command
from fabricfinder.lab_commands import add_lab_commands, is_lab, lab_command
from fabricfinder.label_commands import LABEL_COMMANDS, add_label_commands
from fabricfinder.models_command import MODELS_COMMANDS, add_model_choice, add_models_command

DONE, NOTHING_DONE, WRONG_USAGE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence on stderr and exits with 2."""

    def error(self, message: str) -> None:
        print(f"fabricfinder: {message}. Try “fabricfinder --help”.", file=sys.stderr)
        raise SystemExit(WRONG_USAGE)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = _Parser(
        prog="fabricfinder",
        description="Find the historical cloth nearest to a scrap, and say why. "
        "Without a command it opens the window.",
    )
    parser.add_argument("--version", action="version", version=f"fabricfinder {__version__}")
    parser.add_argument("--library", metavar="DIR", help="open this library")
    parser.add_argument("--safe-mode", action="store_true",
                        help="the window with its original settings; yours are left alone")  # fmt: skip
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=_Parser)
    _add_window_commands(commands)
    _add_library_commands(commands)
    _add_sheet_command(commands)
    _add_list_command(commands)
    add_label_commands(commands)
    add_capture_commands(commands, _count)
    _add_cloth_commands(commands)
    add_grow_command(commands)
    add_models_command(commands)
    _add_model_commands(commands)
    return parser


def _add_window_commands(commands: argparse._SubParsersAction) -> None:
    opening = commands.add_parser("open", help="the window, searching with a picture: “Open with”")
    opening.set_defaults(command="open")
    opening.add_argument("pictures", nargs="*", metavar="PATH",
                         help="a picture to search with, or folders to bring in")  # fmt: skip
    demo = commands.add_parser("demo", help="open the window on the demo library")
    demo.set_defaults(command="demo")
    demo.add_argument("--folder", metavar="DIR", help="where to keep the demo library")
    demo.add_argument("--headless", action="store_true", help="no window: build, search, screenshot")
    demo.add_argument("--screenshot", metavar="PNG", help="with --headless: where the picture goes")
    check = commands.add_parser("self-check", help="make, import, search, and say whether all works")
    check.set_defaults(command="self-check")
    check.add_argument("--folder", metavar="DIR", help="work here instead of a temporary folder")
    check.add_argument("--keep", metavar="DIR",
                       help="put screenshot.png, sheet.pdf and grown.png there")  # fmt: skip
    check.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    check.add_argument("--record", metavar="FILE",
                       help="only write down the codes to compare with, as resources/codes.json "
                            "holds them")  # fmt: skip


def _add_library_commands(commands: argparse._SubParsersAction) -> None:
    bring = commands.add_parser("import", help="bring pictures into a library")
    bring.set_defaults(command="import")
    bring.add_argument("--library", metavar="DIR", required=True)
    bring.add_argument("--labels", metavar="CSV", default="", help="path,coarse,fine,tightness,…")
    bring.add_argument("paths", metavar="PATH", nargs="+")
    add_model_choice(bring, "look at the whole library with this model from now on")
    query = commands.add_parser("query", help="find the cloths nearest to pictures")
    query.set_defaults(command="query")
    query.add_argument("--library", metavar="DIR", required=True)
    query.add_argument("images", metavar="IMAGE", nargs="+")
    query.add_argument("--top", type=_count, default=10, metavar="N")
    query.add_argument("--weights", type=_weights, default=None, metavar="C,F,H,T",
                       help="weights of coarse, fine, colour, tightness; each ≥ 0, not all 0")  # fmt: skip
    query.add_argument("--rank", choices=("overall", "hamming"), default="overall")
    query.add_argument("--color", default="emd_hsv", metavar="MEASURE",
                       choices=("emd_hsv", "emd_hsv_wide", "emd_lab", "paper_corrected"),
                       help="how colours are compared: %(choices)s")  # fmt: skip
    query.add_argument("--exclude-self", action="store_true", help="leave the query's own file out")
    query.add_argument("--json", action="store_true", help="one JSON object a line")
    add_model_choice(query, "answer this once with another model")
    encode = commands.add_parser("encode", help="write the codes of pictures to a file")
    encode.set_defaults(command="encode")
    encode.add_argument("paths", metavar="PATH", nargs="+")
    encode.add_argument("--out", metavar="FILE.npz", required=True)
    add_model_choice(encode, "the model whose codes are written", graph=True)


def _add_sheet_command(commands: argparse._SubParsersAction) -> None:
    sheet = commands.add_parser("sheet", help="write a search as PDF, HTML, XLSX, CSV or PNG")
    sheet.set_defaults(command="sheet")
    sheet.add_argument("--library", metavar="DIR", required=True)
    sheet.add_argument("--query", metavar="IMAGE", required=True)
    sheet.add_argument("--top", type=_count, default=12, metavar="N")
    sheet.add_argument("--layout", default=None,
                       choices=("card", "2x3", "3x4", "compare", "hanger", "spec", "process"),
                       help="of PDF and PNG: %(choices)s")  # fmt: skip
    sheet.add_argument("--profile", choices=("internal", "customer", "supplier"),
                       default="internal", help="who will read it")  # fmt: skip
    sheet.add_argument("--paper", choices=("A4", "Letter"), default="A4")
    sheet.add_argument("--title", default="", help="instead of the usual title")
    sheet.add_argument("--weights", type=_weights, default=None, metavar="C,F,H,T",
                       help="weights of coarse, fine, colour, tightness")  # fmt: skip
    sheet.add_argument("--exclude-self", action="store_true", help="leave the query's own file out")
    sheet.add_argument("--fold", action="store_true",
                       help="of several pictures of one cloth only the nearest")  # fmt: skip
    sheet.add_argument("--plots", action="store_true", help="with drawings of the scores and colours")
    sheet.add_argument("--archival", action="store_true", help="PDF/A-1b, for keeping")
    sheet.add_argument("--excel", action="store_true",
                       help="CSV with the separators of this computer's language")  # fmt: skip
    sheet.add_argument("--out", metavar="FILE", required=True, help="ends in .pdf, .html, .xlsx, …")


def _add_list_command(commands: argparse._SubParsersAction) -> None:
    listing = commands.add_parser("list", help="print what a library holds")
    listing.set_defaults(command="list")
    listing.add_argument("--library", metavar="DIR", required=True)
    listing.add_argument("--where", metavar="EXPR", default="",
                         help="only these, as typed in the search box: "
                         "'weave:twill gsm:180..220 -supplier:X'")  # fmt: skip
    form = listing.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--csv", action="store_true", help="a table of everything, labels and fields")


def _add_cloth_commands(commands: argparse._SubParsersAction) -> None:
    synthesize = commands.add_parser("synthesize", help="render cloth with exact labels")
    synthesize.set_defaults(command="synthesize")
    synthesize.add_argument("--out", metavar="DIR", required=True,
                            help="folder of the pictures; with --wif the picture, FILE.png")  # fmt: skip
    what = synthesize.add_mutually_exclusive_group(required=True)
    what.add_argument("--fabrics", type=_count, metavar="N", help="so many cloths of every kind")
    what.add_argument("--wif", metavar="FILE", help="the cloth of this weaving draft")
    synthesize.add_argument("--px-per-cm", type=_scale, default=120.0, metavar="N",
                            help="with --wif: scale of the picture")  # fmt: skip
    synthesize.add_argument("--save-wif", action="store_true",
                            help="with --fabrics: also write each woven cloth's draft as WIF")  # fmt: skip
    synthesize.add_argument("--captures", type=_count, default=2, metavar="M")
    synthesize.add_argument("--seed", type=_seed, default=0, metavar="S")


def _add_model_commands(commands: argparse._SubParsersAction) -> None:
    add_lab_commands(commands, _count, _seed)
    _add_teach(commands)
    _add_evaluate(commands)


def _add_teach(commands: argparse._SubParsersAction) -> None:
    teach = commands.add_parser("teach", help="let the model learn a library's own cloth (extra: train)")
    teach.set_defaults(command="teach")
    teach.add_argument("--library", metavar="DIR", required=True)
    teach.add_argument("--without-labels", action="store_true", help="do not use your labels")
    teach.add_argument("--labels", metavar="FILE", default="",
                       help="use the labels of this file, written by labels export")
    teach.add_argument("--go-back", action="store_true", help="forget what the library was taught")
    teach.add_argument("--steps", type=_count, default=0, metavar="N",
                       help="of learning (default: as many as the library needs)")  # fmt: skip
    teach.add_argument("--replay", type=_seed, default=120, metavar="N",
                       help="rendered cloths mixed in, against forgetting (default: %(default)s)")  # fmt: skip
    teach.add_argument("--model", metavar="FILE", default="", help="begin with this checkpoint")
    teach.add_argument("--progress", choices=("text", "json"), default="text",
                       help="json: only learn, and tell each step as a JSON object a line")  # fmt: skip


def _add_evaluate(commands: argparse._SubParsersAction) -> None:
    evaluate = commands.add_parser("evaluate", help="measure how well it finds")
    evaluate.set_defaults(command="evaluate")
    evaluate.add_argument("protocol", nargs="+", metavar="QUESTION",
                          choices=("photos", "recaptures", "graded", "codes", "beliefs", "bands",
                                   "colourways", "unfamiliar", "library", "leak"),
                          help="one or more of: %(choices)s")  # fmt: skip
    evaluate.add_argument("--photos", metavar="DIR",
                          help="photos: folder with labels.csv (path,label,…)")  # fmt: skip
    evaluate.add_argument("--library", metavar="DIR", default=None,
                          help="library: measured by its own labels and pictures")  # fmt: skip
    evaluate.add_argument("--recipe", choices=("v1", "v2", "v2-beyond"), default="v1",
                          help="which rendered benchmark (default: %(default)s)")  # fmt: skip
    evaluate.add_argument("--folder", metavar="DIR", help="where the benchmark is drawn (once)")
    evaluate.add_argument("--cloth", metavar="DIR", nargs="*", default=(),
                          help="unfamiliar: pictures that show cloth")  # fmt: skip
    evaluate.add_argument("--other", metavar="DIR", nargs="*", default=(),
                          help="unfamiliar: pictures that show none")  # fmt: skip
    evaluate.add_argument("--pairs", type=_count, default=500, metavar="N",
                          help="leak: cloths to change (default: %(default)s)")  # fmt: skip
    add_model_choice(evaluate, "measure this model", graph=True)
    evaluate.add_argument("--save", metavar="FILE.json", default="", help="keep the result")
    evaluate.add_argument("--compare", metavar="FILE.json", default="",
                          help="print differences from a kept result")  # fmt: skip
    evaluate.add_argument("--figures", metavar="FILE.json", default="",
                          help="keep the figures alone, small, as resources/figures.json holds "
                               "what the window shows of its model")  # fmt: skip
    evaluate.add_argument("--plots", metavar="DIR", default="", help="write plots as PNG here")
    evaluate.add_argument("--json", action="store_true", help="one JSON object a line")


def _count(text: str) -> int:
    """A whole number of at least 1, or a usage error."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of at least 1")
    return value


def _seed(text: str) -> int:
    """A whole number of at least 0, or a usage error."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of 0 or more")
    return int(text)


_scale = number_between(2, 2000, "a scale between 2 and 2,000 px per cm")


def _weights(text: str) -> tuple[float, ...]:
    """Four weights, each ≥ 0 and not all 0, or a usage error."""
    try:
        values = tuple(float(part) for part in text.split(","))
    except ValueError:
        values = ()
    if len(values) != 4 or not all(0 <= v < float("inf") for v in values) or not any(values):
        raise argparse.ArgumentTypeError(
            f"“{text}” is not four numbers of 0 or more, not all 0, like 1,1,0,0"
        )
    return values


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of a command line; wrong usage ends the program with 2 and a sentence."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.command == "evaluate" and (missing := _missing(arguments)):
        parser.error(missing)
    if arguments.command == "train":
        if arguments.method and arguments.model not in ("", arguments.method):
            parser.error(f"train {arguments.method} or {arguments.model}? Name one model")
        arguments.method = arguments.method or arguments.model
        if not arguments.method:
            parser.error("say which model to train: “fabricfinder train dvsh --out DIR”")
    if arguments.command == "synthesize" and arguments.wif and arguments.save_wif:
        parser.error("--save-wif goes with --fabrics; --wif already is a draft")
    return arguments


def _missing(arguments: argparse.Namespace) -> str:
    """What ``evaluate`` still needs to be told, in words, or ""."""
    if "photos" in arguments.protocol and not arguments.photos:
        return "say which photographs: --photos DIR, a folder with labels.csv"
    if "library" in arguments.protocol and not arguments.library:
        return "say which library: --library DIR"
    if "unfamiliar" in arguments.protocol and not (arguments.cloth or arguments.other):
        return "say which pictures: --cloth DIR… that show cloth, --other DIR… that do not"
    return ""


def _print_anything() -> None:
    """Let no name of a file stop the program where its letters cannot be printed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _keep_plots_cache() -> None:
    """Have matplotlib keep its list of fonts in our own cache, not among her other programs'."""
    os.environ.setdefault("MPLCONFIGDIR", str(user_cache_path("fabricfinder") / "matplotlib"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns the exit code: 0 done, 1 nothing could be done, 2 wrong usage."""
    _print_anything()
    _keep_plots_cache()
    arguments = parse(argv)
    try:
        if arguments.command in (None, "demo", "open"):
            return _window(arguments)
        return _headless(arguments)
    except FabricFinderError as error:
        print(f"fabricfinder: {error}", file=sys.stderr)
        return NOTHING_DONE
    except BrokenPipeError:  # the reader of our output, “head” perhaps, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOTHING_DONE
    except OSError as error:
        if not (sentence := sentence_of(error)):
            raise
        print(f"fabricfinder: {sentence}", file=sys.stderr)
        return NOTHING_DONE
    except KeyboardInterrupt:
        print("fabricfinder: stopped; what was done is kept.", file=sys.stderr)
        return NOTHING_DONE


def _window(arguments: argparse.Namespace) -> int:
    """Open the window, or say that there is no display and prove the main job without one."""
    is_demo = arguments.command == "demo"
    if is_demo and (arguments.headless or not has_display()):
        if not arguments.headless:
            print("There is no display here, so the window cannot be shown.")
        from fabricfinder.commands import demo_headless

        return demo_headless(arguments.folder, arguments.screenshot)
    if not has_display():
        raise FabricFinderError(
            "There is no display here, so the window cannot be opened. "
            "“fabricfinder demo --headless” proves the main job without one."
        )
    from fabricfinder.ui.app import run

    folder = Path(arguments.library) if arguments.library else None
    demo_folder = getattr(arguments, "folder", None)
    pictures = [str(Path(path).absolute()) for path in getattr(arguments, "pictures", ())]
    return run(folder, demo=is_demo, demo_folder=Path(demo_folder) if demo_folder else None,
               safe=arguments.safe_mode, pictures=pictures)  # fmt: skip


def has_display() -> bool:
    """Whether a window can be shown: always on Windows and macOS, else by the usual variables."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _headless(arguments: argparse.Namespace) -> int:
    if is_lab(arguments):
        return lab_command(arguments)
    if arguments.command == "teach":
        from fabricfinder import teach

        return teach.teach_command(arguments)
    if arguments.command in CAPTURE_COMMANDS:
        return CAPTURE_COMMANDS[arguments.command](arguments)
    if arguments.command in GROW_COMMANDS:
        return GROW_COMMANDS[arguments.command](arguments)
    if arguments.command in LABEL_COMMANDS:
        return LABEL_COMMANDS[arguments.command](arguments)
    if arguments.command in MODELS_COMMANDS:
        return MODELS_COMMANDS[arguments.command](arguments)
    from fabricfinder import commands

    return commands.COMMANDS[arguments.command](arguments)


if __name__ == "__main__":
    raise SystemExit(main())
