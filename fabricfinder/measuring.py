"""How well it finds: the encoder and the app's own search under the evaluation protocols.

Pictures go through the same decoding, views, encoder and search as in the window; the classic
baselines see the same decoded pictures.
"""

import csv
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fabricfinder.domain.descriptor import DescriptorTable, FabricDescriptor
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.search import Preference, Query, SearchResult
from fabricfinder.domain.similarity import Weights
from fabricfinder.domain.swatch import Swatch
from fabricfinder.evaluation.baselines import (
    hamming_scores,
    hellinger_scores,
    hsv_histogram,
    lbp_histogram,
    random_codes,
)
from fabricfinder.evaluation.labelled import RecaptureSet, read_labelled, read_recaptures
from fabricfinder.evaluation.protocols import evaluate_photos as photos_report
from fabricfinder.evaluation.protocols import evaluate_recaptures as recaptures_report
from fabricfinder.importing import look_at
from fabricfinder.jobs import run_to_end
from fabricfinder.retrieval.scan import search as scan
from fabricfinder.synthesis.benchmark import benchmark_fabrics, load_recipe
from fabricfinder.synthesis.dataset import save_photo
from fabricfinder.vision.decode import decode

Steps = Generator[Progress, None, Any]
BATCH = 8
BASELINE_SIDE = 512
ROWS = (
    ("four dimensions, weights 1,1,1,1", Weights()),
    ("coarse and fine only, weights 1,1,0,0", Weights(1, 1, 0, 0)),
)
CODE_ONLY = "code alone (Hamming distance)"


def look_at_all(encoder: Encoder, paths: Sequence[Path]) -> Steps:
    """Describe pictures as an import does; returns (descriptors, hsv, lbp), n rows each.

    Raises:
        UnreadableImageError: one of them is no picture.
    """

    def see(path: Path) -> tuple:
        rgb = decode(str(path), max_side=BASELINE_SIDE).rgb
        return look_at(str(path)), hsv_histogram(rgb), lbp_histogram(rgb)

    descriptors: list[FabricDescriptor] = []
    hsv, lbp = [], []
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, len(paths), BATCH):
            seen = list(pool.map(see, paths[start : start + BATCH]))
            encodings = encoder.encode([look.views for look, _, _ in seen])
            for (look, histogram, pattern), encoding in zip(seen, encodings, strict=True):
                descriptors.append(FabricDescriptor(encoder.id, encoding, look.palette))
                hsv.append(histogram)
                lbp.append(pattern)
            yield Progress("Looking at the cloth", len(descriptors), len(paths), "pictures")
    return descriptors, np.stack(hsv), np.stack(lbp)


def table_of(descriptors: Sequence[FabricDescriptor], ids: Sequence[str]) -> DescriptorTable:
    """Descriptors of one encoder as columns, without any person's label."""
    encodings = [d.encoding for d in descriptors]
    return DescriptorTable(
        descriptors[0].encoder,
        tuple(ids),
        np.stack([np.frombuffer(e.code.packed, np.uint8) for e in encodings]),
        np.stack([e.coarse for e in encodings]).astype(np.float32),
        np.stack([e.fine for e in encodings]).astype(np.float32),
        np.array([e.tightness for e in encodings], np.float32),
        np.stack([d.palette.to_array() for d in descriptors]),
        np.array([e.unfamiliarity for e in encodings], np.float32),
        np.zeros((len(encodings), 3), bool),
    )


class Searches:
    """The app's search of every query in one library, each run once and kept as scores."""

    def __init__(
        self, encoder: Encoder, queries: Sequence[FabricDescriptor], table: DescriptorTable
    ) -> None:
        self._encoder = encoder
        self._queries = queries
        self._table = table
        self._swatches = tuple(Swatch(i, i, i, 1, 1) for i in table.ids)
        n = (len(queries), len(table))
        self.scores = {name: np.empty(n, np.float32) for name in (*(r[0] for r in ROWS), CODE_ONLY)}

    def run(self) -> Steps:
        """Search every query; fills ``scores`` (q, n), larger is nearer."""
        for i, query in enumerate(self._queries):
            result: SearchResult = run_to_end(
                scan(query, self._swatches, self._table, Query(), blend=self._encoder.blend,
                     exhaustive_up_to=len(self._table))
            )  # fmt: skip
            for name, weights in ROWS:
                self.scores[name][i] = result.overall(Preference(weights).effective_weights)
            self.scores[CODE_ONLY][i] = -result.hamming
            yield Progress("Searching", i + 1, len(self._queries), "queries")


def evaluate_photos(encoder: Encoder, folder: Path) -> Steps:
    """The real protocol on a folder of labelled photographs; returns reports, baselines last.

    Raises:
        FabricFinderError: no labels.csv, or pictures it names are missing or unreadable.
    """
    labelled = read_labelled(folder)
    descriptors, hsv, lbp = yield from look_at_all(encoder, labelled.paths)
    searches = Searches(encoder, descriptors, table_of(descriptors, _numbers(len(labelled))))
    yield from searches.run()
    reports = [
        photos_report(scores, labelled, system=name) for name, scores in searches.scores.items()
    ]
    for name, scores in _baselines(hsv, hsv, lbp, lbp, encoder.n_bits):
        yield Progress("Measuring baselines")
        reports.append(photos_report(scores, labelled, system=name))
    return reports


def draw_benchmark(folder: Path) -> Steps:
    """Draw the committed recipe's captures into a folder, unless they are there."""
    sheet = folder / "labels.csv"
    if sheet.exists():
        return
    (folder / "images").mkdir(parents=True, exist_ok=True)
    recipe = load_recipe()
    rows = []
    for item in benchmark_fabrics(recipe):
        photos = (("gallery", item.gallery), *(("query", photo) for photo in item.queries))
        for capture, (role, photo) in enumerate(photos):
            name = f"images/{item.fabric.id}-{capture}.png"
            save_photo(folder / name, photo, item.scale_known)
            rows.append((name, item.fabric.id, capture, item.fabric.coarse, item.fabric.fine, role))
        yield Progress("Weaving", item.index + 1, recipe.gallery, "fabrics")
    unfinished = sheet.with_suffix(".part")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("path", "fabric", "capture", "coarse_minor", "fine", "role"))
        writer.writerows(rows)
    unfinished.replace(sheet)


def evaluate_recaptures(encoder: Encoder, folder: Path) -> Steps:
    """Track T1 by benchmark recipe v1, drawn into a folder; returns reports, baselines last.

    Raises:
        FabricFinderError: the folder holds a labels.csv of another kind.
    """
    yield from draw_benchmark(folder)
    captures = read_recaptures(folder)
    gallery, hsv_g, lbp_g = yield from look_at_all(encoder, captures.gallery)
    queries, hsv_q, lbp_q = yield from look_at_all(encoder, captures.queries)
    searches = Searches(encoder, queries, table_of(gallery, _numbers(len(gallery))))
    yield from searches.run()
    systems = [*searches.scores.items(), *_baselines(hsv_q, hsv_g, lbp_q, lbp_g, encoder.n_bits)]
    reports = []
    for asked in (captures, by_design(captures)):
        for name, scores in systems:
            yield Progress("Measuring", len(reports), 2 * len(systems), "systems")
            reports.append(recaptures_report(scores, asked, system=name))
    return reports


def by_design(captures: RecaptureSet) -> RecaptureSet:
    """The same captures, where any sibling of the family (other colour, sett, width) is right.

    The benchmark names its fabrics ``family-kind``.
    """

    def families(fabrics: Sequence[str]) -> tuple[str, ...]:
        return tuple(fabric.split("-")[0] for fabric in fabrics)

    return replace(
        captures, name=f"{captures.name}, same design",
        gallery_fabrics=families(captures.gallery_fabrics),
        query_fabrics=families(captures.query_fabrics),
    )  # fmt: skip


def _numbers(n: int) -> list[str]:
    """Ids that sort as the rows do."""
    return [f"{i:08}" for i in range(n)]


def _baselines(
    hsv_q: np.ndarray, hsv_g: np.ndarray, lbp_q: np.ndarray, lbp_g: np.ndarray, n_bits: int
) -> list[tuple[str, np.ndarray | Callable]]:
    """Scores of the floors everybody should beat, by name."""
    hsv, lbp = hellinger_scores(hsv_q, hsv_g), hellinger_scores(lbp_q, lbp_g)
    codes = random_codes(len(hsv_g), n_bits, seed=1)
    asked = codes if hsv_q is hsv_g else random_codes(len(hsv_q), n_bits, seed=2)
    return [
        ("HSV histogram", hsv),
        ("LBP riu2", lbp),
        ("HSV histogram + LBP riu2", hsv + lbp),
        (f"random {n_bits}-bit codes", hamming_scores(asked, codes)),
    ]
