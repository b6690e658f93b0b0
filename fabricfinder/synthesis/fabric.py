"""A cloth as a recipe: weave, colour plans, yarns, sett, print; and the labels that follow.

A ``Fabric`` is a value: the same fabric renders to the same bytes at any window and scale, and
every label is computed from the recipe, not from the picture.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

from fabricfinder.domain.textile import knit_tightness, tightness
from fabricfinder.synthesis.colours import Colour
from fabricfinder.synthesis.knit import Knit, loop_length_mm
from fabricfinder.synthesis.pile import Openwork, Pile, Quilt
from fabricfinder.synthesis.weaves import Weave


@dataclass(frozen=True)
class Yarn:
    """One yarn.

    Attributes:
        tex: count in g/km.
        fibre: a key of ``domain.textile.DIAMETER_FACTORS``.
        twist: how plainly the twist shows, 0..1.
        z_twist: Z (the usual) or S.
        slub: how much thickness swells along the yarn, 0..1.
        slub_mm: length of a swelling.
        nep: share of places with a coloured fleck, 0..1.
        melange: how much fibre colour varies along the yarn, 0..1.
        hairiness: stray fibres, 0..1.
        lustre: sheen of the float, 0 (wool) to 1 (filament).
    """

    tex: float
    fibre: str = "cotton"
    twist: float = 0.5
    z_twist: bool = True
    slub: float = 0.0
    slub_mm: float = 25.0
    nep: float = 0.0
    melange: float = 0.0
    hairiness: float = 0.3
    lustre: float = 0.15


@dataclass(frozen=True)
class Plan:
    """Colour of each thread of one repeat, as indices into the fabric's colours."""

    threads: tuple[int, ...] = (0,)

    @staticmethod
    def of_runs(runs: tuple[tuple[int, int], ...] | list[tuple[int, int]]) -> "Plan":
        """Build from (colour, thread count) runs, as a weaver writes a warp order."""
        return Plan(tuple(c for colour, n in runs for c in [colour] * n))

    @property
    def repeat(self) -> int:
        """Threads in one repeat."""
        return len(self.threads)

    def runs(self) -> list[tuple[int, int]]:
        """The plan as (colour, thread count) runs, first run first."""
        found: list[tuple[int, int]] = []
        for c in self.threads:
            if found and found[-1][0] == c:
                found[-1] = (c, found[-1][1] + 1)
            else:
                found.append((c, 1))
        return found

    def stretched(self, factor: float) -> "Plan":
        """The same stripes with every run ``factor`` as wide (at least one thread)."""
        return Plan.of_runs([(c, max(1, round(n * factor))) for c, n in self.runs()])


@dataclass(frozen=True)
class Print:
    """A pattern put on the cloth: printed, dyed, or (as a figure) woven.

    Attributes:
        kind: a key of ``prints.PAINTERS``.
        repeat_mm: width and height of the tile.
        colours: inks, ground first, sRGB 0..1; empty for a figure, which takes the yarns'.
        seed: what is drawn: the same seed in other colours is the same drawing.
    """

    kind: str
    repeat_mm: tuple[float, float]
    colours: tuple[Colour, ...]
    seed: int


def _visible_repeat(colours: int, weave: int) -> int:
    """Threads in the repeat one sees: the stripe's where it is the longer, else both at once."""
    return colours if colours > weave else math.lcm(colours, weave)


@dataclass(frozen=True, eq=False)
class Fabric:
    """One cloth in one colourway.

    Attributes:
        weave: the ground weave.
        warp, weft: colour plans.
        colours: sRGB 0..1 that the plans name.
        warp_yarn, weft_yarn: the yarns.
        ends_per_cm, picks_per_cm: the sett.
        coarse: taxonomy minor, ``major/minor``.
        seed: chooses every irregularity (never negative).
        id, design, colourway: who it is; a colourway is one colouring of a design.
        print: what is printed on it, or None.
        figure: a woven figure, or None; inside it ``figure_weave`` replaces the ground.
        figure_weave: the other weave of a figured cloth.
        fine_label: fine id where it is not the ground weave's (jacquard), or "".
        pucker: seersucker: (period mm, share puckered), or None.
        crinkle: depth of an all-over crinkle, 0..1.
        nap: raised finish that blurs the weave, 0..1.
        pile: the pile of corduroy, velvet and terry, or the fibre mat of a nonwoven (whose
            sett and tightness are nan); None = flat.
        openwork: holes of leno or eyelets, or None.
        quilt: relief cells of a double cloth, or None.
        knit: how it is knitted, or None for a weave; then ends and picks are wales and courses,
            the weft plan colours courses, the warp plan wales, and a figure is knitted in stitch
            by stitch.
    """

    weave: Weave
    warp: Plan
    weft: Plan
    colours: tuple[Colour, ...]
    warp_yarn: Yarn
    weft_yarn: Yarn
    ends_per_cm: float
    picks_per_cm: float
    coarse: str
    seed: int
    id: str = ""
    design: str = ""
    colourway: str = ""
    print: Print | None = None
    figure: Print | None = None
    figure_weave: Weave | None = None
    fine_label: str = ""
    pucker: tuple[float, float] | None = None
    crinkle: float = 0.0
    nap: float = 0.0
    pile: Pile | None = None
    openwork: Openwork | None = None
    quilt: Quilt | None = None
    knit: Knit | None = None

    @property
    def fine(self) -> str:
        """Taxonomy fine id."""
        if self.knit is not None:
            return self.knit.fine
        return self.fine_label or self.weave.fine

    @cached_property
    def tightness(self) -> float:
        """Percent cover by the yarn counts and the sett (science §2.4); nan without yarns."""
        if self.pile is not None and self.pile.nonwoven:
            return math.nan
        if self.knit is not None:
            loop_mm = loop_length_mm(self.ends_per_cm, self.picks_per_cm)
            return knit_tightness(self.warp_yarn.tex, loop_mm)
        return tightness(
            self.ends_per_cm, self.picks_per_cm, self.warp_yarn.tex, self.weft_yarn.tex,
            self.warp_yarn.fibre, self.weft_yarn.fibre,
        )  # fmt: skip

    @cached_property
    def repeat_mm(self) -> tuple[float, float]:
        """Width and height of the visible repeat in mm: the print's, else weave with colours."""
        pattern = self.print or self.figure
        if pattern is not None:
            return pattern.repeat_mm
        if self.pile is not None and self.pile.nonwoven:
            return 0.0, 0.0
        if self.openwork is not None and self.openwork.step_mm:
            return self.openwork.step_mm, self.openwork.step_mm
        if self.quilt is not None and self.warp.repeat == self.weft.repeat == 1:
            return self.quilt.cell_mm
        picks, ends = self.weave.shape
        if self.knit is not None:
            rows, ends = self.knit.shape
            picks = max(1, rows // self.knit.rows_per_course)
        wide = _visible_repeat(self.warp.repeat, ends)
        high = _visible_repeat(self.weft.repeat, picks)
        return wide * 10 / self.ends_per_cm, high * 10 / self.picks_per_cm

    def recoloured(self, colours: tuple[Colour, ...], inks: tuple[Colour, ...] = ()) -> "Fabric":
        """The same cloth in other colours: yarns, and the print's inks if it has any.

        Raises:
            ValueError: not as many colours as the cloth has.
        """
        if len(colours) != len(self.colours):
            raise ValueError(f"this cloth takes {len(self.colours)} colours, not {len(colours)}")
        pattern = self.print
        if pattern is not None and inks:
            if len(inks) != len(pattern.colours):
                raise ValueError(f"this print takes {len(pattern.colours)} inks, not {len(inks)}")
            pattern = replace(pattern, colours=inks)
        return replace(self, colours=colours, print=pattern)
