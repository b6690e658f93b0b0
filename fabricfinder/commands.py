"""The command line's operations: the same ones the window runs, stepped to their end here."""

import argparse
import json
import locale
import os
import sys
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError, LibraryError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.whole_file import whole_file
from fabricfinder.eyes import best_encoder, named_encoder, taught_encoder
from fabricfinder.finder import Finder
from fabricfinder.importing import Look, look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.terminal import run
from fabricfinder.vision.files import list_images

ENCODE_BATCH = 8
LIBRARY_FILE = "library.fflib"

Steps = Generator[Progress, None, Any]


def tell(sentence: str) -> None:
    """A quiet sentence on stderr."""
    print(f"fabricfinder: {sentence}", file=sys.stderr)


def finder_here() -> Finder:
    """A Finder with the best encoder this machine can run, not loaded yet."""
    return Finder(
        encoder_source=lambda: best_encoder(tell),
        own_source=lambda folder: taught_encoder(folder, tell),
        model_source=lambda name: named_encoder(name, tell),
    )


def open_finder(folder: str, *, create: bool = False, read_only: bool = False) -> Finder:
    """A Finder with a library open.

    Raises:
        LibraryError: it cannot be opened (or made).
    """
    finder = finder_here()
    try:
        path = Path(folder)
        make = create and not path.is_file() and not (path / LIBRARY_FILE).exists()
        run(finder.open_library(path, create=make, read_only=read_only))
    except BaseException:
        finder.close()
        raise
    return finder


def import_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder import``: 0 when anything is in the library that was asked for."""
    finder = open_finder(arguments.library, create=True)
    try:
        if arguments.model:
            run(finder.choosing.choose(arguments.model))
        report = run(finder.import_paths(arguments.paths, labels_csv=arguments.labels))
    finally:
        finder.close()
    print(
        f"{report.imported:,} imported, {report.already_here:,} already here, "
        f"{len(report.problems):,} could not be read."
    )
    for notice in report.notices:
        print(f"fabricfinder: {notice}", file=sys.stderr)
    for problem in report.problems:
        print(f"fabricfinder: {printable(problem.path)}: {problem.reason}", file=sys.stderr)
    return 0 if report.imported or report.already_here else 1


def printable(path: str) -> str:
    """A path that can be printed whatever bytes its name is made of."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def query_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder query``: 0 when at least one query could be answered."""
    weights = Weights(*arguments.weights) if arguments.weights else Weights()
    preference = Preference(weights, order=arguments.rank)
    finder = _open_to_read(arguments.library)
    answered = 0
    try:
        if arguments.model:
            run(finder.choosing.use(arguments.model))
        for image in arguments.images:
            query = Query(
                path=image, exclude_self=arguments.exclude_self, color_measure=arguments.color
            )
            try:
                result = run_to_end(finder.search(query))
            except LibraryError:
                raise
            except FabricFinderError as error:
                _print_error(image, str(error), arguments.json)
                continue
            answered += 1
            row = query_row(image, result, preference, arguments.top)
            if arguments.json:
                print(json.dumps(row), flush=True)
            else:
                _print_table(row, result)
    finally:
        finder.close()
    return 0 if answered else 1


def _open_to_read(folder: str) -> Finder:
    """Open for searching: read-only when another window has it or it cannot be written."""
    try:
        return open_finder(folder)
    except LibraryError:
        return open_finder(folder, read_only=True)


def _print_error(image: str, sentence: str, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"query": image, "error": sentence}), flush=True)
    else:
        print(f"fabricfinder: {printable(image)}: {sentence}", file=sys.stderr)


def query_row(image: str, result: SearchResult, preference: Preference, top: int) -> dict[str, Any]:
    """One line of ``query --json``; scores 0..1 or None, order total (score, distance, id)."""
    return {
        "query": image,
        "encoder": result.descriptor.encoder,
        "searched": result.n_searched,
        "seconds": round(result.seconds, 4),
        "results": [
            {
                "rank": r.rank, "id": r.swatch.id, "path": r.swatch.path, "hamming": r.hamming,
                "overall": round(r.overall, 6),
                **{name: None if value is None else round(value, 6)
                   for name, value in zip(("coarse", "fine", "color", "tightness"),
                                          r.breakdown.as_tuple(), strict=True)},
            }
            for r in result.ranked(preference, top)
        ],
    }  # fmt: skip


def _print_table(row: dict[str, Any], result: SearchResult) -> None:
    print(f"{printable(row['query'])}: {row['searched']:,} searched in {row['seconds']:.2f} s")
    for note in result.notes:
        print(f"  ({note})")
    print(f"  {'':>3} overall coarse   fine colour  tight  cloth")
    for r in row["results"]:
        scores = [r[name] for name in ("overall", "coarse", "fine", "color", "tightness")]
        cells = "".join(f"{'n/a' if s is None else format(s, '.2f'):>7}" for s in scores)
        print(f"  {r['rank']:>3}{cells}  {printable(r['path'])}")


def sheet_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder sheet``: a search as PDF, HTML, XLSX, CSV or PNG."""
    from fabricfinder.sheets.csv_sheet import STANDARD, dialect_for
    from fabricfinder.sheets.output import Output
    from fabricfinder.sheets.request import SheetRequest

    dialect = dialect_for(decimal_point()) if arguments.excel else STANDARD
    output = Output(Path(arguments.out), arguments.archival, dialect)
    output.require_folder()
    if output.kind in ("pdf", "png"):
        from fabricfinder.ui.sheet_files import headless_application
        from fabricfinder.ui.sheet_files import make_sheet_file as make

        application = headless_application()  # noqa: F841 - kept alive while it paints
    else:
        from fabricfinder.composing import make_document as make
    weights = Weights(*arguments.weights) if arguments.weights else Weights()
    finder = _open_to_read(arguments.library)
    try:
        query = Query(path=arguments.query, exclude_self=arguments.exclude_self)
        result = run(finder.search(query))
        request = SheetRequest(
            result, Preference(weights), top=arguments.top, paper=arguments.paper,
            layout=arguments.layout or ("3x4" if output.kind == "png" else "2x3"),
            profile=arguments.profile, title=arguments.title, fold=arguments.fold,
            plots=arguments.plots,
        )  # fmt: skip
        run(make(request, finder.catalog, output))
    finally:
        finder.close()
    print(f"The sheet: {printable(str(output.path))}")
    return 0


def decimal_point() -> str:
    """The mark between whole and broken numbers in this user's language."""
    try:
        locale.setlocale(locale.LC_NUMERIC, "")
        return str(locale.localeconv()["decimal_point"])
    except locale.Error:
        return "."
    finally:
        locale.setlocale(locale.LC_NUMERIC, "C")


def list_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder list``: what a library holds, all of it or what a search means."""
    from fabricfinder.archive.rows import as_csv, as_json, as_lines

    finder = _open_to_read(arguments.library)
    try:
        ids = run(finder.find_text(arguments.where)) if arguments.where else None
        catalog = finder.catalog
        swatches = catalog.swatches if ids is None else [catalog.find(i) for i in ids]
        if arguments.json:
            lines = (json.dumps(as_json(catalog, swatch)) for swatch in swatches)
        elif arguments.csv:
            lines = (line.rstrip("\n") for line in as_csv(catalog, swatches))
        else:
            lines = as_lines(catalog, swatches)
        for line in lines:
            print(printable(line))
    finally:
        finder.close()
    return 0 if len(swatches) else 1


def encode_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder encode``: codes, relaxed codes and beliefs of pictures, to one .npz."""
    out = Path(arguments.out)
    if not out.parent.is_dir():
        raise FabricFinderError(f"There is no folder {out.parent} to write {out.name} to.")
    encoder = named_encoder(arguments.model, tell) if arguments.model else best_encoder(tell)
    encoded, failed = run(encode_pictures(encoder, list_images(arguments.paths)))
    for path, reason in failed.items():
        print(f"fabricfinder: {printable(path)}: {reason}", file=sys.stderr)
    if not encoded:
        raise FabricFinderError("None of these pictures could be read, so nothing was written.")
    try:
        with whole_file(out) as unfinished, unfinished.open("wb") as file:
            write_encodings(file, encoder, encoded, failed)
    except OSError as error:
        raise FabricFinderError(f"{out} cannot be written ({error.strerror}).") from error
    print(f"{len(encoded):,} encoded, {len(failed):,} could not be read; written to {out}.")
    return 0


def encode_pictures(encoder: Encoder, paths: Iterable[str]) -> Steps:
    """Read and encode pictures; returns ({path: Encoding}, {path: why it could not be read})."""
    encoded: dict[str, Encoding] = {}
    failed: dict[str, str] = {}
    waiting = iter(paths)
    with ThreadPoolExecutor(2) as pool:
        while batch := list(islice(waiting, ENCODE_BATCH)):
            looks = {}
            for path, look in zip(batch, pool.map(_look_or_reason, batch), strict=True):
                (failed if isinstance(look, str) else looks)[path] = look
            encodings = encoder.encode([look.views for look in looks.values()]) if looks else []
            encoded |= dict(zip(looks, encodings, strict=True))
            yield Progress("Looking at the cloth", len(encoded) + len(failed), unit="pictures")
    return encoded, failed


def _look_or_reason(path: str) -> Look | str:
    """What a picture looks like, or the sentence why it could not be read."""
    try:
        return look_at(path)
    except FabricFinderError as error:
        return str(error)


def write_encodings(
    file: BinaryIO, encoder: Encoder, encoded: Mapping[str, Encoding], failed: Mapping[str, str]
) -> None:
    """Write one .npz of n encodings, the k files that could not be read beside them.

    ``paths`` text (n,), absolute, bytes that are no UTF-8 surrogate-escaped; ``codes`` uint8
    (n, n_bits/8), big-endian within a byte; ``n_bits``; ``encoder``; ``failed`` and ``reasons``
    text (k,); ``relaxed`` float32 (n, n_bits); ``coarse``, ``fine`` float32 (n, classes) with
    their names in ``coarse_names`` and ``fine_names``; ``tightness`` float32 (n, 2): mean and
    standard deviation in percent.
    """
    taxonomy = default_taxonomy()
    encodings = list(encoded.values())
    np.savez_compressed(
        file,
        paths=np.array(list(encoded), dtype=np.str_),
        codes=np.stack([np.frombuffer(e.code.packed, np.uint8) for e in encodings]),
        n_bits=encoder.n_bits,
        encoder=encoder.id,
        failed=np.array(list(failed), dtype=np.str_),
        reasons=np.array(list(failed.values()), dtype=np.str_),
        relaxed=np.stack([e.relaxed for e in encodings]),
        coarse=np.stack([e.coarse for e in encodings]),
        fine=np.stack([e.fine for e in encodings]),
        coarse_names=np.array(taxonomy.coarse),
        fine_names=np.array(taxonomy.fine),
        tightness=np.array([e.tightness for e in encodings], np.float32),
    )


def synthesize_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder synthesize``: rendered cloth and its labels.csv, or the cloth of a draft."""
    from fabricfinder.synthesis.dataset import write_dataset
    from fabricfinder.synthesis.draft_pictures import write_draft_picture, write_drafts

    out = Path(arguments.out)
    if arguments.wif:
        print(write_draft_picture(Path(arguments.wif), out, arguments.px_per_cm, arguments.seed))
        return 0
    try:
        run(write_dataset(out, arguments.fabrics, arguments.captures, arguments.seed))
        if arguments.save_wif:
            drafts = write_drafts(out, arguments.fabrics, arguments.seed)
            print(f"{drafts:,} weaving drafts written to {out / 'drafts'}.")
    except OSError as error:
        raise FabricFinderError(
            f"The pictures cannot be written to {out} ({error.strerror or error})."
        ) from error
    print(f"{arguments.fabrics * arguments.captures:,} pictures and labels.csv written to {out}.")
    return 0


def evaluate_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder evaluate``: figures with n, floor and interval, as a table or JSON."""
    from fabricfinder.measuring.command import evaluate

    name = arguments.model
    if name.endswith(".onnx"):
        os.environ["FABRICFINDER_MODEL"], name = name, ""
    if "library" not in arguments.protocol:
        encoder = named_encoder(name, tell) if name else best_encoder(tell)
        return evaluate(arguments, encoder, run)
    finder = _open_to_read(arguments.library)
    try:
        encoder = run(finder.choosing.use(name) if name else finder.load_encoder())
        return evaluate(arguments, encoder, run, finder.catalog)
    finally:
        finder.close()


def demo_headless(folder: str | None, screenshot: str | None) -> int:
    """Build the demo library, search it once, write a picture of the window, print its path."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from fabricfinder.demo import default_demo_folder, make_demo
    from fabricfinder.ui.app import screenshot as take_screenshot

    place = Path(folder) if folder else default_demo_folder()
    finder = finder_here()
    try:
        demo = run(make_demo(finder, place))
        result = run(finder.search(Query(path=str(demo.query_path))))
    finally:
        finder.close()
    best = result.ranked(Preference(), 1)[0]
    print(f"Demo library: {result.n_library:,} swatches in {place}")
    print(f"Nearest to {demo.query_path.name}: {best.swatch.name}, overall {best.overall:.2f}")
    picture = Path(screenshot) if screenshot else place / "window.png"
    take_screenshot(demo.folder, picture)
    print(f"The window, as it would look: {picture.resolve()}")
    return 0


def self_check_command(arguments: argparse.Namespace) -> int:
    """``fabricfinder self-check``: the whole way once, on rendered cloth, in a scratch folder."""
    from fabricfinder.checking.command import check

    return check(arguments, finder_here)


COMMANDS = {
    "import": import_command,
    "query": query_command,
    "sheet": sheet_command,
    "list": list_command,
    "encode": encode_command,
    "synthesize": synthesize_command,
    "evaluate": evaluate_command,
    "self-check": self_check_command,
}
