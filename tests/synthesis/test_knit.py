"""Checks knits against their textbook charts, their densities, their labels and themselves."""

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabricfinder.domain.textile import knit_tightness
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.knit import LOOPS, STITCHES, Knit, loop_curve, loop_length_mm
from fabricfinder.synthesis.knit_colour import chart_colours
from fabricfinder.synthesis.knit_draw import gauge_of
from fabricfinder.synthesis.knit_loops import curves, relief
from fabricfinder.synthesis.knit_motifs import nordic_chart, star
from fabricfinder.synthesis.knit_structures import CHARTS, structure
from fabricfinder.synthesis.light import Light
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import albedo, palette_of, render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.sampling_knit import KNIT_FINES, KNIT_MINORS, reknitted, sample_knit
from fabricfinder.synthesis.siblings import redyed, reset, siblings
from fabricfinder.synthesis.weaves import weaves_of

NEUTRAL = Light(azimuth=1.0, elevation=1.4, ambient=0.8)
LOW = Light(azimuth=0.7, elevation=0.9, ambient=0.3)


def cloth(fine: str, wales: float = 6.0, courses: float = 8.0, **more: object) -> Fabric:
    """A pale, even knit of cotton, whose loops a factor of 1.4 would give."""
    charts, rows, rib = CHARTS[fine]
    tex = (1.4 * loop_length_mm(wales, courses)) ** 2
    yarn = Yarn(tex, hairiness=0.0, twist=0.0)
    recipe: dict[str, object] = {
        "weave": weaves_of("plain")[0], "warp": Plan(), "weft": Plan(),
        "colours": ((0.8, 0.75, 0.7),), "warp_yarn": yarn, "weft_yarn": yarn,
        "ends_per_cm": wales, "picks_per_cm": courses, "coarse": "solid/plain", "seed": 9,
        "knit": Knit(fine, charts[0], rows_per_course=rows, rib=rib, uneven=0.0),
    }  # fmt: skip
    return Fabric(**(recipe | more))  # type: ignore[arg-type]


def digest(image: np.ndarray) -> str:
    return hashlib.sha1(image.tobytes()).hexdigest()


def power_at(profile: np.ndarray, px_per_cm: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in cycles per cm and their power in a brightness profile."""
    flat = profile - np.convolve(np.pad(profile, 40, mode="reflect"), np.ones(81) / 81, "valid")
    power = np.abs(np.fft.rfft(flat * np.hanning(len(flat)), 8 * len(flat))) ** 2
    return np.fft.rfftfreq(8 * len(flat), 1 / px_per_cm), power


def strongest(profile: np.ndarray, px_per_cm: float, near: float) -> float:
    """Strongest line between 0.6 and 1.5 times ``near``."""
    frequency, power = power_at(profile, px_per_cm)
    power[(frequency < 0.6 * near) | (frequency > 1.5 * near)] = 0
    return float(frequency[power.argmax()])


# --- charts by their definitions (Spencer, Knitting Technology) ---------------------------------


def test_every_chart_is_a_rectangle_of_known_letters() -> None:
    for fine in KNIT_FINES:
        for seed in range(12):
            knit = structure(generator(3, seed), fine)
            assert knit.fine == fine
            assert len({len(row) for row in knit.chart}) == 1
            assert set("".join(knit.chart)) <= set(STITCHES)


@pytest.mark.parametrize(
    ("fine", "face_wales"), [("rib-1-1", [True, False]), ("rib-2-2", [True, True, False, False])]
)
def test_ribs_alternate_face_and_back_wales(fine: str, face_wales: list[bool]) -> None:
    knit = structure(generator(1), fine)
    rows, wales = knit.shape
    seen = [[knit.stitch(r, w) == "K" for w in range(wales)] for r in range(rows)]
    assert all(line == face_wales for line in seen)
    assert knit.rib > 0


def test_jersey_has_one_face_and_its_reverse_the_other() -> None:
    assert set("".join(structure(generator(1), "single-jersey").chart)) == {"K"}
    assert set("".join(structure(generator(1), "reverse-jersey").chart)) == {"P"}


def test_interlock_rows_knit_every_other_wale_in_turn() -> None:
    knit = structure(generator(1), "interlock")
    assert knit.rows_per_course == 2
    first, second = ([s == "K" for s in row] for row in knit.chart)
    assert first == [not s for s in second]
    # Each loop is held over the row in which its own needle rests.
    assert all(knit.reach(r, w) == 2 for r in (0, 1) for w in (0, 1) if knit.stitch(r, w) == "K")


def test_ponte_is_two_interlock_rows_and_a_plain_one() -> None:
    rows = sorted(sum(s == "K" for s in row) / len(row) for row in CHARTS["ponte"][0][0])
    assert rows == [0.5, 0.5, 1.0]


def test_pique_tucks_and_moves_its_tucks_to_the_wales_between() -> None:
    for chart in CHARTS["pique"][0]:
        tucks = [{w for w, s in enumerate(row) if s == "T"} for row in chart]
        used = [t for t in tucks if t]
        assert {frozenset(t) for t in used} == {frozenset({0}), frozenset({1})}
        # A stitch below a tuck is held as long as the tucks last.
        knit = Knit("pique", chart)
        r = next(k for k, t in enumerate(tucks) if not t or 0 not in t)
        held = knit.reach(r, 0)
        assert held == 1 + sum(1 for _ in _run_of_tucks(chart, r))


def _run_of_tucks(chart: tuple[str, ...], row: int) -> list[int]:
    """Rows above ``row`` that tuck wale 0, until one knits."""
    found = []
    k = row - 1
    while chart[k % len(chart)][0] == "T":
        found.append(k)
        k -= 1
    return found


def test_lace_pays_for_every_hole_with_a_leaning_decrease() -> None:
    for seed in range(20):
        for row in structure(generator(5, seed), "lace-knit").chart:
            holes = row.count("O")
            assert row.count("/") + row.count("\\") >= min(holes, 1)


def test_cables_cross_and_come_back_within_the_repeat() -> None:
    for seed in range(20):
        knit = structure(generator(6, seed), "cable")
        assert knit.ropes
        taken: list[int] = []
        for rope in knit.ropes:
            assert knit.shape[0] % rope.rows == 0
            taken += range(rope.wale, rope.wale + rope.strands * rope.wide)
        assert len(taken) == len(set(taken)) and max(taken) < knit.shape[1]
        assert "P" in "".join(knit.chart)


# --- geometry -----------------------------------------------------------------------------------


def test_a_relaxed_loop_is_about_as_long_as_munden_measured() -> None:
    # ks = 4.0 to 4.3 wale spacings for jersey with 1.3 courses to a wale.
    assert loop_length_mm(10.0, 13.0) == pytest.approx(4.15, abs=0.15)


@given(st.floats(1, 25), st.floats(1.0, 1.6))
def test_loop_length_is_the_polygon_of_its_curve(wales: float, ratio: float) -> None:
    curve = loop_curve(1 / ratio)
    naive = sum(math.dist(a, b) for a, b in zip(curve[:-1], curve[1:], strict=True))
    assert loop_length_mm(wales, wales * ratio) == pytest.approx(naive * 10 / wales, rel=1e-9)


def test_tightness_is_fifty_times_the_factor() -> None:
    for k, fine in enumerate(KNIT_FINES):
        fabric = sample_knit(generator(8, k), None, fine)
        loop = loop_length_mm(fabric.ends_per_cm, fabric.picks_per_cm)
        naive = min(100.0, 50 * math.sqrt(fabric.warp_yarn.tex) / loop)
        assert fabric.tightness == pytest.approx(naive)
        assert fabric.tightness == pytest.approx(knit_tightness(fabric.warp_yarn.tex, loop))
        assert 40 <= fabric.tightness <= 100


def test_face_loops_show_their_legs_and_back_loops_their_arcs() -> None:
    for fine, high_is_leg in (("single-jersey", True), ("reverse-jersey", False)):
        path = curves(Knit(fine, CHARTS[fine][0][0]), 0.77)[0].path
        legs, arcs = path[[16, 48], 2], path[[0, 32, 64], 2]
        assert (legs.min() > arcs.max()) == high_is_leg


def test_a_hole_is_open_and_jersey_is_not() -> None:
    gauge = gauge_of(cloth("single-jersey"))
    solid = relief(Knit("single-jersey", ("K",)), gauge.row_height, 0.26, 24)
    eyelet = Knit("lace-knit", ("KKKK", "KO\\K", "KKKK", "KKKK"))
    open_ = relief(eyelet, gauge.row_height, 0.26, 24)
    assert (open_.cover < 0.2).mean() > (solid.cover < 0.2).mean() + 0.02


@pytest.mark.parametrize(
    "chart", [("KKPP",), ("PT", "PP", "TP", "PP"), ("KKKK", "KO\\K", "KKKK")]
)
def test_relief_of_one_repeat_is_that_of_two(chart: tuple[str, ...]) -> None:
    double = tuple(line * 2 for line in chart) * 2
    once = relief(Knit("rib-2-2", chart, rib=0.8), 0.75, 0.25, 16)
    twice = relief(Knit("rib-2-2", double, rib=0.8), 0.75, 0.25, 16)
    assert twice.px == once.px
    assert np.abs(np.tile(once.height, (2, 2)) - twice.height).mean() < 0.01


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("wales", "courses"), [(5.0, 6.5), (8.0, 11.0), (12.0, 15.0)])
@pytest.mark.parametrize("fine", ["single-jersey", "reverse-jersey"])
def test_density_read_from_the_picture_is_the_label(
    fine: str, wales: float, courses: float
) -> None:
    image = render(cloth(fine, wales, courses), 512, 120.0, 3, light=LOW).mean(-1)
    assert strongest(image.mean(0), 120.0, wales) == pytest.approx(wales, rel=0.03)
    assert strongest(image.mean(1), 120.0, courses) == pytest.approx(courses, rel=0.03)


def test_a_rib_repeats_over_its_face_and_back_wales() -> None:
    image = render(cloth("rib-2-2", 6.0, 8.0), 512, 100.0, 3, light=LOW).mean(-1)
    assert strongest(image.mean(0), 100.0, 1.5) == pytest.approx(1.5, rel=0.03)


def test_courses_are_striped_as_the_plan_says() -> None:
    plan = Plan.of_runs([(0, 6), (1, 3)])
    fabric = cloth("single-jersey", 8, 10, weft=plan, colours=((0.9,) * 3, (0.1,) * 3))
    assert chart_colours(fabric, 0, 0, 18, 2)[:, 0].tolist() == list(plan.threads) * 2
    assert fabric.repeat_mm[1] == pytest.approx(9.0)
    for scale in (12.0, 100.0):
        image = albedo(fabric, 512, scale, 2).mean(-1)
        assert strongest(image.mean(1), scale, 10 / 9) == pytest.approx(10 / 9, rel=0.03)


@pytest.mark.parametrize("fine", KNIT_FINES)
def test_every_knit_renders_near_and_far_and_the_same_each_time(fine: str) -> None:
    k = KNIT_FINES.index(fine)
    fabric, again = (sample_knit(generator(12, k), None, fine) for _ in range(2))
    assert fabric.fine == fine and fabric.coarse in KNIT_MINORS
    for scale in (10.0, 45.0, 160.0):
        view = render(fabric, 64, scale, 4)
        assert view.shape == (64, 64, 3) and view.dtype == np.uint8
        assert digest(view) == digest(render(again, 64, scale, 4))
        assert digest(view) != digest(render(fabric, 64, scale, 5))


@pytest.mark.parametrize("minor", KNIT_MINORS)
def test_every_minor_is_knitted_and_keeps_its_label(minor: str) -> None:
    fabric = sample_fabric(generator(14, KNIT_MINORS.index(minor)), minor, construction="knit")
    assert fabric.coarse == minor and fabric.knit is not None
    assert render(fabric, 48, 20.0, 1).std() > 0.3
    assert abs(sum(c.share for c in palette_of(fabric).colors) - 1) < 0.02


def test_unknown_names_are_refused() -> None:
    with pytest.raises(KeyError):
        sample_knit(generator(1), "plaid/tartan")
    with pytest.raises(KeyError):
        sample_knit(generator(1), None, "satin-5")
    with pytest.raises(ValueError):
        reknitted(sample_fabric(generator(1)), generator(1))


def test_far_and_near_agree_in_colour() -> None:
    for k, fine in enumerate(("single-jersey", "rib-1-1", "pique", "cable", "french-terry")):
        fabric = sample_knit(generator(15, k), "solid/plain", fine)
        per_wale = fabric.ends_per_cm * gauge_of(fabric).row_height
        near = render(fabric, 128, 6.0 * per_wale, 1, light=NEUTRAL).reshape(-1, 3).mean(0)
        far = render(fabric, 128, 0.8 * per_wale, 1, light=NEUTRAL).reshape(-1, 3).mean(0)
        assert np.abs(near - far).max() < 14


def test_fine_loops_do_not_beat_against_the_pixels() -> None:
    fabric = cloth("single-jersey", 11.7, 15.3)
    for scale in (8.0, 11.0, 14.3, 20.0):
        image = render(fabric, 256, scale, 2, light=LOW).mean(-1)
        for profile in (image.mean(0), image.mean(1)):
            frequency, power = power_at(profile, scale)
            slow = power[(frequency > 0.02 * scale) & (frequency < 0.2 * scale)].max()
            assert np.sqrt(slow) / len(profile) < 1.0


# --- other colourings and siblings --------------------------------------------------------------


def test_redye_keeps_the_structure_and_moves_only_colour() -> None:
    for k, minor in enumerate(("pattern/fair-isle", "stripe/breton", "solid/plain")):
        fabric = sample_knit(generator(31, k), minor)
        other = redyed(fabric, generator(32, k))
        assert other.knit == fabric.knit and other.colours != fabric.colours
        one, two = (chart_colours(f, -3, 5, 40, 40) for f in (fabric, other))
        assert np.array_equal(one, two)
        assert digest(render(fabric, 64, 40.0, 1)) != digest(render(other, 64, 40.0, 1))


def test_siblings_differ_in_one_respect() -> None:
    for k, fine in enumerate(KNIT_FINES):
        fabric = sample_knit(generator(33, k), None, fine)
        found = dict(siblings(fabric, generator(34, k)))
        assert len(found) == 7
        for what, other in found.items():
            assert other.knit is not None and other.coarse == fabric.coarse
            assert (other.fine != fabric.fine) == (what == "weave")
            same_gauge = other.ends_per_cm == fabric.ends_per_cm
            assert same_gauge != what.startswith("sett")
        wale_factor = found["sett-10"].ends_per_cm / fabric.ends_per_cm
        assert abs(abs(wale_factor - 1) - 0.10) < 0.002
        assert found["weave"].colours == fabric.colours


def test_motifs_repeat_in_whole_stitches() -> None:
    fabric = sample_knit(generator(35), "pattern/fair-isle")
    assert fabric.figure is not None
    per_x = round(fabric.repeat_mm[0] * fabric.ends_per_cm / 10)
    chart = chart_colours(fabric, 0, 0, 12, 3 * per_x)
    assert np.array_equal(chart[:, :per_x], chart[:, per_x : 2 * per_x])
    assert len(np.unique(chart)) > 1


def test_nordic_charts_carry_two_yarns_a_row_at_most() -> None:
    for seed in range(30):
        for colours in (2, 3, 5):
            chart = nordic_chart(seed, colours)
            assert chart.shape[1] == 24 and chart.max() < colours
            assert all(len(np.unique(row)) <= 2 for row in chart)
            assert len(np.unique(chart)) >= 2


@given(st.integers(3, 15))
def test_a_selbu_rose_has_eight_equal_petals(radius: int) -> None:
    rose = star(radius)
    for turned in (rose[::-1], rose[:, ::-1], rose.T, np.rot90(rose)):
        assert np.array_equal(rose, turned)
    assert rose[0].any() and not rose[radius].any()


def test_another_gauge_knits_the_same_chart() -> None:
    fabric = sample_knit(generator(36), "pattern/fair-isle")
    denser = reset(fabric, 1.25)
    assert np.array_equal(chart_colours(fabric, 0, 0, 30, 48), chart_colours(denser, 0, 0, 30, 48))
    assert denser.repeat_mm[0] == pytest.approx(fabric.repeat_mm[0] / 1.25)


def test_spirality_leans_the_wales() -> None:
    straight = cloth("single-jersey", 6, 8)
    knit = straight.knit
    assert knit is not None
    leaning = replace(straight, knit=replace(knit, skew=0.12))
    sharp = [render(f, 256, 60.0, 1, light=LOW).mean(-1).mean(0).std() for f in (straight, leaning)]
    assert sharp[0] > 2 * sharp[1]


def test_loops_are_named_by_one_letter_each() -> None:
    assert len(set(STITCHES)) == len(STITCHES) and set(LOOPS) < set(STITCHES)
