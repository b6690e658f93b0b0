"""Hard siblings: cloths that differ from one in a single respect."""

from dataclasses import replace

import numpy as np

from fabricfinder.synthesis.colours import Colour, any_colour, colour_code, contrast
from fabricfinder.synthesis.dressing import has_own_inks, inks_of
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.sampling_knit import reknitted
from fabricfinder.synthesis.sampling_pile import remade
from fabricfinder.synthesis.weaves import WEAVES, Weave

Rng = np.random.Generator


def siblings(fabric: Fabric, rng: Rng) -> list[tuple[str, Fabric]]:
    """Seven fabrics a careless eye takes for this one (benchmark recipe v1).

    Two other colours of the same draft, one other weave in the same colours, sett 10 % and 25 %
    off, and for stripes, checks and prints widths 20 % off either way (for solids, sett once more
    each way).

    Returns:
        (what differs, fabric) pairs; labels follow from each recipe.
    """
    found = [(f"colour-{k}", redyed(fabric, rng)) for k in (1, 2)]
    found.append(("weave", rewoven(fabric, rng)))
    sign = 1 if rng.random() < 0.5 else -1
    found.append(("sett-10", reset(fabric, 1 + 0.10 * sign)))
    found.append(("sett-25", reset(fabric, 1 - 0.25 * sign)))
    striped = fabric.warp.repeat > 1 or fabric.weft.repeat > 1 or fabric.coarse in _BY_THREADS
    if fabric.print or fabric.figure or striped or _cells(fabric, 1.0):
        found.append(("width-wider", rescaled(fabric, 1.2)))
        found.append(("width-narrower", rescaled(fabric, 0.8)))
    else:
        found.append(("sett+10", reset(fabric, 1 - 0.10 * sign)))
        found.append(("sett+25", reset(fabric, 1 + 0.25 * sign)))
    return [
        (what, replace(sibling, id=f"{fabric.id}~{what}")) for what, sibling in found
    ]


def _other(rng: Rng, colour: Colour) -> Colour:
    """A colour well apart from one."""
    tries = [any_colour(rng) for _ in range(8)]
    apart = [c for c in tries if contrast(c, colour) > 0.2]
    return apart[0] if apart else max(tries, key=lambda c: contrast(c, colour))


def redyed(fabric: Fabric, rng: Rng) -> Fabric:
    """The same cloth in other colours; weave, plans, sett and irregularities are untouched."""
    if fabric.print is not None:
        old = fabric.print.colours
        kind = fabric.print.kind
        # Shades that belong to one flower or one fur change together.
        inks = inks_of(kind, rng, len(old)) if has_own_inks(kind) else _recolour(old, rng)
        new = fabric.recoloured(fabric.colours, inks)
        return replace(new, colourway=colour_code(inks))
    colours = _recolour(fabric.colours, rng)
    return replace(fabric.recoloured(colours), colourway=colour_code(colours))


def _recolour(colours: tuple[Colour, ...], rng: Rng) -> tuple[Colour, ...]:
    """Change each colour with even odds, and at least one that shows."""
    changed = [c if rng.random() < 0.4 else _other(rng, c) for c in colours]
    if all(a == b for a, b in zip(changed, colours, strict=True)):
        k = int(rng.integers(len(colours)))
        changed[k] = _other(rng, colours[k])
    # Colours that met in one would hide the pattern.
    for k in range(1, len(changed)):
        for _ in range(12):
            if contrast(changed[k], changed[0]) > 0.22:
                break
            changed[k] = _other(rng, changed[0])
    return tuple(changed)


def rewoven(fabric: Fabric, rng: Rng) -> Fabric:
    """The same colours and sett in a weave of another fine class."""
    if fabric.knit is not None:
        return reknitted(fabric, rng)
    if fabric.pile is not None or fabric.fine in ("leno", "double"):
        return remade(fabric, rng)
    options = [w for w in WEAVES if w.fine not in (fabric.weave.fine, fabric.fine)]
    weave: Weave = options[int(rng.integers(len(options)))]
    # A figure cannot live without its two weaves, so the cloth becomes the plain-woven one.
    label = "seersucker" if fabric.pucker else ""
    return replace(fabric, weave=weave, figure=None, figure_weave=None, fine_label=label,
                   coarse=_coarse_without_figure(fabric))  # fmt: skip


def _coarse_without_figure(fabric: Fabric) -> str:
    """The minor of a cloth whose woven figure is taken away."""
    shows = {"stripe/shadow": "solid/plain", "plaid/shadow": "solid/plain"}
    if fabric.weave.fine == "dobby" and fabric.coarse in ("pattern/dobby", "solid/tonal"):
        return "solid/plain" if len(set(fabric.colours)) == 1 else "solid/chambray"
    if fabric.figure is not None or fabric.coarse in shows or (
        fabric.coarse == "stripe/inlaid" and fabric.warp.repeat == 1
    ):
        return "solid/plain" if len(set(fabric.colours)) == 1 else "solid/chambray"
    return fabric.coarse


# Colour-and-weave effects and stripes of weave live by thread count: their plans are never
# stretched.
_BY_THREADS = (
    "plaid/houndstooth", "plaid/glen", "plaid/gun-club", "plaid/shepherd", "plaid/overcheck",
    "plaid/shadow", "stripe/shadow", "stripe/inlaid",
)  # fmt: skip


def reset(fabric: Fabric, factor: float) -> Fabric:
    """The same yarns ``factor`` as dense; stripes keep their width in mm, teeth their count.

    A nonwoven has no sett: its fibres come ``factor`` as fine instead.
    """
    if fabric.pile is not None and fabric.pile.nonwoven:
        tuft = round(fabric.pile.tuft_mm / factor, 3)
        return replace(fabric, pile=replace(fabric.pile, tuft_mm=tuft))
    new = replace(
        fabric,
        ends_per_cm=round(fabric.ends_per_cm * factor, 2),
        picks_per_cm=round(fabric.picks_per_cm * factor, 2),
    )
    if fabric.knit is not None and fabric.figure is not None:
        # A motif is knitted by the chart: its stitches stay, so it grows or shrinks.
        wide, high = fabric.figure.repeat_mm
        return replace(new, figure=replace(fabric.figure, repeat_mm=(wide / factor, high / factor)))
    if fabric.coarse in _BY_THREADS:
        return new
    return replace(new, warp=fabric.warp.stretched(factor), weft=fabric.weft.stretched(factor))


def rescaled(fabric: Fabric, factor: float) -> Fabric:
    """Stripes, checks or the print ``factor`` as wide, the cloth itself the same."""
    changes: dict[str, object] = {}
    for name in ("print", "figure"):
        pattern = getattr(fabric, name)
        if pattern is not None:
            wide, high = pattern.repeat_mm
            changes[name] = replace(pattern, repeat_mm=(wide * factor, high * factor))
    changes |= _cells(fabric, factor)
    if changes:
        return replace(fabric, **changes)
    if fabric.coarse in _BY_THREADS:
        # Four-and-four stays four-and-four: yarns and sett change the size instead.
        yarns = {
            name: replace(getattr(fabric, name), tex=getattr(fabric, name).tex * factor**2)
            for name in ("warp_yarn", "weft_yarn")
        }
        return replace(
            fabric, ends_per_cm=round(fabric.ends_per_cm / factor, 2),
            picks_per_cm=round(fabric.picks_per_cm / factor, 2), **yarns,
        )  # fmt: skip
    return replace(
        fabric, warp=fabric.warp.stretched(factor), weft=fabric.weft.stretched(factor)
    )


def _cells(fabric: Fabric, factor: float) -> dict[str, object]:
    """Pockets and eyelets ``factor`` as wide, as changes to the recipe; empty without any."""
    if fabric.quilt is not None:
        wide, high = fabric.quilt.cell_mm
        return {"quilt": replace(fabric.quilt, cell_mm=(wide * factor, high * factor))}
    work = fabric.openwork
    if work is not None and work.step_mm:
        return {"openwork": replace(work, step_mm=round(work.step_mm * factor, 3),
                                    hole_mm=round(work.hole_mm * factor, 3))}  # fmt: skip
    return {}
