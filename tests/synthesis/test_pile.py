"""Checks pile, openwork, double cloth and nonwovens: labels, bytes, scale and siblings."""

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest

from fabricfinder.domain.taxonomy import default_taxonomy
from fabricfinder.domain.textile import tightness
from fabricfinder.synthesis.dobby import dobby_weave
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.light import Light
from fabricfinder.synthesis.noise import generator
from fabricfinder.synthesis.pile import Openwork, Pile, Quilt
from fabricfinder.synthesis.piled import loop_steps_mm
from fabricfinder.synthesis.quilting import quilt_relief
from fabricfinder.synthesis.render import albedo, render
from fabricfinder.synthesis.sampling import sample_fabric
from fabricfinder.synthesis.sampling_pile import (
    CHOICES,
    PILE_FINES,
    PILE_MINORS,
    cord_weave,
    sample_pile,
)
from fabricfinder.synthesis.siblings import redyed, rescaled, reset, siblings
from fabricfinder.synthesis.surfaces import cloth_noise, laid, soft
from fabricfinder.synthesis.weaves import float_lengths
from fabricfinder.synthesis.window import Window

LAMP = Light(azimuth=0.6, elevation=0.7, ambient=0.4)
# Flat woven cloth as it was drawn before there was any other: the benchmark rests on these bytes.
WOVEN_BYTES = {
    ("solid/plain", "satin-5"): "bb6c27150d4c",
    ("plaid/tartan", None): "9fee8723347a",
    ("stripe/seersucker", None): "d8e55efaabb3",
    ("solid/plain", "mock-leno"): "09bc16e5c63a",
}
_TURNS = {("solid/plain", "satin-5"): 0, ("plaid/tartan", None): 1,
          ("stripe/seersucker", None): 3, ("solid/plain", "mock-leno"): 5}  # fmt: skip


def spacing_mm(picture: np.ndarray, px_per_cm: float, axis: int, near_mm: float) -> float:
    """Strongest spacing in mm along an axis, looked for within a fifth of ``near_mm``."""
    line = picture.astype(float).mean(axis=(2, 1 - axis))
    line = (line - line.mean()) * np.hanning(len(line))
    power = np.abs(np.fft.rfft(line, 16 * len(line)))
    per_mm = np.arange(len(power)) / (16 * len(line)) * px_per_cm / 10
    power[(per_mm < 0.8 / near_mm) | (per_mm > 1.2 / near_mm)] = 0
    return float(1 / per_mm[int(power.argmax())])


def plain_corduroy(wale_ends: int, ends_per_cm: float) -> Fabric:
    cloth = sample_pile(generator(30, wale_ends), "solid/plain", "corduroy")
    assert cloth.pile is not None
    return replace(
        cloth, weave=cord_weave(wale_ends), ends_per_cm=ends_per_cm,
        pile=replace(cloth.pile, wale_ends=wale_ends, crush=0.0),
    )  # fmt: skip


def test_flat_woven_cloth_is_drawn_as_before() -> None:
    for (minor, fine), digest in WOVEN_BYTES.items():
        fabric = sample_fabric(generator(77, _TURNS[minor, fine]), minor, fine)
        found = hashlib.sha1()
        for scale in (10.0, 45.0, 150.0):
            found.update(render(fabric, 40, scale, 3).tobytes())
        assert found.hexdigest()[:12] == digest, (minor, fine)


def test_every_fine_and_minor_is_the_taxonomys() -> None:
    taxonomy = default_taxonomy()
    assert set(PILE_FINES) <= set(taxonomy.fine) and set(PILE_MINORS) <= set(taxonomy.coarse)
    assert {"corduroy", "velvet", "terry", "leno", "dobby", "double", "felt", "nonwoven-other"} <= (
        set(PILE_FINES)
    )
    assert {"pattern/eyelet", "pattern/dobby", "pattern/jacquard"} <= set(PILE_MINORS)


@pytest.mark.parametrize("fine", PILE_FINES)
def test_labels_are_those_asked_for(fine: str) -> None:
    for k, minor in enumerate(CHOICES[fine]):
        cloth = sample_fabric(generator(31, k), minor, fine, "pile")
        assert (cloth.coarse, cloth.fine) == (minor, fine)
        assert max((*cloth.warp.threads, *cloth.weft.threads)) < len(cloth.colours)
        if fine in ("felt", "nonwoven-other"):
            assert math.isnan(cloth.tightness) and math.isnan(cloth.ends_per_cm)
            continue
        assert cloth.tightness == tightness(
            cloth.ends_per_cm, cloth.picks_per_cm, cloth.warp_yarn.tex, cloth.weft_yarn.tex,
            cloth.warp_yarn.fibre, cloth.weft_yarn.fibre,
        )  # fmt: skip
        assert 15 < cloth.tightness <= 100 and min(cloth.repeat_mm) > 0


def test_unknown_minor_or_fine_is_refused() -> None:
    with pytest.raises(KeyError):
        sample_pile(generator(1), "stripe/chalk")
    with pytest.raises(KeyError):
        sample_pile(generator(1), "pattern/eyelet", "terry")
    with pytest.raises(KeyError):
        sample_fabric(generator(1), construction="macramé")


def test_same_seed_same_cloth_and_bytes() -> None:
    for k, fine in enumerate(("corduroy", "terry", "leno", "double")):
        one, two = (sample_pile(generator(32, k), None, fine) for _ in range(2))
        assert (one.id, one.colours, one.pile) == (two.id, two.colours, two.pile)
        assert np.array_equal(render(one, 40, 60, 4), render(two, 40, 60, 4))


@pytest.mark.parametrize(("wale_ends", "ends"), [(3, 22.0), (6, 25.0), (12, 20.0)])
def test_wales_are_as_far_apart_as_the_recipe_says(wale_ends: int, ends: float) -> None:
    cloth = plain_corduroy(wale_ends, ends)
    wanted = wale_ends * 10 / ends
    scale = 90 / wanted  # nine pixels to a wale
    picture = render(cloth, 320, scale, window=Window(3, 4, 320, scale), light=LAMP)
    assert spacing_mm(picture, scale, 1, wanted) == pytest.approx(wanted, rel=0.03)


def test_a_denser_sett_makes_finer_wales_and_loops() -> None:
    cloth = plain_corduroy(6, 20.0)
    denser = reset(cloth, 1.25)
    assert denser.ends_per_cm == 25 and denser.pile == cloth.pile
    assert denser.repeat_mm[0] == pytest.approx(cloth.repeat_mm[0] / 1.25)
    terry = sample_pile(generator(33), "solid/plain", "terry")
    assert loop_steps_mm(reset(terry, 1.1))[0] == pytest.approx(
        loop_steps_mm(terry)[0] / 1.1, rel=1e-3
    )


@pytest.mark.parametrize("fine", ["corduroy", "leno", "velvet"])
def test_finer_than_the_lens_leaves_no_moire(fine: str) -> None:
    """At 1.2 pixels to a wale or pair, averaging leaves next to nothing of it to beat."""
    cloth = sample_pile(generator(34), "solid/plain", fine)
    if cloth.pile is not None:
        cloth = replace(cloth, pile=replace(cloth.pile, crush=0.0))
    threads = cloth.pile.wale_ends if cloth.pile and cloth.pile.wale_ends else 2
    scale = 1.2 * cloth.ends_per_cm / threads
    picture = render(cloth, 200, scale, window=Window(1, 2, 200, scale), light=LAMP)
    line = picture.astype(float).mean(axis=(0, 2))
    assert line.std() < 0.05 * line.mean()


@pytest.mark.parametrize("fine", ["corduroy", "velvet", "terry", "leno", "felt"])
def test_redyeing_changes_colour_and_nothing_else(fine: str) -> None:
    cloth = sample_pile(generator(35), "solid/plain", fine)
    if cloth.openwork is not None:
        cloth = replace(cloth, openwork=replace(cloth.openwork, behind=0.0))
    grey = replace(cloth, colours=((0.5, 0.5, 0.5),))
    red = replace(cloth, colours=((0.5, 0.1, 0.1),))
    one, two = (albedo(c, 48, 60, 5).astype(int)[..., 0] for c in (grey, red))
    assert np.array_equal(one, two)  # the red of both is the same, place by place
    other = redyed(cloth, generator(36))
    assert other.colours != cloth.colours
    assert (other.pile, other.openwork, other.seed) == (cloth.pile, cloth.openwork, cloth.seed)


@pytest.mark.parametrize("fine", PILE_FINES)
def test_siblings_differ_in_what_they_say(fine: str) -> None:
    cloth = sample_pile(generator(37), None, fine)
    taxonomy = default_taxonomy()
    found = dict(siblings(cloth, generator(38)))
    assert len(found) == 7
    assert found["weave"].fine != cloth.fine
    for what, sibling in found.items():
        assert sibling.coarse in taxonomy.coarse_index and sibling.fine in taxonomy.fine_index
        if what.startswith("sett") and math.isfinite(cloth.ends_per_cm):
            factor = sibling.ends_per_cm / cloth.ends_per_cm
            assert abs(abs(factor - 1) - int(what[5:]) / 100) < 0.002
        assert render(sibling, 16, 30, 1).std() >= 0


def test_cells_scale_with_the_pattern() -> None:
    cloth = sample_pile(generator(39), "solid/plain", "double")
    assert cloth.quilt is not None
    wider = rescaled(cloth, 1.2)
    assert wider.quilt is not None
    assert wider.quilt.cell_mm[0] == pytest.approx(1.2 * cloth.quilt.cell_mm[0])
    eyelet = sample_pile(generator(40), "pattern/eyelet", "plain")
    assert eyelet.openwork is not None and eyelet.repeat_mm[0] == eyelet.openwork.step_mm


def test_what_lies_behind_shows_only_through_openwork() -> None:
    for fine, minor in (("leno", "solid/plain"), ("plain", "pattern/eyelet")):
        cloth = sample_pile(generator(41), minor, fine)
        work = cloth.openwork
        assert isinstance(work, Openwork)
        dark, bright = (
            replace(cloth, openwork=replace(work, behind=b)) for b in (0.0, 1.0)
        )
        change = albedo(bright, 64, 40, 3).astype(int) - albedo(dark, 64, 40, 3)
        assert change.min() >= 0 and change.max() > 60


def test_faces_keep_their_place_at_every_scale() -> None:
    """Averaging a fine view gives the coarse view."""
    tile = soft(np.random.default_rng(3).random((64, 64)).astype(np.float32), 2.0)
    fine = laid(tile, (16.0, 16.0), Window(0.5, 0.2, 128, 80))
    coarse = laid(tile, (16.0, 16.0), Window(0.5, 0.2, 16, 10))
    blocks = fine.reshape(16, 8, 16, 8).mean(axis=(1, 3))
    assert np.corrcoef(blocks.ravel(), coarse.ravel())[0, 1] > 0.9
    near = cloth_noise(Window(1, 1, 64, 80), (4, 4), 2)
    far = cloth_noise(Window(1, 1, 16, 20), (4, 4), 2)
    blocks = near.reshape(16, 4, 16, 4).mean(axis=(1, 3))
    assert np.corrcoef(blocks.ravel(), far.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("kind", ["diamond", "square", "scale", "wave", "brick", "blister"])
def test_quilted_cells_stand_out_and_fade_where_too_fine(kind: str) -> None:
    quilt = Quilt(kind, (10.0, 10.0), 1.0, 5)
    near = quilt_relief(quilt, Window(0, 0, 60, 30))
    assert near.shape == (60, 60) and near.max() - near.min() > 2
    assert np.abs(quilt_relief(quilt, Window(0, 0, 20, 1.5))).max() < 0.05


def test_dobby_spots_hold_together() -> None:
    for k in range(20):
        weave = dobby_weave(generator(42, k))
        assert weave.fine == "dobby"
        warp_float, weft_float = float_lengths(weave.lift)
        assert warp_float <= 8 and weft_float <= 8


def test_nonwovens_have_no_threads() -> None:
    assert Pile("felt", 1.0).nonwoven and Pile("web", 1.0).nonwoven
    assert not Pile("terry", 1.0).nonwoven
