"""How well it finds in the designer's own library, by her own labels and her own pictures.

Her labels are the truth. A query's own label is never used: codes carry none, and re-captured
pictures are looked at afresh. What the gallery's labels say counts, as it does in every search.
"""

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from fabricfinder.domain.catalog import Catalog
from fabricfinder.domain.descriptor import FabricDescriptor
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.swatch import Swatch
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.batched import hit_chances, reciprocal_ranks
from fabricfinder.evaluation.labelled import LabelledSet
from fabricfinder.evaluation.metrics import floor_of, hit_at, precision_at
from fabricfinder.evaluation.protocols import evaluate_photos
from fabricfinder.evaluation.report import Report
from fabricfinder.evaluation.tracks import figures_of
from fabricfinder.importing import Look, look_at
from fabricfinder.jobs import WAIT_S, until_done
from fabricfinder.measuring.pictures import CODE_ONLY, EVEN, Searches, Steps
from fabricfinder.synthesis.camera import CaptureSettings, photograph
from fabricfinder.synthesis.dataset import save_photo
from fabricfinder.synthesis.noise import generator
from fabricfinder.vision.decode import decode

LEAST_LABELLED = 10
MOST_LABELLED = 3000
RECAPTURED = 200
DECODED_SIDE = 1400
# A second photograph of the same swatch on the same desk, by hand.
SECOND_LOOK = CaptureSettings(
    rotation_deg=10.0, quarter_turns=False, scale=(0.6, 1.2), crop=(0.5, 0.95), exposure_stops=0.4,
    white_balance=0.1, blur_px=(0.4, 1.4), fold_or_edge=0.1, max_px=1024,
)  # fmt: skip

COARSE, FINE, RECAPTURED_AGAIN = "coarse", "fine", "recaptured"
BY_LABELS = "Measuring by your labels"
WORDS = {COARSE: "pattern", FINE: "weave or knit"}


@dataclass(frozen=True, eq=False)
class OwnLibrary:
    """What was measured in a library.

    Attributes:
        labels: one report for each kind of label there is enough of, by the code alone, leave one
            article out: P@1, P@10 and mAP, and the same by label.
        recaptured: her pictures photographed again: the very swatch found, a cloth of the same
            label found, her labels named, tightness; None when no picture could be read.
        notes: sentences: what was left out and why.
        kinds: of the labels of each report: COARSE or FINE.
        labelled: swatches that carry a label, by kind.
        asked: ids of the swatches that asked, by kind and under RECAPTURED_AGAIN.
    """

    labels: tuple[Report, ...]
    recaptured: Report | None
    notes: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    labelled: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def reports(self) -> tuple[Report, ...]:
        """All of them."""
        return self.labels if self.recaptured is None else (*self.labels, self.recaptured)


def measure_library(
    catalog: Catalog, encoder: Encoder, *, at_most: int = RECAPTURED, seed: int = 0
) -> Steps:
    """Measure an open library; changes nothing in it. Returns OwnLibrary.

    Args:
        catalog: the snapshot to measure.
        encoder: that coded its table.
        at_most: pictures photographed again.
        seed: of which pictures those are, and of the photographs.

    Raises:
        FabricFinderError: the library is empty.
    """
    if not len(catalog.table):
        raise FabricFinderError("There is no cloth in this library yet, so nothing to measure.")
    pool = ThreadPoolExecutor(1, "measuring")
    try:
        labels, asked, notes = yield from _by_labels(catalog, pool)
        recaptured, rows = yield from _by_recaptures(catalog, encoder, at_most, seed, pool)
    finally:  # what runs there ends by itself soon; a search need not wait for it
        pool.shutdown(wait=False, cancel_futures=True)
    if recaptured is None:
        notes += ("No picture of this library could be read, so none was photographed again.",)
    asked[RECAPTURED_AGAIN] = tuple(catalog.coded[row].id for row in rows)
    counts = {kind: sum(bool(getattr(s.labels, kind)) for s in catalog.coded) for kind in WORDS}
    return OwnLibrary(
        tuple(labels.values()), recaptured, notes, tuple(labels), MappingProxyType(counts),
        MappingProxyType(asked),
    )  # fmt: skip


def group_of(swatch: Swatch) -> str:
    """What must not be found by itself: the article where one is told, else the swatch."""
    return str(swatch.fields.get("article") or "") or swatch.id


def _by_labels(catalog: Catalog, pool: ThreadPoolExecutor) -> Steps:
    """Leave-one-article-out by the code alone; returns (reports by kind, ids by kind, notes)."""
    reports, asked, notes = {}, {}, []
    for kind in (COARSE, FINE):
        yield Progress(BY_LABELS, unit="kinds")
        rows = [i for i, s in enumerate(catalog.coded) if getattr(s.labels, kind)]
        names = [getattr(catalog.coded[i].labels, kind) for i in rows]
        groups = [group_of(catalog.coded[i]) for i in rows]
        several = _found_twice(names, groups)
        if len(rows) < LEAST_LABELLED or len(set(names)) < 2 or not several:
            notes.append(
                f"Too few labels of {WORDS[kind]}: {len(rows)} swatches. At least "
                f"{LEAST_LABELLED} are needed, of two kinds, and one kind on two articles."
            )
            continue
        if len(rows) > MOST_LABELLED:
            notes.append(f"{MOST_LABELLED:,} of {len(rows):,} labelled swatches were taken.")
            picked = np.sort(generator(0, 41).permutation(len(rows))[:MOST_LABELLED])
            rows, names, groups = ([c[i] for i in picked] for c in (rows, names, groups))
        reports[kind] = yield from _label_report(catalog, kind, rows, names, groups, pool)
        asked[kind] = tuple(catalog.coded[i].id for i in rows)
    return reports, asked, tuple(notes)


def _found_twice(names: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether some label is on two articles, so that one can find the other."""
    return len({pair for pair in zip(names, groups, strict=True)}) > len(set(names))


def _label_report(
    catalog: Catalog, kind: str, rows: Sequence[int], names: Sequence[str], groups: Sequence[str],
    pool: ThreadPoolExecutor,
) -> Steps:  # fmt: skip
    """One kind of label, every swatch asking once; returns its Report."""
    codes = catalog.table.codes[list(rows)]
    labelled = LabelledSet(
        f"{catalog.name}: {WORDS[kind]}", tuple(Path(catalog.coded[i].path) for i in rows),
        tuple(names), tuple(groups), len(catalog.table) - len(rows),
    )  # fmt: skip
    going = [0]

    def scores(i: int) -> np.ndarray:
        if going[0] < 0:
            raise CancelledError
        going[0] = i
        return -np.bitwise_count(codes ^ codes[i]).sum(axis=1, dtype=np.int64).astype(np.float64)

    future = pool.submit(evaluate_photos, scores, labelled, system=CODE_ONLY)
    try:
        while wait([future], timeout=WAIT_S).not_done:
            yield Progress(BY_LABELS, going[0], len(rows))
    finally:
        going[0] = -1
    return future.result()


def _by_recaptures(
    catalog: Catalog, encoder: Encoder, at_most: int, seed: int, pool: ThreadPoolExecutor
) -> Steps:
    """Photograph some of her pictures again and search with them.

    Returns:
        (Report or None, rows of the table that were asked for).
    """
    asked, looks = yield from _photographed(catalog, encoder, at_most, seed, pool)
    if not asked:
        return None, ()
    searches = Searches(encoder, looks, catalog.table)
    yield from searches.run()
    report = pool.submit(_recapture_report, catalog, asked, looks, searches.scores[EVEN])
    yield from until_done([report], Progress("Searching", len(asked), len(asked), "queries"))
    return report.result(), tuple(asked)


def _recapture_report(
    catalog: Catalog, asked: Sequence[int], looks: Sequence[FabricDescriptor], scores: np.ndarray
) -> Report:
    values, floors = _recapture_values(catalog, asked, looks, scores)
    groups = tuple(group_of(catalog.coded[row]) for row in asked)
    return Report(
        EVEN, f"{catalog.name}: {len(asked):,} of your pictures, photographed again",
        figures_of(values, floors, groups), per_query=MappingProxyType(values), clusters=groups,
    )  # fmt: skip


def _photographed(
    catalog: Catalog, encoder: Encoder, at_most: int, seed: int, pool: ThreadPoolExecutor
) -> Steps:
    """Second looks at a sample, labelled swatches first; returns (table rows, descriptors)."""
    order = generator(seed, 42).permutation(len(catalog.table))
    labelled = [row for row in order if catalog.coded[row].labels.coarse]
    chosen = [*labelled, *(row for row in order if not catalog.coded[row].labels.coarse)]
    asked: list[int] = []
    looks: list[FabricDescriptor] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        for row in chosen[: 2 * at_most]:
            if len(asked) == at_most:
                break
            now = Progress("Photographing again", len(asked), min(at_most, len(chosen)))
            yield now
            look = pool.submit(_second_look, catalog.coded[row], Path(scratch) / f"{row}.png",
                               generator(seed, 43, int(row) + 1))  # fmt: skip
            yield from until_done([look], now)
            if (seen := look.result()) is not None:
                asked.append(int(row))
                encoding = encoder.encode([seen.views])[0]
                looks.append(FabricDescriptor(encoder.id, encoding, seen.palette))
    return asked, looks


def _second_look(swatch: Swatch, place: Path, rng: np.random.Generator) -> Look | None:
    """Look at another photograph of a swatch; None where its file cannot be read."""
    try:
        image = decode(swatch.path, max_side=DECODED_SIDE)
    except FabricFinderError:
        return None
    rgb = image.rgb
    side = min(rgb.shape[:2])
    top, left = (rgb.shape[0] - side) // 2, (rgb.shape[1] - side) // 2
    square = np.ascontiguousarray(rgb[top : top + side, left : left + side])
    reduced = max(rgb.shape[:2]) / max(swatch.width, swatch.height)
    scale = swatch.px_per_cm * reduced if swatch.px_per_cm else None
    try:
        save_photo(place, photograph(square, scale or 1.0, rng, SECOND_LOOK), scale is not None)
        return look_at(str(place))
    except FabricFinderError:
        return None
    finally:
        place.unlink(missing_ok=True)


def _recapture_values(
    catalog: Catalog, asked: Sequence[int], looks: Sequence[FabricDescriptor], scores: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Every figure of the re-captured pictures and what chance would give."""
    n = scores.shape[1]
    own = np.zeros(scores.shape, bool)
    own[np.arange(len(asked)), list(asked)] = True
    values = {
        "the very swatch first": hit_chances(scores, own, 1),
        "the very swatch among ten": hit_chances(scores, own, 10),
        "MRR": reciprocal_ranks(scores, own),
    }
    floors = {name: floor_of(hit_at, own[0], k) for name, k in zip(values, (1, 10), strict=False)}
    floors["MRR"] = float(np.mean(1 / np.arange(1, n + 1)))
    for kind in (COARSE, FINE):
        _add_label_values(values, floors, catalog, asked, looks, scores, kind)
    labelled = np.array(
        [np.nan if (t := catalog.coded[r].labels.tightness) is None else t for r in asked], float
    )
    believed = np.array([look.encoding.tightness[0] for look in looks])
    values["error of tightness, points"] = np.abs(believed - labelled)
    floors["error of tightness, points"] = float("nan")
    return {k: v for k, v in values.items() if not np.isnan(v).all()}, floors


def _add_label_values(
    values: dict[str, np.ndarray], floors: dict[str, float], catalog: Catalog,
    asked: Sequence[int], looks: Sequence[FabricDescriptor], scores: np.ndarray, kind: str,
) -> None:  # fmt: skip
    """P@1 of a label among other articles, and how often the eyes name it themselves."""
    taxonomy = default_taxonomy()
    names = getattr(taxonomy, kind)
    labels = np.array([getattr(s.labels, kind) or "" for s in catalog.coded], object)
    groups = np.array([group_of(s) for s in catalog.coded], object)
    found, chance, named = (np.full(len(asked), np.nan) for _ in range(3))
    for i, row in enumerate(asked):
        if not labels[row]:
            continue
        others = groups != groups[row]
        relevant = np.asarray(labels[others] == labels[row], bool)
        found[i] = precision_at(scores[i, others], relevant, 1)
        chance[i] = floor_of(precision_at, relevant, 1)
        belief = getattr(looks[i].encoding, kind)
        named[i] = names[int(np.argmax(belief))] == labels[row]
    judged = ~np.isnan(chance)
    same = f"another cloth of the same {WORDS[kind]} first"
    values[same] = found
    floors[same] = float(chance[judged].mean()) if judged.any() else float("nan")
    known = [labels[row] for row in asked if labels[row]]
    values[f"{WORDS[kind]} named as you did"] = named
    commonest = max((known.count(name) for name in set(known)), default=0)
    floors[f"{WORDS[kind]} named as you did"] = commonest / max(1, len(known))
