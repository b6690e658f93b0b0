"""Every question of ``fabricfinder evaluate``: each a generator of Progress that returns Answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from fabricfinder.domain.descriptor import table_of
from fabricfinder.domain.density import MIN_PX_PER_YARN
from fabricfinder.domain.encoder import Encoder
from fabricfinder.domain.progress import Progress
from fabricfinder.domain.systems import system_of
from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.evaluation.baselines import hellinger_scores
from fabricfinder.evaluation.beliefs import (
    BelievedAndTrue,
    BeliefFigures,
    dimension_errors,
    evaluate_beliefs,
    evaluate_density,
)
from fabricfinder.evaluation.classic_codes import hamming_matrix
from fabricfinder.evaluation.code_figures import CodeFigures, evaluate_codes
from fabricfinder.evaluation.compared import (
    SEEDS,
    classic_codes,
    random_bits,
    real_valued,
)
from fabricfinder.evaluation.differences import Change, compare_systems, pooled
from fabricfinder.evaluation.health import CodeHealth
from fabricfinder.evaluation.intervals import holm
from fabricfinder.evaluation.labelled import read_labelled
from fabricfinder.evaluation.metrics import PrecisionRecall
from fabricfinder.evaluation.protocols import evaluate_photos as photos_report
from fabricfinder.evaluation.report import BitsPoint, Figure, Report
from fabricfinder.evaluation.tracks import evaluate_graded, evaluate_reidentification
from fabricfinder.evaluation.truth import CaptureTruth
from fabricfinder.evaluation.words import (
    evaluate_bands,
    evaluate_colorways,
    evaluate_unfamiliar,
)
from fabricfinder.measuring.benchmark import Benchmark, handcrafted_features
from fabricfinder.measuring.pictures import (
    COLOR_FREE,
    EVEN,
    ROWS,
    Searches,
    Seen,
    Steps,
    look_at_all,
    numbers,
)
from fabricfinder.vision.files import list_images

LENGTHS = (32, 64, 128, 256)
HSV, LBP, BOTH = "HSV histogram", "LBP riu2", "HSV histogram + LBP riu2"


@dataclass(frozen=True, eq=False)
class Answer:
    """What one question found out.

    Attributes:
        reports: one a system and protocol.
        details: of these reports, by position, all is printed, not only the row in the table.
        changes: differences between systems, with Holm's correction.
        curves: precision and recall by R1, by system.
        by_bits: NDCG@50 of systems at several code lengths, for the plot.
        levels: NDCG@50 of a random order and of exact coarse labels, beside it.
        health: of the encoder's codes, or None.
        beliefs: for the plots of confusion and reliability, or None.
        notes: sentences: what could not be measured and why.
    """

    reports: tuple[Report, ...]
    details: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    curves: Mapping[str, PrecisionRecall] = field(default_factory=lambda: MappingProxyType({}))
    by_bits: Mapping[str, tuple[BitsPoint, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    levels: tuple[float, float] = (float("nan"), float("nan"))
    health: CodeHealth | None = None
    beliefs: BeliefFigures | None = None
    notes: tuple[str, ...] = ()


def code_name(encoder: Encoder) -> str:
    """What to call the encoder's code: ``DVSH 128 bits``."""
    name = system_of(encoder.id) or encoder.id.split("-")[0]
    return f"{name.upper()} {encoder.n_bits} bits"


def ask_photos(encoder: Encoder, folder: Path) -> Steps:
    """The real protocol on a folder of labelled photographs.

    Raises:
        FabricFinderError: no labels.csv, or pictures it names are missing or unreadable.
    """
    labelled = read_labelled(folder)
    seen: Seen = yield from look_at_all(encoder, labelled.paths)
    searches = Searches(encoder, seen.descriptors, table_of(seen.descriptors, numbers(len(seen))))
    yield from searches.run()
    bits = random_bits(len(seen), len(seen), encoder.n_bits, 0)
    systems = dict(searches.scores) | histogram_scores(seen, seen)
    systems[f"random {encoder.n_bits}-bit codes"] = _hamming(bits.gallery, bits.gallery)
    reports = []
    for name, scores in systems.items():
        yield Progress("Measuring", len(reports), len(systems), "systems")
        reports.append(photos_report(scores, labelled, system=name))
    return Answer(tuple(reports), details=(0, 1), changes=_against_first(reports, "mAP"))


def histogram_scores(queries: Seen, gallery: Seen) -> dict[str, np.ndarray]:
    """Scores of the floors everybody should beat, by name."""
    hsv = hellinger_scores(queries.hsv, gallery.hsv)
    lbp = hellinger_scores(queries.lbp, gallery.lbp)
    return {HSV: hsv, LBP: lbp, BOTH: hsv + lbp}


def _hamming(queries: np.ndarray, gallery: np.ndarray) -> np.ndarray:
    return -hamming_matrix(queries, gallery).astype(np.float32)


def _against_first(reports: list[Report], name: str) -> tuple[Change, ...]:
    """The first report against each other one: is it better than what anyone would pick?"""
    changes = []
    for report in reports[1:]:
        changes += compare_systems([reports[0]], report, name)
    return _jointly(changes)


def _jointly(changes: list[Change]) -> tuple[Change, ...]:
    """Holm's correction over all of these."""
    corrected = holm([change.difference.p for change in changes])
    return tuple(replace(c, p_holm=p) for c, p in zip(changes, corrected, strict=True))


def ask_recaptures(encoder: Encoder, bench: Benchmark) -> Steps:
    """Track T1: the same cloth re-captured, hard siblings beside it."""
    systems = _systems(encoder, bench)
    reports = []
    for name, scores in systems.items():
        yield Progress("Measuring", len(reports), len(systems), "systems")
        reports.append(evaluate_reidentification(scores, bench.truth, system=name))
    return Answer(tuple(reports), details=(0,), changes=_against_first(reports, "recall@1"))


def ask_graded(encoder: Encoder, bench: Benchmark) -> Steps:
    """Track T2: how well each ranking follows true similarity to absent cloth."""
    systems = _systems(encoder, bench) | {"oracle (exact labels)": bench.truth.similarity}
    reports = []
    for name, scores in systems.items():
        yield Progress("Measuring", len(reports), len(systems), "systems")
        reports.append(evaluate_graded(scores, bench.truth, system=name))
    return Answer(tuple(reports), details=(0,), changes=_against_first(reports[:-1], "NDCG@50"))


def _systems(encoder: Encoder, bench: Benchmark) -> dict[str, np.ndarray]:
    """Scores by name: the app's own orders, its codes two ways, histograms, chance."""
    own = {name: bench.searches.scores[name] for name, _ in ROWS[:2]}
    signs = np.unpackbits(bench.gallery.codes, axis=1).astype(np.float32) * 2 - 1
    code = code_name(encoder)
    bits = random_bits(len(bench.queries), len(bench.gallery), encoder.n_bits, 0)
    return own | {
        f"{code}, Hamming": _hamming(bench.queries.codes, bench.gallery.codes),
        f"{code}, asymmetric": bench.queries.relaxed @ signs.T,
        **histogram_scores(bench.queries, bench.gallery),
        "random codes": _hamming(bits.queries, bits.gallery),
    }


def ask_codes(encoder: Encoder, bench: Benchmark) -> Steps:
    """The learned code beside classic hashes of as many bits: both tracks, curves, health.

    Classic hashes are fitted on hand-crafted descriptors of other cloth; those that depend on a
    seed are averaged over three.
    """
    features = yield from handcrafted_features(bench)
    training, queries, gallery = features
    yield Progress("Measuring", unit="systems")
    learned = evaluate_codes(
        bench.queries.codes, bench.gallery.codes, bench.truth, relaxed=bench.queries.relaxed,
        system=code_name(encoder),
    )  # fmt: skip
    figures: dict[str, list[CodeFigures]] = {}
    made = [*classic_codes(training, queries, gallery, encoder.n_bits, "hand-crafted")]
    made += [random_bits(len(queries), len(gallery), encoder.n_bits, seed) for seed in SEEDS]
    for codes in made:
        one = evaluate_codes(codes.queries, codes.gallery, bench.truth, system=codes.system)
        figures.setdefault(codes.system, []).append(one)
        yield Progress("Measuring", sum(map(len, figures.values())), len(made), "codes")
    cosine = real_valued(training, queries, gallery)
    name = "cosine of hand-crafted, real-valued"
    first = [learned.reidentification, *_pooled(figures, "reidentification"),
             evaluate_reidentification(cosine, bench.truth, system=name)]  # fmt: skip
    second = [learned.graded, *_pooled(figures, "graded"),
              evaluate_graded(cosine, bench.truth, system=name)]  # fmt: skip
    by_bits = yield from _by_bits(features, bench.truth, second)
    curves = {learned.system: learned.by_rank}
    curves |= {system: runs[0].by_rank for system, runs in figures.items()}
    return Answer(
        (*first, *second, *learned.asymmetric),
        changes=(*_against_first(first, "recall@1"), *_against_first(second, "NDCG@50")),
        curves=MappingProxyType(curves), health=learned.health, by_bits=by_bits,
        levels=(learned.graded.figure("NDCG@50").floor,
                learned.graded.figure("NDCG@50 of coarse labels").value),
    )  # fmt: skip


def _by_bits(
    features: tuple[np.ndarray, ...], truth: CaptureTruth, measured: list[Report]
) -> Steps:
    """NDCG@50 of the classic hashes at other lengths too, the learned code at its own."""
    training, queries, gallery = features
    points: dict[str, list[BitsPoint]] = {}
    for n_bits in LENGTHS:
        if n_bits > min(training.shape):
            continue
        for codes in classic_codes(training, queries, gallery, n_bits, "hand-crafted", seeds=(0,)):
            scores = _hamming(codes.queries, codes.gallery)
            found = evaluate_graded(scores, truth, resamples=2000).figure("NDCG@50")
            points.setdefault(codes.system, []).append(_point(n_bits, found))
            yield Progress("Measuring", n_bits, max(LENGTHS), "bits")
    learned = measured[0]
    own = {learned.system: (_point(int(learned.system.split()[-2]), learned.figure("NDCG@50")),)}
    return MappingProxyType(own | {name: tuple(found) for name, found in points.items()})


def _point(n_bits: int, figure: Figure) -> BitsPoint:
    return BitsPoint(n_bits, figure.value, figure.low, figure.high)


def _pooled(figures: Mapping[str, list[CodeFigures]], track: str) -> list[Report]:
    return [pooled([getattr(run, track) for run in runs]) for runs in figures.values()]


def ask_beliefs(encoder: Encoder, bench: Benchmark) -> Steps:
    """Classes, tightness and their calibration, threads counted, and the error of each bar."""
    yield Progress("Measuring")
    taxonomy = default_taxonomy()
    truth, rows = bench.fabrics, bench.query_rows
    pitch = bench.queries.px_per_cm / truth.density[rows].max(axis=1)
    seen = BelievedAndTrue(
        coarse=bench.queries.beliefs("coarse"),
        fine=bench.queries.beliefs("fine"),
        tightness=bench.queries.beliefs("tightness"),
        true_coarse=np.array([taxonomy.coarse_index[str(c)] for c in truth.coarse[rows]]),
        true_fine=np.array([taxonomy.fine_index[str(f)] for f in truth.fine[rows]]),
        true_tightness=truth.tightness[rows],
        px_per_yarn=pitch,
        families=bench.truth.queries.families,
    )
    name = bench.truth.name
    found = evaluate_beliefs(seen, taxonomy.coarse, taxonomy.fine, name=name, system=encoder.id)
    bars = dimension_errors(
        bench.searches.dimensions, bench.true_dimensions, seen.families, name=name,
        system=encoder.id,
    )  # fmt: skip
    counted = np.stack([d.density.to_array()[:2] for d in bench.queries.descriptors])
    told = ~np.isnan(pitch) & (pitch >= MIN_PX_PER_YARN)
    density = evaluate_density(
        counted[told], truth.density[rows][told],
        [family for family, is_told in zip(seen.families, told, strict=True) if is_told],
        name=f"{name}, {MIN_PX_PER_YARN} px a yarn and more", system=encoder.id,
    )  # fmt: skip
    return Answer((found.report, bars, density), details=(0, 1, 2), beliefs=found)


def ask_bands(encoder: Encoder, bench: Benchmark) -> Steps:
    """The percentages behind the band words."""
    yield Progress("Measuring")
    report = evaluate_bands(bench.searches.scores[EVEN], bench.truth, system=encoder.id)
    return Answer((report,), details=(0,))


def ask_colorways(encoder: Encoder, bench: Benchmark) -> Steps:
    """Articles found across colours, and the right colour first."""
    yield Progress("Measuring")
    scores = bench.searches.scores
    report = evaluate_colorways(scores[EVEN], scores[COLOR_FREE], bench.truth, system=encoder.id)
    return Answer((report,), details=(0,))


def ask_unfamiliar(
    encoder: Encoder, cloth: tuple[Path, ...] = (), other: tuple[Path, ...] = ()
) -> Steps:
    """How often "unfamiliar" is said of pictures of cloth, and of pictures of other things.

    Args:
        cloth, other: folders (or files) of pictures that show cloth, and that do not.
    """
    reports = []
    for places, is_cloth in ((cloth, True), (other, False)):
        for place in places:
            paths = [Path(path) for path in list_images([str(place)])]
            seen: Seen = yield from look_at_all(encoder, paths, baselines=False)
            groups = [path.stem for path in paths]
            reports.append(
                evaluate_unfamiliar(
                    seen.unfamiliarity, groups, name=place.name, is_cloth=is_cloth,
                    system=encoder.id,
                )
            )  # fmt: skip
    return Answer(tuple(reports), details=tuple(range(len(reports))))
