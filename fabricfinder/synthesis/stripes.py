"""Stripes: by the warp order, by the weave, by the weft, or printed."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis import plans
from fabricfinder.synthesis.colours import mix, pick, scheme
from fabricfinder.synthesis.fabric import Fabric, Plan, Print
from fabricfinder.synthesis.noise import choose
from fabricfinder.synthesis.weaves import Weave, weaves_of

Rng = np.random.Generator


def dress_stripe(rng: Rng, cloth: Fabric) -> Fabric:
    """Stripes: by the warp order, by the weave, or printed."""
    kind = cloth.coarse.split("/")[1]
    n = {"multi": int(rng.integers(3, 7)), "ombre": int(rng.integers(2, 4))}.get(kind, 2)
    if kind in ("pin", "awning", "pencil") and rng.random() < 0.2:
        n = 3
    colours = scheme(rng, n, 0.25)
    if kind in ("shadow", "inlaid"):
        return _weave_stripe(rng, cloth)
    if kind in ("breton", "diagonal"):
        if kind == "breton" and rng.random() < 0.4:
            plan = plans.stripe_plan(rng, "stripe/breton", cloth.picks_per_cm, 2)
            face = weaves_of(choose(rng, ("sateen", "twill-3-1", "plain")))[-1]
            return _weft_faced(replace(cloth, colours=colours, weft=plan), face)
        width = sum(plans.width_mm(rng, cloth.coarse, part) for part in ("stripe", "ground"))
        tile = width * float(rng.integers(2, 5))
        pattern = Print(kind, (tile, tile), scheme(rng, int(rng.integers(2, 5)), 0.25), cloth.seed)
        return replace(cloth, colours=(pick(rng, ("white", "ecru")),), print=pattern)
    plan = plans.stripe_plan(rng, cloth.coarse, cloth.ends_per_cm, n)
    cloth = replace(cloth, colours=colours, warp=plan)
    if kind == "seersucker":
        period = plan.repeat * 10 / cloth.ends_per_cm
        return replace(cloth, pucker=(period, 0.5), fine_label="seersucker")
    if kind == "chalk":
        light = pick(rng, ("white", "ecru", "silver", "stone", "sky"))
        dark = pick(rng, ("navy", "charcoal", "ink", "grey", "chocolate", "bottle", "slate"))
        cloth = replace(cloth, colours=(dark, mix(light, dark, float(rng.uniform(0.1, 0.4)))),
                        nap=float(rng.uniform(0.5, 1)))  # fmt: skip
    if kind == "ticking" and rng.random() < 0.7:
        cloth = replace(cloth, colours=(pick(rng, ("ecru", "cream", "white")),
                        pick(rng, ("navy", "charcoal", "burgundy", "indigo", "bottle"))))
    # Yarn-dyed stripes are clearest warp-faced: cover the weft more as the stripes get bolder.
    if kind in ("awning", "bengal", "candy", "multi", "ticking") and rng.random() < 0.6:
        dense = cloth.ends_per_cm * float(rng.uniform(1.1, 1.35))
        wider = cloth.warp.stretched(dense / cloth.ends_per_cm)
        cloth = replace(cloth, ends_per_cm=round(dense, 2), warp=wider)
    return cloth


def _weft_faced(cloth: Fabric, weave: Weave) -> Fabric:
    """Weave it with the weft on the face, so that weft stripes show."""
    if weave.warp_share > 0.5:
        weave = replace(weave, lift=~weave.lift)
    return replace(cloth, weave=weave)


def _weave_stripe(rng: Rng, cloth: Fabric) -> Fabric:
    """Shadow and satin stripes: two weaves side by side, in one colour or a second yarn."""
    inlaid = cloth.coarse.endswith("inlaid")
    names = (("plain", "satin-5"), ("plain", "satin-8")) if inlaid else (
        ("twill-2-2", "mirror"), ("plain", "twill-3-1"), ("satin-5", "sateen"), ("plain", "rep"))
    first, second = names[int(rng.integers(len(names)))]
    a = weaves_of(first)[-1]
    b_lift = a.lift[:, ::-1] if second == "mirror" else weaves_of(second)[0].lift
    ends = [plans.threads(plans.width_mm(rng, cloth.coarse, part), cloth.ends_per_cm, 4)
            for part in ("ground", "stripe")]  # fmt: skip
    lift = side_by_side(a.lift, b_lift, ends[0], ends[1])
    weave = replace(a, lift=lift, name=f"{a.name} with {second} stripes")
    colours = cloth.colours
    warp = Plan()
    if inlaid and rng.random() < 0.6:
        colours = scheme(rng, 2, 0.2)
        warp = Plan.of_runs([(0, ends[0]), (1, ends[1])])
    return replace(cloth, weave=weave, colours=colours, warp=warp,
                   warp_yarn=replace(cloth.warp_yarn, lustre=max(0.5, cloth.warp_yarn.lustre)))


def side_by_side(a: np.ndarray, b: np.ndarray, ends_a: int, ends_b: int) -> np.ndarray:
    """A lift of ``ends_a`` ends in weave a and ``ends_b`` in weave b."""
    picks = int(np.lcm(len(a), len(b)))
    left = np.tile(a, (picks // len(a), ends_a // a.shape[1] + 1))[:, :ends_a]
    right = np.tile(b, (picks // len(b), ends_b // b.shape[1] + 1))[:, :ends_b]
    return np.hstack([left, right])
