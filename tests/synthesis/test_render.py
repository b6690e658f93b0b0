"""Checks the renderer against its labels: density, palette, colours, determinism."""

import hashlib
from dataclasses import replace

import cv2
import numpy as np
import pytest

from fabricfinder.domain.palette import Palette, cone_coordinates
from fabricfinder.domain.palette_regions import palette_from_rgb
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.light import Light, shade, to_linear, to_srgb8
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.render import (
    albedo,
    macro_field_cm,
    palette_of,
    render,
    sample_field_cm,
)
from fabricfinder.synthesis.sampling import MINORS, sample_fabric
from fabricfinder.synthesis.siblings import redyed
from fabricfinder.synthesis.structure import lift_window
from fabricfinder.synthesis.weaves import WEAVE_FINES, weaves_of
from fabricfinder.synthesis.window import Window

NEUTRAL = Light(azimuth=1.0, elevation=1.4, ambient=0.8)


def plain_cloth(ends: float = 20.0, picks: float = 17.0, **more: object) -> Fabric:
    """A white-and-blue chambray in plain weave."""
    recipe = {
        "weave": weaves_of("plain")[0], "warp": Plan(), "weft": Plan((1,)),
        "colours": ((0.2, 0.3, 0.6), (0.9, 0.9, 0.88)), "warp_yarn": Yarn(30.0),
        "weft_yarn": Yarn(30.0), "ends_per_cm": ends, "picks_per_cm": picks,
        "coarse": "solid/chambray", "seed": 5,
    }  # fmt: skip
    return Fabric(**(recipe | more))  # type: ignore[arg-type]


def digest(image: np.ndarray) -> str:
    """SHA-1 of an image's bytes."""
    return hashlib.sha1(image.tobytes()).hexdigest()


def emd(a: Palette, b: Palette) -> float:
    """Earth mover's distance of two palettes in the HSV cone, by OpenCV."""
    rows = [p.to_array()[: len(p.colors)] for p in (a, b)]
    points = [cone_coordinates(r) for r in rows]
    cost = np.linalg.norm(points[0][:, None] - points[1][None], axis=-1).astype(np.float32)
    weights = [np.ascontiguousarray(r[:, 4:5]) for r in rows]
    return float(cv2.EMD(weights[0], weights[1], cv2.DIST_USER, cost=cost)[0])


def strongest_frequency(profile: np.ndarray, px_per_cm: float, near: float) -> float:
    """Cycles per cm of the strongest line in a brightness profile, 0.6 to 1.5 times ``near``.

    (A yarn lit on both flanks also has a line at twice its frequency; that is left out.)
    """
    flat = profile - np.convolve(np.pad(profile, 20, mode="reflect"), np.ones(41) / 41, "valid")
    power = np.abs(np.fft.rfft(flat * np.hanning(len(flat)), 8 * len(flat))) ** 2
    frequency = np.fft.rfftfreq(8 * len(flat), 1 / px_per_cm)
    power[(frequency < 0.6 * near) | (frequency > 1.5 * near)] = 0
    return float(frequency[power.argmax()])


@pytest.mark.parametrize(("ends", "picks"), [(12.0, 10.0), (20.0, 17.0), (28.0, 24.0)])
def test_density_read_from_the_picture_is_the_label(ends: float, picks: float) -> None:
    tex = 0.45 / 0.037**2 / (ends * 0.1) ** 2  # keeps the cover of one system at 67 %
    cloth = plain_cloth(ends, picks, warp_yarn=Yarn(tex), weft_yarn=Yarn(tex))
    image = render(cloth, 512, 160.0, seed=3, light=NEUTRAL).mean(-1)
    assert strongest_frequency(image.mean(0), 160.0, ends) == pytest.approx(ends, rel=0.03)
    assert strongest_frequency(image.mean(1), 160.0, picks) == pytest.approx(picks, rel=0.03)


@pytest.mark.parametrize("px_per_cm", [15.0, 60.0, 160.0])
def test_same_arguments_same_bytes(px_per_cm: float) -> None:
    fabric = sample_fabric(generator(8, 1), "plaid/tartan")
    again = sample_fabric(generator(8, 1), "plaid/tartan")
    assert digest(render(fabric, 96, px_per_cm, 4)) == digest(render(again, 96, px_per_cm, 4))
    assert digest(render(fabric, 96, px_per_cm, 4)) != digest(render(fabric, 96, px_per_cm, 5))


@pytest.mark.parametrize("minor", MINORS)
def test_every_minor_renders_near_and_far(minor: str) -> None:
    fabric = sample_fabric(generator(21, MINORS.index(minor)), minor)
    assert fabric.coarse == minor
    for scale in (160.0, 64 / macro_field_cm(fabric)):
        view = render(fabric, 64, scale, 1)
        assert view.shape == (64, 64, 3) and view.dtype == np.uint8
        assert view.std() > 0.5


def test_the_palette_label_is_what_one_sees_in_neutral_light() -> None:
    distances = []
    for k, minor in enumerate(MINORS):
        fabric = sample_fabric(generator(21, k), minor)
        side = macro_field_cm(fabric)
        far = [render(fabric, 128, 128 / side, seed, light=NEUTRAL) for seed in (11, 12, 13)]
        seen = palette_from_rgb(np.concatenate([view.reshape(-1, 3) for view in far]))
        distances.append(emd(palette_of(fabric), seen))
    # A cream on the border of orange and yellow may change its class with the light's last bit,
    # and then the mean of its region moves; nothing else may.
    assert np.median(distances) < 0.01
    assert np.mean(np.array(distances) < 0.1) > 0.95


@pytest.mark.parametrize("fine", WEAVE_FINES)
def test_every_weave_renders(fine: str) -> None:
    fabric = sample_fabric(generator(22, WEAVE_FINES.index(fine)), "solid/plain", fine)
    assert fabric.fine == fine
    image = render(fabric, 96, 160.0, 1)
    # Yarns are seen: neighbouring pixels differ.
    assert np.abs(np.diff(image.astype(int), axis=1)).mean() > 0.3


def test_redye_keeps_the_weave_map_and_moves_only_colour() -> None:
    for k, minor in enumerate(("plaid/tartan", "pattern/jacquard", "stripe/bengal")):
        fabric = sample_fabric(generator(30, k), minor)
        dyed = redyed(fabric, generator(31, k))
        window = (3, 5, 60, 70)
        assert np.array_equal(lift_window(fabric, *window), lift_window(dyed, *window))
        assert dyed.colours != fabric.colours
        assert (dyed.warp, dyed.weft, dyed.seed) == (fabric.warp, fabric.weft, fabric.seed)
        assert dyed.tightness == fabric.tightness
        near, other = (render(f, 128, 160.0, 2, light=NEUTRAL) for f in (fabric, dyed))
        assert digest(near) != digest(other)


def test_stripe_width_in_the_picture_is_the_plan() -> None:
    plan = Plan.of_runs([(0, 20), (1, 20)])
    cloth = plain_cloth(25.0, 22.0, warp=plan, weft=Plan(), warp_yarn=Yarn(24.0))
    view = albedo(cloth, 200, 20.0, seed=1).astype(float).mean((0, 2))
    centred = view - view.mean()
    power = np.abs(np.fft.rfft(centred, 8 * 200)) ** 2
    period_mm = 10 / np.fft.rfftfreq(8 * 200, 1 / 20.0)[power.argmax()]
    assert period_mm == pytest.approx(40 * 10 / 25.0, rel=0.03)


def test_houndstooth_is_four_and_four_on_two_two_twill() -> None:
    for k in range(6):
        fabric = sample_fabric(generator(40, k), "plaid/houndstooth")
        if fabric.print is not None:
            continue
        assert fabric.weave.fine == "twill-2-2"
        assert fabric.warp.runs() == [(0, 4), (1, 4)] == fabric.weft.runs()


def test_far_view_is_the_average_of_the_near_view() -> None:
    cloth = plain_cloth()
    near = to_linear(render(cloth, 480, 120.0, 1, light=NEUTRAL) / 255).mean((0, 1))
    far = to_linear(render(cloth, 120, 12.0, 1, light=NEUTRAL) / 255).mean((0, 1))
    assert np.allclose(near, far, atol=0.06)


def test_labels_follow_from_the_recipe() -> None:
    cloth = plain_cloth(28.0, 24.0, warp_yarn=Yarn(20.0), weft_yarn=Yarn(20.0))
    assert cloth.tightness == pytest.approx(67.645, abs=1e-3)
    assert cloth.repeat_mm == pytest.approx((2 * 10 / 28, 2 * 10 / 24))
    wide = replace(cloth, warp=Plan.of_runs([(0, 70), (1, 70)]))
    assert wide.repeat_mm[0] == pytest.approx(140 * 10 / 28)


def test_fields_stay_between_a_scrap_and_a_garment() -> None:
    for k in range(40):
        fabric = sample_fabric(generator(50, k))
        assert 3 <= macro_field_cm(fabric) <= 25
        assert 2.5 <= sample_field_cm(fabric, generator(k)) <= 40


def test_a_window_moved_by_a_repeat_shows_the_same_order_of_colours() -> None:
    plan = Plan.of_runs([(0, 10), (1, 6)])
    cloth = plain_cloth(20.0, 20.0, warp=plan, weft=Plan())
    first = render(cloth, 128, 40.0, window=Window(2.0, 2.0, 128, 40.0), light=NEUTRAL)
    moved = render(cloth, 128, 40.0, window=Window(2.0 + 0.8, 2.0, 128, 40.0), light=NEUTRAL)
    profiles = [view.astype(float).mean((0, 2)) for view in (first, moved)]
    assert np.corrcoef(*profiles)[0, 1] > 0.9


def test_light_goes_there_and_back() -> None:
    every = np.arange(256) / 255
    assert np.abs(to_srgb8(to_linear(every)).astype(int) - np.arange(256)).max() <= 1


def test_a_slope_towards_the_lamp_is_brighter() -> None:
    light = Light(azimuth=0.0, elevation=0.6, ambient=0.3)
    x = np.tile(np.arange(40, dtype=np.float32), (40, 1))
    towards, _ = shade(-x, light)
    away, _ = shade(x, light)
    flat, _ = shade(np.zeros_like(x), light)
    middle = (20, 20)
    assert towards[middle] > flat[middle] > away[middle]
    assert flat[middle] == pytest.approx(1, abs=0.05)


def test_recolouring_needs_as_many_colours() -> None:
    with pytest.raises(ValueError, match="2 colours"):
        plain_cloth().recoloured(((0, 0, 0),))
