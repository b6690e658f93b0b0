"""Leak by intervention: which changes count as clean, and the figures beside a naive loop."""

from types import SimpleNamespace

import numpy as np
import pytest

from fabricfinder.domain.descriptor import Encoding
from fabricfinder.domain.encoder import Views
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.hashcode import HashCode, pack_bits
from fabricfinder.domain.similarity import DIMENSIONS
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.siblings import redyed, reset, rewoven
from fabricfinder.measuring.interventions import (
    MEANT,
    Pair,
    evaluate_leak,
    flips,
    intervene,
    is_clean,
    label_similarity,
    leak_of,
    leak_report,
    same_camera,
)

LAYOUT = (("coarse", 0, 16), ("fine", 16, 24), ("color", 24, 40), ("tightness", 40, 48))


class HashOfPixels:
    """An encoder whose sub-codes read one colour channel each: a re-dye moves nearly all."""

    id, n_bits, blend = "fake", 48, (0.5, 0.5)

    def __init__(self, layout=LAYOUT) -> None:
        self.code_layout = layout

    def encode(self, views):
        made = []
        for view in views:
            mean = view.macro.astype(float).mean((0, 1)).sum()
            bits = (np.sin(mean * np.arange(1, 49)) > 0).astype(np.uint8)
            empty = np.zeros(1, np.float32)
            code = HashCode(pack_bits(bits).tobytes(), 48)
            made.append(Encoding(code, bits * 2.0 - 1, empty, empty, (50.0, 1.0)))
        return made


def flat(level: int) -> Views:
    pixels = np.full((8, 8, 3), level, np.uint8)
    return Views(pixels, pixels[None], True)


def test_labels_say_which_change_is_clean() -> None:
    rng = np.random.default_rng(2)
    base = sample_fabric(rng, minor="stripe/bengal")
    for change, meant in (
        (redyed(base, rng), "color"), (rewoven(base, rng), "fine"), (reset(base, 0.75), "tightness"),
    ):  # fmt: skip
        similarity = label_similarity(base, change)
        at = DIMENSIONS.index(meant)
        assert similarity.shape == (4,) and similarity[at] < 0.95
        assert is_clean(similarity, meant) == (np.delete(similarity, at) >= 0.95).all()
        assert not any(is_clean(similarity, other) for other in DIMENSIONS if other != meant)
    assert np.allclose(label_similarity(base, base), 1)
    assert not is_clean(np.ones(4), "color")  # nothing changed
    assert is_clean(np.array([1, 1, 0.5, 1]), "color")
    assert not is_clean(np.array([0, 1, 0.5, 1]), "color")


def test_one_camera_takes_every_cloth_alike() -> None:
    base = sample_fabric(np.random.default_rng(3), minor="plaid/gingham")
    one, same, other = same_camera([base, base, redyed(base, np.random.default_rng(0))], (5, 1))
    assert np.array_equal(one.macro, same.macro) and np.array_equal(one.micro, same.micro)
    assert not np.array_equal(one.macro, other.macro)
    assert one.macro_px_per_cm == other.macro_px_per_cm and one.scale_known
    # The checks stay where they were: what was light is light or dark in the same places.
    coarse = [
        v.macro.astype(float).mean(-1).reshape(32, 4, 32, 4).mean((1, 3)).ravel()
        for v in (one, other)
    ]
    assert abs(np.corrcoef(coarse)[0, 1]) > 0.6


def test_leak_is_what_moved_outside_over_all_that_moved() -> None:
    rng = np.random.default_rng(0)
    moved = rng.integers(0, 4, (40, 4))
    moved[:3] = 0
    meant = rng.integers(0, 4, 40)
    for row, value in enumerate(leak_of(moved, meant)):
        total = sum(moved[row])
        if total == 0:
            assert np.isnan(value)
        else:
            outside = sum(moved[row, d] for d in range(4) if d != meant[row])
            assert value == pytest.approx(outside / total)


def test_flips_are_counted_in_each_sub_code() -> None:
    pairs = [Pair("re-dyed", i, flat(10 + i), flat(90 + 3 * i), np.ones(4)) for i in range(5)]
    encoder = HashOfPixels()
    found = flips(encoder, pairs, LAYOUT)
    for i, pair in enumerate(pairs):
        one, two = (encoder.encode([v])[0].code.bits for v in (pair.before, pair.after))
        naive = [sum(one[k] != two[k] for k in range(a, b)) for _, a, b in LAYOUT]
        assert found[i].tolist() == naive


def test_the_report_says_it_by_kind() -> None:
    moved = np.array([[0, 0, 9, 1], [0, 0, 0, 0], [1, 3, 0, 0], [0, 0, 0, 2]])
    kinds = ["re-dyed", "re-dyed", "re-woven", "re-set"]
    report = leak_report(moved, kinds, [0, 1, 1, 2], 7, "x")
    assert report.figure("leak").value == pytest.approx((0.1 + 0.25 + 0) / 3)
    assert (report.figure("leak").n, report.figure("leak").excluded) == (3, 1)
    assert report.figure("moves its sub-code").value == pytest.approx(3 / 4)
    assert report.figure("leak", "re-dyed").value == pytest.approx(0.1)
    assert report.figure("moves its sub-code", "re-dyed").value == 0.5
    assert report.figure("bits moved inside", "re-woven").value == 3
    assert "7 changes refused" in report.notes[0]


def test_pairs_are_clean_and_the_same_for_a_seed() -> None:
    minors = ("solid/plain", "stripe/candy")
    drawn = [pair for pair, _ in intervene(3, 1, minors) if pair is not None]
    again = [pair for pair, _ in intervene(3, 1, minors) if pair is not None]
    assert len(drawn) == 3
    for one, two in zip(drawn, again, strict=True):
        assert one.kind == two.kind and is_clean(one.similarity, MEANT[one.kind])
        assert np.array_equal(one.after.macro, two.after.macro)
        assert not np.array_equal(one.before.micro, one.after.micro)


def test_a_run_counts_its_pairs_and_a_knot_is_refused(monkeypatch) -> None:
    made = [(Pair("re-dyed", i, flat(i), flat(99 - i), np.ones(4)), 1) for i in range(20)]
    monkeypatch.setattr(
        "fabricfinder.measuring.interventions.intervene", lambda *_: iter([(None, 2), *made])
    )
    operation = evaluate_leak(HashOfPixels(), 20)
    steps = []
    while True:
        try:
            steps.append(next(operation))
        except StopIteration as stop:
            report = stop.value
            break
    assert [s.done for s in steps] == list(range(21)) and steps[-1].total == 20
    moved = flips(HashOfPixels(), [p for p, _ in made], LAYOUT)
    expected = np.nanmean(leak_of(moved, np.full(20, 2)))
    assert report.figure("leak").value == pytest.approx(expected)
    assert "22 changes refused" in report.notes[0]
    with pytest.raises(FabricFinderError, match="one knot"):
        next(evaluate_leak(SimpleNamespace(id="dvsh", code_layout=()), 1))
