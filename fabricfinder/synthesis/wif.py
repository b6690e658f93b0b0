"""Weaving drafts in WIF files: read, rendered as cloth, and written.

WIF 1.1 (Nielsen et al., 1997) is what weaving programs exchange; dtx-to-wif parses and writes it.
"""

import configparser
import io
import math
import warnings
from pathlib import Path

import numpy as np
from dtx_to_wif import PatternData, WarpWeftData, read_wif, write_wif

from fabricfinder import __version__
from fabricfinder.domain.errors import FabricFinderError
from fabricfinder.domain.textile import DIAMETER_FACTORS, yarn_diameter_mm
from fabricfinder.synthesis.drafts import Draft, draft_of, period, weave_of
from fabricfinder.synthesis.fabric import Fabric, Plan, Yarn
from fabricfinder.synthesis.structure import lift_window
from fabricfinder.synthesis.weaves import Weave

MM_OF_UNIT = {"decipoints": 25.4 / 720, "centimeters": 10.0, "centimetres": 10.0, "cm": 10.0,
              "inches": 25.4, "millimeters": 1.0}  # fmt: skip
MOST_THREADS, MOST_CROSSINGS, MOST_SHAFTS = 20_000, 60_000_000, 4_096
MOST_BYTES = 20_000_000
USUAL_PER_CM = 20.0
# A pale warp and a dark weft for drafts without colours.
_NO_COLOURS = """
[COLOR PALETTE]
Range=0,255
Entries=2
[COLOR TABLE]
1=240,236,226
2=40,52,82
[WARP]
Color=1
[WEFT]
Color=2
"""


def load_draft(path: Path) -> Draft:
    """Read a WIF file.

    Raises:
        FabricFinderError: it cannot be read, or is no draft that can be woven.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError("it is larger than any draft")
        text = path.read_text("utf-8", errors="replace").removeprefix("\ufeff")
    except OSError as error:
        raise FabricFinderError(
            f"The draft {path} cannot be read ({error.strerror or error})."
        ) from error
    except ValueError as error:
        raise FabricFinderError(_sentence(path, str(error))) from error
    # On a line of its own: the parser looks for that line without end.
    if not any(line.strip().lower() == "[wif]" for line in text.split("\n")):
        raise FabricFinderError(_sentence(path, "it does not begin with [WIF]"))
    if "[color table]" not in text.lower():
        text += _NO_COLOURS
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the parser mends by itself
            return _draft_of_pattern(read_wif(io.StringIO(text), path.stem), path.stem)
    except (RuntimeError, ValueError, KeyError, TypeError, IndexError, AttributeError, NameError,
            OverflowError, configparser.Error) as error:  # fmt: skip
        # The parser checks little itself: whatever it stumbles on is a fault of the file.
        raise FabricFinderError(_sentence(path, _first_line(error))) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _sentence(path: Path, why: str) -> str:
    return (
        f"{path.name} is not a weaving draft this program can read: {why}. "
        "Export it again as WIF 1.1."
    )


def _draft_of_pattern(data: PatternData, stem: str) -> Draft:
    """The parser's record as a draft; raises ValueError where it cannot be woven."""
    plan = data.liftplan if data.liftplan else data.treadling
    ends = max(data.warp.threads, max(data.threading, default=0))
    picks = max(data.weft.threads, max(plan, default=0))
    for what, count in (("ends", ends), ("picks", picks)):
        if not 1 <= count <= MOST_THREADS:
            raise ValueError(f"it has {count:,} {what}; 1 to {MOST_THREADS:,} can be woven")
    if ends * picks > MOST_CROSSINGS:
        raise ValueError(f"{ends:,} ends by {picks:,} picks are too many")

    def rows(sets: dict[int, set[int]], count: int) -> tuple[frozenset[int], ...]:
        if min(sets, default=1) < 1:
            raise ValueError("threads, shafts and treadles are counted from 1")
        found = tuple(frozenset(sets.get(k, set()) - {0}) for k in range(1, count + 1))
        for row in found:
            if row and not 1 <= min(row) <= max(row) <= MOST_SHAFTS:
                raise ValueError(f"shafts and treadles go from 1 to {MOST_SHAFTS:,}")
        return found

    if max(data.tieup, default=0) > MOST_SHAFTS:
        raise ValueError(f"shafts and treadles go from 1 to {MOST_SHAFTS:,}")
    tie_up = () if data.liftplan else rows(data.tieup, max(data.tieup, default=0))
    low, high = data.color_range or (0, 255)
    colours = tuple(
        tuple((v - low) / (high - low) for v in rgb) for rgb in data.color_table.values()
    )
    warp = _colour_order(data.warp, data.warp_colors, ends)
    weft = _colour_order(data.weft, data.weft_colors, picks)
    return Draft(
        name=data.name if data.name != "?" else stem, threading=rows(data.threading, ends),
        tie_up=tie_up, treadling=() if data.liftplan else rows(data.treadling, picks),
        liftplan=rows(data.liftplan, picks) if data.liftplan else (), rising=data.is_rising_shed,
        colours=colours, warp=warp, weft=weft,
        ends_per_cm=_per_cm(data.warp), picks_per_cm=_per_cm(data.weft),
        warp_mm=_mm(data.warp, data.warp.thickness), weft_mm=_mm(data.weft, data.weft.thickness),
    )  # type: ignore[arg-type]  # fmt: skip


def _colour_order(system: WarpWeftData, colours: dict[int, int], count: int) -> tuple[int, ...]:
    """Colour index from 0 of each thread."""
    default = system.color if system.color is not None else 1
    return tuple(colours.get(k, default) - 1 for k in range(1, count + 1))


def _mm(system: WarpWeftData, value: float | None) -> float | None:
    """A spacing or thickness in mm; None when not told or not of this world."""
    if value is None:
        return None
    mm = value * MM_OF_UNIT.get((system.units or "centimeters").strip().lower(), 10.0)
    return mm if math.isfinite(mm) and 0.01 <= mm <= 25 else None


def _per_cm(system: WarpWeftData) -> float | None:
    mm = _mm(system, system.spacing)
    return None if mm is None else 10.0 / mm


def weave_from_wif(path: Path) -> Weave:
    """One repeat of the weave of a WIF file; raises as ``load_draft``."""
    draft = load_draft(path)
    return weave_of(draft.lift(), draft.shafts, draft.name)


def fabric_from_wif(path: Path) -> Fabric:
    """The cloth a WIF file describes: weave, colours, sett and yarns; raises as ``load_draft``.

    A sett the file leaves out is 20 threads per cm; a yarn it leaves out fills three quarters of
    its space. Spacing that changes from thread to thread is not followed.
    """
    return fabric_of(load_draft(path))


def fabric_of(draft: Draft) -> Fabric:
    """The cloth of a draft, its yarns cotton, its labels read off weave and colours."""
    weave = weave_of(draft.lift(), draft.shafts, draft.name)
    ends = draft.ends_per_cm or draft.picks_per_cm or USUAL_PER_CM
    picks = draft.picks_per_cm or ends
    used = sorted({*draft.warp, *draft.weft})
    place = {colour: k for k, colour in enumerate(used)}
    # End 1 stands at the right, as in the drawing.
    warp = [place[c] for c in draft.warp[::-1]]
    weft = [place[c] for c in draft.weft]
    return Fabric(
        weave=weave, warp=Plan(tuple(warp[: period(np.array(warp))])),
        weft=Plan(tuple(weft[: period(np.array(weft))])),
        colours=tuple(draft.colours[c] for c in used), warp_yarn=_yarn(draft.warp_mm, ends),
        weft_yarn=_yarn(draft.weft_mm, picks), ends_per_cm=ends, picks_per_cm=picks,
        coarse=_coarse(set(warp), set(weft), weave.fine), seed=1, id=draft.name, design=draft.name,
    )  # fmt: skip


def _yarn(diameter_mm: float | None, per_cm: float) -> Yarn:
    """A cotton yarn of a diameter, or one that fills three quarters of its space."""
    diameter = diameter_mm or 7.5 / per_cm
    return Yarn(tex=(diameter / DIAMETER_FACTORS["cotton"]) ** 2)


def _coarse(warp: set[int], weft: set[int], fine: str) -> str:
    """The taxonomy minor that the colour orders and the weave suggest."""
    if len(warp) > 1 and len(weft) > 1:
        return "plaid/other"
    if len(warp) > 1:
        return "stripe/multi" if len(warp) > 2 else "stripe/other"
    if len(weft) > 1:
        return "stripe/breton"
    if fine in ("dobby", "jacquard"):
        return f"pattern/{fine}"
    return "solid/plain" if warp == weft else "solid/chambray"


def draft_of_fabric(fabric: Fabric) -> Draft:
    """The draft of a woven cloth over one repeat of weave and colours (at most 4,000 threads).

    A print is not woven and stays out.

    Raises:
        FabricFinderError: the cloth is knitted or felted.
    """
    if fabric.knit is not None or (fabric.pile is not None and fabric.pile.nonwoven):
        raise FabricFinderError("Only woven cloth has a weaving draft; this one is not woven.")
    rows, columns = fabric.weave.shape
    ends, picks = math.lcm(columns, fabric.warp.repeat), math.lcm(rows, fabric.weft.repeat)
    if fabric.figure is not None:
        ends = max(columns, round(fabric.figure.repeat_mm[0] / 10 * fabric.ends_per_cm))
        picks = max(rows, round(fabric.figure.repeat_mm[1] / 10 * fabric.picks_per_cm))
    ends, picks = min(ends, 4_000), min(picks, 4_000)
    lift = lift_window(fabric, 0, 0, picks, ends)
    plain = draft_of(lift, fabric.id or fabric.weave.name)
    warp = np.resize(np.array(fabric.warp.threads), ends)[::-1]
    weft = np.resize(np.array(fabric.weft.threads), picks)
    yarns = (fabric.warp_yarn, fabric.weft_yarn)
    mm = [yarn_diameter_mm(yarn.tex, yarn.fibre) for yarn in yarns]
    return Draft(
        plain.name, plain.threading, plain.tie_up, plain.treadling, (), True, fabric.colours,
        tuple(int(c) for c in warp), tuple(int(c) for c in weft), fabric.ends_per_cm,
        fabric.picks_per_cm, mm[0], mm[1],
    )  # fmt: skip


def weave_to_wif(fabric: Fabric, path: Path) -> None:
    """Write the draft of a woven cloth as WIF 1.1.

    Raises:
        FabricFinderError: the cloth has no draft, or the file cannot be written.
    """
    save_draft(draft_of_fabric(fabric), path)


def save_draft(draft: Draft, path: Path) -> None:
    """Write a draft as WIF 1.1, lengths in decipoints, colours in 8 bits.

    Raises:
        FabricFinderError: the file cannot be written.
    """

    def sets(rows: tuple[frozenset[int], ...]) -> dict[int, set[int]]:
        return {k: set(row) for k, row in enumerate(rows, 1)}

    def system(order: tuple[int, ...], per_cm: float | None, mm: float | None) -> WarpWeftData:
        point = MM_OF_UNIT["decipoints"]
        return WarpWeftData(
            threads=len(order), color=order[0] + 1, units="Decipoints",
            spacing=10 / per_cm / point if per_cm else None, thickness=mm / point if mm else None,
        )  # fmt: skip

    table = {k: tuple(round(v * 255) for v in c) for k, c in enumerate(draft.colours, 1)}
    data = PatternData(
        name=" ".join(draft.name.split()), threading=sets(draft.threading),
        tieup=sets(draft.tie_up), treadling=sets(draft.treadling), liftplan=sets(draft.liftplan),
        color_table=table, color_range=(0, 255),  # type: ignore[arg-type]
        warp=system(draft.warp, draft.ends_per_cm, draft.warp_mm),
        weft=system(draft.weft, draft.picks_per_cm, draft.weft_mm),
        warp_colors={k: c + 1 for k, c in enumerate(draft.warp, 1)},
        weft_colors={k: c + 1 for k, c in enumerate(draft.weft, 1)},
        is_rising_shed=draft.rising, source_program="fabricfinder", source_version=__version__,
    )  # fmt: skip
    text = io.StringIO()
    write_wif(text, data)
    try:
        path.write_text(text.getvalue(), "utf-8")
    except OSError as error:
        raise FabricFinderError(
            f"The draft cannot be written to {path} ({error.strerror or error})."
        ) from error
