"""Checks the widened range of prints and setts: drawn again alike, seamless, true to their inks."""

import hashlib

import cv2
import numpy as np
import pytest

from fabricfinder.domain.palette import cone_coordinates
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.synthesis.benchmark import benchmark_plan, load_recipe
from fabricfinder.synthesis.blooms import Garden
from fabricfinder.synthesis.dressing import OFFERS, has_own_inks, inks_of
from fabricfinder.synthesis.fabric import Print
from fabricfinder.synthesis.light import Light
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.painters_paisley import Drop
from fabricfinder.synthesis.painters_skins import stripe_field
from fabricfinder.synthesis.prints import PAINTERS, ink_map, print_window
from fabricfinder.synthesis.render import albedo, macro_field_cm, palette_of, render
from fabricfinder.synthesis.sampling import ALL_MINORS, MINORS, sample_fabric
from fabricfinder.synthesis.setts import LETTERS, MANNERS, parse_sett, sample_sett
from fabricfinder.synthesis.siblings import redyed

WIDE = sorted({o.kind for offers in OFFERS.values() for o in offers} & set(PAINTERS))
# Every base and sibling of recipe v1, taken before the range was widened.
PLAN_V1_SHA256 = "86e65a06b33a37252532cb4f69b90a4d93f1461b559e54fe18fd1fb1105eb57c"


def test_the_committed_benchmark_samples_the_same_cloth() -> None:
    digest = hashlib.sha256()
    for _, _, f in benchmark_plan(load_recipe()):
        said = (f.id, f.coarse, f.fine, f.colours, f.ends_per_cm, f.print, f.figure, f.warp,
                f.weft, f.seed, f.warp_yarn)  # fmt: skip
        digest.update(repr(said).encode())
        digest.update(f.weave.lift.tobytes())
    assert digest.hexdigest() == PLAN_V1_SHA256


@pytest.mark.parametrize("kind", WIDE)
def test_painters_draw_their_inks_alike_and_without_a_seam(kind: str) -> None:
    for n, seed in ((2, 1), (3, 2), (7, 3)):
        shape = (160, 200) if n == 3 else (160, 160)
        drawn = PAINTERS[kind](shape, n, generator(seed))
        assert drawn.shape == shape
        if n == 3:
            assert np.array_equal(drawn, PAINTERS[kind](shape, n, generator(seed)))
        if drawn.dtype != np.uint8:
            assert 0 <= drawn.min() < drawn.max() <= 1
            continue
        assert drawn.max() < n and len(np.unique(drawn)) >= 2
        if kind in ("herringbone-print", "houndstooth", "checkerboard", "tooth-print"):
            continue  # their edges lie on the tile's edge
        wide = drawn.astype(int)
        for axis in (0, 1):
            inside = np.mean(np.diff(wide, axis=axis) != 0)
            seam = np.mean(np.take(wide, 0, axis=axis) != np.take(wide, -1, axis=axis))
            if not kind.startswith(("check", "stripes", "argyle")):
                assert seam < 0.06 + 4 * inside, (kind, n, axis)


def test_every_minor_of_the_widened_range_is_sampled_and_rendered() -> None:
    assert set(MINORS) < set(ALL_MINORS)
    for k, minor in enumerate(ALL_MINORS):
        cloth = sample_fabric(generator(40, k), minor, variety=2)
        assert cloth.coarse == minor
        assert repr(cloth.print) == repr(
            sample_fabric(generator(40, k), minor, variety=2).print)  # fmt: skip
        if k % 3 == 0 or minor not in MINORS:
            view = albedo(cloth, 64, 64 / macro_field_cm(cloth), seed=2)
            assert view.std() > 0.2 or minor.startswith("solid/")


def test_new_minors_are_not_of_the_first_range() -> None:
    with pytest.raises(KeyError):
        sample_fabric(generator(1), "pattern/toile")
    with pytest.raises(KeyError):
        sample_fabric(generator(1), "pattern/no-such", variety=2)


def test_any_cloth_of_the_widened_range() -> None:
    seen = {sample_fabric(generator(41, k), variety=2).coarse for k in range(160)}
    assert len(seen) > 45
    assert seen <= set(ALL_MINORS)


def test_the_palette_label_is_what_one_sees_in_neutral_light() -> None:
    light = Light(azimuth=1.0, elevation=1.4, ambient=0.8)
    distances = []
    for k, minor in enumerate(("pattern/floral-large", "pattern/animal", "pattern/paisley",
                               "plaid/tartan", "pattern/other", "stripe/breton")):  # fmt: skip
        cloth = sample_fabric(generator(42, k), minor, variety=2)
        side = macro_field_cm(cloth)
        views = [render(cloth, 128, 128 / side, seed, light=light) for seed in (11, 12, 13)]
        palettes = (
            palette_of(cloth), palette_from_rgb(np.concatenate([v.reshape(-1, 3) for v in views]))
        )  # fmt: skip
        rows = [p.to_array()[: len(p.colors)] for p in palettes]
        a, b = (cone_coordinates(r) for r in rows)
        cost = np.linalg.norm(a[:, None] - b[None], axis=-1).astype(np.float32)
        weights = [np.ascontiguousarray(r[:, 4:5]) for r in rows]
        distances.append(cv2.EMD(weights[0], weights[1], cv2.DIST_USER, cost=cost)[0])
    assert np.median(distances) < 0.03 and max(distances) < 0.1


def test_a_far_print_is_the_mean_of_its_inks() -> None:
    for kind in ("rosettes", "floral-painted", "paisley-ornate", "arabesque-p6m"):
        inks = inks_of(kind, generator(3), 4)
        pattern = Print(kind, (10.0, 10.0), inks, 7)
        far = print_window(pattern, 0.0, 0.0, 64, 2.0)
        near = print_window(pattern, 0.0, 0.0, 200, 200.0)
        assert np.allclose(far.mean((0, 1)), near.mean((0, 1)), atol=0.03)


def test_another_colourway_is_the_same_drawing_in_inks_that_belong_together() -> None:
    cloth = next(
        c for c in (sample_fabric(generator(43, k), "pattern/floral-large", variety=2)
                    for k in range(40))
        if c.print and len(c.print.colours) == 10
    )  # fmt: skip
    other = redyed(cloth, generator(6))
    assert cloth.print and other.print and other.print.colours != cloth.print.colours
    assert np.array_equal(ink_map(cloth.print), ink_map(other.print))
    for shades in Garden.of(10).flowers:
        dark, body, light = (sum(other.print.colours[k]) for k in (
            shades.dark, shades.body, shades.light))  # fmt: skip
        assert dark < body < light
    assert not has_own_inks("houndstooth") and not has_own_inks("geometric")
    assert has_own_inks("geometric-p4m") and has_own_inks("floral-calico")


def test_stripes_fork_where_the_field_vanishes() -> None:
    field = stripe_field(generator(2), 9.0, 0.0, 0.3)
    assert field.shape == (256, 256)
    spectrum = np.abs(np.fft.fft2(field)) ** 2
    y, x = np.unravel_index(spectrum.argmax(), spectrum.shape)
    fx, fy = np.fft.fftfreq(256, 1 / 256)[[x, y]]
    assert np.hypot(fx, fy) == pytest.approx(9, abs=3)
    phase = np.angle(field)
    step = lambda a, b: np.angle(np.exp(1j * (b - a)))  # noqa: E731
    right, down = np.roll(phase, -1, 1), np.roll(phase, -1, 0)
    corner = np.roll(right, -1, 0)
    turns = step(phase, right) + step(right, corner) + step(corner, down) + step(down, phase)
    forks = np.rint(turns / (2 * np.pi)).astype(int)
    assert np.abs(forks).sum() >= 2 and forks.sum() == 0


def test_a_paisley_drop_lies_inside_itself() -> None:
    drop = Drop(0.3, 2.2, 2.0)
    area = lambda p: 0.5 * abs(np.dot(p[:, 0], np.roll(p[:, 1], 1)) - np.dot(  # noqa: E731
        p[:, 1], np.roll(p[:, 0], 1)))  # fmt: skip
    sizes = [area(drop.outline(inset)) for inset in (-0.03, 0.0, 0.05, 0.1)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(drop.outline(0.5)) == 0


def test_setts_turn_back_at_their_pivots() -> None:
    letters, runs = parse_sett("K/4 R24 G6 Y/2")
    assert letters == ("K", "R", "G", "Y")
    assert runs == ((0, 4), (1, 24), (2, 6), (3, 2), (2, 6), (1, 24))
    assert parse_sett("W8 K8")[1] == ((0, 8), (1, 8))
    for wrong in ("", "K", "k4", "K0", "K/ 4", "K4,R4"):
        with pytest.raises(ValueError, match="not a thread count"):
            parse_sett(wrong)
    for k in range(len(MANNERS) * 3):
        colours, found = sample_sett(generator(k))
        assert {c for c, _ in found} == set(range(len(colours)))
        assert all(a[0] != b[0] for a, b in zip(found, found[1:], strict=False))
        assert all(n >= 2 for _, n in found)
    assert set("RGBKMSDNCPTQFWYAO") <= set(LETTERS)
