"""Which yarn a stitch is knitted in, and how that yarn's colour varies along it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fabricfinder.domain.textile import yarn_diameter_mm
from fabricfinder.synthesis import noise
from fabricfinder.synthesis.fabric import Fabric
from fabricfinder.synthesis.geometry import nep_threshold
from fabricfinder.synthesis.knit import loop_length_mm
from fabricfinder.synthesis.knit_motifs import nordic_chart
from fabricfinder.synthesis.light import to_linear
from fabricfinder.synthesis.prints import ink_map

# A hole shows the shadow of the cloth on what lies under it.
GAP_LIGHT = 0.16


def chart_colours(fabric: Fabric, row: int, wale: int, rows: int, wales: int) -> np.ndarray:
    """Index of each stitch's colour, uint8 (rows, wales): motif, else wale plan, else courses.

    Args:
        fabric: a knit.
        row, wale: the first stitch, in chart rows and wales; may be negative.
        rows, wales: how many.
    """
    assert fabric.knit is not None
    course = (np.arange(rows) + row) // fabric.knit.rows_per_course
    across = np.arange(wales) + wale
    if fabric.figure is not None:
        drawn = _drawing(fabric)
        tall, wide = drawn.shape
        # Whole stitches to a repeat, or mirrored motifs would come out crooked.
        per_x, per_y = motif_stitches(fabric)
        columns = ((across % per_x + 0.5) / per_x * wide).astype(int)
        lines = ((course % per_y + 0.5) / per_y * tall).astype(int)
        found = drawn[lines[:, None], columns[None, :]]
        if found.dtype != np.uint8:
            found = np.floor(found * len(fabric.colours)).clip(0, len(fabric.colours) - 1)
        return np.minimum(found, len(fabric.colours) - 1).astype(np.uint8)
    if fabric.warp.repeat > 1:
        order = np.asarray(fabric.warp.threads, np.uint8)[across % fabric.warp.repeat]
        return np.broadcast_to(order[None, :], (rows, wales))
    order = np.asarray(fabric.weft.threads, np.uint8)[course % fabric.weft.repeat]
    return np.broadcast_to(order[:, None], (rows, wales))


def _drawing(fabric: Fabric) -> np.ndarray:
    """The motif of one repeat: a stitch chart, or a painter's tile."""
    assert fabric.figure is not None
    if fabric.figure.kind == "nordic":
        return nordic_chart(fabric.figure.seed, len(fabric.colours))
    return ink_map(replace(fabric.figure, colours=fabric.colours))


def motif_stitches(fabric: Fabric) -> tuple[int, int]:
    """Wales and courses in one repeat of a knitted motif, at least two."""
    assert fabric.figure is not None
    wide, high = fabric.figure.repeat_mm
    return (
        max(2, round(wide * fabric.ends_per_cm / 10)),
        max(2, round(high * fabric.picks_per_cm / 10)),
    )


def stitch_colours(
    fabric: Fabric, row: np.ndarray, wale: np.ndarray, along: np.ndarray | None,
    across: np.ndarray | None, pitch: float,
) -> np.ndarray:  # fmt: skip
    """Linear colour of the yarn on top.

    Args:
        fabric: a knit.
        row, wale: int32 (h, w), the stitch that owns the yarn seen.
        along, across: place on the yarn (``Relief``), or None where stitches are averaged.
        pitch: pixels in a wale.

    Returns:
        float32 (h, w, 3).
    """
    assert fabric.knit is not None
    top, left = int(row.min()), int(wale.min())
    rows, wales = int(row.max()) - top + 1, int(wale.max()) - left + 1
    palette = to_linear(np.array(fabric.colours))
    table = palette[chart_colours(fabric, top, left, rows, wales)]
    if fabric.knit.marl:
        other = palette[-1]
        if along is None or pitch < 4:
            table = (table + other) / 2
    lot = noise.per_thread(top, rows, fabric.seed % 9973 + 17)
    table = (table * (1 + 0.018 * lot)[:, None, None]).astype(np.float32)
    picked = table[row - top, wale - left]
    if fabric.knit.marl and along is not None and across is not None and pitch >= 4:
        turn = np.sin(ply_phase(fabric, row, wale, along, across))
        second = np.clip(0.5 + 1.5 * turn, 0.06, 0.94)[..., None].astype(np.float32)
        picked = picked + (other - picked) * second
    if fabric.warp_yarn.nep > 0:
        spot, which = fleck_mask(fabric, row, wale, along)
        picked[spot] = (palette[1:] if len(palette) > 1 else palette)[which[spot]]
    return picked


def _place_mm(
    fabric: Fabric, wale: np.ndarray, along: np.ndarray | None
) -> np.ndarray:
    """Place along the course's yarn in mm, float32."""
    loop = loop_length_mm(fabric.ends_per_cm, fabric.picks_per_cm)
    place = wale.astype(np.float32) * np.float32(loop)
    if along is not None:
        place = place + along * np.float32(10 / fabric.ends_per_cm)
    return place


def ply_phase(
    fabric: Fabric, row: np.ndarray, wale: np.ndarray, along: np.ndarray, across: np.ndarray
) -> np.ndarray:
    """Turn of the plies at each pixel, radians."""
    yarn = fabric.warp_yarn
    assert fabric.knit is not None
    turn = 2.2 * yarn_diameter_mm(yarn.tex, yarn.fibre) * fabric.knit.bulk ** 0.5
    sign = 1.0 if yarn.z_twist else -1.0
    place = _place_mm(fabric, wale, along)
    # Twist is never even: without this, plies of neighbouring courses would fall in step.
    drift = noise.along_thread(row, place / np.float32(9 * turn), fabric.seed % 9973 + 61)
    phase = place * np.float32(2 * np.pi / turn) + drift * np.float32(2.0)
    return phase + np.float32(sign * 1.9) * across + row.astype(np.float32) * np.float32(1.7)


def yarn_texture(
    fabric: Fabric, row: np.ndarray, wale: np.ndarray, along: np.ndarray | None,
    across: np.ndarray | None, yarn_px: float,
) -> np.ndarray:  # fmt: skip
    """Relative brightness along the yarn, mean about 1, float32 (h, w).

    Twist, fibres, mélange and slub; arguments as ``stitch_colours``, ``yarn_px`` the yarn's
    width in pixels.
    """
    yarn, salt = fabric.warp_yarn, fabric.seed % 9973
    place = _place_mm(fabric, wale, along)
    total = np.float32(0.03) * noise.along_thread(row, place / np.float32(6), salt)
    if yarn.melange > 0:
        fibre = noise.along_thread(row, place / np.float32(2.2), salt + 29)
        slow = noise.along_thread(row, place / np.float32(14), salt + 31)
        total += np.tanh(0.9 * fibre + 0.5 * slow) * np.float32(0.36 * yarn.melange)
    if yarn.slub > 0:
        slow = noise.along_thread(row, place / np.float32(yarn.slub_mm), salt + 5)
        total += np.float32(0.22 * yarn.slub) * np.clip(slow - 0.4, -0.5, 1.5)
    if along is not None and across is not None and yarn_px > 4:
        fade = min(1.0, (yarn_px - 4) / 6)
        if yarn.twist > 0:
            ply = np.sin(ply_phase(fabric, row, wale, along, across))
            total += ply * np.float32(0.11 * yarn.twist * fade)
        for many, salted, strength in ((yarn_px / 3, 71, 0.05), (yarn_px / 9, 73, 0.06)):
            # Fibres run along the yarn, turning with its twist.
            turned = across * np.float32(0.9) + place * np.float32(0.25 * yarn.twist)
            strand = np.floor((turned + 1) * np.float32(max(2.0, min(14.0, many))))
            streak = noise.along_thread(
                row * 23 + strand.astype(np.int32), place / np.float32(0.03 * yarn_px + 0.4),
                salt + salted,
            )
            total += streak * np.float32(strength * fade)
    return np.maximum(1 + total, 0.2)


def fleck_mask(
    fabric: Fabric, row: np.ndarray, wale: np.ndarray, along: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Where the yarn carries a nep, bool, and which fleck colour it takes, int32."""
    place = _place_mm(fabric, wale, along) / np.float32(2.2)
    drawn = noise.along_thread(row, place, fabric.seed % 9973 + 43)
    many = max(1, len(fabric.colours) - 1)
    which = ((place + 0.5).astype(np.int32) * 7 + row) % many
    return drawn > nep_threshold(fabric.warp_yarn.nep), which


def gap_colour(fabric: Fabric) -> Callable[[np.ndarray], np.ndarray]:
    """What a hole shows, as a function of the cloth's colour there."""
    assert fabric.knit is not None
    behind = fabric.knit.behind
    if behind is None:
        return lambda colour: colour * np.float32(GAP_LIGHT)
    fixed = to_linear(np.array(behind))
    return lambda colour: np.broadcast_to(fixed, colour.shape)
